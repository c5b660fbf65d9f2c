//! What stance each market is leased, and when it is due again.

use std::cmp::Reverse;

use cosmwasm_std::{Event, Order, StdResult, Storage};
use store::Map;
use types::{
    breaker::{Call, Params, Registered},
    level::Level,
    scope::{Scope, Stance},
    Ratio,
};

use crate::{
    above::Above,
    audit::Broken,
    key, module,
    registry::{self, Settings},
    ContractError, Counted,
};

pub use offer::{Offers, PUSH_GAS};
use terms::{Lease, Terms};

mod offer;
mod terms;

/// Markets at most.
pub const MAX_MARKETS: usize = 32;
/// Markets of one `Push` at most.
pub const MAX_PUSH: usize = 8;

/// `market -> lease`.
const LEASES: Map<&str, Lease> = Map::new(key::LEASES);

/// What is known about a market nobody registered.
pub const UNKNOWN: Stance = Stance {
    level: Level::ReduceOnly,
    caution: Ratio::ZERO,
    caps: Ratio::ONE,
    until: 0,
};

/// Whom a message has taught something about.
#[derive(Debug, Clone, Copy)]
pub enum Concerned<'a> {
    /// Everyone.
    All,
    /// Every market on these feeds.
    Feeds(&'a [String]),
    /// Every market under this scope.
    Under(&'a Scope),
}

/// Start with these markets, nothing leased.
pub fn start(storage: &mut dyn Storage, markets: Vec<Registered>) -> Result<(), ContractError> {
    Counted::Markets.check(markets.iter().map(|m| &m.market), MAX_MARKETS)?;
    for market in markets {
        add(storage, market)?;
    }
    Ok(())
}

/// One more market, nothing leased.
pub fn add(storage: &mut dyn Storage, market: Registered) -> Result<(), ContractError> {
    may_add(storage, &market)?;
    for feed in market.feeds() {
        registry::know(storage, feed)?;
    }
    let name = market.market.clone();
    Ok(LEASES.save(storage, &name, &Lease::of(market))?)
}

/// Whether there is room for this market, and everything it names is a name.
pub fn may_add(storage: &dyn Storage, market: &Registered) -> Result<(), ContractError> {
    types::id::check(&market.market)?;
    for feed in market.feeds() {
        types::id::check(feed)?;
    }
    if is_market(storage, &market.market) {
        return Err(ContractError::KnownMarket {
            market: market.market.clone(),
        });
    }
    let got = count(storage).saturating_add(1);
    if got > MAX_MARKETS {
        let (of, max) = (Counted::Markets, MAX_MARKETS);
        return Err(ContractError::Count { of, got, max });
    }
    Ok(())
}

/// This market is watched over no longer: its stance lapses at the engine.
pub fn remove(storage: &mut dyn Storage, market: &str) -> Result<(), ContractError> {
    may_remove(storage, market)?;
    let gone = LEASES.load(storage, market)?.market;
    LEASES.remove(storage, market);
    let rest = markets(storage)?;
    for feed in gone.feeds() {
        if rest.iter().all(|m| m.feeds().all(|f| f != feed)) {
            registry::forget(storage, feed);
        }
    }
    Ok(())
}

/// Whether this market is known, and not the last one.
pub fn may_remove(storage: &dyn Storage, market: &str) -> Result<(), ContractError> {
    if !is_market(storage, market) {
        return Err(ContractError::UnknownMarket {
            market: market.to_owned(),
        });
    }
    if count(storage) > 1 {
        Ok(())
    } else {
        let (of, max) = (Counted::Markets, MAX_MARKETS);
        Err(ContractError::Count { of, got: 0, max })
    }
}

/// Whether the breaker watches over this market.
pub fn is_market(storage: &dyn Storage, market: &str) -> bool {
    LEASES.has(storage, market)
}

/// A market as it was registered.
pub fn registered(storage: &dyn Storage, market: &str) -> StdResult<Option<Registered>> {
    Ok(LEASES.may_load(storage, market)?.map(|lease| lease.market))
}

/// The markets and their feeds, by name.
pub fn markets(storage: &dyn Storage) -> StdResult<Vec<Registered>> {
    Ok(all(storage)?.into_iter().map(|l| l.market).collect())
}

/// Whether there is one market only.
pub fn alone(storage: &dyn Storage) -> bool {
    count(storage) <= 1
}

/// The stance a market would be leased now.
pub fn stance(
    storage: &dyn Storage,
    settings: &Settings,
    market: &str,
    now: u64,
) -> StdResult<Stance> {
    let Some(lease) = LEASES.may_load(storage, market)? else {
        return Ok(UNKNOWN);
    };
    let above = Above::now(storage, settings, now)?;
    Ok(judge(storage, (settings, &above), &lease, now)?.stance)
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
    let above = Above::now(storage, settings, now)?;
    let mut due: Vec<(Lease, Terms)> = vec![];
    for lease in all(storage)?.into_iter().filter(|l| concerned.is(l)) {
        let terms = judge(storage, (settings, &above), &lease, now)?;
        if lease.is_due(terms.stance, now, &settings.params) {
            due.push((lease, terms));
        }
    }
    due.sort_by_key(|(lease, terms)| {
        let tightens = terms.stance.level > lease.stance.at(now).level;
        (Reverse(tightens), lease.offered_at)
    });
    let mut offers = Offers::default();
    let limit = usize::try_from(settings.params.push_limit).unwrap_or(MAX_MARKETS);
    for (lease, terms) in due.into_iter().take(limit) {
        offer(storage, &mut offers, settings, (lease, terms, now))?;
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
    let above = Above::now(storage, settings, now)?;
    let mut offers = Offers::default();
    for market in markets {
        let lease = LEASES.may_load(storage, market)?;
        let lease = lease.ok_or_else(|| ContractError::UnknownMarket {
            market: market.clone(),
        })?;
        let terms = judge(storage, (settings, &above), &lease, now)?;
        offer(storage, &mut offers, settings, (lease, terms, now))?;
    }
    Ok(offers)
}

/// The engine has held every position of a market against its books, in a pass that began then.
pub fn reconciled(storage: &mut dyn Storage, market: &str, began: u64) -> StdResult<()> {
    let Some(mut lease) = LEASES.may_load(storage, market)? else {
        return Ok(());
    };
    if lease.reconciled(began) {
        LEASES.save(storage, market, &lease)?;
    }
    Ok(())
}

/// The engine has answered. A stance it did not take is due again.
pub fn settle(
    storage: &mut dyn Storage,
    settings: &Settings,
    (market, stance, now): (String, Stance, u64),
    failed: bool,
) -> StdResult<Vec<Event>> {
    let Some(mut lease) = LEASES.may_load(storage, &market)? else {
        return Ok(vec![]);
    };
    if failed {
        lease.lost();
        LEASES.save(storage, &market, &lease)?;
        return Ok(vec![offer::lost(market, stance, settings)]);
    }
    if lease.accepted() {
        LEASES.save(storage, &market, &lease)?;
    }
    called(storage, settings, (market, false), now)
}

/// A failed call of the engine about this market counts: against the engine, and towards how long a
/// lost stance waits.
pub fn fault(
    storage: &mut dyn Storage,
    settings: &Settings,
    market: String,
    now: u64,
) -> StdResult<Vec<Event>> {
    if let Some(mut lease) = LEASES.may_load(storage, &market)? {
        if lease.failed() {
            LEASES.save(storage, &market, &lease)?;
        }
    }
    called(storage, settings, (market, true), now)
}

/// A call of the engine about this market has come back. Only a market it has ever taken a stance
/// for says anything about it: one it was never told of would fail for ever.
pub fn called(
    storage: &mut dyn Storage,
    settings: &Settings,
    (market, failed): (String, bool),
    now: u64,
) -> StdResult<Vec<Event>> {
    let lease = LEASES.may_load(storage, &market)?;
    if lease.is_none_or(|lease| !lease.taken) {
        return Ok(vec![]);
    }
    let call = Call { market, failed };
    let alone = alone(storage);
    module::called(storage, settings, (call, alone), now)
}

/// Joins every scope above the market. A feed of it that has not reported for longer than a lease,
/// or never, leaves no better than ReduceOnly, so no `Push` keeps a good stance alive on silence.
fn judge(
    storage: &dyn Storage,
    (settings, above): (&Settings, &Above),
    lease: &Lease,
    now: u64,
) -> StdResult<Terms> {
    let mut joined = above.market(storage, &lease.market)?;
    for feed in lease.market.feeds() {
        if registry::heard(storage, feed)?.silent(now, settings.params.lease) {
            joined = joined.max(Level::ReduceOnly);
        }
    }
    let heard = registry::heard(storage, &lease.market.feed)?;
    Ok(lease.terms((joined, &heard), now, &settings.params))
}

fn offer(
    storage: &mut dyn Storage,
    offers: &mut Offers,
    settings: &Settings,
    (mut lease, terms, now): (Lease, Terms, u64),
) -> StdResult<()> {
    let market = lease.market.market.clone();
    offers.add(&market, terms.stance, settings)?;
    lease.offered(terms, now);
    LEASES.save(storage, &market, &lease)
}

fn all(storage: &dyn Storage) -> StdResult<Vec<Lease>> {
    LEASES
        .all()
        .range(storage, None, None, Order::Ascending)
        .map(|entry| entry.map(|(_, lease)| lease))
        .collect()
}

fn count(storage: &dyn Storage) -> usize {
    LEASES
        .all()
        .keys(storage, None, None, Order::Ascending)
        .count()
}

impl Concerned<'_> {
    fn is(self, lease: &Lease) -> bool {
        let market = &lease.market;
        match self {
            Self::All => true,
            Self::Feeds(feeds) => market.feeds().any(|feed| feeds.contains(feed)),
            Self::Under(scope) => match scope {
                Scope::Global {} | Scope::Module { .. } => true,
                Scope::Market { market: own } => market.market == *own,
                Scope::Feed { feed } => market.feeds().any(|own| own == feed),
                Scope::Remote { .. } => false,
            },
        }
    }
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage, params: &Params) -> StdResult<Vec<Broken>> {
    let leases = all(storage)?;
    let mut broken = vec![];
    if !(1..=MAX_MARKETS).contains(&leases.len()) {
        let markets = leases.len();
        broken.push(Broken::Roster { markets });
    }
    let feeds = registry::feeds(storage)?;
    let used = || leases.iter().flat_map(|l| l.market.feeds());
    let unknown = used().filter(|feed| !feeds.contains(feed));
    let unused = feeds.iter().filter(|feed| used().all(|own| own != *feed));
    for feed in unknown.chain(unused) {
        broken.push(Broken::FeedOrphan { feed: feed.clone() });
    }
    broken.extend(leases.iter().filter_map(|lease| lease.audit(params)));
    Ok(broken)
}
