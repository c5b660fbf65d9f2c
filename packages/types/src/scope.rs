//! What a breaker can be tripped on, and why.

use cosmwasm_schema::cw_serde;

use crate::{level::Level, Ratio};

/// What a latch holds.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything.
    Global {},
    /// One market.
    Market {
        /// Its name.
        market: String,
    },
    /// One price feed, and so every market on it.
    Feed {
        /// Its name.
        feed: String,
    },
    /// One contract, and so every market that needs it.
    Module {
        /// Its address.
        module: String,
    },
    /// A channel to another chain.
    Remote {
        /// The channel.
        channel: String,
    },
}

/// Why a latch holds. Each reason holds a scope on its own; clearing one never clears another.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The feed's status is not Valid.
    PriceStatus,
    /// Sources disagree.
    Dispersion,
    /// The price has left its five-minute average, and that is confirmed.
    Jump,
    /// The feed updates later than it used to.
    Lateness,
    /// Fast variance has left slow variance.
    VarianceRatio,
    /// Money is leaving fast.
    Outflow,
    /// The insurance fund would not cover a sudden move.
    Cover,
    /// Liquidations are queueing.
    Backlog,
    /// Traders' net gain nears the vault's cash.
    Gain,
    /// The chain stood still.
    BlockGap,
    /// The settlement asset is off its peg.
    Depeg,
    /// A module fails or does not answer.
    ModuleFault,
    /// Books do not balance.
    Books,
    /// Another chain attests trouble.
    Remote,
    /// A guardian raised it.
    Guardian,
    /// Governance raised it.
    Governance,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 16] = [
        Self::PriceStatus,
        Self::Dispersion,
        Self::Jump,
        Self::Lateness,
        Self::VarianceRatio,
        Self::Outflow,
        Self::Cover,
        Self::Backlog,
        Self::Gain,
        Self::BlockGap,
        Self::Depeg,
        Self::ModuleFault,
        Self::Books,
        Self::Remote,
        Self::Guardian,
        Self::Governance,
    ];

    /// Whether readings heal it. The others fall by governance, or when they expire.
    pub const fn heals(self) -> bool {
        match self {
            Self::PriceStatus
            | Self::Dispersion
            | Self::Jump
            | Self::Lateness
            | Self::VarianceRatio
            | Self::Outflow
            | Self::Cover
            | Self::Backlog
            | Self::Gain
            | Self::BlockGap
            | Self::Depeg
            | Self::ModuleFault => true,
            Self::Books | Self::Remote | Self::Guardian | Self::Governance => false,
        }
    }

    /// The stable number of this reason in storage keys.
    pub const fn number(self) -> u8 {
        match self {
            Self::PriceStatus => 0,
            Self::Dispersion => 1,
            Self::Jump => 2,
            Self::Lateness => 3,
            Self::VarianceRatio => 4,
            Self::Outflow => 5,
            Self::Cover => 6,
            Self::Backlog => 7,
            Self::Gain => 8,
            Self::BlockGap => 9,
            Self::Depeg => 10,
            Self::ModuleFault => 11,
            Self::Books => 12,
            Self::Remote => 13,
            Self::Guardian => 14,
            Self::Governance => 15,
        }
    }
}

/// What the breaker leases to a module for one market.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Stance {
    /// The joined level of every scope above the market.
    pub level: Level,
    /// How alarmed, in 0..=1; moves margins and caps continuously.
    pub caution: Ratio,
    /// What is left of the caps on increases while a market reopens, in 0..=1; 1 otherwise.
    pub caps: Ratio,
    /// When the lease ends, block time in seconds.
    pub until: u64,
}

impl Stance {
    /// What is in force at `now`: a lapsed lease counts as at least ReduceOnly, and never loosens.
    /// Settlement never lapses.
    pub fn at(self, now: u64) -> Self {
        if now <= self.until {
            self
        } else {
            Self {
                level: self.level.max(Level::ReduceOnly),
                ..self
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lapsed_lease_never_loosens() {
        for level in Level::ALL {
            let stance = Stance {
                level,
                caution: Ratio::ZERO,
                caps: Ratio::ONE,
                until: 100,
            };
            assert_eq!(stance.at(100).level, level);
            assert!(stance.at(101).level >= level);
            assert!(stance.at(101).level >= Level::ReduceOnly);
        }
    }

    #[test]
    fn reasons_have_stable_distinct_numbers() {
        for (i, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(usize::from(reason.number()), i);
        }
    }
}
