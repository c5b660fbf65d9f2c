//! Prices are read where the oracle posts them. While its code is dead what the last rounds say stands, and grows stale.

use harness::{dollars, price, units, AppResponse, Exchange, Failed, Fault, Module};
use types::{engine::ExecuteMsg, level::Level, oracle::Status, Side};

/// Alice is long 10 at 2,000, Bob short; an order of Carl's is due at the round that came last.
fn scene() -> Exchange {
    on(Exchange::calm().build())
}

fn on(mut x: Exchange) -> Exchange {
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

/// Two longs that the last round finds liquidatable, one of them no longer when only rounds that have passed are left.
#[test]
fn while_it_is_dead_its_last_rounds_liquidate_only_while_they_are_fresh() {
    let dead_for = |seconds: u64| {
        let mut x = Exchange::calm().build();
        x.opened("carl", Side::Short, ("20", 30_000), "2000");
        x.opened("alice", Side::Long, ("10", 1_300), "2000");
        x.walk("2000", "1900", 12);
        x.round("1900");
        x.fault(Module::Oracle, Fault::Dead);
        x.wait(seconds);
        x.crank();
        x.assert_sound();
        x.position("alice")
            .is_none_or(|p| p.size.abs().unwrap() < units("10"))
    };
    assert!(dead_for(6), "both rounds are of now");
    assert!(!dead_for(91), "they have passed");
}

#[test]
fn while_it_is_dead_exits_are_open_and_the_market_closes_when_its_lease_lapses() {
    let mut x = scene();
    x.crank();
    let last = x.prices(0, None).newest.unwrap().round.price;
    assert_eq!(last, price("2000"));
    x.fault(Module::Oracle, Fault::Dead);
    let before = x.position("alice").unwrap();
    let mut levels = vec![];
    for _ in 0..40 {
        x.wait(60);
        x.crank();
        x.assert_sound();
        levels.push(x.books(0).stance.at(x.now()).level);
    }
    // The breaker hears nothing, so nothing trips; nothing fills either, and within a quarter of an hour the lease ends.
    assert_eq!(levels[13], Level::Normal);
    assert_eq!(levels[15..], [Level::ReduceOnly; 25]);
    assert_eq!(x.posted(0).unwrap().status, Status::Invalid);
    assert_eq!(x.position("alice").unwrap().size, before.size);
    // Adding is never refused; removing needs a price that is known.
    let market = x.markets[0].id.clone();
    let amount = dollars(1).into();
    x.tell("alice", &ExecuteMsg::AddMargin { market, amount })
        .unwrap();
    assert!(remove(&mut x, "alice", 1).is_err());
    x.withdraw("carl", 10).unwrap();
}

/// Whoever writes nonsense where prices are read gets nothing by it but silence.
#[test]
fn a_record_that_does_not_read_is_no_price_and_blames_nobody() {
    for what in ["posted_1", "rounds"] {
        // The audit would find the records broken, as they are.
        let mut x = on(Exchange::calm().unaudited().build());
        x.lp_deposit("carl", 0, 1_000).unwrap();
        let oracle = x.oracle.clone();
        {
            let mut storage = x.app_mut().contract_storage_mut(&oracle);
            let all: Vec<_> = storage
                .range(None, None, cosmwasm_std::Order::Ascending)
                .filter(|(key, _)| key.windows(what.len()).any(|w| w == what.as_bytes()))
                .collect();
            assert!(!all.is_empty());
            for (key, _) in all {
                storage.set(&key, b"\xff\xff\xff");
            }
        }
        x.fault(Module::Oracle, Fault::Dead);
        for _ in 0..12 {
            x.wait(60);
            x.crank();
            assert!(!x.books(0).dead, "{what}");
        }
        let market = x.markets[0].id.clone();
        let amount = dollars(1).into();
        x.tell("alice", &ExecuteMsg::AddMargin { market, amount })
            .unwrap();
        x.close("bob", Side::Short).unwrap();
        let order = x.mandates("bob")[0].order;
        x.cancel("bob", order).unwrap();
        x.withdraw("carl", 10).unwrap();
    }
}
