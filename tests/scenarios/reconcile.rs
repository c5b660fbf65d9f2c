//! Positions are held against the books while trading goes on; what does not agree closes the market, and a market that
//! was at Protected reopens only after that has been looked at.

use harness::{Exchange, Fault, Module};
use margin_engine::key;
use types::{
    breaker::DaoMsg,
    engine::{ExecuteMsg, Reconciled},
    level::Level,
    scope::Scope,
    wire::Wire,
    Side,
};

const NAMES: [&str; 12] = [
    "ann", "ben", "cas", "dan", "eva", "fay", "gus", "hal", "ida", "jon", "kim", "lea",
];

/// Twelve positions on both sides of the first market.
fn crowd(markets: usize) -> Exchange {
    let mut x = Exchange::calm().markets(markets).unaudited().build();
    for (n, who) in (0..).zip(NAMES) {
        let side = Side::BOTH[usize::from(n % 2 == 1)];
        x.deposit(who, 10_000);
        x.increase(who, side, "2.5", 1_000 + 10 * n).unwrap();
    }
    x.round("2000");
    x.crank();
    assert!(NAMES.iter().all(|who| x.position(who).is_some()));
    x
}

fn page(x: &mut Exchange, limit: u32) -> Vec<Reconciled> {
    let market = x.markets[0].id.clone();
    let done = x.tell("eve", &ExecuteMsg::Reconcile { market, limit });
    Reconciled::find(&done.unwrap().events).unwrap()
}

fn whole(x: &mut Exchange) -> Reconciled {
    page(x, 50).pop().expect("twelve fit one page")
}

fn govern(x: &mut Exchange, level: Level) {
    let scope = Scope::Market {
        market: x.markets[0].id.clone(),
    };
    x.order(DaoMsg::Govern { scope, level }).unwrap();
}

/// Blocks with prices and cranks.
fn run(x: &mut Exchange, seconds: u64) {
    let until = x.now() + seconds;
    while x.now() < until {
        x.wait(30);
        x.quote("2000");
        for market in 0..x.markets.len() {
            x.crank_in(market, "keeper", 5).unwrap();
        }
    }
}

/// The one stored entry whose key has this label and ends like this.
fn entry(x: &Exchange, label: &str, who: &str) -> (Vec<u8>, Vec<u8>) {
    let account = x.person(who);
    let storage = x.chain.storage(&x.engine);
    let found = storage.range(None, None, cosmwasm_std::Order::Ascending);
    let mut found = found.filter(|(key, _)| {
        key.windows(label.len()).any(|w| w == label.as_bytes()) && key.ends_with(account.as_bytes())
    });
    let one = found.next().unwrap();
    assert!(found.next().is_none());
    one
}

fn put(x: &mut Exchange, key: &[u8], value: Option<&[u8]>) {
    let engine = x.engine.clone();
    let mut storage = x.app_mut().contract_storage_mut(&engine);
    match value {
        Some(value) => storage.set(key, value),
        None => storage.remove(key),
    }
}

#[test]
fn whatever_happens_between_two_pages_all_positions_are_counted_as_they_are_at_the_end() {
    let mut x = crowd(1);
    let mut seed = 7_u64;
    let mut draw = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % n
    };
    let mut passes = 0;
    for turn in 0..400_u64 {
        let pick = usize::try_from(draw(12)).unwrap();
        let who = NAMES[pick];
        let held = x.position(who);
        match (draw(5), held) {
            (0 | 1, Some(_)) => drop(x.add_margin(who, 3)),
            (2, Some(_)) => drop(x.remove_margin(who, 2)),
            (3, Some(held)) => drop(x.close(who, held.size.side().unwrap())),
            (_, None) => drop(x.increase(who, Side::BOTH[pick % 2], "1.5", 900)),
            _ => {}
        }
        x.next_block();
        x.quote(if turn % 40 < 20 { "2000" } else { "2001" });
        x.crank();
        passes += page(&mut x, 3)
            .iter()
            .map(|found| assert!(found.clean, "{turn}: {found:?}"))
            .count();
        x.assert_sound();
    }
    assert!(passes > 50, "{passes}");
}

#[test]
fn every_exit_is_open_while_a_pass_is_under_way() {
    let mut x = crowd(1);
    govern(&mut x, Level::Protected);
    assert_eq!(page(&mut x, 5), []);
    for who in ["ann", "lea"] {
        x.add_margin(who, 10).unwrap();
        x.close(who, x.position(who).unwrap().size.side().unwrap())
            .unwrap();
    }
    x.round("2000");
    x.crank();
    for who in ["ann", "lea"] {
        assert!(x.position(who).is_none());
        x.withdraw(who, 5_000).unwrap();
    }
    assert!(whole(&mut x).clean);
    x.assert_sound();
}

#[test]
fn a_market_leaves_protected_only_after_a_pass_that_began_there() {
    let mut x = crowd(2);
    assert!(whole(&mut x).clean);
    x.next_block();
    govern(&mut x, Level::Protected);
    govern(&mut x, Level::Normal);
    // Fresh rounds alone do not reopen it.
    for _ in 0..10 {
        x.wait(30);
        x.quote("2000");
    }
    assert_eq!(x.books(0).stance.level, Level::Protected);
    assert_eq!(x.books(1).stance.level, Level::Normal);
    // Cranks take the pass along: four pages of five, at most every few minutes anew.
    run(&mut x, 300);
    assert_eq!(x.books(0).stance.level, Level::Normal);
}

#[test]
fn a_position_that_differs_from_the_books_closes_its_market_until_it_is_repaired_and_people_say_so()
{
    // Somebody's position is overwritten, or falls off the ladder, or does not read at all.
    let (foreign, nothing) = (entry(&crowd(2), key::POSITIONS, "ben").1, [1_u8, 2]);
    let damage: [(&str, Option<&[u8]>); 3] = [
        (key::POSITIONS, Some(&foreign)),
        (key::LADDER, None),
        (key::POSITIONS, Some(&nothing)),
    ];
    for (label, value) in damage {
        let mut x = crowd(2);
        let (key, right) = entry(&x, label, "dan");
        put(&mut x, &key, value);
        assert!(!whole(&mut x).clean, "{label}");
        run(&mut x, 60);
        assert_eq!(x.books(0).stance.level, Level::Protected, "{label}");
        assert_eq!(x.books(1).stance.level, Level::Normal);
        // Whose position is right gets out.
        x.close("ann", Side::Long).unwrap();
        x.round("2000");
        x.crank();
        assert!(x.position("ann").is_none(), "{label}");
        let clear = DaoMsg::ClearBooks {
            market: x.markets[0].id.clone(),
        };
        run(&mut x, 4_000);
        x.order(clear.clone()).unwrap_err();
        put(&mut x, &key, Some(&right));
        assert!(whole(&mut x).clean);
        run(&mut x, 4_000);
        assert_eq!(x.books(0).stance.level, Level::Protected, "not by itself");
        x.order(clear).unwrap();
        run(&mut x, 60);
        assert_eq!(x.books(0).stance.level, Level::Normal, "{label}");
        x.assert_sound();
    }
}

#[test]
fn a_pass_over_an_empty_book_is_one_page_and_asks_no_oracle() {
    let mut x = Exchange::calm().build();
    x.fault(Module::Oracle, Fault::Dead);
    assert!(whole(&mut x).clean);
}

#[test]
fn books_that_have_been_repaired_are_found_so_without_a_breaker() {
    let mut x = crowd(1);
    let (key, right) = entry(&x, key::LADDER, "dan");
    put(&mut x, &key, None);
    assert!(!whole(&mut x).clean);
    x.fault(Module::Breaker, Fault::Dead);
    put(&mut x, &key, Some(&right));
    // Nobody tells the engine of any level: its lease has lapsed.
    run(&mut x, 1_000);
    assert_eq!(x.books(0).stance.level, Level::ReduceOnly);
    assert!(x.vitals().balanced);
    x.assert_sound();
}
