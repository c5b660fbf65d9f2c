//! Doors. Check who and what comes in, then hand over; no decision is made here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, StdResult};
use cw_utils::nonpayable;
use types::{
    breaker::{DaoMsg, ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg},
    clock::Moment,
    pending::{outcome, Pending},
    strict::Strict,
    wire::Wire,
};

use crate::{
    awaiting::Awaiting,
    change, clock, decide, enact, guardian, learn, lease, migrate, params, poke, query,
    registry::{self, Settings},
    upgrade, ContractError, Role,
};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = types::upgrade::BREAKER;
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Check names, addresses and bounds and remember them.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<InstantiateMsg>,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    params::check(&msg.params)?;
    let guardians = msg.guardians.iter().map(|g| deps.api.addr_validate(g));
    let guardians = guardians.collect::<StdResult<_>>()?;
    let settings = Settings {
        dao: deps.api.addr_validate(&msg.dao)?,
        oracle: msg.oracle.check(deps.api)?,
        engine: msg.engine.check(deps.api)?,
        params: msg.params,
    };
    let now = Moment::now(&env);
    registry::start(deps.storage, &settings)?;
    lease::start(deps.storage, msg.markets)?;
    guardian::start(deps.storage, guardians, now.time)?;
    change::start(deps.storage)?;
    clock::start(deps.storage, now)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}

/// Every message also says what time it is. No level forbids any of them: all of it is learning, or
/// as strict as its own rule.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<ExecuteMsg>,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    let now = Moment::now(&env);
    let settings = registry::settings(deps.storage)?;
    let halt = clock::observe(deps.storage, &settings.params, now)?;
    let call = Call {
        env,
        sender: info.sender,
        now: now.time,
        halted: halt.is_some(),
    };
    let response = route(deps, &settings, &call, msg)?;
    Ok(response.add_events(halt.map(|changed| changed.write())))
}

/// Who calls, and when.
struct Call {
    env: Env,
    sender: Addr,
    now: u64,
    /// Whether the chain has just been found to have stood still.
    halted: bool,
}

#[inline(never)]
fn route(
    deps: DepsMut,
    settings: &Settings,
    call: &Call,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    let (sender, now) = (&call.sender, call.now);
    let itself = &call.env.contract.address;
    match msg {
        ExecuteMsg::Report { readings } => {
            settings.only_oracle(sender)?;
            learn::report(deps, settings, (readings, call.halted), now)
        }
        ExecuteMsg::Vitals { market, vitals } => {
            settings.only_engine(sender)?;
            learn::vitals(deps, settings, (market, &vitals), now)
        }
        ExecuteMsg::Examine { market } => {
            Role::Itself.only(itself, sender)?;
            learn::examine(deps, settings, &market, now)
        }
        ExecuteMsg::Check { module } => {
            Role::Itself.only(itself, sender)?;
            upgrade::ask(&deps.querier, &module)
        }
        ExecuteMsg::Fault { market } => {
            Role::Itself.only(itself, sender)?;
            let events = lease::fault(deps.storage, settings, market, now)?;
            Ok(Response::new().add_events(events))
        }
        ExecuteMsg::Push { markets } => learn::push(deps, settings, &markets, now),
        ExecuteMsg::Poke { markets } => poke::ask(deps.storage, itself, markets),
        ExecuteMsg::Heartbeat {} => guardian::heartbeat(deps.storage, sender, now),
        ExecuteMsg::Raise {
            scope,
            level,
            hours,
        } => decide::raise(deps, settings, sender, ((scope, level, hours), now)),
        ExecuteMsg::Withdraw {} => decide::withdraw(deps, settings, sender, now),
        ExecuteMsg::Veto { change } => change::veto(deps.storage, sender, (change, now)),
        ExecuteMsg::Execute { change } => {
            enact::execute(deps, &call.env, settings, (sender, change))
        }
        ExecuteMsg::Dao { order } => {
            settings.only_dao(sender)?;
            decide::order(deps, settings, (order, itself), now)
        }
    }
}

/// The chain's own governance speaks for the DAO.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn sudo(
    deps: DepsMut,
    env: Env,
    Strict(order): Strict<DaoMsg>,
) -> Result<Response, ContractError> {
    let settings = registry::settings(deps.storage)?;
    let now = Moment::now(&env).time;
    decide::order(deps, &settings, (order, &env.contract.address), now)
}

/// What was sent has come back, well or not.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    let settings = registry::settings(deps.storage)?;
    let now = Moment::now(&env).time;
    let failed = reply.result.is_err();
    match Awaiting::resume(&reply)? {
        Awaiting::Stance { market, stance } => {
            let back = (market.clone(), stance, now);
            let events = lease::settle(deps.storage, &settings, back, failed)?;
            let response = Response::new().add_events(events);
            if failed {
                Ok(response.add_submessage(learn::failed(&env.contract.address, market)?))
            } else {
                Ok(response)
            }
        }
        Awaiting::Vitals { market } if failed => {
            let count = learn::failed(&env.contract.address, market)?;
            Ok(Response::new().add_submessage(count))
        }
        Awaiting::Vitals { market } => learn::examined(deps, &settings, market, now),
        Awaiting::Counted { .. } => Ok(Response::new()),
        Awaiting::Checked { progress } => {
            upgrade::go_on(deps, &env, (progress, outcome(reply.result)))
        }
        Awaiting::Migrated { progress } => upgrade::migrated(deps, &env, (progress, failed)),
        Awaiting::Part { change } => enact::answered(deps, &settings, (change, failed), now),
    }
}

/// Answers for any name.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Strict(msg): Strict<QueryMsg>) -> StdResult<Binary> {
    query::answer(deps, Moment::now(&env).time, msg)
}

/// The code was replaced by a newer one.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _msg: Strict<MigrateMsg>,
) -> Result<Response, ContractError> {
    migrate::run(deps.storage)
}
