//! Velocity funding: `d(rate)/dt = slope * skew / K_net`, clamped, integrated in closed form with the
//! moment of hitting the clamp included.

use cosmwasm_std::{Int256, SignedDecimal, Uint256};

use crate::{
    units::{narrow, OutOfRange, PerUnit, Price, Rate, Ratio, Size, E18},
    wide::{mul_div, Round},
};

/// Seconds in the day that rates are quoted by.
const DAY: u64 = 86_400;

/// What moves the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Velocity {
    /// Change of the daily rate per day when skew equals `cap`.
    pub slope: Ratio,
    /// The greatest daily rate, either way.
    pub clamp: Ratio,
    /// Traders' net size.
    pub skew: Size,
    /// `K_net`.
    pub cap: Size,
}

/// The rate after some time, and its integral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrual {
    /// Daily rate now.
    pub rate: Rate,
    /// The integral of the rate, a signed fraction of the index with 36 decimals.
    pub ratio: PerUnit,
}

fn e18() -> Uint256 {
    Uint256::from(E18)
}

fn sub(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_sub(b).map_err(|_| OutOfRange)
}

fn add(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_add(b).map_err(|_| OutOfRange)
}

impl Velocity {
    /// Daily change of the daily rate, 36 decimals. Skew beyond the cap pulls on in proportion; the
    /// rate is what is clamped.
    fn pull(self) -> Result<Int256, OutOfRange> {
        let slope = self
            .slope
            .wide()
            .checked_mul(Int256::from(E18))
            .map_err(|_| OutOfRange)?;
        mul_div(
            slope,
            self.skew.wide(),
            self.cap.wide().unsigned_abs(),
            Round::Zero,
        )
    }

    /// Move `rate` on by `seconds`. Rounds towards zero at the 36th decimal.
    pub fn accrue(self, rate: Rate, seconds: u64) -> Result<Accrual, OutOfRange> {
        let one18 = Int256::from(E18);
        let clamp = self
            .clamp
            .wide()
            .checked_mul(one18)
            .map_err(|_| OutOfRange)?;
        let low = sub(Int256::zero(), clamp)?;
        let start = Int256::from(rate.0.atomics())
            .checked_mul(one18)
            .map_err(|_| OutOfRange)?
            .clamp(low, clamp);
        let pull = self.pull()?;
        let goal = if pull.is_negative() { low } else { clamp };
        let day = Uint256::from(DAY);
        let reach = mul_div(pull, Int256::from(seconds), day, Round::Zero)?;
        let hits = sub(goal, start)?.abs() <= reach.abs() && !pull.is_zero();
        let rate = if hits { goal } else { add(start, reach)? };
        let ratio = if hits {
            let rise = sub(goal, start)?;
            // At the goal throughout, less the triangle before the moment of hitting it:
            // rise^2 / (2 * pull), in days.
            let whole = mul_div(goal, Int256::from(seconds), day, Round::Zero)?;
            let twice = pull.checked_mul(Int256::from(2)).map_err(|_| OutOfRange)?;
            let triangle = mul_div(rise, rise.abs(), twice.unsigned_abs(), Round::Zero)?;
            sub(whole, triangle)?
        } else {
            let middle = add(start, rate)?;
            mul_div(
                middle,
                Int256::from(seconds),
                Uint256::from(DAY.saturating_mul(2)),
                Round::Zero,
            )?
        };
        let rate = mul_div(rate, Int256::one(), e18(), Round::Zero)?;
        Ok(Accrual {
            rate: Rate(SignedDecimal::new(narrow(rate)?)),
            ratio: PerUnit(ratio),
        })
    }
}

/// The move of the funding index: `ratio * index`, rounded down.
pub fn index_move(ratio: PerUnit, index: Price) -> Result<PerUnit, OutOfRange> {
    mul_div(ratio.0, index.wide(), e18(), Round::Down).map(PerUnit)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn splitting_time_changes_nothing_beyond_roundings(
            rate in -5_000_000_000_000_000i128..5_000_000_000_000_000,
            skew in -2_000i128..2_000, a in 0u64..500_000, b in 0u64..500_000,
        ) {
            let v = Velocity {
                slope: Ratio::percent(1), clamp: Ratio::bps(50),
                skew: Size::raw(skew), cap: Size::raw(1_000),
            };
            let rate = Rate(SignedDecimal::new(cosmwasm_std::Int128::new(rate)));
            let once = v.accrue(rate, a + b).unwrap();
            let first = v.accrue(rate, a).unwrap();
            let second = v.accrue(first.rate, b).unwrap();
            let twice = first.ratio.plus(second.ratio).unwrap();
            let gap = once.ratio.minus(twice).unwrap().abs().unwrap();
            prop_assert!(gap <= PerUnit(Int256::from(100u128 * E18)), "{gap:?}");
            prop_assert!(once.rate.0.abs_diff(second.rate.0).atomics().u128() <= 2);
        }

        #[test]
        fn the_rate_stays_inside_its_clamp(skew in -9_000i128..9_000, t in 0u64..10_000_000) {
            let v = Velocity {
                slope: Ratio::percent(1), clamp: Ratio::bps(50),
                skew: Size::raw(skew), cap: Size::raw(1_000),
            };
            let out = v.accrue(Rate(SignedDecimal::zero()), t).unwrap();
            prop_assert!(out.rate.0.abs_diff(SignedDecimal::zero()) <= v.clamp.0);
        }
    }
}
