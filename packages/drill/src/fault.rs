//! What breaks. Faults of a source act on the reports it publishes within a window; faults of the chain on
//! the blocks made within one. Both protocols meet the same.

use cosmwasm_std::{Int256, Uint256};
use math::units::{OutOfRange, Price, Ratio};
use math::wide::{mul_div, pow10, Round};

use crate::source::Report;

/// A stretch of time, `from <= t < to`, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first second.
    pub from: u64,
    /// The second after its last.
    pub to: u64,
}

impl Window {
    /// Whether `time` is inside.
    pub fn contains(self, time: u64) -> bool {
        self.from <= time && time < self.to
    }
}

/// Something that happens to the reports a source publishes within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// When.
    pub window: Window,
    /// What.
    pub kind: FaultKind,
}

/// What happens to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It is lost.
    Drop,
    /// It arrives later, with the publish time it had.
    Delay {
        /// Seconds later.
        by_s: u64,
    },
    /// It states a publish time before its own.
    Misdate {
        /// Seconds before.
        by_s: u64,
    },
    /// It states a publish time after its own.
    Future {
        /// Seconds after.
        by_s: u64,
    },
    /// It states a multiple of the price.
    Spike {
        /// The multiple.
        factor: Ratio,
    },
    /// It states no price below a floor, as an aggregator with a least answer does.
    Clip {
        /// The floor.
        floor: Price,
    },
    /// It states one over the price.
    Invert,
    /// It states zero.
    Zero,
    /// It repeats the price of the last report before the window, at new times.
    Freeze,
    /// Whoever stole its key states what suits them, up to this far off.
    Stolen {
        /// How far off, basis points.
        by_bps: u64,
    },
}

impl Fault {
    /// When a report that would arrive at `deliver_at` arrives; `None` if it never does.
    pub(crate) fn delivery(&self, publish_time: u64, deliver_at: u64) -> Option<u64> {
        if !self.window.contains(publish_time) {
            return Some(deliver_at);
        }
        match self.kind {
            FaultKind::Drop => None,
            FaultKind::Delay { by_s } => Some(deliver_at.saturating_add(by_s)),
            FaultKind::Misdate { .. }
            | FaultKind::Future { .. }
            | FaultKind::Spike { .. }
            | FaultKind::Clip { .. }
            | FaultKind::Invert
            | FaultKind::Zero
            | FaultKind::Freeze
            | FaultKind::Stolen { .. } => Some(deliver_at),
        }
    }

    /// What a report published at `time` states in truth's place; `frozen` is the price before the window.
    pub(crate) fn twist(
        &self,
        time: u64,
        mut report: Report,
        frozen: Option<Price>,
    ) -> Result<Report, OutOfRange> {
        if !self.window.contains(time) {
            return Ok(report);
        }
        let price = report.price;
        let stated = match self.kind {
            FaultKind::Drop | FaultKind::Delay { .. } | FaultKind::Stolen { .. } => price,
            FaultKind::Misdate { by_s } => {
                report.publish_time = report.publish_time.saturating_sub(by_s);
                price
            }
            FaultKind::Future { by_s } => {
                report.publish_time = report.publish_time.saturating_add(by_s);
                price
            }
            FaultKind::Spike { factor } => price.times(factor, Round::Down)?,
            FaultKind::Clip { floor } => price.max(floor),
            FaultKind::Invert => inverted(price)?,
            FaultKind::Zero => Price::ZERO,
            FaultKind::Freeze => frozen.unwrap_or(price),
        };
        report.restate(stated)?;
        Ok(report)
    }

    /// The longest it can hold a report back.
    pub(crate) fn longest_delay(&self) -> u64 {
        match self.kind {
            FaultKind::Delay { by_s } => by_s,
            FaultKind::Drop
            | FaultKind::Misdate { .. }
            | FaultKind::Future { .. }
            | FaultKind::Spike { .. }
            | FaultKind::Clip { .. }
            | FaultKind::Invert
            | FaultKind::Zero
            | FaultKind::Freeze
            | FaultKind::Stolen { .. } => 0,
        }
    }
}

fn inverted(price: Price) -> Result<Price, OutOfRange> {
    let one36 = Int256::try_from(pow10(36)?).map_err(|_| OutOfRange)?;
    let atomics = Uint256::from(price.0.atomics());
    Price::from_wide(mul_div(one36, Int256::one(), atomics, Round::Down)?)
}

/// Something that happens to the chain for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When.
    pub window: Window,
    /// What.
    pub kind: OutageKind,
}

/// What happens to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutageKind {
    /// No block is made. The first one after carries a time from just after the start.
    Halt,
    /// Few transactions enter a block, those that pay most.
    Congestion {
        /// How many.
        per_block: u64,
        /// Whether those of keepers compete; they stay out otherwise.
        keepers: bool,
    },
    /// The keeper neither refreshes prices nor cranks.
    DeadKeeper,
    /// A contract fails at everything.
    DeadModule {
        /// Which.
        module: Part,
    },
}

/// A contract that may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The order book.
    Market,
    /// The breaker.
    Breaker,
    /// The oracle.
    Oracle,
    /// The clearing house: while it is dead nobody can do anything, and every attempt is refused.
    Engine,
}

impl Part {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Market, Self::Breaker, Self::Oracle, Self::Engine];
}
