//! The crank of a compartment: orders first, then terms and liquidity requests, then the work at the newest rounds.
//! The caller chooses nothing but when and how many.

use cosmwasm_std::{Addr, DepsMut, Env, Response, SubMsg};
use math::margin::{initial, maintenance_target, variance, Recipe};
use types::{
    engine::{FaultSeen, FromItself},
    level::Level,
    market,
    pending::Pending,
    wire::Wire,
};

use crate::{
    funding, gas, lp, mandate, peers, position, reply::Awaiting, scene::Scene, venue, work,
    ContractError,
};

/// Liquidations and orders of one crank at most.
pub const MAX_LIMIT: u32 = 50;
/// Orders of a dead market that one crank takes over at most.
const TAKEN_OVER: usize = 10;

/// First the market executes what is due, contained; the rest happens when it has come back.
pub fn start(
    deps: DepsMut,
    (id, limit): (&str, u32),
    payee: &Addr,
) -> Result<Response, ContractError> {
    check_limit(limit)?;
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

/// At least one and at most so many.
pub const fn check_limit(limit: u32) -> Result<(), ContractError> {
    if limit == 0 || limit > MAX_LIMIT {
        return Err(ContractError::BadCount {
            what: "limit",
            given: limit,
            max: MAX_LIMIT,
        });
    }
    Ok(())
}

/// One crank, when the market has come back.
pub struct Turn<'a> {
    /// Which market.
    pub market: &'a str,
    /// Liquidations at most.
    pub limit: u32,
    /// Who cranks.
    pub payee: &'a Addr,
    /// Whether the market failed.
    pub failed: bool,
}

/// Then, whatever became of the market: requests and terms here; orders of a dead market, positions beside the
/// ladder and the work at the newest rounds in contained messages to ourselves.
pub fn finish(mut deps: DepsMut, env: &Env, turn: &Turn) -> Result<Response, ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, turn.market, None)?;
    if scene.stance.level == Level::Settlement {
        return Ok(Response::new().add_submessage(newest(env, turn)?));
    }
    let known = scene.newest().map(|r| r.at);
    let events = lp::price_due(&mut scene, &mut deps, known, turn.payee)?;
    if let Some(round) = scene.newest() {
        funding::accrue(&mut scene, &round)?;
    }
    if scene.newest().is_some() {
        refresh_terms(&mut scene)?;
    }
    scene.books.venue.note(turn.failed);
    scene.books.venue.dead = turn.failed || venue::is_silent(&scene, &deps)?;
    scene.save(deps.storage)?;
    let fault = turn.failed.then(|| {
        FaultSeen {
            market: turn.market.to_owned(),
            module: scene.market.venue.addr().clone(),
        }
        .write()
    });
    Ok(Response::new()
        .add_events(events)
        .add_events(fault)
        .add_submessages(orders(&deps, env, (&scene, turn))?)
        .add_submessages(beside(&deps, env, (&scene, turn))?)
        .add_submessage(newest(env, turn)?))
}

/// Orders of a dead market, oldest first.
fn orders(
    deps: &DepsMut,
    env: &Env,
    (scene, turn): (&Scene, &Turn),
) -> Result<Vec<SubMsg>, ContractError> {
    if !scene.books.venue.dead {
        return Ok(vec![]);
    }
    let awaiting = Awaiting::TakenOver {};
    mandate::all(deps.storage, turn.market, TAKEN_OVER)?
        .into_iter()
        .map(|m| {
            let msg = FromItself::TakeOver {
                market: turn.market.to_owned(),
                order: m.order,
                payee: turn.payee.to_string(),
            };
            Ok(awaiting.guarded(gas::to_self(env, &msg)?, gas::TAKE_OVER)?)
        })
        .collect()
}

/// One position beside the ladder is tried again.
fn beside(
    deps: &DepsMut,
    env: &Env,
    (scene, turn): (&Scene, &Turn),
) -> Result<Option<SubMsg>, ContractError> {
    if scene.books.watch.stuck == 0 {
        return Ok(None);
    }
    let first = position::stuck(deps.storage, turn.market, 1)?;
    first
        .first()
        .map(|account| work::alone(env, (turn.market, account), turn.payee))
        .transpose()
}

fn newest(env: &Env, turn: &Turn) -> Result<SubMsg, ContractError> {
    let msg = FromItself::Work {
        market: turn.market.to_owned(),
        limit: turn.limit,
        payee: turn.payee.to_string(),
    };
    let awaiting = Awaiting::Worked {
        market: turn.market.to_owned(),
        payee: turn.payee.clone(),
    };
    let gas = gas::WORK_BASE.saturating_add(gas::WORK_EACH.saturating_mul(u64::from(turn.limit)));
    Ok(awaiting.guarded(gas::to_self(env, &msg)?, gas)?)
}

/// Initial margin follows volatility at once; maintenance only aims anew, so nobody becomes liquidatable
/// by this.
pub fn refresh_terms(scene: &mut Scene) -> Result<(), ContractError> {
    let params = &scene.market.params;
    let closing_cost = params.closing_cost()?;
    let base = Recipe {
        variance: variance(
            params.variance.floor,
            scene.prices.variance.fast,
            scene.prices.variance.slow,
            params.variance.stress,
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
