//! Flow control against its rule in exact numbers: tokens and times as fractions, nothing rounded but what
//! passes, to whole units.

use math::{
    bucket::{Bucket, Entry, Limit, Pair, Passage, LONGEST_WAIT},
    units::Amount,
};
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use proptest::prelude::*;

use crate::{
    cases,
    exact::{int, Q},
};

const E9: i128 = 1_000_000_000;

/// One door.
#[derive(Clone)]
struct Door {
    limit: i128,
    window: i128,
    tokens: Q,
}

/// Doors with one queue. Times are seconds, money is in units.
struct Rule {
    doors: Vec<Door>,
    counted: Q,
    tail: Q,
}

/// A place in the queue.
struct Place {
    amount: i128,
    from: Q,
    span: Q,
    ready: Q,
}

impl Door {
    fn capacity(&self) -> Q {
        int(self.limit) / int(2)
    }

    fn rate(&self) -> Q {
        self.capacity() / int(self.window)
    }
}

impl Rule {
    fn full(doors: &[(i128, i128)]) -> Self {
        let door = |(limit, window): &(i128, i128)| Door {
            limit: *limit,
            window: *window,
            tokens: int(*limit) / int(2),
        };
        Self {
            doors: doors.iter().map(door).collect(),
            counted: Q::zero(),
            tail: Q::zero(),
        }
    }

    fn request(&mut self, delay: i128, now: i128, amount: i128) -> (i128, Option<Place>) {
        let at = int(now);
        let run = (&at - self.counted.clone().max(self.tail.clone())).max(Q::zero());
        self.counted = at.clone();
        for door in &mut self.doors {
            let raised = (&door.tokens + door.rate() * &run).min(door.capacity());
            door.tokens = raised.max(door.tokens.clone());
        }
        let mut passes = amount;
        for door in &self.doors {
            let most = door.tokens.clone().min(door.capacity()).floor();
            let most = i128::try_from(most.to_integer()).unwrap();
            passes = passes.min(if at < self.tail { 0 } else { most });
        }
        for door in self.doors.iter_mut().filter(|_| passes > 0) {
            door.tokens = door.tokens.clone().min(door.capacity()) - int(passes);
        }
        let rest = amount - passes;
        if rest == 0 {
            return (passes, None);
        }
        let spans = self.doors.iter().map(|d| int(rest) / d.rate());
        let span = spans.max().unwrap();
        let tail = self.tail.clone().max(at.clone());
        let full = (&at + int(delay)).max(&tail + &span);
        let ready = full.clone().min(&at + int(LONGEST_WAIT.into()));
        self.tail = ready.clone();
        let place = Place {
            amount: rest,
            from: full - &span,
            span,
            ready,
        };
        (passes, Some(place))
    }
}

impl Place {
    fn claimable(&self, now: i128) -> Q {
        if int(now) >= self.ready {
            return int(self.amount);
        }
        int(self.amount) * (int(now) - &self.from).max(Q::zero()) / &self.span
    }
}

fn stated((amount, window): (i128, i128)) -> Limit {
    Limit {
        amount: Amount::raw(amount),
        window: u64::try_from(window).unwrap(),
    }
}

fn raw(a: Amount) -> i128 {
    a.0.i128()
}

/// Waits and amounts.
fn requests() -> impl Strategy<Value = Vec<(i128, i128)>> {
    let wait =
        prop_oneof![3 => Just(0i128), 2 => 0i128..900, 2 => 0i128..20_000, 1 => 0i128..900_000];
    prop::collection::vec((wait, 0i128..900_000), 1..25)
}

fn delays() -> impl Strategy<Value = i128> {
    prop_oneof![Just(0i128), Just(600), Just(3_600), 0i128..10_000]
}

proptest! {
    #![proptest_config(cases(5_000))]

    /// One limit that stays: to the unit, and to the next nanosecond.
    #[test]
    fn one_bucket_is_the_rule(
        limit in 1i128..2_000_000, day in prop::bool::ANY, delay in delays(), sequence in requests(),
        times in prop::collection::vec(0i128..2_000_000, 5),
    ) {
        let door = (limit, if day { 86_400 } else { 3_600 });
        let (mut rule, mut now) = (Rule::full(&[door]), 0i128);
        let mut bucket = Bucket::full(stated(door), 0).unwrap();
        let wait = u64::try_from(delay).unwrap();
        for (pause, amount) in sequence {
            now += pause;
            let at = u64::try_from(now).unwrap();
            let (next, Passage { passes, queued }) =
                bucket.request(stated(door), wait, at, Amount::raw(amount)).unwrap();
            bucket = next;
            let (right, place) = rule.request(delay, now, amount);
            prop_assert_eq!(raw(passes), right);
            prop_assert_eq!(queued.is_some(), place.is_some());
            let Some((entry, place)) = queued.zip(place) else { continue };
            prop_assert_eq!(raw(entry.amount), place.amount);
            let ready = (&place.ready * int(E9)).ceil().to_integer();
            prop_assert_eq!(BigInt::from(entry.ready), ready);
            for t in &times {
                let got = raw(entry.claimable(u64::try_from(now + t).unwrap()).unwrap());
                let gap = place.claimable(now + t) - int(got);
                // Rounded down, and a nanosecond's worth late at most.
                let late = int(place.amount) / (&place.span * int(E9)) * int(2);
                prop_assert!(!gap.is_negative() && gap <= int(1) + late, "{gap}");
            }
        }
    }

    /// Two limits that move: no more has left than by the rule, beyond a unit of each request.
    #[test]
    fn two_buckets_are_the_rule_whatever_the_base_does(
        delay in delays(), sequence in requests(), bases in prop::collection::vec(20_000i128..2_000_000, 25),
        times in prop::collection::vec(0i128..3_000_000, 8),
    ) {
        let doors = |base: i128| [(base / 100, 3_600), (base / 10, 86_400)];
        let (mut rule, mut now) = (Rule::full(&doors(bases[0])), 0i128);
        let mut pair = Pair::full(doors(bases[0]).map(stated), 0).unwrap();
        let [mut left, mut right]: [Vec<(i128, i128)>; 2] = [vec![], vec![]];
        let (mut entries, mut places): (Vec<Entry>, Vec<Place>) = (vec![], vec![]);
        let count = i128::try_from(sequence.len()).unwrap();
        for ((pause, amount), base) in sequence.into_iter().zip(bases) {
            now += pause;
            for (door, (limit, _)) in rule.doors.iter_mut().zip(doors(base)) {
                door.limit = limit;
            }
            let (wait, at) = (u64::try_from(delay).unwrap(), u64::try_from(now).unwrap());
            let amount = amount / 10;
            let (next, out) = pair.request(doors(base).map(stated), wait, at, Amount::raw(amount)).unwrap();
            pair = next;
            let (passes, place) = rule.request(delay, now, amount);
            left.push((now, raw(out.passes)));
            right.push((now, passes));
            entries.extend(out.queued);
            places.extend(place);
        }
        let passed = |rows: &[(i128, i128)], t| rows.iter().filter(|r| r.0 <= t).map(|r| r.1).sum::<i128>();
        for t in times.into_iter().chain([now, now + 3_000_000]) {
            let at = u64::try_from(t).unwrap();
            let claims: i128 = entries.iter().map(|e| raw(e.claimable(at).unwrap())).sum();
            let got = int(passed(&left, t) + claims);
            let want: Q = places.iter().map(|p| p.claimable(t)).sum();
            let want = want + int(passed(&right, t));
            prop_assert!((&got - &want).abs() <= int(2 * count + 2), "{got} {want} at {t}");
        }
    }
}
