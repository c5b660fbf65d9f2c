//! A true move, however large, trips once. When the latch falls the move is the past: the same price never trips again,
//! and another move does.

use harness::{Builder, Exchange};
use types::{
    breaker::{Dwell, Latch, Params},
    level::Level,
    scope::Reason,
};

fn latch(x: &Exchange) -> Option<Latch> {
    let feed = x.markets[0].feed.clone();
    let latches = x.latches(&feed);
    latches.into_iter().find(|l| l.reason == Reason::Jump)
}

fn level(x: &Exchange) -> Level {
    latch(x).map_or(Level::Normal, |l| l.level)
}

/// A round every ten seconds at this price for so long; every level the latch was at, and when it came there.
fn stays(x: &mut Exchange, at: &str, seconds: u64) -> Vec<(Level, u64)> {
    let begun = x.now();
    let mut seen = vec![(level(x), 0)];
    while x.now() < begun + seconds {
        x.wait(10);
        x.quote(at);
        let now = level(x);
        if seen.last().is_some_and(|(last, _)| *last != now) {
            seen.push((now, x.now() - begun));
        }
    }
    seen
}

#[test]
fn a_true_move_trips_once_and_falls_as_soon_as_it_may() {
    let dwells = [
        (Level::Protected, 3_600),
        (Level::ReduceOnly, 900),
        (Level::Guarded, 300),
    ];
    // From a feed at rest: 1.5 %, 3 % and 7.5 %.
    for (to, first) in [
        ("2040", Level::Guarded),
        ("2140", Level::ReduceOnly),
        ("3000", Level::Protected),
        ("9000", Level::Protected),
    ] {
        let mut x = Exchange::calm().build();
        x.next_block();
        x.quote(to);
        // An hour longer than it takes: it never rises again.
        let seen = stays(&mut x, to, 8_400);
        let passed = dwells.iter().filter(|(l, _)| *l <= first);
        assert_eq!(seen.len(), passed.clone().count() + 1, "{to}: {seen:?}");
        for ((level, dwell), pair) in passed.zip(seen.windows(2)) {
            assert_eq!(pair[0].0, *level, "{to}: {seen:?}");
            let held = pair[1].1 - pair[0].1;
            // At the first reading that counts: they lie half a minute apart.
            assert!((*dwell..*dwell + 30).contains(&held), "{to}: {seen:?}");
        }
        assert_eq!(level(&x), Level::Normal);
        let held = latch(&x).unwrap();
        let counted = [held.guarded, held.reduce_only, held.protected];
        assert_eq!(counted.map(|m| m.retrips), [0; 3]);
    }
}

/// Rounds that lie far enough apart that the average is refused and comes back while it still knows the old price.
fn sparse(x: impl Fn() -> Builder) {
    for gaps in [[60, 89, 130], [140, 60, 120], [150, 30, 120], [89, 100, 91]] {
        for to in ["2040", "2140", "3000", "1500"] {
            let mut x = x().build();
            for gap in gaps {
                x.wait(gap);
                x.quote("2000");
            }
            x.wait(20);
            x.quote(to);
            x.wait(10);
            x.quote(to);
            let mut last = level(&x);
            for n in 0..120 {
                x.wait(gaps[n % 3]);
                x.quote(to);
                let now = level(&x);
                assert!(now <= last, "{gaps:?} {to}: {last:?} to {now:?}");
                last = now;
            }
            assert_eq!(last, Level::Normal, "{gaps:?} {to}");
        }
    }
}

#[test]
fn however_sparse_the_rounds_are_the_same_price_never_trips_again() {
    sparse(Exchange::calm);
}

#[test]
fn nor_where_a_latch_may_fall_at_the_first_good_reading() {
    let dwell = Dwell {
        guarded: 1,
        reduce_only: 1,
        protected: 1,
    };
    let hasty = Params {
        dwell,
        good_readings: 1,
        reading_gap: 1,
        ..Params::default()
    };
    sparse(|| Exchange::calm().breaker(hasty.clone()));
    for before in [30, 60, 90, 120, 150] {
        for silence in [100, 110, 120, 130, 140, 149] {
            let mut x = Exchange::calm().breaker(hasty.clone()).build();
            // A silence before the move, and one after it: the average is refused by both together, and comes back when
            // the first is out of its window.
            x.wait(silence);
            x.quote("2000");
            for _ in 0..before / 30 {
                x.wait(30);
                x.quote("2000");
            }
            x.wait(10);
            x.quote("3000");
            let mut seen = vec![Level::Normal, level(&x)];
            x.wait(silence);
            for _ in 0..60 {
                x.quote("3000");
                seen.push(level(&x));
                x.wait(10);
            }
            // Once: at once, or where there was no average to tell, when it comes back.
            let rises = seen.windows(2).filter(|pair| pair[1] > pair[0]).count();
            assert_eq!(rises, 1, "{before} {silence}: {seen:?}");
            assert_eq!(seen.last(), Some(&Level::Normal));
        }
    }
}

#[test]
fn another_move_trips_at_once_also_just_after_the_latch_has_fallen() {
    let mut x = Exchange::calm().build();
    x.next_block();
    x.quote("2140");
    stays(&mut x, "2140", 940);
    assert_eq!(level(&x), Level::Guarded);
    // On, and also back to where it came from.
    for to in ["2700", "2000"] {
        let before = latch(&x).unwrap();
        x.wait(10);
        x.quote(to);
        assert_eq!(level(&x), Level::Protected, "to {to}");
        let after = latch(&x).unwrap();
        assert!(after.since > before.since);
        let mut falls = vec![];
        while level(&x) == Level::Protected {
            x.wait(30);
            x.quote(to);
            falls.push(level(&x));
            assert!(falls.len() < 1_000);
        }
        assert_eq!(level(&x), Level::ReduceOnly);
    }
}
