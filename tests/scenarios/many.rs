//! Ten thousand positions are wound up: page by page, each message a page of work and no more, everybody by the same
//! terms, out of what there is, down to an empty book.

use std::collections::BTreeMap;

use cosmwasm_std::{coin, Uint128};
use harness::{dollars, usd, Exchange, Module, DENOM};
use types::{
    engine::{
        Cause, ExecuteMsg, Order, PositionSettled, PositionState, Progress, QueryMsg, WindUpState,
    },
    params::MarketParams,
    wire::Wire,
    Amount, Price, Ratio, Side,
};

const MARKET: usize = 0;
const POSITIONS: u64 = 10_000;
/// Entries a crank handles at most.
const PAGE: u32 = 50;
/// What every position has prepaid.
const RESERVE: Amount = Amount::raw(1_000_000);

/// Nine of ten are long, no two of them alike; the tenth is short.
fn order(n: u64) -> Order {
    let side = if n % 10 == 9 { Side::Short } else { Side::Long };
    // From a hundredth of a unit on, in lots.
    let size = Uint128::from(10_000_000_000 + n % 997 * 2_000_000);
    let margin = Uint128::from(40_000_000 + n % 977 * 10_007);
    Order::Increase { side, size, margin }
}

fn signed(x: &mut Exchange, who: &str, order: Order) {
    let person = x.person(who);
    x.mint(&person, dollars(60), DENOM);
    let msg = ExecuteMsg::PlaceOrder {
        market: x.markets[MARKET].id.clone(),
        order,
        limit: None,
        expiry: None,
    };
    x.tell_with(who, &msg, &[coin(dollars(60), DENOM)]).unwrap();
}

/// Longs of about a hundred units against a vault that cannot pay what they win.
fn crowded() -> Exchange {
    let params = MarketParams::major(2_000, 10_000_000);
    let x = Exchange::calm().nav(100_000).insurance(2_000);
    let mut x = x.params(params).unaudited().build();
    for n in 0..POSITIONS {
        signed(&mut x, &format!("p{n}"), order(n));
    }
    x.round("2000");
    while x.queue(MARKET).increasing > 0 {
        x.crank_in(MARKET, "keeper", PAGE).unwrap();
    }
    x
}

fn state(x: &Exchange) -> Option<WindUpState> {
    let market = x.markets[MARKET].id.clone();
    x.ask(Module::Engine, &QueryMsg::WindUp { market })
}

/// Everybody, as they stand.
fn all(x: &Exchange) -> BTreeMap<String, PositionState> {
    let mut found = BTreeMap::new();
    let mut after = None;
    loop {
        let query = QueryMsg::Positions {
            market: x.markets[MARKET].id.clone(),
            start_after: after.take(),
            limit: Some(30),
        };
        let page: Vec<PositionState> = x.ask(Module::Engine, &query);
        let Some(last) = page.last() else {
            return found;
        };
        after = Some(last.account.to_string());
        found.extend(page.into_iter().map(|p| (p.account.to_string(), p)));
    }
}

/// What one position is due: its margin and reserve less its loss, and `h` of its gain. Also what it gains in full.
fn due(p: &PositionState, price: Price, h: Ratio) -> (Amount, Amount) {
    let value = p.size.value(price, math::wide::Round::Down).unwrap();
    let result = value.minus(p.cost).unwrap();
    let own = p.margin.plus(RESERVE).unwrap();
    let left = own.plus(result.min(Amount::ZERO)).unwrap();
    let gain = result.plus(own.min(Amount::ZERO)).unwrap();
    let gain = gain.max(Amount::ZERO);
    let paid = gain.share_down(h).unwrap();
    (left.max(Amount::ZERO).plus(paid).unwrap(), gain)
}

/// What is paid, by account; every crank stays within its page.
fn wound_up(x: &mut Exchange) -> (BTreeMap<String, PositionSettled>, u64) {
    let (mut paid, mut cranks) = (BTreeMap::new(), 0);
    let page = usize::try_from(PAGE).unwrap();
    while state(x).unwrap().progress != Progress::Done {
        x.next_block();
        let before = x.books(MARKET).positions;
        let res = x.crank_in(MARKET, "keeper", PAGE).unwrap();
        cranks += 1;
        let settled = PositionSettled::find(&res.events).unwrap();
        assert!(settled.len() <= page, "{} in one message", settled.len());
        let gone = before - x.books(MARKET).positions;
        assert_eq!(u64::try_from(settled.len()).unwrap(), gone);
        let rows = settled.into_iter().map(|s| (s.account.to_string(), s));
        for (who, row) in rows {
            assert!(paid.insert(who, row).is_none(), "nobody is paid twice");
        }
        // Two passes, and the pages that are not full.
        assert!(cranks <= 2 * POSITIONS.div_ceil(PAGE.into()) + 4);
    }
    (paid, cranks)
}

#[test]
fn ten_thousand_positions_are_wound_up_page_by_page_and_alike() {
    let mut x = crowded();
    assert_eq!(x.books(MARKET).positions, POSITIONS);
    x.assert_sound();
    // Prices that no crank has seen on their way; the half-hour average catches up.
    x.walk("2000", "3300", 400);
    for _ in 0..40 {
        x.wait(60);
        x.quote("3300");
    }
    x.crank();
    let begun = state(&x).unwrap();
    assert_eq!(begun.cause, Cause::Gains);
    // Who was bankrupt went before.
    let held = all(&x);
    let books = x.books(MARKET);
    assert_eq!(u64::try_from(held.len()).unwrap(), books.positions);
    assert!(books.positions > POSITIONS * 9 / 10);
    let margins: Amount = held
        .values()
        .map(|p| p.margin.plus(RESERVE).unwrap())
        .fold(Amount::ZERO, |a, b| a.plus(b).unwrap());
    let surplus = x.surplus();
    let there = books.cash.plus(books.insurance).unwrap();
    let (paid, cranks) = wound_up(&mut x);
    // Each of two passes takes as many pages.
    assert!(cranks >= 2 * books.positions / u64::from(PAGE), "{cranks}");
    let done = state(&x).unwrap();
    let h = done.gains.unwrap();
    assert_eq!((done.margins, done.skipped), (Some(Ratio::ONE), 0));
    assert!(h < Ratio::percent(95) && h > Ratio::percent(50), "{h:?}");
    let mut sum = Amount::ZERO;
    assert!(paid.keys().eq(held.keys()));
    for (who, p) in &held {
        let (want, gain) = due(p, done.price, h);
        let got = &paid[who];
        assert_eq!(got.paid, want, "{who}");
        let cut = gain.minus(gain.share_down(h).unwrap()).unwrap();
        assert_eq!(got.cut, cut, "{who}");
        sum = sum.plus(got.paid).unwrap();
    }
    // Never more than there was: what the funding of each is rounded up by is there too, a unit each at most.
    let all = there.plus(margins).unwrap();
    let spare = all.minus(sum).unwrap();
    let units = Amount::raw(i128::from(POSITIONS));
    assert!(
        spare.plus(units).unwrap() > Amount::ZERO,
        "{sum:?} of {all:?}"
    );
    assert!(spare < usd(1), "{spare:?}");
    let books = x.books(MARKET);
    assert_eq!((books.positions, books.stuck), (0, 0));
    // To the unit: insurance is used up, and cash is what roundings have left.
    assert!(books.insurance.is_zero());
    assert!(books.cash >= Amount::ZERO && books.cash < usd(1));
    assert_eq!(x.surplus(), surplus);
    assert!(books.long.is_zero() && books.short.is_zero());
    x.assert_sound();
    println!("{} positions in {cranks} messages, h {h:?}", paid.len());
    for who in ["p0", "p9999"] {
        let all = x.wallet(who);
        assert!(all > Amount::ZERO);
        x.withdraw(who, 1).unwrap();
    }
}
