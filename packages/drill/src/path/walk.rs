//! The walk through one bar.

use math::units::{OutOfRange, Price};

use crate::bridge::Knot;
use crate::series::Row;

/// Bridges of one bar, the most there are.
const BRIDGES: u64 = 3;

/// What the walk through a bar goes through, from the price before it.
pub(super) fn knots(
    row: &Row,
    first: Price,
    step: u64,
    ranged: bool,
) -> Result<Vec<Knot>, OutOfRange> {
    let third = step / 3;
    let at = |seconds: u64, price| {
        let time = row.time.checked_add(seconds).ok_or(OutOfRange)?;
        Ok(Knot { time, price })
    };
    if !ranged {
        return Ok(vec![at(0, first)?, at(step, row.price)?]);
    }
    let (second, then) = if row.price >= first {
        (row.low, row.high)
    } else {
        (row.high, row.low)
    };
    Ok(vec![
        at(0, first)?,
        at(third, second)?,
        at(third.saturating_mul(2), then)?,
        at(step, row.price)?,
    ])
}

/// Each bridge draws from a stream of its own.
pub(super) fn stream(index: usize, part: usize) -> Result<u64, OutOfRange> {
    let (index, part) = (u64::try_from(index), u64::try_from(part));
    let index = index.map_err(|_| OutOfRange)?.checked_mul(BRIDGES);
    index
        .and_then(|index| index.checked_add(part.ok()?))
        .ok_or(OutOfRange)
}

/// The middle of a bar's low and high, rounded down.
pub(super) fn midpoint(row: &Row) -> Result<Price, OutOfRange> {
    let half = row.high.minus_floored(row.low).0.atomics().u128() / 2;
    row.low.plus(Price::raw(half))
}
