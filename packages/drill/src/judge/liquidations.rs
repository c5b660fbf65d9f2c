//! Liquidations: nobody wrongly, nobody late.
//!
//! - **Wrongful**: liquidated although `(equity - MM in force)/notional` exceeds [`MARGIN`] at every
//!   reference price within [`AROUND_S`] seconds of now.
//! - **Late**: still there more than [`GRACE_S`] seconds after the first pair of rounds by which it
//!   may be liquidated. Recovering at a usable pair ends the wait; rounds that cannot be used do not.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::Addr;
use math::units::{Amount, OutOfRange, Price, Ratio, Side};
use types::engine::PositionState;

use super::rule::{spare, Rule};
use crate::path::Path;

/// Reference prices this long before and after count, seconds.
pub const AROUND_S: u64 = 60;
/// An unhealthy position may stand this long, seconds.
pub const GRACE_S: u64 = 60;
/// Further above maintenance than this is healthy, whatever the sources say.
pub const MARGIN: Ratio = Ratio::percent(1);

/// Whether liquidating this position now was wrong.
pub fn wrongful(
    held: &PositionState,
    mm: Ratio,
    reference: &Path,
    now: u64,
) -> Result<bool, OutOfRange> {
    let bar = mm.plus(MARGIN)?;
    let mut judged = false;
    for time in nearest_first(now) {
        if let Some(price) = reference.at(time) {
            judged = true;
            if spare(held, price, bar)? <= Amount::ZERO {
                return Ok(false);
            }
        }
    }
    Ok(judged)
}

fn nearest_first(now: u64) -> impl Iterator<Item = u64> {
    (0..=AROUND_S).flat_map(move |d| {
        [now.checked_sub(d), now.checked_add(d)]
            .into_iter()
            .flatten()
    })
}

/// Since when who may be liquidated.
#[derive(Default)]
pub struct Waits {
    since: BTreeMap<(Side, Addr), Wait>,
    /// Positions that were not liquidated in time.
    pub late: u64,
    /// What went wrong, in words.
    pub notes: Vec<String>,
}

struct Wait {
    since: u64,
    price: Option<Price>,
    counted: bool,
}

impl Waits {
    /// The keeper has cranked: these are the worst positions of a side that are left.
    pub fn look(
        &mut self,
        (side, now): (Side, u64),
        rule: &Rule,
        heads: &[PositionState],
    ) -> Result<(), OutOfRange> {
        let mut condemned = BTreeSet::new();
        for held in heads {
            if rule.condemns(held)? {
                condemned.insert(held.account.clone());
            }
        }
        let usable = rule.usable();
        self.since
            .retain(|(of, account), _| *of != side || !usable || condemned.contains(account));
        for account in condemned {
            let fresh = Wait {
                since: now,
                price: rule.regular.or(rule.deep),
                counted: false,
            };
            self.since.entry((side, account)).or_insert(fresh);
        }
        Ok(())
    }

    /// A position was liquidated or closed.
    pub fn gone(&mut self, account: &Addr) {
        self.since.retain(|(_, waiting), _| waiting != account);
    }

    /// The block is over: who stands too long?
    pub fn close(&mut self, now: u64) {
        for ((side, account), wait) in &mut self.since {
            if now > wait.since.saturating_add(GRACE_S) && !wait.counted {
                wait.counted = true;
                self.late = self.late.saturating_add(1);
                self.notes.push(format!(
                    "{now}: {side:?} of {account} may be liquidated since {} (at {})",
                    wait.since,
                    wait.price.unwrap_or_default().0
                ));
            }
        }
    }
}
