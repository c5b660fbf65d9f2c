//! Prices are read where the oracle posts them. While its code is dead what the last rounds say stands, and grows stale.

use harness::{dollars, price, units, AppResponse, Exchange, Failed, Fault, Module};
use types::{engine::ExecuteMsg, oracle::Status, Amount, Side};

/// Alice is long 10 at 2,000, Bob short; an order of Carl's is due at the round that came last.
fn scene() -> Exchange {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 9_000), "2000");
    x.opened("bob", Side::Short, ("10", 9_000), "2000");
    x.deposit("carl", 9_000);
    x.increase("carl", Side::Long, "1", 3_000).unwrap();
    x.round("2000");
    x
}

fn remove(x: &mut Exchange, who: &str, sum: u128) -> Result<AppResponse, Failed> {
    let market = x.markets[0].id.clone();
    let amount = dollars(sum).into();
    x.tell(who, &ExecuteMsg::RemoveMargin { market, amount })
}

#[test]
fn what_a_dead_oracle_said_last_still_settles_what_was_due_then() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = scene();
        x.fault(Module::Oracle, fault);
        x.crank();
        assert!(x.position("carl").is_some(), "{fault:?}: it was due");
        remove(&mut x, "alice", 100).unwrap();
        // What is signed now waits for a round that nobody knows.
        x.reduce("bob", Side::Short, "1").unwrap();
        x.wait(30);
        x.crank();
        let short = x.position("bob").unwrap().size;
        assert_eq!(short.abs().unwrap(), units("10"), "{fault:?}");
        assert!(!x.books(0).dead, "{fault:?}: nobody blames the order book");
        x.fault(Module::Oracle, Fault::None);
        x.round("2000");
        x.crank();
        let short = x.position("bob").unwrap().size;
        assert_eq!(short.abs().unwrap(), units("9"), "{fault:?}");
        x.assert_sound();
    }
}

#[test]
fn while_it_is_dead_its_last_round_grows_stale_and_nobody_is_liquidated_by_it() {
    let mut x = scene();
    x.crank();
    let prices = x.prices(0, None);
    let last = prices.newest.unwrap().round.price;
    assert_eq!((prices.status, last), (Status::Valid, price("2000")));
    x.fault(Module::Oracle, Fault::Dead);
    let before = x.position("alice").unwrap();
    for _ in 0..40 {
        x.wait(60);
        x.crank();
        x.assert_sound();
    }
    let after = x.position("alice").unwrap();
    assert_eq!(before.size, after.size);
    // Adding is never refused; removing needs a price that is known.
    let market = x.markets[0].id.clone();
    let amount = 1_000_000u128.into();
    x.tell("alice", &ExecuteMsg::AddMargin { market, amount })
        .unwrap();
    assert!(remove(&mut x, "alice", 1).is_err());
    assert!(after.margin > Amount::ZERO);
}
