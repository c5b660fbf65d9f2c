//! Who may be liquidated, written a second time and from positions, not from the ladder: unhealthy
//! with the whole maintenance margin at the trader-friendlier of the two newest rounds, both Valid,
//! and also at the average where one is Degraded; or with half of it at one Valid round, else also
//! at the average.

use math::ledger::Loose;
use math::units::{Amount, OutOfRange, Price, Ratio, Side};
use math::wide::Round as Rounding;
use types::{
    engine::PositionState,
    level::Level,
    oracle::{Pair, Snapshot, Status},
};

/// A position as plain numbers.
pub fn loose(held: &PositionState) -> Loose {
    Loose {
        size: held.size,
        cost: held.cost,
        margin: held.margin,
    }
}

/// Whether equity at `price` is below `ratio` of the notional.
pub fn below(held: &PositionState, price: Price, ratio: Ratio) -> Result<bool, OutOfRange> {
    Ok(spare(held, price, ratio)? < Amount::ZERO)
}

/// Equity at `price` less `ratio` of the notional.
pub fn spare(held: &PositionState, price: Price, ratio: Ratio) -> Result<Amount, OutOfRange> {
    let needed = held.size.notional_up(price)?.share(ratio, Rounding::Down)?;
    loose(held).equity(price)?.minus(needed)
}

/// What one side is judged by in one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// With the whole maintenance margin.
    pub regular: Option<Price>,
    /// With half of it.
    pub deep: Option<Price>,
    mm: Ratio,
}

impl Rule {
    /// The rule for a side at these prices and this level.
    pub fn of(side: Side, level: Level, prices: &Snapshot, mm: Ratio) -> Self {
        let usable = prices.status <= Status::Uncertain && level < Level::Settlement;
        let pair = prices.newest.filter(|_| usable);
        Self {
            regular: pair.and_then(|pair| regular(side, level, pair)),
            deep: pair.and_then(|pair| deep(side, pair)),
            mm,
        }
    }

    /// Whether it lets anyone be liquidated with the whole maintenance margin.
    pub fn usable(&self) -> bool {
        self.regular.is_some()
    }

    /// Whether this position may be liquidated.
    pub fn condemns(&self, held: &PositionState) -> Result<bool, OutOfRange> {
        let half = self.mm.scaled(1, 2, Rounding::Down)?;
        let at = |price: Option<Price>, ratio| match price {
            Some(price) => below(held, price, ratio),
            None => Ok(false),
        };
        Ok(at(self.regular, self.mm)? || at(self.deep, half)?)
    }
}

fn friendlier(side: Side, a: Price, b: Price) -> Price {
    match side {
        Side::Long => a.max(b),
        Side::Short => a.min(b),
    }
}

fn regular(side: Side, level: Level, pair: Pair) -> Option<Price> {
    let before = pair.before?;
    let both = friendlier(side, pair.round.price, before.price);
    match pair.round.status.max(before.status) {
        Status::Valid => Some(both),
        Status::Degraded if level < Level::Protected => {
            let twap = pair.round.twap?;
            Some(friendlier(side, both, twap))
        }
        Status::Degraded | Status::Uncertain | Status::Stale | Status::Invalid => None,
    }
}

fn deep(side: Side, pair: Pair) -> Option<Price> {
    let price = pair.round.price;
    match pair.round.status {
        Status::Valid => Some(price),
        Status::Degraded | Status::Uncertain | Status::Stale | Status::Invalid => {
            let other = pair.round.twap.or(pair.before.map(|b| b.price))?;
            Some(friendlier(side, price, other))
        }
    }
}
