//! Leased stances. None yet counts as lapsed: ReduceOnly.

use cosmwasm_std::{StdResult, Storage};
use store::Map;
use types::{level::Level, scope::Stance, Ratio};

use crate::{key, windup};

const STANCES: Map<&str, Stance> = Map::new(key::STANCES);

/// A new lease. A market that is wound up stays at Settlement.
pub fn set(storage: &mut dyn Storage, market: &str, stance: &Stance) -> StdResult<()> {
    let level = match windup::since(storage, market)? {
        Some(_) => Level::Settlement,
        None => stance.level,
    };
    STANCES.save(storage, market, &Stance { level, ..*stance })
}

/// The market is wound up from now on, whoever leases what.
pub fn settle(storage: &mut dyn Storage, market: &str, now: &Stance) -> StdResult<()> {
    let level = Level::Settlement;
    STANCES.save(storage, market, &Stance { level, ..*now })
}

/// What is in force at `now`. Guarded acts with a caution of at least one half.
pub fn now(storage: &dyn Storage, market: &str, now: u64) -> StdResult<Stance> {
    let leased = STANCES.may_load(storage, market)?.unwrap_or(Stance {
        level: Level::ReduceOnly,
        caution: Ratio::ZERO,
        caps: Ratio::ONE,
        until: 0,
    });
    let stance = leased.at(now);
    let caution = if stance.level >= Level::Guarded {
        stance.caution.max(Ratio::percent(50))
    } else {
        stance.caution
    };
    Ok(Stance {
        caution: caution.min(Ratio::ONE),
        ..stance
    })
}
