//! Exact products of 256-bit numbers, rounded once, in a named direction.

use cosmwasm_std::{Int256, Uint128, Uint256, Uint512};

use crate::units::OutOfRange;

/// Which way an inexact result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Towards minus infinity.
    Down,
    /// Towards plus infinity.
    Up,
    /// Towards zero.
    Zero,
}

/// `10^n` as a divisor. `n <= 76`.
pub fn pow10(n: u32) -> Result<Uint256, OutOfRange> {
    // In two native halves: 10^38 is the last power that fits one.
    let low = n.min(38);
    let power = |n: u32| 10u128.checked_pow(n).ok_or(OutOfRange);
    Uint256::from(power(low)?)
        .checked_mul(Uint256::from(power(n.saturating_sub(low))?))
        .map_err(|_| OutOfRange)
}

/// `a * b / d` with one rounding. Native 128-bit arithmetic where it fits, then 256 bits, then 512.
pub fn mul_div(a: Int256, b: Int256, d: Uint256, round: Round) -> Result<Int256, OutOfRange> {
    if d.is_zero() {
        return Err(OutOfRange);
    }
    let negative = a.is_negative() != b.is_negative();
    let (quotient, exact) = match small(a, b, d) {
        Some(done) => done,
        None => match middle(a, b, d) {
            Some(done) => done,
            None => big(a, b, d)?,
        },
    };
    let away = !exact
        && match round {
            Round::Zero => false,
            Round::Down => negative,
            Round::Up => !negative,
        };
    let magnitude = if away {
        quotient
            .checked_add(Uint256::one())
            .map_err(|_| OutOfRange)?
    } else {
        quotient
    };
    let magnitude = Int256::try_from(magnitude).map_err(|_| OutOfRange)?;
    if negative {
        Int256::zero()
            .checked_sub(magnitude)
            .map_err(|_| OutOfRange)
    } else {
        Ok(magnitude)
    }
}

fn small(a: Int256, b: Int256, d: Uint256) -> Option<(Uint256, bool)> {
    let a = Uint128::try_from(a.unsigned_abs()).ok()?.u128();
    let b = Uint128::try_from(b.unsigned_abs()).ok()?.u128();
    let d = Uint128::try_from(d).ok()?.u128();
    let product = a.checked_mul(b)?;
    Some((
        Uint256::from(product.checked_div(d)?),
        product.checked_rem(d)? == 0,
    ))
}

fn middle(a: Int256, b: Int256, d: Uint256) -> Option<(Uint256, bool)> {
    let product = a.unsigned_abs().checked_mul(b.unsigned_abs()).ok()?;
    let quotient = product.checked_div(d).ok()?;
    Some((quotient, quotient.checked_mul(d).ok()? == product))
}

fn big(a: Int256, b: Int256, d: Uint256) -> Result<(Uint256, bool), OutOfRange> {
    let product = a.unsigned_abs().full_mul(b.unsigned_abs());
    let d = Uint512::from(d);
    let quotient = product.checked_div(d).map_err(|_| OutOfRange)?;
    let rest = product
        .checked_sub(quotient.checked_mul(d).map_err(|_| OutOfRange)?)
        .map_err(|_| OutOfRange)?;
    Ok((
        Uint256::try_from(quotient).map_err(|_| OutOfRange)?,
        rest.is_zero(),
    ))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn int(n: i128) -> Int256 {
        Int256::from(n)
    }

    proptest! {
        #[test]
        fn all_paths_agree_with_each_other_and_with_the_definition(
            a in -1_000_000_000_000_000i128..1_000_000_000_000_000,
            b in -1_000_000_000_000_000i128..1_000_000_000_000_000,
            d in 1u128..1_000_000_000,
        ) {
            let d256 = Uint256::from(d);
            let defined = big(int(a), int(b), d256).unwrap();
            prop_assert_eq!(small(int(a), int(b), d256).unwrap(), defined);
            prop_assert_eq!(middle(int(a), int(b), d256).unwrap(), defined);
            let di = i128::try_from(d).unwrap();
            let floor = (a * b).div_euclid(di);
            prop_assert_eq!(mul_div(int(a), int(b), d256, Round::Down).unwrap(), int(floor));
            let ceil = -((-(a * b)).div_euclid(di));
            prop_assert_eq!(mul_div(int(a), int(b), d256, Round::Up).unwrap(), int(ceil));
            prop_assert_eq!(mul_div(int(a), int(b), d256, Round::Zero).unwrap(), int(a * b / di));
        }
    }

    proptest! {
        #[test]
        fn what_fits_in_256_bits_is_what_512_make_of_it(a in any::<u128>(), b in any::<u128>(), d in 1u128.., wide in any::<bool>()) {
            let wide = if wide { Uint256::from(u128::MAX) } else { Uint256::one() };
            let (a, b) = (Int256::from(a), Int256::from(b >> 1));
            let d = Uint256::from(d).checked_mul(wide).unwrap();
            prop_assert_eq!(middle(a, b, d), big(a, b, d).ok());
        }
    }

    #[test]
    fn powers_of_ten_are_what_they_are() {
        for n in 0..=76 {
            assert_eq!(pow10(n).unwrap(), Uint256::from(10u8).pow(n), "{n}");
        }
        for n in [78, 100, u32::MAX] {
            assert_eq!(pow10(n), Err(OutOfRange), "{n}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert_eq!(
            mul_div(Int256::MAX, Int256::MAX, Uint256::one(), Round::Down),
            Err(OutOfRange)
        );
        assert_eq!(
            mul_div(Int256::one(), Int256::one(), Uint256::zero(), Round::Up),
            Err(OutOfRange)
        );
        assert_eq!(
            mul_div(
                Int256::MAX,
                Int256::MAX,
                Int256::MAX.unsigned_abs(),
                Round::Up
            ),
            Ok(Int256::MAX)
        );
    }
}
