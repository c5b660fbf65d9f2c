//! A block, as both protocols get to see it: when it is made, the time it carries, what has arrived.

use math::units::Price;

use crate::{bug::Bug, plan::Plan, source::Report};

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When it is made, Unix seconds: what everything is judged by.
    pub real: u64,
    /// The time it carries.
    pub time: u64,
    /// The reference when it is made.
    pub reference: Price,
    /// What has arrived since the block before, by source.
    pub reports: Vec<Vec<Report>>,
}

/// The blocks of a run, one after the other.
pub struct Ticks<'p> {
    plan: &'p Plan,
    last: u64,
    next: u64,
}

impl<'p> Ticks<'p> {
    /// Every block from the first second of the run to the last.
    pub fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            last: plan.start.saturating_sub(1),
            next: plan.start,
        }
    }

    /// The next block; `None` after the last.
    pub fn draw(&mut self) -> Result<Option<Tick>, Bug> {
        let now = self.next;
        if now > self.plan.end {
            return Ok(None);
        }
        let sources = self.plan.sources.iter();
        let reports = sources.map(|source| source.reports(self.last, now));
        let tick = Tick {
            real: now,
            time: now,
            reference: self.plan.reference.at(now).ok_or(Bug::NoPrice(now))?,
            reports: reports.collect(),
        };
        self.last = now;
        self.next = now.saturating_add(self.plan.block_time);
        Ok(Some(tick))
    }
}
