//! Bad input: typed, with its numbers, and nothing is written.

use cosmwasm_std::{coin, coins, Coin};
use cw_multi_test::{App, ContractWrapper, Executor};
use oracle_aggregator::{contract, setup::SetupError, ContractError};
use serde_json::{json, Value};
use types::{
    handle::Handle,
    id::BadName,
    level::Action,
    oracle::{
        ExecuteMsg, FeedParams, FeedSetup, InstantiateMsg, MigrateMsg, Origin, PriceAnswer,
        QueryMsg, Report, Status,
    },
    Price, Ratio,
};

use crate::suite::{setup, usd, Suite, FEED, NAMES};

fn report(feed: &str) -> Report {
    Report {
        feed: feed.into(),
        price: usd(2_000),
        conf: Price::ZERO,
        publish_time: 1,
    }
}

fn push(feeds: &[&str]) -> ExecuteMsg {
    let reports = feeds.iter().map(|f| report(f)).collect();
    ExecuteMsg::Push { reports }
}

fn refresh(feeds: &[&str]) -> ExecuteMsg {
    let feeds = feeds.iter().map(|f| (*f).to_owned()).collect();
    ExecuteMsg::Refresh { feeds }
}

fn bind(s: &Suite) -> ExecuteMsg {
    let breaker = Handle::new(s.breaker.to_string());
    ExecuteMsg::Bind { breaker }
}

/// Whether this is the refusal whose text came back.
fn same(text: &str, expected: &ContractError) {
    let expected = expected.to_string();
    assert!(
        text.ends_with(&expected),
        "got `{text}`, expected `{expected}`"
    );
}

fn count(got: usize, max: usize) -> ContractError {
    ContractError::Count { got, max }
}

fn twice() -> ContractError {
    ContractError::Duplicate { feed: FEED.into() }
}

fn unknown() -> ContractError {
    ContractError::UnknownFeed {
        feed: "none".into(),
    }
}

#[test]
fn refusals_are_typed_and_write_nothing() {
    let many: Vec<String> = (0..17).map(|i| format!("f{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut s = Suite::calm().unbound().build();
    s.tick(5, usd(2_000));
    let not_reporter = ContractError::NotReporter {
        sender: s.addr("eve"),
        feed: FEED.into(),
        action: Action::Learn,
    };
    let not_instantiator = ContractError::NotInstantiator {
        sender: s.addr("eve"),
        action: Action::Internal,
    };
    let table = [
        ("ann", push(&[]), count(0, 16)),
        ("ann", push(&many), count(17, 16)),
        ("ann", push(&[FEED, FEED]), twice()),
        ("ann", push(&[FEED, "none"]), unknown()),
        ("eve", push(&[FEED]), not_reporter),
        ("eve", refresh(&[]), count(0, 16)),
        ("eve", refresh(&many), count(17, 16)),
        ("eve", refresh(&[FEED, FEED]), twice()),
        ("eve", refresh(&[FEED, "none"]), unknown()),
        ("eve", bind(&s), not_instantiator),
    ];
    for (who, msg, expected) in table {
        let before = s.bytes();
        same(&s.send(who, &msg).unwrap_err(), &expected);
        assert_eq!(s.bytes(), before);
    }
    let breaker = Handle::new("x".into());
    let before = s.bytes();
    assert!(s.send("owner", &ExecuteMsg::Bind { breaker }).is_err());
    assert_eq!(s.bytes(), before);
}

fn add(s: &Suite, name: &str) -> ExecuteMsg {
    let setup = setup(&s.app, name, FeedParams::major(), [0, 1, 2]);
    let setup = Box::new(setup);
    ExecuteMsg::AddFeed { setup }
}

/// What the breaker has the oracle do.
fn breaker_adds(s: &mut Suite, msg: &ExecuteMsg) -> Result<(), String> {
    let (breaker, oracle) = (s.breaker.clone(), s.oracle.clone());
    let done = s.app.execute_contract(breaker, oracle, msg, &[]);
    s.audit();
    done.map(|_| ()).map_err(|e| e.to_string())
}

#[test]
fn the_breaker_opens_one_more_feed_and_the_others_do_not_notice() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    let before = s.bytes();
    let one = add(&s, "sol-usd");
    breaker_adds(&mut s, &one).unwrap();
    let after = s.bytes();
    assert_eq!(after.len(), before.len() + 1);
    assert!(before.iter().all(|entry| after.contains(entry)));
    s.tick(5, usd(2_000));
    let now = s.now();
    for name in NAMES {
        let new = Report {
            publish_time: now,
            ..report("sol-usd")
        };
        s.send(name, &ExecuteMsg::Push { reports: vec![new] })
            .unwrap();
    }
    s.send("anyone", &refresh(&["sol-usd"])).unwrap();
    let feed = "sol-usd".to_owned();
    let answer: PriceAnswer = s.ask(&QueryMsg::Price { feed });
    assert_eq!(answer.status, Status::Valid);
}

#[test]
fn only_the_breaker_opens_feeds_each_once_and_thirty_two_in_all() {
    let mut s = Suite::calm().build();
    let one = add(&s, "sol-usd");
    for who in ["owner", "ann", "eve"] {
        let sender = s.addr(who);
        let action = Action::Internal;
        let wanted = ContractError::NotBreaker { sender, action };
        same(&s.send(who, &one).unwrap_err(), &wanted);
    }
    let feed = FEED.to_owned();
    let same_name = add(&s, FEED);
    let refused = breaker_adds(&mut s, &same_name).unwrap_err();
    same(&refused, &ContractError::KnownFeed { feed });
    let mut bad = setup(&s.app, "sol-usd", FeedParams::major(), [0, 1, 2]);
    bad.sources.truncate(1);
    let source = oracle_aggregator::setup::check(&bad).unwrap_err();
    let setup = Box::new(bad);
    let refused = breaker_adds(&mut s, &ExecuteMsg::AddFeed { setup }).unwrap_err();
    let feed = "sol-usd".to_owned();
    same(&refused, &ContractError::Setup { feed, source });
    let nameless = add(&s, "SOL");
    let refused = breaker_adds(&mut s, &nameless).unwrap_err();
    same(&refused, &BadName("SOL".into()).into());
    let known = s.bytes().len();
    for n in 1..32 {
        let next = add(&s, &format!("f-{n}"));
        breaker_adds(&mut s, &next).unwrap();
    }
    assert_eq!(s.bytes().len(), known + 31);
    let refused = breaker_adds(&mut s, &one).unwrap_err();
    same(&refused, &ContractError::TooManyFeeds { max: 32 });
}

#[test]
fn before_it_is_bound_nobody_is_the_breaker() {
    let mut s = Suite::calm().unbound().build();
    let one = add(&s, "sol-usd");
    let (sender, action) = (s.breaker.clone(), Action::Internal);
    let refused = breaker_adds(&mut s, &one).unwrap_err();
    same(&refused, &ContractError::NotBreaker { sender, action });
}

#[test]
fn binding_happens_once() {
    let mut s = Suite::calm().build();
    let again = bind(&s);
    let breaker = s.breaker.clone();
    same(
        &s.send("owner", &again).unwrap_err(),
        &ContractError::AlreadyBound { breaker },
    );
}

#[test]
fn funds_are_refused_on_every_message() {
    let mut s = Suite::calm().unbound().build();
    let owner = s.addr("owner");
    s.app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &owner, coins(9, "uusdc"))
            .unwrap();
    });
    for msg in [bind(&s), push(&[FEED]), refresh(&[FEED])] {
        let before = s.bytes();
        let error = s
            .app
            .execute_contract(owner.clone(), s.oracle.clone(), &msg, &coins(9, "uusdc"))
            .unwrap_err();
        same(
            &error.to_string(),
            &ContractError::Funds {
                got: coin(9, "uusdc"),
            },
        );
        assert_eq!(s.bytes(), before);
    }
}

#[test]
fn unknown_fields_and_messages_are_refused() {
    let mut s = Suite::calm().build();
    let sender = s.addr("ann");
    let report = json!({"feed": FEED, "price": "2000", "conf": "0", "publish_time": 1});
    let mut extra = report.clone();
    extra["max_age"] = json!(5);
    let bad: Vec<Value> = vec![
        json!({"refresh": {"feeds": [FEED], "force": true}}),
        json!({"push": {"reports": [report], "now": 1}}),
        json!({"push": {"reports": [extra]}}),
        json!({"push": {"reports": [{"feed": FEED, "price": "-1", "conf": "0", "publish_time": 1}]}}),
        json!({"push": {"reports": [{"feed": FEED, "price": "1", "conf": "0", "publish_time": -1}]}}),
        json!({"bind": {"breaker": s.breaker, "owner": "me"}}),
        json!({"rewrite": {}}),
    ];
    for msg in bad {
        let before = s.bytes();
        assert!(
            s.app
                .execute_contract(sender.clone(), s.oracle.clone(), &msg, &[])
                .is_err(),
            "{msg}"
        );
        assert_eq!(s.bytes(), before);
    }
}

fn instantiate(change: impl Fn(&mut Vec<FeedSetup>), funds: &[Coin]) -> Result<(), String> {
    let mut app = App::default();
    let owner = app.api().addr_make("owner");
    app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &owner, coins(9, "uusdc"))
            .unwrap();
    });
    let mut feeds = vec![setup(&app, FEED, FeedParams::major(), [1, 2, 3])];
    change(&mut feeds);
    let code = app.store_code(Box::new(ContractWrapper::new(
        contract::execute,
        contract::instantiate,
        contract::query,
    )));
    app.instantiate_contract(code, owner, &InstantiateMsg { feeds }, funds, "o", None)
        .map(|_| ())
        .map_err(|e| e.to_string())
}

fn bad_feed(source: SetupError) -> ContractError {
    ContractError::Setup {
        feed: FEED.into(),
        source,
    }
}

#[test]
fn a_bad_setup_does_not_start() {
    assert_eq!(instantiate(|_| {}, &[]), Ok(()));
    let funded = instantiate(|_| {}, &coins(9, "uusdc")).unwrap_err();
    same(
        &funded,
        &ContractError::Funds {
            got: coin(9, "uusdc"),
        },
    );
    let heavy = App::default().api().addr_make("ann").into_string();
    type Change = fn(&mut Vec<FeedSetup>);
    let table: [(Change, ContractError); 6] = [
        (|f| f.clear(), count(0, 32)),
        (
            |f| {
                *f = (0..33)
                    .map(|i| FeedSetup {
                        feed: format!("f{i}"),
                        ..f[0].clone()
                    })
                    .collect()
            },
            count(33, 32),
        ),
        (|f| f.push(f[0].clone()), twice()),
        (
            |f| f[0].feed = "ETH/USD".into(),
            BadName("ETH/USD".into()).into(),
        ),
        (
            |f| f[0].sources[0].weight = 2,
            bad_feed(SetupError::Weight {
                voice: heavy,
                weight: 2,
                total: 4,
            }),
        ),
        (
            |f| f[0].params.jump = Ratio::ZERO,
            bad_feed(SetupError::Fraction {
                field: "jump",
                value: Ratio::ZERO,
                max: Ratio::ONE,
            }),
        ),
    ];
    for (change, expected) in table {
        same(&instantiate(change, &[]).unwrap_err(), &expected);
    }
    let nobody = |f: &mut Vec<FeedSetup>| {
        let address = "nobody".into();
        f[0].sources[0].origin = Origin::Reporter { address };
    };
    assert!(instantiate(nobody, &[]).is_err());
}

#[test]
fn migration_keeps_the_state() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    let code = s.app.store_code(Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_migrate(contract::migrate),
    ));
    let (owner, eve, before) = (s.addr("owner"), s.addr("eve"), s.bytes());
    assert!(s
        .app
        .migrate_contract(eve, s.oracle.clone(), &MigrateMsg {}, code)
        .is_err());
    s.app
        .migrate_contract(owner, s.oracle.clone(), &MigrateMsg {}, code)
        .unwrap();
    assert_eq!(s.bytes(), before);
    s.audit();
}
