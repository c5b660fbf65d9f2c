//! The exact vectors of the aggregation.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

mod common;

use std::str::FromStr;

use cosmwasm_std::Decimal;
use math::{
    aggregate::{aggregate, Aggregate, Grade, Quorum, Report},
    spread::Past,
    units::Price,
};
use serde_json::Value;

/// Decimal text with up to 24 places, cut to 18.
fn decimal(v: &Value) -> Decimal {
    let text = v.as_str().unwrap();
    let text = match text.split_once('.') {
        Some((whole, part)) => format!("{whole}.{}", &part[..part.len().min(18)]),
        None => text.to_owned(),
    };
    Decimal::from_str(&text).unwrap()
}

fn number<T: FromStr>(v: &Value) -> T
where
    T::Err: std::fmt::Debug,
{
    v.as_str()
        .map_or_else(|| v.to_string(), str::to_owned)
        .parse()
        .unwrap()
}

fn report(v: &Value) -> Report {
    Report {
        price: Price(decimal(&v["price"])),
        weight: number(&v["weight"]),
        publish_time: number(&v["publish_time"]),
        conf: Price(decimal(&v["conf"])),
        past: Past::default(),
    }
}

fn run(row: &Value) -> Option<Aggregate> {
    let reports: Vec<Report> = row["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(report)
        .collect();
    let quorum = Quorum {
        total_weight: number(&row["total_weight"]),
        min_sources: number(&row["min_sources"]),
        preferred: number(&row["preferred"]),
        spread_age: u64::MAX,
    };
    aggregate(&reports, quorum).unwrap()
}

fn close(got: Decimal, want: &Value, what: &str) {
    let want = decimal(want);
    let slack = want.atomics().u128() / 1_000_000_000;
    let off = got.abs_diff(want).atomics().u128();
    assert!(off <= slack.max(1), "{what}: {got}, expected {want}");
}

#[test]
fn every_row() {
    let Some(rows) = common::rows("oracle") else {
        return;
    };
    for (i, row) in rows.iter().enumerate() {
        let (got, want) = (run(row), &row["expect"]);
        let Some(got) = got else {
            assert!(want.is_null(), "row {i}: no quorum, expected {want}");
            continue;
        };
        assert!(!want.is_null(), "row {i}: quorum, expected none");
        close(got.price.0, &want["price"], &format!("row {i} price"));
        close(got.conf.0, &want["conf"], &format!("row {i} conf"));
        close(
            got.dispersion.0,
            &want["dispersion"],
            &format!("row {i} dispersion"),
        );
        let dropped: Vec<usize> = serde_json::from_value(want["dropped"].clone()).unwrap();
        assert_eq!(got.dropped, dropped, "row {i} dropped");
        assert_eq!(
            got.round_time,
            number::<u64>(&want["round_time"]),
            "row {i} round time"
        );
        let grade = match got.grade {
            Grade::Valid => "valid",
            Grade::Degraded => "degraded",
            Grade::Uncertain => "uncertain",
        };
        assert_eq!(grade, want["status"], "row {i} status");
    }
    eprintln!("{} rows of oracle.json agree", rows.len());
}
