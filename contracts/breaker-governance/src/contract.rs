//! Doors. Check who and what comes in, then hand over; no decision is made here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, StdResult};
use cw_utils::nonpayable;
use types::{
    breaker::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg},
    clock::Moment,
    pending::Pending,
};

use crate::{
    awaiting::Awaiting,
    lease::{self, Concerned, Offers},
    migrate, params, poke, query, reading,
    registry::{self, Settings},
    vitals, ContractError, Role,
};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = concat!("bulkhead:", env!("CARGO_PKG_NAME"));
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Check names, addresses and bounds and remember them.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    params::check(&msg.params)?;
    let settings = Settings {
        dao: deps.api.addr_validate(&msg.dao)?,
        oracle: msg.oracle.check(deps.api)?,
        engine: msg.engine.check(deps.api)?,
        params: msg.params,
    };
    registry::start(deps.storage, &settings, msg.markets.iter().map(|m| &m.feed))?;
    lease::start(deps.storage, msg.markets)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}

/// Everything a message can make the breaker do is learning, which no level forbids.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    let now = Moment::now(&env).time;
    let settings = registry::settings(deps.storage)?;
    match msg {
        ExecuteMsg::Report { readings } => {
            settings.only_oracle(&info.sender)?;
            reading::check(&readings)?;
            let learned = reading::learn(deps.storage, &settings.params, readings, now)?;
            let concerned = Concerned::Feeds(&learned.feeds);
            let offers = lease::renew(deps.storage, &settings, concerned, now)?;
            Ok(respond(offers).add_events(learned.events))
        }
        ExecuteMsg::Vitals { market, vitals } => {
            settings.only_engine(&info.sender)?;
            let learned = vitals::learn(deps.storage, &settings.params, (&market, &vitals), now)?;
            let concerned = Concerned::Market(&market);
            let offers = lease::renew(deps.storage, &settings, concerned, now)?;
            Ok(respond(offers).add_events(learned))
        }
        ExecuteMsg::Push { markets } => {
            lease::push(deps.storage, &settings, &markets, now).map(respond)
        }
        ExecuteMsg::Poke { markets } => {
            let questions = poke::ask(deps.storage, &env.contract.address, markets)?;
            Ok(Response::new().add_submessages(questions))
        }
        ExecuteMsg::Examine { market } => {
            Role::Itself.only(&env.contract.address, &info.sender)?;
            let Some(vitals) = poke::answer(deps.as_ref(), &settings, &market)? else {
                return Ok(Response::new());
            };
            let learned = vitals::learn(deps.storage, &settings.params, (&market, &vitals), now)?;
            Ok(Response::new().add_events(learned))
        }
    }
}

/// What was sent has come back, well or not.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    let settings = registry::settings(deps.storage)?;
    match Awaiting::resume(&reply)? {
        Awaiting::Stance { market, stance } => {
            let lost = lease::settle(deps.storage, &settings, (market, stance), &reply.result)?;
            Ok(Response::new().add_events(lost))
        }
        Awaiting::Vitals { market } => {
            let now = Moment::now(&env).time;
            let concerned = Concerned::Market(&market);
            Ok(respond(lease::renew(
                deps.storage,
                &settings,
                concerned,
                now,
            )?))
        }
    }
}

/// Answers for any name.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> StdResult<Binary> {
    query::answer(deps, Moment::now(&env).time, msg)
}

/// The code was replaced by a newer one.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    migrate::run(deps.storage)
}

fn respond(offers: Offers) -> Response {
    Response::new()
        .add_events(offers.events)
        .add_submessages(offers.messages)
}
