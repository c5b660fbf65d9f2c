//! The vault's providers: requests in batches, priced once at the first round after, claimed lazily.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, StdResult, Storage, Uint128};
use math::vault;
use store::Map;
use types::{
    clock::Moment,
    engine::{Leaving, LpState},
    Amount,
};

pub use batch::{price_due, serve, serve_rest, void};
pub use exits::Line;
pub use sums::{outstanding, uncollected, unpriced};

use crate::{
    compartment::{self, Compartment},
    flow::{self, Exit},
    key, outflow, peers,
    scene::Scene,
    stance, wallet, windup, ContractError,
};
use batch::Joining;

mod batch;
mod exits;
mod sums;

/// Shares of one account.
#[cw_serde]
#[derive(Copy, Eq, Default)]
struct Holding {
    shares: Uint128,
    /// When the newest of them were claimed, seconds.
    since: u64,
}

/// One account's pending deposit.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Request {
    /// Its batch.
    pub batch: u64,
    /// Money in it.
    pub amount: Amount,
}

/// One account's pending withdrawal.
#[cw_serde]
#[derive(Copy, Eq)]
struct Leave {
    batch: u64,
    shares: Uint128,
    /// Money claimed of it.
    taken: Amount,
}

const SHARES: Map<(&str, &Addr), Holding> = Map::new(key::SHARES);
const REQUESTS: Map<(&str, &Addr), Request> = Map::new(key::REQUESTS);
const LEAVES: Map<(&str, &Addr), Leave> = Map::new(key::LEAVES);

fn holding(storage: &dyn Storage, market: &str, account: &Addr) -> StdResult<Holding> {
    Ok(SHARES
        .may_load(storage, (market, account))?
        .unwrap_or_default())
}

/// LP holdings and pending requests of an account.
pub fn state(
    storage: &dyn Storage,
    market: &str,
    account: &Addr,
) -> Result<LpState, ContractError> {
    let held = holding(storage, market, account)?;
    let request = REQUESTS.may_load(storage, (market, account))?;
    let priced = match request {
        Some(r) => batch::priced(storage, market, r.batch)?.is_some(),
        None => false,
    };
    let setup = peers::market(storage, market)?;
    Ok(LpState {
        shares: held.shares,
        pending: request.map(|r| r.amount),
        claimable: priced,
        leaving: leaving(storage, market, account)?,
        free_at: held.since.saturating_add(setup.params.exits.cooldown),
    })
}

fn leaving(
    storage: &dyn Storage,
    market: &str,
    account: &Addr,
) -> Result<Option<Leaving>, ContractError> {
    let Some(leave) = LEAVES.may_load(storage, (market, account))? else {
        return Ok(None);
    };
    let books = compartment::load(storage, market)?;
    let (earned, done) = earned(storage, market, (&books, &leave))?;
    Ok(Some(Leaving {
        shares: leave.shares,
        claimable: earned.minus(leave.taken)?,
        done,
    }))
}

/// What a withdrawal has been priced at so far, rounded down, and whether that is all.
fn earned(
    storage: &dyn Storage,
    market: &str,
    (books, leave): (&Compartment, &Leave),
) -> Result<(Amount, bool), ContractError> {
    let Some(stretch) = exits::stretch(storage, market, leave.batch)? else {
        return Ok((leave.taken, false));
    };
    let whole = exits::earned(storage, market, &books.lp.line, stretch)?;
    let own = vault::share(whole, leave.shares, stretch.shares)?;
    Ok((own, exits::is_done(&books.lp.line, stretch)))
}

/// What both requests begin with: what is due already is priced first, so joining postpones nobody. Where nobody waits,
/// no price is read.
fn requested(
    deps: &mut DepsMut,
    env: &Env,
    account: &Addr,
    id: &str,
) -> Result<(Scene, Vec<Event>), ContractError> {
    let mut scene = Scene::unpriced(deps.as_ref(), env, id)?;
    if scene.books.lp.batch.is_none() {
        return Ok((scene, Vec::new()));
    }
    scene.ask(deps.as_ref(), None)?;
    let known = scene.newest().map(|r| r.at);
    let events = price_due(&mut scene, deps, known, account)?;
    Ok((scene, events))
}

fn at_least(what: &'static str, given: Uint128, least: Uint128) -> Result<(), ContractError> {
    if given < least {
        return Err(ContractError::TooSmall { what, given, least });
    }
    Ok(())
}

/// Sign a deposit: money leaves the wallet and waits for its round.
pub fn deposit(
    mut deps: DepsMut,
    env: &Env,
    account: &Addr,
    (id, amount): (&str, Uint128),
) -> Result<Response, ContractError> {
    at_least(
        "deposit",
        amount,
        peers::market(deps.storage, id)?.params.sums.min_lp,
    )?;
    if REQUESTS.has(deps.storage, (id, account)) {
        return Err(ContractError::PendingRequest);
    }
    let (mut scene, events) = requested(&mut deps, env, account, id)?;
    let amount = Amount::of(amount)?;
    let fee = Amount::of(scene.market.params.sums.base_fee)?;
    wallet::debit(deps.storage, account, &scene.market.denom, amount)?;
    wallet::debit(deps.storage, account, &scene.market.denom, fee)?;
    let whole = amount.plus(fee)?;
    let joining = Joining {
        amount,
        shares: Uint128::zero(),
        fee,
    };
    let batch = batch::join(&mut scene.books, Moment::placing(env), joining)?;
    scene.books.lp.requests = scene.books.lp.requests.plus(whole)?;
    REQUESTS.save(deps.storage, (id, account), &Request { batch, amount })?;
    let brought = (amount.negated()?, scene.now.time);
    outflow::note(deps.storage, &mut scene.books, (id, account), brought)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Sign a withdrawal: shares leave the holding and wait for their round.
pub fn withdraw(
    mut deps: DepsMut,
    env: &Env,
    account: &Addr,
    (id, shares): (&str, Uint128),
) -> Result<Response, ContractError> {
    if shares.is_zero() {
        return Err(ContractError::Zero { what: "shares" });
    }
    let mut held = holding(deps.storage, id, account)?;
    if shares > held.shares {
        return Err(ContractError::TooFewShares {
            held: held.shares,
            given: shares,
        });
    }
    if LEAVES.has(deps.storage, (id, account)) {
        return Err(ContractError::PendingRequest);
    }
    let (mut scene, events) = requested(&mut deps, env, account, id)?;
    let until = held
        .since
        .saturating_add(scene.market.params.exits.cooldown);
    if scene.now.time < until {
        return Err(ContractError::Cooling { until });
    }
    // All of a small holding may leave.
    if shares < held.shares {
        scene.ask(deps.as_ref(), None)?;
        at_least("shares", shares, least(&scene)?)?;
    }
    held.shares = held.shares.checked_sub(shares)?;
    keep(deps.storage, (id, account), &held)?;
    // An empty wallet closes no exit: as much of the fee as is there.
    let fee = Amount::of(scene.market.params.sums.base_fee)?;
    let fee = fee.min(wallet::free(deps.storage, account, &scene.market.denom)?);
    wallet::debit(deps.storage, account, &scene.market.denom, fee)?;
    scene.books.lp.requests = scene.books.lp.requests.plus(fee)?;
    let joining = Joining {
        amount: Amount::ZERO,
        shares,
        fee,
    };
    let leave = Leave {
        batch: batch::join(&mut scene.books, Moment::placing(env), joining)?,
        shares,
        taken: Amount::ZERO,
    };
    LEAVES.save(deps.storage, (id, account), &leave)?;
    // Its part of the vault as that is usually worth: nobody knows the price yet.
    let (usual, supply) = (scene.books.flow.usual(), scene.books.lp.shares);
    let asked = (vault::worth(shares, usual, supply)?, scene.now.time);
    outflow::note(deps.storage, &mut scene.books, (id, account), asked)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Shares that the least request would buy at the newest round; one where there is none.
fn least(scene: &Scene) -> Result<Uint128, ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(Uint128::one());
    };
    let nav = scene.nav_high(round.low, round.high)?;
    let least = Amount::of(scene.market.params.sums.min_lp)?;
    Ok(vault::shares_for(least, nav, scene.books.lp.shares)?)
}

fn keep(storage: &mut dyn Storage, at: (&str, &Addr), held: &Holding) -> Result<(), ContractError> {
    if held.shares.is_zero() {
        SHARES.remove(storage, at);
        return Ok(());
    }
    Ok(SHARES.save(storage, at, held)?)
}

/// Turn the own priced deposit into shares, and collect what the own withdrawal has been priced at.
pub fn claim(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    id: &str,
) -> Result<Response, ContractError> {
    let storage = deps.storage;
    let now = Moment::now(env).time;
    let bought = bought(storage, (id, account), now)?;
    let left = left(storage, (id, account), now)?;
    let rest = windup::is_done(storage, id)? && rest(storage, (id, account))?;
    match left {
        Some(events) => Ok(Response::new().add_events(events)),
        None if bought || rest => Ok(Response::new()),
        None => Err(ContractError::NothingToClaim),
    }
}

/// The own part of a priced batch, rounded down. Where the vault sold none, the money goes back to the wallet.
fn bought(
    storage: &mut dyn Storage,
    (id, account): (&str, &Addr),
    now: u64,
) -> Result<bool, ContractError> {
    let Some(request) = REQUESTS.may_load(storage, (id, account))? else {
        return Ok(false);
    };
    let Some(mut priced) = batch::priced(storage, id, request.batch)? else {
        return Ok(false);
    };
    match &mut priced.shares {
        Some(all) => {
            let part = vault::part(*all, request.amount, priced.amount)?;
            *all = all.checked_sub(part)?;
            let held = Holding {
                shares: holding(storage, id, account)?.shares.checked_add(part)?,
                since: now,
            };
            SHARES.save(storage, (id, account), &held)?;
        }
        None => {
            let denom = peers::market(storage, id)?.denom;
            let mut books = compartment::load(storage, id)?;
            books.lp.requests = books.lp.requests.minus(request.amount)?;
            outflow::note(storage, &mut books, (id, account), (request.amount, now))?;
            compartment::save(storage, id, &books)?;
            wallet::credit(storage, account, &denom, request.amount)?;
        }
    }
    priced.amount = priced.amount.minus(request.amount)?;
    batch::claimed(storage, (id, request.batch), &priced)?;
    REQUESTS.remove(storage, (id, account));
    Ok(true)
}

/// What the own withdrawal has been priced at and not paid yet.
fn left(
    storage: &mut dyn Storage,
    (id, account): (&str, &Addr),
    now: u64,
) -> Result<Option<Vec<Event>>, ContractError> {
    let Some(mut leave) = LEAVES.may_load(storage, (id, account))? else {
        return Ok(None);
    };
    let mut books = compartment::load(storage, id)?;
    let (earned, done) = earned(storage, id, (&books, &leave))?;
    let due = earned.minus(leave.taken)?;
    if due.is_zero() && !done {
        return Ok(None);
    }
    books.lp.leaving = books.lp.leaving.minus(due)?;
    let setup = peers::market(storage, id)?;
    let exit = Exit {
        market: id,
        denom: &setup.denom,
        account,
        params: &setup.params,
        level: stance::now(storage, id, now)?.level,
        now,
    };
    let queued = flow::out(storage, &mut books, &exit, due)?;
    if done {
        LEAVES.remove(storage, (id, account));
        exits::finished(storage, (id, leave.batch), leave.shares)?;
    } else {
        leave.taken = earned;
        LEAVES.save(storage, (id, account), &leave)?;
    }
    compartment::save(storage, id, &books)?;
    Ok(Some(queued.into_iter().collect()))
}

/// The market is wound up and everybody else is paid: the own shares are worth their part of what is left.
fn rest(storage: &mut dyn Storage, (id, account): (&str, &Addr)) -> Result<bool, ContractError> {
    let held = holding(storage, id, account)?;
    if held.shares.is_zero() {
        return Ok(false);
    }
    let mut books = compartment::load(storage, id)?;
    let money = vault::worth(held.shares, books.book.cash, books.lp.shares)?;
    books.book.cash = books.book.cash.minus(money)?;
    books.lp.shares = books.lp.shares.checked_sub(held.shares)?;
    compartment::save(storage, id, &books)?;
    SHARES.remove(storage, (id, account));
    let denom = peers::market(storage, id)?.denom;
    wallet::credit(storage, account, &denom, money)?;
    Ok(true)
}
