//! Helpers of the tests beside the code.

use math::ledger::Loose;
use math::units::{Amount, Price, Ratio, Size};
use types::{
    clock::Moment,
    engine::PositionState,
    oracle::{Pair, Round, Snapshot, Status, Variance},
};

#[path = "../../../tests/shared.rs"]
#[allow(clippy::panic)]
mod shared;

/// A price in cents.
#[allow(clippy::arithmetic_side_effects)]
pub fn cents(n: u128) -> Price {
    Price::raw(n * 10_000_000_000_000_000)
}

/// A position of so many units, with so many dollars of cost and margin.
#[allow(clippy::arithmetic_side_effects)]
pub fn held(units: i128, cost: i128, margin: i128) -> PositionState {
    let loose = Loose {
        size: Size::raw(units * 1_000_000_000_000),
        cost: Amount::raw(cost * 1_000_000),
        margin: Amount::raw(margin * 1_000_000),
    };
    PositionState {
        paid_in: Amount::ZERO,
        account: cosmwasm_std::testing::mock_dependencies()
            .api
            .addr_make("who"),
        size: loose.size,
        margin: loose.margin,
        cost: loose.cost,
        bankruptcy: loose.bankruptcy().unwrap(),
        equity: None,
    }
}

/// Two rounds in cents with their statuses, and the average at the newer.
#[allow(clippy::arithmetic_side_effects)]
pub fn prices(newest: (u128, Status), before: (u128, Status), twap: Option<u128>) -> Snapshot {
    let round = |number, (price, status)| Round {
        number,
        at: Moment {
            time: number * 10,
            height: number,
        },
        status,
        price: cents(price),
        conf: Price::ZERO,
        low: cents(price),
        high: cents(price),
        twap: twap.map(cents),
        surcharge: Price::ZERO,
        averaged: true,
    };
    Snapshot {
        status: newest.1,
        newest: Some(Pair {
            round: round(2, newest),
            before: Some(round(1, before)),
        }),
        named: None,
        band: None,
        variance: Variance {
            fast: Ratio::ZERO,
            slow: Ratio::ZERO,
        },
        max_future: 12,
        max_age: 90,
        grace_until: 0,
    }
}

/// A file of recorded prices, which the project does not contain; says so where it is absent.
pub fn data(name: &str) -> Option<String> {
    shared::data(name).map(|path| path.to_str().unwrap().to_owned())
}

/// Each file of recorded prices, with its name.
pub fn each_file(check: impl Fn(&str, &str)) {
    let Some(dir) = data("") else { return };
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no .csv files in {dir}");
    for name in names {
        check(name.trim_end_matches(".csv"), &format!("{dir}/{name}"));
    }
}
