//! breaker-governance: levels, latches, healing, leases.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::Addr;

use crate::{
    engine::{Engine, Vitals},
    handle::{Handle, Interface},
    level::{Action, Level},
    oracle::{Oracle, Status},
    scope::Scope,
    Ratio,
};

pub use answers::{Call, Config, Latch, Memory, Modules, Pace};
pub use decisions::{
    ChangeAnnounced, ChangeDone, ChangePostponed, ChangeRefused, ModuleUpgraded, RaiseEnded, Raised,
};
pub use events::{LatchChanged, ModuleFailed, StanceLeased, StanceLost};
pub use governance::{Change, Clearing, Content, DaoMsg, Guardian, Raise};
pub use params::{Dwell, Gaps, Params, Thresholds};
pub use told::{FromEngine, FromOracle};

mod answers;
mod decisions;
mod events;
mod governance;
mod params;
mod told;

/// The breaker's name on an address.
pub enum Breaker {}

impl Interface for Breaker {
    type Execute = ExecuteMsg;
    type Query = QueryMsg;
}

/// One market the breaker watches over.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Eq)]
pub struct Registered {
    /// Its name at the engine.
    pub market: String,
    /// The feed it is priced by.
    pub feed: String,
    /// The feed of the asset it settles in, where there is one.
    pub peg: Option<String>,
}

impl Registered {
    /// Every feed it is under.
    pub fn feeds(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.feed).chain(&self.peg)
    }
}

/// How the breaker starts.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct InstantiateMsg {
    /// Who governs.
    pub dao: String,
    /// Who reports readings of feeds.
    pub oracle: Handle<Oracle, String>,
    /// Who is leased the stances.
    pub engine: Handle<Engine, String>,
    /// The markets, at most 32.
    pub markets: Vec<Registered>,
    /// Who may raise and veto, at most 9.
    pub guardians: Vec<String>,
    /// Thresholds, dwells and leases.
    pub params: Params,
}

/// What one feed reads now.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct FeedReading {
    /// Which feed.
    pub feed: String,
    /// Its newest round, 0 before the first.
    pub round: u64,
    /// That round's time, seconds.
    pub time: u64,
    /// Its status now.
    pub status: Status,
    /// Spread of the surviving sources over the median.
    pub dispersion: Ratio,
    /// Distance from the five-minute average, when confirmed.
    pub jump: Ratio,
    /// Slow volatility over five minutes, which the jump thresholds scale with.
    pub sigma: Ratio,
    /// Smoothed gap between rounds over the expected one; 1 is on time.
    pub lateness: Ratio,
    /// Fast variance over slow variance.
    pub variance: Ratio,
    /// Distance from one dollar, where the feed is a settlement asset's.
    pub depeg: Option<Ratio>,
}

/// What the breaker can be told.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum ExecuteMsg {
    /// The oracle reports what its feeds read. Raises and heals latches, renews leases.
    Report {
        /// At most 16.
        readings: Vec<FeedReading>,
    },
    /// The engine says what a market's books read. Raises and heals latches, renews its lease.
    Vitals {
        /// Which market.
        market: String,
        /// What they read.
        vitals: Vitals,
    },
    /// Anyone renews the leases of these markets.
    Push {
        /// At most 8.
        markets: Vec<String>,
    },
    /// Anyone has the engine asked what the books of these markets read.
    Poke {
        /// At most 8.
        markets: Vec<String>,
    },
    /// A guardian is alive.
    Heartbeat {},
    /// A guardian holds a scope for a while; one at a time.
    Raise {
        /// Which.
        scope: Scope,
        /// Guarded, ReduceOnly or Protected.
        level: Level,
        /// For how long, 1 to 72.
        hours: u32,
    },
    /// A guardian ends its own raise.
    Withdraw {},
    /// A guardian postpones an announced change by 7 days.
    Veto {
        /// Its number.
        change: u64,
    },
    /// Anyone executes a change whose time has come.
    Execute {
        /// Its number.
        change: u64,
    },
    /// The DAO orders.
    Dao {
        /// What.
        order: DaoMsg,
    },
    /// The breaker to itself: ask the engine about one market, contained.
    Examine {
        /// Which.
        market: String,
    },
    /// The breaker to itself: ask a module whether it is sound, contained. Answers as data, a
    /// [`crate::upgrade::SelfCheck`].
    Check {
        /// Which.
        module: Addr,
    },
    /// The breaker to itself: a call of the engine about this market has failed. Counting it is a
    /// message as deep as that call was.
    Fault {
        /// Which.
        market: String,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Report { .. } | Self::Vitals { .. } | Self::Push { .. } | Self::Poke { .. } => {
                Action::Learn
            }
            Self::Heartbeat {} | Self::Raise { .. } | Self::Veto { .. } => Action::Tighten,
            Self::Withdraw {} | Self::Execute { .. } => Action::Loosen,
            Self::Dao { order } => order.action(),
            Self::Examine { .. } | Self::Check { .. } | Self::Fault { .. } => Action::Internal,
        }
    }
}

/// How the breaker is told that its code was replaced.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MigrateMsg {}

/// What the breaker can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Who is who, and the settings.
    #[returns(Config)]
    Config {},
    /// The stance of a market now: an unknown market reads as ReduceOnly.
    #[returns(crate::scope::Stance)]
    Stance {
        /// Which.
        market: String,
    },
    /// The level of one scope.
    #[returns(Level)]
    Level {
        /// Which.
        scope: Scope,
    },
    /// Guardians, and removed ones that may still veto.
    #[returns(Vec<Guardian>)]
    Guardians {},
    /// Announced changes, by number.
    #[returns(Vec<Change>)]
    Changes {},
    /// How the neighbours have answered of late.
    #[returns(Modules)]
    Modules {},
    /// What is known of the chain's pace.
    #[returns(Pace)]
    Pace {},
    /// Whether it is sound: asked before and after code is replaced.
    #[returns(crate::upgrade::SelfCheck)]
    SelfCheck {},
    /// Latches above Normal and those still remembered for re-trips.
    #[returns(Vec<Latch>)]
    Latches {
        /// Of one scope.
        scope: Scope,
    },
}
