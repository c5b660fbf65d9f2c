//! Mandates: what an account has signed. Nothing happens to an account without one.

use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage};
use math::units::OutOfRange;
use store::Map;
use types::{clock::Moment, engine::Mandate, oracle::Round, Amount};

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

/// What it holds of its owner's money.
pub fn reserve(mandate: &Mandate) -> Result<Amount, OutOfRange> {
    mandate.margin.plus(mandate.fee)?.plus(more(mandate))
}

/// What is reserved for other terms that are not in force.
pub fn more(mandate: &Mandate) -> Amount {
    mandate.amended.as_ref().map_or(Amount::ZERO, |to| to.more)
}

/// Whether other terms bind it at this round.
pub fn is_amended(mandate: &Mandate, round: Moment, max_future: u64) -> bool {
    mandate
        .amended
        .as_ref()
        .is_some_and(|to| to.at.binds(round, max_future))
}

/// When the last of its terms expires; none where one never does.
pub fn last_expiry(mandate: &Mandate) -> Option<u64> {
    let signed = mandate.expiry?;
    match &mandate.amended {
        Some(to) => Some(signed.max(to.expiry?)),
        None => Some(signed),
    }
}

/// Whether `before`, which the market has just tried, still stands in front of this one. One that has lined up anew
/// in the same lane does not.
pub fn precedes(before: &Mandate, mandate: &Mandate) -> bool {
    let place = |m: &Mandate| (m.placed.height, m.order);
    before.kind.reducing() != mandate.kind.reducing() || place(before) < place(mandate)
}

/// A close has filled: the increase linked to it may.
pub fn unlink(storage: &mut dyn Storage, market: &str, close: &Mandate) -> StdResult<()> {
    let Some(order) = close.linked else {
        return Ok(());
    };
    match load(storage, market, order)? {
        Some(next) => update(
            storage,
            market,
            &Mandate {
                linked: None,
                ..next
            },
        ),
        None => Ok(()),
    }
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
    let expiry = match &mandate.amended {
        Some(to) if to.at.binds(round, max_future) => to.expiry,
        Some(_) | None => mandate.expiry,
    };
    let expired = expiry.is_some_and(|e| round.time > e.saturating_add(max_future));
    expired.then_some(Refusal::Expired)
}
