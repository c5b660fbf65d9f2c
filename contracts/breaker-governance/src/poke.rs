//! Anyone may have the engine asked what its books read. Each market is asked about in a message of
//! its own to ourselves, because a query has no gas limit.

use cosmwasm_std::{to_json_binary, Addr, Deps, Response, StdResult, Storage, WasmMsg};
use types::{
    breaker::ExecuteMsg,
    engine::{self, Vitals},
    pending::Pending,
};

use crate::{awaiting::Awaiting, lease, registry::Settings, ContractError, Counted};

/// What asking about one market and learning its answer may cost. A poke of `n` markets needs `n`
/// times this and [`lease::PUSH_GAS`], and some 700,000 for replies and counting failures: 4.2 million
/// a market, 34 for eight. A limit counts only while it is below the gas that remains, so whoever brings less
/// loses the whole message, and no child is ever starved.
pub const EXAMINE_GAS: u64 = 3_000_000;

/// One contained question a market.
pub fn ask(
    storage: &dyn Storage,
    itself: &Addr,
    markets: Vec<String>,
) -> Result<Response, ContractError> {
    Counted::Markets.check(markets.iter(), lease::MAX_PUSH)?;
    let mut questions = vec![];
    for market in markets {
        if !lease::is_market(storage, &market) {
            return Err(ContractError::UnknownMarket { market });
        }
        let examine = ExecuteMsg::Examine {
            market: market.clone(),
        };
        let examine = to_itself(itself, &examine)?;
        questions.push(Awaiting::Vitals { market }.contained(examine, EXAMINE_GAS)?);
    }
    Ok(Response::new().add_submessages(questions))
}

/// A message of this contract to itself.
pub fn to_itself(itself: &Addr, msg: &ExecuteMsg) -> StdResult<WasmMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: itself.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    })
}

/// What the engine says; none about a market it does not know.
pub fn answer(deps: Deps, settings: &Settings, market: &str) -> StdResult<Option<Vitals>> {
    let market = market.to_owned();
    settings
        .engine
        .ask(&deps.querier, &engine::QueryMsg::Vitals { market })
}
