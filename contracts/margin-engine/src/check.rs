//! What the engine says of itself: its settings, its books, and whether the coins are here.

use cosmwasm_std::{Deps, Env, Storage, Uint128, Uint256};
use types::upgrade::SelfCheck;

use crate::{compartment, custody, peers, ContractError};

/// Whether everything that must be there is there, settings are in bounds and books balance; what is claimed of each
/// coin beyond what the chain says is here. Never an error.
pub fn myself(deps: Deps, env: &Env) -> SelfCheck {
    let books = books(deps.storage).unwrap_or(false);
    let coins = coins(deps, env).unwrap_or(SelfCheck::of(false));
    SelfCheck::of(books).and(coins)
}

fn books(storage: &dyn Storage) -> Result<bool, ContractError> {
    let bound = peers::bound(storage)?.is_some();
    let mut sound = bound;
    for (id, market) in peers::markets(storage)? {
        let balanced = compartment::load(storage, &id)?.balance();
        sound = sound && balanced && market.params.check().is_ok();
    }
    Ok(sound)
}

fn coins(deps: Deps, env: &Env) -> Result<SelfCheck, ContractError> {
    let mut all = SelfCheck::of(true);
    for denom in custody::denoms(deps.storage)? {
        let (held, _) = custody::sums(deps.storage, &denom)?;
        let here = deps.querier.query_balance(&env.contract.address, &denom)?;
        let missing = Uint256::from(held.coins()?).saturating_sub(here.amount);
        all = all.and(SelfCheck {
            sound: missing.is_zero(),
            imbalance: Uint128::try_from(missing).unwrap_or(Uint128::MAX),
        });
    }
    Ok(all)
}
