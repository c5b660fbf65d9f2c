//! What accounts have asked to take out of a market lately, net of what they brought, over what it held when they
//! asked; each counts up to a limit.
//!
//! Time is cut into windows of one length. What counts in the present one is summed as it comes; what counted in the
//! one before fades linearly while the present one runs. So a steady run reads its exact rate, a sudden one the whole
//! at once, and nothing is forgotten before a window has passed or remembered after two.
//!
//! The sum of a market is the sum over its accounts exactly, and it costs the same whatever their number.

use cosmwasm_schema::cw_serde;

use crate::{
    units::{Amount, OutOfRange, Ratio},
    wide::Round,
};

/// What counts of the present window, and of the one before.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Counted {
    /// Number of the present window.
    window: u64,
    before: Ratio,
    now: Ratio,
}

/// One account's part.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Own {
    /// What of it counts.
    pub counted: Counted,
    /// Asked for less what was brought in the present window, signed.
    net: Amount,
}

/// Where a moment lies in windows of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    window: u64,
    /// Seconds until it ends, of so many.
    left: u64,
    length: u64,
}

impl Phase {
    /// Second `now` in windows of `length` seconds; zero reads as one.
    pub fn of(now: u64, length: u64) -> Self {
        let length = length.max(1);
        let into = now.checked_rem(length).unwrap_or(0);
        Self {
            window: now.checked_div(length).unwrap_or(0),
            left: length.saturating_sub(into),
            length,
        }
    }

    /// What is left of what counted in the window before, rounded up.
    fn carried(self, before: Ratio) -> Result<Ratio, OutOfRange> {
        before.scaled(self.left, self.length, Round::Up)
    }
}

impl Counted {
    /// The same as a later window sees it.
    fn at(self, window: u64) -> Self {
        match window.checked_sub(self.window) {
            None | Some(0) => self,
            Some(gone) => Self {
                window,
                before: if gone == 1 { self.now } else { Ratio::ZERO },
                now: Ratio::ZERO,
            },
        }
    }

    /// What counts at a moment, rounded up.
    pub fn reading(self, phase: Phase) -> Result<Ratio, OutOfRange> {
        let seen = self.at(phase.window);
        seen.now.plus(phase.carried(seen.before)?)
    }

    /// Nothing, in the same window.
    pub fn cleared(self) -> Self {
        Self {
            window: self.window,
            ..Self::default()
        }
    }

    /// Two sums as one, both as the later of their windows sees them.
    pub fn with(self, other: Self) -> Result<Self, OutOfRange> {
        let window = self.window.max(other.window);
        let (a, b) = (self.at(window), other.at(window));
        Ok(Self {
            before: a.before.plus(b.before)?,
            now: a.now.plus(b.now)?,
            ..a
        })
    }
}

/// What an account's part is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// What the market holds; where that is nothing, nothing counts.
    pub held: Amount,
    /// The part of it that one account counts up to.
    pub most: Ratio,
}

impl Scale {
    /// What of a net amount counts, rounded up.
    fn part(self, net: Amount) -> Ratio {
        if net <= Amount::ZERO || self.held <= Amount::ZERO {
            return Ratio::ZERO;
        }
        // What cannot be written is more than any limit.
        let part = net.over(self.held, Round::Up).unwrap_or(self.most);
        part.min(self.most)
    }
}

impl Own {
    /// The account asks for `by`, or brings it where negative; what is carried over from the window before is within
    /// its limit. Returns its part, and the market's `sum` with it.
    pub fn moved(
        self,
        sum: Counted,
        by: Amount,
        (scale, phase): (Scale, Phase),
    ) -> Result<(Self, Counted), OutOfRange> {
        let (old, sum) = (self.counted.at(phase.window), sum.at(phase.window));
        let kept = if old.window == self.counted.window {
            self.net
        } else {
            Amount::ZERO
        };
        let net = kept.plus(by)?;
        let room = scale.most.minus_floored(phase.carried(old.before)?);
        let counted = Counted {
            now: scale.part(net).min(room),
            ..old
        };
        let sum = Counted {
            now: sum.now.plus(counted.now)?.minus_floored(old.now),
            ..sum
        };
        Ok((Self { counted, net }, sum))
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: u64 = 3_600;
    /// Two per cent of what is held, in thousandths of a per cent of it.
    const MOST: u128 = 2_000;
    const SCALE: Scale = Scale {
        held: Amount::raw(100_000),
        most: Ratio::percent(2),
    };

    fn at(now: u64) -> Phase {
        Phase::of(now, HOUR)
    }

    /// In thousandths of a per cent, rounded up.
    fn counts(counted: Counted, now: u64) -> u128 {
        let reading = counted.reading(at(now)).unwrap();
        reading.0.atomics().u128().div_ceil(10_000_000_000_000)
    }

    /// Some accounts and their sum.
    #[derive(Default, Clone, PartialEq, Debug)]
    struct Market {
        own: [Own; 8],
        sum: Counted,
    }

    impl Market {
        fn moves(&mut self, who: usize, by: i128, now: u64) {
            let scale = (SCALE, at(now));
            let moved = self.own[who].moved(self.sum, Amount::raw(by), scale);
            (self.own[who], self.sum) = moved.unwrap();
        }

        fn reads(&self, now: u64) -> u128 {
            counts(self.sum, now)
        }
    }

    #[test]
    fn an_account_counts_up_to_its_limit_and_a_run_as_a_whole() {
        let mut m = Market::default();
        m.moves(0, 50_000, 7_200);
        assert_eq!(m.reads(7_200), MOST);
        for who in 1..5 {
            m.moves(who, 3_000, 7_300);
        }
        assert_eq!(m.reads(7_300), 5 * MOST);
        let read = m.sum.reading(at(7_300)).unwrap();
        assert_eq!(read, Ratio::percent(10));
        // Whole until the window ends, then it fades.
        assert_eq!(m.reads(10_799), 10_000);
        assert_eq!(m.reads(10_800), 10_000);
        assert_eq!(m.reads(12_600), 5_000);
        assert_eq!(m.reads(14_400), 0);
    }

    #[test]
    fn a_steady_run_reads_what_it_takes_in_a_window() {
        let mut m = Market::default();
        for minute in 0u64..240 {
            let who = usize::try_from(minute % 8).unwrap();
            m.moves(who, 100, minute * 60);
            let read = m.reads(minute * 60);
            assert!(minute < 60 || (5_900..=6_100).contains(&read), "{read}");
        }
    }

    #[test]
    fn who_brings_it_back_has_taken_nothing_and_has_no_credit_in_the_next_window() {
        let mut m = Market::default();
        m.moves(0, 1_500, 3_700);
        m.moves(0, -1_500, 3_800);
        assert_eq!(m.reads(3_800), 0);
        m.moves(0, -50_000, 3_900);
        m.moves(0, 20_000, 4_000);
        assert_eq!(m.reads(4_000), 0);
        m.moves(0, 20_000, 7_300);
        assert_eq!(m.reads(7_300), MOST);
    }

    #[test]
    fn a_loop_without_end_counts_once_at_most() {
        let mut m = Market::default();
        // Out late in every window, in again early in the next.
        for window in 1..6 {
            m.moves(0, 1_500, window * HOUR + 3_500);
            let read = m.reads(window * HOUR + 3_500);
            assert!(read <= if window == 1 { 1_500 } else { 42 }, "{read}");
            m.moves(0, -1_500, (window + 1) * HOUR + 100);
        }
    }

    #[test]
    fn both_sides_of_a_border_count_as_one_limit() {
        let mut m = Market::default();
        m.moves(0, 5_000, 3_599);
        m.moves(0, 5_000, 3_600);
        assert_eq!(m.reads(3_600), MOST);
        m.moves(0, 5_000, 5_400);
        assert_eq!(m.reads(5_400), MOST);
    }

    #[test]
    fn nothing_held_counts_nothing_and_too_much_counts_the_limit() {
        let asks = |held, by| {
            let scale = Scale {
                held: Amount::raw(held),
                ..SCALE
            };
            let moved =
                Own::default().moved(Counted::default(), Amount::raw(by), (scale, at(7_200)));
            counts(moved.unwrap().1, 7_200)
        };
        assert_eq!((asks(0, 500), asks(-5, 500)), (0, 0));
        assert_eq!(asks(1, i128::MAX), MOST);
        assert_eq!(asks(100_000, 1), 1);
    }

    #[test]
    fn an_earlier_moment_changes_no_window() {
        let mut m = Market::default();
        m.moves(0, 500, 7_200);
        m.moves(1, 500, 3_600);
        assert_eq!(m.reads(7_200), 1_000);
        assert_eq!(Phase::of(9, 0), Phase::of(9, 1));
    }

    /// Who, how much, and how long after the one before.
    fn step() -> impl Strategy<Value = (usize, i128, u64)> {
        (0usize..8, -5_000i128..5_000, 0u64..5_000)
    }

    proptest! {
        #[test]
        fn the_sum_is_its_accounts_exactly_and_each_keeps_its_limit(steps in prop::collection::vec(step(), 1..60)) {
            let (mut m, mut now) = (Market::default(), 0);
            for (who, by, gap) in steps {
                now += gap;
                m.moves(who, by, now);
                let mut sum = m.sum.cleared();
                for own in m.own {
                    prop_assert!(counts(own.counted, now) <= MOST);
                    sum = sum.with(own.counted).unwrap();
                }
                prop_assert_eq!(sum, m.sum);
                // So whoever moves however often: at most the number of accounts.
                prop_assert!(m.reads(now) <= 8 * MOST);
            }
        }

        #[test]
        fn left_alone_it_only_falls_and_ends_at_nothing(steps in prop::collection::vec(step(), 1..30)) {
            let (mut m, mut now) = (Market::default(), 0);
            for (who, by, gap) in steps {
                now += gap;
                m.moves(who, by, now);
            }
            let mut last = m.reads(now);
            for later in (0..2 * HOUR).step_by(97) {
                let read = m.reads(now + later);
                prop_assert!(read <= last);
                last = read;
            }
            prop_assert_eq!(m.reads(now + 2 * HOUR), 0);
        }

        #[test]
        fn a_loop_of_one_account_counts_nothing(
            steps in prop::collection::vec(step(), 0..20),
            (who, by) in (0usize..8, 0i128..50_000),
        ) {
            let (mut m, mut now) = (Market::default(), 0);
            for (who, by, gap) in steps {
                now += gap;
                m.moves(who, by, now);
            }
            m.moves(who, 0, now);
            let before = m.clone();
            m.moves(who, by, now);
            m.moves(who, -by, now);
            prop_assert_eq!(&m, &before);
            m.moves(who, -by, now);
            m.moves(who, by, now);
            prop_assert_eq!(&m, &before);
        }

        #[test]
        fn parts_of_one_amount_count_no_more_than_the_whole(parts in prop::collection::vec(0i128..3_000, 1..20)) {
            let (mut split, mut whole) = (Market::default(), Market::default());
            for part in &parts {
                split.moves(0, *part, 7_200);
            }
            whole.moves(0, parts.iter().sum(), 7_200);
            prop_assert_eq!(split, whole);
        }
    }
}
