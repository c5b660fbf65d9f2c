//! Settlement by rule: one market is wound up at one price. Margins are whole, gains share what there is, whoever comes
//! first; nobody else notices.

use harness::{usd, Exchange, Fault, Module};
use margin_engine::ContractError;
use types::{
    breaker::DaoMsg,
    engine::{
        Cause, ExecuteMsg, MandateDone, Progress, QueryMsg, Refusal, VaultShored, WindUpBegun,
        WindUpState, WindUpTerms,
    },
    level::{Forbidden, Level},
    oracle::Status,
    params::MarketParams,
    scope::Scope,
    wire::Wire,
    Amount, Price, Ratio, Side,
};

const MARKET: usize = 0;

/// Longs of 100 units against a vault of 100,000, with the depth of one a hundred times as large.
fn crowded(insurance: u128, markets: usize) -> Exchange {
    let params = MarketParams::major(2_000, 10_000_000);
    let x = Exchange::calm().nav(100_000).insurance(insurance);
    let mut x = x.params(params).markets(markets).build();
    for (who, size) in [("a", "50"), ("b", "25"), ("c", "25")] {
        x.opened(who, Side::Long, (size, 20_000), "2000");
    }
    x
}

/// A price that no crank has seen on its way.
fn leap(x: &mut Exchange, to: &str) {
    x.walk("2000", to, 400);
}

fn state(x: &Exchange) -> Option<WindUpState> {
    let market = x.markets[MARKET].id.clone();
    x.ask(Module::Engine, &QueryMsg::WindUp { market })
}

fn wound_up(x: &mut Exchange, limit: u32) {
    for _ in 0..200 {
        if state(x).is_some_and(|s| s.progress == Progress::Done) {
            return;
        }
        x.next_block();
        x.crank_in(MARKET, "keeper", limit).unwrap();
    }
    panic!("it never ends: {:?}", state(x));
}

/// Gains that vault and insurance cannot pay.
fn ruined(markets: usize) -> Exchange {
    let mut x = crowded(5_000, markets);
    leap(&mut x, "3300");
    let res = x.crank();
    let begun = WindUpBegun::find(&res.events).unwrap();
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].cause, Cause::Gains);
    x
}

#[test]
fn gains_beyond_cash_and_insurance_settle_the_market() {
    let mut x = ruined(1);
    let begun = state(&x).unwrap();
    // The half-hour average, not the price that did it.
    assert!(begun.price > Price::raw(2_000 * 10u128.pow(18)));
    assert!(begun.price < Price::raw(3_300 * 10u128.pow(18)));
    assert_eq!(x.books(MARKET).stance.level, Level::Settlement);
    let fund = x.books(MARKET).insurance;
    let before: Vec<_> = ["a", "b", "c"].map(|w| x.wallet(w)).into();
    wound_up(&mut x, 50);
    let done = state(&x).unwrap();
    let h = done.gains.unwrap();
    assert_eq!(done.margins, Some(Ratio::ONE));
    assert!(h <= Ratio::ONE);
    let paid: Vec<_> = ["a", "b", "c"]
        .iter()
        .zip(before)
        .map(|(w, b)| x.wallet(w).minus(b).unwrap())
        .collect();
    // `b` and `c` are alike; `a` has twice their size and the same margin.
    assert!(paid[1].minus(paid[2]).unwrap().abs().unwrap() < usd(10));
    assert!(paid[1] > usd(20_000) && paid[0] > paid[1]);
    let books = x.books(MARKET);
    assert_eq!(books.positions, 0);
    assert!(h == Ratio::ONE || books.insurance.is_zero());
    assert!(books.insurance <= fund);
    for who in ["a", "b", "c"] {
        x.withdraw(who, 10_000).unwrap();
    }
}

#[test]
fn where_it_is_short_gains_get_everything_and_liquidity_nothing() {
    let mut x = crowded(0, 1);
    leap(&mut x, "3300");
    // The average catches up before anybody cranks.
    for _ in 0..40 {
        x.wait(60);
        x.quote("3300");
    }
    x.crank();
    assert_eq!(state(&x).unwrap().cause, Cause::Gains);
    wound_up(&mut x, 50);
    let h = state(&x).unwrap().gains.unwrap();
    assert!(h < Ratio::percent(80) && h > Ratio::percent(70), "{h:?}");
    let books = x.books(MARKET);
    assert!(
        books.cash >= Amount::ZERO && books.cash < usd(1),
        "{books:?}"
    );
    assert!(books.insurance.is_zero());
}

#[test]
fn how_it_is_cranked_changes_nobodys_part() {
    let run = |limit| {
        let mut x = ruined(1);
        wound_up(&mut x, limit);
        ["a", "b", "c"].map(|w| x.wallet(w))
    };
    let whole = run(50);
    assert_eq!(run(1), whole);
    assert_eq!(run(2), whole);
}

#[test]
fn who_does_not_wait_for_his_page_is_paid_the_same() {
    let mut x = ruined(1);
    let mut y = ruined(1);
    wound_up(&mut x, 1);
    while state(&y).unwrap().progress != Progress::Paying {
        y.next_block();
        y.crank_in(MARKET, "keeper", 1).unwrap();
    }
    y.claim_profit("c").unwrap();
    assert!(y.position("c").is_none());
    assert_eq!(y.wallet("c"), x.wallet("c"));
    wound_up(&mut y, 1);
    assert_eq!(y.wallet("a"), x.wallet("a"));
}

#[test]
fn orders_are_void_and_everything_that_is_ones_own_comes_out() {
    let mut x = crowded(5_000, 1);
    x.deposit("late", 5_000);
    leap(&mut x, "3300");
    let (late, a) = (x.wallet("late"), x.wallet("a"));
    // Not due yet when it begins.
    x.increase("late", Side::Short, "1", 1_000).unwrap();
    x.close("a", Side::Long).unwrap();
    x.crank();
    assert_eq!(x.books(MARKET).stance.level, Level::Settlement);
    let res = x.crank();
    let void = MandateDone::find(&res.events).unwrap();
    assert!(void.len() == 2 && void.iter().all(|v| v.reason == Refusal::Settled));
    assert!(x.mandates("late").is_empty() && x.mandates("a").is_empty());
    assert_eq!(x.wallet("late"), late, "margin and fee, whole");
    assert!(x.wallet("a") >= a);
    let level = Level::Settlement;
    for (what, action) in [
        (x.increase("late", Side::Short, "1", 1_000), "Increase"),
        (x.close("b", Side::Long), "Reduce"),
        (x.add_margin("b", 1), "AddMargin"),
        (x.remove_margin("b", 1), "RemoveMargin"),
    ] {
        let failed = what.unwrap_err();
        let no = failed.of::<margin_engine::ContractError>();
        assert!(
            matches!(no, Some(margin_engine::ContractError::Forbidden(Forbidden { level: l, action: a })) if *l == level && format!("{a:?}") == action),
            "{action}: {failed:?}"
        );
    }
    x.withdraw("late", 1_000).unwrap();
}

#[test]
fn a_void_order_is_released_whole_by_anyone() {
    let mut x = crowded(5_000, 1);
    x.deposit("late", 5_000);
    leap(&mut x, "3300");
    let before = x.wallet("late");
    x.increase("late", Side::Short, "1", 1_000).unwrap();
    let order = x.mandates("late")[0].order;
    x.crank();
    let market = x.markets[MARKET].id.clone();
    x.tell("anyone", &ExecuteMsg::Release { market, order })
        .unwrap();
    assert!(x.mandates("late").is_empty());
    assert_eq!(x.wallet("late"), before);
    // The order book drops it when it comes to it.
    x.round("3300");
    x.crank();
    assert_eq!(x.queue(MARKET).increasing, 0);
}

#[test]
fn profit_that_was_ready_is_whole_and_the_rest_shares() {
    let mut x = crowded(0, 1);
    x.opened("early", Side::Long, ("8", 5_000), "2000");
    x.walk("2000", "2300", 60);
    x.close("early", Side::Long).unwrap();
    x.round("2300");
    x.crank();
    let queue = x.profit_queue("early");
    assert!(!queue.is_empty(), "some of it waits");
    x.wait(40_000);
    let ready = x
        .profit_queue("early")
        .iter()
        .fold(Amount::ZERO, |s, q| s.plus(q.claimable).unwrap());
    let all = queue
        .iter()
        .fold(Amount::ZERO, |s, q| s.plus(q.amount).unwrap());
    assert!(ready > Amount::ZERO && ready < all);
    let before = x.wallet("early");
    x.walk("2300", "3600", 100);
    for _ in 0..40 {
        x.wait(60);
        x.quote("3600");
    }
    x.crank_in(MARKET, "keeper", 1).unwrap();
    let begun = state(&x).unwrap();
    assert_eq!(begun.cause, Cause::Gains);
    wound_up(&mut x, 3);
    let h = state(&x).unwrap().gains.unwrap();
    assert!(h < Ratio::ONE);
    // What was set apart has been paid; what was ready waits to be claimed.
    let shared = x.wallet("early").minus(before).unwrap();
    let left = x
        .profit_queue("early")
        .iter()
        .fold(Amount::ZERO, |s, q| s.plus(q.claimable).unwrap());
    assert!(left >= ready);
    let expected = all.minus(left).unwrap().share_down(h).unwrap();
    let off = shared.minus(expected).unwrap().abs().unwrap();
    assert!(off <= Amount::raw(4), "{shared:?}, {expected:?}");
    x.claim_profit("early").unwrap();
    assert!(x.profit_queue("early").is_empty());
    assert!(x.books(MARKET).queued.is_zero());
}

#[test]
fn liquidity_owns_what_is_left() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.deposit("old", 100_000);
    x.lp_deposit("old", MARKET, 100_000).unwrap();
    x.round("2000");
    x.crank();
    x.lp_claim("old").unwrap();
    x.opened("a", Side::Long, ("10", 5_000), "2000");
    for _ in 0..62 {
        x.wait(60);
        x.quote("2000");
    }
    x.crank();
    // One request each way waits when it begins.
    x.deposit("new", 50_000);
    x.lp_deposit("new", MARKET, 50_000).unwrap();
    let shares = x.lp(MARKET, "old").shares;
    let half = shares.checked_div(cosmwasm_std::Uint128::new(2)).unwrap();
    x.lp_withdraw("old", half).unwrap();
    settle_by_governance(&mut x, 2_000);
    wound_up(&mut x, 50);
    let (old, new) = (x.wallet("old"), x.wallet("new"));
    x.lp_claim("new").unwrap();
    assert_eq!(x.wallet("new").minus(new).unwrap(), usd(50_000));
    x.lp_claim("old").unwrap();
    let got = x.wallet("old").minus(old).unwrap();
    // A tenth of the vault, both the half that was leaving and the half that was not.
    assert!(got > usd(99_900) && got < usd(101_000), "{got:?}");
    assert!(x.lp(MARKET, "old").shares.is_zero());
    x.lp_claim("old").unwrap_err();
}

/// Governance holds the market at Protected for a week, then settles it.
fn settle_by_governance(x: &mut Exchange, price: u32) {
    let scope = Scope::Market {
        market: x.markets[MARKET].id.clone(),
    };
    let govern = |x: &mut Exchange, level| {
        let scope = scope.clone();
        x.order(DaoMsg::Govern { scope, level }).unwrap();
    };
    govern(x, Level::Protected);
    for _ in 0..(7 * 24 * 2 + 1) {
        x.wait(1_800);
        x.quote(&price.to_string());
    }
    x.quote(&price.to_string());
    govern(x, Level::Settlement);
    x.next_block();
    x.quote(&price.to_string());
    x.crank();
    assert_eq!(state(x).unwrap().cause, Cause::Governance);
}

#[test]
fn nobody_else_notices_and_the_breaker_hears_of_it() {
    let mut x = crowded(5_000, 2);
    let other = |x: &Exchange| {
        let mut books = x.books(1);
        books.stance = x.books(0).stance;
        format!("{books:?}")
    };
    let before = other(&x).replace(&format!("{:?}", x.books(0).stance), "");
    leap(&mut x, "3300");
    x.crank();
    wound_up(&mut x, 50);
    let after = other(&x).replace(&format!("{:?}", x.books(0).stance), "");
    assert_eq!(before, after);
    assert_ne!(x.books(1).stance.level, Level::Settlement);
    // Whatever is leased to it later.
    x.wait(1_000);
    x.quote("3300");
    x.crank();
    assert_eq!(x.stance().level, Level::Settlement);
    let latch = x.vitals();
    assert_eq!(latch.settled, Some(Cause::Gains));
}

#[test]
fn insurance_becomes_cash_before_a_market_is_settled() {
    let mut x = crowded(60_000, 1);
    leap(&mut x, "3050");
    let before = x.books(MARKET);
    let res = x.crank();
    let shored = VaultShored::find(&res.events).unwrap();
    assert_eq!(shored.len(), 1, "{:?}", x.vitals());
    let after = x.books(MARKET);
    let moved = before.insurance.minus(after.insurance).unwrap();
    assert_eq!(moved, shored[0].amount);
    assert!(x.vitals().gain <= Ratio::percent(85));
    assert!(state(&x).is_none());
}

#[test]
fn two_weeks_without_a_price_settle_at_the_last_good_one() {
    for fault in [None, Some(Fault::Panic)] {
        let mut x = Exchange::calm().build();
        x.opened("alice", Side::Long, ("10", 5_000), "2000");
        x.wait(31);
        x.quote("2000");
        x.crank();
        if let Some(fault) = fault {
            x.fault(Module::Oracle, fault);
        }
        for _ in 0..14 {
            x.wait(86_400);
            x.crank();
            assert_eq!(state(&x), None, "{fault:?}");
        }
        x.wait(86_400);
        let res = x.crank();
        let begun = WindUpBegun::find(&res.events).unwrap();
        assert_eq!(begun[0].cause, Cause::Trouble);
        assert_eq!(begun[0].price, harness::price("2000"));
        let res = x.crank();
        assert_eq!(WindUpTerms::find(&res.events).unwrap().len(), 1);
        assert!(x.position("alice").is_none());
        assert!(x.wallet("alice") > usd(4_980));
        x.withdraw("alice", 4_980).unwrap();
    }
}

#[test]
fn who_cranks_rarely_settles_nobody() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.wait(2_000);
    x.crank();
    // Good prices come, but nobody cranks until one is missing again.
    for _ in 0..30 {
        x.wait(43_200);
        for _ in 0..8 {
            x.wait(30);
            x.quote("2000");
        }
    }
    x.wait(2_000);
    x.crank();
    assert_eq!(state(&x), None);
}

#[test]
fn a_dead_oracle_takes_no_answer_from_anybody() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    x.wait(3_700);
    let (books, position) = (x.books(MARKET), x.position("alice"));
    assert_eq!(x.prices(MARKET, None).status, Status::Invalid);
    x.fault(Module::Oracle, Fault::Panic);
    // What it said last is read all the same.
    assert_eq!(x.books(MARKET), books);
    assert_eq!(x.position("alice"), position);
    x.crank();
    x.add_margin("alice", 100).unwrap();
    x.withdraw("alice", 100).unwrap();
    x.close("alice", Side::Long).unwrap();
    let order = x.mandates("alice")[0].order;
    x.cancel("alice", order).unwrap();
    let shares = x.lp(MARKET, "lp").shares;
    x.lp_withdraw("lp", shares).unwrap();
    let terms = x.books(MARKET).terms;
    x.wait(50_000);
    x.crank();
    assert_eq!(
        x.books(MARKET).terms.mm,
        terms.mm,
        "nothing is learned from silence"
    );
}

/// It is released when no round can come any more that the calling back would not bind, and not before: after the
/// tolerance of the feed's clocks and its `max_age`, as they were posted.
#[test]
fn what_is_reserved_for_an_order_called_back_is_not_held_for_a_dead_oracle() {
    let spent = 12 + 90;
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    x.increase("alice", Side::Long, "10", 5_000).unwrap();
    let order = x.mandates("alice")[0].order;
    x.fault(Module::Oracle, Fault::Panic);
    let market = x.markets[MARKET].id.clone();
    let release = ExecuteMsg::Release { market, order };
    let waits = |x: &mut Exchange| {
        let refused = x.tell("anyone", &release).unwrap_err();
        matches!(
            refused.of::<ContractError>(),
            Some(ContractError::StillDue { order: 1 })
        )
    };
    x.wait(spent + 1);
    assert!(waits(&mut x), "nobody called it back");
    x.cancel("alice", order).unwrap();
    x.wait(spent);
    assert!(waits(&mut x), "a round may come that it does not bind");
    x.wait(6);
    let before = x.wallet("alice");
    x.tell("anyone", &release).unwrap();
    assert_eq!(x.wallet("alice").minus(before).unwrap(), usd(5_000));
    assert!(x.mandates("alice").is_empty());
    x.withdraw("alice", 5_000).unwrap();
}
