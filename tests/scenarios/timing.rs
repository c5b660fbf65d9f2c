//! Which price an order meets: the first that nobody could have known when it was placed.

use harness::{price, units, usd, Exchange};
use margin_engine::ContractError;
use types::{engine::ExecuteMsg, Price, Side};

/// Every source publishes at `time` on the first feed, and a round is made of it.
fn published(x: &mut Exchange, text: &str, time: u64) {
    for source in 0..3 {
        x.report(source, "eth-usd", (price(text), Price::ZERO), time)
            .unwrap();
    }
    x.refresh(&["eth-usd"]).unwrap();
}

#[test]
fn an_order_meets_no_price_knowable_when_it_was_placed() {
    // Levana, December 2023: the attacker holds a signed price that the chain has not seen. Source clocks run
    // ahead by all the tolerance there is.
    let mut x = Exchange::calm().build();
    let ahead = x.max_future();
    x.deposit("thief", 50_000);
    let placed = x.now();
    x.increase("thief", Side::Long, "100", 40_000).unwrap();
    // In the same block and the next ones he pushes what he knew, dated as far ahead as is accepted.
    published(&mut x, "2008", placed + ahead);
    x.crank();
    x.next_block();
    published(&mut x, "2009", placed + ahead);
    x.crank();
    assert!(x.position("thief").is_none(), "not at a price he knew");
    assert_eq!(x.mandates("thief").len(), 1);
    // The first later one is what he gets.
    x.next_block();
    let later = x.now() + 1;
    published(&mut x, "2010", later);
    x.crank();
    let p = x.position("thief").unwrap();
    assert!(p.cost > usd(200_900), "{:?}", p.cost);
}

#[test]
fn three_prices_in_hand_give_no_choice() {
    // The variant: of several publishable prices the attacker would show the best one only.
    let mut x = Exchange::calm().build();
    x.deposit("thief", 50_000);
    x.increase("thief", Side::Long, "100", 40_000).unwrap();
    let placed = x.now();
    x.wait(30);
    // Older observations than the order can be shown, but do not bind it.
    published(&mut x, "1990", placed - 1);
    let ahead = placed + x.max_future();
    published(&mut x, "1995", ahead);
    x.crank();
    assert!(x.position("thief").is_none());
}

#[test]
fn cancelling_after_the_due_round_exists_does_not_save_the_order() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 50_000);
    x.increase("alice", Side::Long, "10", 5_000).unwrap();
    x.round("1990");
    x.cancel("alice", 1).unwrap();
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("10"));
}

#[test]
fn cancelling_in_time_saves_it_at_the_first_later_round() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 50_000);
    x.increase("alice", Side::Long, "10", 5_000).unwrap();
    x.cancel("alice", 1).unwrap();
    x.round("1990");
    x.crank();
    assert!(x.position("alice").is_none());
    assert!(x.mandates("alice").is_empty());
    assert!(x.wallet("alice") > usd(49_999));
}

#[test]
fn a_price_in_flight_when_the_order_was_cancelled_still_executes_it() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 50_000);
    x.increase("alice", Side::Long, "10", 5_000).unwrap();
    let placed = x.now();
    x.wait(10);
    // By the time of the cancel the round's price may be known: it is later than placing + max_future, but not
    // than cancelling + max_future.
    x.cancel("alice", 1).unwrap();
    x.next_block();
    let later = placed + x.max_future() + 1;
    published(&mut x, "1990", later);
    x.crank();
    assert!(x.position("alice").is_some());
}

#[test]
fn expiring_after_the_due_round_exists_does_not_save_the_order() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 50_000);
    let expiry = Some(x.now() + x.max_future() + 2);
    let order = types::engine::Order::Increase {
        side: Side::Long,
        size: 10_000_000_000_000u128.into(),
        margin: 5_000_000_000u128.into(),
    };
    let place = ExecuteMsg::PlaceOrder {
        market: "eth-perp".into(),
        order,
        limit: None,
        expiry,
    };
    x.tell("alice", &place).unwrap();
    x.round("1990");
    // Nobody cranks until long after the expiry: the order still belongs to its round.
    x.wait(60);
    x.quote("1985");
    x.wait(60);
    x.quote("1975");
    x.crank();
    let p = x.position("alice").unwrap();
    assert!(
        p.cost < usd(19_950),
        "filled at its own round: {:?}",
        p.cost
    );
    assert!(
        p.cost > usd(19_880),
        "filled at its own round: {:?}",
        p.cost
    );
}

#[test]
fn pulling_margin_after_the_due_round_exists_is_refused() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 9_000), "2000");
    x.deposit("alice", 5_000);
    x.increase("alice", Side::Long, "10", 2_000).unwrap();
    x.round("1990");
    let refused = x.remove_margin("alice", 100).unwrap_err();
    assert!(
        matches!(
            refused.of::<ContractError>(),
            Some(ContractError::DueFirst { .. })
        ),
        "{refused:?}"
    );
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("20"));
    x.remove_margin("alice", 100).unwrap();
}

#[test]
fn margin_added_after_the_due_round_does_not_count_for_the_order() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.deposit("alice", 20_000);
    // Too little for twice the size.
    x.increase("alice", Side::Long, "90", 100).unwrap();
    x.round("2000");
    x.add_margin("alice", 15_000).unwrap();
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("10"));
    // Margin added before the round counts.
    x.increase("alice", Side::Long, "90", 100).unwrap();
    x.round("2000");
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("100"));
}

#[test]
fn a_cancelled_order_that_meets_no_round_is_released_in_time() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    x.increase("alice", Side::Long, "1", 5_000).unwrap();
    x.cancel("alice", 1).unwrap();
    let release = ExecuteMsg::Release {
        market: "eth-perp".into(),
        order: 1,
    };
    x.wait(30);
    let refused = x.tell("alice", &release).unwrap_err();
    assert!(
        matches!(
            refused.of::<ContractError>(),
            Some(ContractError::StillDue { order: 1 })
        ),
        "{refused:?}"
    );
    x.wait(90);
    x.tell("alice", &release).unwrap();
    assert!(x.mandates("alice").is_empty());
    assert_eq!(x.wallet("alice"), usd(10_000));
    // The market drops it when it comes to it.
    x.round("2000");
    x.crank();
    assert_eq!(x.queue(0).increasing, 0);
}
