//! Insurance against a sudden move: read from the ladder's cells, told to the breaker, and no trade brings it about.

use harness::{usd, Exchange, Module};
use math::stress;
use types::{
    engine::{MandateDone, Refusal},
    level::Level,
    params::MarketParams,
    scope::Reason,
    wire::Wire,
    Ratio, Side,
};

/// A feed that moves by 0.3 % a minute: a sudden move is a third of the price or so then.
fn restless(x: &mut Exchange) {
    for n in 0..90 {
        x.wait(60);
        x.quote(if n % 2 == 0 { "2006" } else { "2000" });
        x.crank();
    }
}

fn cover(x: &Exchange) -> Option<Ratio> {
    x.vitals().cover
}

#[test]
fn nothing_to_cover_is_no_reading() {
    let mut x = Exchange::calm().build();
    assert_eq!(cover(&x), None);
    x.opened("alice", Side::Long, ("10", 9_000), "2000");
    assert_eq!(cover(&x), None, "5 % cost less than the margin");
}

#[test]
fn the_debt_of_a_sudden_move_is_what_positions_would_owe_and_hardly_more() {
    let mut x = Exchange::calm().insurance(10_000).build();
    x.opened("alice", Side::Long, ("100", 10_500), "2000");
    x.opened("bob", Side::Short, ("50", 5_500), "2000");
    x.walk("2000", "1960", 20);
    let slow = x.prices(0, None).variance.slow;
    let by = stress::sudden(slow).unwrap();
    assert!(by >= Ratio::percent(5));
    let after = stress::stressed(Side::Long, harness::price("1960"), by).unwrap();
    let alice = x.position("alice").unwrap();
    let loose = math::ledger::Loose {
        size: alice.size,
        cost: alice.cost,
        margin: alice.margin,
    };
    let owed = loose.equity(after).unwrap();
    let owed = owed.negated().unwrap();
    let fund = x.books(0).insurance;
    let least = fund.over(owed.plus(usd(1_600)).unwrap(), math::wide::Round::Down);
    let most = fund.over(owed, math::wide::Round::Up);
    let read = cover(&x).unwrap();
    // At most a cell, 1/128 of the price, worse for each of a hundred units.
    assert!(
        read <= most.unwrap() && read >= least.unwrap(),
        "{read:?} of {owed:?}"
    );
}

#[test]
fn a_fund_that_would_not_do_trips_the_market() {
    let mut x = Exchange::calm().insurance(1_000).build();
    x.opened("alice", Side::Long, ("100", 10_500), "2000");
    x.walk("2000", "1955", 60);
    x.wait(31);
    x.quote("1955");
    x.crank();
    assert!(cover(&x).unwrap() < Ratio::percent(25));
    assert_eq!(x.stance().level, Level::Protected);
    let id = x.markets[0].id.clone();
    let scope = types::scope::Scope::Market { market: id };
    let asked = types::breaker::QueryMsg::Latches { scope };
    let latches: Vec<types::breaker::Latch> = x.ask(Module::Breaker, &asked);
    assert!(latches
        .iter()
        .any(|l| l.reason == Reason::Cover && l.level == Level::Protected));
}

#[test]
fn no_trade_makes_insurance_too_small() {
    let mut x = Exchange::calm().insurance(20_000).build();
    restless(&mut x);
    let mut refused = 0;
    for n in 0..8 {
        let who = format!("trader-{n}");
        x.deposit(&who, 9_000);
        if x.increase(&who, Side::Long, "20", 8_000).is_err() {
            continue;
        }
        x.round("2000");
        let res = x.crank();
        let done = MandateDone::find(&res.events).unwrap();
        refused += done.iter().filter(|d| d.reason == Refusal::Cover).count();
        // Told from what is measured, not from what trades added.
        let limit = Ratio::percent(150);
        assert!(cover(&x).is_none_or(|c| c >= limit), "{:?}", cover(&x));
    }
    assert!(refused > 2, "{refused} refused");
    assert!(x.position("trader-0").is_some());
    assert_eq!(x.stance().level, Level::Normal, "nobody trades it away");
}

/// What becomes of bob's order of so many lots of a millionth, with 16,000 behind it.
fn tried(x: &mut Exchange, lots: u128) -> Option<Refusal> {
    let size = format!("{}.{:06}", lots / 1_000_000, lots % 1_000_000);
    x.increase("bob", Side::Long, &size, 16_000).unwrap();
    x.round("2000");
    let res = x.crank_book(0, "keeper", 10).unwrap();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(x.position("bob").is_none(), done.len() == 1);
    done.first().map(|d| d.reason)
}

/// The largest order that fills leaves insurance at its limit; a lot more is refused.
#[test]
fn a_trade_may_bring_insurance_to_its_limit_and_not_a_lot_below() {
    let mut x = Exchange::calm().insurance(20_000).build();
    restless(&mut x);
    x.deposit("bob", 20_000);
    let fund = x.books(0).insurance;
    let (mut fills, mut refused) = (1_000_000u128, 160_000_000u128);
    let then = x.snapshot();
    while refused - fills > 1 {
        let middle = (fills + refused) / 2;
        match tried(&mut x, middle) {
            None => fills = middle,
            Some(_) => refused = middle,
        }
        x.return_to(&then);
    }
    assert_eq!(tried(&mut x, refused), Some(Refusal::Cover));
    x.return_to(&then);
    assert_eq!(tried(&mut x, fills), None);
    // By hand, of the one position there is: what insurance was over what a sudden move would cost it.
    let by = stress::sudden(x.prices(0, None).variance.slow).unwrap();
    let at = stress::stressed(Side::Long, harness::price("2000"), by).unwrap();
    let bob = x.position("bob").unwrap();
    let loose = math::ledger::Loose {
        size: bob.size,
        cost: bob.cost,
        margin: bob.margin,
    };
    let owed = loose.equity(at).unwrap().negated().unwrap();
    let left = fund.over(owed, math::wide::Round::Down).unwrap();
    let limit = MarketParams::major(2_000, 1).exits.cover_limit;
    assert_eq!(limit, Ratio::percent(150));
    // What a lot owes is less than a millionth of it.
    let above = limit.plus(Ratio::raw(1_000_000_000_000)).unwrap();
    assert!(left >= limit && left < above, "{left:?}");
    // Measured it is a cell worse at most, and alarms nobody.
    x.crank();
    let read = cover(&x).unwrap();
    assert!(read > Ratio::percent(145) && read <= left, "{read:?}");
    assert_eq!(x.stance().level, Level::Normal);
}

#[test]
fn cells_that_became_too_wide_are_filed_anew() {
    let mut x = Exchange::calm().build();
    for n in 0..12 {
        x.opened(&format!("trader-{n}"), Side::Short, ("5", 9_000), "2000");
    }
    x.walk("2000", "700", 300);
    let wide = |x: &Exchange| {
        let storage = x.chain.storage(&x.engine);
        let cells = margin_engine::cells::all(&*storage, &x.markets[0].id).unwrap();
        let sums = math::ledger::SideSums::empty().unwrap();
        let index = harness::price("700");
        let wide = |e| stress::too_wide(e, &sums, index).unwrap();
        cells.iter().filter(|(_, p, _)| wide(p.exponent)).count()
    };
    assert!(wide(&x) > 0);
    for _ in 0..4 {
        x.next_block();
        x.quote("700");
        x.crank();
    }
    assert_eq!(wide(&x), 0);
}
