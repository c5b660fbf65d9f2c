//! When a market has to be wound up by rule, and at what price.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{QuerierWrapper, StdResult, Storage};
use store::Map;
use types::{engine::Cause, oracle::Status, Price};

use crate::{key, peers, scene::Scene, ContractError};

/// Trouble lasts this long before it settles a market, seconds: 14 days.
const PATIENCE: u64 = 1_209_600;

/// The last good price this contract has seen itself, should the oracle never answer again.
#[cw_serde]
#[derive(Copy, Eq)]
struct Mark {
    price: Price,
    time: u64,
}

const MARKS: Map<&str, Mark> = Map::new(key::MARKS);

/// What hinders a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Troubled {
    /// Nothing.
    No,
    /// For less than 14 days.
    Waiting,
    /// For 14 days: it is settled.
    Over,
}

/// Remember the newest price, where it is good.
pub fn remember(scene: &Scene, storage: &mut dyn Storage) -> StdResult<()> {
    let good = scene.newest().filter(|_| usable(scene));
    let Some(round) = good else {
        return Ok(());
    };
    let mark = Mark {
        price: round.price,
        time: round.at.time,
    };
    MARKS.save(storage, &scene.id, &mark)
}

fn usable(scene: &Scene) -> bool {
    scene.prices.status <= Status::Degraded
}

/// The oracle's half-hour average of the last Valid window, else its last good price; where it does not answer, the
/// last good one seen here.
pub fn price(
    scene: &Scene,
    querier: &QuerierWrapper,
    storage: &dyn Storage,
) -> Result<Option<Price>, ContractError> {
    let oracle = peers::peers(storage)?.oracle;
    let told = oracle.settle(querier, &scene.market.feed).ok().flatten();
    match told {
        Some(told) => Ok(Some(told.price)),
        None => Ok(MARKS.may_load(storage, &scene.id)?.map(|m| m.price)),
    }
}

/// Note whether a market is in trouble. No usable price counts only where the oracle's own last good round, and the
/// window it would settle at, are as old: who cranks rarely settles nobody.
pub fn note(
    scene: &mut Scene,
    querier: &QuerierWrapper,
    storage: &dyn Storage,
) -> Result<Troubled, ContractError> {
    let now = scene.now.time;
    let balanced = scene.books.balance();
    if usable(scene) && balanced {
        scene.books.watch.trouble_since = None;
        return Ok(Troubled::No);
    }
    let since = *scene.books.watch.trouble_since.get_or_insert(now);
    if now < since.saturating_add(PATIENCE) {
        return Ok(Troubled::Waiting);
    }
    if !balanced {
        return Ok(Troubled::Over);
    }
    let oracle = peers::peers(storage)?.oracle;
    let told = oracle.settle(querier, &scene.market.feed).ok().flatten();
    let last = match told {
        Some(told) => told.time,
        None => MARKS.may_load(storage, &scene.id)?.map_or(0, |m| m.time),
    };
    // A feed that seldom speaks may have no window for longer than it has had no price.
    let good = scene.newest().filter(|r| r.status <= Status::Degraded);
    let last = last.max(good.map_or(0, |r| r.at.time));
    Ok(if now < last.saturating_add(PATIENCE) {
        Troubled::Waiting
    } else {
        Troubled::Over
    })
}

impl Troubled {
    /// The cause it is, once it is over.
    pub const fn cause(self) -> Option<Cause> {
        match self {
            Self::Over => Some(Cause::Trouble),
            Self::No | Self::Waiting => None,
        }
    }
}
