//! A time-weighted average over a window, from running sums of price times seconds.
//!
//! A price counts from its own time to the next one's, but at most for `hold` seconds: what nobody
//! has observed is not covered, and an average of a window less than 80 % covered is refused.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint256};

use crate::{
    units::{OutOfRange, Price},
    wide::{mul_div, Round},
};

/// Marks are at least this far apart, seconds.
pub const SPACING: u64 = 30;
/// The window jumps are judged against, seconds.
pub const FIVE_MINUTES: u64 = 300;

/// The running sums at one moment.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Mark {
    /// When, seconds.
    pub time: u64,
    /// Price atomics times seconds, since the start.
    pub sum: Uint256,
    /// Seconds a price was known for, since the start.
    pub covered: u64,
}

/// Running sums, and enough marks to look one window back.
#[cw_serde]
#[derive(Eq)]
pub struct Twap {
    /// The sums now.
    pub head: Mark,
    /// The price that counts from now on.
    pub price: Price,
    /// Earlier sums, oldest first, [`SPACING`] apart, none older than the window.
    pub marks: Vec<Mark>,
}

impl Twap {
    /// From the first price on.
    pub fn start(time: u64, price: Price) -> Self {
        let head = Mark {
            time,
            sum: Uint256::zero(),
            covered: 0,
        };
        Self {
            head,
            price,
            marks: vec![head],
        }
    }

    /// Let the price held count up to `time`, for at most `hold` seconds; keep one `window`.
    pub fn roll(&self, time: u64, hold: u64, window: u64) -> Result<Self, OutOfRange> {
        if time <= self.head.time {
            return Ok(self.clone());
        }
        let counts = time.saturating_sub(self.head.time).min(hold);
        let gained = Uint256::from(self.price.0.atomics())
            .checked_mul(Uint256::from(counts))
            .map_err(|_| OutOfRange)?;
        let head = Mark {
            time,
            sum: self.head.sum.checked_add(gained).map_err(|_| OutOfRange)?,
            covered: self.head.covered.saturating_add(counts),
        };
        let mut marks = self.marks.clone();
        marks.retain(|m| m.time.saturating_add(window) >= time);
        let due = |last: &Mark| time >= last.time.saturating_add(SPACING);
        if marks.last().is_none_or(due) {
            marks.push(head);
        }
        Ok(Self {
            head,
            price: self.price,
            marks,
        })
    }

    /// Hold this price from now on.
    pub fn holding(self, price: Price) -> Self {
        Self { price, ..self }
    }

    /// The average from the oldest mark inside the window to now, rounded down. Refused (`None`)
    /// when less than 80 % of the window is covered.
    pub fn average(&self, window: u64) -> Option<Price> {
        let inside = |m: &&Mark| m.time.saturating_add(window) >= self.head.time;
        let from = self.marks.iter().find(inside)?;
        let covered = self.head.covered.saturating_sub(from.covered);
        if covered == 0 || covered.saturating_mul(5) < window.saturating_mul(4) {
            return None;
        }
        let sum = Int256::try_from(self.head.sum.checked_sub(from.sum).ok()?).ok()?;
        let average = mul_div(sum, Int256::one(), Uint256::from(covered), Round::Down).ok()?;
        Price::from_wide(average).ok()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::units::E18;
    use proptest::prelude::*;

    const HOLD: u64 = 90;

    fn fed(prices: &[(u64, u128)]) -> (Twap, u64) {
        let mut time = 1_000;
        let mut twap = Twap::start(time, Price::raw(prices[0].1));
        for (gap, price) in prices {
            time += gap;
            twap = twap
                .roll(time, HOLD, FIVE_MINUTES)
                .unwrap()
                .holding(Price::raw(*price));
        }
        (twap, time)
    }

    #[test]
    fn a_constant_price_is_its_own_average_once_the_window_is_covered() {
        let (young, _) = fed(&[(10, 7 * E18); 23]);
        assert_eq!(young.average(FIVE_MINUTES), None);
        let (old, _) = fed(&[(10, 7 * E18); 24]);
        assert_eq!(old.average(FIVE_MINUTES), Some(Price::raw(7 * E18)));
    }

    #[test]
    fn a_halt_is_not_covered() {
        let (twap, time) = fed(&[(10, 7 * E18); 40]);
        let after = twap.roll(time + 28_800, HOLD, FIVE_MINUTES).unwrap();
        assert_eq!(after.average(FIVE_MINUTES), None);
        let short = twap.roll(time + 160, HOLD, FIVE_MINUTES).unwrap();
        assert_eq!(short.average(FIVE_MINUTES), None);
        let shorter = twap.roll(time + 120, HOLD, FIVE_MINUTES).unwrap();
        assert!(shorter.average(FIVE_MINUTES).is_some());
    }

    #[test]
    fn half_the_time_is_half_the_weight() {
        let mut prices = vec![(30, 10 * E18); 6];
        prices.extend([(30, 20 * E18); 5]);
        // The window: five intervals at 10 and five at 20; the last price has not counted yet.
        let (twap, _) = fed(&prices);
        assert_eq!(twap.average(FIVE_MINUTES), Some(Price::raw(14 * E18)));
    }

    #[test]
    fn time_that_does_not_advance_changes_nothing() {
        let (twap, time) = fed(&[(10, 7 * E18); 40]);
        assert_eq!(twap.roll(time - 5, HOLD, FIVE_MINUTES).unwrap(), twap);
    }

    proptest! {
        #[test]
        fn the_average_lies_among_the_prices_and_the_ring_is_bounded(
            prices in proptest::collection::vec((1u64..120, 1u128..1_000_000 * E18), 1..80),
            window in 60u64..1_800,
        ) {
            let (twap, _) = fed(&prices);
            prop_assert!(twap.marks.len() <= 11);
            prop_assert!(twap.marks.windows(2).all(|m| m[1].time >= m[0].time + SPACING));
            if let Some(average) = twap.average(window) {
                let low = prices.iter().map(|p| p.1).min().unwrap();
                let high = prices.iter().map(|p| p.1).max().unwrap();
                prop_assert!(Price::raw(low) <= average && average <= Price::raw(high));
            }
        }
    }
}
