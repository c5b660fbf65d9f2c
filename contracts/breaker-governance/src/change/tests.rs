//! Random announcements, vetoes and executions, against what they promise.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods)]

use cosmwasm_std::testing::MockStorage;
use proptest::prelude::*;
use types::breaker::Registered;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Announce(u8, Level),
    Veto(u8, u64),
    Cancel(u64),
    Execute(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u8..12, prop::sample::select(&Level::ALL[..])).prop_map(|(n, l)| Act::Announce(n, l)),
        4 => (0_u8..4, 1_u64..20).prop_map(|(n, id)| Act::Veto(n, id)),
        1 => (1_u64..20).prop_map(Act::Cancel),
        4 => (1_u64..20).prop_map(Act::Execute),
    ]
}

fn who(n: u8) -> Addr {
    Addr::unchecked(format!("guardian-{n}"))
}

/// Ten registrations and two lists.
fn content(n: u8) -> Content {
    if n < 10 {
        Content::Register {
            market: Registered {
                market: format!("m-{n}"),
                feed: "eth-usd".into(),
                peg: None,
            },
            clearing: None,
        }
    } else {
        Content::SetGuardians {
            guardians: (0..4).filter(|g| *g != n - 10).map(who).collect(),
        }
    }
}

proptest! {
    #[test]
    fn nothing_is_executed_before_its_delay_and_every_week_it_was_postponed_by(
        acts in prop::collection::vec((act(), 0_u64..400_000), 1..80)
    ) {
        let mut storage = MockStorage::new();
        let mut now = 1_000_000;
        start(&mut storage).unwrap();
        guardian::start(&mut storage, (0..4).map(who).collect(), now).unwrap();
        for (act, later) in acts {
            now += later;
            for n in 0..4 {
                guardian::heartbeat(&mut storage, &who(n), now).unwrap();
            }
            let before = list(&storage).unwrap();
            match act {
                Act::Announce(n, level) => {
                    if announce(&mut storage, (content(n), level), now).is_ok() {
                        let after = list(&storage).unwrap();
                        let change = after.last().unwrap();
                        let slow = n >= 10 || level >= Level::ReduceOnly;
                        let delay = if slow { LONG_DELAY } else { DELAY };
                        prop_assert!(change.ready >= now + delay);
                    }
                }
                Act::Veto(n, id) => {
                    if veto(&mut storage, &who(n), (id, now)).is_ok() {
                        let of = |list: &[Change]| list.iter().find(|c| c.id == id).cloned().unwrap();
                        let (old, new) = (of(&before), of(&list(&storage).unwrap()));
                        prop_assert_eq!(new.ready, old.ready + VETO);
                        prop_assert!(veto(&mut storage, &who(n), (id, now)).is_err());
                        if let Content::SetGuardians { guardians } = &new.content {
                            prop_assert!(new.postponed <= MOST);
                            prop_assert!(guardians.contains(&who(n)));
                        }
                    }
                }
                Act::Cancel(id) => {
                    let known = before.iter().any(|c| c.id == id);
                    prop_assert_eq!(cancel(&mut storage, id).is_ok(), known);
                }
                Act::Execute(id) => {
                    let change = before.iter().find(|c| c.id == id);
                    let due = change.is_some_and(|c| now >= c.ready);
                    prop_assert_eq!(execute(&mut storage, id, now).is_ok(), due);
                    if let Some(change) = change.filter(|_| due) {
                        prop_assert!(now >= change.announced + DELAY + change.postponed);
                    }
                }
            }
            prop_assert_eq!(audit(&storage).unwrap(), []);
        }
    }

    #[test]
    fn cancelling_and_announcing_again_never_brings_a_vetoed_change_nearer(vetoes in 1_u8..4, waits in prop::collection::vec(0_u64..300_000, 1..5)) {
        let mut storage = MockStorage::new();
        let mut now = 1_000_000;
        start(&mut storage).unwrap();
        guardian::start(&mut storage, (0..4).map(who).collect(), now).unwrap();
        announce(&mut storage, (content(0), Level::Normal), now).unwrap();
        for n in 0..vetoes {
            veto(&mut storage, &who(n), (1, now)).unwrap();
        }
        let ready = list(&storage).unwrap()[0].ready;
        for wait in waits {
            let id = list(&storage).unwrap()[0].id;
            cancel(&mut storage, id).unwrap();
            now += wait;
            announce(&mut storage, (content(0), Level::Normal), now).unwrap();
            prop_assert!(list(&storage).unwrap()[0].ready >= ready);
        }
    }
}

/// A chain takes no value above 128 KiB: were the list of changes as long, no veto could be written.
#[test]
fn however_much_the_changes_say_each_can_be_vetoed() {
    const CHAIN: usize = 128 * 1_024;
    let mut storage = MockStorage::new();
    let now = 1_000_000;
    start(&mut storage).unwrap();
    guardian::start(&mut storage, (0..9).map(who).collect(), now).unwrap();
    let long = |n: usize, bytes: usize| Content::Upgrade {
        module: Addr::unchecked(format!("module-{n}")),
        code: u64::MAX,
        msg: vec![b' '; bytes].into(),
    };
    let most = (0..MAX_BYTES)
        .rev()
        .find(|bytes| named(&long(0, *bytes)).unwrap().len() <= MAX_BYTES)
        .unwrap();
    let more = (long(0, most + 1), Level::Normal);
    let refused = announce(&mut storage, more, now).unwrap_err();
    assert!(matches!(
        refused,
        ContractError::TooLong { max: MAX_BYTES, .. }
    ));
    for n in 0..MAX {
        announce(&mut storage, (long(n, most), Level::Settlement), now).unwrap();
    }
    for id in 1..=8 {
        for n in 0..9 {
            veto(&mut storage, &who(n), (id, now)).unwrap();
        }
    }
    let largest = storage
        .range(None, None, cosmwasm_std::Order::Ascending)
        .map(|(key, value)| key.len().max(value.len()))
        .max();
    assert!(largest.unwrap() < CHAIN / 2, "{largest:?}");
}
