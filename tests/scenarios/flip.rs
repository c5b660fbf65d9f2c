//! A flip: one signature, a close and an increase on the other side, at one round. The close is an exit like any other;
//! the increase fills only if the close has.

use harness::{price, units, usd, Exchange, Fault, Module};
use margin_engine::ContractError;
use types::{
    engine::{MandateDone, PositionChanged, Refusal},
    level::Level,
    market::Rejection,
    wire::Wire,
    Amount, Price, Side,
};

/// Alice is long ten at 2,000 with 5,000 behind it, and has 4,010.95 free: 20,000.666667 paid for it, 10 taker.
fn scene() -> Exchange {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 4_001);
    assert_eq!(x.wallet("alice"), Amount::raw(4_010_950_000));
    x
}

/// Sign the flip of the scene: fifteen short with 4,000.
fn flip(x: &mut Exchange, limit: Option<&str>) {
    x.flip("alice", Side::Long, ("15", 4_000), limit.map(price))
        .unwrap();
}

fn done(res: &cw_multi_test::AppResponse) -> Vec<(u64, Refusal, Amount)> {
    MandateDone::find(&res.events)
        .unwrap()
        .into_iter()
        .map(|d| (d.order, d.reason, d.refund))
        .collect()
}

/// Funding of some seconds is a few millionths of a dollar.
#[track_caller]
fn near(got: Amount, want: i128) {
    assert!((got.0.i128() - want).abs() < 10, "{got:?}, not {want}");
}

#[test]
fn it_closes_and_opens_at_one_round() {
    let mut x = scene();
    flip(&mut x, None);
    // 4,000 of margin, a base fee, and a fiftieth more for the second to wait.
    assert_eq!(x.wallet("alice"), Amount::raw(10_849_000));
    assert_eq!((x.queue(0).reducing, x.queue(0).increasing), (1, 1));
    x.round("2010");
    let res = x.crank();
    let fills = PositionChanged::find(&res.events).unwrap();
    let rows: Vec<_> = fills.iter().map(|f| (f.by, f.size, f.fee)).collect();
    assert_eq!(
        rows,
        [
            (units("-10"), units("0"), Amount::raw(6_030_000)),
            (units("-15"), units("-15"), Amount::raw(15_075_000)),
        ]
    );
    // From +10 to 0 at a premium of 1/30,000; from 0 to -15 at a discount of 1/20,000.
    let held = x.position("alice").unwrap();
    assert_eq!(held.cost, Amount::raw(-30_148_492_500));
    assert_eq!(
        held.margin,
        Amount::raw(4_000_000_000 - 1_000_000 - 15_075_000)
    );
    // 5,000 less taker 10 and 6.03, and 100.003333 won: back, its reserve too.
    near(x.wallet("alice"), 10_849_000 + 5_083_973_333);
    assert!(x.mandates("alice").is_empty());
}

#[test]
fn one_limit_holds_for_both() {
    let mut x = scene();
    flip(&mut x, Some("2011"));
    x.round("2010");
    let res = x.crank();
    let refused = done(&res);
    assert_eq!(refused[0], (2, Refusal::Limit, Amount::ZERO));
    assert_eq!(refused[1], (3, Refusal::NotClosed, usd(4_000)));
    assert_eq!(x.position("alice").unwrap().size, units("10"));
    // All but the two fees is back.
    assert_eq!(x.wallet("alice"), Amount::raw(4_010_950_000 - 101_000));
    // 2,010 is good enough for the close, whose premium is on its side, and not for the increase.
    flip(&mut x, Some("2010"));
    x.round("2010");
    assert_eq!(done(&x.crank()), [(5, Refusal::Limit, usd(4_000))]);
    assert!(x.position("alice").is_none());
}

#[test]
fn an_increase_that_cannot_be_harms_no_exit() {
    let mut x = scene();
    x.flip("alice", Side::Long, ("60", 4_000), None).unwrap();
    x.round("2010");
    let res = x.crank();
    assert_eq!(done(&res), [(3, Refusal::Margin, usd(4_000))]);
    assert!(x.position("alice").is_none());
    near(x.wallet("alice"), 4_010_849_000 + 5_083_973_333);
}

#[test]
fn a_position_that_is_gone_is_not_flipped() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.deposit("alice", 5_001);
    x.flip("alice", Side::Long, ("10", 5_000), None).unwrap();
    x.round("1850");
    let res = x.crank();
    // Deep at one Valid round: whichever came first, nothing is open on the other side without a close.
    let rows = done(&res);
    if rows.is_empty() {
        assert_eq!(x.position("alice").unwrap().size, units("-10"));
    } else {
        assert_eq!(rows[0].1, Refusal::NoPosition);
        assert_eq!((rows[1].1, rows[1].2), (Refusal::NotClosed, usd(5_000)));
    }
    // Without a position from the start.
    let mut x = Exchange::calm().build();
    x.deposit("bob", 5_001);
    x.flip("bob", Side::Short, ("10", 5_000), None).unwrap();
    x.round("2000");
    let reasons: Vec<_> = done(&x.crank()).iter().map(|d| d.1).collect();
    assert_eq!(reasons, [Refusal::NoPosition, Refusal::NotClosed]);
    assert_eq!(x.wallet("bob"), Amount::raw(5_000_899_000));
}

#[test]
fn where_new_risk_is_forbidden_a_flip_is_not_signed_and_a_signed_one_only_closes() {
    let mut x = scene();
    flip(&mut x, None);
    x.wait(30);
    x.quote("2240");
    assert!(x.stance().level >= Level::ReduceOnly);
    let res = x.crank();
    assert_eq!(done(&res), [(3, Refusal::Level, usd(4_000))]);
    assert!(x.position("alice").is_none());
    let refused = x.flip("alice", Side::Long, ("1", 500), None).unwrap_err();
    let forbidden = refused.of::<ContractError>();
    assert!(matches!(forbidden, Some(ContractError::Forbidden(_))));
}

/// Three cranks, forty seconds apart, at a price that has moved on.
fn later(x: &mut Exchange) {
    for _ in 0..3 {
        x.wait(40);
        x.quote("2020");
        x.crank();
    }
    assert_eq!((x.queue(0).reducing, x.queue(0).increasing), (0, 0));
}

#[test]
fn a_fault_of_the_engine_delays_both_to_their_own_round() {
    for fault in [Fault::Panic, Fault::Dead, Fault::Garbage] {
        let mut x = scene();
        flip(&mut x, None);
        x.round("2010");
        x.fault(Module::Engine, fault);
        x.crank_book(0, "keeper", 10).unwrap();
        x.fault(Module::Engine, Fault::None);
        later(&mut x);
        let held = x.position("alice").unwrap();
        assert_eq!(held.cost, Amount::raw(-30_148_492_500), "{fault:?}");
        near(x.wallet("alice"), 10_849_000 + 5_083_973_333);
    }
}

#[test]
fn a_close_that_waits_out_a_fault_still_closes_and_the_increase_has_gone_back() {
    let mut x = scene();
    flip(&mut x, None);
    x.round("2010");
    x.fault(Module::Engine, Fault::Panic);
    // One step: the close.
    x.crank_book(0, "keeper", 1).unwrap();
    x.fault(Module::Engine, Fault::None);
    let res = x.crank();
    assert_eq!(done(&res), [(3, Refusal::NotClosed, usd(4_000))]);
    assert_eq!(x.position("alice").unwrap().size, units("10"));
    later(&mut x);
    assert!(x.position("alice").is_none());
    // At 2,010, the round it was due at.
    near(x.wallet("alice"), 4_010_849_000 + 5_083_973_333);
}

#[test]
fn a_dead_market_closes_and_gives_the_increase_back() {
    let mut x = scene();
    flip(&mut x, None);
    x.fault(Module::Market(0), Fault::Dead);
    x.round("2010");
    let res = x.crank();
    assert!(x.position("alice").is_none());
    assert_eq!(done(&res)[0].1, Refusal::Evicted);
    // As every increase of a dead market: less taker, 5 bp of 30,150.
    assert_eq!(done(&res)[0].2, Amount::raw(4_000_000_000 - 15_075_000));
    near(
        x.wallet("alice"),
        10_849_000 + 5_083_973_333 + 4_000_000_000 - 15_075_000,
    );
}

#[test]
fn a_market_that_fails_while_it_is_signed_keeps_the_close_and_refunds_the_increase() {
    for fault in [Fault::Panic, Fault::Dead, Fault::Garbage] {
        let mut x = scene();
        x.fault(Module::Market(0), fault);
        flip(&mut x, None);
        let kept: Vec<_> = x.mandates("alice").iter().map(|m| m.order).collect();
        assert_eq!(kept, [2], "{fault:?}");
        assert_eq!(x.wallet("alice"), Amount::raw(4_010_900_000), "{fault:?}");
    }
}

#[test]
fn full_lanes_refuse_the_flip_and_leave_the_close() {
    let mut x = scene();
    x.deposit("alice", 100);
    for _ in 0..5 {
        x.increase("alice", Side::Long, "0.01", 10).unwrap();
    }
    let before = x.state_hash();
    let refused = x
        .flip("alice", Side::Long, ("15", 4_000), None)
        .unwrap_err();
    let many = Rejection::TooMany { max: 5 };
    assert!(matches!(
        refused.of::<ContractError>(),
        Some(ContractError::Rejected(why)) if *why == many
    ));
    assert_eq!(x.state_hash(), before);
    x.close("alice", Side::Long).unwrap();
}

#[test]
fn calling_the_close_back_calls_both_back_and_the_increase_only_itself() {
    let mut x = scene();
    flip(&mut x, None);
    x.cancel("alice", 2).unwrap();
    x.round("2010");
    let reasons: Vec<_> = done(&x.crank()).iter().map(|d| d.1).collect();
    assert_eq!(reasons, [Refusal::Cancelled, Refusal::NotClosed]);
    assert_eq!(x.position("alice").unwrap().size, units("10"));
    flip(&mut x, None);
    x.cancel("alice", 5).unwrap();
    x.round("2010");
    let res = x.crank();
    assert_eq!(done(&res), [(5, Refusal::Cancelled, usd(4_000))]);
    assert!(x.position("alice").is_none());
}

#[test]
fn its_halves_are_called_back_not_amended() {
    let mut x = scene();
    flip(&mut x, None);
    for (order, to) in [
        (2, types::engine::Order::Close { side: Side::Long }),
        (3, harness::increase(Side::Short, "10", 4_000)),
    ] {
        let refused = x.amend("alice", order, (to, None::<Price>)).unwrap_err();
        let linked = refused.of::<ContractError>();
        assert!(matches!(linked, Some(ContractError::Linked { order: o }) if *o == order));
    }
}
