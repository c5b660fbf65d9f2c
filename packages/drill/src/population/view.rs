//! What traders can see in a block: the price, the level, what a position needs.

use math::margin::asked;
use math::units::{OutOfRange, PerUnit, Price, Ratio};
use math::wide::Round;
use types::{engine::MarketState, level::Level};

/// A position within this of its maintenance margin alarms its owner.
const NEAR: Ratio = Ratio::percent(1);
/// The open-interest add-on at its greatest.
const ADD_ON: Ratio = Ratio::percent(1);

/// What a trader can see in a block.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Block time.
    pub now: u64,
    /// The newest round's price.
    pub index: Price,
    /// The level in force.
    pub level: Level,
    /// Margin that a new position needs now, with room to spare.
    pub entry: Ratio,
    /// Longs that go bankrupt above this price are close to liquidation.
    pub long_alarm: PerUnit,
    /// Shorts that go bankrupt below this price are close to liquidation.
    pub short_alarm: PerUnit,
}

impl View {
    /// What traders see: the book and the newest price.
    pub fn of(books: &MarketState, index: Price, now: u64) -> Result<Self, OutOfRange> {
        let asked = asked(books.terms.im, books.stance.caution, ADD_ON)?;
        let level = books.stance.level;
        Self::with((now, level), index, (asked, books.terms.mm))
    }

    /// What traders see where new positions need `asked` and old ones `mm`.
    pub fn with(
        (now, level): (u64, Level),
        index: Price,
        (asked, mm): (Ratio, Ratio),
    ) -> Result<Self, OutOfRange> {
        let near = mm.plus(NEAR)?;
        let entry = asked.max(near);
        let edge = |ratio: Ratio, round| index.times(ratio, round)?.per_unit();
        Ok(Self {
            now,
            index,
            level,
            entry: entry.scaled(23, 20, Round::Up)?,
            long_alarm: edge(Ratio::ONE.minus_floored(near), Round::Down)?,
            short_alarm: edge(Ratio::ONE.plus(near)?, Round::Up)?,
        })
    }
}
