//! A market's settings move while it runs, within the steps they may take from what was in force of late. Nobody becomes
//! liquidatable by it: the maintenance margin only aims anew.

use cosmwasm_std::{DepsMut, Env, Response};
use store::Map;
use types::{
    engine::ParamsSet,
    params::{self, MarketParams, Past, Shift},
    wire::Wire,
};

use crate::{compartment, funding, key, peers, ContractError};

/// Settings that were in force before, as many as are remembered, oldest first. Absent where none has changed.
const PAST: Map<&str, Vec<Past>> = Map::new(key::PAST);

/// Put other settings in force.
#[inline(never)]
pub fn set(
    deps: DepsMut,
    env: &Env,
    market: &str,
    (to, how, announced): (MarketParams, Shift, u64),
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let from = peers::market(deps.storage, market)?.params;
    to.check()?;
    let past = PAST.may_load(deps.storage, market)?.unwrap_or_default();
    let (moved, loosened) = params::judge(how, (&from, &to), &past, (announced, now))?;
    let terms = compartment::load(deps.storage, market)?.funding;
    if terms.capped(to.funding) != terms {
        let capped = terms.capped(to.funding);
        let parts = DepsMut {
            storage: deps.storage,
            api: deps.api,
            querier: deps.querier,
        };
        funding::retune(parts, env, market, capped)?;
    }
    let newest = Past {
        until: now,
        loosened,
        params: from,
    };
    PAST.save(deps.storage, market, &params::remembered(past, newest))?;
    peers::retune(deps.storage, market, to)?;
    let set = ParamsSet {
        market: market.to_owned(),
        how: how.name().to_owned(),
        fields: moved.join(","),
    };
    Ok(Response::new().add_event(set.write()))
}
