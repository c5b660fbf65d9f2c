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

/// Marks of the near ring are at least this far apart, seconds.
pub const SPACING: u64 = 30;
/// Marks of the far ring are at least this far apart, seconds: as many for half an hour as the near ring has
/// for five minutes.
pub const FAR_SPACING: u64 = 180;
/// The window jumps are judged against, seconds.
pub const FIVE_MINUTES: u64 = 300;
/// The window anchors are judged against and settlement is priced by, seconds.
pub const HALF_HOUR: u64 = 1_800;

/// How far back the far ring keeps: its oldest mark lies before the window's start.
const FAR_REACH: u64 = HALF_HOUR.saturating_add(FAR_SPACING);

/// The running sums at one moment.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Mark {
    /// When, seconds.
    pub time: u64,
    /// Price atomics times seconds, since the start.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Uint256")]
    pub sum: Uint256,
    /// Seconds a price was known for, since the start.
    pub covered: u64,
}

/// Running sums, and enough marks to look back five minutes and half an hour.
#[cw_serde]
#[derive(Eq)]
pub struct Twap {
    /// The sums now.
    pub head: Mark,
    /// The price that counts from now on.
    pub price: Price,
    /// Earlier sums, oldest first, [`SPACING`] apart, none older than [`FIVE_MINUTES`].
    pub marks: Vec<Mark>,
    /// Earlier sums, oldest first, [`FAR_SPACING`] apart, none older than [`HALF_HOUR`] and one spacing.
    pub far: Vec<Mark>,
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
            far: vec![head],
        }
    }

    /// Let the price held count up to `time`, for at most `hold` seconds.
    pub fn roll(&self, time: u64, hold: u64) -> Result<Self, OutOfRange> {
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
        Ok(Self {
            head,
            price: self.price,
            marks: ring(&self.marks, head, FIVE_MINUTES, SPACING),
            far: ring(&self.far, head, FAR_REACH, FAR_SPACING),
        })
    }

    /// Hold this price from now on.
    pub fn holding(self, price: Price) -> Self {
        Self { price, ..self }
    }

    /// The five minutes begin anew at the head: refused until they are covered again. Half an hour stays what it was.
    pub fn anew(self) -> Self {
        let marks = vec![self.head];
        Self { marks, ..self }
    }

    /// The average of a window up to now, rounded down. Refused (`None`) when less than 80 % of it is covered.
    /// Marks are apart: up to five minutes it begins at the oldest mark inside, beyond at the newest before.
    pub fn average(&self, window: u64) -> Option<Price> {
        let from = self.beginning(window)?;
        let covered = self.head.covered.saturating_sub(from.covered);
        let span = window.max(self.head.time.saturating_sub(from.time));
        if covered == 0 || covered.saturating_mul(5) < span.saturating_mul(4) {
            return None;
        }
        let sum = Int256::try_from(self.head.sum.checked_sub(from.sum).ok()?).ok()?;
        let average = mul_div(sum, Int256::one(), Uint256::from(covered), Round::Down).ok()?;
        Price::from_wide(average).ok()
    }

    fn beginning(&self, window: u64) -> Option<&Mark> {
        let since = self.head.time.saturating_sub(window);
        if window <= FIVE_MINUTES {
            return self.marks.iter().find(|m| m.time >= since);
        }
        let before = self.far.iter().rev().find(|m| m.time <= since);
        before.or(self.far.first())
    }
}

/// The marks still inside the window, and the head where the last is long enough ago.
fn ring(marks: &[Mark], head: Mark, window: u64, spacing: u64) -> Vec<Mark> {
    let inside = |m: &&Mark| m.time.saturating_add(window) >= head.time;
    let mut kept: Vec<Mark> = marks.iter().filter(inside).copied().collect();
    let due = |last: &Mark| head.time >= last.time.saturating_add(spacing);
    if kept.last().is_none_or(due) {
        kept.push(head);
    }
    kept
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
            twap = twap.roll(time, HOLD).unwrap().holding(Price::raw(*price));
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
        let after = twap.roll(time + 28_800, HOLD).unwrap();
        assert_eq!(after.average(FIVE_MINUTES), None);
        let short = twap.roll(time + 160, HOLD).unwrap();
        assert_eq!(short.average(FIVE_MINUTES), None);
        let shorter = twap.roll(time + 120, HOLD).unwrap();
        assert!(shorter.average(FIVE_MINUTES).is_some());
    }

    #[test]
    fn what_begins_anew_knows_no_price_from_before_and_half_an_hour_still_does() {
        let (twap, mut time) = fed(&[(10, 7 * E18); 200]);
        let mut anew = twap.clone().anew().holding(Price::raw(9 * E18));
        assert_eq!(anew.average(HALF_HOUR), twap.average(HALF_HOUR));
        for _ in 0..23 {
            time += 10;
            anew = anew.roll(time, HOLD).unwrap();
            assert_eq!(anew.average(FIVE_MINUTES), None);
        }
        anew = anew.roll(time + 10, HOLD).unwrap();
        assert_eq!(anew.average(FIVE_MINUTES), Some(Price::raw(9 * E18)));
        assert!(anew.average(HALF_HOUR) < Some(Price::raw(8 * E18)));
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
    fn half_an_hour_is_refused_until_four_fifths_of_it_are_covered() {
        // 143 prices ten seconds apart cover 1,430 s, less the first one's own.
        let (young, _) = fed(&[(10, 7 * E18); 143]);
        assert_eq!(young.average(HALF_HOUR), None);
        let (old, time) = fed(&[(10, 7 * E18); 146]);
        assert_eq!(old.average(HALF_HOUR), Some(Price::raw(7 * E18)));
        assert_eq!(old.average(FIVE_MINUTES), old.average(HALF_HOUR));
        // Seven minutes of silence are too much for five minutes, not for thirty; half an hour is.
        let (older, time) = (fed(&[(10, 7 * E18); 400]).0, time + 10 * 254);
        let after = |gap| older.roll(time + gap, HOLD).unwrap();
        assert_eq!(after(420).average(FIVE_MINUTES), None);
        assert!(after(360).average(HALF_HOUR).is_some());
        assert_eq!(after(900).average(HALF_HOUR), None);
    }

    #[test]
    fn a_spike_weighs_what_it_lasted() {
        // Inverse Finance, April 2022: fifty times the price for two blocks.
        let mut prices = vec![(12, E18); 200];
        prices.extend([(12, 50 * E18), (12, 50 * E18), (12, E18)]);
        let average = fed(&prices).0.average(HALF_HOUR).unwrap();
        let most = E18 + 49 * E18 * 24 / 1_600;
        assert!(
            Price::raw(E18) < average && average <= Price::raw(most),
            "{average:?}"
        );
    }

    #[test]
    fn time_that_does_not_advance_changes_nothing() {
        let (twap, time) = fed(&[(10, 7 * E18); 40]);
        assert_eq!(twap.roll(time - 5, HOLD).unwrap(), twap);
    }

    proptest! {
        #[test]
        fn the_average_lies_among_the_prices_and_the_ring_is_bounded(
            prices in proptest::collection::vec((1u64..120, 1u128..1_000_000 * E18), 1..80),
            window in 60u64..1_800,
        ) {
            let (twap, _) = fed(&prices);
            prop_assert!(twap.marks.len() <= 11 && twap.far.len() <= 12);
            prop_assert!(twap.marks.windows(2).all(|m| m[1].time >= m[0].time + SPACING));
            prop_assert!(twap.far.windows(2).all(|m| m[1].time >= m[0].time + FAR_SPACING));
            if let Some(average) = twap.average(window) {
                let low = prices.iter().map(|p| p.1).min().unwrap();
                let high = prices.iter().map(|p| p.1).max().unwrap();
                prop_assert!(Price::raw(low) <= average && average <= Price::raw(high));
            }
        }
    }
}
