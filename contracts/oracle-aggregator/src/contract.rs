//! Doors. Check who and what comes in, then hand over; no decision is made here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, StdResult};
use types::{
    clock::Moment,
    handle::Handle,
    level::Action,
    oracle::{ExecuteMsg, InstantiateMsg, MigrateMsg, Oracle, QueryMsg},
    strict::Strict,
};

use crate::{awaiting, binding, feed, fetch, query, refresh, report, ContractError};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = types::upgrade::ORACLE;
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Open the feeds. The sender may bind the breaker, once.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<InstantiateMsg>,
) -> Result<Response, ContractError> {
    no_funds(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    binding::open(deps.storage, info.sender)?;
    feed::open(deps, &env.contract.address, msg.feeds)?;
    Ok(Response::new())
}

/// Learn, or be bound. Learning is never switched off, so no level is asked for.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<ExecuteMsg>,
) -> Result<Response, ContractError> {
    no_funds(&info)?;
    let now = Moment::now(&env);
    let this = Handle::new(env.contract.address);
    match msg {
        ExecuteMsg::Bind { breaker } => binding::bind(deps, info.sender, breaker),
        ExecuteMsg::AddFeed { setup } => {
            binding::only_breaker(deps.storage, info.sender)?;
            feed::add(deps, this.addr(), *setup)?;
            Ok(Response::new())
        }
        ExecuteMsg::Push { reports } => report::push(deps.storage, now, &info.sender, reports),
        ExecuteMsg::Refresh { feeds } => refresh::refresh(deps, now, &this, feeds),
        ExecuteMsg::Fetch {
            feed,
            source,
            origin,
        } => {
            itself(&this, info)?;
            fetch::fetch(deps, now, feed, source, origin)
        }
        ExecuteMsg::Conclude { feeds, heard } => {
            itself(&this, info)?;
            refresh::conclude(deps, now, feeds, heard)
        }
    }
}

/// Answer. Never with an error for what is unknown.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Strict(msg): Strict<QueryMsg>) -> StdResult<Binary> {
    query::answer(deps.storage, Moment::now(&env).time, msg)
}

/// What became of the readings, or of a source that was asked.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(_deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    awaiting::settled(&reply)
}

/// Same state, new code.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _msg: Strict<MigrateMsg>,
) -> Result<Response, ContractError> {
    crate::migrate::migrate(deps.storage)
}

fn itself(this: &Handle<Oracle>, info: MessageInfo) -> Result<(), ContractError> {
    if info.sender == *this.addr() {
        return Ok(());
    }
    Err(ContractError::NotItself {
        sender: info.sender,
        action: Action::Internal,
    })
}

fn no_funds(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.first() {
        None => Ok(()),
        Some(coin) => Err(ContractError::Funds { got: coin.clone() }),
    }
}
