//! What stands above a market: the level of every scope it is under, latches and raises alike.

use cosmwasm_std::{StdResult, Storage};
use types::{
    breaker::{Raise, Registered},
    level::Level,
    scope::Scope,
};

use crate::{guardian, latches, registry::Settings};

/// Everything that holds now.
#[derive(Debug)]
pub struct Above {
    raises: Vec<Raise>,
    /// What every market is under: everything, and the modules it needs.
    shared: Level,
}

impl Above {
    /// At this moment.
    pub fn now(storage: &dyn Storage, settings: &Settings, now: u64) -> StdResult<Self> {
        let mut above = Self {
            raises: guardian::raises(storage, now)?,
            shared: Level::Normal,
        };
        for scope in [
            Scope::Global {},
            module(settings.engine.addr()),
            module(settings.oracle.addr()),
        ] {
            above.shared = above.shared.max(above.level(storage, &scope)?);
        }
        Ok(above)
    }

    /// The level of one scope: the greatest of its latches and raises.
    pub fn level(&self, storage: &dyn Storage, scope: &Scope) -> StdResult<Level> {
        let raised = self.raises.iter().filter(|raise| raise.scope == *scope);
        let raised = raised.map(|raise| raise.level).max();
        Ok(latches::level(storage, scope)?.max(raised.unwrap_or(Level::Normal)))
    }

    /// What every market is under.
    pub const fn shared(&self) -> Level {
        self.shared
    }

    /// Joined over every scope above a market.
    pub fn market(&self, storage: &dyn Storage, market: &Registered) -> StdResult<Level> {
        let own = Scope::Market {
            market: market.market.clone(),
        };
        let feeds = market
            .feeds()
            .map(|feed| Scope::Feed { feed: feed.clone() });
        std::iter::once(own)
            .chain(feeds)
            .try_fold(self.shared, |joined, scope| {
                self.level(storage, &scope).map(|level| joined.max(level))
            })
    }
}

fn module(address: &cosmwasm_std::Addr) -> Scope {
    Scope::Module {
        module: address.to_string(),
    }
}
