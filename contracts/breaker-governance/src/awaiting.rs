//! What this contract waits for.

use cosmwasm_schema::cw_serde;
use types::{pending::Pending, scope::Stance};

use crate::upgrade::Progress;

/// What this contract waits for. Numbered by their order where they travel: new ones come last.
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
    /// Whether the engine says what a market's books read.
    Vitals {
        /// Which market.
        market: String,
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
}

impl Pending for Awaiting {}
