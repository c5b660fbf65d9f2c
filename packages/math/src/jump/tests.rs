#![allow(clippy::arithmetic_side_effects)]

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
            disputed: false,
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
            disputed: false,
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

/// One source stays at 100, another says this; the price is between them.
fn dispute(watch: Watch, lie: u128, time: u64, average: Option<Price>) -> Verdict {
    let both = [says(100, time, 1), says(lie, time, 2)];
    let sighting = Sighting {
        seen: at((100 + lie) / 2, time),
        average,
        threshold: FIVE,
        witnesses: &both,
        disputed: true,
    };
    watch.judge(&sighting).unwrap()
}

#[test]
fn a_dispute_seen_again_is_still_one_and_settles_nothing() {
    let truth = at(100, 0).price;
    let first = dispute(watch(), 60, 1_010, None);
    assert!(first.unconfirmed);
    let again = dispute(first.watch, 60, 1_020, None);
    assert_eq!((again.unconfirmed, again.settled), (false, false));
    assert_eq!((again.learned, again.watch.calm.price), (truth, truth));
    // Read while there was an average, it begins none anew either.
    let read = dispute(watch(), 60, 1_010, Some(truth));
    let read = dispute(read.watch, 60, 1_020, Some(truth));
    assert_eq!(read.jump, Ratio::percent(20));
    assert!(!dispute(read.watch, 60, 1_200, None).settled);
    // Where all of them are beyond the reference, as far as the nearest.
    let away = dispute(Watch::start(at(150, 1_000)), 60, 1_010, None);
    assert_eq!(away.learned, truth);
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

    #[test]
    fn no_liar_moves_what_is_learned_off_an_honest_word(
        lies in proptest::collection::vec((20u128..400, 5u64..200, any::<bool>()), 1..60),
    ) {
        let (mut watch, mut time, truth) = (watch(), 1_000, at(100, 0).price);
        for (lie, gap, averaged) in lies {
            time += gap;
            let verdict = dispute(watch, lie, time, averaged.then_some(truth));
            prop_assert_eq!(verdict.learned, truth);
            prop_assert_eq!(verdict.watch.calm.price, truth);
            prop_assert!(!verdict.settled);
            watch = verdict.watch;
        }
    }
}
