//! oracle-aggregator: many sources in, one price with a status out; volatility.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{QuerierWrapper, StdResult};

use crate::{
    breaker::Breaker,
    clock::Moment,
    handle::{Handle, Interface},
    level::Action,
    Price,
};

pub use answers::{
    Band, NotAStatus, Pair, PriceAnswer, Round, RoundAfter, Snapshot, Status, Variance,
};
pub use events::{NotUnfit, ReadingsLost, ReportIgnored, RoundMade, Unfit};
pub use setup::{FeedParams, FeedSetup, SourceSetup};

mod answers;
mod events;
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
