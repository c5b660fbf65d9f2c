//! Answers. What is unknown reads as Invalid; nothing here is an error.

use cosmwasm_std::{to_json_binary, Binary, StdResult, Storage};
use math::{twap::HALF_HOUR, units::OutOfRange, volatility::sigma, wide::Round as Rounding};
use types::{
    clock::Moment,
    oracle::{Band, PriceAnswer, QueryMsg, Round, RoundAfter, Snapshot, Status},
    upgrade::SelfCheck,
    Price,
};

use crate::{
    feed::{self, Feed},
    limit, round,
    source::Source,
};

/// A stale feed's band is widened by this many sigma over its age.
pub const STALE_SIGMAS: u64 = 4;
/// The half-hour average serves margin reads for this long after the newest round, seconds.
pub const AVERAGE_SERVES: u64 = 900;
/// The newest round serves them for this long, seconds.
pub const LAST_GOOD_SERVES: u64 = 3_600;

/// Answer a question at `now`.
pub fn answer(storage: &dyn Storage, now: u64, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::SelfCheck {} => {
            let sound = feed::audit(storage).is_ok_and(|broken| broken.is_empty());
            to_json_binary(&SelfCheck::of(sound))
        }
        QueryMsg::Price { feed } => to_json_binary(&price(storage, now, feed)?),
        QueryMsg::Prices { feeds } => to_json_binary(&prices(storage, now, feeds)?),
        QueryMsg::Round { feed, number } => to_json_binary(&one(storage, &feed, number)?),
        QueryMsg::RoundAfter { feed, time, height } => {
            to_json_binary(&first_after(storage, &feed, Moment { time, height })?)
        }
        QueryMsg::Snapshot { feed, round } => {
            to_json_binary(&snapshot(storage, now, &feed, round)?)
        }
        QueryMsg::Feed { feed } => {
            let found = feed::find(storage, &feed)?;
            to_json_binary(&found.map(|f| feed::described(feed, f)))
        }
        QueryMsg::Sources { feed } => {
            let found = feed::find(storage, &feed)?;
            let sources = found.map(|f| f.sources).unwrap_or_default();
            let states: Vec<_> = sources.iter().map(Source::state).collect();
            to_json_binary(&states)
        }
        QueryMsg::Settle { feed } => {
            let newest = feed::find(storage, &feed)?.and_then(|f| f.newest);
            to_json_binary(&newest.and_then(|n| n.settle))
        }
    }
}

fn price(storage: &dyn Storage, now: u64, name: String) -> StdResult<PriceAnswer> {
    let found = feed::find(storage, &name)?;
    Ok(PriceAnswer {
        feed: name,
        status: found.as_ref().map_or(Status::Invalid, |f| f.status(now)),
        round: found.and_then(|f| f.newest).map(|n| n.pair.round),
    })
}

/// The first sixteen; a longer list is not an error.
fn prices(storage: &dyn Storage, now: u64, names: Vec<String>) -> StdResult<Vec<PriceAnswer>> {
    names
        .into_iter()
        .take(limit::ITEMS)
        .map(|name| price(storage, now, name))
        .collect()
}

fn one(storage: &dyn Storage, name: &str, number: u64) -> StdResult<Option<Round>> {
    match feed::find(storage, name)? {
        Some(feed) => round::get(storage, name, &feed, number),
        None => Ok(None),
    }
}

fn first_after(storage: &dyn Storage, name: &str, after: Moment) -> StdResult<RoundAfter> {
    match feed::find(storage, name)? {
        Some(feed) => round::after(storage, name, &feed, after),
        None => Ok(RoundAfter::NotYet {}),
    }
}

fn snapshot(
    storage: &dyn Storage,
    now: u64,
    name: &str,
    asked: Option<u64>,
) -> StdResult<Snapshot> {
    let Some(feed) = feed::find(storage, name)? else {
        return Ok(Snapshot::UNKNOWN);
    };
    let named = match asked {
        Some(number) => round::pair(storage, name, &feed, number)?,
        None => None,
    };
    Ok(Snapshot {
        status: feed.status(now),
        newest: feed.newest.as_ref().map(|n| n.pair),
        named,
        band: band(&feed, now),
        variance: feed.variance(),
        max_future: feed.params.max_future,
        max_age: feed.params.max_age,
        grace_until: feed.newest.as_ref().map_or(0, |n| n.grace.until),
    })
}

/// The newest round's low and high; of a stale feed, what its fallbacks allow. None when Invalid.
fn band(feed: &Feed, now: u64) -> Option<Band> {
    let round = feed.newest.as_ref()?.pair.round;
    match feed.status(now) {
        status @ (Status::Valid | Status::Degraded | Status::Uncertain) => Some(Band {
            low: round.low,
            high: round.high,
            status,
        }),
        Status::Stale => stale(feed, &round, now.saturating_sub(round.at.time)),
        Status::Invalid => None,
    }
}

/// The last round for an hour; for a quarter of one also the half-hour average, whichever edge is worse. A margin read
/// is Uncertain with the average and Stale without; the feed is Stale with both: who acts by Uncertain would act on
/// rounds that have passed.
fn stale(feed: &Feed, round: &Round, age: u64) -> Option<Band> {
    if age > LAST_GOOD_SERVES {
        return None;
    }
    let twap = &feed.newest.as_ref()?.twap;
    let average = twap.average(HALF_HOUR).filter(|_| age <= AVERAGE_SERVES);
    let status = average.map_or(Status::Stale, |_| Status::Uncertain);
    let average = average.unwrap_or(round.price);
    let held = Band {
        low: round.low.min(average.minus_floored(round.conf)),
        high: round.high.max(average.plus(round.conf).ok()?),
        status,
    };
    widened(feed, round.price, held, age).ok()
}

/// By [`STALE_SIGMAS`] of the greater sigma over the age of the round; rounded outwards.
fn widened(feed: &Feed, price: Price, held: Band, age: u64) -> Result<Band, OutOfRange> {
    let variance = feed.variance();
    let by = sigma(variance.fast.max(variance.slow), age).scaled(STALE_SIGMAS, 1, Rounding::Up)?;
    let reach = price.times(by, Rounding::Up)?;
    Ok(Band {
        low: held.low.minus_floored(reach),
        high: held.high.plus(reach)?,
        ..held
    })
}
