//! Trips and healing, end to end.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use suite::{feed, Suite};
use types::{
    breaker::{FeedReading, LatchChanged},
    level::Level,
    oracle::Status,
    scope::{Reason, Scope},
    wire::Wire,
    Ratio,
};

#[test]
fn a_trip_reaches_the_engine_in_the_transaction_of_the_report() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
    s.wait(5);
    let wide = FeedReading {
        dispersion: Ratio::percent(3),
        ..s.quiet("eth-usd")
    };
    let res = s.report(vec![wide]);
    for market in ["eth-perp", "eth-mini"] {
        assert_eq!(s.told_level(market), Some(Level::ReduceOnly));
        assert_eq!(s.stance(market).level, Level::ReduceOnly);
    }
    assert_eq!(
        LatchChanged::find(&res.events).unwrap(),
        [LatchChanged {
            scope: "feed:eth-usd".into(),
            reason: Reason::Dispersion.number(),
            from: Level::Normal,
            to: Level::ReduceOnly,
        }]
    );
    assert_eq!(s.told_level("btc-perp"), None);
}

#[test]
fn a_jump_is_judged_against_volatility() {
    let mut s = Suite::calm();
    let jump = |s: &Suite, sigma| FeedReading {
        jump: Ratio::percent(4),
        sigma,
        ..s.quiet("eth-usd")
    };
    let wild = jump(&s, Ratio::percent(1));
    s.report(vec![wild]);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
    s.wait(5);
    let quiet = jump(&s, Ratio::bps(10));
    s.report(vec![quiet]);
    assert_eq!(s.level(feed("eth-usd")), Level::ReduceOnly);
}

#[test]
fn invalid_is_reduce_only_at_first_and_protected_after_its_grace() {
    let mut s = Suite::calm();
    let start = s.now();
    for (after, level) in [
        (0, Level::ReduceOnly),
        (300, Level::ReduceOnly),
        (301, Level::Protected),
    ] {
        s.wait(start + after - s.now());
        let gone = FeedReading {
            status: Status::Invalid,
            time: start,
            ..s.quiet("eth-usd")
        };
        s.report(vec![gone]);
        assert_eq!(s.told_level("eth-perp"), Some(level), "after {after} s");
    }
}

#[test]
fn a_break_in_the_invalidity_starts_the_grace_again() {
    let mut s = Suite::calm();
    for status in [Status::Invalid, Status::Stale, Status::Invalid] {
        let reading = FeedReading {
            status,
            ..s.quiet("eth-usd")
        };
        s.report(vec![reading]);
        s.wait(250);
    }
    assert_eq!(s.level(feed("eth-usd")), Level::ReduceOnly);
}

#[test]
fn lateness_and_variance_trip_no_higher_than_their_rows() {
    let late = |s: &Suite, percent| FeedReading {
        lateness: Ratio::percent(percent),
        ..s.quiet("eth-usd")
    };
    let wild = |s: &Suite, percent| FeedReading {
        variance: Ratio::percent(percent),
        ..s.quiet("eth-usd")
    };
    type Make = fn(&Suite, u64) -> FeedReading;
    let rows: [(Make, u64, Level); 8] = [
        (late, 299, Level::Normal),
        (late, 300, Level::Guarded),
        (late, 600, Level::ReduceOnly),
        (late, u64::MAX, Level::ReduceOnly),
        (wild, 399, Level::Normal),
        (wild, 400, Level::Guarded),
        (wild, 600, Level::Guarded),
        (wild, u64::MAX, Level::Guarded),
    ];
    for (make, percent, level) in rows {
        let mut s = Suite::calm();
        let reading = make(&s, percent);
        s.report(vec![reading]);
        assert_eq!(s.told_level("eth-perp"), Some(level), "{percent} %");
    }
}

#[test]
fn healing_needs_dwell_and_enough_distinct_rounds() {
    let mut s = Suite::calm();
    let trip = |s: &Suite| FeedReading {
        status: Status::Degraded,
        ..s.quiet("eth-usd")
    };
    let reading = trip(&s);
    s.report(vec![reading]);
    let frozen = s.quiet("eth-usd");
    s.wait(400);
    for _ in 0..5 {
        s.wait(30);
        s.report(vec![frozen.clone()]);
    }
    assert_eq!(
        s.level(feed("eth-usd")),
        Level::Guarded,
        "one round is not enough"
    );
    s.heal("eth-usd", 60);
    assert_eq!(
        s.level(feed("eth-usd")),
        Level::Guarded,
        "two rounds are not enough"
    );
    s.heal("eth-usd", 30);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));

    let mut s = Suite::calm();
    let reading = trip(&s);
    s.report(vec![reading]);
    s.heal("eth-usd", 270);
    assert_eq!(
        s.level(feed("eth-usd")),
        Level::Guarded,
        "nine rounds, but no dwell"
    );
    s.heal("eth-usd", 30);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
}

#[test]
fn a_round_from_the_far_future_trips_but_neither_heals_nor_wedges() {
    let mut s = Suite::calm();
    let ahead = |s: &Suite, status| FeedReading {
        status,
        time: u64::MAX,
        ..s.quiet("eth-usd")
    };
    let reading = ahead(&s, Status::Degraded);
    s.report(vec![reading]);
    for _ in 0..20 {
        s.wait(30);
        let reading = ahead(&s, Status::Valid);
        s.report(vec![reading]);
    }
    assert_eq!(s.level(feed("eth-usd")), Level::Guarded);
    s.heal("eth-usd", 90);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
}

#[test]
fn one_reason_clearing_never_clears_another() {
    let mut s = Suite::calm();
    let both = FeedReading {
        status: Status::Degraded,
        dispersion: Ratio::percent(3),
        ..s.quiet("eth-usd")
    };
    s.report(vec![both]);
    for _ in 0..40 {
        s.wait(30);
        let wide = FeedReading {
            dispersion: Ratio::percent(3),
            ..s.quiet("eth-usd")
        };
        s.report(vec![wide]);
    }
    let held: Vec<(Reason, Level)> = s
        .latches(feed("eth-usd"))
        .into_iter()
        .map(|l| (l.reason, l.level))
        .collect();
    assert_eq!(
        held,
        [
            (Reason::PriceStatus, Level::Normal),
            (Reason::Dispersion, Level::ReduceOnly)
        ]
    );
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
}

#[test]
fn a_re_trip_doubles_the_dwell() {
    let mut s = Suite::calm();
    let trip = |s: &mut Suite| {
        let reading = FeedReading {
            status: Status::Degraded,
            ..s.quiet("eth-usd")
        };
        s.report(vec![reading]);
    };
    trip(&mut s);
    s.heal("eth-usd", 300);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
    trip(&mut s);
    s.heal("eth-usd", 570);
    assert_eq!(s.level(feed("eth-usd")), Level::Guarded);
    s.heal("eth-usd", 30);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
}

#[test]
fn protected_heals_through_every_level_and_stays_remembered_for_a_day() {
    let mut s = Suite::calm();
    let far = FeedReading {
        jump: Ratio::percent(90),
        ..s.quiet("eth-usd")
    };
    s.report(vec![far]);
    let expected = [
        (3_600, Level::ReduceOnly),
        (900, Level::Guarded),
        (300, Level::Normal),
    ];
    for (dwell, level) in expected {
        let before = s.level(feed("eth-usd"));
        s.heal("eth-usd", dwell - 30);
        assert_eq!(s.level(feed("eth-usd")), before);
        s.heal("eth-usd", 30);
        assert_eq!(s.level(feed("eth-usd")), level);
    }
    s.wait(86_400);
    assert_eq!(s.latches(feed("eth-usd")).len(), 1);
    s.wait(1);
    assert_eq!(s.latches(feed("eth-usd")), []);
    assert_eq!(s.level(Scope::Global {}), Level::Normal);
}
