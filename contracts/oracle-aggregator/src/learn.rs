//! What follows from the reports of a feed at one moment: a round, or nothing. Pure.

use math::{
    aggregate::{aggregate, Aggregate, Grade},
    jump::{self, Seen, Sighting, Verdict, Watch, Witness},
    twap::{Twap, FIVE_MINUTES},
    units::OutOfRange,
    volatility::{sigma, Volatility},
};
use types::{
    clock::Moment,
    oracle::{Pair, Round, Status},
    Price, Ratio,
};

use crate::{
    feed::{Feed, Newest},
    source::Live,
};

/// The next round and what is learned with it. `None` without quorum, when the round time does not
/// advance or is older than `max_age`, and for a second time in one block.
pub fn next(feed: &Feed, now: Moment) -> Result<Option<Newest>, OutOfRange> {
    let live = feed.live(now.time);
    let reports: Vec<_> = live.iter().map(|l| l.report).collect();
    let Some(agreed) = aggregate(&reports, feed.quorum())? else {
        return Ok(None);
    };
    let at = Moment {
        time: agreed.round_time,
        height: now.height,
    };
    let fresh = now.time.saturating_sub(at.time) <= feed.params.max_age;
    if !fresh || !advances(feed, at) {
        return Ok(None);
    }
    let witnesses = survivors(&live, &agreed);
    learned(feed, at, &agreed, &witnesses).map(Some)
}

fn advances(feed: &Feed, at: Moment) -> bool {
    feed.newest.as_ref().is_none_or(|n| {
        let last = n.pair.round.at;
        at.time > last.time && at.height > last.height
    })
}

fn survivors(live: &[Live], agreed: &Aggregate) -> Vec<Witness> {
    live.iter()
        .enumerate()
        .filter(|(i, _)| !agreed.dropped.contains(i))
        .map(|(_, l)| l.witness)
        .collect()
}

fn learned(
    feed: &Feed,
    at: Moment,
    agreed: &Aggregate,
    witnesses: &[Witness],
) -> Result<Newest, OutOfRange> {
    let twap = rolled(feed, at, agreed.price)?;
    let average = twap.average(FIVE_MINUTES);
    let verdict = judged(feed, at, agreed.price, average, witnesses)?;
    let input = input(agreed.price, &verdict, feed.params.jump)?;
    let status = status(agreed.grade, verdict.unconfirmed);
    let round = round(feed, at, status, agreed, average)?;
    Ok(Newest {
        pair: Pair {
            round,
            before: feed.newest.as_ref().map(|n| n.pair.round),
        },
        dispersion: agreed.dispersion,
        jump: verdict.jump,
        watch: verdict.watch,
        twap: twap.holding(input),
        volatility: volatility(feed, &round)?,
    })
}

/// The average up to this round; the round's own price does not count yet.
fn rolled(feed: &Feed, at: Moment, price: Price) -> Result<Twap, OutOfRange> {
    match &feed.newest {
        None => Ok(Twap::start(at.time, price)),
        Some(n) => n.twap.roll(at.time, feed.params.max_age, FIVE_MINUTES),
    }
}

fn judged(
    feed: &Feed,
    at: Moment,
    price: Price,
    average: Option<Price>,
    witnesses: &[Witness],
) -> Result<Verdict, OutOfRange> {
    let seen = Seen {
        price,
        time: at.time,
    };
    let sigma = sigma(feed.variance().slow, FIVE_MINUTES);
    feed.newest
        .as_ref()
        .map_or(Watch::start(seen), |n| n.watch)
        .judge(&Sighting {
            seen,
            average,
            threshold: jump::threshold(feed.params.jump, sigma, jump::GUARDED)?,
            witnesses,
        })
}

/// What the average learns: the price, held near its reference while nothing confirms the move.
fn input(price: Price, verdict: &Verdict, by: Ratio) -> Result<Price, OutOfRange> {
    if verdict.unconfirmed {
        jump::clamped(price, verdict.reference, by)
    } else {
        Ok(price)
    }
}

const fn status(grade: Grade, unconfirmed: bool) -> Status {
    match (unconfirmed, grade) {
        (true, _) | (false, Grade::Uncertain) => Status::Uncertain,
        (false, Grade::Degraded) => Status::Degraded,
        (false, Grade::Valid) => Status::Valid,
    }
}

fn round(
    feed: &Feed,
    at: Moment,
    status: Status,
    agreed: &Aggregate,
    twap: Option<Price>,
) -> Result<Round, OutOfRange> {
    let price = agreed.price;
    let average = twap.unwrap_or(price);
    let last = feed.newest.as_ref().map_or(0, |n| n.pair.round.number);
    Ok(Round {
        number: last.saturating_add(1),
        at,
        status,
        price,
        conf: agreed.conf,
        low: price.min(average).minus_floored(agreed.conf),
        high: price.max(average).plus(agreed.conf)?,
        twap,
        surcharge: agreed.surcharge,
    })
}

/// Only a usable price teaches volatility.
fn volatility(feed: &Feed, round: &Round) -> Result<Option<Volatility>, OutOfRange> {
    let known = feed.newest.as_ref().and_then(|n| n.volatility);
    if round.status > Status::Degraded {
        return Ok(known);
    }
    let floor = feed.floor();
    let (time, price) = (round.at.time, round.price);
    match known {
        None => Ok(Some(Volatility::start(time, price, floor))),
        Some(v) => v.sample(time, price, floor).map(Some),
    }
}
