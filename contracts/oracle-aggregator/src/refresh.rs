//! Anyone makes rounds of what has been reported.

use cosmwasm_std::{Response, Storage};
use types::{clock::Moment, oracle::RoundMade, wire::Wire};

use crate::{feed, learn, limit, readings, round, ContractError};

/// Refresh these feeds, then tell the breaker what each reads now, round or not.
pub fn refresh(
    storage: &mut dyn Storage,
    now: Moment,
    feeds: &[String],
) -> Result<Response, ContractError> {
    limit::check(feeds.iter(), limit::ITEMS)?;
    let mut response = Response::new();
    let mut heard = Vec::with_capacity(feeds.len());
    for name in feeds {
        let mut feed = feed::load(storage, name)?;
        if let Some(newest) = learn::next(&feed, now)? {
            response = response.add_event(made(name, &newest).write());
            round::append(storage, name, &mut feed, newest, now.time)?;
            feed::save(storage, name, &feed)?;
        }
        heard.push(readings::of(name, &feed, now.time));
    }
    Ok(response.add_submessages(readings::send(storage, heard)?))
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
