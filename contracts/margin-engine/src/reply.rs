//! What the engine waits for when it has told a neighbour something.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Env, Reply, Response};
use types::{
    engine::FaultSeen,
    market::Acceptance,
    pending::{outcome, Outcome, Pending},
    wire::Wire,
};

use crate::{crank, order, peers, ContractError};

/// Unfinished business.
#[cw_serde]
pub enum Awaiting {
    /// The market takes or rejects an order.
    Acceptance {
        /// Which market.
        market: String,
        /// Which order.
        order: u64,
    },
    /// The market has executed what was due.
    MarketCranked {
        /// Which market.
        market: String,
        /// Liquidations at most.
        limit: u32,
        /// Who cranks.
        payee: Addr,
    },
}

impl Pending for Awaiting {}

/// Go on.
pub fn resume(deps: DepsMut, env: &Env, reply: Reply) -> Result<Response, ContractError> {
    match Awaiting::resume(&reply)? {
        Awaiting::Acceptance { market, order } => match outcome(reply.result) {
            Outcome::Answered(Acceptance::Accepted {}) => Ok(Response::new()),
            Outcome::Answered(Acceptance::Rejected { reason }) => {
                Err(ContractError::Rejected(reason))
            }
            Outcome::Fault => {
                let module = peers::market(deps.storage, &market)?.venue.addr().clone();
                let events = order::orphaned(deps, &market, order)?;
                let fault = FaultSeen { market, module };
                Ok(Response::new().add_events(events).add_event(fault.write()))
            }
        },
        Awaiting::MarketCranked {
            market,
            limit,
            payee,
        } => {
            let failed = reply.result.is_err();
            let module = peers::market(deps.storage, &market)?.venue.addr().clone();
            let response = crank::finish(deps, env, (&market, limit), &payee)?;
            let fault = failed.then(|| FaultSeen { market, module }.write());
            Ok(response.add_events(fault))
        }
    }
}
