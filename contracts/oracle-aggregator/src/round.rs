//! Rounds: the history of a feed. Written once, never rewritten, evicted when old.

use cosmwasm_std::{Order, StdResult, Storage};
use store::Map;
use thiserror::Error;
use types::{
    clock::Moment,
    oracle::{
        posted::{History, Posted},
        Round,
    },
    upgrade::SelfCheck,
};

use crate::{
    feed::{self, Feed, Newest},
    key, setup,
};

/// Feed -> what is posted of it.
const POSTED: Map<&str, Posted> = Map::new(key::POSTED);
/// (feed, number) -> round.
const ROUNDS: Map<(&str, u64), Round> = Map::new(key::ROUNDS);

/// Old rounds evicted per new one at most.
const EVICTIONS: usize = 2;

/// Append a round: it becomes the feed's newest, and at most two that are older than the history
/// kept go. The two newest always stay. Then it is posted.
pub fn append(
    storage: &mut dyn Storage,
    name: &str,
    feed: &mut Feed,
    newest: Newest,
    now: u64,
) -> StdResult<()> {
    let round = newest.pair.round;
    ROUNDS.save(storage, (name, round.number), &round)?;
    feed.kept.oldest = feed.kept.oldest.max(1);
    feed.newest = Some(newest);
    for _ in 0..EVICTIONS {
        if !evict(storage, name, feed, now)? {
            break;
        }
    }
    post(storage, name, feed)
}

fn evict(storage: &mut dyn Storage, name: &str, feed: &mut Feed, now: u64) -> StdResult<bool> {
    let oldest = feed.kept.oldest;
    let newest = feed.newest.as_ref().map_or(0, |n| n.pair.round.number);
    if oldest.saturating_add(1) >= newest {
        return Ok(false);
    }
    let at = ROUNDS.load(storage, (name, oldest))?.at;
    if at.time.saturating_add(feed.params.history) >= now {
        return Ok(false);
    }
    ROUNDS.remove(storage, (name, oldest));
    feed.kept.oldest = oldest.saturating_add(1);
    feed.kept.evicted = Some(at);
    Ok(true)
}

/// What is posted of a feed.
pub fn posted(storage: &dyn Storage, name: &str) -> StdResult<Option<Posted>> {
    POSTED.may_load(storage, name)
}

/// Post what a feed says from now on.
pub fn post(storage: &mut dyn Storage, name: &str, feed: &Feed) -> StdResult<()> {
    match feed.posted() {
        Some(posted) => POSTED.save(storage, name, &posted),
        None => Ok(()),
    }
}

/// Feeds of which something is out of bounds, or not where others read it as the feed says it: they act by nothing else.
pub fn failing(storage: &dyn Storage) -> StdResult<SelfCheck> {
    let mut all = SelfCheck::of(true);
    for (name, feed) in feed::all(storage)? {
        let there = posted(storage, &name).is_ok_and(|there| there == feed.posted());
        let newest = feed.newest.as_ref().map(|n| n.pair.round);
        let kept = newest.is_none_or(|round| {
            let record = ROUNDS.may_load(storage, (&name, round.number));
            record.is_ok_and(|record| record == Some(round))
        });
        let sound = setup::check(&feed::described(name, feed)).is_ok();
        all = all.and(SelfCheck::of(there && kept && sound));
    }
    Ok(all)
}

/// Look into a feed's history.
pub fn history<T>(
    storage: &dyn Storage,
    (name, posted): (&str, &Posted),
    look: impl FnOnce(History<'_>) -> StdResult<T>,
) -> StdResult<T> {
    let read = |number| ROUNDS.may_load(storage, (name, number));
    let read = &read;
    look(History { posted, read })
}

/// A broken promise about a feed's history.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum Broken {
    /// Its kept numbers do not run from the oldest to the newest without a gap.
    #[error("feed `{feed}` keeps round {found} where {expected} belongs")]
    Gap {
        /// Which feed.
        feed: String,
        /// What belongs there.
        expected: u64,
        /// What is there; 0 for nothing.
        found: u64,
    },
    /// A round is not later than the one before, in time and height.
    #[error("feed `{feed}`: round {round} is not later than the one before")]
    NotLater {
        /// Which feed.
        feed: String,
        /// Which round.
        round: u64,
    },
    /// What others read is not what the feed says.
    #[error("feed `{feed}` posts something else")]
    Posted {
        /// Which feed.
        feed: String,
    },
    /// The feed's newest pair is not the end of its history.
    #[error("feed `{feed}`: its newest pair is not the end of its history")]
    NewestElsewhere {
        /// Which feed.
        feed: String,
    },
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let mut broken = vec![];
    // The first release posts nothing.
    let posts = cw2::get_contract_version(storage).is_ok_and(|v| v.version != "0.1.0");
    for (name, feed) in feed::all(storage)? {
        let rounds: Vec<Round> = ROUNDS
            .prefix(&name)
            .range(storage, None, None, Order::Ascending)
            .map(|entry| entry.map(|(_, round)| round))
            .collect::<StdResult<_>>()?;
        broken.extend(gaps(&name, &feed, &rounds));
        broken.extend(order(&name, &feed, &rounds));
        broken.extend(end(&name, &feed, &rounds));
        let there = posted(storage, &name)?;
        if there != feed.posted() && (there.is_some() || posts) {
            broken.push(Broken::Posted { feed: name });
        }
    }
    Ok(broken)
}

fn gaps(name: &str, feed: &Feed, rounds: &[Round]) -> Option<Broken> {
    let newest = feed.newest.as_ref().map_or(0, |n| n.pair.round.number);
    let expected = (feed.kept.oldest..=newest).skip_while(|n| *n == 0);
    let mut found = rounds.iter().map(|r| r.number);
    let wrong = |(expected, found)| Broken::Gap {
        feed: name.into(),
        expected,
        found,
    };
    for expected in expected {
        match found.next() {
            Some(n) if n == expected => {}
            other => return Some(wrong((expected, other.unwrap_or(0)))),
        }
    }
    found.next().map(|extra| wrong((0, extra)))
}

fn order(name: &str, feed: &Feed, rounds: &[Round]) -> Vec<Broken> {
    let evicted = feed.kept.evicted.into_iter();
    let moments = evicted.chain(rounds.iter().map(|r| r.at));
    let mut last: Option<Moment> = None;
    let first = rounds.first().map_or(0, |r| r.number);
    let mut number = first.saturating_sub(u64::from(feed.kept.evicted.is_some()));
    let mut broken = vec![];
    for at in moments {
        if last.is_some_and(|l| at.time <= l.time || at.height <= l.height) {
            broken.push(Broken::NotLater {
                feed: name.into(),
                round: number,
            });
        }
        last = Some(at);
        number = number.saturating_add(1);
    }
    broken
}

fn end(name: &str, feed: &Feed, rounds: &[Round]) -> Option<Broken> {
    let pair = feed.newest.as_ref().map(|n| n.pair);
    let mut back = rounds.iter().rev().copied();
    let same = pair.map(|p| p.round) == back.next() && pair.and_then(|p| p.before) == back.next();
    (!same).then(|| Broken::NewestElsewhere { feed: name.into() })
}
