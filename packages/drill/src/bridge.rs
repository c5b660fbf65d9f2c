//! A seeded Brownian bridge between two knots, evaluated at any second without the others: the
//! middle of an interval is drawn first, then the middle of the half that is asked for, and so on.

use cosmwasm_std::{Int256, Uint256};
use math::units::{OutOfRange, Price, Ratio};
use math::wide::{mul_div, Round};

use crate::noise::{Gaussians, Seed};

/// A price that a path goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knot {
    /// When, in Unix seconds.
    pub time: u64,
    /// The price then.
    pub price: Price,
}

/// How far a bridge strays from the straight line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spread {
    /// One standard deviation of the unpinned motion over the whole bridge is a quarter of this,
    /// so a bridge's middle deviates by an eighth of it.
    Range(Price),
    /// Basis points of the price per square root of a minute.
    Relative(u64),
}

/// The walk from one knot to the next. It stays within `low..=high` strictly between its knots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bridge {
    pub from: Knot,
    pub to: Knot,
    pub low: Price,
    pub high: Price,
    pub spread: Spread,
}

impl Bridge {
    /// The price at `time`, which is within the bridge; the stream belongs to this bridge alone.
    pub fn at(&self, time: u64, seed: Seed, stream: u64) -> Result<Price, OutOfRange> {
        let (mut a, mut b) = (self.from, self.to);
        let mut rng = seed.stream(stream);
        loop {
            if time <= a.time {
                return Ok(a.price);
            }
            if time >= b.time {
                return Ok(b.price);
            }
            let middle = self.middle(a, b, &mut rng)?;
            if time < middle.time {
                b = middle;
            } else {
                a = middle;
            }
        }
    }

    /// Given both ends, the middle is normal around the straight line with variance
    /// `left * right / whole` times that of a second. It is clipped before anything builds on it.
    fn middle(&self, a: Knot, b: Knot, rng: &mut Gaussians) -> Result<Knot, OutOfRange> {
        let whole = minus(b.time, a.time)?;
        let left = whole / 2;
        let right = minus(whole, left)?;
        let time = a.time.checked_add(left).ok_or(OutOfRange)?;
        let rise = sub(b.price.wide(), a.price.wide())?;
        let line = mul_div(rise, Int256::from(left), Uint256::from(whole), Round::Zero)?;
        let line = add(a.price.wide(), line)?;
        let (sigma, per) = self.sigma(line)?;
        let variance = square_root_2_20(left, right, whole, per)?;
        let draw = Int256::from(rng.draw(minus(time, self.from.time)?));
        let factor = draw
            .checked_mul(Int256::from(variance))
            .map_err(|_| OutOfRange)?;
        let stray = mul_div(
            sigma.wide(),
            factor,
            Uint256::from(1u128 << 52),
            Round::Zero,
        )?;
        let price = add(line, stray)?.max(self.low.wide()).min(self.high.wide());
        Ok(Knot {
            time,
            price: Price::from_wide(price)?,
        })
    }

    /// A deviation, and the seconds of unpinned motion it is the deviation of.
    fn sigma(&self, line: Int256) -> Result<(Price, u64), OutOfRange> {
        match self.spread {
            Spread::Range(range) => {
                let whole = minus(self.to.time, self.from.time)?;
                Ok((range, whole.checked_mul(16).ok_or(OutOfRange)?))
            }
            Spread::Relative(bps) => {
                let price = Price::from_wide(line)?.times(Ratio::bps(bps), Round::Down)?;
                Ok((price, 60))
            }
        }
    }
}

/// `sqrt(left * right / (whole * per))` in units of `2^-20`, rounded down.
fn square_root_2_20(left: u64, right: u64, whole: u64, per: u64) -> Result<u128, OutOfRange> {
    let top = u128::from(left)
        .checked_mul(u128::from(right))
        .and_then(|product| product.checked_mul(1 << 40))
        .ok_or(OutOfRange)?;
    let bottom = u128::from(whole)
        .checked_mul(u128::from(per))
        .ok_or(OutOfRange)?;
    Ok(top.checked_div(bottom).ok_or(OutOfRange)?.isqrt())
}

fn minus(a: u64, b: u64) -> Result<u64, OutOfRange> {
    a.checked_sub(b).ok_or(OutOfRange)
}

fn sub(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_sub(b).map_err(|_| OutOfRange)
}

fn add(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_add(b).map_err(|_| OutOfRange)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USD: u128 = 1_000_000_000_000_000_000;

    fn bridge(seconds: u64, from: u128, to: u128, spread: Spread) -> Bridge {
        Bridge {
            from: Knot {
                time: 1000,
                price: Price::raw(from),
            },
            to: Knot {
                time: 1000 + seconds,
                price: Price::raw(to),
            },
            low: Price::raw(from.min(to) / 2),
            high: Price::raw(from.max(to) * 2),
            spread,
        }
    }

    #[test]
    fn the_middle_deviates_by_an_eighth_of_the_range() {
        let range = 8 * USD;
        let bridge = bridge(100, 100 * USD, 100 * USD, Spread::Range(Price::raw(range)));
        let squares: u128 = (0..2000)
            .map(|n| {
                bridge
                    .at(1050, Seed::of(1, "t", "t"), n)
                    .unwrap()
                    .distance(bridge.from.price)
            })
            .map(|d| (d.0.atomics().u128() / 1_000_000_000).pow(2))
            .sum();
        let deviation = (squares / 2000).isqrt() * 1_000_000_000;
        assert!(deviation.abs_diff(range / 8) < range / 80, "{deviation}");
    }

    #[test]
    fn relative_noise_is_per_square_root_of_a_minute() {
        let bridge = bridge(240, 100 * USD, 100 * USD, Spread::Relative(100));
        let squares: u128 = (0..2000)
            .map(|n| {
                bridge
                    .at(1120, Seed::of(1, "t", "t"), n)
                    .unwrap()
                    .distance(bridge.from.price)
            })
            .map(|d| (d.0.atomics().u128() / 1_000_000_000).pow(2))
            .sum();
        let deviation = (squares / 2000).isqrt() * 1_000_000_000;
        assert!(deviation.abs_diff(USD) < USD / 10, "{deviation}");
    }

    proptest! {
        #[test]
        fn ends_are_hit_and_bounds_kept(
            seconds in 1u64..5000, from in 1u128..10u128.pow(30), to in 1u128..10u128.pow(30),
            bps in 0u64..5000, seed: u64, at in 0u64..5000,
        ) {
            let mut b = bridge(seconds, from, to, Spread::Relative(bps));
            b.low = Price::raw(from.min(to));
            b.high = Price::raw(from.max(to));
            let seed = Seed::of(seed, "t", "t");
            prop_assert_eq!(b.at(1000, seed, 0).unwrap(), b.from.price);
            prop_assert_eq!(b.at(1000 + seconds, seed, 0).unwrap(), b.to.price);
            let inside = b.at(1000 + at % (seconds + 1), seed, 0).unwrap();
            prop_assert!(b.low <= inside && inside <= b.high);
        }
    }
}
