//! Requests that are priced together, at the first round after the last of them joined. Two slots: `batch` waits
//! for its round, `next` collects meanwhile, so nobody can postpone a batch by joining it.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Event, Order, StdResult, Storage, Uint128};
use math::{units::OutOfRange, vault};
use store::Map;
use types::{
    clock::Moment,
    engine::{LpBatchPriced, LpServed},
    oracle::{Round, RoundAfter},
    wire::Wire,
    Amount, Price,
};

use super::exits;
use crate::{
    compartment::{Batch, Compartment},
    heads, key, peers,
    scene::{querier, Scene},
    wallet, ContractError,
};

/// Priced deposits of a batch.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Priced {
    /// Money that went in and is not claimed yet.
    pub amount: Amount,
    /// Shares for it. None at all when the vault was worth nothing: the money goes back.
    pub shares: Option<Uint128>,
}

const BATCHES: Map<(&str, u64), Priced> = Map::new(key::BATCHES);

/// What joins.
#[derive(Clone, Copy)]
pub struct Joining {
    /// Money that comes.
    pub amount: Amount,
    /// Shares that leave.
    pub shares: Uint128,
    /// For whoever prices the batch.
    pub fee: Amount,
}

/// Join the batch of this very block, or the one that collects. Returns its number.
pub fn join(books: &mut Compartment, placed: Moment, joining: Joining) -> Result<u64, OutOfRange> {
    let slot = match &mut books.lp.batch {
        Some(batch) if batch.placed == placed => {
            batch.add(joining)?;
            return Ok(batch.number);
        }
        Some(_) => &mut books.lp.next,
        None => &mut books.lp.batch,
    };
    let mut open = match slot {
        Some(open) => *open,
        None => {
            books.lp.batches = books.lp.batches.checked_add(1).ok_or(OutOfRange)?;
            Batch {
                number: books.lp.batches,
                placed,
                amount: Amount::ZERO,
                shares: Uint128::zero(),
                fee: Amount::ZERO,
            }
        }
    };
    open.placed = placed;
    open.add(joining)?;
    *slot = Some(open);
    Ok(open.number)
}

impl Batch {
    fn add(&mut self, joining: Joining) -> Result<(), OutOfRange> {
        self.amount = self.amount.plus(joining.amount)?;
        self.fee = self.fee.plus(joining.fee)?;
        self.shares = self
            .shares
            .checked_add(joining.shares)
            .map_err(|_| OutOfRange)?;
        Ok(())
    }
}

/// Price the batches that the round at `until` binds, before any sum changes at a newer one. (An order that is
/// settled at an older round comes first, so what newcomers pay does not depend on when it is cranked.) Never
/// Busy: O(1) each, two at most.
pub fn price_due(
    scene: &mut Scene,
    deps: &mut DepsMut,
    until: Option<Moment>,
    payee: &Addr,
) -> Result<Vec<Event>, ContractError> {
    let mut events = Vec::new();
    for _ in 0..2 {
        let Some(batch) = scene.books.lp.batch else {
            break;
        };
        if !until.is_some_and(|at| batch.placed.binds(at, scene.prices.max_future)) {
            break;
        }
        let Some(round) = round_of(scene, deps, &batch)? else {
            break;
        };
        scene.books.lp.requests = scene.books.lp.requests.minus(batch.fee)?;
        wallet::credit(deps.storage, payee, &scene.market.denom, batch.fee)?;
        price(scene, deps.storage, (&batch, &round), &mut events)?;
    }
    Ok(events)
}

/// The first round that binds a batch; where it is no longer kept, the newest.
fn round_of(scene: &Scene, deps: &DepsMut, batch: &Batch) -> Result<Option<Round>, ContractError> {
    let after = Moment {
        time: batch.placed.time.saturating_add(scene.prices.max_future),
        height: batch.placed.height,
    };
    let oracle = peers::peers(deps.storage)?.oracle;
    let found = oracle.round_after(&querier(deps), &scene.market.feed, after);
    Ok(match found {
        Ok(RoundAfter::Round(round)) => Some(round),
        Ok(RoundAfter::Evicted {}) => scene.newest(),
        // What does not read binds nothing: the batch waits, and everything else goes on.
        Ok(RoundAfter::NotYet {}) | Err(_) => None,
    })
}

/// Who leaves is served first, at the lower value of the round's edges; then deposits become shares at the
/// higher: both against the actor.
fn price(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (batch, round): (&Batch, &Round),
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    if !batch.shares.is_zero() {
        let stretch = scene.books.lp.line.join(batch.shares)?;
        exits::open(storage, &scene.id, batch.number, stretch)?;
    }
    events.extend(serve(scene, storage, round)?);
    if !batch.amount.is_zero() {
        events.push(sell(scene, storage, (batch, round))?);
    }
    scene.books.lp.batch = scene.books.lp.next.take();
    Ok(())
}

/// Serve those who wait to leave, at a round; not while a head is bankrupt, whose loss the vault's value does not
/// know yet.
pub fn serve(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    round: &Round,
) -> Result<Option<Event>, ContractError> {
    if scene.books.lp.line.waiting().is_zero() || !heads::clear(scene, storage)? {
        return Ok(None);
    }
    let (shares, money) = exits::serve(scene, storage, edges(round)?)?;
    Ok((!shares.is_zero()).then(|| served(&scene.id, shares, money)))
}

/// The prices liquidity comes and goes at: the round's edges, moved apart by its surcharge. A stale median is no free
/// trade for whoever takes a part of the skew either.
fn edges(round: &Round) -> Result<(Price, Price), OutOfRange> {
    let low = round.low.minus_floored(round.surcharge);
    Ok((low, round.high.plus(round.surcharge)?))
}

/// The market is wound up: money that was to come goes back at claim, shares that were to leave join the line.
pub fn void(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    payee: &Addr,
) -> Result<(), ContractError> {
    let slots = [scene.books.lp.batch.take(), scene.books.lp.next.take()];
    for batch in slots.into_iter().flatten() {
        scene.books.lp.requests = scene.books.lp.requests.minus(batch.fee)?;
        wallet::credit(storage, payee, &scene.market.denom, batch.fee)?;
        if !batch.shares.is_zero() {
            let stretch = scene.books.lp.line.join(batch.shares)?;
            exits::open(storage, &scene.id, batch.number, stretch)?;
        }
        if !batch.amount.is_zero() {
            let returned = Priced {
                amount: batch.amount,
                shares: None,
            };
            BATCHES.save(storage, (&scene.id, batch.number), &returned)?;
        }
    }
    Ok(())
}

/// The market is wound up and everybody else is paid: the whole line is served from what is left.
pub fn serve_rest(
    scene: &mut Scene,
    storage: &mut dyn Storage,
) -> Result<Option<Event>, ContractError> {
    let (shares, money) = exits::serve_rest(scene, storage)?;
    Ok((!shares.is_zero()).then(|| served(&scene.id, shares, money)))
}

fn served(market: &str, shares: Uint128, amount: Amount) -> Event {
    LpServed {
        market: market.to_owned(),
        shares: shares.u128(),
        amount,
    }
    .write()
}

fn sell(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (batch, round): (&Batch, &Round),
) -> Result<Event, ContractError> {
    let (low, high) = edges(round)?;
    let nav = scene.nav_high(low, high)?;
    let books = &mut scene.books;
    let shares = vault::shares_for(batch.amount, nav, books.lp.shares)?;
    if !shares.is_zero() {
        books.lp.shares = books.lp.shares.checked_add(shares)?;
        books.lp.requests = books.lp.requests.minus(batch.amount)?;
        books.book.cash = books.book.cash.plus(batch.amount)?;
    }
    let priced = Priced {
        amount: batch.amount,
        shares: (!shares.is_zero()).then_some(shares),
    };
    BATCHES.save(storage, (&scene.id, batch.number), &priced)?;
    Ok(LpBatchPriced {
        market: scene.id.clone(),
        amount: batch.amount,
        shares: shares.u128(),
    }
    .write())
}

/// Priced deposits of a batch, if it has been priced.
pub fn priced(storage: &dyn Storage, id: &str, number: u64) -> StdResult<Option<Priced>> {
    BATCHES.may_load(storage, (id, number))
}

/// One owner has claimed; the last one closes it.
pub fn claimed(
    storage: &mut dyn Storage,
    (id, number): (&str, u64),
    left: &Priced,
) -> StdResult<()> {
    if left.amount.is_zero() {
        BATCHES.remove(storage, (id, number));
        Ok(())
    } else {
        BATCHES.save(storage, (id, number), left)
    }
}

/// Shares priced and not claimed, all together: for audits.
pub fn unclaimed(storage: &dyn Storage, id: &str) -> StdResult<Uint128> {
    BATCHES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
        .try_fold(Uint128::zero(), |sum, row| {
            Ok(sum.checked_add(row?.1.shares.unwrap_or_default())?)
        })
}
