//! What this contract waits for.

use cosmwasm_schema::cw_serde;
use types::{pending::Pending, scope::Stance};

use crate::upgrade::Progress;

/// What this contract waits for.
#[cw_serde]
pub enum Awaiting {
    /// Whether the engine takes a stance.
    Stance {
        /// For which market.
        market: String,
        /// Which.
        stance: Stance,
    },
    /// Whether a failure could be counted.
    Counted {
        /// About which market.
        market: String,
    },
    /// Whether a neighbour takes its part in a change.
    Part {
        /// Which.
        change: u64,
    },
    /// What a module says of itself.
    Checked {
        /// In which upgrade.
        progress: Progress,
    },
    /// Whether new code takes over.
    Migrated {
        /// In which upgrade.
        progress: Progress,
    },
    /// Whether the engine says what a market's books read.
    Vitals {
        /// Which market.
        market: String,
    },
}

impl Pending for Awaiting {}
