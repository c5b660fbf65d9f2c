//! What the engine waits for when it has told a neighbour something.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Env, Event, Reply, Response};
use cw2::ContractVersion;
use types::{
    engine::FaultSeen,
    market::Acceptance,
    pending::{outcome, Outcome, Pending},
    wire::Wire,
};

use crate::{
    crank::{self, Turn},
    order, peers, upgrade, work, ContractError,
};

/// Unfinished business. Numbered by their order where they travel: new ones come last.
#[cw_serde]
pub enum Awaiting {
    /// The market takes or rejects an order.
    Acceptance {
        /// Which market.
        market: String,
        /// Which order.
        order: u64,
    },
    /// The market would take an order in other terms, or not.
    Amendment {
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
    /// Our own work at the newest rounds, heard of only if it fails.
    Worked {
        /// Which market.
        market: String,
        /// Who cranks.
        payee: Addr,
    },
    /// One liquidation alone, heard of only if it fails.
    Alone {
        /// Which market.
        market: String,
        /// Whose position.
        account: Addr,
    },
    /// An order of a dead market, heard of only if it fails: it is tried again.
    TakenOver {},
    /// The breaker hears what the books read, heard of only if it fails.
    Told {
        /// Which market.
        market: String,
    },
    /// The breaker runs other code, or not.
    BreakerMigrated {
        /// Which, as the chain numbers it.
        code: u64,
        /// What the breaker said it was before, if it did.
        before: Option<ContractVersion>,
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
                Ok(Response::new()
                    .add_events(events)
                    .add_event(seen(market, module)))
            }
        },
        Awaiting::Amendment { order } => match outcome(reply.result) {
            Outcome::Answered(Acceptance::Accepted {}) => Ok(Response::new()),
            Outcome::Answered(Acceptance::Rejected { reason }) => {
                Err(ContractError::Rejected(reason))
            }
            Outcome::Fault => Err(ContractError::Unanswered { order }),
        },
        Awaiting::MarketCranked {
            market,
            limit,
            payee,
        } => {
            let turn = Turn {
                market: &market,
                limit,
                payee: &payee,
                failed: reply.result.is_err(),
            };
            crank::finish(deps, env, &turn)
        }
        Awaiting::Worked { market, payee } => work::failed(deps, env, &market, &payee),
        Awaiting::Alone { market, account } => work::strike(deps, env, (&market, &account)),
        Awaiting::TakenOver {} => Ok(Response::new()),
        Awaiting::BreakerMigrated { code, before } => upgrade::migrated(
            deps.as_ref(),
            (code, before.as_ref()),
            reply.result.is_err(),
        ),
        Awaiting::Told { market } => {
            let module = peers::peers(deps.storage)?.breaker.addr().clone();
            Ok(Response::new().add_event(seen(market, module)))
        }
    }
}

fn seen(market: String, module: Addr) -> Event {
    FaultSeen { market, module }.write()
}
