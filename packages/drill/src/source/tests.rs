#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::fault::{FaultKind, Window};
use crate::series::{Row, Series};
use crate::testing::{cents, data};
use proptest::prelude::*;

fn row(time: u64, close: u128) -> Row {
    Row {
        time,
        price: cents(close),
        high: cents(close + 10),
        low: cents(close - 10),
    }
}

fn path(step: Option<u64>, times: &[u64]) -> Arc<Path> {
    let rows = times
        .iter()
        .map(|time| row(*time, 1000 + u128::from(*time)))
        .collect();
    let series = Series {
        name: "eth".into(),
        step,
        ranged: step.is_some(),
        rows,
    };
    Arc::new(Path::of(series, 1))
}

fn spec(kind: SourceKind) -> SourceSpec {
    SourceSpec {
        name: "a".into(),
        kind,
        interval_s: 15,
        offset_s: 5,
        faults: vec![],
    }
}

fn derived(of: Arc<Path>, noise_bps: u64, latency_s: u64) -> SourceSpec {
    spec(SourceKind::Derived {
        of,
        noise_bps,
        latency_s,
    })
}

fn fault(from: u64, to: u64, kind: FaultKind) -> Fault {
    Fault {
        window: Window { from, to },
        kind,
    }
}

fn times(reports: &[Report]) -> Vec<(u64, u64)> {
    reports
        .iter()
        .map(|r| (r.publish_time, r.deliver_at))
        .collect()
}

#[test]
fn bars_are_published_on_their_grid_and_not_in_a_gap() {
    let path = path(Some(60), &[0, 60, 180]);
    let source = Source::new(spec(SourceKind::Series(path.clone())), 1).unwrap();
    let all = source.reports(0, 1000);
    let want = [5, 20, 35, 50, 65, 80, 95, 110, 185, 200, 215, 230];
    assert_eq!(times(&all), want.map(|t| (t, t)));
    for report in all {
        assert_eq!(Some(report.price), path.at(report.publish_time));
        assert_eq!(
            report.conf,
            report.price.times(Ratio::bps(5), Round::Up).unwrap()
        );
    }
    assert_eq!(source.source_max_age(), None);
}

#[test]
fn a_push_oracle_is_delivered_row_by_row() {
    let path = path(None, &[10, 13, 13, 40]);
    let source = Source::new(spec(SourceKind::Series(path)), 1).unwrap();
    assert_eq!(
        times(&source.reports(0, 39)),
        [(10, 10), (13, 13), (13, 13)]
    );
    assert_eq!(times(&source.reports(13, 40)), [(40, 40)]);
}

#[test]
fn a_heartbeat_is_the_longest_gap_that_is_not_a_hole() {
    let mut at = 0;
    let mut rows = vec![0];
    for n in 0..300u64 {
        at += if n == 150 { 5000 } else { 50 + n % 11 };
        rows.push(at);
    }
    let source = Source::new(spec(SourceKind::Series(path(None, &rows))), 1).unwrap();
    assert_eq!(source.source_max_age(), Some(66));
    let alone = Source::new(spec(SourceKind::Series(path(None, &[7]))), 1).unwrap();
    assert_eq!(alone.source_max_age(), None);
}

#[test]
fn real_heartbeats() {
    let cases = [
        ("luna2022_LUNA_drift-pyth-oracle.csv", 60..=120),
        ("aug2023_BTC_chainlink-eth-mainnet.csv", 3960..=4000),
        ("calm2023_ETH_chainlink-eth-mainnet.csv", 3960..=4100),
    ];
    for (name, range) in cases {
        let Some(file) = data(name) else { continue };
        let path = Arc::new(Path::of(Series::load("push", &file).unwrap(), 1));
        let age = Source::new(spec(SourceKind::Series(path)), 1)
            .unwrap()
            .source_max_age();
        assert!(
            age.is_some_and(|age| range.contains(&age)),
            "{name}: {age:?}"
        );
    }
}

#[test]
fn latency_delays_delivery_and_not_the_publish_time() {
    let source = Source::new(derived(path(Some(60), &[0, 60]), 0, 25), 1).unwrap();
    let reports = source.reports(29, 60);
    assert_eq!(times(&reports), [(5, 30), (20, 45), (35, 60)]);
    assert_eq!(
        reports.first().map(|r| r.price),
        path(Some(60), &[0, 60]).at(5)
    );
}

#[test]
fn derived_noise_is_small_seeded_and_its_own() {
    let of = path(Some(60), &[0, 60, 120, 180]);
    let prices = |name: &str, seed| {
        let spec = SourceSpec {
            name: name.into(),
            interval_s: 1,
            offset_s: 0,
            ..derived(of.clone(), 5, 0)
        };
        let source = Source::new(spec, seed).unwrap();
        source
            .reports(0, 240)
            .iter()
            .map(|r| r.price)
            .collect::<Vec<_>>()
    };
    let a = prices("a", 1);
    assert_eq!(a.len(), 240);
    assert_eq!(a, prices("a", 1));
    assert_ne!(a, prices("a", 2));
    assert_ne!(a, prices("b", 1));
    let truth = |index: usize| of.at(u64::try_from(index).unwrap() + 1).unwrap();
    let off: Vec<u128> = a
        .iter()
        .enumerate()
        .map(|(i, p)| {
            p.distance(truth(i))
                .over(truth(i), Round::Up)
                .unwrap()
                .0
                .atomics()
                .u128()
        })
        .collect();
    assert!(off
        .iter()
        .all(|off| *off <= Ratio::bps(21).0.atomics().u128()));
    let mean = off.iter().sum::<u128>() / 240;
    assert!(mean > Ratio::bps(3).0.atomics().u128() && mean < Ratio::bps(5).0.atomics().u128());
}

#[test]
fn faults_act_by_publish_time() {
    let of = path(Some(60), &[0, 60]);
    let faults = vec![
        fault(20, 36, FaultKind::Drop),
        fault(50, 66, FaultKind::Delay { by_s: 30 }),
        fault(65, 66, FaultKind::Delay { by_s: 100 }),
    ];
    let source = Source::new(
        SourceSpec {
            faults,
            ..derived(of, 0, 2)
        },
        1,
    )
    .unwrap();
    let want = [(5, 7), (50, 82), (80, 82), (95, 97), (110, 112), (65, 197)];
    assert_eq!(times(&source.reports(0, 1000)), want);
    assert_eq!(times(&source.reports(190, 200)), [(65, 197)]);
}

/// What a source without noise states under a fault from 20 to 50.
fn stated(kind: FaultKind) -> Vec<(u64, Price)> {
    let spec = SourceSpec {
        faults: vec![fault(20, 50, kind)],
        ..derived(path(Some(60), &[0, 60]), 0, 0)
    };
    let source = Source::new(spec, 1).unwrap();
    let reports = source.reports(0, 60);
    for report in &reports {
        let conf = report.price.times(Ratio::bps(0), Round::Up).unwrap();
        assert_eq!(report.conf, conf);
    }
    reports.iter().map(|r| (r.publish_time, r.price)).collect()
}

#[test]
fn faults_of_a_source_change_what_it_states_within_the_window_only() {
    let of = path(Some(60), &[0, 60]);
    let truth = |time: u64| of.at(time).unwrap();
    let at = |time: u64| (time, truth(time));
    let times = |ratio, time| truth(time).times(ratio, Round::Down).unwrap();
    assert_eq!(
        stated(FaultKind::Misdate { by_s: 9 }),
        [at(5), (11, truth(20)), (26, truth(35)), at(50)]
    );
    assert_eq!(
        stated(FaultKind::Future { by_s: 9 }),
        [at(5), (29, truth(20)), (44, truth(35)), at(50)]
    );
    let factor = Ratio::percent(12);
    assert_eq!(
        stated(FaultKind::Spike { factor }),
        [
            at(5),
            (20, times(factor, 20)),
            (35, times(factor, 35)),
            at(50)
        ]
    );
    let floor = cents(100_000);
    assert_eq!(
        stated(FaultKind::Clip { floor }),
        [at(5), (20, floor), (35, floor), at(50)]
    );
    assert_eq!(
        stated(FaultKind::Zero),
        [at(5), (20, Price::ZERO), (35, Price::ZERO), at(50)]
    );
    assert_eq!(
        stated(FaultKind::Freeze),
        [at(5), (20, truth(5)), (35, truth(5)), at(50)]
    );
    let inverted = stated(FaultKind::Invert);
    let product = (truth(20).0.atomics().u128() / 1_000_000_000)
        * (inverted[1].1 .0.atomics().u128() / 1_000_000_000);
    assert!((999_999_000_000_000_000..=1_000_000_000_000_000_000).contains(&product));
    assert_eq!(
        stated(FaultKind::Stolen { by_bps: 9 }),
        [at(5), at(20), at(35), at(50)],
        "what a thief states is the thief's to say"
    );
}

#[test]
fn a_stolen_key_is_stolen_within_its_window() {
    let spec = SourceSpec {
        faults: vec![fault(20, 50, FaultKind::Stolen { by_bps: 9 })],
        ..derived(path(Some(60), &[0, 60]), 0, 0)
    };
    let source = Source::new(spec, 1).unwrap();
    let at = |time| source.stolen(time);
    assert_eq!(
        [at(19), at(20), at(49), at(50)],
        [None, Some(9), Some(9), None]
    );
}

#[test]
fn a_push_oracle_freezes_at_its_last_row() {
    let spec = SourceSpec {
        faults: vec![fault(13, 50, FaultKind::Freeze)],
        ..spec(SourceKind::Series(path(None, &[10, 13, 40])))
    };
    let source = Source::new(spec, 1).unwrap();
    let prices: Vec<Price> = source.reports(0, 60).iter().map(|r| r.price).collect();
    assert_eq!(prices, [cents(1_010); 3]);
}

#[test]
fn bad_sources_are_refused() {
    let ok = path(Some(300), &[0, 300]);
    let coarse = SourceKind::Series(path(Some(900), &[0, 900]));
    let bad = |field, value, min, max| Flaw::OutOfBounds {
        field,
        value,
        min,
        max,
    };
    let cases = [
        (spec(coarse), Flaw::TooCoarse { step: 900 }),
        (
            derived(ok.clone(), 1001, 0),
            bad("noise_bps", 1001, 0, 1000),
        ),
        (derived(ok.clone(), 0, 26), bad("latency_s", 26, 0, 25)),
        (
            SourceSpec {
                interval_s: 16,
                ..derived(ok.clone(), 0, 0)
            },
            bad("interval_s", 16, 1, 15),
        ),
        (
            SourceSpec {
                interval_s: 0,
                ..derived(ok.clone(), 0, 0)
            },
            bad("interval_s", 0, 1, 15),
        ),
        (
            SourceSpec {
                offset_s: 15,
                ..derived(ok.clone(), 0, 0)
            },
            bad("offset_s", 15, 0, 14),
        ),
    ];
    for (spec, flaw) in cases {
        assert_eq!(Source::new(spec, 1), Err(flaw));
    }
    assert!(Source::new(spec(SourceKind::Series(ok)), 1).is_ok());
}

proptest! {
    #[test]
    fn every_report_is_delivered_once_however_time_is_cut(
        cuts in prop::collection::vec(0u64..400, 0..12), latency in 0u64..=25, by_s in 0u64..200,
    ) {
        let faults = vec![fault(30, 90, FaultKind::Delay { by_s }), fault(80, 120, FaultKind::Drop)];
        let spec = SourceSpec { faults, ..derived(path(Some(60), &[0, 60, 120]), 5, latency) };
        let source = Source::new(spec, 1).unwrap();
        let mut cuts = cuts;
        cuts.extend([0, 1000]);
        cuts.sort_unstable();
        let pieces: Vec<Report> = cuts.windows(2).flat_map(|w| source.reports(w[0], w[1])).collect();
        prop_assert_eq!(pieces, source.reports(0, 1000));
    }
}
