//! The price at every second.
//!
//! A **bar** is walked inside its own interval: from the previous bar's close to knots at a third,
//! two thirds and the end of it (a rising bar: low, high, close; a falling one: high, low, close),
//! joined by seeded Brownian bridges that never leave `low..=high`. Where the previous close is
//! outside them, the price steps inside in the first second. The first bar starts from the middle
//! of its low and high. Bars without a range have one knot, their close, and stay between the
//! previous close and it. The close itself is pinned at `open + step` and at no earlier second; a
//! gap holds the last close.
//!
//! **Oracle** rows are steps: the last one at or before the second.
//!
//! **Waypoints** are joined by Brownian bridges with a stated noise, within stated bounds.
//!
//! Nothing is stored per second: any second is worked out from the rows around it, so the order of
//! calls does not matter and a long series costs no memory.

mod walk;

use math::units::{OutOfRange, Price};

use self::walk::{knots, midpoint, stream};
pub use crate::bridge::Knot;
use crate::bridge::{Bridge, Spread};
use crate::noise::Seed;
use crate::series::{Row, Series};

/// Prices known at a few times, with noise in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waypoints {
    /// The prices, at rising times; at least two.
    pub points: Vec<Knot>,
    /// One standard deviation of the noise, in basis points per square root of a minute.
    pub noise_bps: u64,
    /// The path never falls below this.
    pub low: Price,
    /// The path never rises above this.
    pub high: Price,
}

/// A price for every second from [`Path::start`] to [`Path::end`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    name: String,
    seed: Seed,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Bars {
        step: u64,
        ranged: bool,
        rows: Vec<Row>,
    },
    Updates(Vec<Row>),
    Waypoints(Waypoints),
}

impl Path {
    /// The path of a recorded series. Different series walk independently under one seed.
    pub fn of(series: Series, seed: u64) -> Self {
        let Series {
            name,
            step,
            ranged,
            rows,
        } = series;
        let shape = match step {
            Some(step) => Shape::Bars { step, ranged, rows },
            None => Shape::Updates(rows),
        };
        Self {
            seed: Seed::of(seed, "path", &name),
            name,
            shape,
        }
    }

    /// The path through waypoints.
    pub fn through(name: &str, waypoints: Waypoints, seed: u64) -> Self {
        Self {
            seed: Seed::of(seed, "path", name),
            name: name.to_owned(),
            shape: Shape::Waypoints(waypoints),
        }
    }

    /// What the series or scenario is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first second that has a price.
    pub fn start(&self) -> u64 {
        match &self.shape {
            Shape::Bars { rows, .. } | Shape::Updates(rows) => rows.first().map_or(0, |r| r.time),
            Shape::Waypoints(way) => way.points.first().map_or(0, |p| p.time),
        }
    }

    /// The last second that has a price: the last bar's close, the last update.
    pub fn end(&self) -> u64 {
        match &self.shape {
            Shape::Bars { rows, step, .. } => {
                rows.last().map_or(0, |r| r.time.saturating_add(*step))
            }
            Shape::Updates(rows) => rows.last().map_or(0, |r| r.time),
            Shape::Waypoints(way) => way.points.last().map_or(0, |p| p.time),
        }
    }

    /// The length of its bars; `None` if it is not made of bars.
    pub fn step(&self) -> Option<u64> {
        match &self.shape {
            Shape::Bars { step, .. } => Some(*step),
            Shape::Updates(_) | Shape::Waypoints(_) => None,
        }
    }

    /// Whether it is a log of single updates, each at its own time.
    pub fn is_updates(&self) -> bool {
        matches!(self.shape, Shape::Updates(_))
    }

    /// All rows of a log of updates; empty for anything else.
    pub fn updates(&self) -> &[Row] {
        match &self.shape {
            Shape::Updates(rows) => rows,
            Shape::Bars { .. } | Shape::Waypoints(_) => &[],
        }
    }

    /// The updates with `after < time <= until`; empty for anything but a log of updates.
    pub fn updates_between(&self, after: u64, until: u64) -> &[Row] {
        let rows = self.updates();
        let from = rows.partition_point(|row| row.time <= after);
        let to = rows.partition_point(|row| row.time <= until);
        rows.get(from..to).unwrap_or_default()
    }

    /// The price at `time`; `None` before the start and after the end. Inside a gap between bars
    /// it is the last close; see [`Path::is_live`].
    pub fn at(&self, time: u64) -> Option<Price> {
        if time < self.start() || time > self.end() {
            return None;
        }
        match &self.shape {
            Shape::Bars { rows, .. } => {
                let index = rows.partition_point(|row| row.time < time).checked_sub(1);
                match index {
                    Some(index) => self.bar(index, time).ok(),
                    None => rows.first().and_then(|row| midpoint(row).ok()),
                }
            }
            Shape::Updates(rows) => {
                let index = rows
                    .partition_point(|row| row.time <= time)
                    .checked_sub(1)?;
                rows.get(index).map(|row| row.price)
            }
            Shape::Waypoints(way) => self.waypoint(way, time).ok(),
        }
    }

    /// Whether something was recorded around `time`: false outside the path and inside a gap.
    pub fn is_live(&self, time: u64) -> bool {
        let inside = self.start() <= time && time <= self.end();
        match &self.shape {
            Shape::Bars { rows, step, .. } => {
                let index = rows.partition_point(|row| row.time <= time).checked_sub(1);
                let open = index.and_then(|index| rows.get(index)).map(|row| row.time);
                inside && open.is_some_and(|open| time <= open.saturating_add(*step))
            }
            Shape::Updates(_) | Shape::Waypoints(_) => inside,
        }
    }

    /// The price at `time`, after the open of the bar and not after the next one's.
    fn bar(&self, index: usize, time: u64) -> Result<Price, OutOfRange> {
        let Shape::Bars { step, ranged, rows } = &self.shape else {
            return Err(OutOfRange);
        };
        let row = rows.get(index).ok_or(OutOfRange)?;
        let before = index.checked_sub(1).and_then(|before| rows.get(before));
        let first = match before {
            Some(before) => before.price,
            None => midpoint(row)?,
        };
        let knots = knots(row, first, *step, *ranged)?;
        let (low, high) = if *ranged {
            (row.low, row.high)
        } else {
            (first.min(row.price), first.max(row.price))
        };
        let Some(part) = knots.iter().skip(1).position(|knot| time <= knot.time) else {
            return Ok(row.price);
        };
        let ends = knots.get(part).zip(knots.get(part.saturating_add(1)));
        let (from, to) = ends.ok_or(OutOfRange)?;
        let spread = Spread::Range(high.minus_floored(low));
        let bridge = Bridge {
            from: *from,
            to: *to,
            low,
            high,
            spread,
        };
        bridge.at(time, self.seed, stream(index, part)?)
    }

    fn waypoint(&self, way: &Waypoints, time: u64) -> Result<Price, OutOfRange> {
        let next = way.points.partition_point(|p| p.time < time).max(1);
        let before = next.checked_sub(1).ok_or(OutOfRange)?;
        let ends = way.points.get(before).zip(way.points.get(next));
        let (from, to) = ends.ok_or(OutOfRange)?;
        let bridge = Bridge {
            from: *from,
            to: *to,
            low: way.low,
            high: way.high,
            spread: Spread::Relative(way.noise_bps),
        };
        bridge.at(time, self.seed, stream(before, 0)?)
    }
}

#[cfg(test)]
mod tests;
