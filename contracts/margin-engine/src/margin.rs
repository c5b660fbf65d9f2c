//! Moving margin between a wallet and a position.

use cosmwasm_std::{Addr, DepsMut, Env, Event, Response};
use math::margin::{asked, side_cap};
use types::{clock::Moment, oracle::Status, Amount, Ratio, Side};

use crate::{
    compartment, fill, flow, liquidate, lp, mandate, peers, position, scene::Scene, wallet, windup,
    ContractError,
};

/// Put money behind a position. Asks nobody: it works whatever else is broken.
pub fn add(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    (id, amount): (&str, Amount),
) -> Result<Response, ContractError> {
    let setup = peers::market(deps.storage, id)?;
    let held = position::load(deps.storage, id, account)?.ok_or(ContractError::NoPosition)?;
    wallet::debit(deps.storage, account, &setup.denom, amount)?;
    let mut books = compartment::load(deps.storage, id)?;
    position::remove(deps.storage, (id, &mut books), account, &held)?;
    let mut loose = books.book.take(&held.book)?;
    loose.margin = loose.margin.plus(amount)?;
    let mut stored = position::Position {
        book: books.book.put(loose)?,
        paid_in: held.paid_in.plus(amount)?,
        ..held
    };
    if mandate::open(deps.storage, id, account)?.is_empty() {
        stored.added.clear();
    } else {
        stored.remember(Moment::now(env), amount)?;
    }
    position::insert(deps.storage, (id, &mut books), account, &stored)?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new())
}

/// Take free margin back: what is left must cover the initial margin at the worse edge, and unrealised gain stays.
/// What was paid in leaves at once, realised gain through the border.
pub fn remove(
    mut deps: DepsMut,
    env: &Env,
    account: &Addr,
    (id, amount): (&str, Amount),
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let known = (scene.newest(), scene.prices.max_future);
    let dead = scene.books.venue.dead;
    if let Some(order) = mandate::first_due(deps.storage, (id, dead), account, known)? {
        return Err(ContractError::DueFirst { order });
    }
    if scene.prices.status > Status::Degraded {
        return Err(ContractError::Price {
            status: scene.prices.status,
        });
    }
    let events = settled(&mut scene, &mut deps, account)?;
    let held = position::load(deps.storage, id, account)?.ok_or(ContractError::NoPosition)?;
    let mut held = fill::take(&mut scene, deps.storage, account, held)?;
    held.loose.margin = held.loose.margin.minus(amount)?;
    free(&scene, &held)?;
    let own = amount.min(held.paid_in.max(Amount::ZERO));
    held.paid_in = held.paid_in.minus(own)?;
    fill::put(&mut scene, deps.storage, held)?;
    let queued = fill::leave(&mut scene, deps.storage, account, (amount, own))?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events).add_events(queued))
}

/// Collect what of the own queued profit is free now, to the wallet. Asks nobody.
pub fn claim(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    id: &str,
) -> Result<Response, ContractError> {
    let now = Moment::now(env).time;
    if let Some(since) = windup::since(deps.storage, id)? {
        return settled_claim(deps, env, (account, since.min(now)), id);
    }
    let denom = peers::market(deps.storage, id)?.denom;
    let mut books = compartment::load(deps.storage, id)?;
    flow::claim(deps.storage, &mut books, (id, &denom), (account, now))?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new())
}

/// The same of a market that is wound up: the own position, once positions are paid, and of the own queue what was free
/// when it began.
fn settled_claim(
    deps: DepsMut,
    env: &Env,
    (account, free_at): (&Addr, u64),
    id: &str,
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let paid = windup::claim(&mut scene, deps.storage, account)?;
    let denom = scene.market.denom.clone();
    let at = (account, free_at);
    match flow::claim(deps.storage, &mut scene.books, (id, &denom), at) {
        Err(ContractError::NothingToClaim) if paid.is_some() => {}
        other => other?,
    }
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(paid))
}

/// What comes before a change of sums: bankrupt heads and due batches.
fn settled(
    scene: &mut Scene,
    deps: &mut DepsMut,
    payee: &Addr,
) -> Result<Vec<Event>, ContractError> {
    let known = scene.newest().map(|r| r.at);
    let mut events = lp::price_due(scene, deps, known, payee)?;
    let pass = liquidate::bankrupt(scene, deps.storage, 3, payee)?;
    if pass.more {
        return Err(ContractError::Busy);
    }
    events.extend(pass.events);
    if let Some(round) = scene.newest() {
        crate::funding::accrue(scene, &round)?;
    }
    Ok(events)
}

fn free(scene: &Scene, held: &fill::Held) -> Result<(), ContractError> {
    let status = scene.prices.status;
    let band = scene.prices.band.ok_or(ContractError::Price { status })?;
    let params = &scene.market.params;
    let size = held.loose.size;
    let side = size.side().ok_or(ContractError::NoPosition)?;
    let worse = match side {
        Side::Long => band.low,
        Side::Short => band.high,
    };
    let caution = if status == Status::Degraded {
        scene.stance.caution.max(Ratio::percent(50))
    } else {
        scene.stance.caution
    };
    let nav = scene.nav_low(band.low, band.high)?;
    let cap = side_cap(nav, params.side_share, params.gap, scene.mm()?)?;
    // The position is out of the sums while it is judged.
    let interest = scene.books.book.side(side).size()?.plus(size)?;
    let interest = interest.notional_up(band.high)?;
    let share = if cap > interest {
        interest.over(cap, math::wide::Round::Up)?
    } else {
        Ratio::ONE
    };
    let add_on = params.oi_add_on.times(share, math::wide::Round::Up)?;
    let im = asked(scene.books.im, caution, add_on)?;
    let im = im.max(scene.mm()?.plus(params.buffer)?);
    let equity = held.loose.equity(worse)?;
    let needed = size.notional_up(band.high)?.share_up(im)?;
    if equity < needed || held.loose.margin.is_negative() {
        return Err(ContractError::Margin { equity, needed });
    }
    Ok(())
}
