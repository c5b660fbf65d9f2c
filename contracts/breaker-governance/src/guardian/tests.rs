//! Random lives of three guardians, against what they promise.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods)]

use cosmwasm_std::testing::MockStorage;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Raise(Level, u32),
    Withdraw,
    Lift,
    Heartbeat,
    Replace(Vec<u8>),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (prop::sample::select(&Level::ALL[..]), 0_u32..80).prop_map(|(l, h)| Act::Raise(l, h)),
        2 => Just(Act::Withdraw),
        1 => Just(Act::Lift),
        1 => Just(Act::Heartbeat),
        1 => prop::collection::btree_set(0_u8..4, 0..4).prop_map(|s| Act::Replace(s.into_iter().collect())),
    ]
}

fn who(n: u8) -> Addr {
    Addr::unchecked(format!("guardian-{n}"))
}

fn held(storage: &dyn Storage, now: u64) -> usize {
    raises(storage, now).unwrap().len()
}

proptest! {
    #[test]
    fn each_holds_one_scope_at_a_time_for_three_days_at_most_and_a_third_of_the_time(
        acts in prop::collection::vec((act(), 0_u8..3, 0_u64..400_000), 1..60)
    ) {
        let mut storage = MockStorage::new();
        let mut now = 1_000_000;
        start(&mut storage, vec![who(0), who(1), who(2)], now).unwrap();
        let mut free = [0_u64; 3];
        for (act, n, later) in acts {
            now += later;
            let before = held(&storage, now);
            match act {
                Act::Raise(level, hours) => {
                    let scope = Scope::Global {};
                    if raise(&mut storage, &who(n), (scope, level, hours), now).is_ok() {
                        prop_assert!((Level::Guarded..=Level::Protected).contains(&level));
                        prop_assert!((1..=72).contains(&hours));
                        let asked = u64::from(hours) * 3_600;
                        prop_assert!(now >= free[usize::from(n)], "it rests");
                        free[usize::from(n)] = now + 2 * asked;
                        prop_assert_eq!(held(&storage, now), before + 1);
                    } else {
                        prop_assert_eq!(held(&storage, now), before);
                    }
                }
                Act::Withdraw => {
                    let ended = withdraw(&mut storage, &who(n), now).is_ok();
                    prop_assert_eq!(held(&storage, now), before - usize::from(ended));
                }
                Act::Lift => {
                    let scope = Scope::Global {};
                    let ended = lift(&mut storage, &who(n), (&scope, now)).is_ok();
                    prop_assert_eq!(held(&storage, now), before - usize::from(ended));
                }
                Act::Heartbeat => {
                    let _ = heartbeat(&mut storage, &who(n), now);
                    prop_assert_eq!(held(&storage, now), before);
                }
                Act::Replace(list) => {
                    // A list is announced a week before, one at a time.
                    now += LINGER;
                    let list: Vec<Addr> = list.into_iter().map(who).collect();
                    replace(&mut storage, &list, now).unwrap();
                    for own in &list {
                        prop_assert!(listed(&storage, own).unwrap());
                    }
                    free = [0; 3];
                }
            }
            prop_assert_eq!(audit(&storage).unwrap(), []);
            for raise in raises(&storage, now).unwrap() {
                prop_assert!(raise.since <= now && now <= raise.until);
                prop_assert!(raise.until - raise.since <= 72 * 3_600);
            }
        }
    }

    #[test]
    fn lists_that_come_a_week_apart_never_grow_beyond_twice_nine(lists in prop::collection::vec(prop::collection::btree_set(0_u8..40, 0..10), 1..12)) {
        let mut storage = MockStorage::new();
        let mut now = 1_000_000;
        start(&mut storage, vec![], now).unwrap();
        for set in lists {
            now += LINGER;
            let set: Vec<Addr> = set.into_iter().map(who).collect();
            replace(&mut storage, &set, now).unwrap();
            prop_assert_eq!(audit(&storage).unwrap(), []);
        }
    }
}
