//! How settings move while a market runs: at once where that is stricter, announced where it is looser, and never
//! further than a step. The same table classifies, checks and documents.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use thiserror::Error;

use super::MarketParams;
use crate::Ratio;

mod fields;

pub use fields::FIELDS;

/// A day, seconds.
const DAY: u64 = 86_400;
/// What a loosening may not move away from: everything in force within this time.
const LOOSENING: u64 = 3 * DAY;
/// What was in force within this time before it is announced may come back.
pub const RESTORED: u64 = 7 * DAY;
/// Looser settings put in force within a day at most.
pub const LOOSENED: usize = 3;
/// Stricter settings put in force within a day at most: each is a step or less, and none of them is the last.
pub const TIGHTENED: usize = 4;
/// Changes remembered, the newest of them: more than can be made within three days.
pub const KEPT: usize = 32;

/// Which way settings move.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Shift {
    /// Nothing becomes looser. At once.
    Tighten,
    /// By at most a tenth of what was in force within three days, three times a day at most. Announced.
    Loosen,
    /// Back, no further than what was in force within 7 days before it was announced. Announced, for a shorter time.
    Restore,
}

impl Shift {
    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tighten => "tighten",
            Self::Loosen => "loosen",
            Self::Restore => "restore",
        }
    }
}

/// Which way a setting is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tighter {
    /// When it is greater.
    Up,
    /// When it is less.
    Down,
    /// Any change counts as looser.
    Neither,
    /// It does not move while the market runs: every position is priced by it.
    Fixed,
}

/// What a tightening may move a setting by within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A tenth: it touches exits.
    Exits,
    /// A half.
    Other,
}

impl Step {
    /// As a share of the loosest value in force within a day.
    pub fn share(self) -> Ratio {
        match self {
            Self::Exits => Ratio::percent(10),
            Self::Other => Ratio::percent(50),
        }
    }
}

/// A setting.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its value: a number of its smallest units.
    pub read: fn(&MarketParams) -> Uint128,
    /// Which way it is stricter.
    pub tighter: Tighter,
    /// How fast it becomes so.
    pub step: Step,
}

/// Settings that were in force.
#[cw_serde]
pub struct Past {
    /// Until this block time, seconds.
    pub until: u64,
    /// Whether what came after them was looser in anything.
    pub loosened: bool,
    /// What they were.
    pub params: MarketParams,
}

/// Why settings do not move this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadShift {
    /// It would change nothing.
    #[error("these settings are in force already")]
    Nothing,
    /// A setting that does not move.
    #[error("{field} does not change while the market runs")]
    Fixed {
        /// Which.
        field: &'static str,
    },
    /// Not a tightening.
    #[error("{field} would be looser: {to}, {from} now")]
    Looser {
        /// Which.
        field: &'static str,
        /// Its value now.
        from: Uint128,
        /// What it would be.
        to: Uint128,
    },
    /// Further than a step.
    #[error("{field} would be {to}, {least} to {most} allowed now")]
    TooFar {
        /// Which.
        field: &'static str,
        /// What it would be.
        to: Uint128,
        /// At least.
        least: Uint128,
        /// At most.
        most: Uint128,
    },
    /// Too many changes within a day.
    #[error("{max} changes of this kind have been made within a day")]
    TooOften {
        /// How many may be.
        max: usize,
    },
}

/// What a setting may be: from, to, both included.
type Range = (Uint128, Uint128);

/// Whether the settings may move from what is in force to this, now, and when it was announced (both block times,
/// seconds; the same where it is in force at once). Answers the names of the settings that move and whether any becomes
/// looser. `past` is what was in force before, in any order.
pub fn judge(
    how: Shift,
    (from, to): (&MarketParams, &MarketParams),
    past: &[Past],
    (announced, now): (u64, u64),
) -> Result<(Vec<&'static str>, bool), BadShift> {
    let announced = announced.min(now);
    let mut moved = vec![];
    let mut loosened = false;
    for field in &FIELDS {
        let (was, is) = ((field.read)(from), (field.read)(to));
        if was == is {
            continue;
        }
        let looser = field.looser(was, is)?;
        let (least, most) = match (looser, how) {
            (false, _) => field.tightest(&field.lately((from, past), (DAY, now))),
            (true, Shift::Tighten) => {
                let (field, from, to) = (field.name, was, is);
                return Err(BadShift::Looser { field, from, to });
            }
            (true, Shift::Loosen) => field.loosest(&field.lately((from, past), (LOOSENING, now))),
            (true, Shift::Restore) => range(&field.lately((from, past), (RESTORED, announced))),
        };
        if is < least || is > most {
            let (field, to) = (field.name, is);
            return Err(BadShift::TooFar {
                field,
                to,
                least,
                most,
            });
        }
        moved.push(field.name);
        loosened |= looser;
    }
    if moved.is_empty() {
        return Err(BadShift::Nothing);
    }
    often(past, loosened, now)?;
    Ok((moved, loosened))
}

/// What is remembered with one more, oldest first.
pub fn remembered(mut past: Vec<Past>, newest: Past) -> Vec<Past> {
    past.push(newest);
    let spare = past.len().saturating_sub(KEPT);
    past.drain(..spare);
    past
}

/// Each kind by itself: whoever uses up one leaves the other.
fn often(past: &[Past], loosened: bool, now: u64) -> Result<(), BadShift> {
    let max = if loosened { LOOSENED } else { TIGHTENED };
    let lately = |past: &&Past| past.until.saturating_add(DAY) >= now;
    let made = past
        .iter()
        .filter(lately)
        .filter(|p| p.loosened == loosened);
    if made.count() >= max {
        return Err(BadShift::TooOften { max });
    }
    Ok(())
}

impl Field {
    fn looser(&self, was: Uint128, is: Uint128) -> Result<bool, BadShift> {
        match self.tighter {
            Tighter::Up => Ok(is < was),
            Tighter::Down => Ok(is > was),
            Tighter::Neither => Ok(true),
            Tighter::Fixed => Err(BadShift::Fixed { field: self.name }),
        }
    }

    /// Its values in force within a window, now included.
    fn lately(
        &self,
        (from, past): (&MarketParams, &[Past]),
        (window, now): (u64, u64),
    ) -> Vec<Uint128> {
        let recent = past
            .iter()
            .filter(|past| past.until.saturating_add(window) >= now);
        let recent = recent.map(|past| (self.read)(&past.params));
        recent.chain([(self.read)(from)]).collect()
    }

    /// A step stricter than the loosest of them, rounded towards it.
    fn tightest(&self, values: &[Uint128]) -> Range {
        let (least, most) = range(values);
        let share = self.step.share();
        match self.tighter {
            Tighter::Up => (least, least.saturating_add(least.mul_floor(share.0))),
            Tighter::Down => (most.saturating_sub(most.mul_floor(share.0)), most),
            Tighter::Neither | Tighter::Fixed => (least, most),
        }
    }

    /// A tenth looser than the strictest of them, rounded towards it; both ways where neither is stricter.
    fn loosest(&self, values: &[Uint128]) -> Range {
        let (least, most) = range(values);
        let tenth = Ratio::percent(10).0;
        let down = |v: Uint128| v.saturating_sub(v.mul_floor(tenth));
        let up = |v: Uint128| v.saturating_add(v.mul_floor(tenth));
        match self.tighter {
            Tighter::Up => (down(most), most),
            Tighter::Down => (least, up(least)),
            Tighter::Neither => (down(most), up(least)),
            Tighter::Fixed => (least, most),
        }
    }
}

fn range(values: &[Uint128]) -> Range {
    let least = values.iter().min().copied().unwrap_or_default();
    (least, values.iter().max().copied().unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests;
