//! Answers. A market nobody knows is `None`, not an error.

use cosmwasm_std::{Addr, Deps, Env, Storage};
use math::ledger::Book;
use types::{
    engine::{Config, LpState, Mandate, MarketState, PositionState, Terms, Vitals},
    page,
    params::MarketParams,
    Amount, Price, Side,
};

use crate::{
    cells, lp, mandate, peers,
    position::{self, Position},
    scene::Scene,
    upgrade, vitals, ContractError,
};

/// Who is who.
pub fn config(storage: &dyn Storage) -> Result<Config, ContractError> {
    let fixed = peers::config(storage)?;
    Ok(Config {
        treasury: fixed.treasury,
        instantiator: fixed.instantiator,
        peers: peers::bound(storage)?,
        dao: upgrade::dao(storage)?,
        markets: peers::markets(storage)?
            .into_iter()
            .map(|(id, _)| id)
            .collect(),
    })
}

/// A market's settings in force.
pub fn settings(storage: &dyn Storage, id: &str) -> Result<Option<MarketParams>, ContractError> {
    match peers::market(storage, id) {
        Ok(market) => Ok(Some(market.params)),
        Err(ContractError::NoMarket { .. }) => Ok(None),
        Err(e) => Err(e),
    }
}

fn scene(deps: Deps, env: &Env, id: &str) -> Result<Option<Scene>, ContractError> {
    match Scene::load(deps, env, id, None) {
        Ok(scene) => Ok(Some(scene)),
        Err(ContractError::NoMarket { .. } | ContractError::NotBound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// A market's books.
pub fn market(deps: Deps, env: &Env, id: &str) -> Result<Option<MarketState>, ContractError> {
    let Some(scene) = scene(deps, env, id)? else {
        return Ok(None);
    };
    let books = &scene.books;
    let nav = scene
        .newest()
        .map(|r| books.book.nav(scene.curve, r.price))
        .transpose()?;
    Ok(Some(MarketState {
        market: id.to_owned(),
        stance: scene.stance,
        terms: Terms {
            im: books.im,
            mm: scene.mm()?,
            mm_target: books.mm.target,
        },
        long: books.book.long.size()?,
        short: books.book.short.size()?,
        positions: books.book.long.count.saturating_add(books.book.short.count),
        cash: books.book.settled_cash()?,
        nav,
        insurance: books.insurance,
        fees: books.fees,
        queued: books.flow.queued,
        backlog: books.pace.queue,
        paced_since: books.pace.since,
        dead: books.venue.dead,
        stuck: books.watch.stuck,
        bad_debt: books.bad_debt,
        shares: books.lp.shares,
        funding_index: books.book.funding,
        funding_rate: books.rate,
    }))
}

/// What its books read now.
pub fn vitals(deps: Deps, env: &Env, id: &str) -> Result<Option<Vitals>, ContractError> {
    let Some(mut scene) = scene(deps, env, id)? else {
        return Ok(None);
    };
    if let Ok(stress) = cells::measure(&scene, deps.storage) {
        scene.books.watch.stress = stress;
    }
    Ok(Some(vitals::of(&scene, deps.storage)?))
}

fn state(
    book: &Book,
    index: Option<Price>,
    account: Addr,
    held: &Position,
) -> Result<PositionState, ContractError> {
    let (now, _) = held
        .book
        .synced(book.side(held.book.side()?), book.funding)?;
    Ok(PositionState {
        account,
        size: now.size,
        margin: now.margin,
        cost: now.cost,
        paid_in: held.paid_in,
        bankruptcy: now.bankruptcy()?,
        equity: index.map(|p| now.equity(p)).transpose()?,
    })
}

/// Positions beside the ladder.
pub fn stuck(
    deps: Deps,
    env: &Env,
    (id, limit): (&str, Option<u32>),
) -> Result<Vec<PositionState>, ContractError> {
    let Some(scene) = scene(deps, env, id)? else {
        return Ok(vec![]);
    };
    let index = scene.newest().map(|r| r.price);
    let mut found = Vec::new();
    for account in position::stuck(deps.storage, id, page::size(limit))? {
        if let Some(held) = position::load(deps.storage, id, &account)? {
            found.push(state(&scene.books.book, index, account, &held)?);
        }
    }
    Ok(found)
}

/// A position, synced.
pub fn position(
    deps: Deps,
    env: &Env,
    (id, account): (&str, Addr),
) -> Result<Option<PositionState>, ContractError> {
    let Some(scene) = scene(deps, env, id)? else {
        return Ok(None);
    };
    let index = scene.newest().map(|r| r.price);
    position::load(deps.storage, id, &account)?
        .map(|held| state(&scene.books.book, index, account, &held))
        .transpose()
}

/// A page of positions.
pub fn positions(
    deps: Deps,
    env: &Env,
    (id, start_after, limit): (&str, Option<Addr>, Option<u32>),
) -> Result<Vec<PositionState>, ContractError> {
    let Some(scene) = scene(deps, env, id)? else {
        return Ok(vec![]);
    };
    let index = scene.newest().map(|r| r.price);
    position::page(deps.storage, id, start_after.as_ref(), page::size(limit))?
        .into_iter()
        .map(|(account, held)| state(&scene.books.book, index, account, &held))
        .collect()
}

/// The head of a side's ladder.
pub fn ladder(
    deps: Deps,
    env: &Env,
    (id, side, limit): (&str, Side, Option<u32>),
) -> Result<Vec<PositionState>, ContractError> {
    let Some(scene) = scene(deps, env, id)? else {
        return Ok(vec![]);
    };
    let index = scene.newest().map(|r| r.price);
    let mut rows = Vec::new();
    for (account, _) in position::ladder(deps.storage, id, side, page::size(limit))? {
        if let Some(held) = position::load(deps.storage, id, &account)? {
            rows.push(state(&scene.books.book, index, account, &held)?);
        }
    }
    Ok(rows)
}

/// What an account has signed and is waiting for.
pub fn mandates(
    storage: &dyn Storage,
    id: &str,
    account: &Addr,
) -> Result<Vec<Mandate>, ContractError> {
    let mut found = Vec::new();
    for order in mandate::open(storage, id, account)? {
        found.extend(mandate::load(storage, id, order)?);
    }
    Ok(found)
}

/// LP holdings.
pub fn lp(storage: &dyn Storage, id: &str, account: &Addr) -> Result<LpState, ContractError> {
    lp::state(storage, id, account)
}

/// Free money.
pub fn wallet(storage: &dyn Storage, account: &Addr, denom: &str) -> Result<Amount, ContractError> {
    Ok(crate::wallet::free(storage, account, denom)?)
}
