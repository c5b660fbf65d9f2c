//! What the engine says of itself: its settings, its books, and whether the coins are here.

use cosmwasm_std::{Deps, Env, Storage, Uint128, Uint256};
use types::upgrade::SelfCheck;

use crate::{compartment, custody, peers, ContractError};

/// Whether everything that must be there is there, settings are in bounds and books balance; what is claimed of each
/// coin beyond what the chain says is here. Never an error.
pub fn myself(deps: Deps, env: &Env) -> SelfCheck {
    // What does not read fails as much as anything can, or it would count as less than what it hides.
    let books = books(deps.storage).unwrap_or(SelfCheck::UNREADABLE);
    let coins = coins(deps, env).unwrap_or(SelfCheck::UNREADABLE);
    books.and(coins)
}

/// Each market is a part: one that fails hides no other.
fn books(storage: &dyn Storage) -> Result<SelfCheck, ContractError> {
    let mut all = SelfCheck::of(peers::bound(storage)?.is_some());
    for (id, market) in peers::markets(storage)? {
        let balanced = compartment::load(storage, &id).is_ok_and(|books| books.balance());
        all = all.and(SelfCheck::of(balanced && market.params.check().is_ok()));
    }
    Ok(all)
}

fn coins(deps: Deps, env: &Env) -> Result<SelfCheck, ContractError> {
    let mut all = SelfCheck::of(true);
    for denom in custody::denoms(deps.storage)? {
        let (held, _) = custody::sums(deps.storage, &denom)?;
        let here = deps.querier.query_balance(&env.contract.address, &denom)?;
        let missing = Uint256::from(held.coins()?).saturating_sub(here.amount);
        all = all.and(SelfCheck {
            failing: u32::from(!missing.is_zero()),
            imbalance: Uint128::try_from(missing).unwrap_or(Uint128::MAX),
        });
    }
    Ok(all)
}
