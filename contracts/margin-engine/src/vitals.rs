//! What a market's books read now: evidence for the breaker.

use cosmwasm_std::Decimal;
use math::{units::OutOfRange, wide::Round as Rounding};
use types::{engine::Vitals, Amount, Ratio};

use crate::scene::Scene;

/// Above every threshold.
const BEYOND: Ratio = Ratio(Decimal::MAX);

/// Every reading of one market, at the newest round.
pub fn of(scene: &Scene) -> Result<Vitals, OutOfRange> {
    let book = &scene.books.book;
    let gain = match scene.newest() {
        Some(round) => gain(book.gain(round.price)?, book.cash)?,
        None => Ratio::ZERO,
    };
    Ok(Vitals {
        gain,
        cover: None,
        backlog: Ratio::ZERO,
        outflow_hour: Ratio::ZERO,
        outflow_day: Ratio::ZERO,
        balanced: true,
        venue_faults: 0,
    })
}

/// `G/cash` where both are positive; otherwise 0 while `cash - G >= 0`, otherwise above every threshold.
pub fn gain(gain: Amount, cash: Amount) -> Result<Ratio, OutOfRange> {
    if gain > Amount::ZERO && cash > Amount::ZERO {
        gain.over(cash, Rounding::Up)
    } else if cash >= gain {
        Ok(Ratio::ZERO)
    } else {
        Ok(BEYOND)
    }
}
