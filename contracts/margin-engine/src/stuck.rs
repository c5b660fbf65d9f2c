//! A position whose liquidation fails three times stands beside the ladder, so that it holds up nobody. What it owes
//! is provided for at once; each crank tries one of them again.

use cosmwasm_std::{Addr, Storage};
use math::liquidation::Borne;
use types::Amount;

use crate::{losses, position, scene::Scene, ContractError};

/// Failures until a position is put beside the ladder.
const STRIKES: u8 = 3;

/// A liquidation has failed. Returns what was provided, if that was once too often.
pub fn strike(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    account: &Addr,
) -> Result<Option<Borne>, ContractError> {
    let Some(mut held) = position::load(storage, &scene.id, account)? else {
        return Ok(None);
    };
    if held.provided.is_some() {
        return Ok(None);
    }
    held.strikes = held.strikes.saturating_add(1);
    if held.strikes < STRIKES {
        position::strike(storage, (&scene.id, account), &held)?;
        return Ok(None);
    }
    position::remove(storage, (&scene.id, &mut scene.books), account, &held)?;
    let borne = provide(scene, &held)?;
    held.provided = Some(borne);
    position::insert(storage, (&scene.id, &mut scene.books), account, &held)?;
    Ok(Some(borne))
}

/// What it owes beyond its margin at the newest round goes down the waterfall; nothing where that cannot be told.
fn provide(scene: &mut Scene, held: &position::Position) -> Result<Borne, ContractError> {
    let books = &mut scene.books;
    books.watch.stuck = books.watch.stuck.saturating_add(1);
    let index = scene.prices.newest.map(|p| p.round.price);
    let equity = |price| {
        let side = held.book.side()?;
        let (now, _) = held
            .book
            .synced(books.book.side(side), books.book.funding)?;
        now.equity(price)
    };
    let owed = index
        .and_then(|price| equity(price).ok())
        .map_or(Ok(Amount::ZERO), Amount::negated)?;
    Ok(losses::bear(scene, owed)?)
}

/// The position is taken out after all: what it owes is told exactly by what follows.
pub fn undo(scene: &mut Scene, provided: Borne) -> Result<(), ContractError> {
    let watch = &mut scene.books.watch;
    watch.stuck = watch.stuck.saturating_sub(1);
    Ok(losses::undo(scene, provided)?)
}
