//! What a market would settle at, whether a peg holds, and who pays for picking the moment.

use types::{
    oracle::{ExecuteMsg, QueryMsg, Report, SettlePrice, Status},
    Price, Ratio,
};

use crate::suite::{cents, usd, Suite, FEED, NAMES};

#[test]
fn a_young_feed_settles_at_its_last_usable_price() {
    let mut s = Suite::calm().build();
    assert_eq!(s.settle(), None);
    let first = s.tick(10, usd(2_000));
    let last = |price, time| SettlePrice {
        price,
        time,
        averaged: false,
        valid: true,
    };
    assert_eq!(s.settle(), Some(last(usd(2_000), first.at.time)));
    let second = s.tick(10, usd(2_010));
    assert_eq!(s.settle(), Some(last(usd(2_010), second.at.time)));
    // An Uncertain round is no price to settle at.
    let third = s.tick(10, usd(3_000));
    assert_eq!(third.status, Status::Uncertain);
    assert_eq!(s.settle(), Some(last(usd(2_010), second.at.time)));
}

#[test]
fn it_settles_at_the_half_hour_average_of_the_last_valid_window() {
    let mut s = Suite::calm().build();
    for _ in 0..100 {
        s.tick(10, usd(2_000));
    }
    for _ in 0..80 {
        s.tick(10, usd(2_040));
    }
    let window = s.settle().unwrap();
    // About 1,000 s at 2,000 and 800 s at 2,040.
    assert!(window.averaged && window.time == s.newest().at.time);
    assert!(
        usd(2_015) < window.price && window.price < usd(2_020),
        "{window:?}"
    );
    // Two sources make Degraded rounds, which move it no more.
    for _ in 0..20 {
        s.later(61);
        s.says("ann", usd(2_100), s.now());
        s.says("ben", usd(2_100), s.now());
        s.refresh();
        assert_eq!(s.newest().status, Status::Degraded);
    }
    assert_eq!(s.settle(), Some(window));
    // Nor does a halt, until half an hour is covered again.
    s.later(28_800);
    s.tick(10, usd(2_100));
    for _ in 0..130 {
        s.tick(10, usd(2_100));
    }
    assert_eq!(s.settle(), Some(window));
    for _ in 0..60 {
        s.tick(10, usd(2_100));
    }
    assert_eq!(s.settle().unwrap().price, usd(2_100));
}

/// Two of three sources say this, a minute later.
fn two_say(s: &mut Suite, price: Price) {
    s.later(60);
    s.says("ann", price, s.now());
    s.says("ben", price, s.now());
    s.refresh();
}

#[test]
fn a_feed_that_was_never_valid_settles_at_the_average_of_its_degraded_rounds() {
    let mut s = Suite::calm().build();
    for _ in 0..24 {
        two_say(&mut s, usd(2_000));
    }
    assert_eq!(s.newest().status, Status::Degraded);
    assert!(!s.newest().averaged && !s.settle().unwrap().averaged);
    two_say(&mut s, usd(2_000));
    assert!(s.newest().averaged);
    for _ in 0..6 {
        two_say(&mut s, usd(2_040));
    }
    let known = s.settle().unwrap();
    assert!(known.averaged && !known.valid && known.price < usd(2_010));
    // The first Valid round with an average takes over for good.
    s.later(60);
    let now = s.now();
    for who in NAMES {
        s.says(who, usd(2_040), now);
    }
    s.refresh();
    assert!(s.settle().unwrap().valid && s.settle().unwrap().time == now);
    // The third report still counts a minute later.
    two_say(&mut s, usd(2_040));
    let known = s.settle().unwrap();
    two_say(&mut s, usd(2_040));
    assert_eq!(s.newest().status, Status::Degraded);
    assert_eq!(s.settle(), Some(known));
    assert!(s.newest().averaged);
}

#[test]
fn a_round_says_whether_it_has_an_average_to_settle_at() {
    let mut s = Suite::calm().build();
    let mut first = 0;
    while !s.tick(10, usd(2_000)).averaged {
        assert!(!s.settle().unwrap().averaged);
        first += 1;
    }
    // Four fifths of half an hour, at ten seconds each.
    assert_eq!(first, 144);
    // A long gap empties it; what it settles at stays known.
    s.later(900);
    assert!(!s.tick(10, usd(2_000)).averaged);
    assert!(s.settle().unwrap().averaged);
    let mut again = 0;
    while !s.tick(10, usd(2_000)).averaged {
        again += 1;
    }
    assert!((60..=180).contains(&again), "{again}");
}

#[test]
fn of_an_unknown_feed_there_is_nothing_to_settle_and_nobody_to_name() {
    let s = Suite::calm().build();
    let feed = || "none".to_owned();
    let settle: Option<SettlePrice> = s.ask(&QueryMsg::Settle { feed: feed() });
    let sources: Vec<types::oracle::SourceState> = s.ask(&QueryMsg::Sources { feed: feed() });
    assert_eq!((settle, sources.len()), (None, 0));
}

#[test]
fn a_peg_is_read_while_its_round_is_usable() {
    let mut s = Suite::calm().params(|p| p.peg = true).build();
    s.refresh();
    assert_eq!(s.heard().depeg, None);
    s.tick(5, cents(97));
    assert_eq!(s.heard().depeg, Some(Ratio::percent(3)));
    s.tick(30, cents(98));
    assert_eq!(s.heard().depeg, Some(Ratio::percent(2)));
    s.tick(30, cents(50));
    assert_eq!(
        (s.heard().status, s.heard().depeg),
        (Status::Uncertain, None)
    );
    s.tick(30, cents(50));
    assert_eq!(s.heard().depeg, Some(Ratio::percent(50)));
    let mut other = Suite::calm().build();
    other.tick(5, cents(97));
    assert_eq!(other.heard().depeg, None);
}

fn with_confidence(s: &mut Suite) -> (Price, Price) {
    s.later(10);
    let now = s.now();
    for who in NAMES {
        let report = Report {
            feed: FEED.into(),
            price: usd(2_000),
            conf: usd(3),
            publish_time: now,
        };
        let reports = vec![report];
        s.send(who, &ExecuteMsg::Push { reports }).unwrap();
    }
    s.refresh();
    (s.newest().conf, s.newest().surcharge)
}

#[test]
fn whoever_may_pick_the_moment_makes_everybody_pay_the_confidence() {
    let mut s = Suite::calm().build();
    assert_eq!(with_confidence(&mut s), (usd(3), Price::ZERO));
    let mut s = Suite::calm()
        .shape(|feed| feed.sources[2].pushable = true)
        .build();
    assert_eq!(with_confidence(&mut s), (usd(3), usd(3)));
    // Less than a third of the weight.
    let mut s = Suite::calm()
        .shape(|feed| {
            feed.sources[2].pushable = true;
            feed.sources[2].weight = 2;
            let mut fourth = feed.sources[0].clone();
            let address = cw_multi_test::App::default().api().addr_make("dan");
            fourth.origin = types::oracle::Origin::Reporter {
                address: address.into_string(),
            };
            feed.sources.push(fourth);
            for source in &mut feed.sources {
                source.weight += 1;
            }
            feed.sources[2].weight = 2;
        })
        .build();
    let dan = s.now() + 10;
    s.says("dan", usd(2_000), dan);
    assert_eq!(with_confidence(&mut s), (usd(3), Price::ZERO));
}
