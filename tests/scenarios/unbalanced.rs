//! Books that do not balance: no door brings that about, so storage is tampered with. The market closes to risk at once,
//! everyone may get out, and what stays wrong for 14 days settles that market alone.

use harness::{usd, Exchange, Module};
use types::{
    breaker,
    engine::{Cause, MarketState, Progress, QueryMsg, WindUpBegun, WindUpState},
    level::Level,
    scope::{Reason, Scope},
    wire::Wire,
    Amount, Ratio, Side,
};

const MARKET: usize = 0;
const OTHER: usize = 1;
const FORTNIGHT: u64 = 14 * 86_400;

fn scene() -> Exchange {
    let mut x = Exchange::calm().nav(1_000_000).markets(2).build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.opened("bob", Side::Short, ("7", 4_000), "2000");
    x.opened("early", Side::Short, ("2", 1_000), "2000");
    x.deposit("carol", 3_000);
    x.increase_in(OTHER, "carol", (Side::Long, "1"), 1_000)
        .unwrap();
    x.round_on(OTHER, "2000");
    x.crank_in(OTHER, "keeper", 10).unwrap();
    // The audit would say so before any contract does.
    x.audited = false;
    x
}

/// Which pot of coins.
type Pot = fn(&MarketState) -> Amount;

/// Write another amount where the books of the market say this one.
fn tamper(x: &mut Exchange, pot: Pot, to: Amount) {
    let (engine, id) = (x.engine.clone(), x.markets[MARKET].id.clone());
    let wanted = [b"\0\x05comps", id.as_bytes()].concat();
    let (was, new) = (pot(&x.books(MARKET)), store::pack(&to).unwrap());
    let was = store::pack(&was).unwrap();
    let mut storage = x.app_mut().contract_storage_mut(&engine);
    let books = storage.get(&wanted).unwrap();
    let places: Vec<_> = (0..books.len())
        .filter(|at| books[*at..].starts_with(&was))
        .collect();
    assert_eq!(places.len(), 1, "which of them is it?");
    let (before, after) = books.split_at(places[0]);
    let books = [before, &new, &after[was.len()..]].concat();
    storage.set(&wanted, &books);
    drop(storage);
    assert_eq!(pot(&x.books(MARKET)), to);
}

fn state(x: &Exchange) -> Option<WindUpState> {
    let market = x.markets[MARKET].id.clone();
    x.ask(Module::Engine, &QueryMsg::WindUp { market })
}

fn books_latch(x: &Exchange) -> Level {
    let market = x.markets[MARKET].id.clone();
    let asked = breaker::QueryMsg::Latches {
        scope: Scope::Market { market },
    };
    let latches: Vec<breaker::Latch> = x.ask(Module::Breaker, &asked);
    let books = latches.iter().find(|l| l.reason == Reason::Books);
    books.map_or(Level::Normal, |l| l.level)
}

/// Everything the engine keeps of the other market but its lease.
fn other(x: &Exchange) -> Vec<(Vec<u8>, Vec<u8>)> {
    let id = x.markets[OTHER].id.as_bytes().to_vec();
    let rows = x.dump(Module::Engine).into_iter();
    let kept: Vec<_> = rows
        .filter(|(key, _)| key.windows(id.len()).any(|w| w == id))
        .filter(|(key, _)| !key.starts_with(b"\0\x07stances"))
        .collect();
    assert!(kept.len() >= 5, "books, position, rung, cell, settings");
    kept
}

/// A crank at a price that is good.
fn crank_at(x: &mut Exchange, time: u64) -> Vec<WindUpBegun> {
    x.at(time);
    x.quote("2000");
    WindUpBegun::find(&x.crank().events).unwrap()
}

#[test]
fn the_breaker_hears_of_it_and_the_market_is_protected_and_exits_stay_open() {
    let pots: [Pot; 2] = [|b| b.insurance, |b| b.fees];
    for pot in pots {
        let mut x = scene();
        assert!(x.vitals().balanced);
        // One unit is enough.
        tamper(&mut x, pot, Amount::raw(-1));
        x.wait(31);
        x.quote("2000");
        x.crank();
        assert!(!x.vitals().balanced);
        assert_eq!(books_latch(&x), Level::Protected);
        assert_eq!(x.stance().level, Level::Protected);
        assert_eq!(x.books(OTHER).stance.level, Level::Normal);
        assert_eq!(state(&x), None);
        let before = x.wallet("early");
        x.close("early", Side::Short).unwrap();
        x.round("2000");
        x.crank();
        assert!(x.position("early").is_none());
        assert!(x.wallet("early").minus(before).unwrap() > usd(990));
        x.withdraw("early", 990).unwrap();
    }
}

#[test]
fn what_stays_unbalanced_for_14_days_settles_everybody_is_paid_and_nobody_else_notices() {
    let pots: [Pot; 2] = [|b| b.insurance, |b| b.fees];
    for pot in pots {
        let mut x = scene();
        tamper(&mut x, pot, Amount::raw(-1));
        let untouched = other(&x);
        let first = x.now() + 31;
        assert_eq!(crank_at(&mut x, first), []);
        for day in 1..14 {
            assert_eq!(crank_at(&mut x, first + day * 86_400), []);
        }
        assert_eq!(crank_at(&mut x, first + FORTNIGHT - 1), []);
        assert_eq!(state(&x), None);
        let owned = ["alice", "bob", "early"].map(|who| x.wallet(who));
        let begun = crank_at(&mut x, first + FORTNIGHT);
        assert_eq!(begun.len(), 1);
        assert_eq!(begun[0].cause, Cause::Trouble);
        while state(&x).unwrap().progress != Progress::Done {
            x.next_block();
            x.crank_in(MARKET, "keeper", 2).unwrap();
        }
        let done = state(&x).unwrap();
        assert_eq!(
            (done.margins, done.gains),
            (Some(Ratio::ONE), Some(Ratio::ONE))
        );
        assert_eq!(done.skipped, 0);
        // Margin and reserve, less fees at entry and two weeks of funding.
        let least = [("alice", 4_950), ("bob", 3_950), ("early", 990)];
        for ((who, least), had) in least.into_iter().zip(owned) {
            assert!(x.position(who).is_none());
            let paid = x.wallet(who).minus(had).unwrap();
            assert!(paid > usd(least), "{who}: {paid:?}");
            let coins = x.bank(&x.person(who), harness::DENOM);
            x.withdraw(who, 990).unwrap();
            assert!(x.bank(&x.person(who), harness::DENOM) > coins);
        }
        let before = x.wallet("lp");
        x.lp_claim("lp").unwrap();
        let got = x.wallet("lp").minus(before).unwrap();
        assert!(got > usd(999_900) && got < usd(1_000_200), "{got:?}");
        assert_eq!(x.books(MARKET).stance.level, Level::Settlement);
        // Of the other market no byte has moved, and it goes on.
        assert_eq!(other(&x), untouched);
        x.close_in(OTHER, "carol", Side::Long).unwrap();
        x.round_on(OTHER, "2000");
        x.crank_in(OTHER, "keeper", 10).unwrap();
        assert!(x.position_in(OTHER, "carol").is_none());
        // Two weeks of funding, and fees.
        assert!(x.wallet("carol") > usd(2_970));
    }
}

#[test]
fn books_that_balance_again_begin_the_fortnight_anew_and_the_latch_is_the_daos() {
    let mut x = scene();
    let wrong = Amount::raw(-987_654_321);
    let insured = x.books(MARKET).insurance;
    tamper(&mut x, |b| b.insurance, wrong);
    let first = x.now() + 31;
    assert_eq!(crank_at(&mut x, first), []);
    assert_eq!(crank_at(&mut x, first + FORTNIGHT - 60), []);
    tamper(&mut x, |b| b.insurance, insured);
    assert_eq!(crank_at(&mut x, first + FORTNIGHT), []);
    tamper(&mut x, |b| b.insurance, wrong);
    let again = first + FORTNIGHT + 60;
    assert_eq!(crank_at(&mut x, again), []);
    assert_eq!(crank_at(&mut x, again + FORTNIGHT - 1), []);
    assert_eq!(books_latch(&x), Level::Protected, "it does not heal");
    assert_eq!(crank_at(&mut x, again + FORTNIGHT).len(), 1);
}
