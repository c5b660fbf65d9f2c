//! What the breaker answers.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;

use super::{Params, Registered};
use crate::{engine::Engine, handle::Handle, level::Level, oracle::Oracle, scope::Reason};

/// Who is who.
#[cw_serde]
pub struct Config {
    /// Who governs.
    pub dao: Addr,
    /// Who reports.
    pub oracle: Handle<Oracle>,
    /// Who is leased stances.
    pub engine: Handle<Engine>,
    /// The markets.
    pub markets: Vec<Registered>,
    /// Settings.
    pub params: Params,
}

/// One reason holding one scope.
#[cw_serde]
pub struct Latch {
    /// Why.
    pub reason: Reason,
    /// At which level.
    pub level: Level,
    /// Since when, block time in seconds.
    pub since: u64,
    /// Good readings towards the next fall.
    pub good: u32,
    /// Round time of the newest reading that counted, for or against; the next good one counts
    /// when it is `reading_gap` later.
    pub good_at: u64,
    /// Dwells are doubled this often.
    pub retrips: u32,
    /// When it last fell to Normal, 0 if never.
    pub cleared_at: u64,
}
