//! Doors. Check who comes, route; nothing is decided here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{
    to_json_binary, Addr, Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, Storage,
};
use types::{
    market::{Config, ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg},
    page,
    strict::Strict,
    upgrade::SelfCheck,
};

use crate::{accept, crank, migrate as migration, queue, reply as replies, setup, ContractError};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = types::upgrade::MARKET;
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Check the settings and the neighbours, and remember them.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Strict(msg): Strict<InstantiateMsg>,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    setup::start(deps.storage, deps.api, msg)?;
    Ok(Response::new())
}

/// Route a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<ExecuteMsg>,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    match msg {
        ExecuteMsg::Accept { order } => {
            let config = engines(deps.storage, &info.sender)?;
            let answer = accept::order(deps.storage, &config.params, &order)?;
            Ok(Response::new().set_data(to_json_binary(&answer)?))
        }
        ExecuteMsg::Amend { order } => {
            let config = engines(deps.storage, &info.sender)?;
            let answer = accept::amended(&config.params, &order);
            Ok(Response::new().set_data(to_json_binary(&answer)?))
        }
        ExecuteMsg::Crank { limit, payee } => {
            let payee = match payee {
                Some(payee) => deps.api.addr_validate(&payee)?,
                None => info.sender,
            };
            crank::run(deps, &env, limit, &payee)
        }
    }
}

/// The settings, if it is the engine that speaks.
fn engines(storage: &dyn Storage, sender: &Addr) -> Result<Config, ContractError> {
    let config = setup::load(storage)?;
    if sender != config.engine.addr() {
        return Err(ContractError::Unauthorized { role: "engine" });
    }
    Ok(config)
}

fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() {
        Ok(())
    } else {
        Err(ContractError::NonPayable)
    }
}

/// Go on where a contained message has come back.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    replies::resume(deps, &env, reply)
}

/// Answer.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(
    deps: Deps,
    _env: Env,
    Strict(msg): Strict<QueryMsg>,
) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::SelfCheck {} => {
            let sound = setup::sound(deps.storage) && queue::lengths(deps.storage).is_ok();
            to_json_binary(&SelfCheck::of(sound))
        }
        QueryMsg::Config {} => to_json_binary(&setup::load(deps.storage)?),
        QueryMsg::Orders {
            reducing,
            start_after,
            limit,
        } => {
            let size = page::size(limit);
            let rows: Vec<_> = queue::page(deps.storage, reducing, (start_after, size))?
                .into_iter()
                .map(|(_, waiting)| waiting)
                .collect();
            to_json_binary(&rows)
        }
        QueryMsg::Queue {} => to_json_binary(&queue::lengths(deps.storage)?),
    };
    Ok(answer?)
}

/// Move to this version.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _msg: Strict<MigrateMsg>,
) -> Result<Response, ContractError> {
    migration::run(deps)
}
