//! The master rule: fail closed for what adds risk, fail open for what reduces it.

use harness::{Exchange, Fault, Module};
use types::{level::Level, Side};

/// Alice holds a position and an order waits; everything must still let her out.
fn scene() -> Exchange {
    let mut x = Exchange::calm().markets(2).build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    x
}

fn gets_out(x: &mut Exchange) {
    x.add_margin("alice", 100).expect("add margin");
    x.close("alice", Side::Long).expect("close");
    let order = x.mandates("alice").last().expect("it waits").order;
    x.cancel("alice", order).expect("cancel");
    x.withdraw("alice", 500).expect("withdraw");
}

#[test]
fn every_level_below_settlement_leaves_every_exit_open() {
    // Confirmed jumps of 6, 12 and 40 % reach the three levels.
    for (at, level) in [
        ("2000", Level::Normal),
        ("2120", Level::Guarded),
        ("2240", Level::ReduceOnly),
        ("2800", Level::Protected),
    ] {
        let mut x = scene();
        x.wait(30);
        x.quote(at);
        assert!(x.stance().level >= level, "{at} {level:?} {:?}", x.stance());
        gets_out(&mut x);
        x.close("alice", Side::Long).unwrap();
        x.round(at);
        x.crank();
        assert!(x.position("alice").is_none(), "closed at {level:?}");
        x.withdraw("alice", 400).unwrap();
    }
}

#[test]
fn a_dead_breaker_oracle_or_other_market_closes_no_door() {
    for module in [Module::Breaker, Module::Oracle, Module::Market(1)] {
        for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
            let mut x = scene();
            x.fault(module, fault);
            gets_out(&mut x);
            x.fault(module, Fault::None);
            x.close("alice", Side::Long).unwrap();
            x.round("2000");
            x.crank();
            assert!(x.position("alice").is_none(), "{module:?} {fault:?}");
        }
    }
}

#[test]
fn a_dead_market_keeps_reductions_and_refunds_increases() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = scene();
        x.fault(Module::Market(0), fault);
        gets_out(&mut x);
        let free = x.wallet("alice");
        x.increase("alice", Side::Long, "1", 300).unwrap();
        assert_eq!(
            x.wallet("alice"),
            free,
            "{fault:?}: an increase is refunded"
        );
        assert_eq!(x.mandates("alice").len(), 1, "the reduction is kept");
    }
}

#[test]
fn a_dead_breaker_stops_no_learning() {
    let mut x = scene();
    x.fault(Module::Breaker, Fault::Panic);
    let before = x.prices(0, None).newest.unwrap().round.number;
    x.next_block();
    x.quote("2001");
    assert_eq!(x.prices(0, None).newest.unwrap().round.number, before + 1);
}

#[test]
fn a_dead_market_does_not_stop_liquidation() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.fault(Module::Market(0), Fault::Dead);
    x.wait(30);
    x.quote("1870");
    x.crank();
    assert!(x.position("alice").is_none());
}
