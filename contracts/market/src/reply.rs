//! What the market waits for when it has told the engine something.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{DepsMut, Env, Reply, Response};
use types::{
    engine::{self, Settlement},
    market::{OrderDone, OrderFaulted},
    pending::{outcome, Outcome, Pending},
    wire::Wire,
    Size,
};

use crate::{
    queue::{self, Place},
    setup, ContractError,
};

/// Gas for asking the engine to refund an increase it failed on.
const REFUND: u64 = 600_000;

/// Unfinished business.
#[cw_serde]
pub enum Awaiting {
    /// The engine settles an order.
    Settlement {
        /// Where it waits.
        place: Place,
        /// At which round, 0 when that is no longer kept.
        round: u64,
    },
    /// The engine refunds an increase it failed on.
    Refund {
        /// Where it waits.
        place: Place,
    },
    /// The engine hears the funding terms.
    Introduction {},
}

impl Pending for Awaiting {}

/// Go on.
pub fn resume(deps: DepsMut, env: &Env, reply: Reply) -> Result<Response, ContractError> {
    match Awaiting::resume(&reply)? {
        Awaiting::Introduction {} => {
            if reply.result.is_ok() {
                queue::told(deps.storage)?;
            }
            Ok(Response::new())
        }
        Awaiting::Refund { place } => {
            // Only its readable word counts: else the order waits and is tried again.
            if let Outcome::Answered(Settlement::Refused { .. }) = outcome(reply.result) {
                queue::remove(deps.storage, place)?;
            }
            Ok(Response::new())
        }
        Awaiting::Settlement { place, round } => match outcome(reply.result) {
            Outcome::Answered(settlement) => settled(deps, (place, round), settlement),
            Outcome::Fault => faulted(deps, env, place),
        },
    }
}

fn settled(
    deps: DepsMut,
    (place, round): (Place, u64),
    settlement: Settlement,
) -> Result<Response, ContractError> {
    let (filled, refused) = match settlement {
        Settlement::Busy {} | Settlement::NotDue {} => return Ok(Response::new()),
        Settlement::Rearmed { placed } => {
            queue::rearm(deps.storage, place, placed)?;
            return Ok(Response::new());
        }
        Settlement::Filled { size, .. } => (size, None),
        Settlement::Refused { reason } => (Size::ZERO, Some(reason)),
    };
    queue::remove(deps.storage, place)?;
    let done = OrderDone {
        order: place.order,
        round,
        filled,
        refused,
    };
    Ok(Response::new().add_event(done.write()))
}

/// A module fault, not the user's: an increase is refunded, a reduction waits and is tried again.
fn faulted(deps: DepsMut, env: &Env, place: Place) -> Result<Response, ContractError> {
    let faults = queue::fault(deps.storage, place, env.block.time.seconds())?;
    let event = OrderFaulted {
        order: place.order,
        faults,
    };
    let response = Response::new().add_event(event.write());
    if place.reducing {
        return Ok(response);
    }
    let order = place.order;
    let engine = setup::load(deps.storage)?.engine;
    let tell = engine.tell_part(&engine::FromMarket::Fault { order })?;
    let refund = Awaiting::Refund { place }.contained(tell, REFUND)?;
    Ok(response.add_submessage(refund))
}
