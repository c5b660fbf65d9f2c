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

/// Two of three are left, and then say so, every ten seconds.
fn two_say(s: &mut Suite, (a, b): (u128, u128), rounds: usize) {
    for _ in 0..rounds {
        s.later(10);
        s.says("ann", usd(a), s.now());
        s.says("ben", usd(b), s.now());
        s.refresh();
    }
}

#[test]
fn a_dispute_that_repeats_itself_moves_the_average_no_further_than_both_agree() {
    for (lie, reached) in [(200, 2_000), (20_000, 2_000), (1_900, 1_960)] {
        let mut s = Suite::calm().build();
        s.warm(usd(2_000));
        two_say(&mut s, (2_000, 2_000), 8);
        // Whoever is right has moved to what was reached, or not at all.
        two_say(&mut s, (reached, lie), 36);
        let round = s.newest();
        assert_eq!(round.status, Status::Uncertain, "{lie}");
        assert_eq!(round.price, usd((reached + lie) / 2));
        assert_eq!(round.twap, Some(usd(reached)), "{lie}");
        let (low, high) = (usd(reached.min(lie)), usd(reached.max(lie)));
        assert!(round.low <= low && round.high >= high, "{round:?}");
    }
}

#[test]
fn a_move_that_both_make_reaches_the_average_however_far_they_are_apart() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    two_say(&mut s, (2_000, 2_000), 8);
    two_say(&mut s, (1_000, 900), 36);
    let round = s.newest();
    assert_eq!(
        (round.status, round.twap),
        (Status::Uncertain, Some(usd(1_000)))
    );
    two_say(&mut s, (900, 900), 36);
    assert_eq!(s.newest().twap, Some(usd(900)));
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
