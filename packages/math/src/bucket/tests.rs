//! Properties of flow control.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

fn limit(amount: i128, window: u64) -> Limit {
    Limit {
        amount: Amount::raw(amount),
        window,
    }
}

fn hourly(amount: i128) -> Limit {
    limit(amount, 3_600)
}

fn raw(amount: Amount) -> i128 {
    amount.0.i128()
}

/// What has left by `now`: everything that passed by then, and every claim made at the first moment.
fn left(passed: &[(u64, Amount)], entries: &[Entry], now: u64) -> i128 {
    let passed = passed.iter().filter(|(at, _)| *at <= now);
    let passed: i128 = passed.map(|(_, a)| raw(*a)).sum();
    let claimed: i128 = entries.iter().map(|e| raw(e.claimable(now).unwrap())).sum();
    passed + claimed
}

/// Requests as (seconds after the one before, amount).
fn requests() -> impl Strategy<Value = Vec<(u64, i128)>> {
    let wait = prop_oneof![Just(0u64), Just(1), 0u64..5_000, Just(3_599), Just(40_000)];
    prop::collection::vec((wait, 1i128..900_000), 1..12)
}

/// Requests so small that the bound of seven days is never reached.
fn short(sequence: &[(u64, i128)], limit: Limit) -> bool {
    let asked: i128 = sequence.iter().map(|(_, a)| *a).sum();
    let days = i128::from(LONGEST_WAIT) - 4_000;
    asked * 2 * i128::from(limit.window) < raw(limit.amount) * days
}

/// Drive one bucket; what passed, what queued, and when it was over.
fn drive(l: Limit, delay: u64, sequence: &[(u64, i128)]) -> (Vec<(u64, Amount)>, Vec<Entry>, u64) {
    let (mut bucket, mut now) = (Bucket::full(l, 0).unwrap(), 0);
    let (mut passed, mut entries) = (vec![], vec![]);
    for (wait, amount) in sequence {
        now += wait;
        let (next, out) = bucket.request(l, delay, now, Amount::raw(*amount)).unwrap();
        let queued = out.queued.map_or(0, |e| raw(e.amount));
        assert_eq!(raw(out.passes) + queued, *amount, "nothing is refused");
        passed.push((now, out.passes));
        entries.extend(out.queued);
        bucket = next;
    }
    (passed, entries, now)
}

#[test]
fn a_drain_on_both_sides_of_a_window_border_gets_one_limit() {
    // Half at the end of one window, everything again at the start of the next.
    let l = hourly(1_000_000);
    let bucket = Bucket::full(l, 0).unwrap();
    let (bucket, first) = bucket.request(l, 0, 3_599, Amount::raw(500_000)).unwrap();
    assert_eq!(first.passes, Amount::raw(500_000));
    let (_, second) = bucket.request(l, 0, 3_600, Amount::raw(500_000)).unwrap();
    assert_eq!(second.passes, Amount::raw(138), "one second's refill");
    let entry = second.queued.unwrap();
    assert_eq!(entry.claimable(3_600), Ok(Amount::ZERO));
    assert_eq!(entry.claimable(3_600 + 1_800), Ok(Amount::raw(250_000)));
}

#[test]
fn under_two_limits_the_smaller_passes_and_the_later_ready_counts() {
    let limits = [hourly(10_000_000), limit(100_000_000, 86_400)];
    let pair = Pair::full(limits, 0).unwrap();
    let (pair, out) = pair
        .request(limits, 600, 0, Amount::raw(8_600_000))
        .unwrap();
    assert_eq!(out.passes, Amount::raw(5_000_000));
    // 3.6 at 50 a day: 6,220.8 s; the hour alone would have taken 2,592 s.
    let entry = out.queued.unwrap();
    assert_eq!(entry.ready, 6_220_800_000_000);
    assert_eq!(pair.tail_ready(), entry.ready);
    assert_eq!(pair.available(limits, 6_220), Ok(Amount::ZERO));
    assert!(pair.available(limits, 6_300).unwrap() > Amount::ZERO);
}

#[test]
fn a_wait_is_bounded_and_frees_at_once_only_at_its_end() {
    // Twenty days' worth of refill.
    let l = limit(1_000_000, 86_400);
    let bucket = Bucket::full(l, 0).unwrap();
    let (bucket, out) = bucket.request(l, 600, 0, Amount::raw(10_500_000)).unwrap();
    let entry = out.queued.unwrap();
    assert_eq!(entry.ready, LONGEST_WAIT * E9);
    assert_eq!(entry.claimable(86_400), Ok(Amount::raw(500_000)));
    let last = raw(entry.claimable(LONGEST_WAIT - 1).unwrap());
    assert_eq!(last, 3_499_994);
    assert_eq!(entry.claimable(LONGEST_WAIT), Ok(Amount::raw(10_000_000)));
    assert_eq!(bucket.available(l, LONGEST_WAIT), Ok(Amount::ZERO));
}

#[test]
fn nothing_stated_passes_nothing_until_the_longest_wait() {
    for none in [hourly(0), hourly(-5)] {
        let bucket = Bucket::full(none, 7).unwrap();
        let (_, out) = bucket.request(none, 0, 7, Amount::raw(1_000_000)).unwrap();
        assert_eq!(out.passes, Amount::ZERO);
        let entry = out.queued.unwrap();
        assert_eq!(entry.claimable(7 + LONGEST_WAIT - 1), Ok(Amount::ZERO));
        assert_eq!(
            entry.claimable(7 + LONGEST_WAIT),
            Ok(Amount::raw(1_000_000))
        );
    }
}

#[test]
fn what_makes_no_sense_is_out_of_range() {
    let bucket = Bucket::full(hourly(10), 0).unwrap();
    let none = limit(10, 0);
    assert_eq!(bucket.request(none, 0, 1, Amount::raw(1)), Err(OutOfRange));
    let owed = Amount::raw(-1);
    assert_eq!(bucket.request(hourly(10), 0, 1, owed), Err(OutOfRange));
    assert_eq!(bucket.returned(hourly(10), 1, owed), Err(OutOfRange));
    let late = bucket.request(hourly(10), 0, u64::MAX, Amount::raw(1));
    assert_eq!(late, Err(OutOfRange));
}

proptest! {
    #[test]
    fn no_window_passes_more_than_the_stated_limit(
        amount in 20_000i128..2_000_000, delay in prop_oneof![Just(0u64), Just(600), Just(3_600)],
        sequence in requests(), starts in prop::collection::vec(0u64..200_000, 20),
    ) {
        let l = hourly(amount);
        prop_assume!(short(&sequence, l));
        let (passed, entries, _) = drive(l, delay, &sequence);
        // The moment before each passage is where the most would fit.
        let borders = passed.iter().map(|(at, _)| at.saturating_sub(1));
        let lines = entries.iter().map(|e| e.from / E9);
        for start in starts.into_iter().chain(borders).chain(lines) {
            let out = left(&passed, &entries, start + l.window) - left(&passed, &entries, start);
            // Each entry's floor at the start of the window may be a unit below the truth.
            let slack = i128::try_from(entries.len()).unwrap();
            prop_assert!(out <= amount + slack, "{out} in the window from {start}");
        }
    }

    #[test]
    fn no_window_of_either_limit_passes_more_than_it_states(
        sequence in requests(), starts in prop::collection::vec(0u64..400_000, 20), delay in 0u64..4_000,
    ) {
        let limits = [hourly(100_000), limit(1_000_000, 86_400)];
        prop_assume!(short(&sequence, limits[1]));
        let (mut pair, mut now) = (Pair::full(limits, 0).unwrap(), 0);
        let (mut passed, mut entries) = (vec![], vec![]);
        for (wait, amount) in &sequence {
            now += wait;
            let (next, out) = pair.request(limits, delay, now, Amount::raw(*amount)).unwrap();
            passed.push((now, out.passes));
            entries.extend(out.queued);
            pair = next;
        }
        let borders = passed.iter().map(|(at, _)| at.saturating_sub(1));
        for start in starts.into_iter().chain(borders) {
            for l in limits {
                let out = left(&passed, &entries, start + l.window) - left(&passed, &entries, start);
                let slack = i128::try_from(entries.len()).unwrap();
                prop_assert!(out <= raw(l.amount) + slack, "{out} in the window from {start}");
            }
        }
    }

    #[test]
    fn splitting_a_request_gains_nothing(
        whole in 2i128..3_000_000, cut in 1i128..1_000_000, delay in 0u64..4_000, before in 0i128..900_000,
        times in prop::collection::vec(0u64..700_000, 12),
    ) {
        let l = hourly(700_001);
        let cut = 1 + cut % (whole - 1).max(1);
        let (bucket, _) = Bucket::full(l, 0).unwrap().request(l, delay, 0, Amount::raw(before)).unwrap();
        let (one, first) = bucket.request(l, delay, 100, Amount::raw(whole)).unwrap();
        let (part, a) = bucket.request(l, delay, 100, Amount::raw(cut)).unwrap();
        let (two, b) = part.request(l, delay, 100, Amount::raw(whole - cut)).unwrap();
        prop_assert_eq!(a.passes.plus(b.passes).unwrap(), first.passes);
        prop_assert!(two.tail_ready() >= one.tail_ready());
        let free = |out: &Passage, at| out.queued.map_or(0, |e| raw(e.claimable(at).unwrap()));
        for at in times {
            prop_assert!(free(&a, at) + free(&b, at) <= free(&first, at), "at {at}");
        }
    }

    #[test]
    fn waiting_never_takes_anything_away(
        amount in 1i128..5_000_000, delay in 0u64..4_000, times in prop::collection::vec(0u64..700_000, 2..20),
    ) {
        let l = hourly(300_001);
        let (bucket, out) = Bucket::full(l, 0).unwrap().request(l, delay, 0, Amount::raw(amount)).unwrap();
        let mut times = times;
        times.sort_unstable();
        for pair in times.windows(2) {
            prop_assert!(bucket.available(l, pair[0]).unwrap() <= bucket.available(l, pair[1]).unwrap());
            if let Some(e) = out.queued {
                prop_assert!(e.claimable(pair[0]).unwrap() <= e.claimable(pair[1]).unwrap());
                prop_assert!(e.ready <= LONGEST_WAIT * E9);
            }
        }
    }

    #[test]
    fn ticking_often_refills_what_ticking_once_does(
        amount in 0i128..1_000_000_000_000, ticks in prop::collection::vec(1u64..90, 1..60),
    ) {
        let l = limit(amount, 86_400);
        let (empty, _) = Bucket::full(l, 0).unwrap().request(l, 0, 0, Amount::raw(amount / 2)).unwrap();
        let (mut ticked, mut now) = (empty, 0);
        for wait in &ticks {
            now += wait;
            ticked = ticked.request(l, 0, now, Amount::ZERO).unwrap().0;
        }
        let once = empty.request(l, 0, now, Amount::ZERO).unwrap().0;
        prop_assert_eq!(ticked, once);
    }

    #[test]
    fn an_odd_window_loses_less_than_a_part_a_tick(
        amount in 0i128..1_000_000_000_000, ticks in prop::collection::vec(1u64..90, 1..60), window in 1u64..700_000,
    ) {
        let l = limit(amount, window);
        let (empty, _) = Bucket::full(l, 0).unwrap().request(l, 0, 0, Amount::raw(amount / 2)).unwrap();
        let (mut ticked, mut now) = (empty, 0);
        for wait in &ticks {
            now += wait;
            ticked = ticked.request(l, 0, now, Amount::ZERO).unwrap().0;
        }
        let once = empty.request(l, 0, now, Amount::ZERO).unwrap().0;
        prop_assert!(ticked.tokens <= once.tokens);
        let lost = once.tokens.u128() - ticked.tokens.u128();
        prop_assert!(lost <= u128::try_from(ticks.len()).unwrap(), "{lost} parts of a unit");
    }

    #[test]
    fn tokens_never_jump_with_the_limit(
        before in 1i128..1_000_000, after in 1i128..1_000_000, spent in 0i128..500_000, now in 0u64..10_000,
    ) {
        let (old, new) = (hourly(before), hourly(after));
        let (bucket, _) = Bucket::full(old, 0).unwrap().request(old, 0, 0, Amount::raw(spent)).unwrap();
        let now = now.max(bucket.tail_ready() / E9 + 1);
        let bucket = bucket.request(old, 0, now, Amount::ZERO).unwrap().0;
        let had = bucket.available(old, now).unwrap();
        // Up: nothing more at that moment. Down: at most the capacity of now, and back again the same.
        prop_assert_eq!(bucket.available(new, now).unwrap(), had.min(Amount::raw(after / 2)));
        let glanced = bucket.request(new, 0, now, Amount::ZERO).unwrap().0;
        prop_assert_eq!(glanced, bucket);
        // What passes under the lower limit is inside the lower limit, however it is cut.
        let (one, a) = bucket.request(new, 0, now, Amount::raw(1)).unwrap();
        let (_, b) = one.request(new, 0, now, Amount::raw(1_000_000)).unwrap();
        prop_assert!(raw(a.passes) + raw(b.passes) <= after / 2);
    }

    #[test]
    fn giving_back_never_overfills(
        amount in 2i128..1_000_000, spent in 0i128..500_000, back in 0i128..900_000, wait in 0u64..4_000,
    ) {
        let l = hourly(amount);
        let spent = spent.min(amount / 2);
        let (bucket, out) = Bucket::full(l, 0).unwrap().request(l, 0, 0, Amount::raw(spent)).unwrap();
        let full = Bucket::full(l, wait).unwrap();
        let after = bucket.returned(l, wait, Amount::raw(back)).unwrap();
        prop_assert!(after.tokens <= full.tokens);
        let whole = bucket.returned(l, 0, out.passes).unwrap();
        prop_assert_eq!(whole.tokens, Bucket::full(l, 0).unwrap().tokens);
    }
}
