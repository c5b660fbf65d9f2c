//! What stance each market is leased, and when it is due again.

use std::cmp::Reverse;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Event, StdResult, Storage, SubMsgResult};
use cw_storage_plus::Item;
use types::{
    breaker::{Params, Registered},
    level::Level,
    scope::{Scope, Stance},
    Ratio,
};

use crate::{
    audit::Broken,
    key, latches,
    registry::{self, Settings},
    ContractError, Counted,
};

pub use offer::{Offers, PUSH_GAS};

mod offer;

/// Markets at most.
pub const MAX_MARKETS: usize = 32;
/// Markets of one `Push` at most.
pub const MAX_PUSH: usize = 8;

/// One market and what it was last leased.
#[cw_serde]
struct Lease {
    market: String,
    feed: String,
    /// Last offered.
    stance: Stance,
    /// Whether the engine took it.
    delivered: bool,
    /// Block time of the last offer.
    offered_at: u64,
}

const LEASES: Item<Vec<Lease>> = Item::new(key::LEASES);

/// Start with these markets, nothing leased.
pub fn start(storage: &mut dyn Storage, markets: Vec<Registered>) -> Result<(), ContractError> {
    Counted::Markets.check(markets.iter().map(|m| &m.market), MAX_MARKETS)?;
    for Registered { market, feed } in &markets {
        types::id::check(market)?;
        types::id::check(feed)?;
    }
    let leases = markets
        .into_iter()
        .map(|Registered { market, feed }| Lease {
            market,
            feed,
            stance: UNKNOWN,
            delivered: false,
            offered_at: 0,
        })
        .collect();
    Ok(LEASES.save(storage, &leases)?)
}

/// What is known about a market nobody registered.
pub const UNKNOWN: Stance = Stance {
    level: Level::ReduceOnly,
    caution: Ratio::ZERO,
    caps: Ratio::ONE,
    until: 0,
};

/// The markets and their feeds.
pub fn markets(storage: &dyn Storage) -> StdResult<Vec<Registered>> {
    let registered = |Lease { market, feed, .. }| Registered { market, feed };
    Ok(LEASES.load(storage)?.into_iter().map(registered).collect())
}

/// The stance a market would be leased now.
pub fn stance(
    storage: &dyn Storage,
    settings: &Settings,
    market: &str,
    now: u64,
) -> StdResult<Stance> {
    LEASES
        .load(storage)?
        .iter()
        .find(|lease| lease.market == market)
        .map_or(Ok(UNKNOWN), |lease| judge(storage, settings, lease, now))
}

/// Whom a message has taught something about.
#[derive(Debug, Clone, Copy)]
pub enum Concerned<'a> {
    /// Every market on these feeds.
    Feeds(&'a [String]),
    /// One market.
    Market(&'a str),
}

/// Whether the breaker watches over this market.
pub fn is_market(storage: &dyn Storage, market: &str) -> StdResult<bool> {
    Ok(LEASES.load(storage)?.iter().any(|l| l.market == market))
}

/// After something was learned: the markets concerned whose stance changed, was lost, or has spent
/// half its lease, at most `push_limit` of them. Tighter stances go first, then the longest not
/// offered.
pub fn renew(
    storage: &mut dyn Storage,
    settings: &Settings,
    concerned: Concerned<'_>,
    now: u64,
) -> StdResult<Offers> {
    let mut leases = LEASES.load(storage)?;
    let mut due: Vec<(&mut Lease, Stance)> = vec![];
    for lease in leases.iter_mut().filter(|l| concerned.is(l)) {
        let stance = judge(storage, settings, lease, now)?;
        if lease.is_due(stance, now, &settings.params) {
            due.push((lease, stance));
        }
    }
    due.sort_by_key(|(lease, stance)| {
        let tightens = stance.level > lease.stance.at(now).level;
        (Reverse(tightens), lease.offered_at)
    });
    let mut offers = Offers::default();
    let limit = usize::try_from(settings.params.push_limit).unwrap_or(MAX_MARKETS);
    for (lease, stance) in due.into_iter().take(limit) {
        offers.add(&lease.market, stance, settings)?;
        lease.offered(stance, now);
    }
    if !offers.messages.is_empty() {
        LEASES.save(storage, &leases)?;
    }
    Ok(offers)
}

/// Anyone's wish: these markets, whatever is left of their leases.
pub fn push(
    storage: &mut dyn Storage,
    settings: &Settings,
    markets: &[String],
    now: u64,
) -> Result<Offers, ContractError> {
    Counted::Markets.check(markets.iter(), MAX_PUSH)?;
    let mut leases = LEASES.load(storage)?;
    let mut offers = Offers::default();
    for market in markets {
        let lease = leases
            .iter_mut()
            .find(|lease| lease.market == *market)
            .ok_or_else(|| ContractError::UnknownMarket {
                market: market.clone(),
            })?;
        let stance = judge(storage, settings, lease, now)?;
        offers.add(&lease.market, stance, settings)?;
        lease.offered(stance, now);
    }
    LEASES.save(storage, &leases)?;
    Ok(offers)
}

/// The engine has answered. A stance it did not take is due again.
pub fn settle(
    storage: &mut dyn Storage,
    settings: &Settings,
    (market, stance): (String, Stance),
    result: &SubMsgResult,
) -> StdResult<Option<Event>> {
    if result.is_ok() {
        return Ok(None);
    }
    let mut leases = LEASES.load(storage)?;
    if let Some(lease) = leases.iter_mut().find(|lease| lease.market == market) {
        lease.delivered = false;
    }
    LEASES.save(storage, &leases)?;
    Ok(Some(offer::lost(market, stance, settings)))
}

/// Joins every scope above the market. A feed that has not reported for longer than a lease, or
/// never, leaves no better than ReduceOnly, so no `Push` keeps a good stance alive on silence.
fn judge(storage: &dyn Storage, settings: &Settings, lease: &Lease, now: u64) -> StdResult<Stance> {
    let scopes = [
        Scope::Global {},
        Scope::Market {
            market: lease.market.clone(),
        },
        Scope::Feed {
            feed: lease.feed.clone(),
        },
        Scope::Module {
            module: settings.engine.addr().to_string(),
        },
        Scope::Module {
            module: settings.oracle.addr().to_string(),
        },
    ];
    let least = if registry::silent(storage, &lease.feed, now, settings.params.lease)? {
        Level::ReduceOnly
    } else {
        Level::Normal
    };
    let level = scopes.iter().try_fold(least, |joined, scope| {
        latches::level(storage, scope).map(|level| joined.max(level))
    })?;
    Ok(Stance {
        level,
        caution: Ratio::ZERO,
        caps: Ratio::ONE,
        until: now.saturating_add(settings.params.lease),
    })
}

impl Concerned<'_> {
    fn is(self, lease: &Lease) -> bool {
        match self {
            Self::Feeds(feeds) => feeds.contains(&lease.feed),
            Self::Market(market) => lease.market == market,
        }
    }
}

impl Lease {
    fn is_due(&self, stance: Stance, now: u64, params: &Params) -> bool {
        let changed = stance.level != self.stance.level || stance.caution != self.stance.caution;
        let left = self.stance.until.saturating_sub(now);
        changed || !self.delivered || left.saturating_mul(2) < params.lease
    }

    /// Recorded as taken; the reply takes that back if it was not.
    fn offered(&mut self, stance: Stance, now: u64) {
        self.stance = stance;
        self.delivered = true;
        self.offered_at = now;
    }
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage, params: &Params) -> StdResult<Vec<Broken>> {
    let leases = LEASES.load(storage)?;
    let mut broken = vec![];
    if Counted::Markets
        .check(leases.iter().map(|l| &l.market), MAX_MARKETS)
        .is_err()
    {
        let markets = leases.len();
        broken.push(Broken::Roster { markets });
    }
    let feeds = registry::feeds(storage)?;
    let unknown = leases
        .iter()
        .map(|l| &l.feed)
        .filter(|f| !feeds.contains(f));
    let unused = feeds
        .iter()
        .filter(|f| leases.iter().all(|l| l.feed != **f));
    for feed in unknown.chain(unused) {
        broken.push(Broken::FeedOrphan { feed: feed.clone() });
    }
    for lease in &leases {
        if lease.stance.until > lease.offered_at.saturating_add(params.lease) {
            let market = lease.market.clone();
            broken.push(Broken::LeaseTooLong { market });
        }
    }
    Ok(broken)
}
