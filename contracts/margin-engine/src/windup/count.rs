//! Counting: what losers owe and winners claim. Nobody is paid, and no page depends on another.

use cosmwasm_std::{Addr, Event, Storage};
use math::settlement::Tally;
use types::{engine::WindUpTerms, wire::Wire};

use super::{At, Stage, WindUp};
use crate::{
    position::{self, Position},
    queue,
    scene::Scene,
    stuck, ContractError,
};

impl WindUp {
    /// Count a page of positions. One whose numbers do not read is left as it is.
    pub(super) fn count(
        &mut self,
        (scene, storage): At,
        (mut tally, after): (Tally, Option<Addr>),
        left: usize,
    ) -> Result<(Stage, usize), ContractError> {
        let page = position::page(storage, &scene.id, after.as_ref(), left)?;
        let used = page.len();
        let mut last = after;
        for (account, mut held) in page {
            back_on_the_ladder(scene, storage, (&account, &mut held))?;
            match counted(scene, tally, &held) {
                Ok(next) => tally = next,
                Err(_) => self.skipped = self.skipped.saturating_add(1),
            }
            last = Some(account);
        }
        let stage = if used < left {
            Stage::Freezing { tally, after: None }
        } else {
            Stage::Counting { tally, after: last }
        };
        Ok((stage, used))
    }

    /// Set apart a page of queued profit that is not ready; after the last one the terms are fixed.
    pub(super) fn freeze(
        &mut self,
        (scene, storage): At,
        (mut tally, after): (Tally, Option<(Addr, u64)>),
        left: usize,
        events: &mut Vec<Event>,
    ) -> Result<(Stage, usize), ContractError> {
        let page = queue::freeze(storage, (&scene.id, self.since), after.as_ref(), left)?;
        let books = &mut scene.books;
        books.flow.queued = books.flow.queued.minus(page.unready)?;
        books.book.cash = books.book.cash.plus(page.unready)?;
        tally = tally.with_queued(page.unready)?;
        if page.count >= left {
            let after = page.last.or(after);
            return Ok((Stage::Freezing { tally, after }, page.count));
        }
        let terms = tally.terms(books.book.cash, books.insurance)?;
        books.insurance = books.insurance.minus(terms.insurance)?;
        books.book.cash = books.book.cash.plus(terms.insurance)?;
        // What insurance paid beyond bad debt made good what the vault had lost.
        let insured = terms.insurance.min(tally.debt);
        let sum = &mut books.bad_debt;
        sum.insurance = sum.insurance.plus(insured)?;
        sum.vault = sum.vault.plus(tally.debt.minus(insured)?)?;
        let fixed = WindUpTerms {
            market: scene.id.clone(),
            gains: terms.gains,
            margins: terms.margins,
            insurance: terms.insurance,
        };
        events.push(fixed.write());
        Ok((Stage::Paying { terms, after: None }, page.count))
    }
}

/// One more position, its reserve counted as margin: it pays before anybody else does.
fn counted(scene: &Scene, tally: Tally, held: &Position) -> Result<Tally, ContractError> {
    let book = &scene.books.book;
    let (mut loose, owed) = held
        .book
        .synced(book.side(held.book.side()?), book.funding)?;
    loose.margin = loose.margin.plus(held.reserve)?;
    Ok(tally.with(loose, owed)?)
}

/// What was provided for a position beside the ladder is told exactly by what follows.
fn back_on_the_ladder(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (account, held): (&Addr, &mut Position),
) -> Result<(), ContractError> {
    let Some(provided) = held.provided else {
        return Ok(());
    };
    position::remove(storage, (&scene.id, &mut scene.books), account, held)?;
    stuck::undo(scene, provided)?;
    held.provided = None;
    position::insert(storage, (&scene.id, &mut scene.books), account, held)
}
