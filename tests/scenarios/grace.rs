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

/// A long and a short of 10 at 2,000, on two sources.
fn two_sources() -> Exchange {
    let mut x = Exchange::calm().sources(2).build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    x.opened("bob", Side::Short, ("10", 1_300), "2000");
    x
}

/// So many blocks in which they say this: the mean is nobody's word, and nobody is liquidated by it.
#[track_caller]
fn nobody_condemned(x: &mut Exchange, said: [&str; 2], blocks: u32) {
    for block in 0..blocks {
        x.next_block();
        disputed(x, said);
        let pair = x.prices(0, None).newest.unwrap();
        assert_eq!(pair.round.status, Status::Uncertain, "{block}");
        if let Some(average) = pair.round.twap {
            assert!(average >= price("1990"), "{block}: {average:?}");
        }
        assert_eq!(liquidated(x), 0, "{said:?} {block}");
    }
}

/// Where both say so it is a fall, and she is bankrupt.
fn fallen(mut x: Exchange) {
    for _ in 0..80 {
        x.next_block();
        disputed(&mut x, ["1600", "1600"]);
        x.crank();
    }
    assert!(x.position("alice").is_none());
    assert!(x.position("bob").is_some());
}

#[test]
fn what_lies_between_two_sources_that_disagree_from_the_start_condemns_nobody() {
    for said in [["2000", "1600"], ["1600", "2000"]] {
        let mut x = two_sources();
        x.wait(690);
        nobody_condemned(&mut x, said, 120);
        assert!(x.prices(0, None).newest.unwrap().round.twap.is_some());
        fallen(x);
    }
}

#[test]
fn nor_where_the_liar_keeps_silent_until_the_average_is_gone() {
    for (said, silences) in [(["2000", "1600"], 1), (["1600", "2000"], 4)] {
        let mut x = two_sources();
        for _ in 0..40 {
            x.next_block();
            x.quote("2000");
        }
        nobody_condemned(&mut x, said, 10);
        for _ in 0..silences {
            x.wait(160);
            nobody_condemned(&mut x, said, 70);
        }
        fallen(x);
    }
}

#[test]
fn nor_where_the_liar_goes_there_a_step_at_a_time() {
    let mut x = two_sources();
    x.wait(690);
    for down in 3..=15 {
        let lie = (2_000 - 40 * down).to_string();
        nobody_condemned(&mut x, ["2000", &lie], 10);
    }
    fallen(x);
}
