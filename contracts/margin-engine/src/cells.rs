//! Cells of the ladder: how many shares are filed in each stretch of keys, so that a sudden move can be priced without
//! reading a position. What stands beside the ladder is in no cell.

use cosmwasm_std::{Int256, Order, Storage};
use math::{
    ledger::{self, Loose},
    stress::{self, Cell, Held, Place},
    units::OutOfRange,
};
use store::{Bound, Map};
use types::{Amount, Price, Ratio, Side};

use crate::{compartment::Stress, key, position, scene::Scene, ContractError};

/// Cells of one side that a stress test reads at most; what is left counts at the edge where it stopped.
const READ: usize = 64;
/// Rungs that one crank looks at to file them anew.
const LOOK: usize = 8;

/// `(market, side | 255 - exponent | order-preserving index)`: the coarsest first.
const CELLS: Map<(&str, &[u8]), Cell> = Map::new(key::CELLS);
/// Where the last look at the ladder ended, while a cell is too wide.
const LOOKED: Map<(&str, u8), Vec<u8>> = Map::new(key::LOOKED);

fn bytes(side: Side, place: Place) -> Vec<u8> {
    let mut bytes = vec![key::side(side), u8::MAX.saturating_sub(place.exponent)];
    bytes.extend_from_slice(&key::ordered(place.index));
    bytes
}

fn read(bytes: &[u8]) -> Result<Place, OutOfRange> {
    let exponent = bytes.get(1).ok_or(OutOfRange)?;
    let index: [u8; 32] = bytes
        .get(2..34)
        .and_then(|b| b.try_into().ok())
        .ok_or(OutOfRange)?;
    Ok(Place {
        exponent: u8::MAX.saturating_sub(*exponent),
        index: key::read_ordered(index),
    })
}

/// File a position.
pub fn enter(
    storage: &mut dyn Storage,
    market: &str,
    (book, exponent): (&ledger::Position, u8),
) -> Result<(), ContractError> {
    let at = bytes(book.side()?, Place::of(book.key()?, exponent)?);
    let cell = CELLS.may_load(storage, (market, &at))?;
    let cell = cell.unwrap_or(Cell {
        shares: Int256::zero(),
        count: 0,
    });
    let more = Cell {
        shares: cell.shares.checked_add(book.shares()?)?,
        count: cell.count.checked_add(1).ok_or(OutOfRange)?,
    };
    Ok(CELLS.save(storage, (market, &at), &more)?)
}

/// Take it out again.
pub fn leave(
    storage: &mut dyn Storage,
    market: &str,
    (book, exponent): (&ledger::Position, u8),
) -> Result<(), ContractError> {
    let at = bytes(book.side()?, Place::of(book.key()?, exponent)?);
    let cell = CELLS.load(storage, (market, &at))?;
    let left = Cell {
        shares: cell.shares.checked_sub(book.shares()?)?,
        count: cell.count.saturating_sub(1),
    };
    if left.count == 0 {
        CELLS.remove(storage, (market, &at));
        return Ok(());
    }
    Ok(CELLS.save(storage, (market, &at), &left)?)
}

/// The width to file a position with at this index.
pub fn exponent(scene: &Scene, side: Side, index: Price) -> Result<u8, OutOfRange> {
    stress::exponent(scene.books.book.side(side), index)
}

/// Cells of one side and width, the worst first.
fn worst_first(
    storage: &dyn Storage,
    market: &str,
    (side, exponent): (Side, u8),
    limit: usize,
) -> Result<Vec<(Place, Cell)>, ContractError> {
    let class = u8::MAX.saturating_sub(exponent);
    let from = [key::side(side), class];
    let to = match class.checked_add(1) {
        Some(next) => [key::side(side), next],
        None => [key::side(side).saturating_add(1), 0],
    };
    let order = match side {
        Side::Long => Order::Descending,
        Side::Short => Order::Ascending,
    };
    CELLS
        .prefix(market)
        .range(
            storage,
            Some(Bound::inclusive(from.as_slice())),
            Some(Bound::exclusive(to.as_slice())),
            order,
        )
        .take(limit)
        .map(|row| {
            let (at, cell) = row?;
            Ok((read(&at)?, cell))
        })
        .collect()
}

/// The coarsest width in use on a side that is finer than `than`.
fn coarsest(
    storage: &dyn Storage,
    market: &str,
    side: Side,
    than: Option<u8>,
) -> Result<Option<u8>, ContractError> {
    let class = match than {
        Some(0) => return Ok(None),
        Some(e) => u8::MAX.saturating_sub(e).saturating_add(1),
        None => 0,
    };
    let from = [key::side(side), class];
    let to = [key::side(side).saturating_add(1)];
    let first = CELLS
        .prefix(market)
        .keys(
            storage,
            Some(Bound::inclusive(from.as_slice())),
            Some(Bound::exclusive(to.as_slice())),
            Order::Ascending,
        )
        .next()
        .transpose()?;
    Ok(first.map(|at| read(&at)).transpose()?.map(|p| p.exponent))
}

/// What positions of a side would owe beyond their margins after a sudden move against it, rounded up.
fn debt(
    scene: &Scene,
    storage: &dyn Storage,
    side: Side,
    index: Price,
) -> Result<Amount, ContractError> {
    let by = stress::sudden(scene.prices.variance.slow)?;
    let book = &scene.books.book;
    let held = Held {
        side,
        sums: book.side(side),
        funding: book.funding,
        price: stress::stressed(side, index, by)?,
    };
    let mut sum = Amount::ZERO;
    let mut unread = held.sums.shares;
    let mut left = READ;
    let mut width = coarsest(storage, &scene.id, side, None)?;
    while let Some(exponent) = width {
        for (place, cell) in worst_first(storage, &scene.id, (side, exponent), left)? {
            if held.is_safe(place)? {
                break;
            }
            left = left.saturating_sub(1);
            unread = unread.checked_sub(cell.shares)?;
            sum = sum.plus(held.loss(place, &cell)?)?;
            if left == 0 {
                return Ok(sum.plus(held.rest(place, unread)?)?);
            }
        }
        width = coarsest(storage, &scene.id, side, Some(exponent))?;
    }
    Ok(sum)
}

/// What either side would owe after a sudden move, measured now.
pub fn measure(scene: &Scene, storage: &dyn Storage) -> Result<Stress, ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(Stress::default());
    };
    Ok(Stress {
        long: debt(scene, storage, Side::Long, round.price)?,
        short: debt(scene, storage, Side::Short, round.price)?,
    })
}

/// What one position would owe beyond its margin after a sudden move against it.
pub fn exposed(
    scene: &Scene,
    side: Side,
    (held, index): (Loose, Price),
) -> Result<Amount, OutOfRange> {
    let by = stress::sudden(scene.prices.variance.slow)?;
    let equity = held.equity(stress::stressed(side, index, by)?)?;
    equity.min(Amount::ZERO).negated()
}

impl Stress {
    /// Insurance over the worse of the two; none where there is nothing to cover.
    pub fn cover(self, insurance: Amount) -> Result<Option<Ratio>, OutOfRange> {
        stress::cover(insurance, self.long.max(self.short))
    }

    /// One more position of a side.
    pub fn with(self, side: Side, more: Amount) -> Result<Self, OutOfRange> {
        Ok(match side {
            Side::Long => Self {
                long: self.long.plus(more)?.max(Amount::ZERO),
                ..self
            },
            Side::Short => Self {
                short: self.short.plus(more)?.max(Amount::ZERO),
                ..self
            },
        })
    }
}

/// File anew what is filed too widely: a few rungs after those looked at last.
pub fn refile(scene: &mut Scene, storage: &mut dyn Storage) -> Result<(), ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(());
    };
    for side in Side::BOTH {
        let byte = key::side(side);
        let sums = scene.books.book.side(side);
        let Some(widest) = coarsest(storage, &scene.id, side, None)? else {
            continue;
        };
        if !stress::too_wide(widest, sums, round.price)? {
            continue;
        }
        let fresh = stress::exponent(sums, round.price)?;
        let from = LOOKED.may_load(storage, (&scene.id, byte))?;
        let (accounts, last) = position::rungs(storage, (&scene.id, side), from, LOOK)?;
        for account in accounts {
            let Some(mut held) = position::load(storage, &scene.id, &account)? else {
                continue;
            };
            if stress::too_wide(held.cell, scene.books.book.side(side), round.price)? {
                position::remove(storage, (&scene.id, &mut scene.books), &account, &held)?;
                held.cell = fresh;
                position::insert(storage, (&scene.id, &mut scene.books), &account, &held)?;
            }
        }
        match last {
            Some(last) => LOOKED.save(storage, (&scene.id, byte), &last)?,
            None => LOOKED.remove(storage, (&scene.id, byte)),
        }
    }
    Ok(())
}

/// Every cell of a market: side, place and what is filed there; for audits.
pub fn all(storage: &dyn Storage, market: &str) -> Result<Vec<(Side, Place, Cell)>, ContractError> {
    CELLS
        .prefix(market)
        .range(storage, None, None, Order::Ascending)
        .map(|row| {
            let (at, cell) = row?;
            let short = at.first() == Some(&key::side(Side::Short));
            let side = if short { Side::Short } else { Side::Long };
            Ok((side, read(&at)?, cell))
        })
        .collect()
}
