//! Chainlink and Band as they speak on the wire, saying what is not so: an answer stuck at the aggregator's floor while
//! the price falls through it (LUNA, May 2022: 0.107 where the market was at 0.01), decimals other than were
//! agreed, a relayer that has stopped.

use harness::{price, Exchange, Foreign, Module};
use types::{
    oracle::{QueryMsg, ReportIgnored, Round, SourceState, Standing, Status, Unfit},
    wire::Wire,
    Price,
};

const FEED: &str = "eth-usd";

/// Three reporters and a foreign source, at a dollar.
fn exchange(foreign: Foreign) -> Exchange {
    let builder = Exchange::calm().price(1);
    match foreign {
        Foreign::Pyth => builder.pyth(),
        Foreign::Band => builder.band(),
        Foreign::Chainlink => builder.chainlink(),
    }
    .build()
}

/// The reporters say so now; the foreign source said what it said; a refresh.
fn round(x: &mut Exchange, text: &str) -> (Round, Vec<Unfit>) {
    x.wait(12);
    for source in 0..3 {
        let now = x.now();
        let said = (price(text), Price::ZERO);
        x.report(source, FEED, said, now).unwrap();
    }
    let made = x.refresh(&[FEED]).unwrap();
    let ignored = ReportIgnored::find(&made.events).unwrap();
    let why = ignored.into_iter().map(|i| i.why).collect();
    (x.prices(0, None).newest.unwrap().round, why)
}

fn foreign(x: &Exchange) -> SourceState {
    let feed = FEED.into();
    let all: Vec<SourceState> = x.ask(Module::Oracle, &QueryMsg::Sources { feed });
    all[3].clone()
}

/// From a dollar down to a cent, a fiftieth at a time; the aggregator has said 0.107 since the price went through that.
fn through_the_floor(x: &mut Exchange) -> Vec<(Round, Vec<Unfit>)> {
    let mut at = 1_000_000_000_000_000_000u128;
    let floor = price("0.107");
    let mut seen = vec![];
    while at > price("0.01").0.atomics().u128() {
        at = at / 50 * 49;
        let now = x.now() + 12;
        let text = Price::raw(at).0.to_string();
        x.chainlink_says(0, Price::raw(at).max(floor), now);
        let (round, why) = round(x, &text);
        assert_eq!(round.price, price(&text), "{text}");
        if Price::raw(at) < floor {
            seen.push((round, why));
        }
    }
    seen
}

#[test]
fn an_answer_stuck_at_the_aggregators_floor_moves_no_price_and_is_quarantined() {
    let mut x = exchange(Foreign::Chainlink);
    let seen = through_the_floor(&mut x);
    assert!(seen.len() > 100, "{}", seen.len());
    assert_eq!(foreign(&x).price, Some(price("0.107")), "it still says so");
    assert_eq!(foreign(&x).standing, Standing::Quarantined);
    // Within two percent it could not be told from an honest one.
    assert!(seen
        .iter()
        .skip(2)
        .all(|(round, _)| round.conf == Price::ZERO));
    // The other three are a quorum of four, and nobody doubts the price for the fourth's sake.
    assert_eq!(seen.last().unwrap().0.status, Status::Valid);
}

#[test]
fn where_the_feed_knows_the_floor_an_answer_at_it_is_no_answer() {
    let floor = |feed: &mut types::oracle::FeedSetup| feed.params.lower_bound = price("0.107");
    let mut x = Exchange::calm().price(1).chainlink().shape(floor).build();
    let now = x.now() + 12;
    x.chainlink_says(0, price("0.108"), now);
    let (_, why) = round(&mut x, "0.108");
    assert_eq!(why, [], "above it, it is a price like any other");
    let kept = foreign(&x);
    assert_eq!(kept.price, Some(price("0.108")));
    for _ in 0..5 {
        let now = x.now() + 12;
        x.chainlink_says(0, price("0.107"), now);
        let (round, why) = round(&mut x, "0.108");
        assert_eq!(
            (round.price, why),
            (price("0.108"), vec![Unfit::OutOfBounds])
        );
        assert_eq!(foreign(&x), kept, "never taken in");
    }
}

#[test]
fn an_aggregator_with_other_decimals_is_not_listened_to_until_it_has_those_agreed() {
    let mut x = exchange(Foreign::Chainlink);
    let kept = foreign(&x);
    for decimals in [7, 9, 18, 0] {
        x.chainlink_decimals(0, decimals);
        let now = x.now() + 12;
        x.chainlink_says(0, price("1"), now);
        let (round, why) = round(&mut x, "1");
        assert_eq!((round.price, why), (price("1"), vec![Unfit::Exponent]));
        assert_eq!(foreign(&x), kept);
    }
    x.chainlink_decimals(0, 8);
    let now = x.now() + 12;
    x.chainlink_says(0, price("1.001"), now);
    let (_, why) = round(&mut x, "1");
    assert_eq!((why, foreign(&x).price), (vec![], Some(price("1.001"))));
}

#[test]
fn what_is_no_price_of_chainlinks_is_set_aside() {
    let mut x = exchange(Foreign::Chainlink);
    let kept = foreign(&x);
    for answer in [0, -1, -100_000_000] {
        let now = x.now() + 12;
        x.chainlink_answers(0, answer, now);
        let (_, why) = round(&mut x, "1");
        assert_eq!((why, foreign(&x)), (vec![Unfit::NotPositive], kept.clone()));
    }
    // The clock of whoever observed, not of whoever transmitted, five seconds later.
    let now = x.now() + 12;
    x.chainlink_says(0, price("1"), now + 12);
    assert_eq!(round(&mut x, "1").1, []);
    x.chainlink_says(0, price("1"), now + 12 + 13);
    assert_eq!(round(&mut x, "1").1, [Unfit::Future]);
}

/// The dollar's side of Band never changes and says the greatest time there is; only the other side's counts.
#[test]
fn a_band_relayer_that_stops_falls_silent_and_lifts_nothing() {
    let mut x = exchange(Foreign::Band);
    let now = x.now() + 12;
    x.band_says(0, price("1"), now);
    assert_eq!(round(&mut x, "1").0.status, Status::Valid);
    assert_eq!(foreign(&x).publish_time, now);
    for _ in 0..8 {
        let (made, why) = round(&mut x, "1.003");
        assert_eq!((made.price, why), (price("1.003"), vec![]));
        assert_eq!(foreign(&x).publish_time, now, "it says the same still");
    }
    // As if it had never been there.
    let (made, _) = round(&mut x, "1.003");
    assert_eq!((made.conf, made.surcharge), (Price::ZERO, Price::ZERO));
    x.band_says(0, Price::ZERO, now + 200);
    assert_eq!(round(&mut x, "1.003").1, [Unfit::NotPositive]);
}
