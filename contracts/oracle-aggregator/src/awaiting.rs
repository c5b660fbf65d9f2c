//! What the oracle waits for. Whatever becomes of it is remarked upon, and stops nothing.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Reply, Response};
use types::{
    oracle::{ReadingsLost, SourceFailed},
    pending::Pending,
    wire::Wire,
};

use crate::ContractError;

/// What the oracle can be waiting for.
#[cw_serde]
pub enum Awaiting {
    /// The breaker's word on a report.
    Readings {
        /// Who was told.
        breaker: Addr,
    },
    /// A source's answer.
    Fetch {
        /// Of which feed.
        feed: String,
        /// Who was asked.
        source: Addr,
    },
}

impl Pending for Awaiting {}

/// A failure is an event and nothing else.
pub fn settled(reply: &Reply) -> Result<Response, ContractError> {
    let awaiting = Awaiting::resume(reply)?;
    let response = Response::new();
    if reply.result.is_ok() {
        return Ok(response);
    }
    Ok(response.add_event(match awaiting {
        Awaiting::Readings { breaker } => ReadingsLost { breaker }.write(),
        Awaiting::Fetch { feed, source } => SourceFailed { feed, source }.write(),
    }))
}
