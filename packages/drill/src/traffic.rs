//! What enters a block. As long as there is room, everything does. In a congested one, the transactions that
//! pay most: fees are seeded, so that nobody is the poorest in every block. A reporter replaces a waiting
//! report by its newest; the keeper has one transaction to refresh and one to crank; what does not enter
//! waits. Those that enter execute in the usual order: reports, refresh, crank, people.

use std::collections::BTreeSet;

use crate::{
    noise::Seed,
    plan::Plan,
    source::Report,
    tick::{Room, Tick},
};

/// Reports that wait, and the dice that fees are thrown with.
pub struct Traffic {
    seed: Seed,
    waiting: Vec<Vec<Report>>,
}

/// What entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Reports, by source.
    pub reports: Vec<Vec<Report>>,
    /// The keeper's refresh.
    pub refresh: bool,
    /// The keeper's crank.
    pub crank: bool,
    /// Those of these people; `None`: everybody's.
    people: Option<BTreeSet<u64>>,
}

impl Entered {
    /// Whether this person's transaction entered.
    pub fn lets(&self, person: u64) -> bool {
        self.people
            .as_ref()
            .is_none_or(|some| some.contains(&person))
    }
}

#[derive(Debug, Clone, Copy)]
enum Item {
    Report(usize),
    Refresh,
    Crank,
    Person(u64),
}

impl Item {
    /// Its number in the throw of fees.
    fn number(self) -> u64 {
        match self {
            Self::Refresh => 0,
            Self::Crank => 1,
            Self::Report(source) => u64::try_from(source).unwrap_or(0).saturating_add(2),
            Self::Person(person) => person.saturating_add(1_000),
        }
    }
}

impl Traffic {
    /// Nothing waits.
    pub fn of(plan: &Plan) -> Self {
        Self {
            seed: Seed::of(plan.seed, "fee", &plan.name),
            waiting: vec![Vec::new(); plan.sources.len()],
        }
    }

    /// What enters this block, of these people's transactions too.
    pub fn admit(&mut self, tick: &Tick, people: &[u64]) -> Entered {
        for (waiting, new) in self.waiting.iter_mut().zip(&tick.reports) {
            if tick.room.is_some() && !new.is_empty() {
                waiting.clear();
            }
            waiting.extend(new);
        }
        let Some(room) = tick.room else {
            return Entered {
                reports: self.waiting.iter_mut().map(std::mem::take).collect(),
                refresh: tick.keeper,
                crank: tick.keeper,
                people: None,
            };
        };
        self.squeeze((tick, room), people)
    }

    fn squeeze(&mut self, (tick, room): (&Tick, Room), people: &[u64]) -> Entered {
        let mut items: Vec<Item> = people.iter().map(|person| Item::Person(*person)).collect();
        let reports = self.waiting.iter().zip(0usize..);
        items.extend(
            reports
                .filter(|(waiting, _)| !waiting.is_empty())
                .map(|(_, source)| Item::Report(source)),
        );
        if tick.keeper && room.keepers {
            items.extend([Item::Refresh, Item::Crank]);
        }
        let mut fees = self.seed.stream(tick.real);
        items.sort_by_key(|item| std::cmp::Reverse(fees.below(item.number(), u64::MAX)));
        items.truncate(usize::try_from(room.per_block).unwrap_or(usize::MAX));
        let mut entered = Entered {
            reports: vec![Vec::new(); self.waiting.len()],
            refresh: false,
            crank: false,
            people: Some(BTreeSet::new()),
        };
        for item in items {
            self.enter(&mut entered, item);
        }
        entered
    }

    fn enter(&mut self, entered: &mut Entered, item: Item) {
        match item {
            Item::Refresh => entered.refresh = true,
            Item::Crank => entered.crank = true,
            Item::Person(person) => {
                if let Some(people) = &mut entered.people {
                    people.insert(person);
                }
            }
            Item::Report(source) => {
                let waiting = self.waiting.get_mut(source);
                if let Some((to, from)) = entered.reports.get_mut(source).zip(waiting) {
                    to.extend(from.drain(..).next_back());
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::{cli::RunArgs, testing::cents};

    fn report(time: u64) -> Report {
        Report {
            publish_time: time,
            deliver_at: time,
            price: cents(time.into()),
            conf: cents(0),
        }
    }

    fn tick(real: u64, room: Option<(u64, bool)>) -> Tick {
        Tick {
            real,
            time: real,
            reference: cents(100),
            reports: vec![vec![report(real), report(real + 1)], vec![], vec![]],
            keeper: true,
            dead: vec![],
            room: room.map(|(per_block, keepers)| Room { per_block, keepers }),
        }
    }

    fn traffic() -> Traffic {
        Traffic::of(&Plan::load(&RunArgs::default()).unwrap())
    }

    #[test]
    fn everything_enters_while_there_is_room() {
        let mut traffic = traffic();
        let entered = traffic.admit(&tick(7, None), &[]);
        assert_eq!(entered.reports[0], [report(7), report(8)]);
        assert!(entered.refresh && entered.crank && entered.lets(99));
    }

    #[test]
    fn few_enter_a_congested_block_and_the_newest_report_waits() {
        let mut traffic = traffic();
        let none = traffic.admit(&tick(7, Some((0, true))), &[1, 2]);
        assert!(none.reports.iter().all(Vec::is_empty));
        assert!(!none.refresh && !none.crank && !none.lets(1) && !none.lets(2));
        let all = traffic.admit(&tick(20, Some((9, true))), &[1, 2]);
        assert_eq!(
            all.reports[0],
            [report(21)],
            "the newest replaces the others"
        );
        assert!(all.refresh && all.crank && all.lets(1) && all.lets(2) && !all.lets(3));
    }

    #[test]
    fn fees_change_from_block_to_block_and_not_from_run_to_run() {
        let count = |keepers| {
            let mut traffic = traffic();
            let mut seen = [0u32; 3];
            for real in 0..300 {
                let entered = traffic.admit(&tick(real, Some((2, keepers))), &[1]);
                seen[0] += u32::from(entered.crank);
                seen[1] += u32::from(entered.lets(1));
                seen[2] += u32::from(!entered.reports[0].is_empty());
            }
            seen
        };
        // Two of four, or two of two.
        assert_eq!(count(true), count(true));
        assert!(
            count(true).iter().all(|n| (100..200).contains(n)),
            "{:?}",
            count(true)
        );
        assert_eq!(count(false), [0, 300, 300]);
    }
}
