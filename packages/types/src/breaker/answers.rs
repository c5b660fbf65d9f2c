//! What the breaker answers.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;

use super::{Params, Registered};
use crate::{
    clock::Moment, engine::Engine, handle::Handle, level::Level, oracle::Oracle, scope::Reason,
};

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
    /// What it remembers of Guarded.
    pub guarded: Memory,
    /// Of ReduceOnly.
    pub reduce_only: Memory,
    /// Of Protected.
    pub protected: Memory,
}

/// What a latch remembers of one level.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Memory {
    /// The dwell there is doubled this often.
    pub retrips: u32,
    /// When it last fell from there, 0 if never.
    pub left_at: u64,
}

/// How the neighbours have answered of late.
#[cw_serde]
pub struct Modules {
    /// The newest calls of the engine, at most ten, oldest first; none while none has failed.
    pub calls: Vec<Call>,
    /// Failed ones among them that count.
    pub faults: u32,
    /// Block time of the oracle's newest report, 0 before the first.
    pub heard: u64,
}

/// One call of the engine.
#[cw_serde]
#[derive(Eq)]
pub struct Call {
    /// About which market.
    pub market: String,
    /// Whether it failed or was not answered.
    pub failed: bool,
}

/// What is known of the chain's pace.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Pace {
    /// The newest block a message came in.
    pub seen: Moment,
    /// Microseconds between blocks, as learned.
    pub interval: u64,
    /// Blocks it was learned from, a thousand at most.
    pub blocks: u64,
}
