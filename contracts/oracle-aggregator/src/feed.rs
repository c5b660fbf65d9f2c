//! Feeds: one stored struct each, so that a refresh is one read and one write.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, DepsMut, Order, StdResult, Storage};
use math::{
    aggregate::Quorum,
    fallback::Fallback,
    grace::Grace,
    jump::Watch,
    twap::{Twap, HALF_HOUR},
    volatility::Volatility,
    wide::Round as Rounding,
};
use store::Map;
use types::{
    clock::Moment,
    id,
    oracle::{
        posted::{Kept, Posted},
        FeedParams, FeedSetup, Pair, SettlePrice, Status, Tier, Variance,
    },
    Ratio,
};

use crate::{
    key, limit,
    setup::{self, SetupError},
    source::{Live, Source},
    ContractError,
};

/// Name -> feed.
const FEEDS: Map<&str, Feed> = Map::new(key::FEEDS);

/// Everything about one feed.
#[cw_serde]
pub struct Feed {
    /// Its settings.
    pub params: FeedParams,
    /// Its sources and what each said last.
    pub sources: Vec<Source>,
    /// Its newest round and what is learned with it, once there is one.
    pub newest: Option<Newest>,
    /// Which tier of its sources speaks.
    pub fallback: Fallback,
    /// How far back its rounds are kept.
    pub kept: Kept,
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
    /// The averages.
    pub twap: Twap,
    /// Smoothed gap between rounds over the expected one.
    pub lateness: Ratio,
    /// Outages and the grace after them.
    pub grace: Grace,
    /// What a market would settle at, from the first round that was Valid or Degraded.
    pub settle: Option<SettlePrice>,
    /// Volatility, from the first round that was Valid or Degraded.
    pub volatility: Option<Volatility>,
}

impl Feed {
    /// The sources of a tier.
    pub fn tier(&self, tier: Tier) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |s| s.tier == tier)
    }

    /// Whether the primary sources are trusted to speak alone.
    pub fn speaks_alone(&self) -> bool {
        self.fallback == Fallback::Primary
    }

    /// The reports of a tier that count at `now`: fresh, inside the hard bounds, not from the future, confident
    /// enough, and from sources that are listened to.
    pub fn live(&self, tier: Tier, now: u64) -> Vec<Live> {
        let placed = self.sources.iter().enumerate();
        placed
            .filter(|(_, s)| s.tier == tier)
            .filter_map(|(n, s)| s.live(n, &self.params, now))
            .collect()
    }

    /// What it takes to speak for this feed as a tier: of the weight configured, whoever is not listened to included.
    pub fn quorum(&self, tier: Tier) -> Quorum {
        let sources = self.tier(tier).count();
        let most = u32::try_from(sources).unwrap_or(u32::MAX);
        Quorum {
            total_weight: self
                .tier(tier)
                .fold(0, |sum: u64, s| sum.saturating_add(s.weight.into())),
            min_sources: self.params.min_sources.min(most),
            preferred: self.params.preferred_sources,
            spread_age: self.params.max_age,
        }
    }

    /// Whether a round at this moment would be later than the newest, in time and in height.
    pub fn advances(&self, at: Moment) -> bool {
        self.newest.as_ref().is_none_or(|n| {
            let last = n.pair.round.at;
            at.time > last.time && at.height > last.height
        })
    }

    /// What is posted of it for others, once it has a round.
    pub fn posted(&self) -> Option<Posted> {
        let newest = self.newest.as_ref()?;
        Some(Posted {
            newest: newest.pair,
            average: newest.twap.average(HALF_HOUR),
            variance: self.variance(),
            max_future: self.params.max_future,
            max_age: self.params.max_age,
            grace_until: newest.grace.until,
            settle: newest.settle,
            kept: self.kept,
        })
    }

    /// The status of this moment: the round's while it is fresh, then Stale, then Invalid.
    pub fn status(&self, now: u64) -> Status {
        let newest = self.newest.as_ref().map(|n| n.pair.round);
        newest.map_or(Status::Invalid, |round| {
            round.status(self.params.max_age, now)
        })
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
        self.newest.as_ref().and_then(|n| n.volatility).map_or(
            Variance {
                fast: floor,
                slow: floor,
            },
            |v| Variance {
                fast: v.fast,
                slow: v.slow,
            },
        )
    }
}

/// Open feeds, each checked; `this` is where they are opened.
pub fn open(deps: DepsMut, this: &Addr, feeds: Vec<FeedSetup>) -> Result<(), ContractError> {
    limit::check(feeds.iter().map(|f| &f.feed), limit::FEEDS)?;
    for new in feeds {
        start(deps.storage, deps.api, this, new)?;
    }
    Ok(())
}

/// One more feed, later on. Nothing of the others is written.
pub fn add(deps: DepsMut, this: &Addr, new: FeedSetup) -> Result<(), ContractError> {
    let known = FEEDS.all().keys(deps.storage, None, None, Order::Ascending);
    if known.count() >= limit::FEEDS {
        let max = limit::FEEDS;
        return Err(ContractError::TooManyFeeds { max });
    }
    if FEEDS.has(deps.storage, &new.feed) {
        return Err(ContractError::KnownFeed { feed: new.feed });
    }
    start(deps.storage, deps.api, this, new)
}

fn start(
    storage: &mut dyn Storage,
    api: &dyn Api,
    this: &Addr,
    new: FeedSetup,
) -> Result<(), ContractError> {
    id::check(&new.feed)?;
    let checked = setup::check(&new).and_then(|()| setup::not_itself(&new, this));
    checked.map_err(|source| ContractError::Setup {
        feed: new.feed.clone(),
        source,
    })?;
    let sources = new.sources.into_iter().map(|s| Source::open(api, s));
    let feed = Feed {
        sources: sources.collect::<StdResult<_>>()?,
        params: new.params,
        newest: None,
        fallback: Fallback::default(),
        kept: Kept::default(),
    };
    Ok(FEEDS.save(storage, &new.feed, &feed)?)
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
    FeedSetup {
        feed: name,
        sources: feed.sources.iter().map(Source::described).collect(),
        params: feed.params,
    }
}

/// Every feed, in name order.
pub fn all(storage: &dyn Storage) -> StdResult<Vec<(String, Feed)>> {
    FEEDS
        .all()
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
