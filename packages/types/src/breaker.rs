//! breaker-governance: levels, latches, healing, leases.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Event};

use crate::{
    engine::Engine,
    handle::{Handle, Interface},
    level::{Action, Level},
    oracle::{Oracle, Status},
    scope::{Reason, Scope},
    wire::{Fields, Wire, WireError},
    Ratio,
};

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
pub struct Registered {
    /// Its name at the engine.
    pub market: String,
    /// The feed it is priced by.
    pub feed: String,
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
    /// Thresholds, dwells and leases.
    pub params: Params,
}

/// Where a reason enters each level; `None` never does. Exit is 0.65 of enter.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Thresholds {
    /// Guarded from here.
    pub guarded: Option<Ratio>,
    /// ReduceOnly from here.
    pub reduce_only: Option<Ratio>,
    /// Protected from here.
    pub protected: Option<Ratio>,
}

/// How long a level is held at least, seconds.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Dwell {
    /// At Guarded.
    pub guarded: u64,
    /// At ReduceOnly.
    pub reduce_only: u64,
    /// At Protected.
    pub protected: u64,
}

/// Settings of the breaker.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct Params {
    /// Source dispersion.
    pub dispersion: Thresholds,
    /// Confirmed jump against the five-minute average, before scaling with volatility.
    pub jump: Thresholds,
    /// How long Invalid may last before Protected, seconds.
    pub invalid_grace: u64,
    /// Good readings to fall one level.
    pub good_readings: u32,
    /// Good readings count when this far apart, seconds.
    pub reading_gap: u64,
    /// Dwell before falling from each level.
    pub dwell: Dwell,
    /// How often a dwell may double.
    pub max_doublings: u32,
    /// A re-trip counts as recent for this long after the last fall, seconds.
    pub retrip_window: u64,
    /// Length of a lease, seconds.
    pub lease: u64,
    /// Leases pushed per report at most.
    pub push_limit: u32,
}

impl Default for Params {
    fn default() -> Self {
        let rows = |g, r, p| Thresholds {
            guarded: Some(Ratio::bps(g)),
            reduce_only: Some(Ratio::bps(r)),
            protected: Some(Ratio::bps(p)),
        };
        Self {
            dispersion: rows(100, 250, 500),
            jump: rows(500, 1_000, 2_500),
            invalid_grace: 300,
            good_readings: 3,
            reading_gap: 30,
            dwell: Dwell {
                guarded: 300,
                reduce_only: 900,
                protected: 3_600,
            },
            max_doublings: 4,
            retrip_window: 86_400,
            lease: 900,
            push_limit: 8,
        }
    }
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
    /// Anyone renews the leases of these markets.
    Push {
        /// At most 8.
        markets: Vec<String>,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Report { .. } | Self::Push { .. } => Action::Learn,
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
    /// Latches above Normal and those still remembered for re-trips.
    #[returns(Vec<Latch>)]
    Latches {
        /// Of one scope.
        scope: Scope,
    },
}

/// Who is who.
#[cw_serde]
pub struct Config {
    /// Who governs.
    pub dao: Addr,
    /// Who reports.
    pub oracle: Handle<Oracle>,
    /// Who is leased stances.
    pub engine: Handle<Engine>,
    /// The markets.
    pub markets: Vec<Registered>,
    /// Settings.
    pub params: Params,
}

/// One reason holding one scope.
#[cw_serde]
pub struct Latch {
    /// Why.
    pub reason: Reason,
    /// At which level.
    pub level: Level,
    /// Since when, block time in seconds.
    pub since: u64,
    /// Good readings towards the next fall.
    pub good: u32,
    /// Round time of the newest reading that counted, for or against; the next good one counts
    /// when it is `reading_gap` later.
    pub good_at: u64,
    /// Dwells are doubled this often.
    pub retrips: u32,
    /// When it last fell to Normal, 0 if never.
    pub cleared_at: u64,
}

/// A latch changed its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatchChanged {
    /// Kind of scope and its name, as `feed:eth-usd`.
    pub scope: String,
    /// Why.
    pub reason: u8,
    /// From this level.
    pub from: Level,
    /// To this one.
    pub to: Level,
}

impl Wire for LatchChanged {
    const TYPE: &'static str = "latch_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("scope", &self.scope)
            .add_attribute("reason", self.reason.to_string())
            .add_attribute("from", self.from.name())
            .add_attribute("to", self.to.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            scope: fields.get("scope")?,
            reason: fields.get("reason")?,
            from: fields.get("from")?,
            to: fields.get("to")?,
        })
    }
}

/// A stance was sent to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceLeased {
    /// For which market.
    pub market: String,
    /// At which level.
    pub level: Level,
    /// When the lease ends.
    pub until: u64,
}

impl Wire for StanceLeased {
    const TYPE: &'static str = "stance_leased";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("level", self.level.name())
            .add_attribute("until", self.until.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            level: fields.get("level")?,
            until: fields.get("until")?,
        })
    }
}

/// The engine did not take a stance; it is sent again by the next report or push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceLost {
    /// For which market.
    pub market: String,
    /// At which level.
    pub level: Level,
    /// Who should have heard.
    pub engine: Addr,
}

impl Wire for StanceLost {
    const TYPE: &'static str = "stance_lost";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("level", self.level.name())
            .add_attribute("engine", &self.engine)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            level: fields.get("level")?,
            engine: fields.addr("engine")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn events_survive_the_journey() {
        assert_round_trips(&LatchChanged {
            scope: "feed:eth-usd".into(),
            reason: Reason::Jump.number(),
            from: Level::Normal,
            to: Level::Protected,
        });
        assert_round_trips(&StanceLeased {
            market: "eth-perp".into(),
            level: Level::Guarded,
            until: 900,
        });
        assert_round_trips(&StanceLost {
            market: "eth-perp".into(),
            level: Level::ReduceOnly,
            engine: Addr::unchecked("engine"),
        });
    }
}
