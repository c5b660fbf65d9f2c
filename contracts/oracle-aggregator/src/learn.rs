//! What follows from the reports of a feed at one moment: a round, or nothing. Pure.

use math::{
    aggregate::{Aggregate, Grade},
    fallback::{Choice, Fallback, Speaker},
    grace::Grace,
    jump::{self, Seen, Sighting, Verdict, Watch},
    lateness::smoothed,
    twap::{Twap, FIVE_MINUTES, HALF_HOUR},
    units::OutOfRange,
    volatility::{sigma, Volatility},
};
use types::{
    clock::Moment,
    oracle::{Pair, Round, SettlePrice, Status},
    Price, Ratio,
};

use crate::{
    feed::{Feed, Newest},
    panel::{Panel, Panels},
};

/// A round and what follows with it.
pub struct Step {
    /// The round, and what has been learned up to it.
    pub newest: Newest,
    /// Which tier speaks from then on.
    pub fallback: Fallback,
    /// Who was heard.
    pub panel: Panel,
}

/// The next round and what is learned with it. `None` without quorum, when the round time does not
/// advance or is older than `max_age`, and for a second time in one block.
pub fn next(feed: &Feed, now: Moment) -> Result<Option<Step>, OutOfRange> {
    let panels = Panels::gather(feed, now)?;
    let offer = |speaker| panels.of(speaker).map(|p| p.offer(feed, now.height));
    let primary = offer(Speaker::Primary);
    let anchors = offer(Speaker::Anchors);
    let Some(choice) = feed.fallback.choose(primary, anchors, last(feed))? else {
        return Ok(None);
    };
    let Some(panel) = panels.of(choice.speaker) else {
        return Ok(None);
    };
    let least = least(feed, &panels, panel, choice)?;
    let height = now.height;
    let spoken = Spoken {
        at: Moment {
            time: panel.agreed.round_time,
            height,
        },
        grade: panel.agreed.grade.max(least),
        panel,
    };
    Ok(Some(Step {
        newest: learned(feed, &spoken, now.time)?,
        fallback: choice.next,
        panel: panel.clone(),
    }))
}

fn last(feed: &Feed) -> Option<Price> {
    feed.newest.as_ref().map(|n| n.pair.round.price)
}

/// What a panel says at a moment, and how well it may be graded.
struct Spoken<'a> {
    panel: &'a Panel,
    at: Moment,
    grade: Grade,
}

/// The best grade there is: Degraded while anchors are in use or the primary tier is on probation; Uncertain while
/// nothing vouches for the anchors.
fn least(feed: &Feed, panels: &Panels, panel: &Panel, choice: Choice) -> Result<Grade, OutOfRange> {
    let offer = panel.offer(feed, 0);
    let band = feed.params.anchor_band;
    Ok(match choice.speaker {
        Speaker::Primary if feed.speaks_alone() => Grade::Valid,
        Speaker::Primary => Grade::Degraded,
        Speaker::Anchors if panels.vouched => Grade::Degraded,
        Speaker::Anchors if feed.fallback.confirms(offer, last(feed), band)? => Grade::Degraded,
        Speaker::Anchors => Grade::Uncertain,
    })
}

fn learned(feed: &Feed, spoken: &Spoken<'_>, now: u64) -> Result<Newest, OutOfRange> {
    let (at, agreed) = (spoken.at, &spoken.panel.agreed);
    let twap = rolled(feed, at, agreed.price)?;
    let average = twap.average(FIVE_MINUTES);
    let verdict = judged(feed, spoken, average)?;
    let input = input(&verdict, feed.params.jump)?;
    let status = status(spoken.grade, verdict.unconfirmed);
    let half_hour = twap.average(HALF_HOUR);
    let round = round(feed, spoken, status, average)?;
    let settle = settle(feed, &round, half_hour);
    let averaged = half_hour.is_some() && settle.is_some_and(|s| s.averaged);
    let round = Round { averaged, ..round };
    Ok(Newest {
        pair: Pair {
            round,
            before: feed.newest.as_ref().map(|n| n.pair.round),
        },
        dispersion: agreed.dispersion,
        jump: verdict.jump,
        watch: verdict.watch,
        lateness: lateness(feed, at),
        grace: grace(feed, &round, now),
        settle,
        twap: anew(twap, &verdict).holding(input),
        volatility: volatility(feed, &round)?,
    })
}

fn lateness(feed: &Feed, at: Moment) -> Ratio {
    let expected = feed.params.expected_gap;
    feed.newest.as_ref().map_or(Ratio::ONE, |n| {
        let gap = at.time.saturating_sub(n.pair.round.at.time);
        smoothed(n.lateness, gap, expected)
    })
}

/// The grace that runs after this round.
fn grace(feed: &Feed, round: &Round, now: u64) -> Grace {
    feed.newest.as_ref().map_or(Grace::default(), |n| {
        let gap = round.at.time.saturating_sub(n.pair.round.at.time);
        let valid = round.status == Status::Valid;
        n.grace.after(gap, feed.params.max_age, valid, now)
    })
}

/// The half-hour average at the newest Valid round that has one; until there is one, that of the newest Degraded round,
/// and before either the newest usable price.
fn settle(feed: &Feed, round: &Round, average: Option<Price>) -> Option<SettlePrice> {
    let known = feed.newest.as_ref().and_then(|n| n.settle);
    let time = round.at.time;
    let valid = round.status == Status::Valid;
    let at = |price, averaged| SettlePrice {
        price,
        time,
        averaged,
        valid,
    };
    let averaged = known.filter(|k| k.averaged);
    match (round.status, average) {
        (Status::Valid, Some(average)) => Some(at(average, true)),
        (Status::Degraded, Some(average)) if !averaged.is_some_and(|k| k.valid) => {
            Some(at(average, true))
        }
        (Status::Valid | Status::Degraded, None) if averaged.is_none() => {
            Some(at(round.price, false))
        }
        _ => known,
    }
}

/// The average up to this round; the round's own price does not count yet.
fn rolled(feed: &Feed, at: Moment, price: Price) -> Result<Twap, OutOfRange> {
    match &feed.newest {
        None => Ok(Twap::start(at.time, price)),
        Some(n) => n.twap.roll(at.time, feed.params.max_age),
    }
}

fn judged(feed: &Feed, spoken: &Spoken<'_>, average: Option<Price>) -> Result<Verdict, OutOfRange> {
    let seen = Seen {
        price: spoken.panel.agreed.price,
        time: spoken.at.time,
    };
    let sigma = sigma(feed.variance().slow, FIVE_MINUTES);
    feed.newest
        .as_ref()
        .map_or(Watch::start(seen), |n| n.watch)
        .judge(&Sighting {
            seen,
            average,
            threshold: jump::threshold(feed.params.jump, sigma, jump::GUARDED)?,
            witnesses: &spoken.panel.witnesses(),
            disputed: spoken.grade == Grade::Uncertain,
        })
}

/// What the average learns, held near its reference while nothing confirms the move.
fn input(verdict: &Verdict, by: Ratio) -> Result<Price, OutOfRange> {
    if verdict.unconfirmed {
        jump::clamped(verdict.learned, verdict.reference, by)
    } else {
        Ok(verdict.learned)
    }
}

/// A move settled without an average is not measured against what was before it, once there is one again.
fn anew(twap: Twap, verdict: &Verdict) -> Twap {
    if verdict.settled {
        twap.anew()
    } else {
        twap
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
    spoken: &Spoken<'_>,
    status: Status,
    twap: Option<Price>,
) -> Result<Round, OutOfRange> {
    let agreed = &spoken.panel.agreed;
    let price = agreed.price;
    let average = twap.unwrap_or(price);
    let last = feed.newest.as_ref().map_or(0, |n| n.pair.round.number);
    Ok(Round {
        number: last.saturating_add(1),
        at: spoken.at,
        status,
        price,
        conf: agreed.conf,
        low: price.min(average).minus_floored(agreed.conf),
        high: price.max(average).plus(agreed.conf)?,
        twap,
        surcharge: surcharge(agreed, spoken.panel.picked()),
        averaged: false,
    })
}

/// Whoever pushes picks the moment: then at least the round's confidence is paid.
fn surcharge(agreed: &Aggregate, picked: bool) -> Price {
    if picked {
        agreed.surcharge.max(agreed.conf)
    } else {
        agreed.surcharge
    }
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
