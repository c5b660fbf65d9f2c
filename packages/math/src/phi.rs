//! How likely an account is to reach bankruptcy: what its add-ons are scaled by as caution rises.
//!
//! `phi(d) = 1 - d/(2s)` if `d < s`, else `s^2/(s^2 + d^2)`, with the distance `d = max(0, equity/notional)`
//! and `s = sigma*sqrt(horizon)`: the convex envelope of Cantelli's bound. Convex and falling, so that
//! an account split in two is never asked for less than it was whole.

use cosmwasm_std::{Decimal, Int256, Uint256};

use crate::{
    units::{Amount, OutOfRange, Ratio, E18},
    wide::{mul_div, Round},
};

/// `max(0, equity/notional)`, rounded down: against the account. Nothing held is infinitely far; that,
/// and what is too far to be written, reads as the greatest ratio.
pub fn distance(equity: Amount, notional: Amount) -> Ratio {
    equity
        .max(Amount::ZERO)
        .over(notional, Round::Down)
        .unwrap_or(Ratio(Decimal::MAX))
}

/// `sigma*sqrt(horizon)` from a variance per second and seconds, rounded up: against the account.
pub fn spread(variance: Ratio, horizon: u64) -> Result<Ratio, OutOfRange> {
    let over = variance.scaled(horizon, 1, Round::Up)?;
    if over == Ratio::ZERO {
        return Ok(over);
    }
    over.sqrt()?.plus(Ratio::raw(1))
}

/// The bound, in [0, 1], rounded up: against the account. Without any spread only an account that has
/// nothing left is at risk.
pub fn phi(distance: Ratio, spread: Ratio) -> Result<Ratio, OutOfRange> {
    if distance == Ratio::ZERO {
        return Ok(Ratio::ONE);
    }
    if distance < spread {
        let twice = spread.plus(spread)?;
        return Ok(Ratio::ONE.minus_floored(distance.over(twice, Round::Down)?));
    }
    let (s, d) = (square(spread)?, square(distance)?);
    let both = s.checked_add(d).map_err(|_| OutOfRange)?;
    let s = Int256::try_from(s).map_err(|_| OutOfRange)?;
    Ratio::from_wide(mul_div(s, Int256::from(E18), both, Round::Up)?)
}

/// Exact to 1e19, where a distance tells nothing any more; what is greater counts as that.
fn square(ratio: Ratio) -> Result<Uint256, OutOfRange> {
    let wide = ratio.wide().unsigned_abs().min(
        Uint256::from(10 * E18)
            .checked_mul(Uint256::from(E18))
            .map_err(|_| OutOfRange)?,
    );
    wide.checked_mul(wide).map_err(|_| OutOfRange)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bound(d: u128, s: u128) -> Ratio {
        phi(Ratio::raw(d), Ratio::raw(s)).unwrap()
    }

    #[test]
    fn the_ends() {
        assert_eq!(bound(0, 0), Ratio::ONE);
        assert_eq!(bound(1, 0), Ratio::ZERO);
        assert_eq!(bound(0, E18), Ratio::ONE);
        assert_eq!(bound(E18, E18), Ratio::percent(50));
        assert_eq!(bound(u128::MAX, E18), Ratio::raw(1));
        let none = distance(Amount::raw(5), Amount::ZERO);
        assert_eq!(none, Ratio::raw(u128::MAX));
        assert_eq!(phi(none, Ratio::raw(u128::MAX)), Ok(Ratio::percent(50)));
        let owes = distance(Amount::raw(-5), Amount::raw(100));
        assert_eq!(owes, Ratio::ZERO);
        assert_eq!(spread(Ratio::ZERO, 3_600), Ok(Ratio::ZERO));
        assert_eq!(spread(Ratio::percent(4), 25), Ok(Ratio::raw(E18 + 1)));
    }

    proptest! {
        #[test]
        fn farther_is_safer_and_wilder_is_riskier(d in 0u128..5 * E18, s in 1u128..2 * E18, by in 0u128..E18) {
            prop_assert!(bound(d + by, s) <= bound(d, s));
            // Up to the last place.
            prop_assert!(bound(d, s + by).plus(Ratio::raw(1)).unwrap() >= bound(d, s));
            prop_assert!(bound(d, s) <= Ratio::ONE);
        }

        #[test]
        fn splitting_an_account_never_helps(
            s in E18 / 1_000..E18, a in 0u128..3 * E18, b in 0u128..3 * E18, weight in 1u128..100,
        ) {
            // Two accounts of distance a and b with weight and 100 - weight of the notional, or one.
            let one = bound((weight * a + (100 - weight) * b) / 100, s);
            let two = weight * bound(a, s).0.atomics().u128() + (100 - weight) * bound(b, s).0.atomics().u128();
            // The mean distance is rounded down, by less than a last place of the distance.
            let slack = 2 + 2 * E18 / s;
            prop_assert!(one.0.atomics().u128() <= two / 100 + slack);
        }

        #[test]
        fn both_pieces_meet(s in 1_000u128..E18) {
            let gap = bound(s, s).0.abs_diff(bound(s - 1, s).0).atomics().u128();
            prop_assert!(gap <= 2 + E18 / s, "{gap}");
        }

        #[test]
        fn it_is_never_above_cantelli(d in 0u128..3 * E18, s in E18 / 1_000..E18) {
            let (ss, dd) = (Uint256::from(s) * Uint256::from(s), Uint256::from(d) * Uint256::from(d));
            let cantelli = Uint256::from(E18) * ss / (ss + dd);
            prop_assert!(Uint256::from(bound(d, s).0.atomics()) <= cantelli + Uint256::from(2u128));
        }
    }
}
