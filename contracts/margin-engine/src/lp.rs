//! The vault's providers: requests in batches, priced once at the first round after, claimed lazily.
//! Two slots: `batch` waits for its round, `next` collects meanwhile, so nobody can postpone a batch by
//! joining it.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Order, Response, StdResult, Storage, Uint128};
use cw_storage_plus::Map;
use math::{units::OutOfRange, vault};
use types::{
    clock::Moment,
    engine::LpBatchPriced,
    oracle::{Round, RoundAfter},
    wire::Wire,
    Amount,
};

use crate::{
    compartment::{self, Batch, Compartment},
    key, peers,
    scene::{querier, Scene},
    wallet, ContractError,
};

/// One account's pending request.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Request {
    /// Its batch.
    pub batch: u64,
    /// Money in it.
    pub amount: Amount,
}

/// A priced batch.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Priced {
    /// Money that went in and is not claimed yet.
    pub amount: Amount,
    /// Shares for it. None at all when the vault was worth nothing: the money goes back.
    pub shares: Option<Uint128>,
}

const SHARES: Map<(&str, &Addr), Uint128> = Map::new(key::SHARES);
const REQUESTS: Map<(&str, &Addr), Request> = Map::new(key::REQUESTS);
const BATCHES: Map<(&str, u64), Priced> = Map::new(key::BATCHES);

/// Shares of an account.
pub fn shares(storage: &dyn Storage, market: &str, account: &Addr) -> StdResult<Uint128> {
    Ok(SHARES
        .may_load(storage, (market, account))?
        .unwrap_or_default())
}

/// Its pending request, and whether it has been priced.
pub fn request(
    storage: &dyn Storage,
    market: &str,
    account: &Addr,
) -> StdResult<Option<(Request, bool)>> {
    Ok(REQUESTS
        .may_load(storage, (market, account))?
        .map(|r| (r, BATCHES.has(storage, (market, r.batch)))))
}

/// Sign a deposit: money leaves the wallet and waits for its round. What is due already is priced first, so
/// joining postpones nobody.
pub fn deposit(
    mut deps: DepsMut,
    env: &Env,
    account: &Addr,
    (id, amount): (&str, Uint128),
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let least = scene.market.params.min_lp;
    if amount < least {
        return Err(ContractError::TooSmall {
            what: "deposit",
            given: amount,
            least,
        });
    }
    if REQUESTS.has(deps.storage, (id, account)) {
        return Err(ContractError::PendingRequest);
    }
    let known = scene.newest().map(|r| r.at);
    let events = price_due(&mut scene, &mut deps, known)?;
    let amount = Amount::of(amount)?;
    wallet::debit(deps.storage, account, &scene.market.denom, amount)?;
    let batch = join(&mut scene.books, Moment::placing(env), amount)?;
    scene.books.requests = scene.books.requests.plus(amount)?;
    REQUESTS.save(deps.storage, (id, account), &Request { batch, amount })?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Join the batch of this very block, or the one that collects.
fn join(books: &mut Compartment, placed: Moment, amount: Amount) -> Result<u64, OutOfRange> {
    let slot = match &mut books.batch {
        Some(batch) if batch.placed == placed => {
            batch.amount = batch.amount.plus(amount)?;
            return Ok(batch.number);
        }
        Some(_) => &mut books.next,
        None => &mut books.batch,
    };
    let (number, before) = match slot {
        Some(open) => (open.number, open.amount),
        None => {
            books.batches = books.batches.checked_add(1).ok_or(OutOfRange)?;
            (books.batches, Amount::ZERO)
        }
    };
    *slot = Some(Batch {
        number,
        placed,
        amount: before.plus(amount)?,
    });
    Ok(number)
}

/// Price the batches that the round at `until` binds, before any sum changes at a newer one. (An order that is
/// settled at an older round comes first, so what newcomers pay does not depend on when it is cranked.) Never
/// Busy: O(1) each, two at most.
pub fn price_due(
    scene: &mut Scene,
    deps: &mut DepsMut,
    until: Option<Moment>,
) -> Result<Vec<Event>, ContractError> {
    let mut events = Vec::new();
    for _ in 0..2 {
        let Some(batch) = scene.books.batch else {
            break;
        };
        if !until.is_some_and(|at| batch.placed.binds(at, scene.prices.max_future)) {
            break;
        }
        let Some(round) = round_of(scene, deps, &batch)? else {
            break;
        };
        events.push(price(scene, deps.storage, (&batch, &round))?);
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
    Ok(
        match oracle.round_after(&querier(deps), &scene.market.feed, after)? {
            RoundAfter::Round(round) => Some(round),
            RoundAfter::NotYet {} => None,
            RoundAfter::Evicted {} => scene.newest(),
        },
    )
}

/// Turn a batch into shares at the higher value of the round's edges, against who comes.
fn price(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (batch, round): (&Batch, &Round),
) -> Result<Event, ContractError> {
    let nav = scene.nav_high(round.low, round.high)?;
    let books = &mut scene.books;
    let shares = vault::shares_for(batch.amount, nav, books.shares)?;
    if !shares.is_zero() {
        books.shares = books.shares.checked_add(shares)?;
        books.requests = books.requests.minus(batch.amount)?;
        books.book.cash = books.book.cash.plus(batch.amount)?;
    }
    books.batch = books.next.take();
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

/// Turn the own priced request into shares: its part of the batch, rounded down. Where the vault sold none, the
/// money goes back to the wallet.
pub fn claim(deps: DepsMut, account: &Addr, id: &str) -> Result<Response, ContractError> {
    let storage = deps.storage;
    let request = REQUESTS
        .may_load(storage, (id, account))?
        .ok_or(ContractError::NothingToClaim)?;
    let mut priced = BATCHES
        .may_load(storage, (id, request.batch))?
        .ok_or(ContractError::NothingToClaim)?;
    match &mut priced.shares {
        Some(all) => {
            let part = vault::part(*all, request.amount, priced.amount)?;
            *all = all.checked_sub(part)?;
            let held = shares(storage, id, account)?.checked_add(part)?;
            SHARES.save(storage, (id, account), &held)?;
        }
        None => {
            let denom = peers::market(storage, id)?.denom;
            let mut books = compartment::load(storage, id)?;
            books.requests = books.requests.minus(request.amount)?;
            compartment::save(storage, id, &books)?;
            wallet::credit(storage, account, &denom, request.amount)?;
        }
    }
    priced.amount = priced.amount.minus(request.amount)?;
    if priced.amount.is_zero() {
        BATCHES.remove(storage, (id, request.batch));
    } else {
        BATCHES.save(storage, (id, request.batch), &priced)?;
    }
    REQUESTS.remove(storage, (id, account));
    Ok(Response::new())
}

/// Shares held and shares priced but not claimed, all together: for audits.
pub fn outstanding(storage: &dyn Storage, id: &str) -> StdResult<Uint128> {
    let held = SHARES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
        .map(|row| row.map(|(_, s)| s));
    let priced = BATCHES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
        .map(|row| row.map(|(_, p)| p.shares.unwrap_or_default()));
    held.chain(priced)
        .try_fold(Uint128::zero(), |sum, s| Ok(sum.checked_add(s?)?))
}

/// Money in requests that are not priced, or were sold no shares: for audits.
pub fn unpriced(storage: &dyn Storage, id: &str) -> Result<Amount, ContractError> {
    let mut sum = Amount::ZERO;
    for row in REQUESTS
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
    {
        let (_, request) = row?;
        let priced = BATCHES.may_load(storage, (id, request.batch))?;
        if priced.is_none_or(|p| p.shares.is_none()) {
            sum = sum.plus(request.amount)?;
        }
    }
    Ok(sum)
}
