//! Lateness: of a source against its neighbours, and of a feed against its own habit.
//!
//! A source is late by how far its newest report lies behind the newest of its tier: when all are silent (a halt,
//! keepers who sleep) the chain is late and not the source.

use cosmwasm_std::{Decimal, Int256, Uint256};

use crate::{
    units::Ratio,
    wide::{mul_div, Round},
};

/// A source later than this many times its expected gap loses its weight.
pub const LATE: u64 = 3;
/// On-time reports in a row that give it back.
pub const OWED: u8 = 2;
/// A gap between rounds counts for at most this many times the expected one: a halt is seen at once and forgotten
/// within a dozen rounds.
pub const LONGEST: u64 = 10;
/// One gap in so many is the memory of the smoothed gap.
const MEMORY: u64 = 4;

/// Whether a report lies too far behind the newest of its tier.
pub const fn is_late(published: u64, newest: u64, expected: u64) -> bool {
    newest.saturating_sub(published) > expected.saturating_mul(LATE)
}

/// On-time reports still owed after one that arrives now: it is on time when it is not late already.
pub const fn owed_after(owed: u8, published: u64, now: u64, expected: u64) -> u8 {
    if owed == 0 {
        0
    } else if is_late(published, now, expected) {
        OWED
    } else {
        owed.saturating_sub(1)
    }
}

/// Smoothed gap over the expected one, after one more gap: `l' = l + (gap/expected - l)/4`, rounded up. One is on
/// time; `expected` of zero reads as one second.
pub fn smoothed(lateness: Ratio, gap: u64, expected: u64) -> Ratio {
    let expected = expected.max(1);
    let gap = gap.min(expected.saturating_mul(LONGEST));
    let seen = Ratio(Decimal::from_ratio(gap, expected));
    let old = lateness.scaled(MEMORY.saturating_sub(1), 1, Round::Up);
    let sum = old.and_then(|o| o.plus(seen)).unwrap_or(WIDEST);
    mul_div(
        sum.wide(),
        Int256::one(),
        Uint256::from(u128::from(MEMORY)),
        Round::Up,
    )
    .and_then(Ratio::from_wide)
    .unwrap_or(WIDEST)
}

const WIDEST: Ratio = Ratio(Decimal::MAX);

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn late_is_beyond_three_gaps() {
        assert!(!is_late(955, 1_000, 15));
        assert!(is_late(954, 1_000, 15));
        assert!(!is_late(1_010, 1_000, 15));
        assert!(!is_late(0, u64::MAX, u64::MAX));
    }

    #[test]
    fn two_on_time_reports_in_a_row_pay_what_is_owed() {
        let first = owed_after(OWED, 1_000, 1_045, 15);
        assert_eq!(first, 1);
        assert_eq!(owed_after(first, 1_060, 1_062, 15), 0);
        assert_eq!(owed_after(first, 1_060, 1_106, 15), OWED);
        assert_eq!(owed_after(0, 0, 1_000, 15), 0);
    }

    fn after(gaps: &[u64]) -> Ratio {
        gaps.iter().fold(Ratio::ONE, |l, gap| smoothed(l, *gap, 30))
    }

    #[test]
    fn on_time_reads_one_and_a_habit_of_triple_gaps_reads_three() {
        assert_eq!(after(&[30; 100]), Ratio::ONE);
        let slow = after(&[90; 40]);
        assert!(
            slow > Ratio::percent(299) && slow <= Ratio::percent(301),
            "{slow:?}"
        );
    }

    #[test]
    fn a_halt_shows_at_once_and_passes() {
        let halt = after(&[28_800]);
        assert_eq!(halt, Ratio::percent(325));
        // Below the exit of Guarded, 0.65 of three, with the second round on time.
        assert!(after(&[28_800, 30, 30, 30]) < Ratio::percent(195));
        assert_eq!(after(&[300; 200]), Ratio::percent(1_000));
    }

    proptest! {
        #[test]
        fn it_stays_among_what_was_seen_and_never_fails(gaps in proptest::collection::vec(0u64.., 1..60), expected in 0u64..100_000) {
            let mut l = Ratio::ONE;
            for gap in gaps {
                let seen = Ratio(Decimal::from_ratio(gap.min(expected.max(1) * 10), expected.max(1)));
                let next = smoothed(l, gap, expected);
                prop_assert!(next >= l.min(seen));
                prop_assert!(next <= l.max(seen).plus(Ratio::raw(2)).unwrap());
                l = next;
            }
        }

        #[test]
        fn a_later_report_is_never_later(newest in 0u64.., a in 0u64.., b in 0u64.., gap in 0u64..) {
            let (old, new) = (a.min(b), a.max(b));
            prop_assert!(!is_late(new, newest, gap) || is_late(old, newest, gap));
        }

        #[test]
        fn weight_returns_only_after_two_on_time_reports_in_a_row(times in proptest::collection::vec(any::<bool>(), 0..20)) {
            let mut owed = OWED;
            let mut run = 0;
            for on_time in times {
                owed = owed_after(owed, if on_time { 1_000 } else { 0 }, 1_000, 15);
                run = if on_time { run + 1 } else { 0 };
                if owed == 0 {
                    prop_assert!(run >= 2);
                    break;
                }
                prop_assert!(run < 2);
            }
        }
    }
}
