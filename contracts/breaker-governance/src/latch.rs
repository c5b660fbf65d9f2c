//! How a latch moves on one reading. Pure: no storage, no clock.

use math::wide::Round;
use types::{
    breaker::{Dwell, Gaps, Latch, Memory, Params, Thresholds},
    level::Level,
    scope::Reason,
    Ratio,
};

/// Exit is this share of enter.
pub const EXIT: Ratio = Ratio::percent(65);

/// Above every reading.
const BEYOND: Ratio = Ratio::percent(u64::MAX);

/// What one reading asks of a latch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The level whose enter threshold the reading has reached.
    level: Level,
    /// The highest level whose exit threshold the reading is still above; never below `level`.
    hold: Level,
}

/// Which side of a threshold's two marks a reading is on.
struct Reached {
    enter: bool,
    exit: bool,
}

/// When a reading is learned, and of what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Block time, seconds.
    pub now: u64,
    /// The round's time, seconds.
    pub round_time: u64,
}

impl Tick {
    /// For what has no rounds: readings lie apart by when they are learned.
    pub const fn at(now: u64) -> Self {
        Self {
            now,
            round_time: now,
        }
    }
}

impl Demand {
    /// A reading that is a level itself: enter and exit coincide.
    pub const fn at(level: Level) -> Self {
        Self { level, hold: level }
    }

    /// A measured reading against its thresholds. Exit rounds down: against healing.
    pub fn of(value: Ratio, enter: &Thresholds) -> Self {
        Self::against(enter, |enter| Reached {
            enter: value >= enter,
            exit: value > exit(enter),
        })
    }

    /// The same where lower is worse. Exit rounds up: against healing.
    pub fn below(value: Ratio, enter: &Thresholds) -> Self {
        Self::against(enter, |enter| Reached {
            enter: value < enter,
            exit: value < exit_above(enter),
        })
    }

    /// How long the chain stood still, seconds. Exit rounds down: against healing.
    pub fn standing(gap: u64, enter: &Gaps) -> Self {
        let rows = [
            (Level::Guarded, enter.guarded),
            (Level::ReduceOnly, enter.reduce_only),
            (Level::Protected, enter.protected),
        ];
        let reached = |mark: &dyn Fn(u64) -> bool| {
            let passed = rows.iter().filter(|(_, enter)| mark(*enter));
            passed.map(|(level, _)| *level).max()
        };
        let level = reached(&|enter| gap >= enter).unwrap_or(Level::Normal);
        let hold = reached(&|enter| gap > enter.saturating_mul(65).saturating_div(100));
        Self {
            level,
            hold: hold.unwrap_or(Level::Normal).max(level),
        }
    }

    /// The worse of two readings for one reason.
    pub fn or(self, other: Self) -> Self {
        Self {
            level: self.level.max(other.level),
            hold: self.hold.max(other.hold),
        }
    }

    /// A level without a threshold is never entered, and one that is held all the same exits where
    /// the next lower one does.
    fn against(enter: &Thresholds, reached: impl Fn(Ratio) -> Reached) -> Self {
        let mut demand = Self::at(Level::Normal);
        let mut before = Level::Normal;
        for (level, enter) in rows(enter) {
            match enter.map(&reached) {
                Some(reached) => {
                    if reached.enter {
                        demand.level = level;
                    }
                    if reached.enter || reached.exit {
                        demand.hold = level;
                    }
                }
                None if before > Level::Normal && demand.hold == before => demand.hold = level,
                None => {}
            }
            before = level;
        }
        demand
    }

    /// The level a latch is raised to.
    pub const fn level(self) -> Level {
        self.level
    }

    /// Whether the reading speaks for leaving `held`.
    pub fn good_for(self, held: Level) -> bool {
        self.hold < held
    }
}

/// A latch that has never held.
pub const fn fresh(reason: Reason) -> Latch {
    const NOTHING: Memory = Memory {
        retrips: 0,
        left_at: 0,
    };
    Latch {
        reason,
        level: Level::Normal,
        since: 0,
        good: 0,
        good_at: 0,
        guarded: NOTHING,
        reduce_only: NOTHING,
        protected: NOTHING,
    }
}

/// The latch after one reading: raised at once to what is demanded, or one level lower when it has
/// dwelt and this is the last of enough good readings. Settlement never moves, and a reason that
/// does not heal only rises.
pub fn step(latch: Latch, demand: Demand, tick: Tick, params: &Params) -> Latch {
    if latch.level == Level::Settlement {
        latch
    } else if demand.level > latch.level {
        raised(latch, demand.level, tick, params)
    } else if latch.level == Level::Normal || !latch.reason.heals() {
        latch
    } else if demand.good_for(latch.level) {
        healed(latch, tick, params)
    } else {
        Latch {
            good: 0,
            good_at: latch.good_at.max(tick.round_time),
            ..latch
        }
    }
}

/// How long a latch is held at least where it is, doubled per recent re-trip of that level; `None`
/// for what does not heal.
pub fn dwell(latch: &Latch, params: &Params) -> Option<u64> {
    let Dwell {
        guarded,
        reduce_only,
        protected,
    } = params.dwell;
    let (base, memory) = match latch.level {
        Level::Normal => return Some(0),
        Level::Guarded => (guarded, latch.guarded),
        Level::ReduceOnly => (reduce_only, latch.reduce_only),
        Level::Protected => (protected, latch.protected),
        Level::Settlement => return None,
    };
    let doublings = memory.retrips.min(params.max_doublings);
    Some(base.saturating_mul(2_u64.saturating_pow(doublings)))
}

/// Whether a trip at `now` would count as a re-trip of some level.
pub fn remembered(latch: &Latch, now: u64, params: &Params) -> bool {
    [latch.guarded, latch.reduce_only, latch.protected]
        .iter()
        .any(|memory| recent(memory, now, params))
}

/// The latch of somebody who decides: set to `level`, whatever it was.
pub fn set(latch: Latch, level: Level, now: u64) -> Latch {
    let left = |own: Level, memory: Memory| {
        let leaves = latch.level >= own && level < own;
        Memory {
            left_at: if leaves { now } else { memory.left_at },
            ..memory
        }
    };
    Latch {
        level,
        since: now,
        good: 0,
        guarded: left(Level::Guarded, latch.guarded),
        reduce_only: left(Level::ReduceOnly, latch.reduce_only),
        protected: left(Level::Protected, latch.protected),
        ..latch
    }
}

/// Whether its level was left at most `retrip_window` ago.
const fn recent(memory: &Memory, now: u64, params: &Params) -> bool {
    memory.left_at > 0 && now <= memory.left_at.saturating_add(params.retrip_window)
}

fn rows(t: &Thresholds) -> [(Level, Option<Ratio>); 3] {
    [
        (Level::Guarded, t.guarded),
        (Level::ReduceOnly, t.reduce_only),
        (Level::Protected, t.protected),
    ]
}

/// Enter thresholds are at most 10, so the product always fits; zero would only delay healing.
fn exit(enter: Ratio) -> Ratio {
    enter.times(EXIT, Round::Down).unwrap_or(Ratio::ZERO)
}

/// Where it cannot be computed the latch is not left.
fn exit_above(enter: Ratio) -> Ratio {
    enter.over(EXIT, Round::Up).unwrap_or(BEYOND)
}

/// Every level that is passed on the way up counts for itself.
fn raised(latch: Latch, level: Level, tick: Tick, params: &Params) -> Latch {
    let entered = |own: Level, memory: Memory| {
        if latch.level >= own || level < own {
            memory
        } else if recent(&memory, tick.now, params) {
            Memory {
                retrips: memory.retrips.saturating_add(1).min(params.max_doublings),
                ..memory
            }
        } else {
            Memory {
                retrips: 0,
                ..memory
            }
        }
    };
    Latch {
        level,
        since: tick.now,
        good: 0,
        good_at: latch.good_at.max(tick.round_time),
        guarded: entered(Level::Guarded, latch.guarded),
        reduce_only: entered(Level::ReduceOnly, latch.reduce_only),
        protected: entered(Level::Protected, latch.protected),
        ..latch
    }
}

fn healed(latch: Latch, tick: Tick, params: &Params) -> Latch {
    if tick.round_time < latch.good_at.saturating_add(params.reading_gap) {
        return latch;
    }
    let latch = Latch {
        good: latch.good.saturating_add(1).min(params.good_readings),
        good_at: tick.round_time,
        ..latch
    };
    let rested =
        dwell(&latch, params).is_some_and(|dwell| tick.now >= latch.since.saturating_add(dwell));
    if rested && latch.good >= params.good_readings {
        fallen(latch, tick.now)
    } else {
        latch
    }
}

fn fallen(latch: Latch, now: u64) -> Latch {
    let level = match latch.level {
        Level::Normal | Level::Guarded => Level::Normal,
        Level::ReduceOnly => Level::Guarded,
        Level::Protected => Level::ReduceOnly,
        Level::Settlement => Level::Settlement,
    };
    set(latch, level, now)
}

#[cfg(test)]
mod tests;
