//! Jumps: unconfirmed ones make a price Uncertain, confirmed ones are read by the breaker.

use types::{oracle::Status, Price, Ratio};

use crate::suite::{usd, Suite, NAMES};

/// One source group: nobody confirms anybody, only time does.
const ALIKE: [u32; 3] = [7, 7, 7];

#[test]
fn the_average_is_refused_until_its_window_is_covered() {
    let mut s = Suite::calm().build();
    for _ in 0..24 {
        assert_eq!(s.tick(10, usd(2_000)).twap, None);
    }
    assert_eq!(s.tick(10, usd(2_000)).twap, Some(usd(2_000)));
}

#[test]
fn sources_of_different_groups_confirm_a_jump_at_once() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    let round = s.tick(10, usd(2_200));
    assert_eq!(round.status, Status::Valid);
    assert_eq!(round.price, usd(2_200));
    assert_eq!((round.low, round.high), (usd(2_000), usd(2_200)));
    assert_eq!(s.heard().jump, Ratio::percent(10));
    assert_eq!(s.heard().status, Status::Valid);
}

#[test]
fn a_jump_of_one_group_is_uncertain_until_it_is_seen_again() {
    let mut s = Suite::calm().groups(ALIKE).build();
    s.warm(usd(2_000));
    let round = s.tick(9, usd(2_200));
    assert_eq!(round.status, Status::Uncertain);
    // The acting price is never clamped.
    assert_eq!(round.price, usd(2_200));
    assert_eq!(s.heard().jump, Ratio::ZERO);
    assert_eq!(s.tick(9, usd(2_200)).status, Status::Uncertain);
    let seen_again = s.tick(1, usd(2_200));
    assert_eq!(seen_again.status, Status::Valid);
    assert!(s.heard().jump > Ratio::percent(9));
}

#[test]
fn while_nothing_confirms_a_jump_the_average_learns_it_clamped() {
    let next_average = |price: Price| {
        let mut s = Suite::calm().groups(ALIKE).build();
        s.warm(usd(2_000));
        assert_eq!(s.tick(9, price).status, Status::Uncertain);
        s.tick(9, price).twap.unwrap()
    };
    assert_eq!(next_average(usd(4_000)), next_average(usd(2_100)));
    assert!(next_average(usd(4_000)) > usd(2_000));
}

#[test]
fn a_jump_that_returns_leaves_nothing_behind() {
    let mut s = Suite::calm().groups(ALIKE).build();
    s.warm(usd(2_000));
    assert_eq!(s.tick(10, usd(2_200)).status, Status::Uncertain);
    assert_eq!(s.tick(10, usd(2_000)).status, Status::Valid);
    assert_eq!(s.tick(10, usd(2_200)).status, Status::Uncertain);
}

#[test]
fn after_a_halt_there_is_no_average_and_two_rounds_settle_a_move() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    let first = s.tick(28_800, usd(2_200));
    assert_eq!((first.status, first.twap), (Status::Uncertain, None));
    assert_eq!((first.low, first.high), (usd(2_200), usd(2_200)));
    let second = s.tick(10, usd(2_200));
    assert_eq!((second.status, second.twap), (Status::Valid, None));
    assert_eq!(s.heard().jump, Ratio::ZERO);
    let mut covered = None;
    for _ in 0..24 {
        covered = s.tick(10, usd(2_200)).twap;
    }
    assert!(covered.is_some_and(|a| usd(2_190) < a && a <= usd(2_200)));
}

#[test]
fn after_a_halt_without_a_move_the_first_round_is_valid() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    assert_eq!(s.tick(28_800, usd(2_010)).status, Status::Valid);
}

#[test]
fn an_uncertain_round_teaches_volatility_nothing() {
    let mut s = Suite::calm().groups(ALIKE).build();
    s.warm(usd(2_000));
    let before = s.snapshot(None).variance;
    s.later(60);
    for who in NAMES {
        s.says(who, usd(3_000), s.now());
    }
    s.refresh();
    assert_eq!(s.status(), Status::Uncertain);
    assert_eq!(s.snapshot(None).variance, before);
}
