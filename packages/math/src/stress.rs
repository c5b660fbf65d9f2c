//! What a sudden move would cost beyond margins, from sums over cells of the ladder: no position is read.
//!
//! A cell is a stretch of keys of one side whose width is a power of two. It holds `sum(size0/A0)` of the positions
//! filed in it; `A`, `R` and `f` of the side turn its edges into bankruptcy prices and its sum into a size. A cell that
//! straddles the stressed price counts whole, and every cell at its worst edge: the sum is never too small.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint256};

use crate::{
    ledger::SideSums,
    pricing::one36,
    units::{narrow, Amount, OutOfRange, PerUnit, Price, Ratio, Side, Size},
    volatility::sigma,
    wide::{mul_div, pow10, Round},
};

/// The least move that is looked at.
const LEAST: Ratio = Ratio::percent(5);
/// It is so many sigmas of a day.
const SIGMAS: u64 = 4;
/// Seconds.
const DAY: u64 = 86_400;
/// A fresh cell is at most this part of the index wide, and at least half of that.
const PART: u64 = 128;
/// One that is wider than this part of the index is too wide.
const WIDEST: u64 = 100;

/// What is filed in a cell.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Cell {
    /// Sum of `size0/A0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub shares: Int256,
    /// Positions.
    pub count: u64,
}

/// Which cell of a side: its width is `2^exponent` key units, and it begins at `index` times that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The width's logarithm.
    pub exponent: u8,
    /// How many widths above zero it begins.
    pub index: Int256,
}

/// The move the insurance fund is held against: `max(5 %, 4*sigma_slow*sqrt(1 d))`.
pub fn sudden(variance_slow: Ratio) -> Result<Ratio, OutOfRange> {
    let day = sigma(variance_slow, DAY).scaled(SIGMAS, 1, Round::Up)?;
    Ok(day.max(LEAST))
}

/// The index after that move against a side; a fall ends at nothing.
pub fn stressed(side: Side, index: Price, by: Ratio) -> Result<Price, OutOfRange> {
    match side {
        Side::Long => index.times(Ratio::ONE.minus_floored(by), Round::Down),
        Side::Short => index.times(Ratio::ONE.plus(by)?, Round::Up),
    }
}

fn width(exponent: u8) -> Result<Uint256, OutOfRange> {
    Uint256::from(2u128)
        .checked_pow(exponent.into())
        .map_err(|_| OutOfRange)
}

/// The index in key units of a side: times `A`.
fn in_keys(sums: &SideSums, index: Price) -> Result<Uint256, OutOfRange> {
    let scale = Int256::try_from(sums.scale).map_err(|_| OutOfRange)?;
    let keys = mul_div(index.per_unit()?.0, scale, one36()?, Round::Down)?;
    Uint256::try_from(keys).map_err(|_| OutOfRange)
}

/// The width to file a position with now: the greatest power of two that is at most 1/128 of the index.
pub fn exponent(sums: &SideSums, index: Price) -> Result<u8, OutOfRange> {
    let mut most = in_keys(sums, index)?
        .checked_div(Uint256::from(PART))
        .map_err(|_| OutOfRange)?;
    let mut exponent: u8 = 0;
    let two = Uint256::from(2u128);
    while most >= two {
        most = most.checked_div(two).map_err(|_| OutOfRange)?;
        exponent = exponent.checked_add(1).ok_or(OutOfRange)?;
    }
    Ok(exponent)
}

/// Whether a cell has become wider than 1 % of the index: the price fell, or ADL shrank the side.
pub fn too_wide(exponent: u8, sums: &SideSums, index: Price) -> Result<bool, OutOfRange> {
    let most = in_keys(sums, index)?
        .checked_div(Uint256::from(WIDEST))
        .map_err(|_| OutOfRange)?;
    Ok(exponent > 0 && width(exponent)? > most)
}

impl Place {
    /// The cell of a key at a width.
    pub fn of(key: PerUnit, exponent: u8) -> Result<Self, OutOfRange> {
        let index = mul_div(key.0, Int256::one(), width(exponent)?, Round::Down)?;
        Ok(Self { exponent, index })
    }

    /// The key it begins or, with `next`, ends at.
    fn edge(self, next: bool) -> Result<PerUnit, OutOfRange> {
        let steps = if next {
            self.index.checked_add(Int256::one())
        } else {
            Ok(self.index)
        };
        let width = Int256::try_from(width(self.exponent)?).map_err(|_| OutOfRange)?;
        let steps = steps.map_err(|_| OutOfRange)?;
        steps
            .checked_mul(width)
            .map(PerUnit)
            .map_err(|_| OutOfRange)
    }
}

/// A side as it is now, and the price it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Which.
    pub side: Side,
    /// Its sums.
    pub sums: &'a SideSums,
    /// The funding index.
    pub funding: PerUnit,
    /// The price after the move.
    pub price: Price,
}

impl Held<'_> {
    /// What the positions of a cell would owe beyond their margins, rounded up; nothing when its worst edge is safe.
    pub fn loss(&self, place: Place, cell: &Cell) -> Result<Amount, OutOfRange> {
        let edge = place.edge(self.side == Side::Long)?;
        self.beyond(edge, cell.shares)
    }

    /// The same of positions with so many shares, all as bad as the edge of a cell where a walk stopped.
    pub fn rest(&self, place: Place, shares: Int256) -> Result<Amount, OutOfRange> {
        self.beyond(place.edge(self.side == Side::Long)?, shares)
    }

    fn beyond(&self, edge: PerUnit, shares: Int256) -> Result<Amount, OutOfRange> {
        let b = self.sums.bankruptcy(edge, self.funding)?;
        let price = self.price.per_unit()?;
        // `bankruptcy` rounds down: a unit more is the worse of the two for a long.
        let by = match self.side {
            Side::Long => b.plus(PerUnit(Int256::one()))?.minus(price)?,
            Side::Short => price.minus(b)?,
        };
        if by <= PerUnit::ZERO {
            return Ok(Amount::ZERO);
        }
        let scale = Int256::try_from(self.sums.scale).map_err(|_| OutOfRange)?;
        let size = shares.abs();
        let size = Size(narrow(mul_div(size, scale, pow10(48)?, Round::Up)?)?);
        size.times(by, Round::Up)
    }

    /// Whether a cell, and so every better one, owes nothing.
    pub fn is_safe(&self, place: Place) -> Result<bool, OutOfRange> {
        let one = Cell {
            shares: Int256::from(1_000_000_000_000_000_000_000_000i128),
            count: 1,
        };
        Ok(self.loss(place, &one)?.is_zero())
    }
}

/// Insurance over what it would have to pay: none when there is nothing to cover. Rounded down.
pub fn cover(fund: Amount, debt: Amount) -> Result<Option<Ratio>, OutOfRange> {
    if debt <= Amount::ZERO {
        return Ok(None);
    }
    fund.max(Amount::ZERO).over(debt, Round::Down).map(Some)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ledger::{Book, Loose, Position},
        units::E18,
    };

    const UNIT: i128 = 1_000_000_000_000;
    const USD: i128 = 1_000_000;

    fn at(usd: u128) -> Price {
        Price::raw(usd * E18)
    }

    #[test]
    fn five_percent_or_four_sigmas_of_a_day() {
        assert_eq!(sudden(Ratio::ZERO), Ok(Ratio::percent(5)));
        // 4 % a day: 0.04^2/86400 a second.
        let wild = sudden(Ratio::raw(18_518_518_518)).unwrap();
        assert!(
            wild > Ratio::bps(1_599) && wild < Ratio::bps(1_601),
            "{wild:?}"
        );
    }

    #[test]
    fn nothing_to_cover_is_no_reading() {
        let usd = Amount::raw;
        assert_eq!(cover(usd(5), usd(0)), Ok(None));
        assert_eq!(cover(usd(5), usd(10)), Ok(Some(Ratio::percent(50))));
        assert_eq!(cover(usd(-5), usd(10)), Ok(Some(Ratio::ZERO)));
    }

    fn positions() -> impl Strategy<Value = Vec<(i128, i128, i128)>> {
        prop::collection::vec((1i128..900, 1_000i128..3_000, 1i128..200_000), 1..12)
    }

    proptest! {
        /// From cells it is never less than from positions, and at most a hundredth of the index more per unit.
        #[test]
        fn never_too_small_and_hardly_too_large(
            rows in positions(), short in any::<bool>(), index in 800u128..3_500, by in 5u64..60,
            f in -90i128..90, keep in 50u64..100,
        ) {
            let side = if short { Side::Short } else { Side::Long };
            let sign = if short { -1 } else { 1 };
            let mut book = Book::empty().unwrap();
            book.cash = Amount::raw(1_000_000_000 * USD);
            book.funding = PerUnit(Int256::from(f) * Int256::from(10u128.pow(36)));
            let mut held: Vec<(Position, Place)> = vec![];
            let mut cells: Vec<(Place, Cell)> = vec![];
            for (size, entry, margin) in rows {
                let loose = Loose {
                    size: Size::raw(sign * (size * UNIT + 7)),
                    cost: Amount::raw(sign * size * entry * USD + 1),
                    margin: Amount::raw(margin * USD + 5),
                };
                let p = book.put(loose).unwrap();
                let e = exponent(book.side(side), at(index)).unwrap();
                let place = Place::of(p.key().unwrap(), e).unwrap();
                let shares = p.shares().unwrap();
                match cells.iter_mut().find(|(at, _)| *at == place) {
                    Some((_, cell)) => { cell.shares += shares; cell.count += 1 }
                    None => cells.push((place, Cell { shares, count: 1 })),
                }
                held.push((p, place));
            }
            let curve = crate::pricing::Curve { cap: Size::raw(10_000 * UNIT), scale: Size::raw(1_000_000 * UNIT) };
            if keep < 99 {
                let _ = book.deleverage(side, Ratio::percent(keep), (curve, at(index)));
            }
            let price = stressed(side, at(index), Ratio::percent(by)).unwrap();
            let now = Held { side, sums: book.side(side), funding: book.funding, price };
            let from_cells: i128 = cells.iter().map(|(p, c)| now.loss(*p, c).unwrap().0.i128()).sum();
            let mut exact = 0i128;
            let mut most = 0i128;
            for (p, place) in &held {
                let (loose, _) = p.synced(book.side(side), book.funding).unwrap();
                exact += (-loose.equity(price).unwrap().0.i128()).max(0);
                // The width of its cell now, in dollars.
                let width = now.sums.bankruptcy(place.edge(true).unwrap(), book.funding).unwrap()
                    .minus(now.sums.bankruptcy(place.edge(false).unwrap(), book.funding).unwrap()).unwrap();
                most += loose.size.abs().unwrap().times(width, Round::Up).unwrap().0.i128() + 3;
            }
            prop_assert!(from_cells + i128::try_from(held.len()).unwrap() * 2 >= exact, "{from_cells} of {exact}");
            prop_assert!(from_cells <= exact + most, "{from_cells} of {exact} and {most}");
        }

        #[test]
        fn a_fresh_cell_is_not_too_wide(index in 1u128..1_000_000, keep in 1u64..100) {
            let mut sums = SideSums::empty().unwrap();
            sums.scale = sums.scale.checked_mul(Uint256::from(keep)).unwrap() / Uint256::from(100u128);
            let e = exponent(&sums, at(index)).unwrap();
            prop_assert!(!too_wide(e, &sums, at(index)).unwrap());
            prop_assert!(too_wide(e + 2, &sums, at(index)).unwrap());
        }
    }
}
