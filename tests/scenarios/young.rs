//! New risk waits for the half-hour average that it would be settled at; everything else goes on without one.

use harness::{units, usd, Exchange};
use types::{
    engine::{MandateDone, Refusal},
    level::Level,
    oracle::Status,
    wire::Wire,
    Side,
};

/// Alice asks for one more unit, which is judged at the next round.
fn asks(x: &mut Exchange) -> Option<Refusal> {
    x.increase("alice", Side::Long, "1", 1_000).unwrap();
    x.round("2000");
    let done = MandateDone::find(&x.crank().events).unwrap();
    done.first().map(|d| d.reason)
}

/// So many minutes of rounds.
fn minutes(x: &mut Exchange, n: u32) {
    for _ in 0..n {
        x.wait(60);
        x.quote("2000");
        x.crank();
    }
}

#[test]
fn a_market_takes_no_risk_before_its_feed_has_lived_four_fifths_of_half_an_hour() {
    let mut x = Exchange::calm().young().build();
    x.deposit("alice", 5_000);
    let before = x.wallet("alice");
    assert_eq!(asks(&mut x), Some(Refusal::NoAverage));
    // All margin is back; whoever removed the order has its fee.
    let fee = before.minus(x.wallet("alice")).unwrap();
    assert!(fee > usd(0) && fee < usd(1), "{fee:?}");
    minutes(&mut x, 15);
    assert_eq!(asks(&mut x), Some(Refusal::NoAverage));
    minutes(&mut x, 4);
    assert_eq!(asks(&mut x), None);
    assert_eq!(x.position("alice").unwrap().size, units("1"));
}

#[test]
fn the_order_is_judged_by_its_own_round_whenever_it_is_cranked() {
    let mut x = Exchange::calm().young().build();
    x.deposit("alice", 5_000);
    x.increase("alice", Side::Long, "1", 1_000).unwrap();
    x.round("2000");
    // By the time somebody cranks there is an average; at the order's round there was none.
    for _ in 0..25 {
        x.wait(60);
        x.quote("2000");
    }
    assert!(x.prices(0, None).newest.unwrap().round.averaged);
    let done = MandateDone::find(&x.crank().events).unwrap();
    assert_eq!(done[0].reason, Refusal::NoAverage);
}

#[test]
fn a_feed_of_two_sources_has_an_average_too() {
    let mut x = Exchange::calm().sources(2).build();
    assert_eq!(
        x.prices(0, None).newest.unwrap().round.status,
        Status::Degraded
    );
    x.deposit("alice", 5_000);
    assert_eq!(asks(&mut x), None);
}

#[test]
fn after_an_outage_every_exit_is_open_and_new_risk_waits_for_the_average() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 5_000);
    x.wait(7_200);
    minutes(&mut x, 2);
    let back = x.now();
    // The market itself heals as ever.
    while x.stance().level > Level::Normal {
        assert!(x.now() < back + 1_200, "{:?}", x.stance());
        x.add_margin("alice", 10).unwrap();
        minutes(&mut x, 1);
    }
    assert_eq!(asks(&mut x), Some(Refusal::NoAverage));
    x.reduce("alice", Side::Long, "4").unwrap();
    x.round("2000");
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("6"));
    x.remove_margin("alice", 100).unwrap();
    x.increase("alice", Side::Long, "1", 1_000).unwrap();
    let order = x.mandates("alice")[0].order;
    x.cancel("alice", order).unwrap();
    x.withdraw("alice", 1_000).unwrap();
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
    while asks(&mut x) == Some(Refusal::NoAverage) {
        assert!(x.now() < back + 1_800, "it ends");
        minutes(&mut x, 1);
    }
    assert!(x.position("alice").is_some());
}
