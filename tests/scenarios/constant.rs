//! What a message costs does not grow with the market: with ten or a thousand beside it, it touches storage as often and
//! moves as many bytes.

use cosmwasm_std::coin;
use harness::{dollars, increase, Exchange, Touches, DENOM};
use types::{
    engine::{Deleveraged, ExecuteMsg, Liquidated, Order, PositionChanged},
    params::MarketParams,
    wire::Wire,
    Ratio, Side,
};

const FEW: u32 = 10;
const MANY: u32 = 1_000;
const MARKET: usize = 0;

fn signed(x: &mut Exchange, who: &str, order: Order) {
    let person = x.person(who);
    x.mint(&person, dollars(20_000), DENOM);
    let msg = ExecuteMsg::PlaceOrder {
        market: x.markets[MARKET].id.clone(),
        order,
        limit: None,
        expiry: None,
    };
    x.tell_with(who, &msg, &[coin(dollars(20_000), DENOM)])
        .unwrap();
}

/// So many longs of 100 units together, all alike, against a vault of 100,000 with the depth of one a hundred times as
/// large.
fn crowd(people: u32) -> Exchange {
    let params = MarketParams::major(2_000, 10_000_000);
    let x = Exchange::calm().nav(100_000).params(params);
    let mut x = x.unaudited().build();
    let size = format!("{}.{:03}", 100 / people, 100_000 / people % 1_000);
    for n in 0..people {
        let order = increase(Side::Long, &size, (60_000 / people).into());
        signed(&mut x, &format!("p{n}"), order);
    }
    x.round("2000");
    while x.queue(MARKET).increasing > 0 {
        x.crank_in(MARKET, "keeper", 50).unwrap();
    }
    assert_eq!(x.books(MARKET).positions, u64::from(people));
    x
}

/// A rise that alarms nobody.
fn rise(x: &mut Exchange, from: u32, to: u32) {
    for at in (from + 10..=to).step_by(10) {
        x.wait(60);
        x.quote(&at.to_string());
        x.crank();
    }
}

/// The same, to the last read and write, whatever the market holds; bytes but for the length of numbers.
fn same(cost: impl Fn(u32) -> Touches) -> Touches {
    let (few, many) = (cost(FEW), cost(MANY));
    let bytes = (few.bytes, many.bytes);
    println!("{few:?} beside {FEW}, {many:?} beside {MANY}");
    let shape = |t| Touches { bytes: 0, ..t };
    assert_eq!(shape(few), shape(many), "beside {FEW} and beside {MANY}");
    assert!(bytes.0.abs_diff(bytes.1) * 20 < bytes.0, "{bytes:?} bytes");
    many
}

#[test]
fn deleveraging_a_thousand_is_deleveraging_ten() {
    let scaled = |people| {
        let mut x = crowd(people);
        rise(&mut x, 2_000, 2_820);
        x.next_block();
        x.quote("2900");
        let (touches, res) = x.touched(Exchange::crank);
        assert_eq!(Deleveraged::find(&res.events).unwrap().len(), 1);
        assert!(x.vitals().gain <= Ratio::percent(77));
        x.assert_sound();
        touches
    };
    let touches = same(scaled);
    assert!(touches.all() < 100, "{touches:?}");
}

#[test]
fn an_order_fills_at_the_same_cost() {
    let filled = |people| {
        let mut x = crowd(people);
        let order = increase(Side::Short, "1", 1_000);
        signed(&mut x, "alice", order);
        x.round("2000");
        let (touches, res) = x.touched(|x| x.crank_book(MARKET, "keeper", 10).unwrap());
        assert_eq!(PositionChanged::find(&res.events).unwrap().len(), 1);
        assert!(x.position("alice").is_some());
        touches
    };
    let touches = same(filled);
    assert!(touches.all() < 100, "{touches:?}");
}

#[test]
fn a_liquidation_costs_the_same() {
    let liquidated = |people| {
        let mut x = crowd(people);
        let order = increase(Side::Long, "2", 300);
        signed(&mut x, "weak", order);
        x.round("2000");
        x.crank();
        x.walk("2000", "1880", 12);
        x.next_block();
        x.quote("1880");
        let (touches, res) = x.touched(|x| x.crank_in(MARKET, "keeper", 10).unwrap());
        let events = Liquidated::find(&res.events).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].account, x.person("weak"));
        touches
    };
    let touches = same(liquidated);
    assert!(touches.all() < 100, "{touches:?}");
}

/// So many providers, each with a request that waits for its round.
fn provided(people: u32) -> Exchange {
    let x = Exchange::calm().nav(100_000);
    let mut x = x.unaudited().build();
    for n in 0..people {
        let who = format!("p{n}");
        // Together as much, that the vault is as large.
        let amount = u128::from(150_000 / people);
        x.deposit(&who, amount + 50);
        x.lp_deposit(&who, MARKET, amount).unwrap();
    }
    x.round("2000");
    x
}

#[test]
fn a_batch_of_a_thousand_requests_is_priced_like_one_of_ten() {
    let deposits = |people| {
        let mut x = provided(people);
        assert!(!x.lp(MARKET, "p0").claimable);
        let (touches, _) = x.touched(Exchange::crank);
        let last = format!("p{}", people - 1);
        assert!(x.lp(MARKET, "p0").claimable && x.lp(MARKET, &last).claimable);
        touches
    };
    assert!(same(deposits).all() < 100);
    let withdrawals = |people| {
        let mut x = provided(people);
        x.crank();
        for n in 0..people {
            x.lp_claim(&format!("p{n}")).unwrap();
        }
        x.wait(3_600);
        x.round("2000");
        for n in 0..people {
            let who = format!("p{n}");
            let shares = x.lp(MARKET, &who).shares;
            x.lp_withdraw(&who, shares).unwrap();
        }
        x.round("2000");
        let (touches, _) = x.touched(Exchange::crank);
        let last = format!("p{}", people - 1);
        for who in ["p0", &last] {
            assert!(x.lp(MARKET, who).leaving.unwrap().done, "{who}");
        }
        // And each owner's part is found without the others'.
        let (claim, _) = x.touched(|x| x.lp_claim(&last).unwrap());
        assert!(claim.all() < 100, "{claim:?}");
        touches
    };
    assert!(same(withdrawals).all() < 100);
}
