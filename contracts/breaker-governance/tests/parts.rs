//! A change in which a neighbour has a part: both or neither, and no neighbour can wedge it.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use breaker_governance::{ContractError, Counted};
use suite::{assert_refused, registered, Suite};
use types::{
    breaker::{
        Change, ChangeDone, ChangeRefused, Clearing, Config, DaoMsg, ExecuteMsg, ModuleFailed,
        QueryMsg,
    },
    handle::Handle,
    oracle::{FeedParams, FeedSetup},
    params::MarketParams,
    wire::Wire,
    Ratio,
};

const READY: u64 = 72 * 3_600;

fn clearing(s: &Suite) -> Clearing {
    Clearing {
        denom: "uusd".into(),
        venue: Handle::new(s.who("venue").into_string()),
        params: MarketParams::major(150, 1_000_000),
    }
}

fn register(clearing: Clearing) -> DaoMsg {
    DaoMsg::Register {
        market: registered("sol-perp", "sol-usd"),
        clearing: Some(Box::new(clearing)),
    }
}

fn feed(name: &str) -> DaoMsg {
    let setup = FeedSetup {
        feed: name.into(),
        sources: vec![],
        params: FeedParams::major(),
    };
    let setup = Box::new(setup);
    DaoMsg::AddFeed { setup }
}

fn execute(change: u64) -> ExecuteMsg {
    ExecuteMsg::Execute { change }
}

fn watched(s: &Suite) -> usize {
    let config: Config = s.ask(&QueryMsg::Config {});
    config.markets.len()
}

fn waiting(s: &Suite) -> Vec<u64> {
    let changes: Vec<Change> = s.ask(&QueryMsg::Changes {});
    changes.iter().map(|c| c.id).collect()
}

#[test]
fn a_market_is_watched_over_and_cleared_from_the_same_message_on() {
    let mut s = Suite::calm();
    let wanted = clearing(&s);
    s.order(register(wanted.clone())).unwrap();
    s.wait(READY - 1);
    let ready = s.now() + 1;
    let early = ContractError::TooEarly { ready };
    assert_refused("early", s.sent("anyone", &execute(1)), &early);
    assert_eq!(s.added("sol-perp"), None);
    s.wait(1);
    let res = s.sent("anyone", &execute(1)).unwrap();
    assert!(ChangeDone::find(&res.events).unwrap()[0].executed);
    let market = registered("sol-perp", "sol-usd");
    assert_eq!(s.added("sol-perp"), Some(wanted.of(&market)));
    assert_eq!((watched(&s), waiting(&s)), (4, vec![]));
    let again = s.sent("anyone", &execute(1));
    assert_refused("again", again, &ContractError::NoChange { change: 1 });
}

#[test]
fn an_engine_that_fails_leaves_the_change_waiting_and_nothing_half_done() {
    let mut s = Suite::calm();
    s.order(register(clearing(&s))).unwrap();
    s.wait(READY);
    s.kill_engine(true);
    // The first message of a block also says what time it is.
    s.push(&["eth-perp"]).unwrap();
    let before = s.state();
    for _ in 0..20 {
        let res = s.sent("anyone", &execute(1)).unwrap();
        let (change, module) = (1, s.engine.clone());
        let refused = ChangeRefused::find(&res.events).unwrap();
        assert_eq!(refused, [ChangeRefused { change, module }]);
        // Whoever tries again and again says nothing about the engine.
        assert_eq!(ModuleFailed::find(&res.events).unwrap(), []);
        assert_eq!(ChangeDone::find(&res.events).unwrap(), []);
    }
    assert!(s.state() == before, "twenty failures, and not a byte");
    assert_eq!((watched(&s), waiting(&s)), (3, vec![1]));
    s.kill_engine(false);
    s.sent("anyone", &execute(1)).unwrap();
    assert_eq!((watched(&s), waiting(&s)), (4, vec![]));
}

#[test]
fn what_a_neighbour_never_takes_the_dao_calls_back() {
    let mut s = Suite::calm();
    // Here the oracle is nobody's contract: it takes nothing.
    s.order(feed("sol-usd")).unwrap();
    s.break_market("sol-perp", true);
    s.order(register(clearing(&s))).unwrap();
    s.order(DaoMsg::Register {
        market: registered("doge-perp", "eth-usd"),
        clearing: None,
    })
    .unwrap();
    s.wait(READY);
    for (change, module) in [(1, s.oracle.clone()), (2, s.engine.clone())] {
        let res = s.sent("anyone", &execute(change)).unwrap();
        let refused = ChangeRefused::find(&res.events).unwrap();
        assert_eq!(refused, [ChangeRefused { change, module }]);
    }
    // The one behind them needs neither of them.
    s.sent("anyone", &execute(3)).unwrap();
    for change in [1, 2] {
        s.order(DaoMsg::Cancel { change }).unwrap();
    }
    assert_eq!((watched(&s), waiting(&s)), (4, vec![]));
}

#[test]
fn what_no_engine_could_take_is_refused_when_it_is_announced() {
    let mut s = Suite::calm();
    let good = clearing(&s);
    let mut loose = good.clone();
    loose.params.gap = Ratio::ZERO;
    let bad = loose.params.check().unwrap_err();
    let mut coinless = good.clone();
    coinless.denom = "1".into();
    let denom = types::id::BadDenom("1".into());
    let name = types::id::BadName("SOL".into());
    let rows = [
        (register(loose), ContractError::BadParam(bad)),
        (register(coinless), ContractError::BadDenom(denom)),
        (feed("SOL"), ContractError::BadName(name)),
    ];
    let before = s.state();
    for (order, why) in rows {
        assert_refused("bad", s.order(order), &why);
    }
    let mut lost = good.clone();
    lost.venue = Handle::new("nowhere".into());
    s.order(register(lost)).unwrap_err();
    assert!(s.state() == before);
}

#[test]
fn a_full_list_asks_no_neighbour() {
    let markets = (0..32)
        .map(|n| registered(&format!("m-{n}"), "eth-usd"))
        .collect();
    let mut s = Suite::with(markets, types::breaker::Params::default());
    let wanted = clearing(&s);
    let (of, got, max) = (Counted::Markets, 33, 32);
    let full = ContractError::Count { of, got, max };
    assert_refused("full", s.order(register(wanted)), &full);
    assert_eq!(s.added("sol-perp"), None);
}
