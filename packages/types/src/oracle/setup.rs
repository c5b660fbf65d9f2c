//! How a feed is set up: its sources and its settings.

use cosmwasm_schema::cw_serde;

use crate::{Price, Ratio};

/// One feed and its sources.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct FeedSetup {
    /// Its name.
    pub feed: String,
    /// Its sources, 2 to 7.
    pub sources: Vec<SourceSetup>,
    /// Its settings.
    pub params: FeedParams,
}

/// One source of a feed.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct SourceSetup {
    /// The reporter that pushes it.
    pub reporter: String,
    /// Its weight; at most a third of the feed's total when there are three sources or more.
    pub weight: u32,
    /// A report counts for this long after it was published, seconds.
    pub max_age: u64,
    /// A report whose confidence over price is above this is dropped.
    pub max_confidence: Ratio,
    /// Sources of one independence group confirm nothing for each other.
    pub group: u32,
}

/// Settings of a feed.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct FeedParams {
    /// A round older than this is Stale, ten times this Invalid, seconds.
    pub max_age: u64,
    /// How far source clocks may run ahead, seconds; at least two block intervals.
    pub max_future: u64,
    /// Live reports needed for a round.
    pub min_sources: u32,
    /// Fewer live reports than this make a Degraded round.
    pub preferred_sources: u32,
    /// Prices at or below are dropped.
    pub lower_bound: Price,
    /// Prices at or above are dropped.
    pub upper_bound: Price,
    /// Confirmed-jump threshold before scaling with volatility (the breaker's Guarded row).
    pub jump: Ratio,
    /// Volatility floor per square root of a second.
    pub sigma_floor: Ratio,
    /// Rounds are kept this long, seconds; at least six hours.
    pub history: u64,
}

impl FeedParams {
    /// Defaults of a major instrument.
    pub fn major() -> Self {
        Self {
            max_age: 90,
            max_future: 12,
            min_sources: 2,
            preferred_sources: 3,
            lower_bound: Price::raw(1_000_000_000),
            upper_bound: Price::raw(10_000_000_000_000_000_000_000_000),
            jump: Ratio::percent(5),
            sigma_floor: Ratio::raw(20_000_000_000_000),
            history: 21_600,
        }
    }
}
