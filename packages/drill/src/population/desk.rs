//! What traders want, done: each wish as messages to the contracts. Every attempt to reduce risk or
//! to take out what is one's own is handed to the judge of exits.

use cosmwasm_std::Uint128;
use math::units::{Amount, OutOfRange, Ratio, Size};
use math::wide::Round;
use types::engine::Order;

use super::{
    trader::{Trader, Wish},
    view::View,
};
use crate::{
    bug::Bug,
    judge::exits::Exits,
    venue::{lots, Venue, LOT},
};

/// Kept in the wallet for fees.
const CHANGE: Amount = Amount::raw(20_000_000);

/// Do it; the number of the order it made, if any.
pub fn serve(
    venue: &mut dyn Venue,
    (trader, wish): (&mut Trader, Wish),
    view: &View,
    exits: &mut Exits,
) -> Result<Option<u64>, Bug> {
    match wish {
        Wish::Enter => return enter(venue, trader, view),
        Wish::CallBack { order } => {
            let done = venue.cancel(&trader.who, order);
            exits.tried("cancel", &trader.who.name, view.now, done.err());
        }
        Wish::Close => {
            let order = Order::Close { side: trader.side };
            return leave(venue, trader, (order, view), exits);
        }
        Wish::Halve => {
            let size = held(trader)?.u128() / 2;
            let size = Uint128::new(size.saturating_sub(size % LOT).max(LOT));
            let order = Order::Reduce {
                side: trader.side,
                size,
            };
            return leave(venue, trader, (order, view), exits);
        }
        Wish::TopUp => top_up(venue, trader, view, exits)?,
        Wish::CashOut => {
            let amount = venue.free(&trader.who).coins()?.u128() / 2;
            if amount > 0 {
                let done = venue.withdraw(&trader.who, Uint128::new(amount));
                exits.tried("withdraw", &trader.who.name, view.now, done.err());
            }
        }
    }
    Ok(None)
}

fn held(trader: &Trader) -> Result<Uint128, OutOfRange> {
    let size = trader.held.as_ref().map_or(Size::ZERO, |held| held.size);
    Uint128::try_from(size.abs()?.0).map_err(|_| OutOfRange)
}

/// Sign an increase on the margin the trader aims at, or more where more is asked. Who lacks money
/// brings it, and as much again to defend the position with.
fn enter(venue: &mut dyn Venue, trader: &mut Trader, view: &View) -> Result<Option<u64>, Bug> {
    let aimed = Ratio::ONE.scaled(1, trader.leverage, Round::Up)?;
    let margin = trader
        .notional
        .share_up(aimed.max(view.entry))?
        .plus(CHANGE)?;
    let free = venue.free(&trader.who);
    if free < margin.plus(CHANGE)? {
        let wanted = margin.plus(margin)?.plus(CHANGE)?;
        venue.bring(&trader.who, wanted.minus(free)?)?;
    }
    let size = lots(trader.notional, view.index)?;
    let order = Order::Increase {
        side: trader.side,
        size,
        margin: margin.coins()?,
    };
    let placed = venue.place(&trader.who, order).ok();
    match placed {
        Some(order) => trader.enters(order),
        None => trader.thwarted(view.now),
    }
    Ok(placed)
}

fn leave(
    venue: &mut dyn Venue,
    trader: &mut Trader,
    (order, view): (Order, &View),
    exits: &mut Exits,
) -> Result<Option<u64>, Bug> {
    match venue.place(&trader.who, order) {
        Ok(number) => {
            let at = (venue.moment(), view.now);
            exits.signed(number, trader.who.addr.clone(), at);
            trader.leaves();
            Ok(Some(number))
        }
        Err(no) => {
            exits.tried("close", &trader.who.name, view.now, Some(no));
            trader.thwarted(view.now);
            Ok(None)
        }
    }
}

/// A fiftieth of the notional, if the wallet has it: what it has, otherwise.
fn top_up(
    venue: &mut dyn Venue,
    trader: &mut Trader,
    view: &View,
    exits: &mut Exits,
) -> Result<(), Bug> {
    let free = venue.free(&trader.who).minus(CHANGE)?;
    let amount = trader.notional.share_up(Ratio::percent(2))?.min(free);
    if amount <= Amount::ZERO {
        return Ok(());
    }
    let done = venue.add_margin(&trader.who, amount.coins()?);
    exits.tried("add margin", &trader.who.name, view.now, done.err());
    if let Some(held) = venue.held(&trader.who) {
        trader.sees(held);
    }
    Ok(())
}
