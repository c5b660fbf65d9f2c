//! Amending an order: like calling it back it binds only rounds that nobody could know when it was signed, and like
//! signing it anew it goes to the end of the queue.

use harness::{increase, price, reduce, units, usd, Exchange, Fault, Module};
use margin_engine::ContractError;
use types::{
    engine::{ExecuteMsg, MandateDone, Order, PositionChanged, Refusal},
    market::Rejection,
    wire::Wire,
    Amount, Price, Side,
};

const LONG: Side = Side::Long;

/// Every source publishes at `time` on the first feed, and a round is made of it.
fn published(x: &mut Exchange, text: &str, time: u64) {
    for source in 0..3 {
        x.report(source, "eth-usd", (price(text), Price::ZERO), time)
            .unwrap();
    }
    x.refresh(&["eth-usd"]).unwrap();
}

/// Alice has 10,000 and signs ten long with 5,000; the fee is 0.05.
fn scene() -> Exchange {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    x.increase("alice", LONG, "10", 5_000).unwrap();
    assert_eq!(x.wallet("alice"), Amount::raw(4_999_950_000));
    x
}

/// The reply was this error; nothing has changed since `before`.
#[track_caller]
fn refused(
    x: &Exchange,
    result: Result<cw_multi_test::AppResponse, harness::Failed>,
    before: &str,
) -> String {
    let failed = result.expect_err("it is refused");
    assert_eq!(x.state_hash(), before);
    format!("{:?}", failed.of::<ContractError>().unwrap())
}

#[test]
fn more_is_reserved_at_once_and_it_fills_at_the_first_round_after() {
    let mut x = scene();
    x.next_block();
    let to = increase(LONG, "12", 6_000);
    x.amend("alice", 1, (to, None)).unwrap();
    assert_eq!(x.wallet("alice"), Amount::raw(3_999_950_000));
    x.round("1990");
    // The first crank takes it to the end of the queue, the second executes it at that round.
    x.crank();
    assert!(x.position("alice").is_none());
    assert_eq!(x.mandates("alice")[0].amended, None);
    x.next_block();
    x.quote("1980");
    x.crank();
    let held = x.position("alice").unwrap();
    // 12 at 1,990 and a premium of 12/300,000; taker 5 bp of 23,880; reserve 1.
    assert_eq!(held.size, units("12"));
    assert_eq!(held.cost, Amount::raw(23_880_955_200));
    // A millionth of funding between the round and the question.
    let margin = Amount::raw(6_000_000_000 - 11_940_000 - 1_000_000 - 1);
    assert_eq!(held.margin, margin);
    assert_eq!(held.paid_in, usd(6_000));
    assert_eq!(x.wallet("alice"), Amount::raw(3_999_950_000));
}

#[test]
fn less_comes_back_when_it_binds() {
    let mut x = scene();
    x.next_block();
    x.amend("alice", 1, (increase(LONG, "4", 2_000), None))
        .unwrap();
    // The order as it was signed may still have its round.
    assert_eq!(x.wallet("alice"), Amount::raw(4_999_950_000));
    x.round("1990");
    x.crank();
    assert_eq!(x.wallet("alice"), Amount::raw(7_999_950_000));
    x.crank();
    let held = x.position("alice").unwrap();
    assert_eq!((held.size, held.paid_in), (units("4"), usd(2_000)));
}

#[test]
fn amending_after_the_due_round_exists_does_not_save_the_order() {
    let mut x = scene();
    x.round("1990");
    x.amend(
        "alice",
        1,
        (increase(LONG, "1", 6_000), Some(price("1900"))),
    )
    .unwrap();
    assert_eq!(x.wallet("alice"), Amount::raw(3_999_950_000));
    x.crank();
    let held = x.position("alice").unwrap();
    assert_eq!((held.size, held.paid_in), (units("10"), usd(5_000)));
    // What was reserved for the other terms is back.
    assert_eq!(x.wallet("alice"), Amount::raw(4_999_950_000));
    assert!(x.mandates("alice").is_empty());
}

#[test]
fn a_price_in_flight_when_the_order_was_amended_executes_it_as_signed() {
    let mut x = scene();
    let placed = x.now();
    x.wait(10);
    x.amend("alice", 1, (increase(LONG, "1", 500), None))
        .unwrap();
    x.next_block();
    let later = placed + x.max_future() + 1;
    published(&mut x, "1990", later);
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("10"));
}

#[test]
fn it_loses_its_place() {
    let mut x = scene();
    x.deposit("bob", 6_000);
    x.next_block();
    x.increase("bob", LONG, "10", 5_000).unwrap();
    x.next_block();
    x.amend(
        "alice",
        1,
        (increase(LONG, "10", 5_000), Some(price("3000"))),
    )
    .unwrap();
    x.round("2000");
    let (first, second) = (x.crank(), x.crank());
    let order = |events| -> Vec<_> {
        let fills = PositionChanged::find(events).unwrap();
        fills.into_iter().map(|f| f.account).collect()
    };
    // Bob does not wait for the order that has gone behind his.
    assert_eq!(order(&first.events), [x.person("bob")]);
    assert_eq!(order(&second.events), [x.person("alice")]);
    assert!(x.position("alice").unwrap().cost > x.position("bob").unwrap().cost);
}

#[test]
fn a_reduction_is_amended_whatever_has_become_of_the_market() {
    for fault in [Fault::None, Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = Exchange::calm().build();
        x.opened("alice", LONG, ("10", 5_000), "2000");
        x.close("alice", LONG).unwrap();
        x.fault(Module::Market(0), fault);
        x.next_block();
        x.amend("alice", 2, (reduce(LONG, "4"), None)).unwrap();
        x.round("2000");
        for _ in 0..21 {
            x.crank();
            x.wait(30);
            x.quote("2000");
        }
        x.crank();
        x.crank();
        assert_eq!(x.position("alice").unwrap().size, units("6"), "{fault:?}");
        assert!(x.mandates("alice").is_empty(), "{fault:?}");
    }
}

#[test]
fn an_increase_needs_the_markets_word() {
    let mut x = scene();
    let lot = 1_000_000u128.into();
    let before = x.state_hash();
    let off = x.amend("alice", 1, (increase(LONG, "0.0000011", 500), None));
    let why = refused(&x, off, &before);
    assert_eq!(why, format!("Rejected({:?})", Rejection::OffLot { lot }));
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        x.fault(Module::Market(0), fault);
        let result = x.amend("alice", 1, (increase(LONG, "20", 6_000), None));
        let why = refused(&x, result, &before);
        assert_eq!(why, "Unanswered { order: 1 }", "{fault:?}");
    }
    // Calling it back needs nobody's.
    x.cancel("alice", 1).unwrap();
}

#[test]
fn what_cannot_be_amended() {
    let mut x = scene();
    x.deposit("bob", 1_000);
    let before = x.state_hash();
    for (to, why) in [
        (
            increase(Side::Short, "10", 5_000),
            "OtherOrder { order: 1 }",
        ),
        (Order::Close { side: LONG }, "OtherOrder { order: 1 }"),
        (increase(LONG, "0", 5_000), "Zero { what: \"size\" }"),
    ] {
        let result = x.amend("alice", 1, (to, None));
        assert_eq!(refused(&x, result, &before), why);
    }
    let result = x.amend("bob", 1, (increase(LONG, "1", 100), None));
    assert_eq!(refused(&x, result, &before), "NoOrder { order: 1 }");
    let result = x.amend("alice", 1, (increase(LONG, "10", 10_000), None));
    assert!(refused(&x, result, &before).starts_with("Insufficient"));
    // Twice, and after it was called back.
    x.amend("alice", 1, (increase(LONG, "1", 100), None))
        .unwrap();
    let before = x.state_hash();
    let result = x.amend("alice", 1, (increase(LONG, "2", 100), None));
    assert_eq!(refused(&x, result, &before), "AlreadyAmended { order: 1 }");
    x.cancel("alice", 1).unwrap();
    let before = x.state_hash();
    let result = x.amend("alice", 1, (increase(LONG, "2", 100), None));
    assert_eq!(
        refused(&x, result, &before),
        "AlreadyCancelled { order: 1 }"
    );
}

#[test]
fn what_is_amended_and_called_back_goes_back_whole() {
    let mut x = scene();
    x.next_block();
    x.amend("alice", 1, (increase(LONG, "12", 6_000), None))
        .unwrap();
    x.next_block();
    x.cancel("alice", 1).unwrap();
    x.round("2000");
    x.crank();
    let res = x.crank();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(
        (done[0].reason, done[0].refund),
        (Refusal::Cancelled, usd(6_000))
    );
    assert_eq!(x.wallet("alice"), Amount::raw(9_999_950_000));
    // Without a round: by anyone, in time, the extra too.
    let mut x = scene();
    x.amend("alice", 1, (increase(LONG, "12", 6_000), None))
        .unwrap();
    x.cancel("alice", 1).unwrap();
    x.wait(120);
    let (market, order) = ("eth-perp".to_owned(), 1);
    x.tell("alice", &ExecuteMsg::Release { market, order })
        .unwrap();
    assert_eq!(x.wallet("alice"), usd(10_000));
}

#[test]
fn the_later_of_two_expiries_releases() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    let market = || "eth-perp".to_owned();
    let (start, order) = (x.now(), 1);
    let place = ExecuteMsg::PlaceOrder {
        market: market(),
        order: increase(LONG, "10", 5_000),
        limit: None,
        expiry: Some(start + 60),
    };
    x.tell("alice", &place).unwrap();
    let to = increase(LONG, "10", 5_000);
    let amend = ExecuteMsg::AmendOrder {
        market: market(),
        order,
        to,
        limit: None,
        expiry: Some(start + 600),
    };
    x.tell("alice", &amend).unwrap();
    let release = ExecuteMsg::Release {
        market: market(),
        order,
    };
    x.at(start + 300);
    let failed = x.tell("alice", &release).unwrap_err();
    let still = failed.of::<ContractError>();
    assert!(matches!(still, Some(ContractError::StillDue { order: 1 })));
    x.at(start + 600 + 12 + 91);
    x.tell("alice", &release).unwrap();
    assert_eq!(x.wallet("alice"), usd(10_000));
}

#[test]
fn an_amended_increase_of_a_dead_market_goes_back_with_what_was_reserved_for_it() {
    let mut x = scene();
    x.next_block();
    x.amend("alice", 1, (increase(LONG, "12", 6_000), None))
        .unwrap();
    x.fault(Module::Market(0), Fault::Dead);
    x.round("2000");
    x.crank();
    // Taker 5 bp of what was signed first, 20,000.
    assert_eq!(x.wallet("alice"), Amount::raw(9_999_950_000 - 10_000_000));
    assert!(x.mandates("alice").is_empty());
}
