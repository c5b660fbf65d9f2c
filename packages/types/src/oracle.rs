//! oracle-aggregator: many sources in, one price with a status out; volatility.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Event, QuerierWrapper, StdResult};

use crate::{
    breaker::Breaker,
    clock::Moment,
    handle::{Handle, Interface},
    level::Action,
    wire::{Fields, Wire, WireError},
    Price, Ratio,
};

/// The oracle's name on an address.
pub enum Oracle {}

impl Interface for Oracle {
    type Execute = ExecuteMsg;
    type Query = QueryMsg;
}

/// How the oracle starts. Until `Bind`, it learns prices and tells nobody.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct InstantiateMsg {
    /// The feeds, at most 32.
    pub feeds: Vec<FeedSetup>,
}

/// Same state, new code.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MigrateMsg {}

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

/// What a reporter says about a feed.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct Report {
    /// Which feed.
    pub feed: String,
    /// USD per base unit.
    pub price: Price,
    /// Confidence, plus or minus, in USD.
    pub conf: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
}

/// What the oracle can be told.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum ExecuteMsg {
    /// The instantiator names the breaker, once.
    Bind {
        /// Who hears the readings.
        breaker: Handle<Breaker, String>,
    },
    /// An authorised reporter pushes what it observed; older than its last is ignored.
    Push {
        /// At most 16.
        reports: Vec<Report>,
    },
    /// Anyone makes rounds of what has been reported.
    Refresh {
        /// At most 16.
        feeds: Vec<String>,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Bind { .. } => Action::Internal,
            Self::Push { .. } | Self::Refresh { .. } => Action::Learn,
        }
    }
}

/// How good a price is. Ordered: greater is worse.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Quorum, agreement, no unconfirmed jump.
    Valid,
    /// Usable on Guarded terms.
    Degraded,
    /// Sources disagree or a jump is unconfirmed: reductions only, at the worse edge.
    Uncertain,
    /// No round for longer than `max_age`.
    Stale,
    /// No usable price.
    Invalid,
}

impl Status {
    /// Every status, best first.
    pub const ALL: [Self; 5] = [
        Self::Valid,
        Self::Degraded,
        Self::Uncertain,
        Self::Stale,
        Self::Invalid,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Degraded => "degraded",
            Self::Uncertain => "uncertain",
            Self::Stale => "stale",
            Self::Invalid => "invalid",
        }
    }
}

/// Not the name of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a status")]
pub struct NotAStatus;

impl std::str::FromStr for Status {
    type Err = NotAStatus;

    fn from_str(name: &str) -> Result<Self, NotAStatus> {
        Self::ALL
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or(NotAStatus)
    }
}

/// One accepted aggregate price. Never rewritten.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Round {
    /// Its number within the feed, from 1.
    pub number: u64,
    /// The newest time at or after which two thirds of the weight was published, and the height
    /// of the block that accepted it. Both rise with the number.
    pub at: Moment,
    /// Valid, Degraded or Uncertain.
    pub status: Status,
    /// The weighted median: the acting price.
    pub price: Price,
    /// The greater of median confidence and median deviation.
    pub conf: Price,
    /// `min(price, TWAP5m) - conf`.
    pub low: Price,
    /// `max(price, TWAP5m) + conf`.
    pub high: Price,
    /// The five-minute average, when its window is covered.
    pub twap: Option<Price>,
    /// What a risk-adding fill pays on top, at least: half the survivors' range where a survivor
    /// is older than the round.
    pub surcharge: Price,
}

/// Variance per second of relative moves, fast (6 h) and slow (14 d).
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Variance {
    /// Over hours.
    pub fast: Ratio,
    /// Over days.
    pub slow: Ratio,
}

/// The band margin reads use: a stale feed's band widens with its age.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Band {
    /// Worst for longs.
    pub low: Price,
    /// Worst for shorts.
    pub high: Price,
}

/// A round and the one before it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Pair {
    /// The round.
    pub round: Round,
    /// Its predecessor, if it has one that is still kept.
    pub before: Option<Round>,
}

/// Everything a clearing house needs in one question.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Snapshot {
    /// Status now: Stale and Invalid are statuses of a moment, not of a round.
    pub status: Status,
    /// The two newest rounds.
    pub newest: Option<Pair>,
    /// The round asked for, with its predecessor, if it exists.
    pub named: Option<Pair>,
    /// What margin reads use; absent when Invalid.
    pub band: Option<Band>,
    /// Volatility.
    pub variance: Variance,
    /// The feed's tolerance for source clocks, seconds.
    pub max_future: u64,
    /// The feed's `max_age`, seconds.
    pub max_age: u64,
}

/// Answer to `RoundAfter`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum RoundAfter {
    /// This one.
    Round(Round),
    /// None yet.
    NotYet {},
    /// It is no longer kept.
    Evicted {},
}

/// The price now, for people and dashboards.
#[cw_serde]
pub struct PriceAnswer {
    /// Which feed.
    pub feed: String,
    /// Status now.
    pub status: Status,
    /// The newest round.
    pub round: Option<Round>,
}

/// What the oracle can be asked. Never answers with an error for a feed it does not know: the
/// status is Invalid.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The price now.
    #[returns(PriceAnswer)]
    Price {
        /// Of which feed.
        feed: String,
    },
    /// Several.
    #[returns(Vec<PriceAnswer>)]
    Prices {
        /// At most 16.
        feeds: Vec<String>,
    },
    /// One round.
    #[returns(Option<Round>)]
    Round {
        /// Of which feed.
        feed: String,
        /// Its number.
        number: u64,
    },
    /// The first round accepted after `height` whose time is later than `time`.
    #[returns(RoundAfter)]
    RoundAfter {
        /// Of which feed.
        feed: String,
        /// Seconds.
        time: u64,
        /// Block height.
        height: u64,
    },
    /// Everything a clearing house needs at once.
    #[returns(Snapshot)]
    Snapshot {
        /// Of which feed.
        feed: String,
        /// A round wanted beside the newest.
        round: Option<u64>,
    },
    /// Settings and sources of a feed.
    #[returns(Option<FeedSetup>)]
    Feed {
        /// Which.
        feed: String,
    },
}

impl Handle<Oracle> {
    /// Everything a clearing house needs.
    pub fn snapshot(
        &self,
        querier: &QuerierWrapper,
        feed: &str,
        round: Option<u64>,
    ) -> StdResult<Snapshot> {
        let feed = feed.to_owned();
        self.ask(querier, &QueryMsg::Snapshot { feed, round })
    }

    /// The first round that binds something placed at `time` and `height`.
    pub fn round_after(
        &self,
        querier: &QuerierWrapper,
        feed: &str,
        after: Moment,
    ) -> StdResult<RoundAfter> {
        self.ask(
            querier,
            &QueryMsg::RoundAfter {
                feed: feed.to_owned(),
                time: after.time,
                height: after.height,
            },
        )
    }
}

/// A round was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundMade {
    /// Of which feed.
    pub feed: String,
    /// Its number.
    pub round: u64,
    /// Its time.
    pub time: u64,
    /// Its price.
    pub price: Price,
    /// Its status.
    pub status: Status,
}

impl Wire for RoundMade {
    const TYPE: &'static str = "round_made";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("round", self.round.to_string())
            .add_attribute("time", self.time.to_string())
            .add_attribute("price", self.price.0.to_string())
            .add_attribute("status", self.status.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            round: fields.get("round")?,
            time: fields.get("time")?,
            price: Price(fields.get("price")?),
            status: fields.get("status")?,
        })
    }
}

/// The breaker did not take the readings; prices were learned all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingsLost {
    /// Who should have heard.
    pub breaker: Addr,
}

impl Wire for ReadingsLost {
    const TYPE: &'static str = "readings_lost";

    fn write(&self) -> Event {
        Event::new(Self::TYPE).add_attribute("breaker", &self.breaker)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            breaker: fields.addr("breaker")?,
        })
    }
}

/// Why a pushed report was not kept. The reporter's last one still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not later than the reporter's last.
    Old,
    /// The price is zero.
    NotPositive,
    /// The price is at or outside the feed's hard bounds.
    OutOfBounds,
    /// Observed further ahead than the feed's `max_future`.
    Future,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Old,
        Self::NotPositive,
        Self::OutOfBounds,
        Self::Future,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::NotPositive => "not_positive",
            Self::OutOfBounds => "out_of_bounds",
            Self::Future => "future",
        }
    }
}

/// Not the name of a reason to ignore a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reason to ignore a report")]
pub struct NotUnfit;

impl std::str::FromStr for Unfit {
    type Err = NotUnfit;

    fn from_str(name: &str) -> Result<Self, NotUnfit> {
        Self::ALL
            .into_iter()
            .find(|u| u.name() == name)
            .ok_or(NotUnfit)
    }
}

/// A pushed report was not kept; the others of its message were judged on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportIgnored {
    /// Of which feed.
    pub feed: String,
    /// Who pushed it.
    pub reporter: Addr,
    /// Why.
    pub why: Unfit,
}

impl Wire for ReportIgnored {
    const TYPE: &'static str = "report_ignored";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("reporter", &self.reporter)
            .add_attribute("why", self.why.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            reporter: fields.addr("reporter")?,
            why: fields.get("why")?,
        })
    }
}
