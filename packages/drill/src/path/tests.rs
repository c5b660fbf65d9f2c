#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::testing::{cents, data, each_file};
use proptest::prelude::*;

fn row(time: u64, close: u128, low: u128, high: u128) -> Row {
    Row {
        time,
        price: cents(close),
        high: cents(high),
        low: cents(low),
    }
}

fn bars(step: u64, rows: Vec<Row>) -> Series {
    Series {
        name: "eth".into(),
        step: Some(step),
        ranged: true,
        rows,
    }
}

/// A rising bar, a falling one, a gap of one bar, and a flat one.
fn four() -> Series {
    let rows = vec![
        row(0, 110, 95, 112),
        row(60, 104, 100, 120),
        row(120, 104, 103, 105),
        row(240, 200, 150, 210),
    ];
    bars(60, rows)
}

#[test]
fn a_bar_goes_through_its_knots() {
    let path = Path::of(four(), 1);
    let want = [
        (0, 103),
        (20, 95),
        (40, 112),
        (60, 110),
        (80, 120),
        (100, 100),
        (120, 104),
        (140, 103),
        (160, 105),
        (180, 104),
        (181, 104),
        (240, 104),
        (260, 150),
        (280, 210),
        (300, 200),
    ];
    let midpoint = Price::raw(cents(103).0.atomics().u128() + cents(1).0.atomics().u128() / 2);
    for (time, price) in want {
        let price = if time == 0 { midpoint } else { cents(price) };
        assert_eq!(path.at(time), Some(price), "at {time}");
    }
    assert_eq!((path.start(), path.end()), (0, 300));
    assert_eq!(path.at(301), None);
}

#[test]
fn a_gap_holds_the_close_and_is_not_live() {
    let path = Path::of(four(), 1);
    let live: Vec<bool> = [0, 180, 181, 239, 240, 300, 301]
        .map(|t| path.is_live(t))
        .into();
    assert_eq!(live, [true, true, false, false, true, true, false]);
}

#[test]
fn a_price_outside_the_next_bar_steps_inside_at_once() {
    let path = Path::of(
        bars(60, vec![row(0, 100, 99, 101), row(60, 201, 200, 202)]),
        1,
    );
    assert_eq!(path.at(60), Some(cents(100)));
    assert!(path.at(61).unwrap() >= cents(200));
}

#[test]
fn closes_without_a_range_are_reached_at_the_end_only() {
    let mut series = bars(3600, vec![row(0, 100, 100, 100), row(3600, 200, 200, 200)]);
    series.ranged = false;
    let path = Path::of(series, 1);
    assert_eq!(path.at(3600), Some(cents(100)));
    assert_eq!(path.at(7200), Some(cents(200)));
    assert!(path.at(5400).unwrap() < cents(190));
}

#[test]
fn very_short_bars_show_their_close() {
    for step in [1, 2, 4] {
        let rows = vec![row(0, 100, 90, 110), row(step, 105, 95, 115)];
        let path = Path::of(bars(step, rows), 1);
        assert_eq!(path.at(step), Some(cents(100)), "{step}");
        assert_eq!(path.at(2 * step), Some(cents(105)), "{step}");
    }
}

#[test]
fn oracle_rows_are_steps() {
    let rows = vec![
        row(10, 1, 1, 1),
        row(15, 2, 2, 2),
        row(15, 3, 3, 3),
        row(90, 4, 4, 4),
    ];
    let series = Series {
        name: "push".into(),
        step: None,
        ranged: false,
        rows,
    };
    let path = Path::of(series, 1);
    let seen: Vec<_> = [9, 10, 14, 15, 89, 90, 91].map(|t| path.at(t)).into();
    let want = [None, Some(1), Some(1), Some(3), Some(3), Some(4), None];
    assert_eq!(seen, want.map(|p| p.map(cents)));
    let times = |a, b| {
        path.updates_between(a, b)
            .iter()
            .map(|r| r.time)
            .collect::<Vec<_>>()
    };
    assert_eq!(times(9, 15), [10, 15, 15]);
    assert_eq!(times(10, 14), [0u64; 0]);
    assert_eq!(times(15, 10), [0u64; 0]);
    assert_eq!(times(0, 1000).len(), 4);
}

#[test]
fn waypoints_are_hit_and_bounds_kept() {
    let points = vec![
        Knot {
            time: 100,
            price: cents(17100),
        },
        Knot {
            time: 9700,
            price: cents(14400),
        },
        Knot {
            time: 13_300,
            price: cents(8600),
        },
    ];
    let (low, high) = (cents(8600), cents(18000));
    let way = Waypoints {
        points: points.clone(),
        noise_bps: 30,
        low,
        high,
    };
    let path = Path::through("eth", way, 1);
    for knot in points {
        assert_eq!(path.at(knot.time), Some(knot.price));
    }
    assert!((100..=13_300).all(|t| path.at(t).is_some_and(|p| low <= p && p <= high)));
    assert_eq!((path.at(99), path.at(13_301)), (None, None));
}

fn any_bars() -> impl Strategy<Value = Series> {
    let bar = (1u128..1_000_000, 0u128..100_000, 0u128..=100, 1u64..3);
    let steps = prop::sample::select(vec![1u64, 5, 60, 180, 300]);
    (prop::collection::vec(bar, 1..8), steps).prop_map(|(raw, step)| {
        let mut time = 1_000_000;
        let mut rows = Vec::new();
        for (low, range, close, skip) in raw {
            rows.push(row(time, low + range * close / 100, low, low + range));
            time += step * skip;
        }
        bars(step, rows)
    })
}

proptest! {
    #[test]
    fn a_path_stays_inside_its_bars_and_ends_at_their_closes(series in any_bars(), seed: u64) {
        let path = Path::of(series.clone(), seed);
        for row in &series.rows {
            let close = row.time + series.step.unwrap();
            prop_assert_eq!(path.at(close), Some(row.price));
            for time in row.time + 1..=close {
                let price = path.at(time).unwrap();
                prop_assert!(row.low <= price && price <= row.high, "at {}", time);
            }
        }
    }

    #[test]
    fn what_comes_later_changes_nothing_earlier(series in any_bars(), seed: u64) {
        let cut = series.rows.len() / 2;
        let mut known = series.clone();
        known.rows.truncate(cut.max(1));
        let (all, known) = (Path::of(series, seed), Path::of(known, seed));
        for time in known.start()..=known.end() {
            prop_assert_eq!(all.at(time), known.at(time));
        }
    }

    #[test]
    fn a_close_is_not_shown_before_its_bar_ends(series in any_bars(), seed: u64) {
        // A bar that closes elsewhere, in the same direction, looks the same until its last third.
        let mut other = series.clone();
        let last = other.rows.len() - 1;
        let open = other.rows[last].time;
        let before = Path::of(series.clone(), seed).at(open).unwrap();
        let bar = &mut other.rows[last];
        bar.price = if bar.price >= before { bar.high } else { bar.low };
        prop_assume!((bar.price >= before) == (series.rows[last].price >= before));
        let two_thirds = open + series.step.unwrap() / 3 * 2;
        let (a, b) = (Path::of(series, seed), Path::of(other, seed));
        for time in a.start()..=two_thirds {
            prop_assert_eq!(a.at(time), b.at(time));
        }
    }

    #[test]
    fn the_order_of_calls_does_not_matter(series in any_bars(), seed: u64) {
        let path = Path::of(series.clone(), seed);
        let times = path.start()..=path.end();
        let forward: Vec<_> = times.clone().map(|t| path.at(t)).collect();
        let fresh = |t| Path::of(series.clone(), seed).at(t);
        let mut backward: Vec<_> = times.rev().step_by(1).map(fresh).collect();
        backward.reverse();
        prop_assert_eq!(forward, backward);
    }
}

#[test]
fn seeds_differ_and_repeat() {
    let walk = |seed, name: &str| {
        let path = Path::of(
            Series {
                name: name.into(),
                ..four()
            },
            seed,
        );
        (0..=300).map(|t| path.at(t)).collect::<Vec<_>>()
    };
    assert_eq!(walk(1, "eth"), walk(1, "eth"));
    assert_ne!(walk(1, "eth"), walk(2, "eth"));
    assert_ne!(walk(1, "eth"), walk(1, "btc"));
}

#[test]
fn the_walk_is_pinned() {
    let path = Path::of(four(), 1);
    let seen = [5, 10, 30, 50, 70].map(|t| path.at(t).unwrap().0.to_string());
    let want = [
        "1.041793160606491641",
        "1.0075634578926838",
        "1.014409633402246982",
        "1.104387714838958346",
        "1.138309060235042125",
    ];
    assert_eq!(seen, want);
}

#[test]
fn every_recorded_file_reads_and_walks() {
    each_file(|name, file| {
        let series = Series::load(name, file).unwrap();
        let oracle = name.contains("oracle") || name.contains("chainlink");
        assert_eq!(series.step.is_none(), oracle, "{name}");
        let path = Path::of(series.clone(), 1);
        for row in series.rows.iter().step_by(97) {
            let end = row.time + series.step.unwrap_or(0);
            let shared = series.rows.iter().filter(|r| r.time == row.time).count() > 1;
            assert!(shared || path.at(end) == Some(row.price), "{name} at {end}");
        }
        for row in series.rows.iter().step_by(13).filter(|_| series.ranged) {
            let inside = path.at(row.time + series.step.unwrap() / 2).unwrap();
            assert!(
                row.low <= inside && inside <= row.high,
                "{name} at {}",
                row.time
            );
        }
    });
}

#[test]
fn the_push_oracle_of_luna_has_its_hole() {
    let Some(file) = data("luna2022_LUNA_drift-pyth-oracle.csv") else {
        return;
    };
    let series = Series::load("push", &file).unwrap();
    let longest = crate::series::gaps(&series.rows).max();
    assert_eq!((series.rows.len(), longest), (50_000, Some(5019)));
}
