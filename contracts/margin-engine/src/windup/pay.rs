//! Paying: every position by the same terms, in whatever order.

use cosmwasm_std::{Addr, Event, Storage};
use math::settlement::Terms;
use types::{
    engine::{PositionSettled, ProfitSettled},
    wire::Wire,
    Amount,
};

use super::{At, Stage, WindUp};
use crate::{
    lp,
    position::{self, Position},
    queue,
    scene::Scene,
    wallet, ContractError,
};

impl WindUp {
    /// Pay a page of positions.
    pub(super) fn pay(
        &mut self,
        (scene, storage): At,
        (terms, after): (Terms, Option<Addr>),
        left: usize,
        events: &mut Vec<Event>,
    ) -> Result<(Stage, usize), ContractError> {
        let page = position::page(storage, &scene.id, after.as_ref(), left)?;
        let used = page.len();
        let mut last = after;
        for (account, _) in page {
            events.extend(one(scene, storage, (&account, &terms))?);
            last = Some(account);
        }
        let stage = if used < left {
            Stage::Sharing { terms }
        } else {
            Stage::Paying { terms, after: last }
        };
        Ok((stage, used))
    }
}

/// Pay one position, if there is one and its numbers read.
pub fn one(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (account, terms): (&Addr, &Terms),
) -> Result<Option<Event>, ContractError> {
    let Some(held) = position::load(storage, &scene.id, account)? else {
        return Ok(None);
    };
    let Ok((event, paid)) = closed(scene, (account, &held), terms) else {
        return Ok(None);
    };
    position::remove(storage, (&scene.id, &mut scene.books), account, &held)?;
    wallet::credit(storage, account, &scene.market.denom, paid)?;
    Ok(Some(event))
}

/// The books without the position. They change only where every number reads.
fn closed(
    scene: &mut Scene,
    (account, held): (&Addr, &Position),
    terms: &Terms,
) -> Result<(Event, Amount), ContractError> {
    let mut books = scene.books.clone();
    let mut loose = books.book.take(&held.book)?;
    books.reserves = books.reserves.minus(held.reserve)?;
    loose.margin = loose.margin.plus(held.reserve)?;
    let payout = terms.payout(loose)?;
    let paid = payout.margin.plus(payout.gain)?;
    books.book.cash = books.book.cash.plus(loose.margin)?.minus(paid)?;
    scene.books = books;
    let settled = PositionSettled {
        market: scene.id.clone(),
        account: account.clone(),
        size: loose.size,
        paid,
        cut: payout.cut,
    };
    Ok((settled.write(), paid))
}

/// Pay a page of the profit that was set apart; after the last of it the line of leaving liquidity is served whole.
pub fn share(
    (scene, storage): At,
    terms: Terms,
    left: usize,
    events: &mut Vec<Event>,
) -> Result<(Stage, usize), ContractError> {
    let page = queue::unready(storage, &scene.id, left)?;
    let used = page.len();
    for frozen in page {
        let paid = terms.queued(frozen.amount)?;
        scene.books.book.cash = scene.books.book.cash.minus(paid)?;
        wallet::credit(storage, &frozen.account, &scene.market.denom, paid)?;
        queue::thawed(storage, &scene.id, &frozen);
        events.push(
            ProfitSettled {
                market: scene.id.clone(),
                cut: frozen.amount.minus(paid)?,
                account: frozen.account,
                paid,
            }
            .write(),
        );
    }
    if used >= left {
        return Ok((Stage::Sharing { terms }, used));
    }
    events.extend(lp::serve_rest(scene, storage)?);
    Ok((Stage::Done { terms }, used))
}
