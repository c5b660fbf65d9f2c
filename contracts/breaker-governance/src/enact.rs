//! Changes are put in force. Where a neighbour has a part in one it is told first, contained, and the
//! change is in force once that has taken it: both or neither. A neighbour that fails leaves it
//! waiting, for anyone to try again and for the DAO to call back.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, StdResult, Storage, WasmMsg};
use types::{
    breaker::{ChangeRefused, Content},
    engine, oracle,
    pending::Pending,
    wire::Wire,
};

use crate::{
    awaiting::Awaiting,
    change, guardian, lease,
    registry::{self, Settings},
    upgrade, ContractError, Role,
};

/// What a neighbour's part in a change may cost.
pub const GAS: u64 = 2_000_000;

/// Put a change in force whose time has come, or tell the neighbour that comes first.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    settings: &Settings,
    (sender, id): (&Addr, u64),
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let change = change::ready(deps.storage, id, now)?;
    let (content, announced) = (change.content, change.announced);
    possible(deps.as_ref(), &content)?;
    match &content {
        Content::Upgrade { .. } => return upgrade::start(deps, env, settings, (id, &content)),
        // Who takes over says so by this: nobody is handed what they cannot hold.
        Content::HandOver { dao } => Role::NextDao.only(dao, sender)?,
        Content::Register { .. }
        | Content::AddFeed { .. }
        | Content::Deregister { .. }
        | Content::SetGuardians { .. }
        | Content::SetParams { .. } => {}
    }
    match part(settings, content, announced)? {
        None => in_force(deps.storage, id, now),
        Some(told) => {
            let awaited = Awaiting::Part { change: id };
            Ok(Response::new().add_submessage(awaited.contained(told, GAS)?))
        }
    }
}

/// The neighbour has taken its part, or failed.
pub fn answered(
    deps: DepsMut,
    settings: &Settings,
    (id, failed): (u64, bool),
    now: u64,
) -> Result<Response, ContractError> {
    if !failed {
        return in_force(deps.storage, id, now);
    }
    let content = change::ready(deps.storage, id, now)?.content;
    let refused = neighbour(settings, &content).map(|module| {
        let (change, module) = (id, module.clone());
        ChangeRefused { change, module }.write()
    });
    Ok(Response::new().add_events(refused))
}

/// Whether a market or a feed could be added as things stand, as far as this contract knows.
pub fn possible(deps: Deps, content: &Content) -> Result<(), ContractError> {
    match content {
        Content::Register { market, clearing } => {
            lease::may_add(deps.storage, market)?;
            let Some(clearing) = clearing else {
                return Ok(());
            };
            types::id::denom(&clearing.denom)?;
            deps.api.addr_validate(clearing.venue.addr())?;
            Ok(clearing.params.check()?)
        }
        Content::AddFeed { setup } => Ok(types::id::check(&setup.feed)?),
        Content::SetParams { params, .. } => Ok(params.check()?),
        Content::Deregister { .. }
        | Content::SetGuardians { .. }
        | Content::Upgrade { .. }
        | Content::HandOver { .. } => Ok(()),
    }
}

/// The change is in force and waits no longer.
pub fn in_force(storage: &mut dyn Storage, id: u64, now: u64) -> Result<Response, ContractError> {
    let (content, event) = change::execute(storage, id, now)?;
    match content {
        Content::Register { market, .. } => lease::add(storage, market)?,
        Content::Deregister { market } => lease::remove(storage, &market)?,
        Content::SetGuardians { guardians } => guardian::replace(storage, &guardians, now)?,
        Content::HandOver { dao } => registry::hand_over(storage, dao)?,
        Content::AddFeed { .. } | Content::SetParams { .. } | Content::Upgrade { .. } => {}
    }
    Ok(Response::new().add_event(event))
}

/// Who has a part in it, beside this contract.
const fn neighbour<'a>(settings: &'a Settings, content: &Content) -> Option<&'a Addr> {
    match content {
        Content::Register {
            clearing: Some(_), ..
        }
        | Content::SetParams { .. }
        | Content::HandOver { .. } => Some(settings.engine.addr()),
        Content::AddFeed { .. } => Some(settings.oracle.addr()),
        Content::Register { clearing: None, .. }
        | Content::Deregister { .. }
        | Content::Upgrade { .. }
        | Content::SetGuardians { .. } => None,
    }
}

/// What it is told of a change that was announced then.
pub fn part(settings: &Settings, content: Content, announced: u64) -> StdResult<Option<WasmMsg>> {
    match content {
        Content::Register {
            market,
            clearing: Some(clearing),
        } => {
            let setup = Box::new(clearing.of(&market));
            let add = engine::ExecuteMsg::AddMarket { setup };
            settings.engine.tell(&add, vec![]).map(Some)
        }
        Content::AddFeed { setup } => {
            let add = oracle::ExecuteMsg::AddFeed { setup };
            settings.oracle.tell(&add, vec![]).map(Some)
        }
        Content::SetParams {
            market,
            params,
            how,
        } => {
            let set = engine::ExecuteMsg::SetParams {
                market,
                params,
                how,
                announced,
            };
            settings.engine.tell(&set, vec![]).map(Some)
        }
        Content::HandOver { dao } => {
            let dao = dao.into_string();
            let set = engine::ExecuteMsg::SetDao { dao };
            settings.engine.tell(&set, vec![]).map(Some)
        }
        Content::Register { clearing: None, .. }
        | Content::Deregister { .. }
        | Content::Upgrade { .. }
        | Content::SetGuardians { .. } => Ok(None),
    }
}
