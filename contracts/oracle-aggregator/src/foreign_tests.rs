//! Numbers as foreign contracts write them.
#![allow(clippy::arithmetic_side_effects)]

use cosmwasm_std::from_json;
use math::units::E18;
use proptest::prelude::*;
use types::{
    clock::Moment,
    oracle::{Round, Status},
};

use super::*;

const ID: &str = "63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3";

fn pyth_says(price: &str, conf: &str, expo: i32, time: i64) -> Result<Said, Unfit> {
    let answer = format!(
        r#"{{"price_feed":{{"id":"{ID}","price":{{"price":"{price}","conf":"{conf}","expo":{expo},"publish_time":{time}}}}}}}"#
    );
    pyth(ID, &from_json(answer).unwrap())
}

fn said(price: u128, conf: u128, publish_time: u64) -> Said {
    Said {
        price: Price::raw(price),
        conf: Price::raw(conf),
        publish_time,
    }
}

#[test]
fn pyth_writes_a_number_and_an_exponent() {
    let eight = pyth_says("2345678901", "1234567", -8, 1_700_000_000);
    let expected = said(
        23_456_789_010_000_000_000,
        12_345_670_000_000_000,
        1_700_000_000,
    );
    assert_eq!(eight, Ok(expected));
    assert_eq!(pyth_says("7", "0", 0, 1), Ok(said(7 * E18, 0, 1)));
    assert_eq!(
        pyth_says("7", "1", 3, 1),
        Ok(said(7_000 * E18, 1_000 * E18, 1))
    );
    assert_eq!(pyth_says("7", "1", -18, 0), Ok(said(7, 1, 0)));
}

#[test]
fn what_is_no_price_is_named() {
    let table = [
        (pyth_says("0", "1", -8, 1), Unfit::NotPositive),
        (pyth_says("-5", "1", -8, 1), Unfit::NotPositive),
        (
            pyth_says("-9223372036854775808", "1", -8, 1),
            Unfit::NotPositive,
        ),
        (pyth_says("5", "-1", -8, 1), Unfit::Unreadable),
        (pyth_says("five", "1", -8, 1), Unfit::Unreadable),
        (pyth_says("", "1", -8, 1), Unfit::Unreadable),
        (pyth_says("5", "1", -8, -1), Unfit::Unreadable),
        (pyth_says("5", "1", -19, 1), Unfit::Exponent),
        (pyth_says("5", "1", 19, 1), Unfit::Exponent),
        (pyth_says("5", "1", i32::MIN, 1), Unfit::Exponent),
        (pyth_says("5", "1", i32::MAX, 1), Unfit::Exponent),
        (
            pyth_says("9223372036854775807", "1", 18, 1),
            Unfit::Unreadable,
        ),
        (
            pyth_says("1", "18446744073709551615", 18, 1),
            Unfit::Unreadable,
        ),
    ];
    for (got, why) in table {
        assert_eq!(got, Err(why));
    }
    let other =
        r#"{"price_feed":{"id":"00","price":{"price":"5","conf":"1","expo":-8,"publish_time":1}}}"#;
    assert_eq!(pyth(ID, &from_json(other).unwrap()), Err(Unfit::Elsewhere));
}

fn band_says(rate: &str, base: &str, quote: &str) -> Result<Said, Unfit> {
    band(&BandAnswer {
        rate: rate.into(),
        last_updated_base: base.into(),
        last_updated_quote: quote.into(),
    })
}

#[test]
fn band_is_as_old_as_its_older_half_and_usd_is_never_old() {
    let rate = "23131270000000000000000";
    let at = |time| Ok(said(23_131_270_000_000_000_000_000, 0, time));
    let max = u64::MAX.to_string();
    assert_eq!(
        band_says(rate, "1659588229", "1659589497"),
        at(1_659_588_229)
    );
    assert_eq!(
        band_says(rate, "1659589497", "1659588229"),
        at(1_659_588_229)
    );
    assert_eq!(band_says(rate, "1659588229", &max), at(1_659_588_229));
    assert_eq!(band_says(rate, &max, &max), Err(Unfit::Unusable));
    assert_eq!(band_says("0", "1", "1"), Err(Unfit::NotPositive));
    let wide = "340282366920938463463374607431768211456";
    assert_eq!(band_says(wide, "1", "1"), Err(Unfit::Unreadable));
    assert_eq!(band_says("1", "1", "-1"), Err(Unfit::Unreadable));
}

fn chainlink_says(answer: &str, decimals: u8) -> Result<Said, Unfit> {
    let answer = ChainlinkAnswer {
        answer: answer.into(),
        observations_timestamp: 1_700_000_000,
    };
    chainlink(decimals, &answer)
}

#[test]
fn chainlink_has_its_decimals() {
    let dollars = said(23_456_789_000_000_000_000, 0, 1_700_000_000);
    assert_eq!(chainlink_says("2345678900", 8), Ok(dollars));
    assert_eq!(chainlink_says("-1", 8), Err(Unfit::NotPositive));
    assert_eq!(chainlink_says("0", 8), Err(Unfit::NotPositive));
    assert_eq!(
        chainlink_says("170141183460469231731687303715884105727", 8),
        Err(Unfit::Unreadable)
    );
    assert_eq!(chainlink_says("1", 18), Ok(said(1, 0, 1_700_000_000)));
}

#[test]
fn another_oracle_is_believed_while_it_believes_itself() {
    let round = Round {
        number: 9,
        at: Moment {
            time: 500,
            height: 5,
        },
        status: Status::Valid,
        price: Price::raw(7),
        conf: Price::raw(1),
        low: Price::raw(6),
        high: Price::raw(8),
        twap: None,
        surcharge: Price::ZERO,
        averaged: true,
    };
    let says = |status, round| {
        let feed = "eth-usd".into();
        same(
            "eth-usd",
            &PriceAnswer {
                feed,
                status,
                round,
            },
        )
    };
    for status in Status::ALL {
        let expected = if status <= Status::Degraded {
            Ok(said(7, 1, 500))
        } else {
            Err(Unfit::Unusable)
        };
        assert_eq!(says(status, Some(round)), expected);
        assert_eq!(says(status, None), Err(Unfit::Unusable));
    }
}

proptest! {
    #[test]
    fn no_number_breaks_it_and_what_reads_is_exact(price in any::<i64>(), conf in any::<u64>(), expo in any::<i32>(), small in -18i32..=0) {
        let _ = pyth_says(&price.to_string(), &conf.to_string(), expo, 1);
        let read = pyth_says(&price.to_string(), &conf.to_string(), small, 1);
        let unit = 10u128.pow(u32::try_from(18 + small).unwrap());
        match u128::try_from(price) {
            Ok(n) if n > 0 => prop_assert_eq!(read, Ok(said(n * unit, u128::from(conf) * unit, 1))),
            _ => prop_assert_eq!(read, Err(Unfit::NotPositive)),
        }
    }
}
