//! What a user signs, and how funding moves.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use crate::{Ratio, Side};

/// How funding moves: `d(rate)/dt = slope * skew / K_net`, inside `±clamp`.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct FundingTerms {
    /// Change of the daily rate per day at full skew.
    pub slope: Ratio,
    /// The greatest daily rate either way.
    pub clamp: Ratio,
}

impl FundingTerms {
    /// Defaults of a major instrument: 1 % per day per day, at most 0.5 % a day.
    pub fn major() -> Self {
        Self {
            slope: Ratio::percent(1),
            clamp: Ratio::bps(50),
        }
    }

    /// The stricter of two.
    pub fn capped(self, by: Self) -> Self {
        Self {
            slope: self.slope.min(by.slope),
            clamp: self.clamp.min(by.clamp),
        }
    }
}

/// What a user signs.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum Order {
    /// Open or enlarge.
    Increase {
        /// Which way.
        side: Side,
        /// Trillionths of a base unit.
        size: Uint128,
        /// Moved from the wallet behind the position when it fills.
        margin: Uint128,
    },
    /// Shrink by at most this much.
    Reduce {
        /// The side of the position that shrinks.
        side: Side,
        /// Trillionths of a base unit.
        size: Uint128,
    },
    /// Close whatever is there.
    Close {
        /// The side of the position that is closed.
        side: Side,
    },
}

impl Order {
    /// Whether it can only reduce.
    pub const fn reducing(&self) -> bool {
        match self {
            Self::Increase { .. } => false,
            Self::Reduce { .. } | Self::Close { .. } => true,
        }
    }

    /// The side of the position it is about.
    pub const fn side(&self) -> Side {
        match self {
            Self::Increase { side, .. } | Self::Reduce { side, .. } | Self::Close { side } => *side,
        }
    }

    /// Its size; a close has none of its own.
    pub const fn size(&self) -> Option<Uint128> {
        match self {
            Self::Increase { size, .. } | Self::Reduce { size, .. } => Some(*size),
            Self::Close { .. } => None,
        }
    }
}
