//! A base for limits that rises over a day and falls at once: nobody makes room by bringing money for a moment.

use cosmwasm_schema::cw_serde;
use math::{units::OutOfRange, wide::Round};
use types::Amount;

/// Seconds over which the average follows.
const DAY: u64 = 86_400;

/// A value and its average of a day.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Smoothed {
    now: Amount,
    average: Amount,
    at: u64,
}

impl Smoothed {
    /// The value now. The first one above zero is the average.
    pub fn observe(&mut self, value: Amount, now: u64) -> Result<(), OutOfRange> {
        if self.average <= Amount::ZERO {
            *self = Self {
                now: value,
                average: value,
                at: now,
            };
            return Ok(());
        }
        let elapsed = now.saturating_sub(self.at);
        // The value that stood since, not the one that has just come.
        let step = self.now.minus(self.average)?.pro_rata(
            cosmwasm_std::Int256::from(elapsed),
            cosmwasm_std::Int256::from(elapsed.saturating_add(DAY)),
            Round::Down,
        )?;
        *self = Self {
            now: value,
            average: self.average.plus(step)?,
            at: self.at.max(now),
        };
        Ok(())
    }

    /// The greater of value and average.
    pub fn greatest(&self) -> Amount {
        self.now.max(self.average)
    }

    /// The lesser of value and average.
    pub fn least(&self) -> Amount {
        self.now.min(self.average)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_raises_nothing_and_a_fall_counts_at_once() {
        let mut s = Smoothed::default();
        s.observe(Amount::raw(100), 1_000).unwrap();
        s.observe(Amount::raw(1_000), 1_000).unwrap();
        assert_eq!(s.least(), Amount::raw(100));
        s.observe(Amount::raw(1_000), 1_000 + DAY).unwrap();
        assert_eq!(s.least(), Amount::raw(550));
        s.observe(Amount::raw(40), 1_000 + DAY).unwrap();
        assert_eq!(s.least(), Amount::raw(40));
        assert_eq!(s.greatest(), Amount::raw(550));
    }
}
