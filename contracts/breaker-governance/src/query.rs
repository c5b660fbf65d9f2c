//! Answers. None is an error for a name nobody knows.

use cosmwasm_std::{to_json_binary, Binary, Deps, StdResult};
use types::{
    breaker::{Config, Latch, QueryMsg},
    level::Level,
};

use crate::{latch, latches, lease, registry};

/// Answer.
pub fn answer(deps: Deps, now: u64, msg: QueryMsg) -> StdResult<Binary> {
    let storage = deps.storage;
    let settings = registry::settings(storage)?;
    match msg {
        QueryMsg::Config {} => to_json_binary(&Config {
            dao: settings.dao,
            oracle: settings.oracle,
            engine: settings.engine,
            markets: lease::markets(storage)?,
            params: settings.params,
        }),
        QueryMsg::Stance { market } => {
            to_json_binary(&lease::stance(storage, &settings, &market, now)?)
        }
        QueryMsg::Level { scope } => to_json_binary(&latches::level(storage, &scope)?),
        QueryMsg::Latches { scope } => {
            let alive =
                |l: &Latch| l.level > Level::Normal || latch::remembered(l, now, &settings.params);
            let mut latches = latches::of(storage, &scope)?;
            latches.retain(alive);
            to_json_binary(&latches)
        }
    }
}
