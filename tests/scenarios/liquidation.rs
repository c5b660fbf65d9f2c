//! Liquidation: from the ladder, by the two-round and the deep rule, in part where that is enough.

use harness::{units, usd, Exchange};
use types::{engine::Liquidated, wire::Wire, Ratio, Side};

/// Ten at 2,000 with 1,100: initial margin about 5 %, maintenance 2.5 %.
fn thin(x: &mut Exchange, who: &str, side: Side) {
    x.opened(who, side, ("10", 1_300), "2000");
}

#[test]
fn one_wick_liquidates_nobody() {
    let mut x = Exchange::calm().build();
    thin(&mut x, "alice", Side::Long);
    x.round("1915");
    let res = x.crank();
    assert!(Liquidated::find(&res.events).unwrap().is_empty());
    assert!(x.position("alice").is_some());
    x.round("2000");
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("10"));
}

#[test]
fn two_rounds_liquidate_in_part_and_restore_health() {
    let mut x = Exchange::calm().build();
    thin(&mut x, "alice", Side::Long);
    x.walk("2000", "1912", 20);
    x.next_block();
    x.quote("1912");
    let res = x.crank();
    let done = Liquidated::find(&res.events).unwrap();
    assert_eq!(done.len(), 1, "{done:?}");
    let left = x.position("alice").unwrap();
    assert!(
        left.size < units("10") && left.size > units("1"),
        "{left:?}"
    );
    let (equity, notional) = (
        left.equity.unwrap(),
        left.size.notional_up(harness::price("1912")).unwrap(),
    );
    // At least maintenance plus buffer, and not much more.
    assert!(
        equity >= notional.share_down(types::Ratio::bps(299)).unwrap(),
        "{left:?}"
    );
    assert!(
        equity <= notional.share_up(types::Ratio::bps(320)).unwrap(),
        "{left:?}"
    );
    let again = x.crank();
    assert!(Liquidated::find(&again.events).unwrap().is_empty());
}

#[test]
fn a_deep_position_goes_at_one_valid_round() {
    let mut x = Exchange::calm().build();
    thin(&mut x, "alice", Side::Short);
    // A jump confirmed by three independent sources is Valid.
    x.round("2130");
    let res = x.crank();
    let done = Liquidated::find(&res.events).unwrap();
    assert_eq!(done.len(), 1, "{done:?}");
    assert!(x.position("alice").is_none());
}

#[test]
fn a_loss_beyond_margin_is_paid_by_insurance_first_and_recorded() {
    let mut x = Exchange::calm().insurance(1_000).build();
    x.opened("alice", Side::Long, ("100", 12_000), "2000");
    let before = x.books(0);
    x.round("1800");
    x.crank();
    let after = x.books(0);
    assert!(x.position("alice").is_none());
    let lost = after.bad_debt;
    // Three quarters of the fund: what one block may cost it.
    let fund = after.insurance.plus(lost.insurance).unwrap();
    assert_eq!(lost.insurance, fund.share_down(Ratio::percent(75)).unwrap());
    assert!(lost.vault > usd(5_000), "{lost:?}");
    // What it had, the reserve of the position, and its share of fees.
    assert!(fund >= usd(1_000) && fund < usd(1_100), "{after:?}");
    // The vault won what the long lost, less what was not there.
    assert!(after.nav.unwrap() > before.nav.unwrap());
    assert_eq!(
        x.wallet("alice"),
        usd(10).minus(types::Amount::raw(50_000)).unwrap()
    );
}

#[test]
fn the_worst_goes_first_and_limits_hold() {
    let mut x = Exchange::calm().build();
    x.opened("safe", Side::Long, ("10", 9_000), "2000");
    x.opened("worse", Side::Long, ("10", 1_250), "2000");
    x.opened("bad", Side::Long, ("10", 1_300), "2000");
    x.walk("2000", "1900", 20);
    x.next_block();
    x.quote("1900");
    let res = x.crank_in(0, "keeper", 1).unwrap();
    let done = Liquidated::find(&res.events).unwrap();
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].account, x.person("worse"));
    let res = x.crank();
    let done = Liquidated::find(&res.events).unwrap();
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].account, x.person("bad"));
    assert_eq!(x.position("safe").unwrap().size, units("10"));
}

#[test]
fn the_cranker_is_paid_and_more_when_it_took_long() {
    let paid = |wait: u64| {
        let mut x = Exchange::calm().build();
        thin(&mut x, "alice", Side::Short);
        x.round("2080");
        x.crank();
        x.wait(wait);
        x.quote("2130");
        let res = x.crank_in(0, "hunter", 5).unwrap();
        let done = Liquidated::find(&res.events).unwrap();
        assert_eq!(done.len(), 1);
        assert_eq!(x.wallet("hunter"), done[0].bounty);
        done[0].bounty
    };
    assert!(paid(6) < paid(45));
    assert!(paid(61) <= usd(1));
}

#[test]
fn nobody_leaves_with_gains_that_losers_cannot_pay() {
    // A bankrupt head is cleared before a winner's close settles.
    let mut x = Exchange::calm().build();
    x.opened("loser", Side::Long, ("100", 12_000), "2000");
    x.opened("winner", Side::Short, ("100", 30_000), "2000");
    x.close("winner", Side::Short).unwrap();
    x.round("1800");
    x.crank_book(0, "keeper", 10).unwrap();
    assert!(
        x.position("loser").is_none(),
        "cleared by the settlement itself"
    );
    assert!(x.position("winner").is_none());
}

#[test]
fn stale_and_uncertain_prices_liquidate_nobody() {
    let mut x = Exchange::calm().build();
    thin(&mut x, "alice", Side::Long);
    x.walk("2000", "1930", 10);
    x.next_block();
    x.quote("1912");
    x.wait(100);
    let res = x.crank();
    assert!(Liquidated::find(&res.events).unwrap().is_empty());
    assert!(x.position("alice").is_some());
}
