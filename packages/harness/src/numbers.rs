//! Numbers as people write them.

use cosmwasm_std::{Decimal, Int128};
use types::{Amount, Price, Size};

/// A price from decimal text.
pub fn price(text: &str) -> Price {
    Price(text.parse::<Decimal>().expect("a price"))
}

/// Whole dollars as an amount.
pub fn usd(dollars: i128) -> Amount {
    Amount::raw(dollars * 1_000_000)
}

/// Whole dollars as coins of six decimals.
pub fn dollars(dollars: u128) -> u128 {
    dollars * 1_000_000
}

/// A size from decimal text with up to twelve places, signed.
pub fn units(text: &str) -> Size {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let atomics = text.parse::<Decimal>().expect("a size").atomics().u128() / 1_000_000;
    let atomics = i128::try_from(atomics).expect("a size");
    Size(Int128::new(if negative { -atomics } else { atomics }))
}
