//! Who is who: the instantiator, the treasury, the neighbours, the markets and their settings.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, Order, StdResult, Storage};
use store::{Item, Map};
use types::{
    engine::{MarketSetup, Peers},
    handle::Handle,
    market::Market as Venue,
    params::MarketParams,
};

use crate::{compartment, key, ContractError};

/// Markets at most.
pub const MAX_MARKETS: usize = 32;

/// What is fixed at instantiation.
#[cw_serde]
pub struct Config {
    /// Who may bind.
    pub instantiator: Addr,
    /// Who may collect fees.
    pub treasury: Addr,
}

/// Settings of one market.
#[cw_serde]
pub struct Market {
    /// The feed it is priced by.
    pub feed: String,
    /// The denom it settles in.
    pub denom: String,
    /// Its order book.
    pub venue: Handle<Venue>,
    /// Its settings.
    pub params: MarketParams,
}

const CONFIG: Item<Config> = Item::new(key::CONFIG);
const PEERS: Item<Peers> = Item::new(key::PEERS);
const MARKETS: Map<&str, Market> = Map::new(key::MARKETS);
const VENUES: Map<&Addr, String> = Map::new(key::VENUES);

/// Remember what is fixed.
pub fn start(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)
}

/// What is fixed.
pub fn config(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

/// The neighbours, if bound.
pub fn bound(storage: &dyn Storage) -> StdResult<Option<Peers>> {
    PEERS.may_load(storage)
}

/// The neighbours; every user door needs them.
pub fn peers(storage: &dyn Storage) -> Result<Peers, ContractError> {
    bound(storage)?.ok_or(ContractError::NotBound)
}

/// Settings of a market.
pub fn market(storage: &dyn Storage, id: &str) -> Result<Market, ContractError> {
    MARKETS
        .may_load(storage, id)?
        .ok_or_else(|| ContractError::NoMarket { market: id.into() })
}

/// Other settings for a market, checked by whoever calls.
pub fn retune(
    storage: &mut dyn Storage,
    id: &str,
    params: MarketParams,
) -> Result<(), ContractError> {
    let market = Market {
        params,
        ..market(storage, id)?
    };
    Ok(MARKETS.save(storage, id, &market)?)
}

/// Which market a venue is.
pub fn of_venue(storage: &dyn Storage, venue: &Addr) -> Result<String, ContractError> {
    VENUES
        .may_load(storage, venue)?
        .ok_or(ContractError::Unauthorized { role: "market" })
}

/// Every market, by name.
pub fn markets(storage: &dyn Storage) -> StdResult<Vec<(String, Market)>> {
    MARKETS
        .all()
        .range(storage, None, None, Order::Ascending)
        .take(MAX_MARKETS)
        .collect()
}

/// Bind the neighbours and open the compartments, once.
pub fn bind(
    storage: &mut dyn Storage,
    api: &dyn Api,
    peers: &Peers,
    setups: Vec<MarketSetup>,
) -> Result<(), ContractError> {
    if bound(storage)?.is_some() {
        return Err(ContractError::Bound);
    }
    let count = setups.len();
    if count == 0 || count > MAX_MARKETS {
        return Err(ContractError::BadList {
            what: "markets",
            count,
            max: MAX_MARKETS,
        });
    }
    PEERS.save(storage, peers)?;
    for setup in setups {
        open(storage, api, setup)?;
    }
    Ok(())
}

/// One more market, later on. Nothing of the others is read or written.
pub fn add(
    storage: &mut dyn Storage,
    api: &dyn Api,
    setup: MarketSetup,
) -> Result<(), ContractError> {
    let known = MARKETS.all().keys(storage, None, None, Order::Ascending);
    if known.count() >= MAX_MARKETS {
        return Err(ContractError::TooManyMarkets { max: MAX_MARKETS });
    }
    open(storage, api, setup)
}

/// Check a market and open its compartment. Each name and each order book stands for one market.
fn open(storage: &mut dyn Storage, api: &dyn Api, setup: MarketSetup) -> Result<(), ContractError> {
    types::id::check(&setup.market)?;
    types::id::check(&setup.feed)?;
    types::id::denom(&setup.denom)?;
    setup.params.check()?;
    let market = Market {
        feed: setup.feed,
        denom: setup.denom,
        venue: setup.venue.check(api)?,
        params: setup.params,
    };
    if MARKETS.has(storage, &setup.market) {
        let market = setup.market;
        return Err(ContractError::KnownMarket { market });
    }
    if VENUES.has(storage, market.venue.addr()) {
        let venue = market.venue.addr().clone();
        return Err(ContractError::KnownVenue { venue });
    }
    VENUES.save(storage, market.venue.addr(), &setup.market)?;
    compartment::open(storage, &setup.market, &market.params)?;
    Ok(MARKETS.save(storage, &setup.market, &market)?)
}
