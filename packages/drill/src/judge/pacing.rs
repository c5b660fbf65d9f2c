//! The pacing bucket: liquidations that the market's pace holds back are not late for it, but for no longer than
//! `T_max = ((mm - fee)/(3*sigma))^2`: by the engine's own formula, from the terms and the volatility it tells.

use math::{
    liquidation::patience,
    margin::variance,
    units::{OutOfRange, Ratio},
};
use types::{oracle::Variance, params::MarketParams};

/// The longest that a liquidation may spend in the bucket, seconds.
pub fn longest(params: &MarketParams, v: Variance, mm: Ratio) -> Result<u64, OutOfRange> {
    let own = &params.variance;
    let v = variance(own.floor, v.fast, v.slow, own.stress)?;
    patience(mm, params.fees.liquidation, v)
}

/// What was seen of the bucket.
#[derive(Default)]
pub struct Pacing {
    /// The block before, seconds.
    last: Option<u64>,
    /// The longest time from the first liquidation held back to a crank that held none, seconds.
    pub most: u64,
}

impl Pacing {
    /// A block, before its crank: since when liquidations are held back, if they are, and the longest that they may
    /// be. How many of the seconds since the block before they spent in the bucket and within that.
    pub fn see(&mut self, since: Option<u64>, longest: u64, now: u64) -> u64 {
        let last = self.last.replace(now).unwrap_or(now);
        let Some(since) = since else {
            return 0;
        };
        self.most = self.most.max(now.saturating_sub(since));
        let until = now.min(since.saturating_add(longest));
        until.saturating_sub(last.max(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_in_the_bucket_count_from_its_first_to_the_longest() {
        let mut pacing = Pacing::default();
        let rows = [
            (None, 100, 0),
            (Some(103), 106, 3),
            (Some(103), 112, 6),
            (Some(103), 120, 1),
            (Some(103), 126, 0),
            (None, 132, 0),
        ];
        for (since, now, want) in rows {
            assert_eq!(pacing.see(since, 10, now), want, "{now}");
        }
        assert_eq!(pacing.most, 23);
    }

    #[test]
    fn the_first_block_follows_none() {
        assert_eq!(Pacing::default().see(Some(40), 1_000, 100), 0);
    }

    #[test]
    fn the_longest_is_the_square_of_the_room_over_three_sigmas() {
        let params = MarketParams::major(2_000, 10_000_000);
        let calm = Variance {
            fast: Ratio::ZERO,
            slow: Ratio::ZERO,
        };
        let wild = Variance {
            fast: Ratio::raw(1_000_000_000_000),
            slow: Ratio::ZERO,
        };
        let at = |v, mm| longest(&params, v, Ratio::bps(mm)).unwrap();
        assert!(at(wild, 250) < at(calm, 250));
        let v = variance(
            params.variance.floor,
            wild.fast,
            wild.slow,
            params.variance.stress,
        );
        assert_eq!(
            Ok(at(wild, 250)),
            patience(Ratio::bps(250), Ratio::bps(50), v.unwrap())
        );
        assert_eq!(at(wild, 50), 1, "no room");
    }
}
