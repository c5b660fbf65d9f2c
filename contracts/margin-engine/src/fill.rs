//! Changing positions: the one place that moves size, cost and margin between a position, the vault's
//! cash and a wallet.

use cosmwasm_std::{Addr, Event, Storage};
use math::{ledger::Loose, liquidation::Borne, units::OutOfRange};
use types::{level::Level, Amount, Price, Size};

use crate::{
    cells, fees,
    flow::{self, Exit},
    losses, outflow,
    position::{self, Position},
    scene::Scene,
    stuck, wallet, ContractError,
};

/// A position taken out of the books and off the ladder.
pub struct Held {
    /// Whose.
    pub account: Addr,
    /// Its numbers, synced.
    pub loose: Loose,
    /// Its liquidation reserve.
    pub reserve: Amount,
    /// The width it was filed with.
    pub cell: u8,
    /// What may leave without queueing.
    pub paid_in: Amount,
    /// Late additions of margin.
    pub added: Vec<position::Added>,
}

/// What putting a position back came to.
#[derive(Default)]
pub struct After {
    /// A loss beyond margin.
    pub borne: Borne,
    /// Profit that waits at the border.
    pub queued: Option<Event>,
}

/// What a reduction came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// What is left, fee not yet taken.
    pub left: Loose,
    /// The trade, signed.
    pub by: Size,
    /// Notional closed, at the price.
    pub notional: Amount,
    /// Clearing price, rounded against the trader.
    pub price: Price,
}

/// Take a position out.
pub fn take(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    account: &Addr,
    position: Position,
) -> Result<Held, ContractError> {
    position::remove(storage, (&scene.id, &mut scene.books), account, &position)?;
    if let Some(provided) = position.provided {
        stuck::undo(scene, provided)?;
    }
    Ok(Held {
        account: account.clone(),
        loose: scene.books.book.take(&position.book)?,
        reserve: position.reserve,
        cell: position.cell,
        paid_in: position.paid_in,
        added: position.added,
    })
}

/// Put it back, whatever has become of it. A flat one is paid out: its margin and its reserve go to
/// the wallet, a loss beyond margin goes down the waterfall.
pub fn put(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    held: Held,
) -> Result<After, ContractError> {
    if held.loose.size.is_zero() {
        return pay_out(scene, storage, &held);
    }
    let cell = match (scene.newest(), held.loose.size.side()) {
        (Some(round), Some(side)) => cells::exponent(scene, side, round.price)?,
        _ => held.cell,
    };
    let stored = Position {
        book: scene.books.book.put(held.loose)?,
        reserve: held.reserve,
        cell,
        paid_in: held.paid_in,
        strikes: 0,
        provided: None,
        added: held.added,
    };
    position::insert(
        storage,
        (&scene.id, &mut scene.books),
        &held.account,
        &stored,
    )?;
    Ok(After::default())
}

fn pay_out(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    held: &Held,
) -> Result<After, ContractError> {
    let books = &mut scene.books;
    books.reserves = books.reserves.minus(held.reserve)?;
    // The position's own reserve pays first.
    let own = held
        .reserve
        .min(held.loose.margin.negated()?.max(Amount::ZERO));
    books.book.cash = books.book.cash.plus(own)?;
    let margin = held.loose.margin;
    let borne = losses::bear(scene, margin.plus(own)?.negated()?)?;
    let cash = &mut scene.books.book.cash;
    *cash = cash.plus(margin.min(Amount::ZERO))?;
    let paid = margin.max(Amount::ZERO).plus(held.reserve)?.minus(own)?;
    let queued = leave(scene, storage, &held.account, (paid, held.paid_in))?;
    Ok(After { borne, queued })
}

/// Money leaves a position for its owner's wallet: what was paid in at once, the rest through the border.
pub fn leave(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    account: &Addr,
    (amount, paid_in): (Amount, Amount),
) -> Result<Option<Event>, ContractError> {
    let own = amount.min(paid_in.max(Amount::ZERO));
    wallet::credit(storage, account, &scene.market.denom, own)?;
    let exit = Exit {
        market: &scene.id,
        denom: &scene.market.denom,
        account,
        params: &scene.market.params,
        level: scene.stance.level,
        now: scene.now.time,
    };
    let beyond = amount.minus(own)?.max(Amount::ZERO);
    if exit.level < Level::Settlement {
        let noted = (beyond, exit.now);
        outflow::note(storage, &mut scene.books, (exit.market, account), noted)?;
    }
    flow::out(storage, &mut scene.books, &exit, beyond)
}

/// A position that is solvent at the median, closed whole at a worse edge, pays what it has: the rest was never
/// owed, so it is the vault's and no bad debt.
pub fn forgive(scene: &mut Scene, left: &mut Loose) -> Result<(), OutOfRange> {
    if left.size.is_zero() && left.margin.is_negative() {
        scene.books.book.cash = scene.books.book.cash.plus(left.margin)?;
        left.margin = Amount::ZERO;
    }
    Ok(())
}

/// Close `part` (the sign of the position) at `index` on the curve. `skew` is the market's before the
/// position was taken out.
pub fn close(
    scene: &mut Scene,
    loose: Loose,
    part: Size,
    (skew, index): (Size, Price),
) -> Result<Closed, OutOfRange> {
    let by = part.negated()?;
    let cost = scene.curve.cost(skew, by, index)?;
    let out = scene.books.book.realise(loose, part, cost.negated()?)?;
    Ok(Closed {
        left: out.left,
        by,
        notional: part.notional_up(index)?,
        price: crate::judge::shown(cost, by)?,
    })
}

/// Take a fee out of what is left of a position, at most what `most` says, and split it.
pub fn charge(
    scene: &mut Scene,
    left: &mut Loose,
    fee: Amount,
    most: Amount,
) -> Result<Amount, OutOfRange> {
    let fee = fee.min(most.max(Amount::ZERO));
    left.margin = left.margin.minus(fee)?;
    fees::collect(&mut scene.books, &scene.market.params, fee)?;
    Ok(fee)
}
