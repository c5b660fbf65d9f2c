//! The clearing price: the gradient of a potential over skew.
//!
//! With `g(s) = clamp(s, -K, K) / scale` and `Phi(s)` its integral from zero, a fill of signed size
//! `q` at skew `s` and index `P` costs `P * (q + Phi(s + q) - Phi(s))`. A potential makes any
//! sequence of trades at one index path independent: accounts that all return to flat have, together,
//! paid exactly nothing but their roundings, and those go to the vault.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint256};

use crate::{
    units::{narrow, Amount, OutOfRange, PerUnit, Price, Ratio, Size, E18},
    wide::{mul_div, pow10, Round},
};

/// The depth of a market.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Curve {
    /// `K_net`: beyond this skew the premium grows no further.
    pub cap: Size,
    /// Skew at which the premium would be one.
    pub scale: Size,
}

fn times(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_mul(b).map_err(|_| OutOfRange)
}

fn plus(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_add(b).map_err(|_| OutOfRange)
}

fn minus(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_sub(b).map_err(|_| OutOfRange)
}

impl Curve {
    /// `2 * scale * Phi(s)`, an exact integer in trillionths squared: `s^2` inside the cap,
    /// `2*K*|s| - K^2` beyond.
    fn potential(self, skew: Size) -> Result<Int256, OutOfRange> {
        let (s, k) = (skew.abs()?.wide(), self.cap.wide());
        if s <= k {
            times(s, s)
        } else {
            minus(times(times(Int256::from(2), k)?, s)?, times(k, k)?)
        }
    }

    /// `2 * scale`.
    fn twice_scale(self) -> Result<Int256, OutOfRange> {
        times(Int256::from(2), self.scale.wide())
    }

    /// `2 * scale * (q + Phi(s + q) - Phi(s))`, exact.
    fn weighted(self, skew: Size, by: Size) -> Result<Int256, OutOfRange> {
        let moved = minus(self.potential(skew.plus(by)?)?, self.potential(skew)?)?;
        plus(times(by.wide(), self.twice_scale()?)?, moved)
    }

    /// What a fill of `by` at `skew` costs, negative when it is received. Rounded up: against
    /// the trader.
    pub fn cost(self, skew: Size, by: Size, index: Price) -> Result<Amount, OutOfRange> {
        let per = times(self.twice_scale()?, one24()?)?;
        narrow(mul_div(
            self.weighted(skew, by)?,
            index.wide(),
            per.unsigned_abs(),
            Round::Up,
        )?)
        .map(Amount)
    }

    /// The clearing price with 36 decimals, rounded against the trader: up for a buy, down for a sale.
    /// `by` must not be zero.
    pub fn clearing(self, skew: Size, by: Size, index: Price) -> Result<PerUnit, OutOfRange> {
        let round = if by.is_negative() {
            Round::Down
        } else {
            Round::Up
        };
        let per = times(self.twice_scale()?, by.abs()?.wide())?;
        let weighted = self.weighted(skew, by)?;
        let weighted = if by.is_negative() {
            minus(Int256::zero(), weighted)?
        } else {
            weighted
        };
        mul_div(weighted, index.per_unit()?.0, per.unsigned_abs(), round).map(PerUnit)
    }

    /// `P * Phi(skew)`: what unwinding the whole skew would bring the vault. Never negative.
    pub fn unwind(self, skew: Size, index: Price, round: Round) -> Result<Amount, OutOfRange> {
        let per = times(self.twice_scale()?, one24()?)?;
        narrow(mul_div(
            self.potential(skew)?,
            index.wide(),
            per.unsigned_abs(),
            round,
        )?)
        .map(Amount)
    }

    /// The premium rate of closing a whole position of signed `size`: how much worse than the index
    /// it clears, as a fraction; zero when it clears better. Rounded up.
    pub fn closing_premium(self, skew: Size, size: Size) -> Result<Ratio, OutOfRange> {
        if size.is_zero() {
            return Ok(Ratio::ZERO);
        }
        let by = size.negated()?;
        let moved = minus(self.potential(skew.plus(by)?)?, self.potential(skew)?)?;
        if moved <= Int256::zero() {
            return Ok(Ratio::ZERO);
        }
        let per = times(self.twice_scale()?, size.abs()?.wide())?;
        Ratio::from_wide(mul_div(
            moved,
            Int256::from(E18),
            per.unsigned_abs(),
            Round::Up,
        )?)
    }

    /// The greatest premium there is, `K / scale`, rounded up.
    pub fn max_premium(self) -> Result<Ratio, OutOfRange> {
        Ratio::from_wide(mul_div(
            self.cap.wide(),
            Int256::from(E18),
            self.scale.wide().unsigned_abs(),
            Round::Up,
        )?)
    }

    /// Whether an increasing fill may take the skew from `before` to `after`.
    pub fn admits(self, before: Size, after: Size) -> Result<bool, OutOfRange> {
        Ok(after.abs()? <= self.cap.max(before.abs()?))
    }
}

/// From (size squared * price / scale) to an [`Amount`].
fn one24() -> Result<Int256, OutOfRange> {
    Int256::try_from(pow10(24)?).map_err(|_| OutOfRange)
}

/// `10^36`, one in a [`PerUnit`].
pub(crate) fn one36() -> Result<Uint256, OutOfRange> {
    pow10(36)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve() -> Curve {
        Curve {
            cap: Size::raw(1_500 * 1_000_000_000_000),
            scale: Size::raw(150_000 * 1_000_000_000_000),
        }
    }

    fn usd(n: u128) -> Price {
        Price::raw(n * E18)
    }

    fn units(n: i128) -> Size {
        Size::raw(n * 1_000_000_000_000)
    }

    #[test]
    fn the_worked_example_of_the_design() {
        let p = usd(2_000);
        let fill = |skew, by| {
            curve()
                .clearing(units(skew), units(by), p)
                .unwrap()
                .price(Round::Down)
                .unwrap()
        };
        assert_eq!(fill(0, 300), usd(2_002));
        assert_eq!(fill(300, -600), usd(2_000));
        assert_eq!(fill(-300, -300), usd(1_994));
        assert_eq!(fill(-600, 600), usd(1_996));
    }

    #[test]
    fn the_premium_never_exceeds_the_cap() {
        let p = usd(2_000);
        let fill = curve().clearing(units(9_000), units(5_000), p).unwrap();
        assert_eq!(fill.price(Round::Down).unwrap(), usd(2_020));
        assert_eq!(curve().max_premium().unwrap(), Ratio::percent(1));
    }

    proptest! {
        #[test]
        fn a_round_trip_through_any_path_costs_its_roundings_and_nothing_else(
            skew in -4_000_000_000_000_000i128..4_000_000_000_000_000,
            trades in prop::collection::vec(-3_000_000_000_000_000i128..3_000_000_000_000_000, 1..8),
            index in 1u128..1_000_000,
        ) {
            let index = Price::raw(index * E18 / 100);
            let back: i128 = -trades.iter().sum::<i128>();
            let (mut at, mut paid) = (Size::raw(skew), Amount::ZERO);
            for by in trades.iter().copied().chain([back]).map(Size::raw) {
                paid = paid.plus(curve().cost(at, by, index).unwrap()).unwrap();
                at = at.plus(by).unwrap();
            }
            prop_assert_eq!(at, Size::raw(skew));
            prop_assert!(paid >= Amount::ZERO);
            prop_assert!(paid <= Amount::raw(i128::try_from(trades.len()).unwrap() + 1));
        }

        #[test]
        fn cost_and_clearing_price_agree(
            skew in -4_000_000_000_000_000i128..4_000_000_000_000_000,
            by in prop::num::i128::ANY.prop_map(|n| n % 3_000_000_000_000_000).prop_filter("zero", |n| *n != 0),
            index in 1u128..1_000_000,
        ) {
            let index = Price::raw(index * E18 / 100);
            let (skew, by) = (Size::raw(skew), Size::raw(by));
            let price = curve().clearing(skew, by, index).unwrap();
            let cost = curve().cost(skew, by, index).unwrap();
            let priced = by.times(price, Round::Up).unwrap();
            prop_assert!(priced.minus(cost).unwrap().abs().unwrap() <= Amount::raw(1));
        }

        #[test]
        fn closing_never_costs_more_than_the_greatest_premium(
            skew in -9_000_000_000_000_000i128..9_000_000_000_000_000, size in -3_000_000_000_000_000i128..3_000_000_000_000_000,
        ) {
            let p = curve().closing_premium(Size::raw(skew), Size::raw(size)).unwrap();
            prop_assert!(p <= curve().max_premium().unwrap());
        }
    }
}
