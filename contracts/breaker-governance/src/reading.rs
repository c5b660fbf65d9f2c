//! From what feeds read to what is asked of their latches.

use cosmwasm_std::{Event, StdResult, Storage};
use math::wide::Round;
use types::{
    breaker::{FeedReading, Params, Thresholds},
    level::Level,
    oracle::Status,
    scope::{Reason, Scope},
    wire::Wire,
    Ratio,
};

use crate::{
    latch::{Demand, Tick},
    latches::{self, Evidence},
    registry::{self, Heard},
    ContractError, Counted,
};

/// Readings of one report at most.
pub const MAX: usize = 16;

const GUARDED_SIGMAS: Ratio = Ratio::percent(1_200);
const REDUCE_ONLY_SIGMAS: Ratio = Ratio::percent(2_500);
const PROTECTED_SIGMAS: Ratio = Ratio::percent(6_000);
const FLOOR: Ratio = Ratio::percent(30);

/// What a report taught.
#[derive(Debug, Default)]
pub struct Learned {
    /// The known feeds among its readings.
    pub feeds: Vec<String>,
    /// Every latch that changed its level.
    pub events: Vec<Event>,
}

/// Refuse a report that is empty, too long or names a feed twice.
pub fn check(readings: &[FeedReading]) -> Result<(), ContractError> {
    Counted::Readings.check(readings.iter().map(|r| &r.feed), MAX)
}

/// Move the latches of every known feed; a feed nobody registered is passed over.
pub fn learn(
    storage: &mut dyn Storage,
    params: &Params,
    readings: Vec<FeedReading>,
    now: u64,
) -> StdResult<Learned> {
    let mut learned = Learned::default();
    for reading in readings {
        let Some(heard) = registry::hear(storage, &reading, now)? else {
            continue;
        };
        let tick = Tick {
            now,
            round_time: reading.time,
        };
        let scope = Scope::Feed {
            feed: reading.feed.clone(),
        };
        for evidence in evidence(&reading, &heard, now, params) {
            if let Some(changed) = latches::apply(storage, &scope, evidence, tick, params)? {
                learned.events.push(changed.write());
            }
        }
        learned.feeds.push(reading.feed);
    }
    Ok(learned)
}

/// What one reading says, reason by reason.
pub fn evidence(reading: &FeedReading, heard: &Heard, now: u64, params: &Params) -> [Evidence; 3] {
    let invalid_for = heard
        .invalid_since
        .map_or(0, |since| now.saturating_sub(since));
    let jump = scaled(&params.jump, reading.sigma);
    [
        Evidence {
            reason: Reason::PriceStatus,
            demand: Demand::at(status_level(reading.status, invalid_for, params)),
        },
        Evidence {
            reason: Reason::Dispersion,
            demand: Demand::of(reading.dispersion, &params.dispersion),
        },
        Evidence {
            reason: Reason::Jump,
            demand: Demand::of(reading.jump, &jump),
        },
    ]
}

fn status_level(status: Status, invalid_for: u64, params: &Params) -> Level {
    match status {
        Status::Valid => Level::Normal,
        Status::Degraded => Level::Guarded,
        Status::Uncertain | Status::Stale => Level::ReduceOnly,
        Status::Invalid if invalid_for > params.invalid_grace => Level::Protected,
        Status::Invalid => Level::ReduceOnly,
    }
}

/// The jump thresholds at this volatility: `clamp(k * sigma, 0.3 * table, table)`. Rounds down:
/// towards tripping.
fn scaled(table: &Thresholds, sigma: Ratio) -> Thresholds {
    let row = |enter: Option<Ratio>, k| enter.map(|enter| threshold(enter, k, sigma));
    Thresholds {
        guarded: row(table.guarded, GUARDED_SIGMAS),
        reduce_only: row(table.reduce_only, REDUCE_ONLY_SIGMAS),
        protected: row(table.protected, PROTECTED_SIGMAS),
    }
}

fn threshold(table: Ratio, k: Ratio, sigma: Ratio) -> Ratio {
    let floor = table.times(FLOOR, Round::Down).unwrap_or(Ratio::ZERO);
    k.times(sigma, Round::Down)
        .unwrap_or(table)
        .clamp(floor, table)
}
