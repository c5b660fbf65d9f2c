//! Leases: when they are renewed, when they are lost, and what silence does to them.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use breaker_governance::{
    latch::{Demand, Tick},
    latches::{self, Evidence},
};
use suite::{feed, market, registered, Suite};
use types::{
    breaker::{DaoMsg, FeedReading, InstantiateMsg, Params, Registered, StanceLeased, StanceLost},
    level::Level,
    oracle::Status,
    scope::{Reason, Scope, Stance},
    wire::Wire,
    Ratio,
};

#[test]
fn before_any_report_a_market_reads_reduce_only() {
    let mut s = Suite::calm();
    assert_eq!(s.stance("eth-perp").level, Level::ReduceOnly);
    s.push(&["eth-perp"]).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    s.report_quiet("eth-usd");
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
    assert_eq!(s.stance("btc-perp").level, Level::ReduceOnly);
}

#[test]
fn a_lease_is_renewed_only_when_changed_or_half_spent() {
    let mut s = Suite::calm();
    let res = s.report_quiet("eth-usd");
    let until = s.now() + 900;
    let leased = StanceLeased::find(&res.events).unwrap();
    assert_eq!(leased.len(), 2);
    assert!(leased
        .iter()
        .all(|l| l.until == until && l.level == Level::Normal));
    s.wait(450);
    s.report_quiet("eth-usd");
    assert_eq!(s.told("eth-perp").len(), 1, "half is left");
    s.wait(1);
    s.report_quiet("eth-usd");
    assert_eq!(s.told("eth-perp").len(), 2, "less than half is left");
    s.wait(1);
    let bad = FeedReading {
        status: Status::Degraded,
        ..s.quiet("eth-usd")
    };
    s.report(vec![bad]);
    let expected = Stance {
        level: Level::Guarded,
        caution: Ratio::ZERO,
        caps: Ratio::ONE,
        until: s.now() + 900,
    };
    assert_eq!(s.told("eth-perp").last(), Some(&expected));
}

#[test]
fn a_dead_engine_stops_no_report_and_is_told_again() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.kill_engine(true);
    s.wait(5);
    let bad = FeedReading {
        status: Status::Uncertain,
        ..s.quiet("eth-usd")
    };
    let res = s.report(vec![bad.clone()]);
    let lost = StanceLost::find(&res.events).unwrap();
    assert_eq!(lost.len(), 2);
    assert!(lost
        .iter()
        .all(|l| l.level == Level::ReduceOnly && l.engine == s.engine));
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
    assert_eq!(
        s.stance("eth-perp").level,
        Level::ReduceOnly,
        "the latch is held all the same"
    );
    s.kill_engine(false);
    s.wait(5);
    s.report(vec![bad]);
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    assert_eq!(s.told_level("eth-mini"), Some(Level::ReduceOnly));
}

#[test]
fn a_lost_stance_is_also_delivered_by_a_push() {
    let mut s = Suite::calm();
    s.kill_engine(true);
    let res = s.push(&["eth-perp"]).unwrap();
    assert_eq!(StanceLost::find(&res.events).unwrap().len(), 1);
    s.kill_engine(false);
    s.push(&["eth-perp"]).unwrap();
    assert_eq!(s.told("eth-perp").len(), 1);
}

#[test]
fn anyone_renews_a_lease_whatever_is_left_of_it() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.wait(100);
    s.push(&["eth-perp"]).unwrap();
    let last = *s.told("eth-perp").last().unwrap();
    assert_eq!((last.level, last.until), (Level::Normal, s.now() + 900));
    assert_eq!(s.told("eth-mini").len(), 1);
}

#[test]
fn a_silent_feed_is_never_kept_loose_by_pushes() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.wait(900);
    s.push(&["eth-perp"]).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
    s.wait(1);
    s.push(&["eth-perp"]).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    s.report_quiet("btc-usd");
    s.push(&["eth-perp", "btc-perp"]).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    assert_eq!(s.told_level("btc-perp"), Some(Level::Normal));
    s.report_quiet("eth-usd");
    assert_eq!(
        s.told_level("eth-perp"),
        Some(Level::Normal),
        "silence is not a latch"
    );
}

#[test]
fn what_does_not_fit_into_one_report_is_pushed_by_the_next_and_tighter_goes_first() {
    let markets = (0..11)
        .map(|n| registered(&format!("m-{n}"), if n < 9 { "eth-usd" } else { "btc-usd" }))
        .collect();
    let mut s = Suite::with(
        markets,
        Params {
            push_limit: 4,
            ..Params::default()
        },
    );
    let told = |s: &Suite| {
        (0..9)
            .filter(|n| !s.told(&format!("m-{n}")).is_empty())
            .count()
    };
    for expected in [4, 8, 9] {
        s.report_quiet("eth-usd");
        assert_eq!(told(&s), expected);
        s.wait(1);
    }
    s.wait(600);
    let both = vec![
        s.quiet("eth-usd"),
        FeedReading {
            status: Status::Uncertain,
            ..s.quiet("btc-usd")
        },
    ];
    s.push(&["m-9", "m-10"]).unwrap();
    let before: usize = (0..9).map(|n| s.told(&format!("m-{n}")).len()).sum();
    s.report_quiet("btc-usd");
    s.wait(1);
    s.report(both);
    assert_eq!(s.told_level("m-9"), Some(Level::ReduceOnly));
    assert_eq!(s.told_level("m-10"), Some(Level::ReduceOnly));
    let after: usize = (0..9).map(|n| s.told(&format!("m-{n}")).len()).sum();
    assert_eq!(after, before + 2);
}

/// The DAO holds a market at a level.
fn govern(s: &mut Suite, name: &str, level: Level) {
    let scope = market(name);
    s.order(DaoMsg::Govern { scope, level }).unwrap();
}

fn caps(s: &Suite) -> Ratio {
    s.told("eth-perp").last().unwrap().caps
}

#[test]
fn a_market_reopens_in_steps_that_advance_with_its_renewals() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    assert_eq!(caps(&s), Ratio::ONE, "what was never open does not reopen");
    govern(&mut s, "eth-perp", Level::ReduceOnly);
    assert_eq!(caps(&s), Ratio::ONE, "closed, there is nothing to cap");
    govern(&mut s, "eth-perp", Level::Guarded);
    let steps = [
        (0, 10),
        (899, 10),
        (900, 25),
        (1_800, 50),
        (2_699, 50),
        (2_700, 100),
    ];
    let start = s.now();
    for (after, percent) in steps {
        while s.now() < start + after {
            s.wait((start + after - s.now()).min(300));
            s.report_quiet("eth-usd");
        }
        assert_eq!(caps(&s), Ratio::percent(percent), "after {after} s");
        assert_eq!(s.stance("eth-perp").caps, Ratio::percent(percent));
    }
    assert!(s
        .told("eth-mini")
        .iter()
        .all(|told| told.caps == Ratio::ONE));
}

#[test]
fn closing_again_starts_the_reopening_again_and_guarded_alone_starts_none() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    govern(&mut s, "eth-perp", Level::Guarded);
    govern(&mut s, "eth-perp", Level::Normal);
    assert_eq!(caps(&s), Ratio::ONE);
    govern(&mut s, "eth-perp", Level::Protected);
    s.heal("eth-usd", 180);
    s.reconciled("eth-perp");
    govern(&mut s, "eth-perp", Level::Normal);
    assert_eq!(caps(&s), Ratio::percent(10));
    s.heal("eth-usd", 900);
    assert_eq!(caps(&s), Ratio::percent(25));
    govern(&mut s, "eth-perp", Level::ReduceOnly);
    govern(&mut s, "eth-perp", Level::Normal);
    assert_eq!(caps(&s), Ratio::percent(10));
}

#[test]
fn a_lapse_is_reopened_like_any_closing() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.wait(901);
    s.report_quiet("eth-usd");
    let last = *s.told("eth-perp").last().unwrap();
    assert_eq!((last.level, last.caps), (Level::Normal, Ratio::percent(10)));
}

#[test]
fn nobody_speeds_a_reopening_up_by_pushing() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    govern(&mut s, "eth-perp", Level::ReduceOnly);
    govern(&mut s, "eth-perp", Level::Normal);
    for _ in 0..50 {
        s.push(&["eth-perp"]).unwrap();
    }
    assert_eq!(caps(&s), Ratio::percent(10));
}

#[test]
fn leaving_protected_takes_five_fresh_rounds_of_the_feed() {
    let mut s = Suite::calm();
    s.heal("eth-usd", 300);
    govern(&mut s, "eth-perp", Level::Protected);
    govern(&mut s, "eth-perp", Level::Normal);
    s.wait(1);
    s.reconciled("eth-perp");
    let frozen = s.quiet("eth-usd");
    for _ in 0..10 {
        s.wait(30);
        s.report(vec![frozen.clone()]);
    }
    // That round was fresh once.
    s.heal("eth-usd", 90);
    assert_eq!(s.told_level("eth-perp"), Some(Level::Protected));
    let stale = FeedReading {
        status: Status::Stale,
        ..s.quiet("eth-usd")
    };
    s.report(vec![stale]);
    s.heal("eth-usd", 120);
    let told = s.told_level("eth-perp");
    assert_eq!(told, Some(Level::Protected), "the row was broken");
    s.heal("eth-usd", 30);
    let told = s.told_level("eth-perp");
    assert_eq!(
        told,
        Some(Level::ReduceOnly),
        "what is left is the feed's own"
    );
    assert_eq!(s.level(feed("eth-usd")), Level::ReduceOnly);
}

#[test]
fn leaving_protected_takes_a_pass_of_the_engine_over_the_positions_of_that_market_alone() {
    let mut s = Suite::calm();
    s.heal("eth-usd", 300);
    s.reconciled("eth-perp");
    govern(&mut s, "eth-perp", Level::Protected);
    govern(&mut s, "eth-mini", Level::Protected);
    govern(&mut s, "eth-perp", Level::Normal);
    govern(&mut s, "eth-mini", Level::Normal);
    s.heal("eth-usd", 3_600);
    let levels = |s: &Suite| (s.told_level("eth-perp"), s.told_level("eth-mini"));
    let protected = Some(Level::Protected);
    assert_eq!(levels(&s), (protected, protected), "that pass is too old");
    s.reconciled("eth-perp");
    s.heal("eth-usd", 30);
    assert_eq!(levels(&s), (Some(Level::Normal), protected));
    s.reconciled("eth-mini");
    assert_eq!(levels(&s), (Some(Level::Normal), Some(Level::Normal)));
}

#[test]
fn a_pass_dated_tomorrow_is_one_of_today() {
    let mut s = Suite::calm();
    s.heal("eth-usd", 300);
    let absurd = types::engine::Vitals {
        reconciled: u64::MAX,
        ..suite::calm()
    };
    s.say("eth-perp", absurd);
    s.wait(1);
    govern(&mut s, "eth-perp", Level::Protected);
    govern(&mut s, "eth-perp", Level::Normal);
    s.heal("eth-usd", 600);
    assert_eq!(s.told_level("eth-perp"), Some(Level::Protected));
    s.reconciled("eth-perp");
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
}

#[test]
fn a_lost_stance_waits_longer_each_time_unless_it_changes_and_a_push_does_not_wait() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.kill_engine(true);
    s.push(&["eth-perp"]).unwrap();
    let mut tries = vec![];
    let start = s.now();
    for _ in 0..440 {
        s.wait(1);
        let res = s.report_quiet("eth-usd");
        let lost = StanceLost::find(&res.events).unwrap();
        if lost.iter().any(|l| l.market == "eth-perp") {
            tries.push(s.now() - start);
        }
    }
    assert_eq!(tries, [5, 15, 35, 75, 155, 315]);
    let bad = FeedReading {
        status: Status::Uncertain,
        ..s.quiet("eth-usd")
    };
    let res = s.report(vec![bad]);
    assert_eq!(
        StanceLost::find(&res.events).unwrap().len(),
        2,
        "it tightens"
    );
    s.kill_engine(false);
    s.push(&["eth-perp"]).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
}

/// Two markets of one price, one settled in an asset with a feed of its own.
fn pegged() -> Suite {
    let mut s = Suite::bare();
    let markets = vec![
        Registered {
            peg: Some("usdx-usd".into()),
            ..registered("eth-perp", "eth-usd")
        },
        registered("eth-mini", "eth-usd"),
    ];
    let msg: InstantiateMsg = s.setup(markets, Params::default());
    s.breaker = s.start(&msg, &[]).unwrap();
    let both = vec![s.quiet("eth-usd"), s.quiet("usdx-usd")];
    s.report(both);
    s
}

#[test]
fn a_depeg_holds_the_markets_that_settle_in_the_asset_and_no_other() {
    let off = |s: &Suite, bps, sigma| FeedReading {
        depeg: Some(Ratio::bps(bps)),
        sigma: Ratio::bps(sigma),
        ..s.quiet("usdx-usd")
    };
    let rows = [
        (29, 0, Level::Normal),
        (30, 0, Level::Guarded),
        (90, 0, Level::ReduceOnly),
        (240, 0, Level::Protected),
        (99, 1_000, Level::Normal),
        (100, 1_000, Level::Guarded),
        (300, 1_000, Level::ReduceOnly),
        (800, 1_000, Level::Protected),
    ];
    for (bps, sigma, level) in rows {
        let mut s = pegged();
        s.wait(6);
        let reading = off(&s, bps, sigma);
        s.report(vec![reading]);
        assert_eq!(s.told_level("eth-perp"), Some(level), "{bps} at {sigma}");
        assert_eq!(s.told_level("eth-mini"), Some(Level::Normal));
    }
}

#[test]
fn a_silent_peg_is_as_silent_as_a_silent_price() {
    let mut s = pegged();
    for _ in 0..31 {
        s.wait(30);
        s.report_quiet("eth-usd");
    }
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    assert_eq!(s.told_level("eth-mini"), Some(Level::Normal));
    s.report_quiet("usdx-usd");
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
}

#[test]
fn a_report_about_unknown_feeds_is_taken_and_says_only_that_the_oracle_is_there() {
    let mut s = Suite::calm();
    let mut before = s.state();
    before.push((b"heard".to_vec(), store::pack(&s.now()).unwrap()));
    before.sort();
    let res = s.report_quiet("sol-usd");
    assert_eq!(StanceLeased::find(&res.events).unwrap(), []);
    assert!(s.state() == before);
}

#[test]
fn every_scope_above_a_market_is_joined_and_no_other() {
    let module = |at: &cosmwasm_std::Addr| Scope::Module {
        module: at.to_string(),
    };
    let market = |name: &str| Scope::Market {
        market: name.into(),
    };
    let both = ["eth-perp", "eth-mini"];
    let s = Suite::calm();
    let rows = [
        (Scope::Global {}, both.to_vec()),
        (market("eth-perp"), vec!["eth-perp"]),
        (suite::feed("eth-usd"), both.to_vec()),
        (module(&s.engine), both.to_vec()),
        (module(&s.oracle), both.to_vec()),
        (module(&s.breaker), vec![]),
        (market("btc-perp"), vec![]),
        (
            Scope::Remote {
                channel: "channel-0".into(),
            },
            vec![],
        ),
    ];
    for (scope, above) in rows {
        let mut s = Suite::calm();
        s.report_quiet("eth-usd");
        let evidence = Evidence {
            reason: Reason::Guardian,
            demand: Demand::at(Level::Protected),
        };
        let tick = Tick {
            now: s.now(),
            round_time: 0,
        };
        let breaker = s.breaker.clone();
        let mut storage = s.app.contract_storage_mut(&breaker);
        latches::apply(&mut *storage, &scope, evidence, tick, &Params::default()).unwrap();
        drop(storage);
        s.push(&both).unwrap();
        for name in both {
            let expected = if above.contains(&name) {
                Level::Protected
            } else {
                Level::Normal
            };
            assert_eq!(s.told_level(name), Some(expected), "{scope:?} above {name}");
        }
    }
}
