//! Nobody leaves with gains that losers cannot pay: an order that comes to be settled while heads are bankrupt clears a
//! few of them itself, and waits for the rest. Waiting is neither a refusal nor a fault, and costs nothing.

use harness::Exchange;
use margin_engine::ContractError;
use types::{
    engine::{Liquidated, MandateDone, PositionChanged, Vitals},
    wire::Wire,
    Side,
};

/// So many longs that a fall to 1,870 bankrupts, and shorts who gain by it.
fn opened(longs: usize) -> Exchange {
    let mut x = Exchange::calm().build();
    for who in ["winner", "second"] {
        x.opened(who, Side::Short, ("50", 20_000), "2000");
    }
    for n in 0..longs {
        x.opened(&format!("long{n}"), Side::Long, ("100", 12_000), "2000");
    }
    x
}

/// Two of the shorts want to leave with what they have gained.
fn scene(longs: usize) -> Exchange {
    let mut x = opened(longs);
    x.close("winner", Side::Short).unwrap();
    x.close("second", Side::Short).unwrap();
    x.round("1870");
    x
}

struct Done {
    cleared: usize,
    filled: usize,
    refused: usize,
}

fn crank_book(x: &mut Exchange) -> Done {
    let res = x.crank_book(0, "keeper", 10).unwrap();
    Done {
        cleared: Liquidated::find(&res.events).unwrap().len(),
        filled: PositionChanged::find(&res.events).unwrap().len(),
        refused: MandateDone::find(&res.events).unwrap().len(),
    }
}

#[test]
fn three_bankrupt_heads_are_cleared_on_the_way_and_both_orders_fill() {
    let mut x = scene(3);
    let Done {
        cleared,
        filled,
        refused,
    } = crank_book(&mut x);
    assert_eq!((cleared, filled, refused), (3, 2, 0));
    assert!(x.position("winner").is_none() && x.position("second").is_none());
}

#[test]
fn four_are_busy_and_nobody_is_charged_or_passed_by() {
    let mut x = scene(4);
    let (wallet, order) = (x.wallet("winner"), x.mandates("winner"));
    let held = x.position("winner").unwrap();
    let done = crank_book(&mut x);
    // The crank stops there: the order behind is not tried, so none of the fourth is cleared for it.
    assert_eq!((done.cleared, done.filled, done.refused), (3, 0, 0));
    assert_eq!(x.wallet("winner"), wallet);
    assert_eq!(x.mandates("winner"), order, "as it was signed");
    let still = x.position("winner").unwrap();
    assert_eq!((still.size, still.margin), (held.size, held.margin));
    assert_eq!(x.queue(0).reducing, 2);
    let vitals: Vitals = x.vitals();
    assert_eq!(vitals.venue_faults, 0, "no fault of the venue");
    // The next crank of the same round clears what is left.
    let done = crank_book(&mut x);
    assert_eq!((done.cleared, done.filled, done.refused), (1, 2, 0));
    assert!(x.position("winner").is_none() && x.position("second").is_none());
    assert!(x.wallet("winner") > wallet);
}

#[test]
fn however_many_there_are_each_crank_brings_it_three_nearer() {
    let mut x = scene(8);
    let rows: Vec<_> = (0..3).map(|_| crank_book(&mut x)).collect();
    let rows: Vec<_> = rows.iter().map(|d| (d.cleared, d.filled)).collect();
    assert_eq!(rows, [(3, 0), (3, 0), (2, 2)]);
}

#[test]
fn waiting_for_busy_heads_ages_no_order() {
    let mut x = scene(4);
    // An order that has been due for ten minutes makes its venue a dead one, whose orders are taken over: not while it
    // is heads that it waits for.
    x.wait(610);
    x.quote("1870");
    let res = x.crank();
    assert_eq!(PositionChanged::find(&res.events).unwrap().len(), 0);
    assert_eq!(Liquidated::find(&res.events).unwrap().len(), 4);
    assert!(!x.books(0).dead && x.position("winner").is_some());
    x.crank();
    assert!(!x.books(0).dead && x.position("winner").is_none());
}

#[test]
fn margin_that_is_taken_away_waits_like_an_order() {
    for (longs, busy) in [(3, false), (4, true)] {
        let mut x = opened(longs);
        // A fall that alarms nobody, and nobody cranks meanwhile.
        for at in (1_870..2_000).rev() {
            x.wait(30);
            x.quote(&at.to_string());
        }
        let before = x.state_hash();
        match x.remove_margin("winner", 1) {
            Err(refused) if busy => {
                let reason = refused.of::<ContractError>();
                assert!(matches!(reason, Some(ContractError::Busy)), "{refused:?}");
                assert_eq!(x.state_hash(), before);
            }
            other => assert!(other.is_ok() && !busy, "{longs}: {other:?}"),
        }
    }
}
