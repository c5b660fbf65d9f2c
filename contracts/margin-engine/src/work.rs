//! What a crank does at the newest rounds, in a message of its own to ourselves: whatever fails in here leaves the
//! crank standing.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, SubMsg};
use types::{breaker, pending::Pending};

use crate::{
    deleverage::{self, Done},
    gas, heads, liquidate, lp, pace, peers, position,
    reply::Awaiting,
    scene::Scene,
    stuck, vitals, ContractError,
};

/// The breaker is told what the books read at most this often, seconds.
const TELL: u64 = 30;

/// Liquidate worst first, deleverage, serve who leaves the vault; then tell the breaker.
pub fn run(
    deps: DepsMut,
    env: &Env,
    (id, limit): (&str, u32),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let pass = liquidate::worst_first(&mut scene, deps.storage, limit, payee)?;
    let mut events = pass.events;
    pace::note(&mut scene, deps.storage, (pass.held, pass.more))?;
    if let Done::Scaled(event) = deleverage::apply(&mut scene, deps.storage)? {
        events.push(event);
    }
    if let Some(round) = scene.newest() {
        events.extend(lp::serve(&mut scene, deps.storage, &round)?);
    }
    note_wait(&mut scene, deps.storage)?;
    let told = tell(&mut scene, deps.storage)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events).add_submessages(told))
}

/// Remember since when a head has been waiting: its bounty rises.
fn note_wait(scene: &mut Scene, storage: &dyn Storage) -> Result<(), ContractError> {
    let waiting = heads::waiting(scene, storage)?;
    let now = scene.now.time;
    let since = &mut scene.books.watch.head_since;
    *since = waiting.then(|| since.unwrap_or(now));
    Ok(())
}

fn tell(scene: &mut Scene, storage: &dyn Storage) -> Result<Option<SubMsg>, ContractError> {
    let now = scene.now.time;
    if now < scene.books.watch.told_at.saturating_add(TELL) {
        return Ok(None);
    }
    scene.books.watch.told_at = now;
    let msg = breaker::ExecuteMsg::Vitals {
        market: scene.id.clone(),
        vitals: vitals::of(scene)?,
    };
    let breaker = peers::peers(storage)?.breaker;
    let tell = breaker.tell(&msg, vec![])?;
    let awaiting = Awaiting::Told {
        market: scene.id.clone(),
    };
    Ok(Some(awaiting.guarded(tell, gas::VITALS)?))
}

/// Liquidate one position, if it may be.
pub fn one(
    deps: DepsMut,
    env: &Env,
    (id, account): (&str, &Addr),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let held = position::load(deps.storage, id, account)?.ok_or(ContractError::NoPosition)?;
    let side = held.book.side()?;
    let book = &scene.books.book;
    let (now, _) = held.book.synced(book.side(side), book.funding)?;
    if !scene
        .verdict(side)
        .condemns(now.bankruptcy()?, scene.mm()?)?
    {
        return Err(ContractError::Healthy);
    }
    let round = scene.newest().ok_or(ContractError::Healthy)?;
    let events = liquidate::one(&mut scene, deps.storage, (account, &round), payee)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// The work of a crank has failed: its worst head is tried alone.
pub fn failed(deps: DepsMut, env: &Env, id: &str, payee: &Addr) -> Result<Response, ContractError> {
    let scene = Scene::load(deps.as_ref(), env, id, None)?;
    let Some(head) = heads::worst(&scene, deps.storage)? else {
        return Ok(Response::new());
    };
    let alone = alone(env, (id, &head.account), payee)?;
    Ok(Response::new().add_submessage(alone))
}

/// A message to ourselves about one position.
pub fn alone(
    env: &Env,
    (id, account): (&str, &Addr),
    payee: &Addr,
) -> Result<SubMsg, ContractError> {
    let msg = types::engine::ExecuteMsg::Liquidate {
        market: id.to_owned(),
        account: account.to_string(),
        payee: payee.to_string(),
    };
    let awaiting = Awaiting::Alone {
        market: id.to_owned(),
        account: account.clone(),
    };
    Ok(awaiting.guarded(gas::to_self(env, &msg)?, gas::LIQUIDATE)?)
}

/// Even alone it failed.
pub fn strike(
    deps: DepsMut,
    env: &Env,
    (id, account): (&str, &Addr),
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let borne = stuck::strike(&mut scene, deps.storage, account)?;
    scene.save(deps.storage)?;
    let event = borne.and_then(|b| liquidate::bad_debt(id, b));
    Ok(Response::new().add_events(event))
}
