//! What the breaker hears. Nothing it does with it can stop prices from being learned.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Reply, Response, StdResult, Storage, SubMsg};
use math::{twap::FIVE_MINUTES, volatility::sigma, wide::Round as Rounding};
use types::{
    breaker::{ExecuteMsg, FeedReading},
    oracle::ReadingsLost,
    pending::Pending,
    wire::Wire,
    Ratio,
};

use crate::{binding, feed::Feed, ContractError};

/// Gas the breaker may burn on one report: more than the eight leases it pushes from there may burn
/// together, half a million each, and its own work on sixteen readings.
pub const GAS: u64 = 6_000_000;

/// What the oracle can be waiting for.
#[cw_serde]
enum Awaiting {
    /// The breaker's word on a report.
    Readings { breaker: Addr },
}

impl Pending for Awaiting {}

/// What a feed reads now.
pub fn of(name: &str, feed: &Feed, now: u64) -> FeedReading {
    let newest = feed.newest.as_ref();
    let round = newest.map(|n| n.pair.round);
    let variance = feed.variance();
    FeedReading {
        feed: name.into(),
        round: round.map_or(0, |r| r.number),
        time: round.map_or(0, |r| r.at.time),
        status: feed.status(now),
        dispersion: newest.map_or(Ratio::ZERO, |n| n.dispersion),
        jump: newest.map_or(Ratio::ZERO, |n| n.jump),
        sigma: sigma(variance.slow, FIVE_MINUTES),
        lateness: Ratio::ONE,
        variance: variance
            .fast
            .over(variance.slow, Rounding::Up)
            .unwrap_or(Ratio::ONE),
        depeg: None,
    }
}

/// The message that carries readings, once there is a breaker to hear them.
pub fn send(storage: &dyn Storage, readings: Vec<FeedReading>) -> StdResult<Option<SubMsg>> {
    let Some(breaker) = binding::breaker(storage)? else {
        return Ok(None);
    };
    let report = breaker.tell(&ExecuteMsg::Report { readings }, vec![])?;
    let then = Awaiting::Readings {
        breaker: breaker.addr().clone(),
    };
    then.contained(report, GAS).map(Some)
}

/// A breaker that failed is only remarked upon.
pub fn settled(reply: Reply) -> Result<Response, ContractError> {
    let Awaiting::Readings { breaker } = Awaiting::resume(&reply)?;
    let response = Response::new();
    Ok(if reply.result.is_err() {
        response.add_event(ReadingsLost { breaker }.write())
    } else {
        response
    })
}
