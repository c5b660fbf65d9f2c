//! What is offered, by example and over random histories.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

fn params() -> Params {
    Params::default()
}

fn lease() -> Lease {
    Lease::of(Registered {
        market: "eth-perp".into(),
        feed: "eth-usd".into(),
        peg: None,
    })
}

fn heard(rounds: u64, streak: u64) -> Heard {
    Heard {
        rounds,
        streak,
        ..Heard::default()
    }
}

/// Judge, offer and take.
fn take(lease: &mut Lease, joined: Level, heard: &Heard, now: u64) -> Stance {
    let terms = lease.terms((joined, heard), now, &params());
    lease.offered(terms, now);
    lease.accepted();
    terms.stance
}

#[test]
fn the_first_opening_is_no_reopening() {
    let mut lease = lease();
    let first = take(&mut lease, Level::ReduceOnly, &heard(0, 0), 1_000);
    assert_eq!(first.caps, Ratio::ONE);
    let mut never = super::Lease::of(lease.market.clone());
    let open = take(&mut never, Level::Normal, &heard(1, 1), 1_000);
    assert_eq!(open.caps, Ratio::ONE);
    let second = take(&mut lease, Level::Normal, &heard(1, 1), 1_100);
    assert_eq!(second.caps, Ratio::percent(10), "that one was closed");
}

#[test]
fn only_a_market_that_came_from_protected_waits_for_rounds() {
    let mut lease = lease();
    lease.reconciled(1_011);
    take(&mut lease, Level::Normal, &heard(100, 100), 1_000);
    take(&mut lease, Level::Protected, &heard(100, 100), 1_010);
    let at = |lease: &Lease, heard: &Heard| {
        let terms = lease.terms((Level::Normal, heard), 1_020, &params());
        terms.stance.level
    };
    assert_eq!(at(&lease, &heard(104, 104)), Level::Protected);
    assert_eq!(at(&lease, &heard(105, 4)), Level::Protected);
    assert_eq!(at(&lease, &heard(105, 5)), Level::Normal);
    take(&mut lease, Level::Protected, &heard(103, 103), 1_030);
    assert_eq!(at(&lease, &heard(105, 5)), Level::Normal, "it came at 100");
    let settled = lease.terms((Level::Settlement, &heard(100, 0)), 1_020, &params());
    assert_eq!(settled.stance.level, Level::Settlement);
}

#[test]
fn and_for_a_pass_over_its_positions_that_began_after_it_came_there() {
    let mut lease = lease();
    assert!(lease.reconciled(999));
    take(&mut lease, Level::Protected, &heard(100, 100), 1_000);
    let at = |lease: &Lease, joined| {
        let terms = lease.terms((joined, &heard(200, 200)), 5_000, &params());
        terms.stance.level
    };
    assert_eq!(at(&lease, Level::Normal), Level::Protected);
    assert!(!lease.reconciled(998), "an older one is no news");
    assert!(lease.reconciled(1_000));
    assert_eq!(at(&lease, Level::Normal), Level::Protected, "nor this");
    lease.reconciled(1_001);
    assert_eq!(at(&lease, Level::ReduceOnly), Level::ReduceOnly);
    take(&mut lease, Level::ReduceOnly, &heard(200, 200), 5_000);
    take(&mut lease, Level::Protected, &heard(200, 200), 6_000);
    assert_eq!(at(&lease, Level::Normal), Level::Protected, "every time");
}

#[test]
fn a_lost_offer_waits_five_seconds_then_twice_as_long_up_to_five_minutes() {
    let mut lease = lease();
    let waits: Vec<u64> = (0..9)
        .map(|_| {
            lease.lost();
            lease.failed();
            lease.backoff()
        })
        .collect();
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
    lease.accepted();
    assert_eq!(lease.backoff(), 0);
    lease.lost();
    assert_eq!(lease.backoff(), 0, "what is not counted does not wait");
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(&Level::ALL[..4])
}

/// What is joined above, how much later, whether a fresh round came, whether it arrives.
fn history() -> impl Strategy<Value = Vec<(Level, u64, bool, bool)>> {
    prop::collection::vec((level(), 1_u64..700, any::<bool>(), any::<bool>()), 1..80)
}

proptest! {
    #[test]
    fn a_stance_is_never_looser_than_what_stands_above_and_never_longer_than_a_lease(history in history()) {
        let (mut lease, mut now, mut rounds) = (lease(), 10_000, 0);
        for (joined, later, fresh, arrives) in history {
            now += later;
            rounds += u64::from(fresh);
            let terms = lease.terms((joined, &heard(rounds, rounds)), now, &params());
            prop_assert!(terms.stance.level >= joined);
            prop_assert!(terms.stance.until <= now + params().lease);
            prop_assert!(terms.stance.caps <= Ratio::ONE);
            lease.offered(terms, now);
            if arrives { lease.accepted(); } else { lease.lost(); }
            prop_assert_eq!(lease.audit(&params()), None);
        }
    }

    #[test]
    fn caps_are_whole_only_after_three_steps_open(history in history()) {
        let (mut lease, mut now) = (lease(), 10_000);
        let mut open_since = None;
        let mut until = 0;
        for (joined, later, ..) in history {
            now += later;
            let lapsed = until > 0 && now > until;
            let stance = take(&mut lease, joined, &heard(u64::MAX, u64::MAX), now);
            until = stance.until;
            if stance.level >= Level::ReduceOnly {
                open_since = None;
            } else if open_since.is_none() || lapsed {
                open_since = Some(now);
            }
            let whole = open_since.is_none_or(|since| now - since >= 3 * params().reopen_step);
            // A first opening is no reopening.
            if stance.level < Level::ReduceOnly && stance.caps < Ratio::ONE {
                prop_assert!(!whole);
            }
            if whole {
                prop_assert_eq!(stance.caps, Ratio::ONE);
            }
        }
    }

    #[test]
    fn what_changed_or_is_half_spent_is_due_and_the_rest_is_not(joined in level(), other in level(), later in 0_u64..899) {
        let mut lease = lease();
        take(&mut lease, joined, &heard(9, 9), 10_000);
        let now = 10_000 + later;
        let terms = lease.terms((other, &heard(99, 99)), now, &params());
        let same = terms.stance.level == joined && terms.stance.caps == lease.stance.caps;
        prop_assert_eq!(lease.is_due(terms.stance, now, &params()), !same || later > 450);
    }
}
