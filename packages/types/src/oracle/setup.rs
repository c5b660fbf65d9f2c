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
    /// Its sources: 2 to 7 primary ones, and no anchors or 2 to 3; at most 8 that have to be asked.
    pub sources: Vec<SourceSetup>,
    /// Its settings.
    pub params: FeedParams,
}

/// Where a source's reports come from. `A = String` is what arrives; `A = Addr` is what is stored.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Eq)]
pub enum Origin<A = String> {
    /// A reporter pushes them.
    Reporter {
        /// Who.
        address: A,
    },
    /// Pyth is asked at every refresh.
    Pyth {
        /// Pyth's contract.
        contract: A,
        /// 64 hexadecimal digits.
        id: String,
    },
    /// A contract that speaks as this one does is asked for its price.
    Feed {
        /// Which contract.
        contract: A,
        /// Its name for the feed.
        feed: String,
    },
    /// Band's reference contract is asked.
    Band {
        /// Which contract.
        contract: A,
        /// What is priced.
        base: String,
        /// In what.
        quote: String,
    },
    /// Chainlink's aggregator is asked.
    Chainlink {
        /// Which contract.
        contract: A,
        /// What it answers to `decimals`; while it answers anything else it is not listened to.
        decimals: u8,
    },
}

impl<A> Origin<A> {
    /// Who speaks: the reporter, or the contract that is asked.
    pub const fn voice(&self) -> &A {
        match self {
            Self::Reporter { address } => address,
            Self::Pyth { contract, .. }
            | Self::Feed { contract, .. }
            | Self::Band { contract, .. }
            | Self::Chainlink { contract, .. } => contract,
        }
    }

    /// Whether it has to be asked.
    pub const fn is_asked(&self) -> bool {
        match self {
            Self::Reporter { .. } => false,
            Self::Pyth { .. } | Self::Feed { .. } | Self::Band { .. } | Self::Chainlink { .. } => {
                true
            }
        }
    }

    /// The same, spoken by another kind of address.
    pub fn voiced<B, E>(self, voice: impl FnOnce(A) -> Result<B, E>) -> Result<Origin<B>, E> {
        Ok(match self {
            Self::Reporter { address } => Origin::Reporter {
                address: voice(address)?,
            },
            Self::Pyth { contract, id } => Origin::Pyth {
                contract: voice(contract)?,
                id,
            },
            Self::Feed { contract, feed } => Origin::Feed {
                contract: voice(contract)?,
                feed,
            },
            Self::Band {
                contract,
                base,
                quote,
            } => Origin::Band {
                contract: voice(contract)?,
                base,
                quote,
            },
            Self::Chainlink { contract, decimals } => Origin::Chainlink {
                contract: voice(contract)?,
                decimals,
            },
        })
    }
}

/// When a source is listened to.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub enum Tier {
    /// Always.
    Primary,
    /// While the primary sources have no quorum.
    Anchor,
}

/// One source of a feed.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct SourceSetup {
    /// Where its reports come from.
    pub origin: Origin,
    /// When it is listened to.
    pub tier: Tier,
    /// Its weight; at most a third of its tier's total when that has three sources or more.
    pub weight: u32,
    /// A report counts for this long after it was published, seconds.
    pub max_age: u64,
    /// Seconds between its reports when all is well. A primary source that falls three times as far behind the
    /// others loses its weight until two reports are on time.
    pub expected_gap: u64,
    /// A report whose confidence over price is above this is dropped.
    pub max_confidence: Ratio,
    /// Sources of one independence group confirm nothing for each other.
    pub group: u32,
    /// Whether anyone may choose the moment of its reports, as with a pull oracle.
    pub pushable: bool,
}

impl SourceSetup {
    /// A primary reporter of weight one and group zero that nobody else pushes for.
    pub const fn reporter(address: String, max_age: u64) -> Self {
        Self {
            origin: Origin::Reporter { address },
            tier: Tier::Primary,
            weight: 1,
            max_age,
            expected_gap: max_age,
            max_confidence: Ratio::percent(2),
            group: 0,
            pushable: false,
        }
    }
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
    /// Seconds between rounds when all is well; what lateness is measured in.
    pub expected_gap: u64,
    /// Anchors further than this from the half-hour average are not listened to.
    pub anchor_band: Ratio,
    /// Whether this is a settlement asset that should be worth one dollar.
    pub peg: bool,
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
            expected_gap: 30,
            anchor_band: Ratio::percent(5),
            peg: false,
        }
    }
}
