//! Who may be liquidated, written a second time and from positions, not from the ladder: unhealthy
//! with the whole maintenance margin at the trader-friendlier of the two newest rounds, both Valid,
//! and also at the average where one is Degraded; or with half of it at one Valid round, else also
//! at the average. In the grace after an outage: the half only.

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
    pub fn of(side: Side, level: Level, (prices, now): (&Snapshot, u64), mm: Ratio) -> Self {
        let usable = prices.status <= Status::Uncertain && level < Level::Settlement;
        let pair = prices.newest.filter(|_| usable);
        Self {
            regular: pair
                .and_then(|pair| regular(side, level, pair))
                .filter(|_| now >= prices.grace_until),
            deep: pair.and_then(|pair| deep(side, pair)),
            mm,
        }
    }

    /// The rule of a protocol that liquidates at one price.
    pub const fn at(price: Price, mm: Ratio) -> Self {
        Self {
            regular: Some(price),
            deep: Some(price),
            mm,
        }
    }

    /// Whether it lets anyone be liquidated with the whole maintenance margin.
    pub fn usable(&self) -> bool {
        self.regular.is_some()
    }

    /// Whether this position may be liquidated.
    pub fn condemns(&self, held: &PositionState) -> Result<bool, OutOfRange> {
        self.judges(held, self.mm)
    }

    /// Whether its equity is negative at a price it may be liquidated at.
    pub fn bankrupts(&self, held: &PositionState) -> Result<bool, OutOfRange> {
        self.judges(held, Ratio::ZERO)
    }

    fn judges(&self, held: &PositionState, mm: Ratio) -> Result<bool, OutOfRange> {
        let half = mm.scaled(1, 2, Rounding::Down)?;
        let at = |price: Option<Price>, ratio| match price {
            Some(price) => below(held, price, ratio),
            None => Ok(false),
        };
        Ok(at(self.regular, mm)? || at(self.deep, half)?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cents, held, prices};

    const MM: Ratio = Ratio::bps(250);

    fn long(
        level: Level,
        newest: (u128, Status),
        before: (u128, Status),
        twap: Option<u128>,
    ) -> Rule {
        Rule::of(Side::Long, level, (&prices(newest, before, twap), 0), MM)
    }

    #[test]
    fn the_friendlier_of_two_valid_rounds_counts() {
        use Status::Valid;
        let rule = long(Level::Normal, (9_700, Valid), (9_900, Valid), None);
        assert_eq!(
            (rule.regular, rule.deep),
            (Some(cents(9_900)), Some(cents(9_700)))
        );
        let short = Rule::of(
            Side::Short,
            Level::Normal,
            (&prices((9_700, Valid), (9_900, Valid), None), 0),
            MM,
        );
        assert_eq!(short.regular, Some(cents(9_700)));
    }

    #[test]
    fn where_degraded_is_involved_the_average_counts_too() {
        use Status::{Degraded, Uncertain, Valid};
        let rule = |level, newest, twap| long(level, (9_700, newest), (9_800, Valid), twap);
        let normal = Level::Normal;
        assert_eq!(
            rule(normal, Degraded, Some(9_950)).regular,
            Some(cents(9_950))
        );
        assert_eq!(rule(normal, Degraded, Some(9_950)).deep, Some(cents(9_950)));
        assert_eq!(rule(normal, Degraded, None).regular, None);
        assert_eq!(rule(Level::Protected, Degraded, Some(9_950)).regular, None);
        assert_eq!(rule(normal, Uncertain, Some(9_950)).regular, None);
        assert_eq!(
            rule(normal, Uncertain, Some(9_950)).deep,
            Some(cents(9_950))
        );
        let settled = rule(Level::Settlement, Valid, None);
        assert_eq!((settled.regular, settled.deep), (None, None));
    }

    #[test]
    fn half_of_maintenance_is_enough_at_one_round() {
        use Status::Valid;
        // Ten long at 100 on a margin of 50: bankrupt at 95.
        let position = held(10, 1_000, 50);
        let condemned = |newest, before| {
            let rule = long(Level::Normal, (newest, Valid), (before, Valid), None);
            rule.condemns(&position).unwrap()
        };
        assert!(!condemned(9_700, 9_800), "healthy a round ago");
        assert!(condemned(9_700, 9_720), "unhealthy twice");
        assert!(condemned(9_600, 9_900), "deep once");
    }
}
