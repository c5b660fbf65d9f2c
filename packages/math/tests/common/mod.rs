//! Reading the exact vectors.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use cosmwasm_std::{Int128, Int256, SignedDecimal};
use math::units::{Amount, PerUnit, Price, Rate, Ratio, Size};
use serde_json::Value;

#[path = "../../../../tests/shared.rs"]
mod shared;

/// The rows of one vector file, at least one, or `None`, loudly, where the folder is absent.
pub fn rows(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(shared::vectors(name)?).unwrap();
    let Value::Array(rows) = serde_json::from_str(&text).unwrap() else {
        panic!("{name}: not a list");
    };
    assert!(!rows.is_empty(), "{name}: an empty list proves nothing");
    Some(rows)
}

/// Decimal text, scaled by ten to the `decimals`, the rest cut off towards zero.
pub fn scaled(text: &str, decimals: usize) -> Int256 {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let mut all = whole.to_owned();
    all.extend(rest.chars().chain(std::iter::repeat('0')).take(decimals));
    let n: Int256 = all.parse().unwrap();
    if negative {
        -n
    } else {
        n
    }
}

pub fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {row}"))
}

pub fn price(row: &Value, key: &str) -> Price {
    Price::from_wide(scaled(text(row, key), 18)).unwrap()
}

pub fn ratio(row: &Value, key: &str) -> Ratio {
    Ratio::from_wide(scaled(text(row, key), 18)).unwrap()
}

pub fn size(row: &Value, key: &str) -> Size {
    Size(Int128::try_from(scaled(text(row, key), 12)).unwrap())
}

pub fn amount(row: &Value, key: &str) -> Amount {
    Amount(Int128::try_from(scaled(text(row, key), 6)).unwrap())
}

pub fn rate(row: &Value, key: &str) -> Rate {
    Rate(SignedDecimal::new(
        Int128::try_from(scaled(text(row, key), 18)).unwrap(),
    ))
}

pub fn per_unit(row: &Value, key: &str) -> PerUnit {
    PerUnit(scaled(text(row, key), 36))
}

/// Within 1e-9 of each other, or `units`.
pub fn close(got: Int256, want: Int256, units: Int256) -> bool {
    let gap = (got - want).abs();
    gap <= units.max(want.abs() / Int256::from(1_000_000_000))
}

#[track_caller]
pub fn assert_close(got: Int256, want: Int256, units: i128, what: &str) {
    assert!(
        close(got, want, Int256::from(units)),
        "{what}: got {got}, want {want}"
    );
}
