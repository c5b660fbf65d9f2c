//! Levels over time: how long at which, how often tripped, how soon after a failure.

use types::level::Level;

use crate::fault::Window;

/// The level in force in every block.
pub struct Levels {
    block_time: u64,
    failure: Option<Window>,
    /// One entry a block.
    pub line: Vec<Level>,
    /// Entries into ReduceOnly or above.
    pub trips: u64,
    /// Times Normal was left.
    pub episodes: u64,
    /// From the start of the failure to the first trip after it, seconds.
    pub detect_s: Option<u64>,
    /// From the end of the failure to the next time at Normal, seconds.
    pub recover_s: Option<u64>,
}

impl Levels {
    /// Nothing seen yet.
    pub fn new(block_time: u64, failure: Option<Window>) -> Self {
        Self {
            block_time,
            failure,
            line: Vec::new(),
            trips: 0,
            episodes: 0,
            detect_s: None,
            recover_s: None,
        }
    }

    /// This level is in force in the block at `now`.
    pub fn see(&mut self, level: Level, now: u64) {
        let before = self.line.last().copied().unwrap_or(Level::Normal);
        let tripped = level >= Level::ReduceOnly;
        if tripped && before < Level::ReduceOnly {
            self.trips = self.trips.saturating_add(1);
        }
        if level > Level::Normal && before == Level::Normal {
            self.episodes = self.episodes.saturating_add(1);
        }
        if let Some(failure) = self.failure {
            if tripped && now >= failure.from && self.detect_s.is_none() {
                self.detect_s = Some(now.saturating_sub(failure.from));
            }
            if level == Level::Normal && now >= failure.to && self.recover_s.is_none() {
                self.recover_s = Some(now.saturating_sub(failure.to));
            }
        }
        self.line.push(level);
    }

    /// Seconds at a level.
    pub fn seconds(&self, level: Level) -> u64 {
        let blocks = self.line.iter().filter(|l| **l == level).count();
        let blocks = u64::try_from(blocks).unwrap_or(u64::MAX);
        blocks.saturating_mul(self.block_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trip_is_an_entry_and_failures_are_timed() {
        let failure = Window { from: 12, to: 24 };
        let mut levels = Levels::new(6, Some(failure));
        let line = [
            Level::Normal,
            Level::Guarded,
            Level::Guarded,
            Level::ReduceOnly,
            Level::Protected,
            Level::Normal,
            Level::ReduceOnly,
        ];
        for (level, n) in line.into_iter().zip(0u64..) {
            levels.see(level, n.saturating_mul(6));
        }
        assert_eq!((levels.trips, levels.episodes), (2, 2));
        assert_eq!((levels.detect_s, levels.recover_s), (Some(6), Some(6)));
        assert_eq!(levels.seconds(Level::Guarded), 12);
    }
}
