//! Open positions by the print at which each may be liquidated.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, Int256};
use math::ledger::Loose;
use math::units::{OutOfRange, Price, Ratio, Side};
use math::wide::{mul_div, Round};

/// Both sides, the worst position of each first to hand.
#[derive(Default)]
pub struct Ladder {
    longs: BTreeSet<(Price, Addr)>,
    shorts: BTreeSet<(Price, Addr)>,
}

impl Ladder {
    fn side(&mut self, side: Side) -> &mut BTreeSet<(Price, Addr)> {
        match side {
            Side::Long => &mut self.longs,
            Side::Short => &mut self.shorts,
        }
    }

    /// Somebody's position is here from now on.
    pub fn put(&mut self, side: Side, edge: Price, who: &Addr) {
        self.side(side).insert((edge, who.clone()));
    }

    /// It no longer is.
    pub fn take(&mut self, side: Side, edge: Price, who: &Addr) {
        self.side(side).remove(&(edge, who.clone()));
    }

    /// Positions that may be liquidated at this print, the worst first.
    pub fn condemned(&self, side: Side, print: Price) -> impl Iterator<Item = &Addr> {
        let (longs, shorts) = match side {
            Side::Long => (Some(self.longs.iter().rev()), None),
            Side::Short => (None, Some(self.shorts.iter())),
        };
        let longs = longs.into_iter().flatten();
        let longs = longs.take_while(move |(edge, _)| print < *edge);
        let shorts = shorts.into_iter().flatten();
        let shorts = shorts.take_while(move |(edge, _)| print > *edge);
        longs.chain(shorts).map(|(_, who)| who)
    }
}

/// A long may be liquidated below `B/(1 - mm)`, a short above `B/(1 + mm)`, B its bankruptcy price. Exact:
/// rounded up for longs and down for shorts, prices being whole numbers of atomics.
pub fn edge(held: Loose, mm: Ratio) -> Result<Price, OutOfRange> {
    let bankruptcy = held.bankruptcy()?.0;
    if bankruptcy <= Int256::zero() {
        return Ok(Price::ZERO);
    }
    let (per, round) = match held.size.side().ok_or(OutOfRange)? {
        Side::Long => (Ratio::ONE.minus_floored(mm), Round::Up),
        Side::Short => (Ratio::ONE.plus(mm)?, Round::Down),
    };
    let per = per.wide().unsigned_abs();
    Price::from_wide(mul_div(bankruptcy, Int256::one(), per, round)?)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::testing::{cents, held};
    use cosmwasm_std::testing::mock_dependencies;
    use proptest::prelude::*;

    fn loose(units: i128, cost: i128, margin: i128) -> Loose {
        let held = held(units, cost, margin);
        Loose {
            size: held.size,
            cost: held.cost,
            margin: held.margin,
        }
    }

    #[test]
    fn the_worst_are_found_first_and_only_they() {
        let api = mock_dependencies().api;
        let mut ladder = Ladder::default();
        for (name, edge) in [("a", 90), ("b", 95), ("c", 80)] {
            ladder.put(Side::Long, cents(edge), &api.addr_make(name));
            ladder.put(Side::Short, cents(edge + 100), &api.addr_make(name));
        }
        let names =
            |side, print| -> Vec<Addr> { ladder.condemned(side, cents(print)).cloned().collect() };
        let of = |all: &[&str]| -> Vec<Addr> { all.iter().map(|n| api.addr_make(n)).collect() };
        assert_eq!(names(Side::Long, 95), of(&[]));
        assert_eq!(names(Side::Long, 85), of(&["b", "a"]));
        assert_eq!(names(Side::Short, 180), of(&[]));
        assert_eq!(names(Side::Short, 191), of(&["c", "a"]));
        ladder.take(Side::Long, cents(95), &api.addr_make("b"));
        let left: Vec<_> = ladder.condemned(Side::Long, cents(1)).cloned().collect();
        assert_eq!(left, of(&["a", "c"]));
    }

    proptest! {
        #[test]
        fn the_edge_is_where_equity_falls_below_maintenance(
            units in prop_oneof![-50i128..-1, 1i128..50], margin in 1i128..2_000, off in -3i128..3,
        ) {
            let mm = Ratio::bps(250);
            let held = loose(units, units * 100, margin);
            let edge = edge(held, mm).unwrap();
            prop_assume!(edge > Price::raw(10));
            let print = Price::raw((i128::try_from(edge.0.atomics().u128()).unwrap() + off * 1_000_000_000_000).unsigned_abs());
            let needed = held.size.notional_up(print).unwrap().share_up(mm).unwrap();
            let spare = held.equity(print).unwrap().minus(needed).unwrap();
            let condemned = if units > 0 { print < edge } else { print > edge };
            // Money is rounded to millionths, the edge is not.
            if spare.abs().unwrap() > math::units::Amount::raw(3) {
                prop_assert_eq!(condemned, spare.is_negative());
            }
        }
    }
}
