//! A block, as both protocols get to see it: when it is made, the time it carries, what has arrived, what is
//! broken.

use math::units::Price;

use crate::{
    bug::Bug,
    fault::{OutageKind, Part, Window},
    plan::Plan,
    source::Report,
};

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When it is made, Unix seconds: what everything is judged by.
    pub real: u64,
    /// The time it carries: earlier in the first block after a halt.
    pub time: u64,
    /// The reference when it is made.
    pub reference: Price,
    /// What has arrived since the block before, by source.
    pub reports: Vec<Vec<Report>>,
    /// Whether the keeper is alive.
    pub keeper: bool,
    /// Contracts that fail at everything.
    pub dead: Vec<Part>,
    /// How many transactions enter; `None` while all do.
    pub room: Option<Room>,
}

/// Room in a congested block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Transactions that enter.
    pub per_block: u64,
    /// Whether keepers' compete; they stay out otherwise.
    pub keepers: bool,
}

/// The blocks of a run, one after the other.
pub struct Ticks<'p> {
    plan: &'p Plan,
    last: Option<u64>,
    next: u64,
}

impl<'p> Ticks<'p> {
    /// Every block from the first second of the run to the last.
    pub fn of(plan: &'p Plan) -> Self {
        Self {
            plan,
            last: None,
            next: plan.start,
        }
    }

    /// The next block; `None` after the last.
    pub fn draw(&mut self) -> Result<Option<Tick>, Bug> {
        let (real, time) = self.when();
        if real > self.plan.end {
            return Ok(None);
        }
        let before = self.plan.start.saturating_sub(1);
        let last = self.last.unwrap_or(before);
        let sources = self.plan.sources.iter();
        let mut tick = Tick {
            real,
            time,
            reference: self.plan.reference.at(real).ok_or(Bug::NoPrice(real))?,
            reports: sources.map(|s| s.reports(last, real)).collect(),
            keeper: true,
            dead: Vec::new(),
            room: None,
        };
        self.befall(&mut tick);
        self.last = Some(real);
        self.next = real.saturating_add(self.plan.block_time);
        Ok(Some(tick))
    }

    /// When the next block is made and the time it carries. After a halt that is the block the halt kept from
    /// being made, with everything that has arrived meanwhile.
    fn when(&self) -> (u64, u64) {
        let (mut real, mut time) = (self.next, self.next);
        while let Some(halt) = self.halt(real) {
            if real == time {
                let past = self.last.map_or(halt.from, |last| last.saturating_add(1));
                time = past.max(halt.from);
            }
            real = halt.to;
        }
        (real, time)
    }

    fn halt(&self, now: u64) -> Option<Window> {
        let halts = self.plan.outages.iter();
        let mut halts = halts.filter(|outage| outage.kind == OutageKind::Halt);
        halts
            .find(|outage| outage.window.contains(now))
            .map(|outage| outage.window)
    }

    fn befall(&self, tick: &mut Tick) {
        for outage in &self.plan.outages {
            if !outage.window.contains(tick.real) {
                continue;
            }
            match outage.kind {
                OutageKind::Halt => {}
                OutageKind::Congestion { per_block, keepers } => {
                    tick.room = Some(Room { per_block, keepers });
                }
                OutageKind::DeadKeeper => tick.keeper = false,
                OutageKind::DeadModule { module } => tick.dead.push(module),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::{cli::RunArgs, fault::Outage};

    fn plan(outages: &[(u64, u64, OutageKind)]) -> Plan {
        let mut plan = Plan::load(&RunArgs::default()).unwrap();
        plan.end = plan.start + 300;
        plan.outages = outages
            .iter()
            .map(|(from, to, kind)| Outage {
                window: Window {
                    from: plan.start + from,
                    to: plan.start + to,
                },
                kind: *kind,
            })
            .collect();
        plan
    }

    fn ticks(plan: &Plan) -> Vec<Tick> {
        let mut ticks = Ticks::of(plan);
        std::iter::from_fn(|| ticks.draw().unwrap()).collect()
    }

    #[test]
    fn blocks_come_at_their_interval_and_every_report_in_one_of_them() {
        let plan = plan(&[]);
        let ticks = ticks(&plan);
        assert_eq!(ticks.len(), 51);
        assert!(ticks.iter().all(|t| t.real == t.time && t.keeper));
        for (n, source) in plan.sources.iter().enumerate() {
            let all: Vec<Report> = ticks.iter().flat_map(|t| t.reports[n].clone()).collect();
            assert_eq!(all, source.reports(plan.start - 1, plan.end));
        }
    }

    #[test]
    fn the_first_block_after_a_halt_carries_an_old_time_and_everything_that_waited() {
        let plan = plan(&[(61, 200, OutageKind::Halt)]);
        let ticks = ticks(&plan);
        let at = |n: usize| (ticks[n].real - plan.start, ticks[n].time - plan.start);
        assert_eq!(at(10), (60, 60));
        assert_eq!(at(11), (200, 61));
        assert_eq!(at(12), (206, 206));
        let waited = ticks[11].reports[1].len();
        assert!(waited >= 9, "{waited}");
        let all: usize = ticks.iter().map(|t| t.reports[1].len()).sum();
        let source = &plan.sources[1];
        assert_eq!(all, source.reports(plan.start - 1, plan.end).len());
    }

    #[test]
    fn a_halt_to_the_end_ends_the_run() {
        let plan = plan(&[(61, 400, OutageKind::Halt)]);
        assert_eq!(ticks(&plan).len(), 11);
    }

    #[test]
    fn other_outages_mark_the_blocks_of_their_window() {
        let module = Part::Market;
        let room = Room {
            per_block: 2,
            keepers: false,
        };
        let congestion = OutageKind::Congestion {
            per_block: 2,
            keepers: false,
        };
        let plan = plan(&[
            (60, 66, OutageKind::DeadKeeper),
            (60, 72, OutageKind::DeadModule { module }),
            (66, 72, congestion),
        ]);
        let ticks = ticks(&plan);
        let marks = |n: usize| (ticks[n].keeper, ticks[n].dead.clone(), ticks[n].room);
        assert_eq!(marks(9), (true, vec![], None));
        assert_eq!(marks(10), (false, vec![module], None));
        assert_eq!(marks(11), (true, vec![module], Some(room)));
        assert_eq!(marks(12), (true, vec![], None));
    }
}
