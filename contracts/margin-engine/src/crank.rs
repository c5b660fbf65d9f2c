//! The crank of a compartment: orders first, then terms, liquidity requests and liquidations at the newest
//! rounds. The caller chooses nothing but when and how many.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage};
use math::margin::{initial, maintenance_target, variance, Recipe};
use types::{market, pending::Pending};

use crate::{
    funding, gas, heads, liquidate, lp, peers, reply::Awaiting, scene::Scene, ContractError,
};

/// Liquidations and orders of one crank at most.
pub const MAX_LIMIT: u32 = 50;

/// First the market executes what is due, contained; the rest happens when it has come back.
pub fn start(
    deps: DepsMut,
    (id, limit): (&str, u32),
    payee: &Addr,
) -> Result<Response, ContractError> {
    if limit == 0 || limit > MAX_LIMIT {
        return Err(ContractError::BadCount {
            what: "limit",
            given: limit,
            max: MAX_LIMIT,
        });
    }
    let setup = peers::market(deps.storage, id)?;
    let tell = setup.venue.tell(
        &market::ExecuteMsg::Crank {
            limit,
            payee: Some(payee.to_string()),
        },
        vec![],
    )?;
    let awaiting = Awaiting::MarketCranked {
        market: id.to_owned(),
        limit,
        payee: payee.clone(),
    };
    let gas = gas::CRANK_BASE.saturating_add(gas::CRANK_EACH.saturating_mul(u64::from(limit)));
    Ok(Response::new().add_submessage(awaiting.contained(tell, gas)?))
}

/// Then, whatever became of the market: terms, requests, liquidations.
pub fn finish(
    mut deps: DepsMut,
    env: &Env,
    (id, limit): (&str, u32),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, id, None)?;
    let known = scene.newest().map(|r| r.at);
    let mut events = lp::price_due(&mut scene, &mut deps, known, payee)?;
    if let Some(round) = scene.newest() {
        funding::accrue(&mut scene, &round)?;
    }
    refresh_terms(&mut scene)?;
    let pass = liquidate::worst_first(&mut scene, deps.storage, limit, payee)?;
    events.extend(pass.events);
    if let Some(round) = scene.newest() {
        events.extend(lp::serve(&mut scene, deps.storage, &round)?);
    }
    note_wait(&mut scene, deps.storage)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Initial margin follows volatility at once; maintenance only aims anew, so nobody becomes liquidatable
/// by this.
pub fn refresh_terms(scene: &mut Scene) -> Result<(), ContractError> {
    let params = &scene.market.params;
    let closing_cost = params.closing_cost()?;
    let base = Recipe {
        variance: variance(
            params.variance_floor,
            scene.prices.variance.fast,
            scene.prices.variance.slow,
            params.variance_stress,
        )?,
        multiple: params.sigma_multiple,
        horizon: params.horizon,
        closing_cost,
        im_min: params.im_min,
        im_max: params.im_max,
    }
    .base()?;
    let now = scene.now.time;
    let target = maintenance_target(base, params.mm_share, params.mm_floor()?)?;
    let books = &mut scene.books;
    let elapsed = now.saturating_sub(books.im_at);
    books.im = initial(base, books.im, elapsed)?;
    books.im_at = now;
    books.mm = books.mm.aimed(target, now)?;
    Ok(())
}

/// Remember since when a head has been waiting: its bounty rises.
fn note_wait(scene: &mut Scene, storage: &dyn Storage) -> Result<(), ContractError> {
    let waiting = heads::waiting(scene, storage)?;
    let now = scene.now.time;
    let since = &mut scene.books.head_since;
    *since = waiting.then(|| since.unwrap_or(now));
    Ok(())
}
