//! Prices that did harm elsewhere, told to this oracle.

use harness::{price, Exchange, Module};
use types::{
    level::Level,
    oracle::{QueryMsg, ReportIgnored, Round, SettlePrice, SourceState, Standing, Status, Unfit},
    wire::Wire,
    Price,
};

const FEED: &str = "eth-usd";

/// One source says this at `time`.
fn says(x: &mut Exchange, source: usize, (text, conf): (&str, &str), time: u64) {
    x.report(source, FEED, (price(text), price(conf)), time)
        .unwrap();
}

fn newest(x: &Exchange) -> Round {
    x.prices(0, None).newest.unwrap().round
}

fn sources(x: &Exchange) -> Vec<SourceState> {
    let feed = FEED.into();
    x.ask(Module::Oracle, &QueryMsg::Sources { feed })
}

#[test]
fn pyth_2021_a_price_that_says_it_does_not_know_is_in_no_valid_round() {
    // 20 September 2021, 12:21 to 12:23: 38,900 give or take 9 %, 5,402 give or take 600 %, 21,000 give or take
    // 90 %; the market stood at 43,500.
    let mut x = Exchange::calm().price(43_500).sources(2).pyth().bare();
    let mut tick = |mantissa: i64, conf: u64| {
        x.wait(30);
        let now = x.now();
        x.pyth_says(0, (mantissa, conf, -8), now);
        says(&mut x, 0, ("43500", "0"), now);
        says(&mut x, 1, ("43490", "0"), now);
        x.refresh(&[FEED]).unwrap();
        (newest(&x), x.stance().level)
    };
    let (calm, _) = tick(4_350_800_000_000, 2_000_000_000);
    assert_eq!(calm.status, Status::Valid);
    for (mantissa, conf) in [
        (3_890_000_000_000, 350_100_000_000),
        (540_200_000_000, 3_241_200_000_000),
        (2_100_000_000_000, 1_890_000_000_000),
    ] {
        let (round, level) = tick(mantissa, conf);
        assert_eq!(round.status, Status::Degraded);
        assert!(price("43490") <= round.price && round.price <= price("43500"));
        assert!(round.low > price("43400"));
        assert_eq!(level, Level::Guarded);
    }
    let (back, _) = tick(4_352_000_000_000, 2_000_000_000);
    assert_eq!(back.status, Status::Valid);
}

#[test]
fn skrw_2019_of_two_that_disagree_a_thousandfold_neither_is_a_price() {
    // 24 June 2019: one of three had been silent for long; one of the others alternated between 1 and 1,000.
    let mut x = Exchange::calm().price(1).build();
    x.deposit("bot", 100_000);
    for flip in 0..50 {
        let wrong = flip % 2 == 0;
        x.wait(60);
        let now = x.now();
        says(&mut x, 0, ("1", "0"), now);
        says(&mut x, 1, (if wrong { "1000" } else { "1" }, "0"), now);
        x.refresh(&[FEED]).unwrap();
        let round = newest(&x);
        if wrong && flip >= 2 {
            assert_eq!(round.status, Status::Uncertain, "{flip}");
        }
        if flip >= 2 {
            assert!(x.stance().level >= Level::ReduceOnly, "{flip}");
            let side = types::Side::Long;
            assert!(x.increase("bot", side, "1000", 1_000).is_err(), "{flip}");
        }
        assert!(round.status > Status::Valid);
        x.crank();
        assert!(x.position("bot").is_none());
    }
}

#[test]
fn skrw_2019_with_three_the_liar_is_dropped_and_then_not_heard() {
    let mut x = Exchange::calm().price(1).bare();
    let mut tick = |text: &str| {
        x.wait(60);
        let now = x.now();
        for (source, text) in [(0, "1"), (1, text), (2, "1")] {
            says(&mut x, source, (text, "0"), now);
        }
        x.refresh(&[FEED]).unwrap();
        assert_eq!(newest(&x).price, price("1"));
        (newest(&x).status, sources(&x)[1].standing)
    };
    for n in 1..=3 {
        let standing = if n < 3 {
            Standing::Trusted
        } else {
            Standing::Quarantined
        };
        assert_eq!(tick("1000"), (Status::Degraded, standing));
    }
    for _ in 0..4 {
        assert_eq!(tick("1"), (Status::Degraded, Standing::Quarantined));
    }
    // The fifth agreement brings it back; from the next round on it counts.
    assert_eq!(tick("1"), (Status::Degraded, Standing::Trusted));
    assert_eq!(tick("1"), (Status::Valid, Standing::Trusted));
}

#[test]
fn venus_2022_an_answer_at_its_floor_is_a_lie() {
    // Chainlink's LUNA answer could not fall below 0.107, whatever the market did.
    let floor = "0.107";
    let mut x = Exchange::calm()
        .price(1)
        .shape(move |setup| setup.params.lower_bound = price(floor))
        .bare();
    let mut tick = |truth: &str| {
        x.wait(30);
        let now = x.now();
        let clipped = price(truth).max(price(floor));
        let sent = x.report(0, FEED, (clipped, Price::ZERO), now).unwrap();
        for source in 1..3 {
            says(&mut x, source, (truth, "0"), now);
        }
        x.refresh(&[FEED]).unwrap();
        (newest(&x), ReportIgnored::find(&sent.events).unwrap())
    };
    let (above, ignored) = tick("0.108");
    assert_eq!((above.price, ignored.len()), (price("0.108"), 0));
    for truth in ["0.107", "0.05", "0.01", "0.0009"] {
        let (still, ignored) = tick(truth);
        assert_eq!(ignored[0].why, Unfit::OutOfBounds);
        assert_eq!(still, above, "{truth}: no round is made of it");
    }
    x.wait(1);
    assert!(x.prices(0, None).status >= Status::Stale);
}

#[test]
fn venus_2022_a_clipped_source_beside_the_market_is_uncertain_within_one_update() {
    // The bounds of the feed do not know the floor of the source.
    let mut x = Exchange::calm().price(1).sources(2).bare();
    let mut tick = |a: &str, b: &str| {
        x.wait(6);
        let now = x.now();
        says(&mut x, 0, (a, "0"), now);
        says(&mut x, 1, (b, "0"), now);
        x.refresh(&[FEED]).unwrap();
        (newest(&x).status, x.stance().level)
    };
    tick("0.108", "0.108");
    let (status, level) = tick("0.107", "0.104");
    assert_eq!((status, level), (Status::Uncertain, Level::ReduceOnly));
    let (status, level) = tick("0.107", "0.05");
    assert_eq!(status, Status::Uncertain);
    assert!(level >= Level::ReduceOnly);
}

#[test]
fn two_updates_in_one_block_make_one_round_in_either_order() {
    // Chainlink, 17 August 2023 21:45:11: 26,292 and 25,755 in the same second.
    let made = |order: [usize; 2], apart: u64| {
        let mut x = Exchange::calm().price(26_000).bare();
        x.next_block();
        let now = x.now();
        says(&mut x, 0, ("26000", "0"), now);
        says(&mut x, 1, ("26050", "0"), now);
        let updates = [("26292", now - apart), ("25755", now)];
        for n in order {
            let (text, time) = updates[n];
            says(&mut x, 2, (text, "0"), time);
            // Refreshing between them makes one round in this block all the same.
        }
        x.refresh(&[FEED]).unwrap();
        x.refresh(&[FEED]).unwrap();
        assert_eq!(newest(&x).number, 1);
        let raw = x.dump(Module::Oracle);
        ((newest(&x), x.prices(0, None), sources(&x)), raw)
    };
    for apart in [0, 1, 15] {
        // Down to the last byte: an older word that comes after the newer one is remembered all the same.
        assert_eq!(made([0, 1], apart), made([1, 0], apart), "{apart}");
    }
}

#[test]
fn inverse_2022_an_average_whose_window_has_not_run_is_refused() {
    // 2 April 2022: a 30-minute average read two blocks after its only observation, the price up fiftyfold.
    let mut x = Exchange::calm().price(400).bare();
    let all = |x: &mut Exchange, text: &str| {
        x.wait(12);
        let now = x.now();
        for source in 0..3 {
            says(x, source, (text, "0"), now);
        }
        x.refresh(&[FEED]).unwrap();
    };
    let settle = |x: &Exchange| -> Option<SettlePrice> {
        let feed = FEED.into();
        x.ask(Module::Oracle, &QueryMsg::Settle { feed })
    };
    all(&mut x, "400");
    all(&mut x, "20000");
    let round = newest(&x);
    assert_eq!((round.twap, round.status), (None, Status::Uncertain));
    let young = settle(&x).unwrap();
    assert_eq!((young.price, young.averaged), (price("400"), false));
    // Once it has run, two blocks at fifty times the price move it by what they lasted at most.
    let mut x = Exchange::calm().price(400).bare();
    for _ in 0..160 {
        all(&mut x, "400");
    }
    assert_eq!(settle(&x).unwrap().price, price("400"));
    assert!(settle(&x).unwrap().averaged);
    all(&mut x, "20000");
    all(&mut x, "20000");
    all(&mut x, "20000");
    let most = 400 + 400 * 49 * 24 / 1_800;
    let old = settle(&x).unwrap();
    assert!(
        old.averaged && old.price <= price(&most.to_string()),
        "{old:?}"
    );
}
