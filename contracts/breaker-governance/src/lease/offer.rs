//! Handing a stance to the engine, contained.

use cosmwasm_std::{Event, Response, StdResult, SubMsg};
use types::{
    breaker::{StanceLeased, StanceLost},
    engine,
    pending::Pending,
    scope::Stance,
    wire::Wire,
};

use crate::{awaiting::Awaiting, registry::Settings};

/// What the engine may spend on taking one stance. With what comes back, counted if it failed, an
/// offer costs a million at most: whoever sends `Report` allows for `push_limit` of them, four at
/// most, and a million more; whoever sends `Vitals` for one, and half a million.
pub const PUSH_GAS: u64 = 500_000;

/// Stances on their way.
#[derive(Debug, Default)]
pub struct Offers {
    /// To the engine, each contained.
    pub messages: Vec<SubMsg>,
    /// One each.
    pub events: Vec<Event>,
}

impl Offers {
    /// A response that carries them.
    pub fn respond(self) -> Response {
        Response::new()
            .add_events(self.events)
            .add_submessages(self.messages)
    }

    /// One more.
    pub fn add(&mut self, market: &str, stance: Stance, settings: &Settings) -> StdResult<()> {
        let market = market.to_owned();
        let tell = engine::ExecuteMsg::SetStance {
            market: market.clone(),
            stance,
        };
        let tell = settings.engine.tell(&tell, vec![])?;
        let leased = StanceLeased {
            market: market.clone(),
            level: stance.level,
            caps: stance.caps,
            until: stance.until,
        };
        let awaited = Awaiting::Stance { market, stance };
        self.messages.push(awaited.contained(tell, PUSH_GAS)?);
        self.events.push(leased.write());
        Ok(())
    }
}

/// The engine did not take it.
pub fn lost(market: String, stance: Stance, settings: &Settings) -> Event {
    let engine = settings.engine.addr().clone();
    StanceLost {
        market,
        level: stance.level,
        engine,
    }
    .write()
}
