//! What the price did, for people: first, low, high, last, and the worst five minutes.

use std::collections::VecDeque;

use math::units::Price;

/// The window of the worst move, seconds.
const WINDOW_S: u64 = 300;
/// Hundredths of a percent in one.
const BPS: u128 = 10_000;

/// A price and when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When, Unix seconds.
    pub time: u64,
    /// The price.
    pub price: Price,
}

/// The greatest move within five minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worst {
    /// Basis points of the price it started from.
    pub bps: u64,
    /// Downwards.
    pub down: bool,
    /// When it ended.
    pub until: u64,
}

/// What the reference did, block by block.
#[derive(Debug, Clone, Default)]
pub struct Story {
    block_time: u64,
    recent: VecDeque<Seen>,
    /// The first price.
    pub first: Option<Seen>,
    /// The lowest.
    pub low: Option<Seen>,
    /// The highest.
    pub high: Option<Seen>,
    /// The last.
    pub last: Option<Seen>,
    /// The worst five minutes.
    pub worst: Worst,
}

impl Story {
    /// Nothing seen yet.
    pub fn new(block_time: u64) -> Self {
        Self {
            block_time,
            ..Self::default()
        }
    }

    /// The reference in one block.
    pub fn see(&mut self, time: u64, price: Price) {
        let seen = Seen { time, price };
        self.first = self.first.or(Some(seen));
        self.last = Some(seen);
        self.low = self.low.filter(|low| low.price <= price).or(Some(seen));
        self.high = self.high.filter(|high| high.price >= price).or(Some(seen));
        while self
            .recent
            .front()
            .is_some_and(|old| old.time.saturating_add(WINDOW_S) < time)
        {
            self.recent.pop_front();
        }
        if let Some(old) = self.recent.front() {
            let worst = moved(old.price, seen);
            if worst.bps > self.worst.bps {
                self.worst = worst;
            }
        }
        self.recent.push_back(seen);
    }

    /// Seconds between two looks.
    pub fn block_time(&self) -> u64 {
        self.block_time
    }
}

fn moved(from: Price, to: Seen) -> Worst {
    let by = from.distance(to.price).0.atomics().u128();
    let bps = by
        .checked_mul(BPS)
        .and_then(|n| n.checked_div(from.0.atomics().u128()))
        .unwrap_or_default();
    Worst {
        bps: u64::try_from(bps).unwrap_or(u64::MAX),
        down: to.price < from,
        until: to.time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cents;

    #[test]
    fn the_worst_five_minutes_are_found() {
        let mut story = Story::new(60);
        let prices = [100, 100, 100, 100, 100, 95, 90, 90, 90, 90, 90, 99];
        for (price, n) in prices.into_iter().zip(0u64..) {
            story.see(n.saturating_mul(60), cents(price));
        }
        let worst = Worst {
            bps: 1_000,
            down: true,
            until: 360,
        };
        assert_eq!(story.worst, worst);
        assert_eq!(story.low.map(|s| s.time), Some(360));
        assert_eq!(story.high.map(|s| s.time), Some(0));
        assert_eq!(story.last.map(|s| s.price), Some(cents(99)));
    }
}
