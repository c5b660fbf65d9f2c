//! Settlement of one market by rule: it is wound up at one price, page by page, at every crank's pace. Margins are
//! whole and gains share what there is, whoever comes first; liquidity providers own what is left.
//!
//! `Counting -> Freezing -> Paying -> Sharing -> Done`: positions are counted, queued profit that is not ready is set
//! apart, positions are paid, then that profit. Between entering and the terms nothing changes a position.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Event, StdResult, Storage};
use math::settlement::{Tally, Terms};
use store::Map;
use types::{
    engine::{Cause, Progress, WindUpBegun, WindUpState},
    level::Level,
    wire::Wire,
    Price,
};

use crate::{
    ending, key, lp, mandate,
    scene::{querier, Scene},
    stance, ContractError,
};

pub use due::{note, remember};

mod count;
mod due;
mod pay;

/// A market that is wound up.
#[cw_serde]
struct WindUp {
    cause: Cause,
    price: Price,
    /// When it began, block time in seconds: queued profit is ready as of then.
    since: u64,
    /// Positions whose numbers do not read.
    skipped: u64,
    stage: Stage,
}

/// How far it has come.
#[cw_serde]
enum Stage {
    /// Counting positions, in the order of accounts.
    Counting { tally: Tally, after: Option<Addr> },
    /// Setting apart queued profit that is not ready.
    Freezing {
        tally: Tally,
        after: Option<(Addr, u64)>,
    },
    /// Paying positions.
    Paying { terms: Terms, after: Option<Addr> },
    /// Paying what was set apart.
    Sharing { terms: Terms },
    /// What is left is the liquidity providers'.
    Done { terms: Terms },
}

/// Books and storage.
type At<'a> = (&'a mut Scene, &'a mut dyn Storage);

const WINDING: Map<&str, WindUp> = Map::new(key::WINDING);

/// Since when a market is wound up, if it is.
pub fn since(storage: &dyn Storage, id: &str) -> StdResult<Option<u64>> {
    Ok(WINDING.may_load(storage, id)?.map(|w| w.since))
}

/// Why it is wound up, if it is.
pub fn cause(storage: &dyn Storage, id: &str) -> StdResult<Option<Cause>> {
    Ok(WINDING.may_load(storage, id)?.map(|w| w.cause))
}

/// Whether what is left is the liquidity providers' now.
pub fn is_done(storage: &dyn Storage, id: &str) -> StdResult<bool> {
    let winding = WINDING.may_load(storage, id)?;
    Ok(winding.is_some_and(|w| matches!(w.stage, Stage::Done { .. })))
}

/// How far it has come.
pub fn state(storage: &dyn Storage, id: &str) -> StdResult<Option<WindUpState>> {
    let Some(w) = WINDING.may_load(storage, id)? else {
        return Ok(None);
    };
    let (progress, terms) = match w.stage {
        Stage::Counting { .. } | Stage::Freezing { .. } => (Progress::Counting, None),
        Stage::Paying { terms, .. } | Stage::Sharing { terms } => (Progress::Paying, Some(terms)),
        Stage::Done { terms } => (Progress::Done, Some(terms)),
    };
    Ok(Some(WindUpState {
        cause: w.cause,
        since: w.since,
        price: w.price,
        progress,
        gains: terms.map(|t| t.gains),
        margins: terms.map(|t| t.margins),
        skipped: w.skipped,
    }))
}

/// From now on the market is wound up: its price is fixed, orders are void, requests of liquidity go back or join the
/// line. Nothing begins while there is no price and somebody needs one.
pub fn begin(
    scene: &mut Scene,
    deps: &mut DepsMut,
    (cause, payee): (Cause, &Addr),
) -> Result<Option<Event>, ContractError> {
    let empty = scene.books.book.long.count == 0 && scene.books.book.short.count == 0;
    let price = due::price(scene, &querier(deps), deps.storage)?;
    let Some(price) = price.or(empty.then_some(Price::ZERO)) else {
        return Ok(None);
    };
    lp::void(scene, deps.storage, payee)?;
    scene.stance.level = Level::Settlement;
    stance::settle(deps.storage, &scene.id, &scene.stance)?;
    let winding = WindUp {
        cause,
        price,
        since: scene.now.time,
        skipped: 0,
        stage: Stage::Counting {
            tally: Tally::at(price),
            after: None,
        },
    };
    WINDING.save(deps.storage, &scene.id, &winding)?;
    let market = scene.id.clone();
    let begun = WindUpBegun {
        market,
        cause,
        price,
    };
    Ok(Some(begun.write()))
}

/// One crank of a market at Settlement: void up to `limit` orders, then count or pay up to `limit` entries.
pub fn crank(
    scene: &mut Scene,
    deps: &mut DepsMut,
    limit: u32,
    payee: &Addr,
) -> Result<Vec<Event>, ContractError> {
    let mut events = Vec::new();
    if WINDING.may_load(deps.storage, &scene.id)?.is_none() {
        events.extend(begin(scene, deps, (Cause::Governance, payee))?);
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    for m in mandate::all(deps.storage, &scene.id, most)? {
        events.push(ending::void(scene, deps.storage, &m)?);
    }
    let Some(mut winding) = WINDING.may_load(deps.storage, &scene.id)? else {
        return Ok(events);
    };
    let mut left = most;
    while left > 0 && !matches!(winding.stage, Stage::Done { .. }) {
        left = winding.step((scene, deps.storage), left, &mut events)?;
    }
    WINDING.save(deps.storage, &scene.id, &winding)?;
    Ok(events)
}

impl WindUp {
    /// One page of the stage it is at. Returns how many entries may still be handled.
    fn step(
        &mut self,
        at: At,
        left: usize,
        events: &mut Vec<Event>,
    ) -> Result<usize, ContractError> {
        let (stage, used) = match self.stage.clone() {
            Stage::Counting { tally, after } => self.count(at, (tally, after), left)?,
            Stage::Freezing { tally, after } => self.freeze(at, (tally, after), left, events)?,
            Stage::Paying { terms, after } => self.pay(at, (terms, after), left, events)?,
            Stage::Sharing { terms } => pay::share(at, terms, left, events)?,
            Stage::Done { terms } => (Stage::Done { terms }, left),
        };
        self.stage = stage;
        Ok(left.saturating_sub(used))
    }
}

/// Pay the sender's own position now, if the market pays.
pub fn claim(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    account: &Addr,
) -> Result<Option<Event>, ContractError> {
    match WINDING.may_load(storage, &scene.id)? {
        Some(WindUp {
            stage: Stage::Paying { terms, .. },
            ..
        }) => pay::one(scene, storage, (account, &terms)),
        Some(_) | None => Ok(None),
    }
}
