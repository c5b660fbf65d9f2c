//! Sources that have to be asked: one contained message each, so that one that fails, answers garbage or burns its
//! gas costs only itself. What they say waits here until the block's rounds are made.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{DepsMut, Event, ReplyOn, Response, StdResult, Storage, SubMsg};
use cw_storage_plus::Map;
use types::{
    clock::Moment,
    handle::Handle,
    oracle::{ExecuteMsg, Oracle, Origin, ReportIgnored, Unfit},
    pending::Pending,
    wire::Wire,
};

use crate::{
    awaiting::Awaiting,
    feed::Feed,
    foreign, key,
    report::{fate, Fate},
    source::Said,
    ContractError,
};

/// Gas one source may burn: its own answer, and our reading of it.
pub const GAS: u64 = 500_000;
/// Sources asked by one message at most; together they burn at most sixteen million.
pub const MOST: usize = 32;

/// What a source answered.
#[cw_serde]
struct Fetched {
    said: Said,
    /// In which block. What was fetched in another one was known before its time, or is known already.
    height: u64,
}

/// (feed, place of the source) -> its newest answer.
const FETCHED: Map<(&str, u32), Fetched> = Map::new(key::FETCHED);

/// One message to ourselves for each source of a feed that has to be asked.
pub fn orders(this: &Handle<Oracle>, name: &str, feed: &Feed) -> StdResult<Vec<SubMsg>> {
    let asked = (0u32..).zip(&feed.sources);
    let asked = asked.filter(|(_, source)| source.origin.is_asked());
    asked
        .map(|(n, source)| {
            let order = ExecuteMsg::Fetch {
                feed: name.into(),
                source: n,
                origin: source.spelt(),
            };
            let awaiting = Awaiting::Fetch {
                feed: name.into(),
                source: source.origin.voice().clone(),
            };
            let mut sub = awaiting.contained(this.tell(&order, vec![])?, GAS)?;
            // What went well needs no word.
            sub.reply_on = ReplyOn::Error;
            Ok(sub)
        })
        .collect()
}

/// Ask one source, and keep what it says for the end of this message.
pub fn fetch(
    deps: DepsMut,
    now: Moment,
    feed: String,
    source: u32,
    origin: Origin,
) -> Result<Response, ContractError> {
    let height = now.height;
    let origin = origin.voiced(|voice| deps.api.addr_validate(&voice))?;
    Ok(match foreign::ask(deps.querier, &origin)? {
        Ok(said) => {
            let fetched = Fetched { said, height };
            FETCHED.save(deps.storage, (&feed, source), &fetched)?;
            Response::new()
        }
        Err(why) => {
            let reporter = origin.voice().clone();
            let ignored = ReportIgnored {
                feed,
                reporter,
                why,
            };
            Response::new().add_event(ignored.write())
        }
    })
}

/// What came of asking.
#[derive(Default)]
pub struct Merged {
    /// Whether a source's last report was replaced.
    pub changed: bool,
    /// What was ignored.
    pub events: Vec<Event>,
}

/// Let what was fetched in this block replace what the sources said last, by the rules of a push.
pub fn merge(storage: &dyn Storage, name: &str, feed: &mut Feed, now: Moment) -> StdResult<Merged> {
    let mut merged = Merged::default();
    let Feed {
        params, sources, ..
    } = feed;
    let asked = (0u32..).zip(sources.iter_mut());
    for (n, source) in asked.filter(|(_, s)| s.origin.is_asked()) {
        let fetched = FETCHED.may_load(storage, (name, n))?;
        let Some(fetched) = fetched.filter(|f| f.height == now.height) else {
            continue;
        };
        match fate(params, now.time, source.last, fetched.said) {
            Fate::Same => {}
            Fate::Kept(said) => {
                source.keep(said, now.time);
                merged.changed = true;
            }
            Fate::Ignored(why) => {
                merged.changed |= why == Unfit::Old && source.recall(fetched.said);
                let ignored = ReportIgnored {
                    feed: name.into(),
                    reporter: source.origin.voice().clone(),
                    why,
                };
                merged.events.push(ignored.write());
            }
        }
    }
    Ok(merged)
}
