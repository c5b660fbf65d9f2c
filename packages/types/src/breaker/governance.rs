//! Who may do what by hand: guardians, the DAO, and changes that wait.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary};

use super::Registered;
use crate::{
    engine::MarketSetup,
    handle::Handle,
    level::{Action, Level},
    market::Market,
    oracle::FeedSetup,
    params::{MarketParams, Shift},
    scope::Scope,
};

/// What the engine has to know of a market beside its name and its feed.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct Clearing {
    /// The denom it settles in.
    pub denom: String,
    /// Its order book.
    pub venue: Handle<Market, String>,
    /// Its settings.
    pub params: MarketParams,
}

impl Clearing {
    /// The whole of it, as the engine wants it.
    pub fn of(self, market: &Registered) -> MarketSetup {
        MarketSetup {
            market: market.market.clone(),
            feed: market.feed.clone(),
            denom: self.denom,
            venue: self.venue,
            params: self.params,
        }
    }
}

/// What the DAO can order, as sender or through the chain's governance.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum DaoMsg {
    /// End a guardian's raise, at once.
    Lift {
        /// Of this scope.
        scope: Scope,
        /// Whose.
        guardian: String,
    },
    /// Set governance's own latch, up to Protected, or Settlement after a week at Protected.
    Govern {
        /// Of this scope.
        scope: Scope,
        /// To this level.
        level: Level,
    },
    /// Clear the latch of books that balance again.
    ClearBooks {
        /// Of this market.
        market: String,
    },
    /// Announce that a market is to be watched over.
    Register {
        /// Which.
        market: Registered,
        /// Have the engine clear it as well; without it, the engine knows the market already.
        clearing: Option<Box<Clearing>>,
    },
    /// Announce that the oracle is to open a feed.
    AddFeed {
        /// Which.
        setup: Box<FeedSetup>,
    },
    /// Announce that a market is no longer to be watched over.
    Deregister {
        /// Which.
        market: String,
    },
    /// Announce other guardians.
    SetGuardians {
        /// All of them, at most 9.
        guardians: Vec<String>,
    },
    /// Change the settings of a market's compartment: at once where that tightens, announced otherwise.
    SetParams {
        /// Which.
        market: String,
        /// All of them.
        params: Box<MarketParams>,
        /// Which way; the engine holds it against the settings in force.
        how: Shift,
    },
    /// Announce other code for a module: an order book, the engine, the oracle or the breaker itself.
    Upgrade {
        /// Which.
        module: String,
        /// The code, as the chain numbers it.
        code: u64,
        /// What the new code is told.
        msg: Binary,
    },
    /// Announce another DAO. That one executes it, which is its word that it is there.
    HandOver {
        /// Who.
        dao: String,
    },
    /// Call an announced change back.
    Cancel {
        /// Its number.
        change: u64,
    },
}

impl DaoMsg {
    /// What this order would do. One that may loosen counts as loosening.
    pub const fn action(&self) -> Action {
        match self {
            Self::Govern {
                level: Level::Protected | Level::Settlement,
                ..
            }
            | Self::SetParams {
                how: Shift::Tighten,
                ..
            }
            | Self::Cancel { .. } => Action::Tighten,
            Self::Govern { .. }
            | Self::Lift { .. }
            | Self::ClearBooks { .. }
            | Self::Register { .. }
            | Self::AddFeed { .. }
            | Self::Deregister { .. }
            | Self::SetParams { .. }
            | Self::Upgrade { .. }
            | Self::HandOver { .. }
            | Self::SetGuardians { .. } => Action::Loosen,
        }
    }
}

/// What a change would change.
#[cw_serde]
pub enum Content {
    /// A market is watched over.
    Register {
        /// Which.
        market: Registered,
        /// The engine clears it as well.
        clearing: Option<Box<Clearing>>,
    },
    /// The oracle has one more feed.
    AddFeed {
        /// Which.
        setup: Box<FeedSetup>,
    },
    /// A market is no longer watched over.
    Deregister {
        /// Which.
        market: String,
    },
    /// These are the guardians, in the order of their addresses.
    SetGuardians {
        /// All of them.
        guardians: Vec<Addr>,
    },
    /// A market's compartment has these settings.
    SetParams {
        /// Which.
        market: String,
        /// All of them.
        params: Box<MarketParams>,
        /// Which way.
        how: Shift,
    },
    /// A module has this code.
    Upgrade {
        /// Which.
        module: Addr,
        /// The code, as the chain numbers it.
        code: u64,
        /// What the new code is told.
        msg: Binary,
    },
    /// This is the DAO.
    HandOver {
        /// Who; only this one executes it.
        dao: Addr,
    },
}

/// An announced change.
#[cw_serde]
pub struct Change {
    /// Its number.
    pub id: u64,
    /// What it would change.
    pub content: Content,
    /// Block time it was announced, seconds.
    pub announced: u64,
    /// Block time from which anyone may execute it.
    pub ready: u64,
    /// How long vetoes have postponed it so far, seconds.
    pub postponed: u64,
}

/// A scope a guardian holds.
#[cw_serde]
#[derive(Eq)]
pub struct Raise {
    /// Which.
    pub scope: Scope,
    /// At which level.
    pub level: Level,
    /// Since when, block time in seconds.
    pub since: u64,
    /// It ends by itself after this.
    pub until: u64,
}

/// A guardian.
#[cw_serde]
#[derive(Eq)]
pub struct Guardian {
    /// Who.
    pub guardian: Addr,
    /// The newest sign of life, block time in seconds; powerless 30 days after it.
    pub heartbeat: u64,
    /// What it holds or held last.
    pub raise: Option<Raise>,
    /// It may raise again from here.
    pub free_at: u64,
    /// When it was removed; it may still veto for 7 days.
    pub removed_at: Option<u64>,
}
