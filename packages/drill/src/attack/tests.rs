//! On the naive twin, whose doors are open: that attackers take something there is what makes it worth saying
//! that they take nothing elsewhere.
#![allow(clippy::arithmetic_side_effects)]

use std::sync::Arc;

use cosmwasm_std::{testing::mock_dependencies, Uint128};
use math::units::{Ratio, Side};
use types::engine::{MandateDone, Order, PositionState, Refusal};

use super::*;
use crate::{
    bridge::Knot,
    bug::Bug,
    cli::RunArgs,
    fault::{Fault, FaultKind, Window},
    judge::exits::Exits,
    naive::books::Books,
    news::News,
    path::{Path, Waypoints},
    plan::Plan,
    source::{Report, Source},
    testing::cents,
    venue::{No, Person, Venue},
};

mod canceller;

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        addr: mock_dependencies().api.addr_make(name),
    }
}

/// A thousand seconds at 100.00, then at `then` cents.
fn plan(then: u128) -> Plan {
    let mut plan = Plan::load(&RunArgs::default()).unwrap();
    let knot = |time, price| Knot {
        time,
        price: cents(price),
    };
    let points = vec![
        knot(0, 10_000),
        knot(999, 10_000),
        knot(1_000, then),
        knot(100_000, then),
    ];
    let way = Waypoints {
        points,
        noise_bps: 0,
        low: cents(1),
        high: cents(1_000_000),
    };
    (plan.start, plan.end, plan.attackers) = (0, 100_000, true);
    plan.reference = Arc::new(Path::through("step", way, 1));
    plan
}

struct Scene<'p> {
    plan: &'p Plan,
    books: Books,
    gang: Gang<'p>,
    exits: Exits,
    skew: Size,
}

impl<'p> Scene<'p> {
    fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            books: Books::open(plan).unwrap(),
            gang: Gang::of(plan, &person, Tampering::First),
            exits: Exits::default(),
            skew: Size::raw(-1),
        }
    }

    /// A block at which the print stands at so many cents, and what the slowest source says at others.
    fn block(&mut self, now: u64, (print, slow): (u128, u128)) {
        self.books.print = Some(cents(print));
        let sight = self.sight(now, (print, slow));
        let Self {
            gang, books, exits, ..
        } = self;
        gang.act(books, &sight, exits).unwrap();
        let news = books.heard();
        gang.hear(&news, books, now).unwrap();
    }

    fn sight(&self, now: u64, (print, slow): (u128, u128)) -> Sight {
        Sight {
            now,
            reference: self.plan.reference.at(now).unwrap(),
            index: cents(print),
            slow: cents(slow),
            level: Level::Normal,
            entry: Ratio::percent(5),
            skew: self.skew,
            nav: Amount::raw(10_000_000_000_000),
        }
    }

    fn takings(mut self, at: u128) -> Vec<Takings> {
        self.gang.finish(&mut self.books, cents(at)).unwrap()
    }
}

#[track_caller]
fn of<'t>(takings: &'t [Takings], name: &str) -> &'t Takings {
    takings.iter().find(|t| t.name == name).unwrap()
}

#[test]
fn whoever_sees_the_price_first_takes_the_difference_where_prints_are_stale() {
    let plan = plan(10_300);
    let mut scene = Scene::of(&plan);
    // The truth is 3 % up, the print has not moved; six seconds later it has.
    scene.block(1_002, (10_000, 10_000));
    scene.block(1_008, (10_300, 10_300));
    let takings = scene.takings(10_300);
    for name in ["front_runner", "front_runner_50", "front_runner_150"] {
        // 3 % of 1 % of the vault, less 8 bp of fees.
        let took = of(&takings, name);
        assert_eq!(took.fills, 2);
        let range = 2_900_000_000..2_930_000_000;
        assert!(range.contains(&took.profit.0.i128()), "{took:?}");
        let apart = took.equity.minus(took.profit).unwrap().abs().unwrap();
        assert!(apart < Amount::raw(3), "what they hold says the same");
    }
    assert_eq!(
        of(&takings, "front_runner").profit,
        of(&takings, "update_picker").profit
    );
}

#[test]
fn the_lesser_lag_is_worth_only_the_keenest_a_trade() {
    let plan = plan(10_020);
    let mut scene = Scene::of(&plan);
    scene.block(1_002, (10_000, 10_000));
    scene.block(1_008, (10_020, 10_020));
    let takings = scene.takings(10_020);
    assert_eq!(of(&takings, "front_runner").fills, 2);
    assert_eq!(of(&takings, "front_runner_50").fills, 0);
    assert_eq!(of(&takings, "front_runner_150").fills, 0);
}

#[test]
fn liquidity_bought_before_the_print_knows_and_sold_before_it_knows_is_a_gain_twice() {
    let plan = plan(10_300);
    let mut scene = Scene::of(&plan);
    // Someone is short: the vault is long and gains when the price rises.
    let short = person("short");
    scene.books.print = Some(cents(10_000));
    let money = Amount::raw(1_000_000_000_000);
    scene.books.bring(&short, money).unwrap();
    let order = types::engine::Order::Increase {
        side: math::units::Side::Short,
        size: 20_000_000_000_000_000u128.into(),
        margin: 500_000_000_000u128.into(),
    };
    scene.books.place(&short, order).unwrap();
    scene.books.heard();
    scene.skew = scene.books.skew();
    scene.block(1_002, (10_000, 10_300));
    let first = scene.gang.provided();
    assert_eq!(first, Amount::raw(20_000_000_000), "0.2 % of the vault");
    scene.block(1_008, (10_300, 10_300));
    // An hour later the print stands above the truth: the vault is worth less than it says.
    scene.block(5_000, (10_500, 10_300));
    assert!(scene.gang.provided() < Amount::ZERO, "more came out");
    let takings = scene.takings(10_300);
    let took = of(&takings, "lp_timer");
    assert_eq!(took.fills, 2);
    assert!(took.profit > Amount::raw(100_000_000), "{took:?}");
    let apart = took.equity.minus(took.profit).unwrap().abs().unwrap();
    // Meanwhile the vault has lost to the others and gained their fees.
    assert!(apart < Amount::raw(30_000_000), "{took:?}");
}

#[test]
fn a_pump_without_impact_costs_its_fees_and_begins_again() {
    let plan = plan(10_000);
    let mut scene = Scene::of(&plan);
    for now in (3_600..10_000).step_by(6) {
        scene.block(now, (10_000, 10_000));
    }
    let takings = scene.takings(10_000);
    let took = of(&takings, "skew_pumper");
    // Two rounds of four accounts, in and out: 8 bp of 2 % of the vault each.
    assert_eq!(took.fills, 16);
    assert_eq!(took.profit, Amount::raw(-8 * 160_000_000));
    assert_eq!(took.equity, took.profit);
}

#[test]
fn the_griefer_takes_its_money_round_and_round_and_loses_only_fees() {
    let plan = plan(10_000);
    let mut scene = Scene::of(&plan);
    for now in (0..600).step_by(6) {
        scene.block(now, (10_000, 10_000));
    }
    assert_eq!(scene.exits.refused, 0);
    let takings = scene.takings(10_000);
    let took = of(&takings, "griefer");
    assert_eq!(took.fills, 2, "one trade an hour");
    assert_eq!(took.equity, took.profit);
    assert!(took.profit.is_negative());
}

fn report(price: u128) -> Report {
    Report {
        publish_time: 1_005,
        deliver_at: 1_005,
        price: cents(price),
        conf: cents(5),
    }
}

#[test]
fn the_picker_delivers_what_suits_an_order_that_waits_and_after_half_a_minute_anything() {
    let order = |state, since| {
        let mut hand = hand::Hand::new(person("picker"));
        (hand.state, hand.since) = (state, since);
        front_runner::FrontRunner::new(hand, front_runner::By::Index, 15)
    };
    let waits = order(hand::State::Opening { order: 1 }, 1_000);
    let index = cents(10_000);
    assert!(waits.delivers(cents(9_990), index, 1_006), "cheaper");
    assert!(!waits.delivers(cents(10_010), index, 1_006), "dearer");
    assert!(waits.delivers(cents(10_010), index, 1_031));
    let closes = order(hand::State::Closing { order: 1 }, 1_000);
    assert!(!closes.delivers(cents(9_990), index, 1_006));
    assert!(closes.delivers(cents(10_010), index, 1_006));
    let idle = order(hand::State::Flat, 1_000);
    assert!(idle.delivers(cents(1), index, 1_006));
}

#[test]
fn a_stolen_key_states_low_before_the_thief_buys_and_high_before_they_sell() {
    let mut plan = plan(10_000);
    plan.attackers = false;
    let mut spec = plan.sources[0].spec().clone();
    spec.faults = vec![Fault {
        window: Window {
            from: 1_000,
            to: 2_000,
        },
        kind: FaultKind::Stolen { by_bps: 100 },
    }];
    plan.sources[0] = Source::new(spec, 1).unwrap();
    let mut scene = Scene::of(&plan);
    let stated = |scene: &mut Scene| {
        let mut reports = vec![vec![report(10_000)]; plan.sources.len()];
        scene.gang.tamper(&mut reports, 1_005).unwrap();
        assert_eq!(reports[1], [report(10_000)], "other keys are their own");
        reports[0][0].price
    };
    assert_eq!(stated(&mut scene), cents(9_900));
    scene.block(1_006, (9_900, 9_900));
    assert_eq!(stated(&mut scene), cents(10_100));
    scene.block(1_012, (10_100, 10_100));
    let takings = scene.takings(10_000);
    let took = of(&takings, "thief");
    assert_eq!(took.fills, 2);
    // 1 % low, 1 % high, on 2 % of the vault: 4,000 less fees.
    let range = 3_700_000_000..4_000_000_000;
    assert!(range.contains(&took.profit.0.i128()), "{took:?}");
    assert_eq!(takings.len(), 1, "nobody else attacks");
}

#[test]
fn a_thief_who_finds_one_side_full_takes_the_other() {
    let plan = plan(10_000);
    let mut scene = Scene::of(&plan);
    scene.books.print = Some(cents(10_000));
    let sight = scene.sight(1_006, (10_000, 10_000));
    let books = &mut scene.books;
    let million = Amount::raw(1_000_000_000_000);
    let full = (0..100).any(|n| {
        let mut crowd = hand::Hand::new(person(&format!("crowd-{n}")));
        !crowd.open(books, (Side::Long, million), &sight).unwrap()
    });
    assert!(full);
    let mut thief = thief::Thief::new(hand::Hand::new(person("thief")));
    let stated = |thief: &thief::Thief| thief.states(cents(10_000), 100).unwrap();
    assert_eq!(stated(&thief), cents(9_900), "before they buy");
    thief.act(books, &sight, (&mut scene.exits, true)).unwrap();
    assert_eq!(thief.hand.state, hand::State::Flat);
    assert_eq!(stated(&thief), cents(10_100), "before they sell");
    thief.act(books, &sight, (&mut scene.exits, true)).unwrap();
    assert_ne!(thief.hand.state, hand::State::Flat);
    assert_eq!(thief.hand.side, Side::Short);
}

/// The print stands where the truth is and one source still says the old price: that is what the runner trades on, and
/// the picker does not. The other way round it is the picker who trades.
#[test]
fn the_front_runner_trades_what_the_slowest_source_says_and_the_picker_what_the_index_says() {
    const RUNNERS: [&str; 3] = ["front_runner", "front_runner_50", "front_runner_150"];
    let plan = plan(10_300);
    let fills = |prices: (u128, u128)| {
        let mut scene = Scene::of(&plan);
        scene.block(1_002, prices);
        let takings = scene.takings(10_300);
        let runners = RUNNERS.map(|name| of(&takings, name).fills);
        (runners, of(&takings, "update_picker").fills)
    };
    assert_eq!(fills((10_300, 10_000)), ([1, 1, 1], 0));
    assert_eq!(fills((10_000, 10_300)), ([0, 0, 0], 1));
    assert_eq!(fills((10_300, 10_300)), ([0, 0, 0], 0));
}

#[test]
fn the_slowest_source_is_the_one_whose_newest_report_is_oldest_of_those_that_count() {
    let plan = plan(10_000);
    let mut gang = Gang::of(&plan, &person, Tampering::Last);
    assert_eq!(gang.slowest(1_000), None, "nobody has said anything");
    let said = |gang: &mut Gang<'_>, source: usize, (publish_time, price): (u64, u128)| {
        let mut reports = vec![vec![]; plan.sources.len()];
        reports[source] = vec![Report {
            publish_time,
            ..report(price)
        }];
        gang.tamper(&mut reports, publish_time).unwrap();
    };
    said(&mut gang, 0, (1_000, 10_000));
    said(&mut gang, 1, (990, 10_100));
    said(&mut gang, 2, (1_005, 10_200));
    assert_eq!(gang.slowest(1_005), Some(cents(10_100)));
    // It speaks again, and another is the slowest.
    said(&mut gang, 1, (1_006, 10_110));
    assert_eq!(gang.slowest(1_006), Some(cents(10_000)));
    // Ninety seconds after it spoke it counts no more.
    assert_eq!(gang.slowest(1_090), Some(cents(10_000)));
    assert_eq!(gang.slowest(1_091), Some(cents(10_200)));
    assert_eq!(gang.slowest(1_096), Some(cents(10_110)));
    assert_eq!(gang.slowest(1_097), None);
}
