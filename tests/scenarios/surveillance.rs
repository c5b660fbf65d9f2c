//! The breaker beside the real engine: asking it, closing markets by hand, a standing chain.

use harness::{Exchange, Fault, Module};
use margin_engine::ContractError;
use types::{
    breaker::{DaoMsg, ExecuteMsg, Modules, QueryMsg},
    level::Level,
    scope::Scope,
    Ratio, Side,
};

fn poke(x: &mut Exchange, markets: &[usize]) {
    let names = markets.iter().map(|n| x.markets[*n].id.clone());
    let msg = ExecuteMsg::Poke {
        markets: names.collect(),
    };
    x.tell_breaker("eve", &msg).unwrap();
}

fn faults(x: &Exchange) -> u32 {
    let modules: Modules = x.ask(Module::Breaker, &QueryMsg::Modules {});
    modules.faults
}

fn raise(scope: Scope, level: Level) -> ExecuteMsg {
    let hours = 1;
    ExecuteMsg::Raise {
        scope,
        level,
        hours,
    }
}

#[test]
fn the_real_engine_answers_a_poke_and_calm_books_trip_nothing() {
    let mut x = Exchange::calm().markets(2).build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    for _ in 0..10 {
        poke(&mut x, &[0, 1]);
    }
    assert_eq!(faults(&x), 0);
    assert_eq!(x.books(0).stance.level, Level::Normal);
    assert_eq!(x.books(1).stance.level, Level::Normal);
}

#[test]
fn an_engine_that_answers_nothing_trips_its_own_latch_and_no_price_is_lost() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = Exchange::calm().markets(3).build();
        x.fault(Module::Engine, fault);
        for _ in 0..2 {
            poke(&mut x, &[0, 1, 2]);
        }
        assert_eq!(faults(&x), 6, "{fault:?}");
        let before = x.prices(0, None).newest.map(|n| n.round.number);
        x.next_block();
        x.quote("2000");
        assert!(x.prices(0, None).newest.map(|n| n.round.number) > before);
        x.fault(Module::Engine, Fault::None);
        // An engine that accepts and forgets is told again when half its lease is spent.
        x.wait(451);
        x.quote("2000");
        assert_eq!(x.books(0).stance.level, Level::ReduceOnly, "{fault:?}");
        assert_eq!(x.lp(0, "lp").pending, None, "the books are as they were");
    }
}

#[test]
fn a_guardian_closes_one_market_to_new_risk_and_everyone_gets_out() {
    let mut x = Exchange::calm().markets(2).build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    let scope = Scope::Market {
        market: x.markets[0].id.clone(),
    };
    x.tell_breaker("guardian", &raise(scope, Level::Protected))
        .unwrap();
    assert_eq!(x.books(0).stance.level, Level::Protected);
    assert_eq!(x.books(1).stance.level, Level::Normal);
    x.deposit("bob", 5_000);
    let refused = x.increase("bob", Side::Long, "1", 500).unwrap_err();
    let forbidden = refused.of::<ContractError>();
    assert!(matches!(forbidden, Some(ContractError::Forbidden(_))));
    x.increase_in(1, "bob", (Side::Long, "1"), 500).unwrap();
    x.deposit("alice", 100);
    x.add_margin("alice", 50).unwrap();
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
}

#[test]
fn what_the_dao_closed_reopens_in_steps_at_the_engine() {
    let mut x = Exchange::calm().build();
    let govern = |level| DaoMsg::Govern {
        scope: Scope::Global {},
        level,
    };
    x.order(govern(Level::ReduceOnly)).unwrap();
    assert_eq!(x.stance().level, Level::ReduceOnly);
    x.order(govern(Level::Normal)).unwrap();
    let mut seen = vec![x.stance().caps];
    for _ in 0..100 {
        x.wait(30);
        x.quote("2000");
        seen.push(x.stance().caps);
    }
    seen.dedup();
    assert_eq!(seen, [10, 25, 50, 100].map(Ratio::percent));
}

#[test]
fn a_chain_that_stood_still_comes_back_protected_whatever_time_its_first_block_carries() {
    let mut x = Exchange::calm().build();
    for _ in 0..200 {
        x.next_block();
        x.quote("2000");
    }
    x.next_block();
    x.quote("2000");
    assert_eq!(x.stance().level, Level::Normal);
    x.wait(28_800);
    x.quote("2000");
    assert_eq!(x.stance().level, Level::Protected);
}
