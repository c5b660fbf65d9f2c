//! Variance per second of relative moves, learned without logarithms.
//!
//! A sample at most every [`SPACING`] seconds: `r = |p1 - p0| / min(p0, p1)`, clipped to four times
//! the fast sigma over the time passed, then `v = (tau*v + r^2) / (tau + dt)`. The clip is relative
//! to what is believed now, so one absurd move adds little, while a true rise is still learned:
//! while every sample is clipped, the fast variance grows by `16*dt/tau`, tenfold in an hour.
//! What would leave the range reads as the widest value: learning never stops.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Int256, Uint256};

use crate::{
    units::{OutOfRange, Price, Ratio},
    wide::{mul_div, Round},
};

/// Samples are at least this far apart, seconds.
pub const SPACING: u64 = 60;
/// Memory of the fast variance: 6 hours.
pub const FAST: u64 = 21_600;
/// Memory of the slow variance: 14 days.
pub const SLOW: u64 = 1_209_600;
/// Memory of a young feed is its age, but at least this: 10 minutes.
pub const YOUNGEST: u64 = 600;
/// A sample counts for at most this many sigma.
pub const CLIP: u64 = 4;

const WIDEST: Ratio = Ratio(Decimal::MAX);

/// What has been learned.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Volatility {
    /// Price of the last sample.
    pub price: Price,
    /// Time of the last sample, seconds.
    pub time: u64,
    /// Time of the first sample, seconds.
    pub born: u64,
    /// Variance per second over [`FAST`].
    pub fast: Ratio,
    /// Variance per second over [`SLOW`].
    pub slow: Ratio,
}

impl Volatility {
    /// From the first price on, at the floor (a variance per second).
    pub const fn start(time: u64, price: Price, floor: Ratio) -> Self {
        Self {
            price,
            time,
            born: time,
            fast: floor,
            slow: floor,
        }
    }

    /// Learn from a price; one that comes too soon after the last is not a sample.
    pub fn sample(self, time: u64, price: Price, floor: Ratio) -> Result<Self, OutOfRange> {
        if time < self.time.saturating_add(SPACING) {
            return Ok(self);
        }
        let dt = time.saturating_sub(self.time);
        let bound = Ratio(Decimal::from_ratio(CLIP, 1u64)).times(sigma(self.fast, dt), Round::Up);
        let moved = relative_move(self.price, price).min(bound.unwrap_or(WIDEST));
        let squared = moved.times(moved, Round::Up).unwrap_or(WIDEST);
        let age = time.saturating_sub(self.born).max(YOUNGEST);
        let next = |v| decay(v, squared, age, dt);
        Ok(Self {
            price,
            time,
            born: self.born,
            fast: next(Memory {
                v: self.fast,
                tau: FAST,
            })?
            .max(floor),
            slow: next(Memory {
                v: self.slow,
                tau: SLOW,
            })?
            .max(floor),
        })
    }
}

#[derive(Clone, Copy)]
struct Memory {
    v: Ratio,
    tau: u64,
}

/// `(tau*v + r^2) / (tau + dt)`, rounded up, with tau no longer than the age.
fn decay(memory: Memory, squared: Ratio, age: u64, dt: u64) -> Result<Ratio, OutOfRange> {
    let tau = memory.tau.min(age);
    let sum = memory
        .v
        .wide()
        .checked_mul(Int256::from(tau))
        .and_then(|x| x.checked_add(squared.wide()))
        .map_err(|_| OutOfRange)?;
    let over = Uint256::from(u128::from(tau).saturating_add(u128::from(dt)));
    Ok(Ratio::from_wide(mul_div(sum, Int256::one(), over, Round::Up)?).unwrap_or(WIDEST))
}

/// `|b - a| / min(a, b)`, rounded up: a halving counts as much as a doubling.
fn relative_move(a: Price, b: Price) -> Ratio {
    a.distance(b).over(a.min(b), Round::Up).unwrap_or(WIDEST)
}

/// The standard deviation over `seconds` of a variance per second, rounded down.
pub fn sigma(variance: Ratio, seconds: u64) -> Ratio {
    variance
        .scaled(seconds, 1, Round::Down)
        .unwrap_or(WIDEST)
        .sqrt()
        .unwrap_or(WIDEST)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::units::E18;
    use proptest::prelude::*;

    /// Sigma 2e-5 per square root of a second.
    const FLOOR: Ratio = Ratio::raw(400_000_000);
    const P: u128 = 2_000 * E18;

    /// Feed moves of `bps/100` of a percent, up and down in turn, one a minute.
    fn alternating(mut v: Volatility, bps: u128, minutes: u64) -> Volatility {
        for _ in 0..minutes {
            let price = if v.price == Price::raw(P) {
                P + P * bps / 10_000
            } else {
                P
            };
            v = v.sample(v.time + 60, Price::raw(price), FLOOR).unwrap();
        }
        v
    }

    fn aged() -> Volatility {
        let start = Volatility::start(0, Price::raw(P), FLOOR);
        alternating(start, 1, 60 * 24)
    }

    #[test]
    fn a_true_rise_is_learned() {
        // 20 bp a minute is a variance of 4e-6 / 60 per second: 166 times the floor.
        let truth = Ratio::raw(66_666_666_666);
        let after = alternating(aged(), 20, 60 * 6);
        assert!(
            after.fast > truth.scaled(1, 2, Round::Down).unwrap(),
            "{:?}",
            after.fast
        );
        assert!(
            after.fast < truth.scaled(11, 10, Round::Down).unwrap(),
            "{:?}",
            after.fast
        );
        assert!(after.slow < after.fast);
    }

    #[test]
    fn one_absurd_move_adds_little() {
        let before = aged();
        let after = before
            .sample(before.time + 60, Price::raw(P * 1_000), FLOOR)
            .unwrap();
        assert!(after.fast <= before.fast.scaled(105, 100, Round::Up).unwrap());
    }

    #[test]
    fn calm_is_learned_too() {
        let wild = alternating(aged(), 20, 60 * 4);
        let calm = alternating(wild, 0, 60 * 24 * 2);
        assert_eq!(calm.fast, FLOOR);
    }

    #[test]
    fn too_soon_is_no_sample() {
        let v = aged();
        assert_eq!(v.sample(v.time + 59, Price::raw(1), FLOOR).unwrap(), v);
        assert_eq!(v.sample(v.time - 100, Price::raw(1), FLOOR).unwrap(), v);
    }

    #[test]
    fn sigma_grows_with_the_root_of_time() {
        assert_eq!(sigma(FLOOR, 1), Ratio::raw(20_000_000_000_000));
        assert_eq!(sigma(FLOOR, 400), Ratio::raw(400_000_000_000_000));
    }

    proptest! {
        #[test]
        fn it_never_fails_never_falls_below_the_floor_and_grows_by_the_clip_at_most(
            moves in proptest::collection::vec((0u64..100_000, 1u128..u128::MAX), 1..60),
        ) {
            let mut v = Volatility::start(0, Price::raw(E18), FLOOR);
            for (gap, price) in moves {
                let next = v.sample(v.time + gap, Price::raw(price), FLOOR).unwrap();
                prop_assert!(next.fast >= FLOOR && next.slow >= FLOOR);
                prop_assert!(next.fast <= v.fast.scaled(161, 10, Round::Up).unwrap());
                v = next;
            }
        }

        #[test]
        fn direction_does_not_matter(a in 1u128..E18, b in 1u128..E18) {
            let (a, b) = (Price::raw(a), Price::raw(b));
            prop_assert_eq!(relative_move(a, b), relative_move(b, a));
        }
    }
}
