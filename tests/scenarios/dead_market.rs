//! An order book that is dead or silent: the engine executes reductions itself and gives increases back.

use harness::{usd, Exchange, Fault, Module};
use types::{
    engine::{MandateDone, Refusal},
    wire::Wire,
    Side,
};

#[test]
fn the_engine_closes_a_position_whose_market_is_dead() {
    for fault in [Fault::Dead, Fault::Panic] {
        let mut x = Exchange::calm().build();
        x.opened("alice", Side::Long, ("10", 5_000), "2000");
        x.fault(Module::Market(0), fault);
        x.close("alice", Side::Long).unwrap();
        x.round("2010");
        // Not at this one: the close is due at 2,010.
        x.next_block();
        x.quote("2020");
        x.crank();
        assert!(x.position("alice").is_none(), "{fault:?}");
        let got = x.wallet("alice");
        assert!(got > usd(5_080) && got < usd(5_110), "{fault:?}: {got:?}");
        assert!(x.books(0).dead);
    }
}

#[test]
fn a_silent_market_counts_as_dead_after_ten_minutes() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.fault(Module::Market(0), Fault::Garbage);
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(!x.books(0).dead);
    for _ in 0..19 {
        x.wait(30);
        x.quote("2000");
        x.crank();
        assert!(x.position("alice").is_some());
    }
    x.wait(60);
    x.quote("2000");
    x.crank();
    assert!(x.books(0).dead && x.position("alice").is_none());
}

#[test]
fn an_increase_of_a_dead_market_goes_back_less_its_fees() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    x.increase("alice", Side::Long, "10", 5_000).unwrap();
    x.fault(Module::Market(0), Fault::Dead);
    x.crank();
    assert_eq!(x.mandates("alice").len(), 1, "its round has not come");
    x.round("2000");
    let res = x.crank();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(done[0].reason, Refusal::Evicted);
    // Taker fee 5 bp of 20,000, and 5 cents.
    assert_eq!(
        x.wallet("alice"),
        usd(10_000).minus(types::Amount::raw(10_050_000)).unwrap()
    );
}

#[test]
fn exits_work_while_the_market_is_dead_and_it_comes_back() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    x.fault(Module::Market(0), Fault::Dead);
    x.increase("alice", Side::Long, "1", 500).unwrap();
    assert!(x.mandates("alice").is_empty(), "refunded at once");
    x.add_margin("alice", 100).unwrap();
    x.withdraw("alice", 100).unwrap();
    x.round("2000");
    x.crank();
    x.remove_margin("alice", 100).unwrap();
    assert!(x.vitals().venue_faults > 0);
    x.fault(Module::Market(0), Fault::None);
    x.crank();
    assert!(!x.books(0).dead);
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
}

#[test]
fn the_market_drops_an_order_that_was_taken_over() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.close("alice", Side::Long).unwrap();
    x.fault(Module::Market(0), Fault::Dead);
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
    x.fault(Module::Market(0), Fault::None);
    assert_eq!(x.queue(0).reducing, 1);
    x.crank();
    assert_eq!(x.queue(0).reducing, 0);
}
