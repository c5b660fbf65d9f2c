//! Liquidations: nobody wrongly, nobody late.
//!
//! - **Wrongful**: liquidated although `(equity - MM in force)/notional` exceeds [`MARGIN`] at every
//!   reference price within [`AROUND_S`] seconds of now.
//! - **Late**: still there more than [`GRACE_S`] seconds after the first pair of rounds by which it
//!   may be liquidated. Recovering at a usable pair ends the wait; rounds that cannot be used do not. Time that one
//!   who is not bankrupt spends in the pacing bucket does not count, up to the longest it may: see [`super::pacing`].

use std::collections::BTreeMap;

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
    /// Whether it was bankrupt when last looked at: then nothing paces it.
    bankrupt: bool,
    /// Seconds that do not count.
    paced: u64,
    counted: bool,
}

impl Waits {
    /// So many of the seconds since the last look were spent in the pacing bucket, and no longer than that may be.
    pub fn paced(&mut self, seconds: u64) {
        for wait in self.since.values_mut().filter(|wait| !wait.bankrupt) {
            wait.paced = wait.paced.saturating_add(seconds);
        }
    }

    /// The keeper has cranked: these are the worst positions of a side that are left.
    pub fn look(
        &mut self,
        (side, now): (Side, u64),
        rule: &Rule,
        heads: &[PositionState],
    ) -> Result<(), OutOfRange> {
        let mut condemned = BTreeMap::new();
        for held in heads {
            if rule.condemns(held)? {
                condemned.insert(held.account.clone(), rule.bankrupts(held)?);
            }
        }
        let usable = rule.usable();
        self.since
            .retain(|(of, account), _| *of != side || !usable || condemned.contains_key(account));
        for (account, bankrupt) in condemned {
            let fresh = Wait {
                since: now,
                price: rule.regular.or(rule.deep),
                bankrupt,
                paced: 0,
                counted: false,
            };
            let wait = self.since.entry((side, account)).or_insert(fresh);
            wait.bankrupt = bankrupt;
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
            let most = GRACE_S.saturating_add(wait.paced);
            if now > wait.since.saturating_add(most) && !wait.counted {
                wait.counted = true;
                self.late = self.late.saturating_add(1);
                self.notes.push(format!(
                    "{now}: {side:?} of {account} may be liquidated since {} (at {}), {} s of it paced",
                    wait.since,
                    wait.price.unwrap_or_default().0,
                    wait.paced
                ));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::bridge::Knot;
    use crate::path::Waypoints;
    use crate::testing::{cents, held, prices};
    use types::level::Level;
    use types::oracle::Status;

    const MM: Ratio = Ratio::bps(250);

    /// A reference that steps from one price to another in a second.
    fn step(at: u64, before: u128, after: u128) -> Path {
        let knot = |time, price| Knot {
            time,
            price: cents(price),
        };
        let points = vec![
            knot(0, before),
            knot(at - 1, before),
            knot(at, after),
            knot(10_000, after),
        ];
        let way = Waypoints {
            points,
            noise_bps: 0,
            low: cents(1),
            high: cents(1_000_000),
        };
        Path::through("step", way, 1)
    }

    #[test]
    fn a_minute_either_way_of_an_unhealthy_reference_price_is_not_wrong() {
        // Ten long at 100 on a margin of 50: below 3.5 % under about 98.4.
        let long = held(10, 1_000, 50);
        let falls = step(1_000, 10_000, 9_800);
        for (now, wrong) in [(900, true), (939, true), (940, false), (1_000, false)] {
            assert_eq!(wrongful(&long, MM, &falls, now), Ok(wrong), "{now}");
        }
        let rises = step(1_000, 9_800, 10_000);
        for (now, wrong) in [(1_059, false), (1_060, true)] {
            assert_eq!(wrongful(&long, MM, &rises, now), Ok(wrong), "{now}");
        }
    }

    #[test]
    fn health_within_a_hundredth_of_maintenance_is_nobodys_mistake() {
        let flat = step(1_000, 10_000, 10_000);
        // Margins of 3.5 % and a little more, where maintenance is 2.5 %.
        let long = |margin| held(100, 10_000, margin);
        assert_eq!(wrongful(&long(350), MM, &flat, 500), Ok(false));
        assert_eq!(wrongful(&long(351), MM, &flat, 500), Ok(true));
        let outside = step(1_000, 10_000, 10_000);
        assert_eq!(wrongful(&long(351), MM, &outside, 20_000), Ok(false));
    }

    fn looked(waits: &mut Waits, now: u64, (cents, status): (u128, Status)) {
        let prices = prices((cents, status), (cents, status), None);
        let rule = Rule::of(Side::Long, Level::Normal, (&prices, 0), MM);
        let heads = [held(10, 1_000, 50)];
        waits.look((Side::Long, now), &rule, &heads).unwrap();
        waits.close(now);
    }

    #[test]
    fn standing_unhealthy_for_more_than_a_minute_is_late_and_counts_once() {
        let mut waits = Waits::default();
        for now in [100, 130, 160] {
            looked(&mut waits, now, (9_700, Status::Valid));
            assert_eq!(waits.late, 0);
        }
        for now in [161, 200, 400] {
            looked(&mut waits, now, (9_700, Status::Valid));
            assert_eq!(waits.late, 1);
        }
    }

    #[test]
    fn recovery_ends_a_wait_and_an_unusable_pair_does_not() {
        let mut waits = Waits::default();
        looked(&mut waits, 100, (9_700, Status::Valid));
        looked(&mut waits, 130, (10_000, Status::Valid));
        looked(&mut waits, 170, (9_700, Status::Valid));
        assert_eq!(waits.late, 0);
        looked(&mut waits, 200, (10_000, Status::Uncertain));
        looked(&mut waits, 231, (10_000, Status::Uncertain));
        assert_eq!(waits.late, 1);
    }

    #[test]
    fn time_in_the_pacing_bucket_is_not_late_unless_bankrupt() {
        let late = |price, paced| {
            let mut waits = Waits::default();
            looked(&mut waits, 100, (price, Status::Valid));
            waits.paced(paced);
            looked(&mut waits, 180, (price, Status::Valid));
            waits.late
        };
        assert_eq!(late(9_700, 19), 1);
        assert_eq!(late(9_700, 20), 0);
        // Bankrupt below 95.
        assert_eq!(late(9_400, 80), 1);
    }

    #[test]
    fn what_was_paced_before_a_wait_began_excuses_nothing_of_it() {
        let mut waits = Waits::default();
        waits.paced(1_000);
        looked(&mut waits, 100, (9_700, Status::Valid));
        looked(&mut waits, 161, (9_700, Status::Valid));
        assert_eq!(waits.late, 1);
    }

    #[test]
    fn being_liquidated_ends_a_wait() {
        let mut waits = Waits::default();
        looked(&mut waits, 100, (9_700, Status::Valid));
        waits.gone(&held(10, 1_000, 50).account);
        waits.close(200);
        assert_eq!(waits.late, 0);
    }
}
