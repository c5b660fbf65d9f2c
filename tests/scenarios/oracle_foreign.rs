//! Sources that are asked: Pyth as it speaks on the wire, beside two reporters.

use cw_multi_test::AppResponse;
use harness::{price, Exchange, Fault, Module};
use types::{
    level::Level,
    oracle::{QueryMsg, ReportIgnored, Round, SourceFailed, SourceState, Standing, Status, Unfit},
    wire::Wire,
    Price,
};

const FEED: &str = "eth-usd";

fn exchange() -> Exchange {
    Exchange::calm().sources(2).pyth().bare()
}

/// The reporters say so now; Pyth said what it said; a refresh.
fn refresh(x: &mut Exchange, text: &str) -> AppResponse {
    for source in 0..2 {
        let now = x.now();
        x.report(source, FEED, (price(text), Price::ZERO), now)
            .unwrap();
    }
    x.refresh(&[FEED]).unwrap()
}

fn newest(x: &Exchange) -> Round {
    x.prices(0, None).newest.unwrap().round
}

fn pyth(x: &Exchange) -> SourceState {
    let feed = FEED.into();
    let all: Vec<SourceState> = x.ask(Module::Oracle, &QueryMsg::Sources { feed });
    all[2].clone()
}

#[test]
fn pyth_counts_in_the_same_transaction_as_the_refresh() {
    let mut x = exchange();
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (200_200_000_000, 50_000_000, -8), now);
    refresh(&mut x, "2000");
    let round = newest(&x);
    assert_eq!((round.number, round.status), (1, Status::Valid));
    assert_eq!(round.at.time, now);
    assert_eq!(pyth(&x).price, Some(price("2002")));
    assert_eq!(pyth(&x).publish_time, now);
    // Anyone may choose when Pyth is pushed, and it is a third of the weight.
    assert!(round.surcharge >= round.conf && round.conf == Price::ZERO);
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (2_010, 10, 0), now);
    let source = x.sources.reporters[0].clone();
    assert!(source != x.oracle);
    x.report(0, FEED, (price("2000"), price("4")), now).unwrap();
    x.report(1, FEED, (price("2004"), price("6")), now).unwrap();
    x.refresh(&[FEED]).unwrap();
    let round = newest(&x);
    assert_eq!((round.price, round.conf), (price("2004"), price("6")));
    assert_eq!(round.surcharge, round.conf);
}

#[test]
fn exponents_of_either_sign_are_exact() {
    let mut x = exchange();
    for ((mantissa, conf, expo), expected) in [
        ((200_000_000_001, 1, -8), "2000.00000001"),
        ((2_000_000_000_000_000_001, 7, -15), "2000.000000000000001"),
        ((2, 0, 3), "2000"),
        ((2_001, 3, 0), "2001"),
    ] {
        x.next_block();
        let now = x.now();
        x.pyth_says(0, (mantissa, conf, expo), now);
        refresh(&mut x, "2000");
        assert_eq!(pyth(&x).price, Some(price(expected)));
        assert_eq!(newest(&x).status, Status::Valid);
    }
}

#[test]
fn what_is_no_price_is_said_and_set_aside() {
    let mut x = exchange();
    x.next_block();
    let first = x.now();
    x.pyth_says(0, (2_000, 1, 0), first);
    refresh(&mut x, "2000");
    let kept = pyth(&x);
    let future = 12;
    for ((mantissa, conf, expo), ahead, why) in [
        ((0, 1, -8), 0, Unfit::NotPositive),
        ((-200_000_000_000, 1, -8), 0, Unfit::NotPositive),
        ((2_000, 1, -19), 0, Unfit::Exponent),
        ((2_000, 1, 40), 0, Unfit::Exponent),
        ((2_000, u64::MAX, 18), 0, Unfit::Unreadable),
        // The bounds of the feed hold for whoever is asked.
        ((10_000_000, 1, 0), 0, Unfit::OutOfBounds),
        ((1, 0, -9), 0, Unfit::OutOfBounds),
        ((2_001, 1, 0), future + 1, Unfit::Future),
    ] {
        x.next_block();
        let time = x.now() + ahead;
        x.pyth_says(0, (mantissa, conf, expo), time);
        let made = refresh(&mut x, "2000");
        let ignored = ReportIgnored::find(&made.events).unwrap();
        let pyth_at = x.sources.pyth.clone().unwrap();
        assert_eq!(ignored.len(), 1, "{why:?}");
        assert_eq!((ignored[0].why, &ignored[0].reporter), (why, &pyth_at));
        assert_eq!(pyth(&x), kept, "its last report still counts");
        assert_eq!(newest(&x).status, Status::Valid);
    }
    // As far ahead as clocks may run.
    x.next_block();
    let time = x.now() + future;
    x.pyth_says(0, (2_001, 1, 0), time);
    refresh(&mut x, "2000");
    assert_eq!(pyth(&x).publish_time, time);
}

#[test]
fn too_wide_is_the_source_s_own_word_that_it_does_not_know() {
    let mut x = exchange();
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (2_000, 40, 0), now);
    refresh(&mut x, "2000");
    assert_eq!(newest(&x).status, Status::Valid);
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (1_000, 21, 0), now);
    refresh(&mut x, "2000");
    let round = newest(&x);
    assert_eq!(
        (round.price, round.status),
        (price("2000"), Status::Degraded)
    );
}

#[test]
fn a_source_that_fails_costs_only_itself() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = exchange();
        x.next_block();
        let now = x.now();
        x.pyth_says(0, (2_000, 1, 0), now);
        refresh(&mut x, "2000");
        x.pyth_fault(fault);
        x.next_block();
        let made = refresh(&mut x, "2001");
        let pyth_at = x.sources.pyth.clone().unwrap();
        assert_eq!(
            SourceFailed::find(&made.events).unwrap(),
            [SourceFailed {
                feed: FEED.into(),
                source: pyth_at
            }],
            "{fault:?}"
        );
        // What it said last counts until it is too old.
        let round = newest(&x);
        assert_eq!((round.number, round.status), (2, Status::Valid));
        assert_eq!(x.stance().level, Level::Normal);
        x.wait(91);
        refresh(&mut x, "2001");
        assert_eq!(newest(&x).status, Status::Degraded, "{fault:?}");
        x.pyth_fault(Fault::None);
        x.next_block();
        let now = x.now();
        x.pyth_says(0, (2_001, 1, 0), now);
        refresh(&mut x, "2001");
        assert_eq!(newest(&x).status, Status::Valid, "{fault:?}");
    }
}

#[test]
fn an_unknown_id_is_a_source_that_fails() {
    let mut x = exchange();
    x.next_block();
    let made = refresh(&mut x, "2000");
    assert_eq!(SourceFailed::find(&made.events).unwrap().len(), 1);
    assert_eq!(
        (pyth(&x).price, newest(&x).status),
        (None, Status::Degraded)
    );
    assert_eq!(pyth(&x).standing, Standing::Trusted);
}

#[test]
fn only_the_oracle_tells_itself() {
    let mut x = exchange();
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (2_000, 1, 0), now);
    let pyth_at = x.sources.pyth.clone().unwrap();
    let before = x.dump(Module::Oracle);
    for from in [x.person("eve"), x.breaker.clone(), pyth_at] {
        let heard = vec![];
        let feeds = vec![FEED.to_owned()];
        let msg = types::oracle::ExecuteMsg::Conclude { feeds, heard };
        let refused = x.send(&from, Module::Oracle, &msg, &[]).unwrap_err();
        let why = refused.of::<oracle_aggregator::ContractError>();
        assert!(
            matches!(why, Some(oracle_aggregator::ContractError::NotItself { sender, .. }) if *sender == from),
            "{refused:?}"
        );
    }
    assert_eq!(x.dump(Module::Oracle), before);
}

#[test]
fn a_dead_breaker_stops_no_price_of_a_source_that_is_asked() {
    let mut x = exchange();
    x.fault(Module::Breaker, Fault::Panic);
    x.next_block();
    let now = x.now();
    x.pyth_says(0, (2_000, 1, 0), now);
    refresh(&mut x, "2000");
    assert_eq!(newest(&x).number, 1);
}
