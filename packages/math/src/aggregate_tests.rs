//! Properties of the aggregate.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;
use crate::{spread::Word, units::E18};

fn report(price: u128, weight: u64, publish_time: u64) -> Report {
    Report {
        price: Price::raw(price),
        weight,
        publish_time,
        conf: Price::ZERO,
        past: Past::default(),
    }
}

fn dollars(n: u128) -> u128 {
    n * E18
}

fn quorum(total_weight: u64) -> Quorum {
    Quorum {
        total_weight,
        min_sources: 2,
        preferred: 3,
        spread_age: u64::MAX,
    }
}

fn total(reports: &[Report]) -> u64 {
    reports.iter().map(|r| r.weight).sum()
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    proptest::collection::vec((90 * E18..115 * E18, 1u64..5, 0u64..60, 0u128..E18), 2..8).prop_map(
        |rows| {
            rows.into_iter()
                .map(|(price, weight, publish_time, conf)| Report {
                    conf: Price::raw(conf),
                    ..report(price, weight, publish_time)
                })
                .collect()
        },
    )
}

proptest! {
    #[test]
    fn the_order_of_reports_does_not_matter(rs in reports(), turn in 0usize..7) {
        let q = quorum(total(&rs));
        let mut turned = rs.clone();
        turned.rotate_left(turn % rs.len());
        turned.swap(0, rs.len() - 1);
        let strip = |a: Option<Aggregate>| a.map(|a| Aggregate { dropped: vec![], ..a });
        prop_assert_eq!(
            strip(aggregate(&rs, q).unwrap()),
            strip(aggregate(&turned, q).unwrap())
        );
    }

    #[test]
    fn the_price_lies_among_the_survivors_and_the_bounds_hold(rs in reports(), missing in 0u64..4) {
        if let Some(a) = aggregate(&rs, quorum(total(&rs) + missing)).unwrap() {
            let kept = |i: &usize| !a.dropped.contains(i);
            let prices: Vec<_> = (0..rs.len()).filter(kept).map(|i| rs[i].price).collect();
            let (low, high) = (*prices.iter().min().unwrap(), *prices.iter().max().unwrap());
            prop_assert!(low <= a.price && a.price <= high);
            prop_assert!(a.surcharge <= high.distance(low));
            let half = high.distance(low).0.atomics().u128() / 2;
            let paid = a.surcharge.0.atomics().u128();
            prop_assert!(paid == 0 || paid >= half);
            prop_assert!(prices.len() >= 2);
            prop_assert!((a.grade == Grade::Uncertain) == (a.dispersion > DEGRADED_DISPERSION));
            prop_assert!(rs.iter().any(|r| r.publish_time == a.round_time));
        }
    }

    #[test]
    fn the_round_time_never_falls_when_a_report_gets_newer(
        rs in reports(), who in 0usize..7, later in 1u64..100,
    ) {
        let q = quorum(total(&rs));
        let mut after = rs.clone();
        let who = who % rs.len();
        after[who].publish_time += later;
        prop_assert!(round_time(&after, q) >= round_time(&rs, q));
    }

    #[test]
    fn a_third_of_the_weight_cannot_move_the_price_out_of_the_others_range(
        honest in proptest::collection::vec(199 * E18 / 2..201 * E18 / 2, 2..6),
        lie in 1u128..100_000 * E18,
        conf in 0u128..E18,
    ) {
        let mut rs: Vec<_> = honest.iter().map(|p| report(*p, 2, 10)).collect();
        let weight = honest.len().try_into().unwrap();
        rs.push(Report { conf: Price::raw(conf), ..report(lie, weight, 10) });
        if let Some(a) = aggregate(&rs, quorum(total(&rs))).unwrap() {
            let (low, high) = (honest.iter().min().unwrap(), honest.iter().max().unwrap());
            prop_assert!(Price::raw(*low) <= a.price && a.price <= Price::raw(*high));
        } else {
            prop_assert!(false, "two thirds of the weight agree within 1 %");
        }
    }

    #[test]
    fn any_positive_prices_are_answered(
        rs in proptest::collection::vec((1u128..1_000_000_000_000 * E18, 1u64..5, 0u64..60), 1..8),
    ) {
        let rs: Vec<_> = rs.into_iter().map(|(p, w, t)| report(p, w, t)).collect();
        prop_assert!(aggregate(&rs, quorum(total(&rs))).is_ok());
    }
}

#[test]
fn an_outlier_is_dropped_and_two_name_nobody() {
    let three = [
        report(dollars(100), 1, 5),
        report(dollars(101), 1, 5),
        report(dollars(150), 1, 5),
    ];
    let a = aggregate(&three, quorum(3)).unwrap().unwrap();
    assert_eq!(a.dropped, [2]);
    assert_eq!(a.price, Price::raw(dollars(201) / 2));
    assert_eq!(a.grade, Grade::Degraded);

    let two = [report(dollars(100), 1, 5), report(dollars(150), 1, 5)];
    let a = aggregate(&two, quorum(2)).unwrap().unwrap();
    assert_eq!(a.dropped, [0usize; 0]);
    assert_eq!(a.grade, Grade::Uncertain);
}

#[test]
fn quorum_is_a_count_and_two_thirds_of_the_configured_weight() {
    let two = [report(dollars(1), 1, 5), report(dollars(1), 1, 5)];
    assert!(aggregate(&two, quorum(3)).unwrap().is_some());
    assert!(aggregate(&two, quorum(4)).unwrap().is_none());
    assert!(aggregate(&two[..1], quorum(1)).unwrap().is_none());
    assert!(aggregate(&[], quorum(0)).unwrap().is_none());
}

#[test]
fn a_survivor_older_than_the_round_costs_half_the_range() {
    let fresh = [
        report(dollars(100), 1, 5),
        report(dollars(100), 1, 5),
        report(dollars(101), 1, 5),
    ];
    assert_eq!(
        aggregate(&fresh, quorum(3)).unwrap().unwrap().surcharge,
        Price::ZERO
    );
    let stale = [fresh[0], fresh[1], report(dollars(101), 1, 4)];
    assert_eq!(
        aggregate(&stale, quorum(3)).unwrap().unwrap().surcharge,
        Price::raw(E18 / 2)
    );
}

#[test]
fn a_median_that_is_late_costs_what_the_others_have_moved() {
    // 17 August 2023 22:56:20: the median of three is what one of them said minutes ago, beside one that has not moved
    // yet and one that has.
    let late = |price| {
        let three = [
            report(dollars(price), 1, 100),
            report(dollars(1_000), 1, 200),
            report(dollars(1_012), 1, 195),
        ];
        aggregate(&three, quorum(3)).unwrap().unwrap()
    };
    for price in 1_000..=1_012 {
        let a = late(price);
        assert_eq!((a.price, a.round_time), (Price::raw(dollars(price)), 195));
        let farther = (price - 1_000).max(1_012 - price);
        assert_eq!(a.surcharge, Price::raw(dollars(farther)), "{price}");
    }
    // One that is late and far off is no price of now: half of what it is off, as before.
    assert_eq!(late(988).price, Price::raw(dollars(1_000)));
    assert_eq!(late(988).surcharge, Price::raw(dollars(12)));
    assert_eq!(late(1_014).surcharge, Price::raw(dollars(12)));
}

#[test]
fn a_late_survivor_does_not_count_as_disagreement() {
    let three = [
        report(dollars(1_000), 1, 200),
        report(dollars(1_000), 1, 200),
        report(dollars(1_012), 1, 100),
    ];
    let a = aggregate(&three, quorum(3)).unwrap().unwrap();
    assert_eq!(a.grade, Grade::Degraded);
    let timely = Quorum {
        spread_age: 90,
        ..quorum(3)
    };
    let b = aggregate(&three, timely).unwrap().unwrap();
    assert_eq!((b.grade, b.dispersion), (Grade::Valid, Ratio::ZERO));
    // It still counts for the price and for what a stale median may cost.
    assert_eq!((a.price, a.surcharge), (b.price, b.surcharge));
    assert!(b.surcharge > Price::ZERO);
}

#[test]
fn a_lone_reporter_who_repeats_a_late_source_does_not_outvote_the_present() {
    let three = [
        report(dollars(1_000), 1, 200),
        report(dollars(1_000), 1, 100),
        report(dollars(900), 1, 200),
    ];
    let timely = Quorum {
        spread_age: 90,
        ..quorum(3)
    };
    let a = aggregate(&three, timely).unwrap().unwrap();
    assert_eq!(
        (a.dropped.as_slice(), a.grade),
        (&[2][..], Grade::Uncertain)
    );
}

#[test]
fn of_two_the_half_of_what_they_differ_is_paid() {
    let two = [report(dollars(1_000), 1, 5), report(dollars(1_010), 1, 5)];
    let a = aggregate(&two, quorum(2)).unwrap().unwrap();
    assert_eq!(a.surcharge, Price::raw(dollars(5)));
}

/// As on 12 March 2020 at 10:47:42: the newest of three is the first to see the fall.
#[test]
fn the_first_to_see_a_fall_is_no_outlier_until_it_repeats_itself() {
    let cents = |n: u128| n * E18 / 100;
    let said = |at: u64, price: u128, past: &[(u64, u128)]| {
        let words = past.iter().map(|(publish_time, price)| Word {
            price: Price::raw(cents(*price)),
            conf: Price::ZERO,
            publish_time: *publish_time,
        });
        Report {
            past: words.fold(Past::default(), Past::with),
            ..report(cents(price), 1, at)
        }
    };
    let others = [
        said(50, 13_514, &[(35, 13_897)]),
        said(45, 13_597, &[(30, 13_954)]),
    ];
    let dropped = |first: Report| {
        let three = [others[0], others[1], first];
        let q = Quorum {
            spread_age: 90,
            ..quorum(3)
        };
        let a = aggregate(&three, q).unwrap().unwrap();
        (a.dropped, a.grade)
    };
    let fell = said(55, 13_204, &[(40, 13_764)]);
    assert_eq!(dropped(fell), (vec![], Grade::Valid));
    assert_eq!(dropped(said(55, 13_204, &[])), (vec![2], Grade::Degraded));
    assert_eq!(
        dropped(said(55, 13_204, &[(40, 13_204)])),
        (vec![2], Grade::Degraded)
    );
    // Beyond 5 % of the middle nothing is excused.
    assert_eq!(
        dropped(said(55, 12_800, &[(40, 13_764)])),
        (vec![2], Grade::Degraded)
    );
}
