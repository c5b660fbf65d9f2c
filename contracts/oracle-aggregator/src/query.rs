//! Answers. What is unknown reads as Invalid; nothing here is an error.

use cosmwasm_std::{to_json_binary, Binary, StdResult, Storage};
use types::{
    clock::Moment,
    oracle::{PriceAnswer, QueryMsg, Round, RoundAfter, Snapshot, Status},
    upgrade::SelfCheck,
};

use crate::{feed, limit, round, source::Source};

/// Answer a question at `now`.
pub fn answer(storage: &dyn Storage, now: u64, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::SelfCheck {} => {
            let failing = round::failing(storage).unwrap_or(SelfCheck::UNREADABLE);
            to_json_binary(&failing)
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
            let posted = round::posted(storage, &feed)?;
            to_json_binary(&posted.and_then(|p| p.settle))
        }
    }
}

fn price(storage: &dyn Storage, now: u64, name: String) -> StdResult<PriceAnswer> {
    let posted = round::posted(storage, &name)?;
    Ok(PriceAnswer {
        feed: name,
        status: posted.map_or(Status::Invalid, |p| p.status(now)),
        round: posted.map(|p| p.newest.round),
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
    match round::posted(storage, name)? {
        Some(posted) => round::history(storage, (name, &posted), |h| h.get(number)),
        None => Ok(None),
    }
}

fn first_after(storage: &dyn Storage, name: &str, after: Moment) -> StdResult<RoundAfter> {
    match round::posted(storage, name)? {
        Some(posted) => round::history(storage, (name, &posted), |h| h.after(after)),
        None => Ok(RoundAfter::NotYet {}),
    }
}

fn snapshot(
    storage: &dyn Storage,
    now: u64,
    name: &str,
    asked: Option<u64>,
) -> StdResult<Snapshot> {
    if let Some(posted) = round::posted(storage, name)? {
        let named = match asked {
            Some(number) => round::history(storage, (name, &posted), |h| h.pair(number))?,
            None => None,
        };
        return Ok(posted.at(now, named));
    }
    let found = feed::find(storage, name)?;
    Ok(found.map_or(Snapshot::UNKNOWN, |feed| Snapshot {
        variance: feed.variance(),
        max_future: feed.params.max_future,
        max_age: feed.params.max_age,
        ..Snapshot::UNKNOWN
    }))
}
