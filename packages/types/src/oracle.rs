//! oracle-aggregator: many sources in, one price with a status out; volatility.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{QuerierWrapper, StdResult};

use crate::{
    breaker::{Breaker, FeedReading},
    clock::Moment,
    handle::{Handle, Interface},
    level::Action,
    Price,
};

pub use answers::{
    Band, NotAStanding, NotAStatus, Pair, PriceAnswer, Round, RoundAfter, SettlePrice, Snapshot,
    SourceState, Standing, Status, Variance,
};
pub use events::{
    FallbackChanged, NotUnfit, ReadingsLost, ReportIgnored, RoundMade, SourceFailed,
    StandingChanged, Unfit,
};
pub use setup::{FeedParams, FeedSetup, Origin, SourceSetup, Tier};

mod answers;
mod events;
pub mod foreign;
pub mod posted;
mod setup;

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
    /// The breaker has a feed opened; without a report it reads Invalid.
    AddFeed {
        /// Which, as at the start.
        setup: Box<FeedSetup>,
    },
    /// An authorised reporter pushes what it observed; older than its last is ignored.
    Push {
        /// At most 16.
        reports: Vec<Report>,
    },
    /// Anyone makes rounds of what has been reported. Sources that have to be asked are asked first, at most 32.
    Refresh {
        /// At most 16.
        feeds: Vec<String>,
    },
    /// The oracle tells itself: ask one source. In a message of its own, so that a source that burns its gas costs
    /// only itself.
    Fetch {
        /// Of which feed.
        feed: String,
        /// Which of its sources, from 0.
        source: u32,
        /// Whom to ask for what.
        origin: Origin,
    },
    /// The oracle tells itself: make rounds of what was fetched, then tell the breaker.
    Conclude {
        /// Feeds with sources that were asked.
        feeds: Vec<String>,
        /// Readings of the others.
        heard: Vec<FeedReading>,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Bind { .. }
            | Self::AddFeed { .. }
            | Self::Fetch { .. }
            | Self::Conclude { .. } => Action::Internal,
            Self::Push { .. } | Self::Refresh { .. } => Action::Learn,
        }
    }
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
    /// The sources of a feed as they stand; none of an unknown one.
    #[returns(Vec<SourceState>)]
    Sources {
        /// Of which feed.
        feed: String,
    },
    /// Whether it is sound: asked before and after code is replaced.
    #[returns(crate::upgrade::SelfCheck)]
    SelfCheck {},
    /// What a market on the feed would settle at now.
    #[returns(Option<SettlePrice>)]
    Settle {
        /// Which feed.
        feed: String,
    },
}

impl Handle<Oracle> {
    /// The price now.
    pub fn price(&self, querier: &QuerierWrapper, feed: &str) -> StdResult<PriceAnswer> {
        let feed = feed.to_owned();
        self.ask(querier, &QueryMsg::Price { feed })
    }

    /// What a market on the feed would settle at now: from what is posted, else asked for.
    #[inline]
    pub fn settle(&self, querier: &QuerierWrapper, feed: &str) -> StdResult<Option<SettlePrice>> {
        if let Some(posted) = self.posted(querier, feed)? {
            return Ok(posted.settle);
        }
        let feed = feed.to_owned();
        self.ask(querier, &QueryMsg::Settle { feed })
    }

    // Inline, here and below: else the readers of packed values are made once in this crate, where whoever shares them
    // keeps texts that nobody reads, 3 kB in each contract.

    /// What it posts of a feed; none before its first round, and of an oracle that posts nothing.
    #[inline]
    #[allow(clippy::disallowed_methods)]
    fn posted(&self, querier: &QuerierWrapper, feed: &str) -> StdResult<Option<posted::Posted>> {
        posted::POSTED.query(querier, self.addr(), feed)
    }

    /// Everything a clearing house needs at `now`: from what is posted, else asked for.
    #[inline]
    pub fn snapshot(
        &self,
        querier: &QuerierWrapper,
        feed: &str,
        (round, now): (Option<u64>, u64),
    ) -> StdResult<Snapshot> {
        let Some(posted) = self.posted(querier, feed)? else {
            let feed = feed.to_owned();
            return self.ask(querier, &QueryMsg::Snapshot { feed, round });
        };
        let named = match round {
            Some(number) => self.history(querier, (feed, &posted), |h| h.pair(number))?,
            None => None,
        };
        Ok(posted.at(now, named))
    }

    #[inline]
    #[allow(clippy::disallowed_methods)]
    fn history<T>(
        &self,
        querier: &QuerierWrapper,
        (feed, posted): (&str, &posted::Posted),
        look: impl FnOnce(posted::History<'_>) -> StdResult<T>,
    ) -> StdResult<T> {
        let read = |number| posted::ROUNDS.query(querier, self.addr(), (feed, number));
        let read = &read;
        look(posted::History { posted, read })
    }

    /// The first round that binds something placed at `time` and `height`: from what is posted, else asked for.
    #[inline]
    pub fn round_after(
        &self,
        querier: &QuerierWrapper,
        feed: &str,
        after: Moment,
    ) -> StdResult<RoundAfter> {
        if let Some(posted) = self.posted(querier, feed)? {
            return self.history(querier, (feed, &posted), |h| h.after(after));
        }
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
