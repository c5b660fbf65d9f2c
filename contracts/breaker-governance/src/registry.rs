//! Who is who, the settings, and when each feed was last heard.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use cw_storage_plus::{Item, Map};
use types::{
    breaker::{FeedReading, Params},
    engine::Engine,
    handle::Handle,
    oracle::{Oracle, Status},
};

use crate::{audit::Broken, key, ContractError, Role};

/// Who is who, and the settings.
#[cw_serde]
pub struct Settings {
    /// Who governs.
    pub dao: Addr,
    /// Who reports.
    pub oracle: Handle<Oracle>,
    /// Who is leased stances.
    pub engine: Handle<Engine>,
    /// Thresholds, dwells and leases.
    pub params: Params,
}

/// What is remembered of a feed's newest report.
#[cw_serde]
#[derive(Default)]
pub struct Heard {
    /// Block time of the report, 0 before the first.
    pub at: u64,
    /// Block time of the first report of the Invalid ones in a row that it ends.
    pub invalid_since: Option<u64>,
}

const SETTINGS: Item<Settings> = Item::new(key::SETTINGS);
/// Present for every known feed.
const FEEDS: Map<&str, Heard> = Map::new(key::FEEDS);

/// Remember the settings and the feeds, none of them heard yet.
pub fn start<'a>(
    storage: &mut dyn Storage,
    settings: &Settings,
    feeds: impl Iterator<Item = &'a String>,
) -> StdResult<()> {
    SETTINGS.save(storage, settings)?;
    for feed in feeds {
        FEEDS.save(storage, feed, &Heard::default())?;
    }
    Ok(())
}

/// Who is who, and the settings.
pub fn settings(storage: &dyn Storage) -> StdResult<Settings> {
    SETTINGS.load(storage)
}

/// A report has come: what is known of the feed now. `None` for a feed nobody registered.
pub fn hear(
    storage: &mut dyn Storage,
    reading: &FeedReading,
    now: u64,
) -> StdResult<Option<Heard>> {
    let Some(before) = FEEDS.may_load(storage, &reading.feed)? else {
        return Ok(None);
    };
    let heard = Heard {
        at: now,
        invalid_since: match reading.status {
            Status::Invalid => Some(before.invalid_since.unwrap_or(now)),
            Status::Valid | Status::Degraded | Status::Uncertain | Status::Stale => None,
        },
    };
    FEEDS.save(storage, &reading.feed, &heard)?;
    Ok(Some(heard))
}

/// Whether a feed has not reported for longer than a lease, or never.
pub fn silent(storage: &dyn Storage, feed: &str, now: u64, lease: u64) -> StdResult<bool> {
    let heard = FEEDS.may_load(storage, feed)?.unwrap_or_default();
    Ok(heard.at == 0 || now > heard.at.saturating_add(lease))
}

impl Settings {
    /// Pass only the oracle.
    pub fn only_oracle(&self, sender: &Addr) -> Result<(), ContractError> {
        Role::Oracle.only(self.oracle.addr(), sender)
    }

    /// Pass only the engine.
    pub fn only_engine(&self, sender: &Addr) -> Result<(), ContractError> {
        Role::Engine.only(self.engine.addr(), sender)
    }
}

/// Every known feed, by name.
pub fn feeds(storage: &dyn Storage) -> StdResult<Vec<String>> {
    FEEDS.keys(storage, None, None, Order::Ascending).collect()
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    FEEDS
        .range(storage, None, None, Order::Ascending)
        .filter_map(|entry| match entry {
            Ok((feed, heard)) => {
                let before_any = heard.at == 0 && heard != Heard::default();
                let future = heard.invalid_since.is_some_and(|since| since > heard.at);
                (before_any || future).then_some(Ok(Broken::FeedMemory { feed }))
            }
            Err(e) => Some(Err(e)),
        })
        .collect()
}
