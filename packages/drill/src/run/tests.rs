#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::{
    fault::{Fault, FaultKind, Outage, OutageKind, Part, Window},
    report::{usd, Report},
    scenario::Scenario,
    source::Source,
    venue::{lots, Venue},
};
use cosmwasm_std::coin;
use harness::{Module, DENOM};
use math::units::{Price, Ratio, Side};
use math::wide::Round;
use types::engine::{Cause, ExecuteMsg, Order, Progress, QueryMsg, QueuedState, WindUpState};

mod wind_up;

const MORNING: &str = r#"
name = "morning"
title = "A morning"
description = "Made up."
citations = ["made up"]
start = "2024-01-01T00:00:00Z"
end = 10800
noise_bps = 3

[[waypoint]]
at = 0
price = "2000"

[[waypoint]]
at = 10800
price = "1960"

[market]
traders = 40
"#;

fn morning() -> Plan {
    let scenario = Scenario::parse("morning.toml", MORNING).unwrap();
    Plan::of_test(scenario)
}

fn played(outages: &[(u64, u64, OutageKind)]) -> Outcome {
    let mut plan = morning();
    plan.outages = outages
        .iter()
        .map(|(from, to, kind)| Outage {
            window: Window {
                from: plan.start + from,
                to: plan.start + to,
            },
            kind: *kind,
        })
        .collect();
    run(&plan).unwrap()
}

/// Nobody is hurt, on ours, and everyone gets out.
#[track_caller]
fn assert_unhurt(outcome: &Outcome) {
    let judge = &outcome.judge;
    let notes: Vec<&String> = judge.notes().collect();
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(judge.insolvent_blocks, 0);
}

#[test]
fn an_ordinary_morning_fills_everybodys_orders_on_both() {
    let outcome = played(&[]);
    assert_unhurt(&outcome);
    assert_eq!(outcome.blocks, 1_801);
    assert_eq!(outcome.naive.blocks, 1_801);
    assert!(outcome.judge.filled >= 40 && outcome.naive.filled >= 40);
}

#[test]
fn the_twin_has_the_same_people_of_the_same_seed() {
    let plan = morning();
    let mut other = morning();
    other.seed += 1;
    let (run, others) = (Run::open(&plan).unwrap(), Run::open(&other).unwrap());
    let born = run.people.born();
    assert_eq!(born.len(), 40);
    assert_eq!(run.twin.people().born(), born);
    assert_ne!(others.people.born(), born, "a seed decides who they are");
    assert_eq!(others.twin.people().born(), others.people.born());
}

#[test]
fn both_see_the_same_halt() {
    let outcome = played(&[(600, 1_800, OutageKind::Halt)]);
    assert_unhurt(&outcome);
    assert_eq!(outcome.blocks, 1_801 - 200);
    assert_eq!(outcome.naive.blocks, outcome.blocks);
}

#[test]
fn without_the_keeper_nothing_fills_and_afterwards_everything_does() {
    let always = played(&[]);
    let never = played(&[(0, 10_801, OutageKind::DeadKeeper)]);
    assert_unhurt(&never);
    assert_eq!(never.judge.filled, 0);
    assert!(
        never.naive.filled > 0,
        "who trades at the print needs no keeper"
    );
    let late = played(&[(0, 5_400, OutageKind::DeadKeeper)]);
    assert_unhurt(&late);
    assert!(late.judge.filled > 0 && late.judge.filled <= always.judge.filled);
}

#[test]
fn congestion_delays_and_without_keepers_stops_what_needs_them() {
    let congestion = |per_block, keepers| {
        let kind = OutageKind::Congestion { per_block, keepers };
        played(&[(0, 10_800, kind)])
    };
    let usual = played(&[]);
    let slow = congestion(1, true);
    assert_unhurt(&slow);
    assert!(slow.judge.filled > 0 && slow.naive.filled > 0);
    let longest = |outcome: &Outcome| outcome.judge.exits.longest;
    assert!(longest(&slow) > longest(&usual));
    let stopped = congestion(3, false);
    assert_unhurt(&stopped);
    assert_eq!(stopped.judge.filled, 0);
    assert!(stopped.naive.filled > 0);
}

#[test]
fn attackers_take_nothing_and_hurt_nobody() {
    let mut plan = morning();
    plan.attackers = true;
    let outcome = run(&plan).unwrap();
    assert_unhurt(&outcome);
    let takings = &outcome.takings;
    assert_eq!(takings.len(), 8);
    assert_eq!(outcome.naive.takings.len(), 8, "the same on both");
    for took in takings {
        assert!(took.profit <= Amount::ZERO, "{took:?}");
    }
    let traded = takings.iter().filter(|t| t.fills > 0);
    assert!(traded.count() >= 4, "{takings:?}");
    let cancels = |all: &[Takings]| -> Vec<(&str, u64)> {
        let called = all.iter().filter(|t| t.cancelled > 0);
        called.map(|t| (t.name, t.cancelled)).collect()
    };
    let called = cancels(takings);
    assert!(matches!(called[..], [("canceller", 1..)]), "{called:?}");
    assert_eq!(cancels(&outcome.naive.takings), [], "nothing waits there");
    assert_eq!(outcome.judge.levels.trips, 0, "nobody trips it by trading");
}

/// One source is a minute late, the price falls by a percent in that time.
#[test]
fn attackers_see_what_the_slowest_source_said_last_and_not_the_index() {
    let steep = MORNING.replace("at = 10800\nprice = \"1960\"", "at = 900\nprice = \"1700\"");
    let steep = steep.replace("end = 10800", "end = 900");
    let mut plan = Plan {
        attackers: true,
        ..Plan::of_test(Scenario::parse("steep.toml", &steep).unwrap())
    };
    let mut spec = plan.sources[1].spec().clone();
    spec.faults = vec![Fault {
        window: Window {
            from: plan.start,
            to: plan.end,
        },
        kind: FaultKind::Delay { by_s: 60 },
    }];
    plan.sources[1] = Source::new(spec, 1).unwrap();
    let mut run = Run::open(&plan).unwrap();
    let mut ticks = Ticks::of(&plan);
    let mut behind = 0;
    while let Some(tick) = ticks.draw().unwrap() {
        run.block(&tick).unwrap();
        let force = Force::ask(&mut run.stage).unwrap();
        let (Some(view), Some(slow)) = (run.view, run.gang.slowest(tick.real)) else {
            continue;
        };
        let sight = run.sight(&tick, &force, &view).unwrap();
        assert_eq!((sight.slow, sight.index), (slow, view.index));
        // A minute ago it was a percent higher.
        behind += u32::from(sight.slow > sight.index.times(Ratio::bps(10_050), Round::Up).unwrap());
    }
    assert!(behind > 50, "{behind}");
}

fn dead(module: Part) -> Outcome {
    played(&[(2_400, 9_000, OutageKind::DeadModule { module })])
}

#[test]
fn a_dead_breaker_or_oracle_keeps_nobody_in() {
    for module in [Part::Breaker, Part::Oracle] {
        let outcome = dead(module);
        assert_unhurt(&outcome);
        assert_eq!(outcome.naive.exits.refused, 0);
    }
}

/// The engine executes the reductions signed meanwhile itself.
#[test]
fn a_dead_market_keeps_nobody_in_where_a_dead_twin_keeps_everybody_in() {
    let outcome = dead(Part::Market);
    assert_unhurt(&outcome);
    assert!(outcome.judge.exits.longest > 0, "somebody got out");
    assert!(outcome.naive.exits.refused > 0);
}

/// The clearing house itself: an hour and a half in which nobody can do anything, on either. Nothing is lost, every refusal
/// lies in that time, and everybody gets out after it.
#[test]
fn a_dead_engine_holds_everybody_up_and_loses_nothing() {
    let (from, to) = (2_400, 7_800);
    let kind = OutageKind::DeadModule {
        module: Part::Engine,
    };
    let plan = morning();
    let outcome = played(&[(from, to, kind)]);
    let judge = &outcome.judge;
    assert_eq!((judge.insolvent_blocks, judge.wrongful), (0, 0));
    let window = plan.start + from..plan.start + to;
    let notes: Vec<&String> = judge.notes().collect();
    for note in &notes {
        let time: u64 = note.split(':').next().unwrap().parse().unwrap();
        assert!(window.contains(&time), "{note}");
    }
    let refused = (judge.exits.refused, outcome.naive.exits.refused);
    assert_eq!(refused, (1, 1), "the same people, on both");
    assert_eq!(outcome.money.bad_debt, Amount::ZERO);
    assert_eq!(outcome.money.haircut, Amount::ZERO);
    assert_eq!(judge.exits.longest, 30);
    // The lease lapses some minutes into it, and that trips the market, once. Ten of ten calls have failed when it is
    // back: it stays at ReduceOnly, where everybody may get out, until they have not.
    assert_eq!(judge.levels.trips, 1);
    assert_eq!(outcome.seconds(Level::Normal), 3_138);
    assert_eq!(outcome.seconds(Level::ReduceOnly), 7_668);
}

/// Somebody's wallet is credited with coins that never came, and later they come.
#[test]
fn blocks_after_which_something_owed_is_not_there_are_counted() {
    let plan = morning();
    let mut run = Run::open(&plan).unwrap();
    let closes = |run: &mut Run<'_>, acted, look| {
        run.judge.close(&run.stage, (acted, look), plan.start);
        (run.judge.insolvent_blocks, run.judge.notes().count())
    };
    assert_eq!(closes(&mut run, true, true), (0, 0));
    let engine = run.stage.exchange.engine.clone();
    let coins = [coin(5, DENOM)];
    let exchange = &mut run.stage.exchange;
    exchange.mint(&engine, 5, DENOM);
    // Paid by the engine to itself: it owes five more, and what it was given it had to give.
    let deposit = ExecuteMsg::Deposit {};
    exchange
        .send(&engine, Module::Engine, &deposit, &coins)
        .unwrap();
    exchange
        .send(&engine, Module::Engine, &deposit, &coins)
        .unwrap();
    assert!(run.stage.exchange.surplus() < 0);
    assert_eq!(closes(&mut run, false, false), (0, 0), "nobody looked");
    assert_eq!(closes(&mut run, true, false), (1, 1));
    assert_eq!(
        closes(&mut run, false, false),
        (2, 1),
        "still, and said once"
    );
    assert_eq!(closes(&mut run, false, true), (3, 1));
    run.stage.exchange.mint(&engine, 5, DENOM);
    assert_eq!(closes(&mut run, false, true), (3, 1), "it is there again");
    assert_eq!(closes(&mut run, true, true), (3, 1));
}
