//! What owners hold all together, from their own entries: for audits.

use cosmwasm_std::{Order, Storage, Uint128};
use types::Amount;

use super::{batch, earned, exits, LEAVES, REQUESTS, SHARES};
use crate::{
    compartment::{self, Compartment},
    ContractError,
};

/// Shares held, priced but not claimed, and leaving but not served.
pub fn outstanding(
    storage: &dyn Storage,
    id: &str,
    books: &Compartment,
) -> Result<Uint128, ContractError> {
    let mut sum = batch::unclaimed(storage, id)?;
    for row in SHARES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
    {
        sum = sum.checked_add(row?.1.shares)?;
    }
    for row in LEAVES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
    {
        let (_, leave) = row?;
        if exits::stretch(storage, id, leave.batch)?.is_none() {
            sum = sum.checked_add(leave.shares)?;
        }
    }
    Ok(sum.checked_add(books.lp.line.waiting())?)
}

/// Money of served withdrawals that owners have not collected.
pub fn uncollected(
    storage: &dyn Storage,
    id: &str,
    books: &Compartment,
) -> Result<Amount, ContractError> {
    let mut sum = Amount::ZERO;
    for row in LEAVES
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
    {
        let (_, leave) = row?;
        let (earned, _) = earned(storage, id, (books, &leave))?;
        sum = sum.plus(earned)?.minus(leave.taken)?;
    }
    Ok(sum)
}

/// Money in requests that are not priced, or were sold no shares, and fees of batches that wait.
pub fn unpriced(storage: &dyn Storage, id: &str) -> Result<Amount, ContractError> {
    let books = compartment::load(storage, id)?;
    let fees = [books.lp.batch, books.lp.next].into_iter().flatten();
    let mut sum = fees.map(|b| b.fee).try_fold(Amount::ZERO, Amount::plus)?;
    for row in REQUESTS
        .prefix(id)
        .range(storage, None, None, Order::Ascending)
    {
        let (_, request) = row?;
        let priced = batch::priced(storage, id, request.batch)?;
        if priced.is_none_or(|p| p.shares.is_none()) {
            sum = sum.plus(request.amount)?;
        }
    }
    Ok(sum)
}
