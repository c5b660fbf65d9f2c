//! Jumps: how far a price has left its average, and whether that is confirmed.
//!
//! Thresholds scale with volatility. A move beyond the threshold is confirmed by two sources of
//! different groups that each saw it after the last calm round, or by seeing the same move at two
//! round times at least [`APART`] seconds apart. Where there is no average (a young feed, or after
//! a halt) only the second way counts, against the last calm price, and there is no distance. A
//! move that had been read before and is settled like that is the past: the average begins anew with
//! it, else it would come back, still knowing the price before, and be read again.

use cosmwasm_schema::cw_serde;

use crate::{
    units::{OutOfRange, Price, Ratio},
    wide::Round,
};

/// Times sigma of the window, where a jump reaches Guarded.
pub const GUARDED: u64 = 12;
/// Times sigma of the window, where a jump reaches ReduceOnly.
pub const REDUCE_ONLY: u64 = 25;
/// Times sigma of the window, where a jump reaches Protected.
pub const PROTECTED: u64 = 60;
/// Two sightings this far apart confirm each other, seconds.
pub const APART: u64 = 10;

/// `clamp(k*sigma, 0.3*table, table)`, with sigma already over the window; rounded down.
pub fn threshold(table: Ratio, sigma: Ratio, k: u64) -> Result<Ratio, OutOfRange> {
    let least = table.scaled(3, 10, Round::Down)?;
    let scaled = sigma.scaled(k, 1, Round::Down).unwrap_or(table);
    Ok(scaled.clamp(least, table))
}

/// `|price - from| / from`, rounded up; `from` must not be zero.
pub fn distance(price: Price, from: Price) -> Result<Ratio, OutOfRange> {
    price.distance(from).over(from, Round::Up)
}

/// `price`, but no further from `centre` than `by` of it. For the input of an average only: an
/// acting price is never clamped.
pub fn clamped(price: Price, centre: Price, by: Ratio) -> Result<Price, OutOfRange> {
    let reach = centre.times(by, Round::Down)?;
    Ok(price.clamp(centre.minus_floored(reach), centre.plus(reach)?))
}

/// Which way a price went.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Way {
    /// Above its reference.
    Up,
    /// Below.
    Down,
}

/// A price and when it was.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Seen {
    /// The price.
    pub price: Price,
    /// Its round's time, seconds.
    pub time: u64,
}

/// A move beyond the threshold, as first seen.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Candidate {
    /// Which way.
    pub way: Way,
    /// Where and when.
    pub first: Seen,
    /// Whether its distance has been read: it was confirmed while there was an average.
    pub read: bool,
}

/// What the rule remembers between rounds.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Watch {
    /// The last round within the threshold.
    pub calm: Seen,
    /// The move under way.
    pub candidate: Option<Candidate>,
}

/// One surviving report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// What it says.
    pub price: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
    /// Sources of one group confirm nothing for each other.
    pub group: u32,
}

/// A new round's price and who stands behind it.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The round.
    pub seen: Seen,
    /// The five-minute average, where it is covered.
    pub average: Option<Price>,
    /// Beyond this it is a jump.
    pub threshold: Ratio,
    /// The survivors.
    pub witnesses: &'a [Witness],
}

/// What to make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What to remember.
    pub watch: Watch,
    /// What the price was judged against: the average, or the last calm price.
    pub reference: Price,
    /// A move beyond the threshold that nothing confirms yet.
    pub unconfirmed: bool,
    /// Distance from the average of a confirmed jump, else zero.
    pub jump: Ratio,
    /// A move that had been read is settled without an average: the next one begins here.
    pub settled: bool,
}

impl Watch {
    /// The first round is calm: there is nothing to have jumped from.
    pub const fn start(first: Seen) -> Self {
        Self {
            calm: first,
            candidate: None,
        }
    }

    /// Judge a round.
    pub fn judge(self, sighting: &Sighting<'_>) -> Result<Verdict, OutOfRange> {
        let reference = sighting.average.unwrap_or(self.calm.price);
        let seen = sighting.seen;
        let away = distance(seen.price, reference)?;
        let read = self.candidate.is_some_and(|c| c.read);
        let calm = Verdict {
            watch: Self::start(seen),
            reference,
            unconfirmed: false,
            jump: Ratio::ZERO,
            settled: read && sighting.average.is_none(),
        };
        if away <= sighting.threshold {
            return Ok(calm);
        }
        let candidate = self.candidate(sighting, reference)?;
        let repeated = seen.time >= candidate.first.time.saturating_add(APART);
        if sighting.average.is_none() && repeated {
            return Ok(calm);
        }
        let witnessed =
            sighting.average.is_some() && self.witnessed(sighting, reference, candidate.way)?;
        let confirmed = repeated || witnessed;
        let candidate = Candidate {
            read: candidate.read || confirmed,
            ..candidate
        };
        Ok(Verdict {
            watch: Self {
                calm: self.calm,
                candidate: Some(candidate),
            },
            reference,
            unconfirmed: !confirmed,
            jump: if confirmed { away } else { Ratio::ZERO },
            settled: false,
        })
    }

    /// The same move as before if it goes the same way and to within the threshold of the same
    /// place; otherwise a new one.
    fn candidate(self, sighting: &Sighting<'_>, reference: Price) -> Result<Candidate, OutOfRange> {
        let way = way(sighting.seen.price, reference);
        let fresh = Candidate {
            way,
            first: sighting.seen,
            read: false,
        };
        let Some(known) = self.candidate.filter(|c| c.way == way) else {
            return Ok(fresh);
        };
        let apart = distance(sighting.seen.price, known.first.price)?;
        Ok(if apart <= sighting.threshold {
            known
        } else {
            fresh
        })
    }

    /// Two sources of different groups, each beyond the threshold the same way, each later than
    /// the last calm round.
    fn witnessed(
        self,
        sighting: &Sighting<'_>,
        reference: Price,
        way: Way,
    ) -> Result<bool, OutOfRange> {
        let mut groups = vec![];
        for w in sighting.witnesses {
            let sees = w.publish_time > self.calm.time
                && self::way(w.price, reference) == way
                && distance(w.price, reference)? > sighting.threshold;
            if sees && !groups.contains(&w.group) {
                groups.push(w.group);
            }
        }
        Ok(groups.len() >= 2)
    }
}

fn way(price: Price, reference: Price) -> Way {
    if price < reference {
        Way::Down
    } else {
        Way::Up
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::{
        twap::{Twap, FIVE_MINUTES},
        units::E18,
    };
    use proptest::prelude::*;

    const FIVE: Ratio = Ratio::percent(5);

    fn at(dollars: u128, time: u64) -> Seen {
        Seen {
            price: Price::raw(dollars * E18),
            time,
        }
    }

    fn watch() -> Watch {
        Watch::start(at(100, 1_000))
    }

    fn says(dollars: u128, publish_time: u64, group: u32) -> Witness {
        Witness {
            price: Price::raw(dollars * E18),
            publish_time,
            group,
        }
    }

    fn judge(watch: Watch, seen: Seen, average: Option<u128>, witnesses: &[Witness]) -> Verdict {
        watch
            .judge(&Sighting {
                seen,
                average: average.map(|a| Price::raw(a * E18)),
                threshold: FIVE,
                witnesses,
            })
            .unwrap()
    }

    #[test]
    fn a_small_move_is_calm() {
        let v = judge(watch(), at(105, 1_010), Some(100), &[]);
        assert_eq!((v.unconfirmed, v.jump), (false, Ratio::ZERO));
        assert_eq!(v.watch, Watch::start(at(105, 1_010)));
    }

    #[test]
    fn two_groups_confirm_at_once_one_does_not() {
        let alone = [
            says(110, 1_010, 1),
            says(110, 1_010, 1),
            says(100, 1_010, 2),
        ];
        let v = judge(watch(), at(110, 1_010), Some(100), &alone);
        assert!(v.unconfirmed);
        let early = [says(110, 1_010, 1), says(110, 1_000, 2)];
        assert!(judge(watch(), at(110, 1_010), Some(100), &early).unconfirmed);
        let apart = [says(110, 1_010, 1), says(90, 1_010, 2)];
        assert!(judge(watch(), at(110, 1_010), Some(100), &apart).unconfirmed);
        let both = [says(110, 1_010, 1), says(112, 1_001, 2)];
        let v = judge(watch(), at(110, 1_010), Some(100), &both);
        assert_eq!((v.unconfirmed, v.jump), (false, Ratio::percent(10)));
    }

    #[test]
    fn the_same_jump_ten_seconds_later_confirms_itself() {
        let first = judge(watch(), at(110, 1_010), Some(100), &[]);
        assert!(first.unconfirmed);
        assert!(judge(first.watch, at(110, 1_019), Some(100), &[]).unconfirmed);
        let second = judge(first.watch, at(112, 1_020), Some(100), &[]);
        assert_eq!(
            (second.unconfirmed, second.jump),
            (false, Ratio::percent(12))
        );
        assert_eq!(second.watch.calm, at(100, 1_000));
    }

    #[test]
    fn another_jump_starts_anew() {
        let first = judge(watch(), at(110, 1_010), Some(100), &[]);
        let further = judge(first.watch, at(120, 1_030), Some(100), &[]);
        assert!(further.unconfirmed);
        let back = judge(first.watch, at(90, 1_030), Some(100), &[]);
        assert!(back.unconfirmed);
        assert_eq!(back.watch.candidate.unwrap().way, Way::Down);
    }

    #[test]
    fn without_an_average_two_rounds_settle_it_and_read_as_no_jump() {
        let both = [says(110, 9_000, 1), says(110, 9_000, 2)];
        let first = judge(watch(), at(110, 9_000), None, &both);
        assert!(first.unconfirmed);
        let second = judge(first.watch, at(110, 9_010), None, &both);
        assert_eq!((second.unconfirmed, second.jump), (false, Ratio::ZERO));
        assert_eq!(second.watch, Watch::start(at(110, 9_010)));
        // Nobody has read of it: an average that comes back may say so.
        assert!(!second.settled);
        let read = judge(watch(), at(110, 1_010), Some(100), &both);
        assert_eq!(read.jump, Ratio::percent(10));
        assert!(judge(read.watch, at(110, 1_200), None, &both).settled);
        // Another move is another matter.
        let other = judge(read.watch, at(130, 1_200), None, &both);
        assert!(other.unconfirmed && !other.settled);
        assert!(!judge(other.watch, at(130, 1_210), None, &both).settled);
    }

    /// What is read of a price that stays where it went, round after round: the average rolls, and begins anew where a
    /// move is settled without it.
    fn readings(before: &[u64], after: &[u64], to: u128) -> Vec<Ratio> {
        let (mut time, mut read) = (1_000, vec![]);
        let mut twap = Twap::start(time, at(100, time).price);
        let mut watch = watch();
        let rounds = before.iter().map(|gap| (*gap, 100));
        for (gap, dollars) in rounds.chain(after.iter().map(|gap| (*gap, to))) {
            time += gap;
            twap = twap.roll(time, 90).unwrap();
            let both = [says(dollars, time, 1), says(dollars, time, 2)];
            let sighting = Sighting {
                seen: at(dollars, time),
                average: twap.average(FIVE_MINUTES),
                threshold: Ratio::percent(2),
                witnesses: &both,
            };
            let verdict = watch.judge(&sighting).unwrap();
            watch = verdict.watch;
            twap = if verdict.settled { twap.anew() } else { twap };
            twap = twap.holding(sighting.seen.price);
            read.push(verdict.jump);
        }
        read.split_off(before.len())
    }

    #[test]
    fn a_move_that_has_been_read_is_not_read_again_when_the_average_comes_back() {
        let before = [&[30; 20][..], &[130, 30, 30]].concat();
        let after = [&[10, 130][..], &[10; 40]].concat();
        let read = readings(&before, &after, 150);
        assert_eq!(read[0], Ratio::percent(50));
        // Refused after the silence, and calm ever since.
        assert!(
            read[1..].iter().all(|jump| *jump == Ratio::ZERO),
            "{read:?}"
        );
    }

    proptest! {
        #[test]
        fn thresholds_stay_between_their_bounds_and_keep_their_order(sigma in 0u128..E18, table in 1u64..5_000) {
            let (table, sigma) = (Ratio::bps(table), Ratio::raw(sigma));
            let at = |k| threshold(table, sigma, k).unwrap();
            prop_assert!(at(GUARDED) <= at(REDUCE_ONLY) && at(REDUCE_ONLY) <= at(PROTECTED));
            prop_assert!(at(PROTECTED) <= table);
            prop_assert!(at(GUARDED) >= table.scaled(3, 10, Round::Down).unwrap());
        }

        #[test]
        fn a_clamped_price_is_near_and_a_near_price_is_unchanged(p in 1u128..1_000 * E18, c in 1u128..1_000 * E18) {
            let (price, centre) = (Price::raw(p), Price::raw(c));
            let out = clamped(price, centre, FIVE).unwrap();
            let reach = centre.times(FIVE, Round::Down).unwrap();
            prop_assert!(out.distance(centre) <= reach);
            prop_assert!(price.distance(centre) > reach || out == price);
        }

        #[test]
        fn a_price_that_stays_never_reads_as_more_than_it_did(
            before in proptest::collection::vec(5u64..160, 20..40),
            after in proptest::collection::vec(10u64..160, 2..60), to in 20u128..400,
        ) {
            let read = readings(&before, &after, to);
            let slack = Ratio::raw(10);
            // From when it is first read: until then nothing may have confirmed it.
            let read = read.into_iter().skip_while(|jump| *jump == Ratio::ZERO);
            for pair in read.collect::<Vec<_>>().windows(2) {
                prop_assert!(pair[1] <= pair[0].plus(slack).unwrap(), "{pair:?}");
            }
        }

        #[test]
        fn what_is_within_the_threshold_is_never_a_jump(p in 95u128..=105, t in 1_001u64..2_000) {
            let v = judge(watch(), at(p, t), Some(100), &[says(p, t, 1), says(p, t, 2)]);
            prop_assert!(!v.unconfirmed && v.jump == Ratio::ZERO);
        }
    }
}
