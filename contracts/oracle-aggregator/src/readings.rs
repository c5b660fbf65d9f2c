//! What the breaker hears. Nothing it does with it can stop prices from being learned.

use cosmwasm_std::{StdResult, Storage, SubMsg};
use math::{twap::FIVE_MINUTES, volatility::sigma, wide::Round as Rounding};
use types::{
    breaker::{FeedReading, FromOracle},
    oracle::Status,
    pending::Pending,
    Price, Ratio,
};

use crate::{awaiting::Awaiting, binding, feed::Feed};

/// Gas the breaker may burn on one report: more than the eight leases it pushes from there may burn
/// together, half a million each, and its own work on sixteen readings.
pub const GAS: u64 = 6_000_000;

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
        lateness: newest.map_or(Ratio::ONE, |n| n.lateness),
        variance: variance
            .fast
            .over(variance.slow, Rounding::Up)
            .unwrap_or(Ratio::ONE),
        depeg: depeg(feed),
    }
}

/// The message that carries readings, once there is a breaker to hear them.
pub fn send(storage: &dyn Storage, readings: Vec<FeedReading>) -> StdResult<Option<SubMsg>> {
    let Some(breaker) = binding::breaker(storage)? else {
        return Ok(None);
    };
    let report = breaker.tell_part(&FromOracle::Report { readings })?;
    let then = Awaiting::Readings {
        breaker: breaker.addr().clone(),
    };
    then.contained(report, GAS).map(Some)
}

/// Distance from one dollar of a usable round, where the feed is a settlement asset's: an unconfirmed price is no
/// evidence, and heals nothing either.
fn depeg(feed: &Feed) -> Option<Ratio> {
    let round = feed.newest.as_ref()?.pair.round;
    let usable = feed.params.peg && round.status <= Status::Degraded;
    usable.then(|| Ratio(round.price.distance(DOLLAR).0))
}

const DOLLAR: Price = Price(Ratio::ONE.0);
