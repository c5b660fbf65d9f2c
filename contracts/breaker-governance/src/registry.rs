//! Who is who, the settings, and when each feed was last heard.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use store::{Item, Map};
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
    /// How long the feed had been silent before it.
    pub silence: u64,
    /// Block time of the first report of the Invalid ones in a row that it ends.
    pub invalid_since: Option<u64>,
    /// The newest round heard of.
    pub round: u64,
    /// Fresh rounds heard of in all.
    pub rounds: u64,
    /// Fresh rounds in a row: without a word that the price is stale or invalid, and without a
    /// silence of a whole lease.
    pub streak: u64,
}

const SETTINGS: Item<Settings> = Item::new(key::SETTINGS);
/// Present for every known feed.
const FEEDS: Map<&str, Heard> = Map::new(key::FEEDS);

/// Remember the settings.
pub fn start(storage: &mut dyn Storage, settings: &Settings) -> StdResult<()> {
    SETTINGS.save(storage, settings)
}

/// Who is who, and the settings.
pub fn settings(storage: &dyn Storage) -> StdResult<Settings> {
    SETTINGS.load(storage)
}

/// This one governs from now on.
pub fn hand_over(storage: &mut dyn Storage, dao: Addr) -> StdResult<()> {
    let settings = SETTINGS.load(storage)?;
    SETTINGS.save(storage, &Settings { dao, ..settings })
}

/// A market is on this feed: know it, not heard yet if it is new.
pub fn know(storage: &mut dyn Storage, feed: &str) -> StdResult<()> {
    if FEEDS.has(storage, feed) {
        Ok(())
    } else {
        FEEDS.save(storage, feed, &Heard::default())
    }
}

/// No market is on this feed any more.
pub fn forget(storage: &mut dyn Storage, feed: &str) {
    FEEDS.remove(storage, feed);
}

/// Whether any market is on this feed.
pub fn knows(storage: &dyn Storage, feed: &str) -> bool {
    FEEDS.has(storage, feed)
}

/// A report has come: what is known of the feed now. `None` for a feed nobody registered.
pub fn hear(
    storage: &mut dyn Storage,
    reading: &FeedReading,
    (lease, now): (u64, u64),
) -> StdResult<Option<Heard>> {
    let Some(before) = FEEDS.may_load(storage, &reading.feed)? else {
        return Ok(None);
    };
    let heard = before.then(reading, lease, now);
    FEEDS.save(storage, &reading.feed, &heard)?;
    Ok(Some(heard))
}

/// What is remembered of a feed, nothing for one nobody registered.
pub fn heard(storage: &dyn Storage, feed: &str) -> StdResult<Heard> {
    Ok(FEEDS.may_load(storage, feed)?.unwrap_or_default())
}

impl Heard {
    /// Whether the feed has not reported for longer than a lease, or never.
    pub const fn silent(&self, now: u64, lease: u64) -> bool {
        self.at == 0 || now > self.at.saturating_add(lease)
    }

    fn then(self, reading: &FeedReading, lease: u64, now: u64) -> Self {
        let usable = match reading.status {
            Status::Valid | Status::Degraded | Status::Uncertain => true,
            Status::Stale | Status::Invalid => false,
        };
        let fresh = u64::from(usable && reading.round > self.round);
        let broken = !usable || self.silent(now, lease);
        let streak = if broken { 0 } else { self.streak };
        Self {
            at: now,
            silence: match self.at {
                0 => 0,
                at => now.saturating_sub(at),
            },
            invalid_since: match reading.status {
                Status::Invalid => Some(self.invalid_since.unwrap_or(now)),
                Status::Valid | Status::Degraded | Status::Uncertain | Status::Stale => None,
            },
            round: reading.round,
            rounds: self.rounds.saturating_add(fresh),
            streak: streak.saturating_add(fresh),
        }
    }
}

impl Settings {
    /// Pass only the oracle.
    pub fn only_oracle(&self, sender: &Addr) -> Result<(), ContractError> {
        Role::Oracle.only(self.oracle.addr(), sender)
    }

    /// Pass only the DAO.
    pub fn only_dao(&self, sender: &Addr) -> Result<(), ContractError> {
        Role::Dao.only(&self.dao, sender)
    }

    /// Pass only the engine.
    pub fn only_engine(&self, sender: &Addr) -> Result<(), ContractError> {
        Role::Engine.only(self.engine.addr(), sender)
    }
}

/// Every known feed, by name.
pub fn feeds(storage: &dyn Storage) -> StdResult<Vec<String>> {
    FEEDS
        .all()
        .keys(storage, None, None, Order::Ascending)
        .collect()
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    FEEDS
        .all()
        .range(storage, None, None, Order::Ascending)
        .filter_map(|entry| match entry {
            Ok((feed, heard)) => {
                let before_any = heard.at == 0 && heard != Heard::default();
                let future = heard.invalid_since.is_some_and(|since| since > heard.at);
                (before_any || future || heard.streak > heard.rounds)
                    .then_some(Ok(Broken::FeedMemory { feed }))
            }
            Err(e) => Some(Err(e)),
        })
        .collect()
}
