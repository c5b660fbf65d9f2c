//! After an outage people have time to close and to add margin before anybody but the deep is liquidated.

use harness::{price, units, Exchange};
use types::{engine::Liquidated, oracle::Status, wire::Wire, Price, Side};

/// Ten at 2,000 with 1,300 or so: maintenance is about 2.5 %.
fn at_risk() -> Exchange {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.opened("deep", Side::Long, ("10", 1_100), "2000");
    x.deposit("alice", 1_000);
    x
}

/// No price for `seconds`, then rounds at `price` until the jump is confirmed, and one more.
fn outage(x: &mut Exchange, seconds: u64, price: &str) {
    x.wait(seconds);
    x.quote(price);
    for _ in 0..5 {
        x.next_block();
        x.quote(price);
    }
    assert_eq!(x.prices(0, None).status, Status::Valid);
}

fn liquidated(x: &mut Exchange) -> usize {
    let res = x.crank();
    Liquidated::find(&res.events).unwrap().len()
}

#[test]
fn as_long_as_the_outage_was_nobody_but_the_deep_is_liquidated() {
    let mut x = at_risk();
    let max_age = x.prices(0, None).max_age;
    outage(&mut x, 690, "1912");
    let until = x.prices(0, None).grace_until;
    // What exceeds `max_age` was the outage; it counts from the first Valid round.
    assert!(until + 25 > x.now() + 690 - max_age && until <= x.now() + 690 - max_age);
    assert_eq!(liquidated(&mut x), 1);
    // Less than half of maintenance: in part, as far as that is enough.
    assert!(x.position("deep").is_none_or(|p| p.size < units("10")));
    assert_eq!(x.position("alice").unwrap().size, units("10"));
    while x.now() < until {
        x.wait(30);
        x.quote("1912");
        if x.now() < until {
            assert_eq!(liquidated(&mut x), 0);
        }
    }
    x.next_block();
    x.quote("1912");
    assert_eq!(liquidated(&mut x), 1, "it is over");
}

#[test]
fn who_adds_margin_or_closes_in_time_is_not_liquidated() {
    let mut x = at_risk();
    outage(&mut x, 690, "1912");
    x.add_margin("alice", 500).unwrap();
    for _ in 0..40 {
        x.wait(30);
        x.quote("1912");
        x.crank();
    }
    assert_eq!(x.position("alice").unwrap().size, units("10"));

    let mut x = at_risk();
    outage(&mut x, 690, "1912");
    x.close("alice", Side::Long).unwrap();
    x.round("1912");
    assert_eq!(liquidated(&mut x), 1, "the deep one");
    assert!(x.position("alice").is_none());
}

#[test]
fn half_an_hour_at_most() {
    let mut x = at_risk();
    outage(&mut x, 20_000, "1912");
    let until = x.prices(0, None).grace_until;
    assert!(until <= x.now() + 1_800 && until + 25 > x.now() + 1_800);
}

#[test]
fn a_late_price_is_no_outage() {
    let mut x = at_risk();
    let max_age = x.prices(0, None).max_age;
    outage(&mut x, max_age - 3, "1912");
    assert_eq!(x.prices(0, None).grace_until, 0);
    assert_eq!(liquidated(&mut x), 2);
}

/// Two sources are left and say this, without a doubt of their own.
fn disputed(x: &mut Exchange, said: [&str; 2]) {
    let (feed, now) = (x.markets[0].feed.clone(), x.now());
    for (source, text) in said.into_iter().enumerate() {
        x.report(source, &feed, (price(text), Price::ZERO), now)
            .unwrap();
    }
    x.refresh(&[&feed]).unwrap();
}

#[test]
fn what_lies_between_two_sources_that_disagree_from_the_start_condemns_nobody() {
    for said in [["2000", "1600"], ["1600", "2000"]] {
        let mut x = Exchange::calm().sources(2).build();
        x.opened("alice", Side::Long, ("10", 1_300), "2000");
        x.opened("bob", Side::Short, ("10", 1_300), "2000");
        x.wait(690);
        for _ in 0..20 {
            x.next_block();
            disputed(&mut x, said);
            let pair = x.prices(0, None).newest.unwrap();
            if x.prices(0, None).status == Status::Uncertain && pair.round.twap.is_none() {
                assert_eq!(pair.round.price, price("1800"));
            }
            assert_eq!(liquidated(&mut x), 0, "{said:?}");
        }
        // Where both say so it is a fall, and she is bankrupt.
        for _ in 0..20 {
            x.next_block();
            disputed(&mut x, ["1600", "1600"]);
            x.crank();
        }
        assert!(x.position("alice").is_none());
        assert!(x.position("bob").is_some());
    }
}
