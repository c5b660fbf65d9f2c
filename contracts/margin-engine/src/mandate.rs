//! Mandates: what an account has signed. Nothing happens to an account without one.

use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage};
use cw_storage_plus::Map;
use types::{clock::Moment, engine::Mandate, oracle::Round};

use crate::{key, ContractError};

/// Orders of one account in one market that may wait, whatever the market says.
pub const MAX_OPEN: usize = 24;

const MANDATES: Map<(&str, u64), Mandate> = Map::new(key::MANDATES);
/// Numbers of reductions that wait.
const REDUCING: Map<(&str, u64), Empty> = Map::new(key::REDUCING);
const OPEN: Map<(&str, &Addr), Vec<u64>> = Map::new(key::OPEN);

/// One, if it is there.
pub fn load(storage: &dyn Storage, market: &str, order: u64) -> StdResult<Option<Mandate>> {
    MANDATES.may_load(storage, (market, order))
}

/// The sender's own.
pub fn own(
    storage: &dyn Storage,
    market: &str,
    order: u64,
    sender: &Addr,
) -> Result<Mandate, ContractError> {
    load(storage, market, order)?
        .filter(|m| m.account == *sender)
        .ok_or(ContractError::NoOrder { order })
}

/// Numbers of an account's waiting orders, oldest first.
pub fn open(storage: &dyn Storage, market: &str, account: &Addr) -> StdResult<Vec<u64>> {
    Ok(OPEN
        .may_load(storage, (market, account))?
        .unwrap_or_default())
}

/// Write a new one.
pub fn insert(
    storage: &mut dyn Storage,
    market: &str,
    mandate: &Mandate,
) -> Result<(), ContractError> {
    let mut open = open(storage, market, &mandate.account)?;
    if open.len() >= MAX_OPEN {
        return Err(ContractError::TooManyOrders { max: MAX_OPEN });
    }
    open.push(mandate.order);
    OPEN.save(storage, (market, &mandate.account), &open)?;
    if mandate.kind.reducing() {
        REDUCING.save(storage, (market, mandate.order), &Empty {})?;
    }
    Ok(MANDATES.save(storage, (market, mandate.order), mandate)?)
}

/// Change one that is there.
pub fn update(storage: &mut dyn Storage, market: &str, mandate: &Mandate) -> StdResult<()> {
    MANDATES.save(storage, (market, mandate.order), mandate)
}

/// It has ended.
pub fn remove(storage: &mut dyn Storage, market: &str, mandate: &Mandate) -> StdResult<()> {
    MANDATES.remove(storage, (market, mandate.order));
    if mandate.kind.reducing() {
        REDUCING.remove(storage, (market, mandate.order));
    }
    let mut open = open(storage, market, &mandate.account)?;
    open.retain(|n| *n != mandate.order);
    if open.is_empty() {
        OPEN.remove(storage, (market, &mandate.account));
        Ok(())
    } else {
        OPEN.save(storage, (market, &mandate.account), &open)
    }
}

/// The reduction that has waited longest.
pub fn oldest_reducing(storage: &dyn Storage, market: &str) -> StdResult<Option<Mandate>> {
    let first = REDUCING
        .prefix(market)
        .keys(storage, None, None, Order::Ascending)
        .next()
        .transpose()?;
    match first {
        Some(order) => load(storage, market, order),
        None => Ok(None),
    }
}

/// All of a market, for audits and pages.
pub fn all(storage: &dyn Storage, market: &str, limit: usize) -> StdResult<Vec<Mandate>> {
    MANDATES
        .prefix(market)
        .range(storage, None, None, Order::Ascending)
        .take(limit)
        .map(|row| row.map(|(_, m)| m))
        .collect()
}

/// The oldest waiting order that `newest` makes due, if any; while the order book is dead only reductions count.
pub fn first_due(
    storage: &dyn Storage,
    (market, dead): (&str, bool),
    account: &Addr,
    (newest, max_future): (Option<Round>, u64),
) -> StdResult<Option<u64>> {
    let Some(newest) = newest else {
        return Ok(None);
    };
    for order in open(storage, market, account)? {
        let due = load(storage, market, order)?
            .is_some_and(|m| (m.kind.reducing() || !dead) && m.placed.binds(newest.at, max_future));
        if due {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// Rounds later than this, in a later block, bind the mandate.
pub fn after(mandate: &Mandate, max_future: u64) -> Moment {
    Moment {
        time: mandate.placed.time.saturating_add(max_future),
        height: mandate.placed.height,
    }
}

/// What a mandate's own calling back and expiry say at a round: they bind only rounds later than
/// their own time plus `max_future`.
pub fn revoked(
    mandate: &Mandate,
    round: Moment,
    max_future: u64,
) -> Option<types::engine::Refusal> {
    use types::engine::Refusal;
    if mandate
        .cancelled
        .is_some_and(|c| c.binds(round, max_future))
    {
        return Some(Refusal::Cancelled);
    }
    let expired = mandate
        .expiry
        .is_some_and(|e| round.time > e.saturating_add(max_future));
    expired.then_some(Refusal::Expired)
}
