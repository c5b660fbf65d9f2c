//! The worst ends of the ladder: who is liquidated next, and whether anybody waits.

use cosmwasm_std::{Addr, Storage};
use types::{Ratio, Side};

use crate::{
    position,
    scene::{Scene, Verdict},
    ContractError,
};

/// A head that may be liquidated.
pub struct Head {
    /// Whose.
    pub account: Addr,
    /// Whether its equity is negative at a price it may be liquidated at.
    pub bankrupt: bool,
}

/// Whether a bankrupt head may be liquidated now.
pub fn is_needed(scene: &Scene, storage: &dyn Storage) -> Result<bool, ContractError> {
    Ok(worst(scene, storage)?.is_some_and(|head| head.bankrupt))
}

/// The head to liquidate next: a bankrupt one of either side, else any that may be.
pub fn worst(scene: &Scene, storage: &dyn Storage) -> Result<Option<Head>, ContractError> {
    let mm = scene.mm()?;
    let mut found: Option<Head> = None;
    for side in Side::BOTH {
        let verdict = scene.verdict(side);
        if verdict.regular.is_none() && verdict.deep.is_none() {
            continue;
        }
        let Some((account, key)) = position::head(storage, &scene.id, side)? else {
            continue;
        };
        let book = &scene.books.book;
        let b = book.side(side).bankruptcy(key, book.funding)?;
        let bankrupt = verdict.bankrupts(b)?;
        if !bankrupt && !verdict.condemns(b, mm)? {
            continue;
        }
        if bankrupt || found.is_none() {
            found = Some(Head { account, bankrupt });
        }
        if bankrupt {
            break;
        }
    }
    Ok(found)
}

/// Whether some head is unhealthy at the newest round alone: its wait has begun.
pub fn waiting(scene: &Scene, storage: &dyn Storage) -> Result<bool, ContractError> {
    any_below(scene, storage, scene.mm()?)
}

/// Whether no head is bankrupt at the newest round, may it be liquidated or not.
pub fn clear(scene: &Scene, storage: &dyn Storage) -> Result<bool, ContractError> {
    Ok(!any_below(scene, storage, Ratio::ZERO)?)
}

fn any_below(scene: &Scene, storage: &dyn Storage, mm: Ratio) -> Result<bool, ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(false);
    };
    for side in Side::BOTH {
        let Some((_, key)) = position::head(storage, &scene.id, side)? else {
            continue;
        };
        let book = &scene.books.book;
        let b = book.side(side).bankruptcy(key, book.funding)?;
        if Verdict::at(side, round.price).condemns(b, mm)? {
            return Ok(true);
        }
    }
    Ok(false)
}
