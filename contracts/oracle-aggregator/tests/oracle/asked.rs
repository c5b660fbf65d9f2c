//! Sources that are asked, by the very texts that go over the wire.

use cosmwasm_std::Order;
use cw_multi_test::{AppResponse, Executor};
use oracle_aggregator::{fetch, ContractError};
use types::{
    oracle::{
        ExecuteMsg, FeedParams, FeedSetup, InstantiateMsg, Origin, ReportIgnored, RoundMade,
        SourceFailed, SourceSetup, Status, Unfit,
    },
    wire::Wire,
    Price,
};

use crate::suite::{setup, usd, Suite, FEED, PARROT, SOURCE_AGE};

const BAND: &str = r#"{"get_reference_data":{"symbol_pair":["ETH","USD"]}}"#;
const CHAINLINK: &str = r#"{"latest_round_data":{}}"#;
const DECIMALS: &str = r#"{"decimals":{}}"#;
const OTHER: &str = r#"{"price":{"feed":"eth"}}"#;
const PYTH: &str =
    r#"{"price_feed":{"id":"63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3"}}"#;

fn asked(origin: Origin) -> SourceSetup {
    SourceSetup {
        origin,
        group: 9,
        ..SourceSetup::reporter(String::new(), SOURCE_AGE)
    }
}

fn pyth() -> Origin {
    Origin::Pyth {
        contract: PARROT.into(),
        id: "63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3".into(),
    }
}

fn band() -> Origin {
    let (base, quote) = ("ETH".into(), "USD".into());
    Origin::Band {
        contract: PARROT.into(),
        base,
        quote,
    }
}

fn chainlink() -> Origin {
    Origin::Chainlink {
        contract: PARROT.into(),
        decimals: 8,
    }
}

fn other() -> Origin {
    Origin::Feed {
        contract: PARROT.into(),
        feed: "eth".into(),
    }
}

/// Two reporters and one that is asked.
fn suite(origin: fn() -> Origin) -> Suite {
    let third = move |feed: &mut FeedSetup| feed.sources[2] = asked(origin());
    let mut s = Suite::calm().shape(third).build();
    s.teach(DECIMALS, "8");
    s
}

fn refresh(s: &mut Suite) -> AppResponse {
    s.later(5);
    s.says("ann", usd(2_000), s.now());
    s.says("ben", usd(2_000), s.now());
    s.refresh()
}

/// What the third source is known to have said.
fn third(s: &Suite) -> (Option<Price>, u64) {
    let third = &s.sources()[2];
    (third.price, third.publish_time)
}

#[test]
fn each_language_is_spoken_to_the_letter() {
    type Row = (fn() -> Origin, &'static str, &'static str, u128);
    let answers: [Row; 4] = [
        (
            pyth,
            PYTH,
            r#"{"price_feed":{"id":"63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3","price":{"price":"200150000000","conf":"1234567","expo":-8,"publish_time":TIME},"ema_price":{"price":"200000000000","conf":"1300000","expo":-8,"publish_time":TIME}}}"#,
            2_001_500,
        ),
        (
            band,
            BAND,
            r#"{"rate":"2001250000000000000000","last_updated_base":"TIME","last_updated_quote":"18446744073709551615"}"#,
            2_001_250,
        ),
        (
            chainlink,
            CHAINLINK,
            r#"{"round_id":123,"answer":"200175000000","observations_timestamp":TIME,"transmission_timestamp":1700000005}"#,
            2_001_750,
        ),
        (
            other,
            OTHER,
            r#"{"feed":"eth","status":"degraded","round":{"number":7,"at":{"time":TIME,"height":3},"status":"degraded","price":"2001.125","conf":"1","low":"2000","high":"2002","twap":null,"surcharge":"0","averaged":true,"new_field":"?"}}"#,
            2_001_125,
        ),
    ];
    for (origin, question, answer, thousandths) in answers {
        let mut s = suite(origin);
        let time = s.now() + 3;
        s.teach(question, &answer.replace("TIME", &time.to_string()));
        let made = refresh(&mut s);
        assert_eq!(SourceFailed::find(&made.events).unwrap(), [], "{question}");
        let price = Price::raw(thousandths * 1_000_000_000_000_000);
        assert_eq!(third(&s), (Some(price), time), "{question}");
        let round = s.newest();
        assert_eq!((round.number, round.status), (1, Status::Valid));
        assert_eq!(round.price, usd(2_000));
        // Heard once, with the round of this very transaction.
        assert_eq!(s.heard().round, 1);
    }
}

#[test]
fn another_oracle_that_doubts_itself_is_not_listened_to() {
    let mut s = suite(other);
    for status in ["uncertain", "stale", "invalid"] {
        let answer = format!(r#"{{"feed":"eth","status":"{status}","round":null}}"#);
        s.teach(OTHER, &answer);
        let ignored = ReportIgnored::find(&refresh(&mut s).events).unwrap();
        assert_eq!(ignored[0].why, Unfit::Unusable);
        assert_eq!(ignored[0].reporter, s.parrot);
    }
    assert_eq!(third(&s), (None, 0));
    assert_eq!(s.status(), Status::Degraded);
}

#[test]
fn garbage_is_the_same_as_silence() {
    for text in ["", "{}", "null", "[]", "no json", r#"{"answer":5}"#] {
        let mut s = suite(chainlink);
        s.teach(CHAINLINK, text);
        let made = refresh(&mut s);
        let failed = SourceFailed {
            feed: FEED.into(),
            source: s.parrot.clone(),
        };
        assert_eq!(SourceFailed::find(&made.events).unwrap(), [failed]);
        assert_eq!((s.number(), s.status()), (1, Status::Degraded));
    }
}

#[test]
fn what_was_fetched_in_another_block_is_not_taken_up_later() {
    let mut s = suite(chainlink);
    let ahead = s.now() + 40;
    s.teach(
        CHAINLINK,
        &format!(r#"{{"answer":"200000000000","observations_timestamp":{ahead}}}"#),
    );
    let ignored = ReportIgnored::find(&refresh(&mut s).events).unwrap();
    assert_eq!(ignored[0].why, Unfit::Future);
    // By now it would be no news from the future, but nobody says it any more.
    s.teach(CHAINLINK, "");
    s.later(40);
    refresh(&mut s);
    assert_eq!(third(&s), (None, 0));
}

#[test]
fn a_report_that_stays_the_same_is_no_news_and_an_older_one_is_ignored() {
    let mut s = suite(chainlink);
    let time = s.now();
    let text =
        |time: u64| format!(r#"{{"answer":"200000000000","observations_timestamp":{time}}}"#);
    s.teach(CHAINLINK, &text(time));
    refresh(&mut s);
    s.later(5);
    let before = s.bytes();
    let same = s.refresh();
    assert_eq!(ReportIgnored::find(&same.events).unwrap(), []);
    // Nothing changed but the block in which it was fetched last.
    let feeds = |all: Vec<(Vec<u8>, Vec<u8>)>| -> Vec<_> {
        let fetched = |key: &[u8]| key.windows(7).any(|w| w == b"fetched");
        all.into_iter().filter(|(key, _)| !fetched(key)).collect()
    };
    assert_eq!(feeds(s.bytes()), feeds(before));
    s.teach(CHAINLINK, &text(time - 1));
    let older = refresh(&mut s);
    let ignored = ReportIgnored::find(&older.events).unwrap();
    assert_eq!(ignored[0].why, Unfit::Old);
    assert_eq!(third(&s).1, time);
}

#[test]
fn a_report_fetched_without_a_round_is_kept_all_the_same() {
    let mut s = suite(chainlink);
    let time = s.now();
    s.teach(
        CHAINLINK,
        &format!(r#"{{"answer":"200000000000","observations_timestamp":{time}}}"#),
    );
    s.refresh();
    assert_eq!((s.number(), third(&s).1), (0, time));
}

/// An oracle of its own, with these feeds.
fn oracle_of(s: &mut Suite, feeds: Vec<FeedSetup>) -> cosmwasm_std::Addr {
    let code = s.app.contract_data(&s.oracle).unwrap().code_id;
    let owner = s.addr("owner");
    s.app
        .instantiate_contract(code, owner, &InstantiateMsg { feeds }, &[], "o", None)
        .unwrap()
}

fn pyths(s: &Suite, name: &str, count: u64) -> FeedSetup {
    let mut feed = setup(&s.app, name, FeedParams::major(), [1, 2, 3]);
    feed.sources = (0..count)
        .map(|n| {
            asked(Origin::Pyth {
                contract: s.parrot.to_string(),
                id: format!("{n:064x}"),
            })
        })
        .collect();
    feed
}

#[test]
fn one_message_asks_thirty_two_sources_and_no_more() {
    let mut s = Suite::calm().build();
    let names: Vec<String> = (0..16).map(|n| format!("f{n}")).collect();
    let feeds = names.iter().map(|name| pyths(&s, name, 7));
    let feeds = feeds.collect();
    s.oracle = oracle_of(&mut s, feeds);
    let feeds = names[..4].to_vec();
    let made = s.send("keeper", &ExecuteMsg::Refresh { feeds }).unwrap();
    assert_eq!(SourceFailed::find(&made.events).unwrap().len(), 28);
    for many in [5, 16] {
        let feeds = names[..many].to_vec();
        let refused = s
            .send("keeper", &ExecuteMsg::Refresh { feeds })
            .unwrap_err();
        let (got, max) = (many * 7, fetch::MOST);
        let error = ContractError::Asked { got, max };
        assert!(refused.ends_with(&error.to_string()), "{refused}");
    }
    assert_eq!(fetch::GAS * u64::try_from(fetch::MOST).unwrap(), 16_000_000);
}

#[test]
fn a_refresh_of_both_kinds_is_one_report_to_the_breaker() {
    let mut s = Suite::calm().build();
    let plain = setup(&s.app, "btc-usd", FeedParams::major(), [1, 2, 3]);
    let asking = pyths(&s, "sol-usd", 3);
    let breaker = types::handle::Handle::new(s.breaker.to_string());
    s.oracle = oracle_of(&mut s, vec![asking, plain]);
    s.send("owner", &ExecuteMsg::Bind { breaker }).unwrap();
    s.later(5);
    let now = s.now();
    for who in ["ann", "ben", "cid"] {
        let report = types::oracle::Report {
            feed: "btc-usd".into(),
            price: usd(30_000),
            conf: Price::ZERO,
            publish_time: now,
        };
        let reports = vec![report];
        s.send(who, &ExecuteMsg::Push { reports }).unwrap();
    }
    let answer = |n: u64| {
        format!(
            r#"{{"price_feed":{{"id":"{n:064x}","price":{{"price":"60","conf":"0","expo":0,"publish_time":{now}}}}}}}"#
        )
    };
    for n in 0..3 {
        let question = format!(r#"{{"price_feed":{{"id":"{n:064x}"}}}}"#);
        s.teach(&question, &answer(n));
    }
    let feeds = vec!["sol-usd".into(), "btc-usd".into()];
    let made = s.send("keeper", &ExecuteMsg::Refresh { feeds }).unwrap();
    let rounds = RoundMade::find(&made.events).unwrap();
    let rounds: Vec<_> = rounds.iter().map(|r| (r.feed.as_str(), r.price)).collect();
    assert_eq!(rounds, [("btc-usd", usd(30_000)), ("sol-usd", usd(60))]);
    let heard: Vec<types::breaker::FeedReading> = s
        .app
        .wrap()
        .query_wasm_smart(&s.breaker, &cosmwasm_std::Empty {})
        .unwrap();
    let heard: Vec<_> = heard.iter().map(|h| (h.feed.as_str(), h.round)).collect();
    assert_eq!(heard, [("btc-usd", 1), ("sol-usd", 1)]);
}

#[test]
fn a_feed_of_reporters_pays_for_none_of_this() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    s.later(5);
    for who in ["ann", "ben", "cid"] {
        s.says(who, usd(2_000), s.now());
    }
    let before = s.bytes();
    let made = s.refresh();
    // The keeper's message and the breaker's: nobody else was called.
    let calls = made.events.iter().filter(|e| e.ty == "execute").count();
    assert_eq!(calls, 2);
    let after = s.bytes();
    let changed = after.iter().filter(|entry| !before.contains(entry));
    // The feed, its round, and what is posted of it.
    assert_eq!(changed.count(), 3);
    let storage = s.app.contract_storage(&s.oracle);
    let prefix = |key: &[u8]| key.windows(7).any(|w| w == b"fetched");
    let mut all = storage.range(None, None, Order::Ascending);
    assert!(!all.any(|(key, _)| prefix(&key)));
}

#[test]
fn a_feed_stays_small() {
    // Every byte is read and written with each round: thirty gas the byte.
    let mut s = Suite::calm().build();
    for i in 0..200 {
        s.tick(10, usd(2_000 + i % 3));
    }
    let bytes = s.bytes();
    let feed = bytes.iter().map(|(_, value)| value.len()).max().unwrap();
    println!("a feed of three reporters: {feed} bytes");
    assert!(feed <= 4_600, "{feed}");
}
