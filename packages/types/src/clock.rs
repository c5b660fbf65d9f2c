//! Chain time in whole seconds. Placing times round up and ages round down, so that an order never
//! meets a price that was knowable when it was placed.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Env;

/// When something happened on this chain.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// Block time, seconds.
    pub time: u64,
    /// Block height.
    pub height: u64,
}

impl Moment {
    /// Now, the time rounded down: for ages and accruals.
    pub fn now(env: &Env) -> Self {
        Self {
            time: env.block.time.seconds(),
            height: env.block.height,
        }
    }

    /// Now, the time rounded up: for promises about what was knowable.
    pub fn placing(env: &Env) -> Self {
        let now = Self::now(env);
        let time = if env.block.time.subsec_nanos() > 0 {
            now.time.saturating_add(1)
        } else {
            now.time
        };
        Self { time, ..now }
    }

    /// Whether a round is *later than this moment* for everything that binds only unknowable
    /// prices: accepted in a later block, and observed later than `max_future` after it.
    pub fn binds(self, round: Self, max_future: u64) -> bool {
        round.height > self.height && round.time > self.time.saturating_add(max_future)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_binds_only_when_its_block_and_its_time_are_later() {
        let placed = Moment {
            time: 100,
            height: 10,
        };
        let at = |time, height| Moment { time, height };
        assert!(!placed.binds(at(106, 11), 6));
        assert!(placed.binds(at(107, 11), 6));
        assert!(!placed.binds(at(107, 10), 6));
    }
}
