//! Anyone makes rounds of what has been reported.
//!
//! Sources that have to be asked are asked in contained messages to ourselves, which run one after the other; the
//! last message makes the rounds and tells the breaker. A feed of reporters alone needs none of that.

use cosmwasm_std::{DepsMut, Event, Response, Storage};
use math::fallback::Fallback;
use types::{
    breaker::FeedReading,
    clock::Moment,
    handle::Handle,
    oracle::{ExecuteMsg, FallbackChanged, Oracle, RoundMade},
    wire::Wire,
};

use crate::{
    conduct,
    feed::{self, Feed},
    fetch::{self, Merged},
    learn, limit, readings, round, ContractError,
};

/// Refresh these feeds, then tell the breaker what each reads now, round or not.
pub fn refresh(
    deps: DepsMut,
    now: Moment,
    this: &Handle<Oracle>,
    feeds: Vec<String>,
) -> Result<Response, ContractError> {
    limit::check(feeds.iter(), limit::ITEMS)?;
    let mut response = Response::new();
    let (mut heard, mut asked, mut orders) = (vec![], vec![], vec![]);
    for name in feeds {
        let mut feed = feed::load(deps.storage, &name)?;
        let own = fetch::orders(this, &name, &feed)?;
        if own.is_empty() {
            let merged = Merged::default();
            response = response.add_events(one(deps.storage, now, &name, &mut feed, merged)?);
            heard.push(readings::of(&name, &feed, now.time));
        } else {
            orders.extend(own);
            asked.push(name);
        }
    }
    if asked.is_empty() {
        return Ok(response.add_submessages(readings::send(deps.storage, heard)?));
    }
    let (got, max) = (orders.len(), fetch::MOST);
    if got > max {
        return Err(ContractError::Asked { got, max });
    }
    let feeds = asked;
    let conclude = this.tell(&ExecuteMsg::Conclude { feeds, heard }, vec![])?;
    Ok(response.add_submessages(orders).add_message(conclude))
}

/// Make rounds of what was fetched, then tell the breaker, the readings of the other feeds included.
pub fn conclude(
    deps: DepsMut,
    now: Moment,
    feeds: Vec<String>,
    mut heard: Vec<FeedReading>,
) -> Result<Response, ContractError> {
    let mut response = Response::new();
    for name in feeds {
        let mut feed = feed::load(deps.storage, &name)?;
        let merged = fetch::merge(deps.storage, &name, &mut feed, now)?;
        response = response.add_events(one(deps.storage, now, &name, &mut feed, merged)?);
        heard.push(readings::of(&name, &feed, now.time));
    }
    Ok(response.add_submessages(readings::send(deps.storage, heard)?))
}

/// One feed: a round if there is one to make, and what the sources' reports say about them. Written once, and only if
/// something changed.
fn one(
    storage: &mut dyn Storage,
    now: Moment,
    name: &str,
    feed: &mut Feed,
    merged: Merged,
) -> Result<Vec<Event>, ContractError> {
    let Merged {
        mut changed,
        mut events,
    } = merged;
    let (before, was) = (conduct::standings(feed), feed.fallback);
    changed |= conduct::fall_behind(feed);
    let step = learn::next(feed, now)?;
    changed |= conduct::judge(feed, step.as_ref(), now.time);
    if let Some(step) = step {
        events.push(made(name, &step.newest).write());
        feed.fallback = step.fallback;
        round::append(storage, name, feed, step.newest, now.time)?;
        changed = true;
    }
    if changed {
        feed::save(storage, name, feed)?;
    }
    let stood = conduct::changes(name, feed, &before);
    events.extend(stood.iter().map(Wire::write));
    events.extend(switched(name, was, feed.fallback).map(|c| c.write()));
    Ok(events)
}

fn switched(name: &str, was: Fallback, is: Fallback) -> Option<FallbackChanged> {
    let anchored = |f: Fallback| f != Fallback::Primary;
    (anchored(was) != anchored(is)).then(|| FallbackChanged {
        feed: name.into(),
        anchored: anchored(is),
    })
}

fn made(name: &str, newest: &feed::Newest) -> RoundMade {
    let round = newest.pair.round;
    RoundMade {
        feed: name.into(),
        round: round.number,
        time: round.at.time,
        price: round.price,
        status: round.status,
    }
}
