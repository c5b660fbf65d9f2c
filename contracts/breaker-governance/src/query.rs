//! Answers. None is an error for a name nobody knows.

use cosmwasm_std::{to_json_binary, Binary, Deps, StdResult, Storage};
use types::{
    breaker::{Config, Latch, QueryMsg},
    level::Level,
    scope::{Reason, Scope},
    upgrade::SelfCheck,
};

use crate::{
    above::Above,
    change, clock, guardian, latch, latches, lease, module, params,
    registry::{self, Settings},
};

/// Answer.
pub fn answer(deps: Deps, now: u64, msg: QueryMsg) -> StdResult<Binary> {
    let storage = deps.storage;
    if msg == (QueryMsg::SelfCheck {}) {
        return to_json_binary(&SelfCheck::of(sound(storage).unwrap_or(false)));
    }
    let settings = registry::settings(storage)?;
    match msg {
        QueryMsg::Config {} => to_json_binary(&Config {
            dao: settings.dao,
            oracle: settings.oracle,
            engine: settings.engine,
            markets: lease::markets(storage)?,
            params: settings.params,
        }),
        QueryMsg::SelfCheck {} => to_json_binary(&SelfCheck::of(true)),
        QueryMsg::Stance { market } => {
            to_json_binary(&lease::stance(storage, &settings, &market, now)?)
        }
        QueryMsg::Level { scope } => {
            let above = Above::now(storage, &settings, now)?;
            to_json_binary(&above.level(storage, &scope)?)
        }
        QueryMsg::Guardians {} => to_json_binary(&guardian::list(storage)?),
        QueryMsg::Changes {} => to_json_binary(&change::list(storage)?),
        QueryMsg::Modules {} => to_json_binary(&module::modules(storage, lease::alone(storage))?),
        QueryMsg::Pace {} => to_json_binary(&clock::pace(storage)?),
        QueryMsg::Latches { scope } => to_json_binary(&held(storage, &settings, &scope, now)?),
    }
}

/// Whether everything that must be there is there and reads, and the settings are in bounds.
fn sound(storage: &dyn Storage) -> StdResult<bool> {
    let settings = registry::settings(storage)?;
    lease::markets(storage)?;
    guardian::list(storage)?;
    change::list(storage)?;
    clock::pace(storage)?;
    Ok(params::check(&settings.params).is_ok())
}

/// What holds a scope or is still remembered; what guardians hold together counts as one latch.
fn held(
    storage: &dyn Storage,
    settings: &Settings,
    scope: &Scope,
    now: u64,
) -> StdResult<Vec<Latch>> {
    let alive = |l: &Latch| l.level > Level::Normal || latch::remembered(l, now, &settings.params);
    let mut latches = latches::of(storage, scope)?;
    latches.retain(alive);
    let raises = guardian::raises(storage, now)?.into_iter();
    let raised = raises.filter(|raise| raise.scope == *scope);
    latches.extend(raised.max_by_key(|raise| raise.level).map(|raise| Latch {
        level: raise.level,
        since: raise.since,
        ..latch::fresh(Reason::Guardian)
    }));
    Ok(latches)
}
