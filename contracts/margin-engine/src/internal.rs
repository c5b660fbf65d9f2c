//! What only a neighbour may say. Every function says whose word it takes; a market speaks only about itself.

use cosmwasm_std::{Addr, Binary, DepsMut, Env, Response};
use types::{
    breaker::Breaker,
    engine::{FundingTerms, MarketSetup, Peers},
    handle::Handle,
    oracle::Oracle,
    params::{MarketParams, Shift},
    scope::Stance,
};

use crate::{ending, funding, peers, settle, stance, tuning, upgrade, venue, work, ContractError};

/// The instantiator names the neighbours, once.
pub fn bind(
    deps: DepsMut,
    sender: &Addr,
    (breaker, oracle, dao): (Handle<Breaker, String>, Handle<Oracle, String>, String),
    markets: Vec<MarketSetup>,
) -> Result<Response, ContractError> {
    if *sender != peers::config(deps.storage)?.instantiator {
        let role = "instantiator";
        return Err(ContractError::Unauthorized { role });
    }
    let bound = Peers {
        breaker: breaker.check(deps.api)?,
        oracle: oracle.check(deps.api)?,
    };
    let dao = deps.api.addr_validate(&dao)?;
    peers::bind(deps.storage, deps.api, &bound, markets)?;
    upgrade::set_dao(deps.storage, &dao)?;
    Ok(Response::new())
}

/// The breaker has one more market cleared.
pub fn add_market(
    deps: DepsMut,
    sender: &Addr,
    setup: MarketSetup,
) -> Result<Response, ContractError> {
    of_breaker(&deps, sender)?;
    peers::add(deps.storage, deps.api, setup)?;
    Ok(Response::new())
}

/// The breaker has a market's settings changed.
pub fn set_params(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (market, params, (how, announced)): (&str, MarketParams, (Shift, u64)),
) -> Result<Response, ContractError> {
    of_breaker(&deps, sender)?;
    tuning::set(deps, env, market, (params, how, announced))
}

/// The breaker says who governs now.
pub fn set_dao(deps: DepsMut, sender: &Addr, dao: &str) -> Result<Response, ContractError> {
    of_breaker(&deps, sender)?;
    let dao = deps.api.addr_validate(dao)?;
    upgrade::set_dao(deps.storage, &dao)?;
    Ok(Response::new())
}

/// The breaker has its own code replaced.
pub fn migrate_breaker(
    deps: DepsMut,
    sender: &Addr,
    (code, msg): (u64, Binary),
) -> Result<Response, ContractError> {
    of_breaker(&deps, sender)?;
    upgrade::migrate(deps, code, msg)
}

/// What only the breaker says.
fn of_breaker(deps: &DepsMut, sender: &Addr) -> Result<(), ContractError> {
    if sender != peers::peers(deps.storage)?.breaker.addr() {
        return Err(ContractError::Unauthorized { role: "breaker" });
    }
    Ok(())
}

/// What only the engine tells itself.
fn itself(env: &Env, sender: &Addr) -> Result<(), ContractError> {
    if *sender != env.contract.address {
        return Err(ContractError::Unauthorized { role: "engine" });
    }
    Ok(())
}

/// The work of a crank at the newest rounds.
pub fn work(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (market, limit, payee): (String, u32, String),
) -> Result<Response, ContractError> {
    itself(env, sender)?;
    let payee = deps.api.addr_validate(&payee)?;
    work::run(deps, env, (&market, limit), &payee)
}

/// One position alone.
pub fn liquidate(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (market, account, payee): (String, String, String),
) -> Result<Response, ContractError> {
    itself(env, sender)?;
    let (account, payee) = (
        deps.api.addr_validate(&account)?,
        deps.api.addr_validate(&payee)?,
    );
    work::one(deps, env, (&market, &account), &payee)
}

/// One order of a dead market.
pub fn take_over(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (market, order, payee): (String, u64, String),
) -> Result<Response, ContractError> {
    itself(env, sender)?;
    let payee = deps.api.addr_validate(&payee)?;
    venue::take_over(deps, env, (&market, order), &payee)
}

/// The breaker leases a stance.
pub fn set_stance(
    deps: DepsMut,
    sender: &Addr,
    (market, leased): (&str, Stance),
) -> Result<Response, ContractError> {
    of_breaker(&deps, sender)?;
    peers::market(deps.storage, market)?;
    stance::set(deps.storage, market, &leased)?;
    Ok(Response::new())
}

/// A market settles an order.
pub fn settle(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (order, round, after, payee): (u64, u64, Option<u64>, String),
) -> Result<Response, ContractError> {
    let market = peers::of_venue(deps.storage, sender)?;
    let call = settle::Call {
        order,
        round,
        after,
        payee: deps.api.addr_validate(&payee)?,
    };
    settle::settle(deps, env, &market, &call)
}

/// A market finds an order's round no longer kept.
pub fn evict(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    (order, payee): (u64, String),
) -> Result<Response, ContractError> {
    let market = peers::of_venue(deps.storage, sender)?;
    let payee = deps.api.addr_validate(&payee)?;
    ending::evict(deps, env, &market, order, &payee)
}

/// A market reports that settling an increase failed.
pub fn fault(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    order: u64,
) -> Result<Response, ContractError> {
    let market = peers::of_venue(deps.storage, sender)?;
    ending::fault(deps, env, &market, order)
}

/// A market tells its funding terms.
pub fn set_funding(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    terms: FundingTerms,
) -> Result<Response, ContractError> {
    let market = peers::of_venue(deps.storage, sender)?;
    funding::retune(deps, env, &market, terms)?;
    Ok(Response::new())
}
