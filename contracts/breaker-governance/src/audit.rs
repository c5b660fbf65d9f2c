//! What must hold after every message, gathered from every room. Tests call it; the chain never
//! does.

use cosmwasm_std::{StdResult, Storage};
use types::scope::{Reason, Scope};

use crate::{latches, lease, params, registry};

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A latch is stored under bytes that are no scope.
    ScopeKey {
        /// Those bytes.
        key: Vec<u8>,
    },
    /// A scope's level is not the greatest of its latches.
    LevelNotMax {
        /// Which.
        scope: Scope,
    },
    /// A latch is lower than its newest reading demanded.
    LatchBelowDemand {
        /// Of which scope.
        scope: Scope,
        /// For which reason.
        reason: Reason,
    },
    /// A latch's reason, counters or memory do not fit where it is stored.
    LatchState {
        /// Of which scope.
        scope: Scope,
        /// For which reason.
        reason: Reason,
    },
    /// The settings are outside their bounds.
    Settings {
        /// Which field.
        field: &'static str,
    },
    /// A feed claims an outage that started after its newest report, or a round before any report.
    FeedMemory {
        /// Which.
        feed: String,
    },
    /// A feed without a market, or a market whose feed is not known.
    FeedOrphan {
        /// Which feed.
        feed: String,
    },
    /// Too many markets, or one listed twice.
    Roster {
        /// How many.
        markets: usize,
    },
    /// A market is recorded as leased longer than a lease from its newest offer.
    LeaseTooLong {
        /// Which.
        market: String,
    },
}

/// Every room's promises.
pub fn all(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let settings = registry::settings(storage)?;
    let mut broken = latches::audit(storage, &settings.params)?;
    if let Err(bad) = params::check(&settings.params) {
        broken.push(Broken::Settings { field: bad.field });
    }
    broken.extend(registry::audit(storage)?);
    broken.extend(lease::audit(storage, &settings.params)?);
    Ok(broken)
}
