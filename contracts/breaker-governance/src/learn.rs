//! What is told becomes what is leased: each kind of evidence moves its latches, then the stances it
//! changed go out.

use cosmwasm_std::{Addr, DepsMut, Response, StdResult, SubMsg};
use types::{
    breaker::{ExecuteMsg, FeedReading},
    engine::Vitals,
    pending::Pending,
    scope::Scope,
    wire::Wire,
};

use crate::{
    awaiting::Awaiting,
    lease::{self, Concerned},
    module, poke, reading,
    registry::Settings,
    vitals, ContractError,
};

/// The oracle's report. Nothing any neighbour does makes it fail. What holds everyone tells everyone.
pub fn report(
    deps: DepsMut,
    settings: &Settings,
    (readings, halted): (Vec<FeedReading>, bool),
    now: u64,
) -> Result<Response, ContractError> {
    reading::check(&readings)?;
    let lapse = module::heard(deps.storage, settings, now)?;
    let lapse = lapse.map(|changed| changed.write());
    let learned = reading::learn(deps.storage, &settings.params, readings, now)?;
    let concerned = if halted || lapse.is_some() {
        Concerned::All
    } else {
        Concerned::Feeds(&learned.feeds)
    };
    let offers = lease::renew(deps.storage, settings, concerned, now)?;
    let events = lapse.into_iter().chain(learned.events);
    Ok(offers.respond().add_events(events))
}

/// Anyone wants these markets told.
pub fn push(
    deps: DepsMut,
    settings: &Settings,
    markets: &[String],
    now: u64,
) -> Result<Response, ContractError> {
    Ok(lease::push(deps.storage, settings, markets, now)?.respond())
}

/// What the engine says a market's books read.
pub fn vitals(
    deps: DepsMut,
    settings: &Settings,
    (market, vitals): (String, &Vitals),
    now: u64,
) -> Result<Response, ContractError> {
    let events = vitals::learn(deps.storage, &settings.params, (&market, vitals), now)?;
    Ok(renew(deps, settings, market, now)?.add_events(events))
}

/// What the engine answers about a market, when asked.
pub fn examine(
    deps: DepsMut,
    settings: &Settings,
    market: &str,
    now: u64,
) -> Result<Response, ContractError> {
    let Some(vitals) = poke::answer(deps.as_ref(), settings, market)? else {
        return Ok(Response::new());
    };
    let events = vitals::learn(deps.storage, &settings.params, (market, &vitals), now)?;
    Ok(Response::new().add_events(events))
}

/// It has answered: that is a word about the engine, and the market hears what was learned.
pub fn examined(
    deps: DepsMut,
    settings: &Settings,
    market: String,
    now: u64,
) -> Result<Response, ContractError> {
    let call = (market.clone(), false);
    let events = lease::called(deps.storage, settings, call, now)?;
    Ok(renew(deps, settings, market, now)?.add_events(events))
}

/// What counting one failure may cost.
const COUNT_GAS: u64 = 400_000;

/// A call of the engine has failed: have it counted by a message to ourselves, exactly as deep as
/// that call was. A chain refuses messages nested too deeply, so a caller who makes a call fail by
/// how deeply it calls us makes the counting fail as well, and trips nothing.
pub fn failed(itself: &Addr, market: String) -> StdResult<SubMsg> {
    let fault = ExecuteMsg::Fault {
        market: market.clone(),
    };
    let fault = poke::to_itself(itself, &fault)?;
    Awaiting::Counted { market }.contained(fault, COUNT_GAS)
}

fn renew(
    deps: DepsMut,
    settings: &Settings,
    market: String,
    now: u64,
) -> Result<Response, ContractError> {
    let concerned = Concerned::Under(&Scope::Market { market });
    Ok(lease::renew(deps.storage, settings, concerned, now)?.respond())
}
