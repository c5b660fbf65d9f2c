//! Faults are the module's, never the user's; and they stay where they happen.

use harness::{units, usd, Exchange, Fault, Module};
use types::{market::OrderFaulted, wire::Wire, Side};

#[test]
fn a_reduction_the_engine_fails_on_waits_and_is_settled_at_its_own_round() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.close("alice", Side::Long).unwrap();
    x.round("2010");
    x.fault(Module::Engine, Fault::Panic);
    let res = x.crank_book(0, "keeper", 10).unwrap();
    let faulted = OrderFaulted::find(&res.events).unwrap();
    assert_eq!((faulted.len(), faulted[0].faults), (1, 1));
    assert_eq!(x.queue(0).reducing, 1);
    x.fault(Module::Engine, Fault::None);
    // Not again at once: half a minute first.
    x.next_block();
    x.quote("1900");
    x.crank_book(0, "keeper", 10).unwrap();
    assert!(x.position("alice").is_some());
    x.wait(31);
    x.quote("1890");
    x.crank_book(0, "keeper", 10).unwrap();
    assert!(x.position("alice").is_none());
    // At the round it was due at, not at what the price has become.
    assert!(x.wallet("alice") > usd(5_050), "{:?}", x.wallet("alice"));
}

#[test]
fn an_increase_the_engine_fails_on_is_refunded_when_it_can_be() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = Exchange::calm().build();
        x.deposit("alice", 10_000);
        x.increase("alice", Side::Long, "1", 500).unwrap();
        x.round("2000");
        x.fault(Module::Engine, fault);
        x.crank_book(0, "keeper", 10).unwrap();
        x.fault(Module::Engine, Fault::None);
        for _ in 0..3 {
            x.wait(40);
            x.quote("2000");
            x.crank_book(0, "keeper", 10).unwrap();
        }
        assert_eq!(x.queue(0).increasing, 0, "{fault:?}");
        let (held, free) = (x.position("alice"), x.wallet("alice"));
        let whole = held.is_none() && free == usd(10_000);
        let filled = held.is_some_and(|p| p.size == units("1"));
        assert!(whole || filled, "{fault:?}: nothing is lost on the way");
    }
}

/// A day in the first market, the second being what it is.
fn a_day(second: Option<Fault>) -> Exchange {
    let mut x = Exchange::calm().markets(2).build();
    x.deposit("bob", 20_000);
    x.increase_in(1, "bob", (Side::Long, "3"), 5_000).unwrap();
    if let Some(fault) = second {
        x.fault(Module::Market(1), fault);
    }
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.opened("carl", Side::Short, ("20", 9_000), "2000");
    x.reduce("carl", Side::Short, "5").unwrap();
    x.round("1960");
    let _ = x.crank_in(1, "keeper", 10);
    x.crank();
    x.walk("1960", "1900", 12);
    let _ = x.crank_in(1, "keeper", 10);
    x.crank();
    x
}

#[test]
fn a_failure_in_one_market_changes_no_byte_of_another() {
    let well = a_day(None);
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let ill = a_day(Some(fault));
        let raw = |x: &Exchange, module| x.dump(module);
        assert_eq!(
            raw(&well, Module::Market(0)),
            raw(&ill, Module::Market(0)),
            "{fault:?}"
        );
        assert_eq!(well.books(0), ill.books(0), "{fault:?}");
        for who in ["alice", "carl"] {
            assert_eq!(well.position(who), ill.position(who), "{fault:?}");
            assert_eq!(well.wallet(who), ill.wallet(who), "{fault:?}");
        }
    }
}
