//! What the doors refuse, and that refusing changes nothing.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use breaker_governance::{contract, ContractError, Counted, Role};
use cosmwasm_std::{coins, from_json, to_json_binary, Binary, Coin, WasmMsg};
use cw_multi_test::Executor;
use cw_utils::PaymentError;
use suite::{assert_refused, markets, registered, Suite};
use types::{
    breaker::{Config, ExecuteMsg, InstantiateMsg, MigrateMsg, Params, QueryMsg},
    level::Level,
    scope::Scope,
    Ratio,
};

fn report(s: &Suite, feeds: usize) -> ExecuteMsg {
    ExecuteMsg::Report {
        readings: (0..feeds).map(|n| s.quiet(&format!("f-{n}"))).collect(),
    }
}

fn count(of: Counted, got: usize, max: usize) -> ContractError {
    ContractError::Count { of, got, max }
}

fn duplicate(of: Counted, name: &str) -> ContractError {
    let name = name.into();
    ContractError::Duplicate { of, name }
}

fn push(markets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::Push {
        markets: markets.iter().map(|m| (*m).to_owned()).collect(),
    }
}

#[test]
fn bad_messages_are_refused_by_name_and_change_nothing() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    let (oracle, anyone) = (s.oracle.clone(), s.who("anyone"));
    let twice = ExecuteMsg::Report {
        readings: vec![s.quiet("eth-usd"), s.quiet("eth-usd")],
    };
    let (readings, markets) = (Counted::Readings, Counted::Markets);
    let unauthorised = ContractError::Unauthorised {
        needed: Role::Oracle,
    };
    let unknown = ContractError::UnknownMarket {
        market: "doge-perp".into(),
    };
    let rows = [
        ("stranger", &anyone, report(&s, 1), unauthorised),
        (
            "empty report",
            &oracle,
            report(&s, 0),
            count(readings, 0, 16),
        ),
        (
            "long report",
            &oracle,
            report(&s, 17),
            count(readings, 17, 16),
        ),
        ("feed twice", &oracle, twice, duplicate(readings, "eth-usd")),
        ("empty push", &anyone, push(&[]), count(markets, 0, 8)),
        (
            "long push",
            &anyone,
            push(&["eth-perp"; 9]),
            count(markets, 9, 8),
        ),
        (
            "market twice",
            &anyone,
            push(&["eth-perp", "eth-perp"]),
            duplicate(markets, "eth-perp"),
        ),
        (
            "unknown market",
            &anyone,
            push(&["eth-perp", "doge-perp"]),
            unknown,
        ),
    ];
    let before = s.state();
    for (what, who, msg, why) in rows {
        assert_refused(what, s.send(who, &msg), &why);
        assert!(s.state() == before, "{what}");
    }
}

#[test]
fn the_longest_lists_are_accepted() {
    let names: Vec<String> = (0..32).map(|n| format!("m-{n}")).collect();
    let all = names.iter().map(|n| registered(n, n)).collect();
    let mut s = Suite::with(all, Params::default());
    let readings = names[..16].iter().map(|n| s.quiet(n)).collect();
    s.report(readings);
    let eight: Vec<&str> = names[..8].iter().map(String::as_str).collect();
    s.push(&eight).unwrap();
}

#[test]
fn coins_are_refused_by_every_door() {
    let mut s = Suite::calm();
    let before = s.state();
    let (oracle, anyone) = (s.oracle.clone(), s.who("anyone"));
    for (who, msg) in [(oracle, report(&s, 1)), (anyone, push(&["eth-perp"]))] {
        let sent = s
            .app
            .execute_contract(who, s.breaker.clone(), &msg, &coins(1, "usdc"));
        assert_refused("coins", sent, &PaymentError::NonPayable {}.into());
        assert!(s.state() == before);
    }
    let mut bare = Suite::bare();
    let msg = bare.setup(markets(), Params::default());
    let sent = bare.start(&msg, &[Coin::new(1_u128, "usdc")]);
    assert_refused("coins", sent, &PaymentError::NonPayable {}.into());
}

#[test]
fn unknown_fields_and_messages_are_refused() {
    let mut s = Suite::calm();
    let before = s.state();
    let reading = String::from_utf8(to_json_binary(&s.quiet("eth-usd")).unwrap().to_vec()).unwrap();
    let odd = reading.replace("\"round\"", "\"extra\":1,\"round\"");
    let rows = [
        r#"{"push":{"markets":["eth-perp"],"extra":1}}"#.to_owned(),
        r#"{"push":{}}"#.to_owned(),
        r#"{"clear":{}}"#.to_owned(),
        r#"{"report":{"readings":[],"extra":1}}"#.to_owned(),
        format!(r#"{{"report":{{"readings":[{odd}]}}}}"#),
    ];
    for json in rows {
        let msg = WasmMsg::Execute {
            contract_addr: s.breaker.to_string(),
            msg: Binary::from(json.as_bytes()),
            funds: vec![],
        };
        assert!(
            s.app.execute(s.oracle.clone(), msg.into()).is_err(),
            "{json}"
        );
        assert!(s.state() == before, "{json}");
    }
    let setup = s.setup(markets(), Params::default());
    let mut setup = serde_json::to_value(setup).unwrap();
    assert!(from_json::<InstantiateMsg>(setup.to_string()).is_ok());
    setup["params"]["extra"] = 1.into();
    assert!(from_json::<InstantiateMsg>(setup.to_string()).is_err());
    assert!(from_json::<MigrateMsg>(r#"{"extra":1}"#).is_err());
    assert!(from_json::<QueryMsg>(r#"{"config":{"extra":1}}"#).is_err());
}

#[test]
fn a_breaker_does_not_start_on_bad_ground() {
    let many = (0..33)
        .map(|n| registered(&format!("m-{n}"), "eth-usd"))
        .collect();
    let eth = || registered("eth-perp", "eth-usd");
    let markets_of = Counted::Markets;
    let bad_name = |name: &str| types::id::check(name).unwrap_err().into();
    let rows = [
        ("no market", vec![], count(markets_of, 0, 32)),
        ("too many", many, count(markets_of, 33, 32)),
        (
            "twice",
            vec![eth(), eth()],
            duplicate(markets_of, "eth-perp"),
        ),
        (
            "bad market",
            vec![registered("ETH", "eth-usd")],
            bad_name("ETH"),
        ),
        ("bad feed", vec![registered("eth-perp", "")], bad_name("")),
    ];
    for (what, markets, why) in rows {
        let mut s = Suite::bare();
        let msg = s.setup(markets, Params::default());
        assert_refused(what, s.start(&msg, &[]), &why);
    }
    let mut s = Suite::bare();
    let params = Params {
        lease: 59,
        ..Params::default()
    };
    let why = breaker_governance::params::check(&params).unwrap_err();
    let msg = s.setup(markets(), params);
    assert_refused("lease", s.start(&msg, &[]), &why.into());
    let msg = InstantiateMsg {
        dao: "nobody".into(),
        ..s.setup(markets(), Params::default())
    };
    assert!(s.start(&msg, &[]).is_err(), "an address that is none");
}

#[test]
fn no_query_fails_for_a_name_nobody_knows() {
    let s = Suite::calm();
    let unknown = s.stance("doge-perp");
    assert_eq!((unknown.level, unknown.until), (Level::ReduceOnly, 0));
    assert_eq!(unknown.caution, Ratio::ZERO);
    let name = || "?".repeat(300);
    let scopes = [
        Scope::Global {},
        Scope::Market { market: name() },
        Scope::Feed { feed: name() },
        Scope::Module { module: name() },
        Scope::Remote { channel: name() },
    ];
    for scope in scopes {
        assert_eq!(s.level(scope.clone()), Level::Normal);
        assert_eq!(s.latches(scope), []);
    }
    let config: Config = s.ask(&QueryMsg::Config {});
    assert_eq!(config.markets, markets());
    assert_eq!(config.params, Params::default());
}

#[test]
fn migration_knows_its_own_name_and_keeps_the_state() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    let older = |s: &mut Suite, name: &str, version: &str| {
        let mut storage = s.app.contract_storage_mut(&s.breaker.clone());
        cw2::set_contract_version(&mut *storage, name, version).unwrap();
    };
    let migrate = |s: &mut Suite| {
        let code = s.app.store_code(suite::breaker_code());
        let (who, at) = (s.who("anyone"), s.breaker.clone());
        s.app.migrate_contract(who, at, &MigrateMsg {}, code)
    };
    older(&mut s, contract::NAME, "0.0.1");
    let before = s.stance("eth-perp");
    migrate(&mut s).unwrap();
    assert_eq!(s.stance("eth-perp"), before);
    older(&mut s, contract::NAME, "99.0.0");
    assert!(migrate(&mut s).is_err());
    older(&mut s, "bulkhead:market", "0.0.1");
    assert!(migrate(&mut s).is_err());
}
