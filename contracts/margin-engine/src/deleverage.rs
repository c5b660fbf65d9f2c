//! Automatic deleveraging: when winners' gains near the vault's cash, their side is scaled at the clearing price of the
//! whole step, every position alike, in O(1). No victim is chosen.

use cosmwasm_std::{Event, Storage};
use math::{
    adl::{plan, Outcome, Standing, TRIGGER},
    wide::Round as Rounding,
};
use types::{
    engine::{Cause, Deleveraged, VaultShored},
    oracle::Status,
    wire::Wire,
    Amount, Price, Ratio, Side,
};

use crate::{heads, scene::Scene, ContractError};

/// What is to be done at the newest round.
pub enum Done {
    /// Nothing.
    Nothing,
    /// A side was scaled.
    Scaled(Event),
    /// No scaling helps, but insurance does.
    Shored(Event),
    /// Nothing helps: the market has to be settled.
    Settle(Cause),
}

/// Scale a side if that is due: heads clear, the newest price good enough, once a round.
pub fn apply(scene: &mut Scene, storage: &dyn Storage) -> Result<Done, ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(Done::Nothing);
    };
    let usable = scene.prices.status <= Status::Degraded && round.status <= Status::Degraded;
    if !usable || round.number <= scene.books.watch.adl_round || !heads::clear(scene, storage)? {
        return Ok(Done::Nothing);
    }
    match plan(&scene.books.book, scene.curve, round.price)? {
        Outcome::Calm => Ok(Done::Nothing),
        Outcome::Below => Ok(Done::Settle(Cause::Scale)),
        Outcome::Exhausted => exhausted(scene, round.price),
        Outcome::Scale(step) => {
            let books = &mut scene.books;
            let before = books.book.cash;
            let sides = step.apply(&mut books.book, (scene.curve, round.price))?;
            books.watch.adl_round = round.number;
            let paid: Amount = before.minus(books.book.cash)?;
            let scaled = |side| sides.iter().any(|(s, _)| *s == side);
            let event = Deleveraged {
                market: scene.id.clone(),
                longs: scaled(Side::Long),
                shorts: scaled(Side::Short),
                keep: step.keep,
                price: round.price,
                paid,
            };
            Ok(Done::Scaled(event.write()))
        }
    }
}

/// No scaling reaches the target: gains that exceed cash and insurance together settle the market; else insurance
/// becomes cash, as much as brings the reading back to the trigger.
fn exhausted(scene: &mut Scene, index: Price) -> Result<Done, ContractError> {
    let standing = Standing::of(&scene.books.book, index)?;
    let books = &mut scene.books;
    if standing.settles(books.insurance)? {
        return Ok(Done::Settle(Cause::Gains));
    }
    let enough = standing.gain.max(Amount::ZERO).pro_rata(
        Ratio::ONE.wide(),
        TRIGGER.wide(),
        Rounding::Up,
    )?;
    let amount = enough.minus(standing.cash)?.min(books.insurance);
    if amount <= Amount::ZERO {
        return Ok(Done::Nothing);
    }
    books.insurance = books.insurance.minus(amount)?;
    books.book.cash = books.book.cash.plus(amount)?;
    let market = scene.id.clone();
    Ok(Done::Shored(VaultShored { market, amount }.write()))
}
