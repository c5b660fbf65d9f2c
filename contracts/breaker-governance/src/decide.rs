//! What people decide: guardians at once and for a while; the DAO at once or, where it changes who is
//! watched and who watches, announced.

use cosmwasm_std::{Addr, Api, Deps, DepsMut, Event, Response, SubMsg};
use types::{
    breaker::{Content, DaoMsg, Registered},
    level::Level,
    params::{MarketParams, Shift},
    scope::{Reason, Scope},
    wire::Wire,
};

use crate::{
    above::Above,
    change, enact, guardian, latches,
    lease::{self, Concerned},
    registry::{self, Settings},
    upgrade, ContractError,
};

/// How long a scope is at Protected before it may be settled, seconds.
pub const BEFORE_SETTLEMENT: u64 = 7 * 86_400;

/// A guardian holds a scope for a while.
pub fn raise(
    deps: DepsMut,
    settings: &Settings,
    who: &Addr,
    ((scope, level, hours), now): ((Scope, Level, u32), u64),
) -> Result<Response, ContractError> {
    known(deps.as_ref(), settings, &scope)?;
    let held = (scope.clone(), level, hours);
    let event = guardian::raise(deps.storage, who, held, now)?;
    told(deps, settings, (&scope, Some(event)), now)
}

/// A guardian ends its own raise.
pub fn withdraw(
    deps: DepsMut,
    settings: &Settings,
    who: &Addr,
    now: u64,
) -> Result<Response, ContractError> {
    let (scope, event) = guardian::withdraw(deps.storage, who, now)?;
    told(deps, settings, (&scope, Some(event)), now)
}

/// Do or announce what the DAO orders.
pub fn order(
    deps: DepsMut,
    settings: &Settings,
    (order, itself): (DaoMsg, &Addr),
    now: u64,
) -> Result<Response, ContractError> {
    match order {
        DaoMsg::Lift { scope, guardian } => lift(deps, settings, (&scope, &guardian), now),
        DaoMsg::Govern { scope, level } => govern(deps, settings, (scope, level), now),
        DaoMsg::ClearBooks { market } => clear(deps, settings, market, now),
        DaoMsg::Register { market, clearing } => {
            let content = Content::Register { market, clearing };
            enact::possible(deps.as_ref(), &content)?;
            announce(deps, settings, content, now)
        }
        DaoMsg::AddFeed { setup } => {
            let content = Content::AddFeed { setup };
            enact::possible(deps.as_ref(), &content)?;
            announce(deps, settings, content, now)
        }
        DaoMsg::Deregister { market } => {
            lease::may_remove(deps.storage, &market)?;
            announce(deps, settings, Content::Deregister { market }, now)
        }
        DaoMsg::SetGuardians { guardians } => {
            let content = guardians_of(deps.api, guardians)?;
            announce(deps, settings, content, now)
        }
        DaoMsg::SetParams {
            market,
            params,
            how,
        } => shift(deps, settings, (market, params, how), now),
        DaoMsg::Upgrade { module, code, msg } => {
            let module = deps.api.addr_validate(&module)?;
            upgrade::known(deps.as_ref(), settings, (itself, &module))?;
            announce(deps, settings, Content::Upgrade { module, code, msg }, now)
        }
        DaoMsg::HandOver { dao } => {
            let dao = deps.api.addr_validate(&dao)?;
            announce(deps, settings, Content::HandOver { dao }, now)
        }
        DaoMsg::Cancel { change } => {
            Ok(Response::new().add_event(change::cancel(deps.storage, change)?))
        }
    }
}

/// Settings that only become stricter are in force at once, if the engine finds that they do; others are announced.
fn shift(
    deps: DepsMut,
    settings: &Settings,
    (market, params, how): (String, Box<MarketParams>, Shift),
    now: u64,
) -> Result<Response, ContractError> {
    if !lease::is_market(deps.storage, &market) {
        return Err(ContractError::UnknownMarket { market });
    }
    let content = Content::SetParams {
        market,
        params,
        how,
    };
    enact::possible(deps.as_ref(), &content)?;
    match how {
        Shift::Tighten => {
            let told = enact::part(settings, content, now)?;
            let contained = |told| SubMsg::new(told).with_gas_limit(enact::GAS);
            Ok(Response::new().add_submessages(told.map(contained)))
        }
        Shift::Loosen | Shift::Restore => announce(deps, settings, content, now),
    }
}

fn lift(
    deps: DepsMut,
    settings: &Settings,
    (scope, guardian): (&Scope, &str),
    now: u64,
) -> Result<Response, ContractError> {
    let who = deps.api.addr_validate(guardian)?;
    let (scope, event) = guardian::lift(deps.storage, &who, (scope, now))?;
    told(deps, settings, (&scope, Some(event)), now)
}

fn govern(
    deps: DepsMut,
    settings: &Settings,
    (scope, level): (Scope, Level),
    now: u64,
) -> Result<Response, ContractError> {
    allowed(deps.as_ref(), settings, (&scope, level), now)?;
    let set = (Reason::Governance, level);
    let changed = latches::set(deps.storage, &scope, set, now)?;
    told(deps, settings, (&scope, changed.map(|c| c.write())), now)
}

/// A scope that stands above some market.
fn known(deps: Deps, settings: &Settings, scope: &Scope) -> Result<(), ContractError> {
    let known = match scope {
        Scope::Global {} => true,
        Scope::Market { market } => lease::is_market(deps.storage, market),
        Scope::Feed { feed } => registry::knows(deps.storage, feed),
        Scope::Module { module } => [settings.engine.addr(), settings.oracle.addr()]
            .iter()
            .any(|at| at.as_str() == module),
        Scope::Remote { .. } => false,
    };
    if known {
        Ok(())
    } else {
        Err(ContractError::UnknownScope {
            scope: scope.clone(),
        })
    }
}

/// Tell the markets under a scope what has become of it.
fn told(
    deps: DepsMut,
    settings: &Settings,
    (scope, event): (&Scope, Option<Event>),
    now: u64,
) -> Result<Response, ContractError> {
    let concerned = Concerned::Under(scope);
    let offers = lease::renew(deps.storage, settings, concerned, now)?;
    Ok(offers.respond().add_events(event))
}

/// Up to Protected at will; Settlement only after a week at Protected, and never back.
fn allowed(
    deps: Deps,
    settings: &Settings,
    (scope, level): (&Scope, Level),
    now: u64,
) -> Result<(), ContractError> {
    let (held, _) = latches::standing(deps.storage, scope, Reason::Governance)?;
    if held == Level::Settlement {
        let scope = scope.clone();
        return Err(ContractError::Settled { scope });
    }
    if level > Level::Normal {
        known(deps, settings, scope)?;
    }
    if level < Level::Settlement {
        return Ok(());
    }
    let latches = latches::of(deps.storage, scope)?;
    let protected = latches.iter().filter(|l| l.level >= Level::Protected);
    let from = protected
        .map(|l| l.since.saturating_add(BEFORE_SETTLEMENT))
        .min();
    if from.is_some_and(|from| now >= from) {
        Ok(())
    } else {
        Err(ContractError::SettlementTooEarly { from })
    }
}

/// Books have no healing: their latch falls by this alone, once the newest reading balances.
fn clear(
    deps: DepsMut,
    settings: &Settings,
    market: String,
    now: u64,
) -> Result<Response, ContractError> {
    let scope = Scope::Market { market };
    let (held, demanded) = latches::standing(deps.storage, &scope, Reason::Books)?;
    if held == Level::Normal {
        return Err(ContractError::NotHeld { scope });
    }
    if demanded > Level::Normal {
        return Err(ContractError::Unbalanced { scope });
    }
    let set = (Reason::Books, Level::Normal);
    let changed = latches::set(deps.storage, &scope, set, now)?;
    told(deps, settings, (&scope, changed.map(|c| c.write())), now)
}

fn announce(
    deps: DepsMut,
    settings: &Settings,
    content: Content,
    now: u64,
) -> Result<Response, ContractError> {
    let above = Above::now(deps.storage, settings, now)?;
    let level = match &content {
        Content::Deregister { market } | Content::SetParams { market, .. } => {
            let market = lease::registered(deps.storage, market)?;
            let level = |m: Registered| above.market(deps.storage, &m);
            market.map_or(Ok(above.shared()), level)?
        }
        Content::Register { .. }
        | Content::AddFeed { .. }
        | Content::SetGuardians { .. }
        | Content::Upgrade { .. }
        | Content::HandOver { .. } => above.shared(),
    };
    let event = change::announce(deps.storage, (content, level), now)?;
    Ok(Response::new().add_event(event))
}

/// In one order, so that the same guardians are the same content.
fn guardians_of(api: &dyn Api, guardians: Vec<String>) -> Result<Content, ContractError> {
    let checked = guardians.iter().map(|g| api.addr_validate(g));
    let mut guardians = checked.collect::<Result<Vec<_>, _>>()?;
    guardian::check(&guardians)?;
    guardians.sort();
    Ok(Content::SetGuardians { guardians })
}
