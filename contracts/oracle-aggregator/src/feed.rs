//! Feeds: one stored struct each, so that a refresh is one read and one write.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, DepsMut, Order, StdResult, Storage};
use cw_storage_plus::Map;
use math::{
    aggregate::{Quorum, Report},
    jump::{Watch, Witness},
    twap::Twap,
    volatility::Volatility,
    wide::Round as Rounding,
};
use types::{
    clock::Moment,
    id,
    oracle::{FeedParams, FeedSetup, Pair, SourceSetup, Status, Variance},
    Price, Ratio,
};

use crate::{
    key, limit,
    setup::{self, SetupError},
    ContractError,
};

/// Name -> feed.
const FEEDS: Map<&str, Feed> = Map::new(key::FEEDS);

/// A round is Stale up to this many times `max_age`, then Invalid.
pub const STALE_FACTOR: u64 = 10;

/// Everything about one feed.
#[cw_serde]
pub struct Feed {
    /// Its settings.
    pub params: FeedParams,
    /// Its sources and what each said last.
    pub sources: Vec<Source>,
    /// Its newest round and what is learned with it, once there is one.
    pub newest: Option<Newest>,
    /// How far back its rounds are kept.
    pub kept: Kept,
}

/// One source.
#[cw_serde]
pub struct Source {
    /// Who pushes it.
    pub reporter: Addr,
    /// How much it counts.
    pub weight: u32,
    /// For how long a report counts, seconds.
    pub max_age: u64,
    /// Reports less confident than this do not count.
    pub max_confidence: Ratio,
    /// Sources of one group confirm nothing for each other.
    pub group: u32,
    /// Its newest report.
    pub last: Option<Said>,
}

/// What a source said.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Said {
    /// USD per base unit.
    pub price: Price,
    /// Plus or minus, in USD.
    pub conf: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
}

/// The newest round and what has been learned up to it.
#[cw_serde]
pub struct Newest {
    /// The round and the one before.
    pub pair: Pair,
    /// Spread of its survivors.
    pub dispersion: Ratio,
    /// Its distance from the average, when it is a confirmed jump, else zero.
    pub jump: Ratio,
    /// What the jump rule remembers.
    pub watch: Watch,
    /// The five-minute average.
    pub twap: Twap,
    /// Volatility, from the first round that was Valid or Degraded.
    pub volatility: Option<Volatility>,
}

/// How far back rounds are kept.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Kept {
    /// Number of the oldest round kept; 0 before the first.
    pub oldest: u64,
    /// When the newest round no longer kept was.
    pub evicted: Option<Moment>,
}

/// A report that counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// For the aggregate.
    pub report: Report,
    /// For the jump rule.
    pub witness: Witness,
}

impl Feed {
    /// The reports that count at `now`: fresh, inside the hard bounds, not from the future, and
    /// confident enough.
    pub fn live(&self, now: u64) -> Vec<Live> {
        self.sources
            .iter()
            .filter_map(|s| s.live(&self.params, now))
            .collect()
    }

    /// What it takes to speak for this feed.
    pub fn quorum(&self) -> Quorum {
        Quorum {
            total_weight: self
                .sources
                .iter()
                .fold(0, |sum: u64, s| sum.saturating_add(s.weight.into())),
            min_sources: self.params.min_sources,
            preferred: self.params.preferred_sources,
        }
    }

    /// The status of this moment: the round's while it is fresh, then Stale, then Invalid.
    pub fn status(&self, now: u64) -> Status {
        let Some(newest) = &self.newest else {
            return Status::Invalid;
        };
        let age = now.saturating_sub(newest.pair.round.at.time);
        if age <= self.params.max_age {
            newest.pair.round.status
        } else if age <= self.params.max_age.saturating_mul(STALE_FACTOR) {
            Status::Stale
        } else {
            Status::Invalid
        }
    }

    /// The variance floor, per second.
    pub fn floor(&self) -> Ratio {
        let sigma = self.params.sigma_floor;
        // At most 1 %, so its square is always writable.
        sigma.times(sigma, Rounding::Up).unwrap_or(sigma)
    }

    /// What is believed of volatility; the floor before anything is known.
    pub fn variance(&self) -> Variance {
        let floor = self.floor();
        self.newest
            .as_ref()
            .and_then(|n| n.volatility)
            .map_or(Variance { fast: floor, slow: floor }, |v| Variance {
                fast: v.fast,
                slow: v.slow,
            })
    }
}

impl Source {
    fn live(&self, params: &FeedParams, now: u64) -> Option<Live> {
        let said = self.last?;
        let fresh = now.saturating_sub(said.publish_time) <= self.max_age;
        let known = said.publish_time <= now.saturating_add(params.max_future);
        let width = said.conf.over(said.price, Rounding::Up).ok()?;
        let counts = fresh && known && inside(params, said.price) && width <= self.max_confidence;
        counts.then_some(Live {
            report: Report {
                price: said.price,
                weight: self.weight.into(),
                publish_time: said.publish_time,
                conf: said.conf,
            },
            witness: Witness {
                price: said.price,
                publish_time: said.publish_time,
                group: self.group,
            },
        })
    }
}

/// Inside the hard bounds; on them is outside.
pub fn inside(params: &FeedParams, price: Price) -> bool {
    params.lower_bound < price && price < params.upper_bound
}

/// Open feeds, each checked.
pub fn open(deps: DepsMut, feeds: Vec<FeedSetup>) -> Result<(), ContractError> {
    limit::check(feeds.iter().map(|f| &f.feed), limit::FEEDS)?;
    for new in feeds {
        id::check(&new.feed)?;
        setup::check(&new).map_err(|source| ContractError::Setup {
            feed: new.feed.clone(),
            source,
        })?;
        let feed = Feed {
            sources: sources(deps.api, new.sources)?,
            params: new.params,
            newest: None,
            kept: Kept::default(),
        };
        FEEDS.save(deps.storage, &new.feed, &feed)?;
    }
    Ok(())
}

fn sources(api: &dyn Api, sources: Vec<SourceSetup>) -> StdResult<Vec<Source>> {
    sources
        .into_iter()
        .map(|s| {
            Ok(Source {
                reporter: api.addr_validate(&s.reporter)?,
                weight: s.weight,
                max_age: s.max_age,
                max_confidence: s.max_confidence,
                group: s.group,
                last: None,
            })
        })
        .collect()
}

/// A feed that must exist.
pub fn load(storage: &dyn Storage, name: &str) -> Result<Feed, ContractError> {
    find(storage, name)?.ok_or_else(|| ContractError::UnknownFeed { feed: name.into() })
}

/// A feed, if it exists.
pub fn find(storage: &dyn Storage, name: &str) -> StdResult<Option<Feed>> {
    FEEDS.may_load(storage, name)
}

/// Write a feed back.
pub fn save(storage: &mut dyn Storage, name: &str, feed: &Feed) -> StdResult<()> {
    FEEDS.save(storage, name, feed)
}

/// Settings and sources, as they were given.
pub fn described(name: String, feed: Feed) -> FeedSetup {
    let sources = feed.sources.into_iter().map(|s| SourceSetup {
        reporter: s.reporter.into_string(),
        weight: s.weight,
        max_age: s.max_age,
        max_confidence: s.max_confidence,
        group: s.group,
    });
    FeedSetup {
        feed: name,
        sources: sources.collect(),
        params: feed.params,
    }
}

/// Every feed, in name order.
pub fn all(storage: &dyn Storage) -> StdResult<Vec<(String, Feed)>> {
    FEEDS
        .range(storage, None, None, Order::Ascending)
        .collect()
}

/// A feed that could not have been opened like this.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("feed `{feed}`: {why}")]
pub struct Broken {
    /// Which.
    pub feed: String,
    /// What is wrong.
    pub why: SetupError,
}

/// What must hold after every message: settings and sources stay acceptable.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let broken = |(name, feed): (String, Feed)| {
        let why = setup::check(&described(name.clone(), feed)).err()?;
        Some(Broken { feed: name, why })
    };
    Ok(all(storage)?.into_iter().filter_map(broken).collect())
}
