//! Wallets: free money per account and denom. No loss ever touches one.

use cosmwasm_std::{Addr, Order, StdResult, Storage};
use store::Map;
use types::Amount;

use crate::{key, ContractError};

const WALLETS: Map<(&Addr, &str), Amount> = Map::new(key::WALLETS);

/// Free money.
pub fn free(storage: &dyn Storage, account: &Addr, denom: &str) -> StdResult<Amount> {
    Ok(WALLETS
        .may_load(storage, (account, denom))?
        .unwrap_or_default())
}

fn set(
    storage: &mut dyn Storage,
    (account, denom): (&Addr, &str),
    amount: Amount,
) -> StdResult<()> {
    if amount.is_zero() {
        WALLETS.remove(storage, (account, denom));
        Ok(())
    } else {
        WALLETS.save(storage, (account, denom), &amount)
    }
}

/// Money comes in. Nothing or less changes nothing.
pub fn credit(
    storage: &mut dyn Storage,
    account: &Addr,
    denom: &str,
    amount: Amount,
) -> Result<(), ContractError> {
    if amount <= Amount::ZERO {
        return Ok(());
    }
    let held = free(storage, account, denom)?.plus(amount)?;
    Ok(set(storage, (account, denom), held)?)
}

/// Money goes out; no more than is there.
pub fn debit(
    storage: &mut dyn Storage,
    account: &Addr,
    denom: &str,
    amount: Amount,
) -> Result<(), ContractError> {
    let held = free(storage, account, denom)?;
    if amount > held || amount.is_negative() {
        return Err(ContractError::Insufficient {
            free: held,
            needed: amount,
        });
    }
    Ok(set(storage, (account, denom), held.minus(amount)?)?)
}

/// Every wallet: for audits only.
pub fn all(storage: &dyn Storage) -> StdResult<Vec<((Addr, String), Amount)>> {
    WALLETS
        .all()
        .range(storage, None, None, Order::Ascending)
        .collect()
}
