//! Stances are leased. A lapse never loosens.

use harness::{Exchange, Fault, Module};
use margin_engine::ContractError;
use types::{level::Level, Side};

#[test]
fn a_lapsed_lease_reads_reduce_only_and_exits_stay_open() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.fault(Module::Breaker, Fault::Dead);
    for _ in 0..20 {
        x.wait(60);
        x.quote("2000");
    }
    assert_eq!(x.stance().level, Level::ReduceOnly);
    x.deposit("bob", 5_000);
    let refused = x.increase("bob", Side::Long, "1", 500).unwrap_err();
    assert!(
        matches!(
            refused.of::<ContractError>(),
            Some(ContractError::Forbidden(_))
        ),
        "{refused:?}"
    );
    x.deposit("alice", 100);
    x.add_margin("alice", 50).unwrap();
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
    x.withdraw("alice", 5_000).unwrap();
    // It heals when the breaker is back.
    x.fault(Module::Breaker, Fault::None);
    x.next_block();
    x.quote("2000");
    assert_eq!(x.stance().level, Level::Normal);
}

#[test]
fn a_lapse_never_lowers_a_level() {
    let mut x = Exchange::calm().build();
    x.wait(6);
    // A confirmed jump of 40 % is Protected.
    x.quote("2800");
    assert_eq!(x.stance().level, Level::Protected);
    x.fault(Module::Breaker, Fault::Dead);
    x.wait(5_000);
    assert_eq!(x.stance().level, Level::Protected);
}

#[test]
fn a_trip_happens_in_the_transaction_of_the_price_that_caused_it_and_heals_by_rule() {
    let mut x = Exchange::calm().build();
    x.wait(30);
    x.quote("2000");
    x.next_block();
    x.quote("2260");
    let tripped = x.stance().level;
    assert!(tripped >= Level::ReduceOnly, "{tripped:?}");
    // Good readings alone are not enough: the dwell has to pass.
    for _ in 0..20 {
        x.wait(30);
        x.quote("2260");
    }
    assert!(x.stance().level >= Level::Guarded);
    // A market that has been at Protected is looked through first, which cranks do.
    for _ in 0..180 {
        x.wait(30);
        x.quote("2260");
        x.crank();
    }
    assert_eq!(x.stance().level, Level::Normal);
}
