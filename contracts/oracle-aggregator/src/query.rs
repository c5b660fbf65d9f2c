//! Answers. What is unknown reads as Invalid; nothing here is an error.

use cosmwasm_std::{to_json_binary, Binary, StdResult, Storage};
use math::{units::OutOfRange, volatility::sigma, wide::Round as Rounding};
use types::{
    clock::Moment,
    oracle::{Band, PriceAnswer, QueryMsg, Round, RoundAfter, Snapshot, Status, Variance},
    Ratio,
};

use crate::{
    feed::{self, Feed},
    limit, round,
};

/// A stale feed's band is widened by this many sigma over its age.
pub const STALE_SIGMAS: u64 = 4;

/// Answer a question at `now`.
pub fn answer(storage: &dyn Storage, now: u64, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
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
        return Ok(UNKNOWN);
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
    })
}

/// What is answered about a feed that is not there.
const UNKNOWN: Snapshot = Snapshot {
    status: Status::Invalid,
    newest: None,
    named: None,
    band: None,
    variance: Variance {
        fast: Ratio::ZERO,
        slow: Ratio::ZERO,
    },
    max_future: 0,
    max_age: 0,
};

/// The newest round's low and high; of a stale feed, wider by [`STALE_SIGMAS`] of the greater
/// sigma over the age of the round. None when Invalid.
fn band(feed: &Feed, now: u64) -> Option<Band> {
    let round = feed.newest.as_ref()?.pair.round;
    match feed.status(now) {
        Status::Valid | Status::Degraded | Status::Uncertain => Some(Band {
            low: round.low,
            high: round.high,
        }),
        Status::Stale => widened(feed, &round, now.saturating_sub(round.at.time)).ok(),
        Status::Invalid => None,
    }
}

/// Rounded outwards.
fn widened(feed: &Feed, round: &Round, age: u64) -> Result<Band, OutOfRange> {
    let variance = feed.variance();
    let by = sigma(variance.fast.max(variance.slow), age).scaled(STALE_SIGMAS, 1, Rounding::Up)?;
    let reach = round.price.times(by, Rounding::Up)?;
    Ok(Band {
        low: round.low.minus_floored(reach),
        high: round.high.plus(reach)?,
    })
}
