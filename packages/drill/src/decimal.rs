//! Prices as text, read digit by digit: no floating point stands between a file and a price.

use math::units::Price;
use thiserror::Error;

/// Decimals of a price.
const DECIMALS: i64 = 18;
/// Digits left of the point a price may have: below `10^15` USD.
const WHOLE_DIGITS: i64 = 15;

/// Why a text is not a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAPrice {
    /// Not decimal text such as `144`, `0.5` or `4e-05`.
    #[error("is not a number")]
    NotANumber,
    /// NaN.
    #[error("is not a number (NaN)")]
    Nan,
    /// Infinite.
    #[error("is infinite")]
    Infinite,
    /// Below zero.
    #[error("is negative")]
    Negative,
    /// Zero.
    #[error("is zero")]
    Zero,
    /// Not zero, but below the last decimal.
    #[error("is below 0.000000000000000001")]
    TooSmall,
    /// `10^15` or more.
    #[error("is 10^15 or more")]
    TooLarge,
}

/// A number as text, not yet a price: `digits * 10^exponent`, without leading or trailing zeros.
struct Number {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// The price a text states, above zero and below `10^15`. Exact to 18 decimals; further digits
/// (such as `0.00038760000000000004` from a program that printed a binary number) are cut off.
pub fn price(text: &str) -> Result<Price, NotAPrice> {
    let number = number(text)?;
    if number.digits.is_empty() {
        return Err(NotAPrice::Zero);
    }
    if number.negative {
        return Err(NotAPrice::Negative);
    }
    let length = i64::try_from(number.digits.len()).map_err(|_| NotAPrice::TooLarge)?;
    if length.saturating_add(number.exponent) > WHOLE_DIGITS {
        return Err(NotAPrice::TooLarge);
    }
    atomics(&number, length).map(Price::raw)
}

/// A number that is not negative, however large, such as a traded volume.
pub fn quantity(text: &str) -> Result<(), NotAPrice> {
    match number(text)? {
        number if number.negative && !number.digits.is_empty() => Err(NotAPrice::Negative),
        _ => Ok(()),
    }
}

/// The number in units of the last decimal, cut off there; at most `10^33`.
fn atomics(number: &Number, length: i64) -> Result<u128, NotAPrice> {
    let shift = number.exponent.saturating_add(DECIMALS);
    if shift >= 0 {
        let zeros = usize::try_from(shift).map_err(|_| NotAPrice::TooLarge)?;
        let digits = format!("{}{}", number.digits, "0".repeat(zeros));
        return digits.parse().map_err(|_| NotAPrice::TooLarge);
    }
    let kept = usize::try_from(length.saturating_add(shift)).unwrap_or(0);
    match number.digits.get(..kept) {
        Some("") | None => Err(NotAPrice::TooSmall),
        Some(digits) => digits.parse().map_err(|_| NotAPrice::TooLarge),
    }
}

fn number(text: &str) -> Result<Number, NotAPrice> {
    let text = text.trim();
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    match body.to_ascii_lowercase().as_str() {
        "nan" => return Err(NotAPrice::Nan),
        "inf" | "infinity" => return Err(NotAPrice::Infinite),
        _ => {}
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, power(exponent)?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotAPrice::NotANumber);
    }
    let digits = all.trim_end_matches('0');
    let places = i64::try_from(fraction.len()).map_err(|_| NotAPrice::NotANumber)?;
    let zeros =
        i64::try_from(all.len().saturating_sub(digits.len())).map_err(|_| NotAPrice::NotANumber)?;
    Ok(Number {
        negative,
        digits: digits.trim_start_matches('0').to_owned(),
        exponent: exponent.saturating_sub(places).saturating_add(zeros),
    })
}

/// A power of ten; far beyond any price it is cut to six digits, which stays far beyond.
fn power(text: &str) -> Result<i64, NotAPrice> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotAPrice::NotANumber);
    }
    let n = digits.parse().unwrap_or(i64::MAX).min(999_999);
    Ok(if text.starts_with('-') {
        n.saturating_neg()
    } else {
        n
    })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_are_read_exactly() {
        let one = 10u128.pow(18);
        let cases = [
            ("1", one),
            ("144", 144 * one),
            ("0144.500", 144 * one + one / 2),
            (".5", one / 2),
            ("5.", 5 * one),
            ("+2", 2 * one),
            (" 2 ", 2 * one),
            ("4e-05", 4 * 10u128.pow(13)),
            ("4E-5", 4 * 10u128.pow(13)),
            ("1.5e+3", 1_500 * one),
            ("100e-2", one),
            ("0.000000000000000001", 1),
            ("1e-18", 1),
            ("0.0000000000000000019", 1),
            ("0.00038760000000000004", 387_600_000_000_000),
            ("999999999999999.999999999999999999", 10u128.pow(33) - 1),
        ];
        for (text, atomics) in cases {
            assert_eq!(price(text), Ok(Price::raw(atomics)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_price_says_why() {
        use NotAPrice::*;
        let cases = [
            ("", NotANumber),
            (".", NotANumber),
            ("-", NotANumber),
            ("e5", NotANumber),
            ("1e", NotANumber),
            ("1e+", NotANumber),
            ("1e1.5", NotANumber),
            ("1,5", NotANumber),
            ("1 000", NotANumber),
            ("--1", NotANumber),
            ("0x10", NotANumber),
            ("abc", NotANumber),
            ("١", NotANumber),
            ("NaN", Nan),
            ("-nan", Nan),
            ("inf", Infinite),
            ("-Infinity", Infinite),
            ("-1", Negative),
            ("-1e-30", Negative),
            ("0", Zero),
            ("-0.00", Zero),
            ("0e9", Zero),
            ("1e-19", TooSmall),
            ("1e-99999999999999999999", TooSmall),
            ("1e15", TooLarge),
            ("1000000000000000", TooLarge),
            ("1e99999999999999999999", TooLarge),
        ];
        for (text, why) in cases {
            assert_eq!(price(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_quantity_may_be_zero_or_huge_but_not_negative() {
        assert_eq!(quantity("0"), Ok(()));
        assert_eq!(quantity("-0"), Ok(()));
        assert_eq!(quantity("1e40"), Ok(()));
        assert_eq!(quantity("-1"), Err(NotAPrice::Negative));
        assert_eq!(quantity("much"), Err(NotAPrice::NotANumber));
    }

    proptest! {
        #[test]
        fn every_price_survives_being_written_and_read(atomics in 1u128..10u128.pow(33), shift in -6i64..6) {
            let want = Price::raw(atomics);
            prop_assert_eq!(price(&want.0.to_string()), Ok(want));
            let scientific = format!("{atomics}e{}", -18);
            prop_assert_eq!(price(&scientific), Ok(want));
            let zeros = format!("{}.{}e{}", atomics, "0".repeat(shift.unsigned_abs().try_into().unwrap()), -18);
            prop_assert_eq!(price(&zeros), Ok(want));
        }

        #[test]
        fn no_text_makes_it_fail(text in ".{0,40}") {
            let _ = price(&text);
        }
    }
}
