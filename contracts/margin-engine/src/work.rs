//! What a crank does at the newest rounds, in a message of its own to ourselves: whatever fails in here leaves the
//! crank standing.

use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, SubMsg};
use types::{breaker, level::Level, oracle::Status, pending::Pending};

use crate::{
    cells,
    deleverage::{self, Done},
    gas, heads, liquidate, lp, pace, peers, position, reconcile,
    reply::Awaiting,
    scene::{querier, Scene},
    stuck, vitals, windup, ContractError,
};

/// The breaker is told what the books read at most this often, seconds.
const TELL: u64 = 30;

/// Liquidate worst first, deleverage, serve who leaves the vault; then tell the breaker.
pub fn run(
    mut deps: DepsMut,
    env: &Env,
    (id, limit): (&str, u32),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let events = if scene.stance.level == Level::Settlement {
        windup::crank(&mut scene, &mut deps, limit, payee)?
    } else {
        open(&mut scene, &mut deps, limit, payee)?
    };
    let at = (scene.stance.level, limit);
    let found = reconcile::crank((id, &mut scene.books), deps.storage, at, scene.now.time)?;
    let told = tell(&mut scene, deps.storage)?;
    scene.save(deps.storage)?;
    Ok(Response::new()
        .add_events(events)
        .add_events(found)
        .add_submessages(told))
}

/// The work on a market that is open.
fn open(
    scene: &mut Scene,
    deps: &mut DepsMut,
    limit: u32,
    payee: &Addr,
) -> Result<Vec<Event>, ContractError> {
    let pass = liquidate::worst_first(scene, deps.storage, limit, payee)?;
    let mut events = pass.events;
    pace::note(scene, deps.storage, (pass.held, pass.more))?;
    let mut settle = windup::note(scene, &querier(deps), deps.storage)?.cause();
    match deleverage::apply(scene, deps.storage)? {
        Done::Nothing => {}
        Done::Scaled(event) | Done::Shored(event) => events.push(event),
        Done::Settle(cause) => settle = settle.or(Some(cause)),
    }
    if let Some(cause) = settle {
        events.extend(windup::begin(scene, deps, (cause, payee))?);
        return Ok(events);
    }
    // At a price of now: who stays does not pay for one that has passed.
    let fresh = scene.prices.status <= Status::Uncertain;
    if let Some(round) = scene.newest().filter(|_| fresh) {
        events.extend(lp::serve(scene, deps.storage, &round)?);
    }
    note_wait(scene, deps.storage)?;
    cells::refile(scene, deps.storage)?;
    Ok(events)
}

/// Remember since when a head has been waiting: its bounty rises.
fn note_wait(scene: &mut Scene, storage: &dyn Storage) -> Result<(), ContractError> {
    let waiting = heads::waiting(scene, storage)?;
    let now = scene.now.time;
    let since = &mut scene.books.watch.head_since;
    *since = waiting.then(|| since.unwrap_or(now));
    Ok(())
}

fn tell(scene: &mut Scene, storage: &mut dyn Storage) -> Result<Option<SubMsg>, ContractError> {
    let now = scene.now.time;
    if now < scene.books.watch.told_at.saturating_add(TELL) {
        return Ok(None);
    }
    scene.books.watch.told_at = now;
    windup::remember(scene, storage)?;
    // A reading that cannot be taken keeps its last value: it must not undo the work.
    if let Ok(stress) = cells::measure(scene, storage) {
        scene.books.watch.stress = stress;
    }
    let msg = breaker::FromEngine::Vitals {
        market: scene.id.clone(),
        vitals: vitals::of(scene, storage)?,
    };
    let breaker = peers::peers(storage)?.breaker;
    let tell = breaker.tell_part(&msg)?;
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
    let msg = types::engine::FromItself::Liquidate {
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
