//! Who is who, and the settings.

use cosmwasm_std::{Api, StdResult, Storage};
use store::Item;
use types::{
    market::{Config, InstantiateMsg, Params},
    Ratio,
};

use crate::{key, ContractError};

const CONFIG: Item<Config> = Item::new(key::CONFIG);

/// Orders of one kind an account may have waiting at most, whatever the settings say. Both kinds together
/// stay below what the engine holds for one account.
const MAX_WAITING: u32 = 12;

/// Check and remember.
pub fn start(
    storage: &mut dyn Storage,
    api: &dyn Api,
    msg: InstantiateMsg,
) -> Result<(), ContractError> {
    types::id::check(&msg.market)?;
    types::id::check(&msg.feed)?;
    check(&msg.params)?;
    let config = Config {
        market: msg.market,
        feed: msg.feed,
        engine: msg.engine.check(api)?,
        oracle: msg.oracle.check(api)?,
        params: msg.params,
    };
    Ok(CONFIG.save(storage, &config)?)
}

/// Read.
pub fn load(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

/// Whether the settings are there, and inside their bounds.
pub fn sound(storage: &dyn Storage) -> bool {
    load(storage).is_ok_and(|config| check(&config.params).is_ok())
}

fn check(p: &Params) -> Result<(), ContractError> {
    let rows = [
        (!p.lot.is_zero(), "lot", "above zero"),
        (p.min_size >= p.lot, "min_size", "at least one lot"),
        (p.tick > types::Price::ZERO, "tick", "above zero"),
        (
            (1..=MAX_WAITING).contains(&p.max_increases),
            "max_increases",
            "1 to 12",
        ),
        (
            (1..=MAX_WAITING).contains(&p.max_reductions),
            "max_reductions",
            "1 to 12",
        ),
        (
            p.funding.clamp <= Ratio::percent(5),
            "funding.clamp",
            "at most 0.05 a day",
        ),
        (
            p.funding.slope <= Ratio::percent(50),
            "funding.slope",
            "at most 0.5 a day per day",
        ),
    ];
    rows.into_iter()
        .find(|(fits, _, _)| !fits)
        .map_or(Ok(()), |(_, field, why)| {
            Err(ContractError::BadParam { field, why })
        })
}
