//! Gas that runs out. Each entry is driven with limits shrinking from what it takes to nothing: at none is a state
//! half-changed. It either fails and changes nothing, or what it leaves passes the audit of every invariant.

use std::collections::BTreeSet;

use cosmwasm_std::{to_json_binary, Addr, Binary};
use harness::{execute, reduce, Exchange, Kind, Module, Trial, DENOM};
use types::{
    breaker::{self, DaoMsg},
    engine::{ExecuteMsg, Order},
    level::Level,
    oracle,
    scope::Scope,
    Side,
};

/// Limits between nothing and enough.
const STEPS: u64 = 60;

struct Entry {
    name: &'static str,
    from: Addr,
    to: Addr,
    msg: Binary,
}

/// Two orders and a liquidation are due, requests wait for their round, a change may be executed.
fn scene() -> Exchange {
    let mut x = Exchange::calm().on(Kind::Wasmd).unaudited().pyth().build();
    x.opened("weak", Side::Long, ("2", 300), "2000");
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("bob", 20_000);
    x.increase("bob", Side::Short, "3", 1_500).unwrap();
    x.lp_deposit("bob", 0, 1_000).unwrap();
    x.reduce("alice", Side::Long, "4").unwrap();
    x.walk("2000", "1880", 12);
    x.next_block();
    x.pyth_says(0, (188_000, 0, -2), x.now());
    x
}

fn entries(x: &Exchange) -> Vec<Entry> {
    let market = || x.markets[0].id.clone();
    let entry = |name, from: &str, to, msg: Binary| Entry {
        name,
        from: x.person(from),
        to: x.addr(to),
        msg,
    };
    let engine = |name, from, msg: ExecuteMsg| {
        let msg = to_json_binary(&msg).unwrap();
        entry(name, from, Module::Engine, msg)
    };
    let place = |order| ExecuteMsg::PlaceOrder {
        market: market(),
        order,
        limit: None,
        expiry: None,
    };
    let order = x.mandates("alice")[0].order;
    let refresh = oracle::ExecuteMsg::Refresh {
        feeds: vec![x.markets[0].feed.clone()],
    };
    let breaker = |name, from, msg: breaker::ExecuteMsg| {
        let msg = to_json_binary(&msg).unwrap();
        entry(name, from, Module::Breaker, msg)
    };
    let markets = || vec![market()];
    let scope = Scope::Global {};
    let level = Level::Protected;
    vec![
        engine(
            "crank",
            "keeper",
            ExecuteMsg::Crank {
                market: market(),
                limit: 10,
            },
        ),
        engine("place", "bob", place(reduce(Side::Short, "1"))),
        engine("close", "alice", place(Order::Close { side: Side::Long })),
        engine(
            "cancel",
            "alice",
            ExecuteMsg::CancelOrder {
                market: market(),
                order,
            },
        ),
        engine(
            "add margin",
            "alice",
            ExecuteMsg::AddMargin {
                market: market(),
                amount: 100_000_000u128.into(),
            },
        ),
        engine(
            "reconcile",
            "keeper",
            ExecuteMsg::Reconcile {
                market: market(),
                limit: 10,
            },
        ),
        entry(
            "refresh",
            "keeper",
            Module::Oracle,
            to_json_binary(&refresh).unwrap(),
        ),
        breaker(
            "push",
            "keeper",
            breaker::ExecuteMsg::Push { markets: markets() },
        ),
        breaker(
            "poke",
            "keeper",
            breaker::ExecuteMsg::Poke { markets: markets() },
        ),
        breaker(
            "govern",
            "dao",
            breaker::ExecuteMsg::Dao {
                order: DaoMsg::Govern { scope, level },
            },
        ),
    ]
}

#[test]
fn whatever_the_limit_nothing_is_half_done() {
    let mut x = scene();
    x.deposit("alice", 1_000);
    let all = [
        Module::Oracle,
        Module::Engine,
        Module::Breaker,
        Module::Market(0),
    ];
    let all = all.map(|module| x.addr(module));
    for entry in entries(&x) {
        let msg = execute(&entry.from, &entry.to, &entry.msg, &[]);
        let watched = Trial::of(vec![msg]).watch(all.to_vec());
        let chain = x.chain.wasmd().unwrap();
        let before = chain.trial(&Trial::of(vec![]).watch(all.to_vec())).digest;
        let whole = chain.trial(&watched);
        assert_eq!(whole.error, None, "{}", entry.name);
        assert!(whole.digest != before, "{} changes something", entry.name);
        let mut ends = BTreeSet::new();
        let mut failed = 0;
        for step in 1..=STEPS {
            let limit = whole.cost.gas * 11 / 10 * step / STEPS;
            let tried = chain.trial(&watched.clone().limit(limit).telling(DENOM));
            if tried.error.is_some() {
                assert_eq!(tried.digest, before, "{} at {limit}", entry.name);
                failed += 1;
                continue;
            }
            if !ends.insert(tried.digest.clone()) {
                continue;
            }
            let broken = x.audit_tried(&all, &tried);
            assert!(broken.is_empty(), "{} at {limit}: {broken:#?}", entry.name);
        }
        println!(
            "{}: {failed} of {STEPS} limits fail, {} ends",
            entry.name,
            ends.len()
        );
        assert!(failed > 0 && ends.contains(&whole.digest), "{}", entry.name);
    }
}
