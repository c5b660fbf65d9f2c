//! What must hold after every message, gathered from every room. Tests call it; the chain never
//! does.

use cosmwasm_std::{Addr, StdResult, Storage};
use types::{
    breaker::{Pace, Registered},
    scope::{Reason, Scope},
};

use crate::{
    change, clock, guardian, latches, lease, module, params,
    registry::{self, Settings},
};

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A latch is stored under bytes that are no scope.
    ScopeKey {
        /// Those bytes.
        key: Vec<u8>,
    },
    /// A scope's level is not the greatest of its latches.
    LevelNotMax {
        /// Which.
        scope: Scope,
    },
    /// A latch is lower than its newest reading demanded.
    LatchBelowDemand {
        /// Of which scope.
        scope: Scope,
        /// For which reason.
        reason: Reason,
    },
    /// A latch's reason, counters or memory do not fit where it is stored.
    LatchState {
        /// Of which scope.
        scope: Scope,
        /// For which reason.
        reason: Reason,
    },
    /// The settings are outside their bounds.
    Settings {
        /// Which field.
        field: &'static str,
    },
    /// A feed claims an outage that started after its newest report, or a round before any report.
    FeedMemory {
        /// Which.
        feed: String,
    },
    /// A feed without a market, or a market whose feed is not known.
    FeedOrphan {
        /// Which feed.
        feed: String,
    },
    /// Too many markets, or one listed twice.
    Roster {
        /// How many.
        markets: usize,
    },
    /// A market is recorded as leased longer than a lease from its newest offer.
    LeaseTooLong {
        /// Which.
        market: String,
    },
    /// A market is recorded as reopening while it is closed, or as Protected without what it takes
    /// to leave that.
    LeaseState {
        /// Which.
        market: String,
    },
    /// A market would be leased less than a latch or a raise above it demands.
    LeaseTooLoose {
        /// Which.
        market: String,
    },
    /// The learned pace is out of bounds.
    Pace {
        /// As stored.
        pace: Pace,
    },
    /// Too many calls of the engine are remembered, or none that failed.
    Calls {
        /// How many.
        calls: usize,
    },
    /// Too many guardians.
    Guardians {
        /// How many.
        guardians: usize,
    },
    /// A guardian listed twice, or one that holds what it may not or without the rest that follows.
    Guardian {
        /// Who.
        guardian: Addr,
    },
    /// A change that is ready too early, stands twice or has a number nobody gave.
    Change {
        /// Its number.
        change: u64,
    },
    /// Too many changes wait.
    Changes {
        /// How many.
        changes: usize,
    },
}

/// Every room's promises, and what binds the rooms together at this moment: no market would be
/// leased less than any one latch or live raise above it demands.
pub fn at(storage: &dyn Storage, now: u64) -> StdResult<Vec<Broken>> {
    let settings = registry::settings(storage)?;
    let mut broken = all(storage)?;
    for market in lease::markets(storage)? {
        let leased = lease::stance(storage, &settings, &market.market, now)?.level;
        let mut demanded = vec![];
        for scope in scopes(&settings, &market) {
            demanded.extend(latches::of(storage, &scope)?.iter().map(|l| l.level));
            let raises = guardian::list(storage)?.into_iter().filter_map(|g| g.raise);
            let live = raises.filter(|r| r.scope == scope && now <= r.until);
            demanded.extend(live.map(|r| r.level));
        }
        if demanded.into_iter().max() > Some(leased) {
            let market = market.market;
            broken.push(Broken::LeaseTooLoose { market });
        }
    }
    Ok(broken)
}

/// Every scope above a market, named here a second time on purpose.
fn scopes(settings: &Settings, market: &Registered) -> Vec<Scope> {
    let feed = |feed: &String| Scope::Feed { feed: feed.clone() };
    let module = |module: String| Scope::Module { module };
    let mut all = vec![
        Scope::Global {},
        Scope::Market {
            market: market.market.clone(),
        },
        feed(&market.feed),
        module(settings.engine.addr().to_string()),
        module(settings.oracle.addr().to_string()),
    ];
    all.extend(market.peg.as_ref().map(feed));
    all
}

/// Every room's promises.
pub fn all(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let settings = registry::settings(storage)?;
    let mut broken = latches::audit(storage, &settings.params)?;
    if let Err(bad) = params::check(&settings.params) {
        broken.push(Broken::Settings { field: bad.field });
    }
    broken.extend(registry::audit(storage)?);
    broken.extend(lease::audit(storage, &settings.params)?);
    broken.extend(clock::audit(storage)?);
    broken.extend(module::audit(storage)?);
    broken.extend(guardian::audit(storage)?);
    broken.extend(change::audit(storage)?);
    Ok(broken)
}
