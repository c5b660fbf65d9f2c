//! A market is registered while the exchange runs: its feed, its order book, its own empty books. The markets that
//! were there do not notice, whatever comes of it.

use cosmwasm_std::{Addr, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult};
use cw_multi_test::{Contract, ContractWrapper, Executor};
use harness::{usd, Exchange, Fault, MarketAt, Module, DENOM};
use types::{
    breaker::{ChangeDone, ChangeRefused, Clearing, DaoMsg, ExecuteMsg, Registered},
    engine::{self, MandateDone, Refusal},
    handle::Handle,
    level::Level,
    market,
    oracle::{FeedParams, FeedSetup, SourceSetup},
    params::MarketParams,
    wire::Wire,
    Amount, Side,
};

const SOL: usize = 2;
/// How long a change waits.
const READY: u64 = 72 * 3_600;
/// Prices of the three markets.
const PRICES: [&str; 3] = ["2000", "2000", "150"];
/// What the DAO has announced: a feed, a market on it.
const FEED: u64 = 1;
const MARKET: u64 = 2;

/// The shipped order book.
fn book() -> Box<dyn Contract<Empty>> {
    let code = ContractWrapper::new(
        ::market::contract::execute,
        ::market::contract::instantiate,
        ::market::contract::query,
    );
    let code = code.with_reply(::market::contract::reply);
    Box::new(code.with_migrate(::market::contract::migrate))
}

/// An order book that refuses every message.
fn broken() -> Box<dyn Contract<Empty>> {
    fn fails<T>(_: DepsMut, _: Env, _: MessageInfo, _: T) -> StdResult<Response> {
        Err(StdError::msg("broken"))
    }
    let code = ContractWrapper::new(
        fails::<market::ExecuteMsg>,
        |_, _, _, _: market::InstantiateMsg| Ok::<_, StdError>(Response::new()),
        |_, _, _: market::QueryMsg| Err(StdError::msg("broken")),
    );
    Box::new(code.with_migrate(|_, _, _: Empty| Ok::<_, StdError>(Response::new())))
}

fn venue(x: &mut Exchange, code: Box<dyn Contract<Empty>>) -> Addr {
    let msg = market::InstantiateMsg {
        market: "sol-perp".into(),
        feed: "sol-usd".into(),
        engine: Handle::new(x.engine.to_string()),
        oracle: Handle::new(x.oracle.to_string()),
        params: market::Params::major(),
    };
    let (code, deployer) = (x.app_mut().store_code(code), x.person("deployer"));
    let admin = Some(deployer.to_string());
    let made = x
        .app_mut()
        .instantiate_contract(code, deployer, &msg, &[], "sol", admin);
    made.unwrap()
}

/// So long, at the chain's own pace.
pub(crate) fn pass(x: &mut Exchange, seconds: u64) {
    let mut block = x.chain.block();
    block.height += seconds / x.block_time;
    block.time = block.time.plus_seconds(seconds);
    x.app_mut().set_block(block);
}

/// So many rounds of every market, so many seconds apart.
fn live(x: &mut Exchange, (rounds, seconds): (u64, u64)) {
    for _ in 0..rounds {
        pass(x, seconds);
        for (market, price) in PRICES.iter().enumerate().take(x.markets.len()) {
            x.quote_on(market, price);
        }
    }
}

/// Two markets with open positions, and a third whose time has come.
fn ready(code: Box<dyn Contract<Empty>>) -> (Exchange, Addr) {
    let mut x = Exchange::calm().markets(2).unaudited().build();
    let venue = venue(&mut x, code);
    let sources = x
        .sources
        .reporters
        .iter()
        .zip(0..)
        .map(|(reporter, group)| {
            let source = SourceSetup::reporter(reporter.to_string(), 90);
            SourceSetup { group, ..source }
        });
    let setup = FeedSetup {
        feed: "sol-usd".into(),
        sources: sources.collect(),
        params: FeedParams::major(),
    };
    let setup = Box::new(setup);
    x.order(DaoMsg::AddFeed { setup }).unwrap();
    let clearing = Clearing {
        denom: DENOM.into(),
        venue: Handle::new(venue.to_string()),
        params: MarketParams::major(150, 1_000_000),
    };
    x.order(DaoMsg::Register {
        market: Registered {
            market: "sol-perp".into(),
            feed: "sol-usd".into(),
            peg: None,
        },
        clearing: Some(Box::new(clearing)),
    })
    .unwrap();
    live(&mut x, (READY / 600, 600));
    live(&mut x, (45, 60));
    x.audited = true;
    for (market, who, side) in [(0, "alice", Side::Long), (1, "bob", Side::Short)] {
        x.deposit(who, 6_000);
        x.increase_in(market, who, (side, "10"), 5_000).unwrap();
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        assert!(x.position_in(market, who).is_some());
    }
    (x, venue)
}

fn execute(x: &mut Exchange, change: u64) -> harness::AppResponse {
    x.tell_breaker("anyone", &ExecuteMsg::Execute { change })
        .unwrap()
}

/// Both changes in force, and enough rounds of the new feed for a half-hour average.
fn open(code: Box<dyn Contract<Empty>>) -> Exchange {
    let (mut x, addr) = ready(code);
    for change in [FEED, MARKET] {
        let res = execute(&mut x, change);
        assert!(ChangeDone::find(&res.events).unwrap()[0].executed);
    }
    x.markets.push(MarketAt {
        id: "sol-perp".into(),
        feed: "sol-usd".into(),
        addr,
    });
    live(&mut x, (45, 60));
    live(&mut x, (11, 30));
    x
}

fn engine_state(x: &Exchange) -> Vec<(Vec<u8>, Vec<u8>)> {
    x.dump(Module::Engine)
}

/// All the engine has stored under the names of the two markets that were there.
fn others(x: &Exchange) -> Vec<(Vec<u8>, Vec<u8>)> {
    let named = |key: &[u8]| {
        [&b"eth-perp"[..], b"btc-perp"]
            .iter()
            .any(|name| key.windows(name.len()).any(|w| w == *name))
    };
    let mut all = engine_state(x);
    all.retain(|(key, _)| named(key));
    assert!(all.len() > 8, "{} entries", all.len());
    all
}

fn provide(x: &mut Exchange, amount: u128) {
    x.deposit("lp", amount);
    x.lp_deposit("lp", SOL, amount).unwrap();
    x.round_on(SOL, "150");
    x.crank_in(SOL, "keeper", 10).unwrap();
    claim(x);
}

fn claim(x: &mut Exchange) {
    let market = x.markets[SOL].id.clone();
    x.tell("lp", &engine::ExecuteMsg::LpClaim { market })
        .unwrap();
}

/// The two markets that were there, traded through and left.
fn others_go_on(x: &mut Exchange) {
    for (market, who, side) in [(0, "alice", Side::Long), (1, "bob", Side::Short)] {
        x.deposit(who, 1_000);
        x.increase_in(market, who, (side, "1"), 500).unwrap();
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        let size = x.position_in(market, who).unwrap().size;
        assert_eq!(size.abs().unwrap(), harness::units("11"));
        x.close_in(market, who, side).unwrap();
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        assert!(x.position_in(market, who).is_none());
        x.withdraw(who, 6_000).unwrap();
    }
}

#[test]
fn registering_writes_three_entries_and_changes_none() {
    let (mut x, _) = ready(book());
    let before = engine_state(&x);
    execute(&mut x, FEED);
    assert!(engine_state(&x) == before, "a feed is the oracle's alone");
    let oracle = x.oracle.clone();
    let seen = x.chain.dump(&oracle);
    execute(&mut x, MARKET);
    let after = engine_state(&x);
    assert!(before.iter().all(|entry| after.contains(entry)));
    assert_eq!(after.len(), before.len() + 3, "settings, name, books");
    assert!(x.chain.dump(&oracle) == seen);
}

#[test]
fn a_market_registered_later_is_a_market_like_any_other() {
    let mut x = open(book());
    let untouched = others(&x);
    assert_eq!(x.books(SOL).stance.level, Level::Normal);
    assert_eq!(x.books(SOL).cash, Amount::ZERO);
    // An empty vault has no room for anybody's risk.
    x.deposit("carol", 2_000);
    let long = (Side::Long, "10");
    x.increase_in(SOL, "carol", long, 500).unwrap();
    x.round_on(SOL, "150");
    let res = x.crank_in(SOL, "keeper", 10).unwrap();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(done[0].reason, Refusal::SideCap);
    provide(&mut x, 100_000);
    assert!(x.books(SOL).cash > usd(99_000));
    x.increase_in(SOL, "carol", long, 500).unwrap();
    x.round_on(SOL, "150");
    x.crank_in(SOL, "keeper", 10).unwrap();
    assert!(x.position_in(SOL, "carol").is_some());
    x.round_on(SOL, "151");
    x.close_in(SOL, "carol", Side::Long).unwrap();
    x.round_on(SOL, "151");
    x.crank_in(SOL, "keeper", 10).unwrap();
    assert!(x.position_in(SOL, "carol").is_none());
    let left = x.wallet("carol");
    assert!(left > usd(2_000), "a dollar on ten, less fees: {left:?}");
    x.withdraw("carol", 2_000).unwrap();
    assert!(others(&x) == untouched, "the others have not noticed");
    others_go_on(&mut x);
}

#[test]
fn killed_while_someone_is_in_it_lets_him_out_and_the_others_go_on() {
    let mut x = open(book());
    provide(&mut x, 100_000);
    x.deposit("carol", 2_000);
    x.increase_in(SOL, "carol", (Side::Long, "10"), 500)
        .unwrap();
    x.round_on(SOL, "150");
    x.crank_in(SOL, "keeper", 10).unwrap();
    let untouched = others(&x);
    let (code, admin) = (x.app_mut().store_code(broken()), x.person("deployer"));
    let venue = x.addr(Module::Market(SOL));
    x.app_mut()
        .migrate_contract(admin, venue, &Empty {}, code)
        .unwrap();
    x.audited = false;
    x.close_in(SOL, "carol", Side::Long).unwrap();
    x.round_on(SOL, "150");
    x.crank_in(SOL, "keeper", 10).unwrap();
    assert!(x.position_in(SOL, "carol").is_none());
    x.withdraw("carol", 1_900).unwrap();
    assert!(others(&x) == untouched, "the others have not noticed");
    others_go_on(&mut x);
    sound(&x);
}

#[test]
fn a_market_registered_with_a_broken_contract_touches_nobody() {
    let mut x = open(broken());
    let untouched = others(&x);
    x.audited = false;
    provide(&mut x, 100_000);
    x.deposit("carol", 2_000);
    x.increase_in(SOL, "carol", (Side::Long, "10"), 500)
        .unwrap();
    x.round_on(SOL, "150");
    x.crank_in(SOL, "keeper", 10).unwrap();
    assert!(x.position_in(SOL, "carol").is_none());
    x.withdraw("carol", 1_999).unwrap();
    assert!(others(&x) == untouched, "the others have not noticed");
    others_go_on(&mut x);
    sound(&x);
}

/// The audit where one order book is no contract that could be audited.
fn sound(x: &Exchange) {
    let engine = x.chain.storage(&x.engine);
    let broken = margin_engine::audit::audit(&*engine).unwrap();
    assert!(broken.is_empty(), "{} promises broken", broken.len());
    assert!(x.surplus() >= 0);
}

#[test]
fn a_dead_engine_leaves_the_registration_waiting_for_a_better_day() {
    let (mut x, _) = ready(book());
    execute(&mut x, FEED);
    for fault in [Fault::Dead, Fault::Panic] {
        x.fault(Module::Engine, fault);
        let sent = x.tell_breaker("anyone", &ExecuteMsg::Execute { change: MARKET });
        let refused = ChangeRefused::find(&sent.unwrap().events).unwrap();
        assert_eq!(refused[0].module, x.engine);
    }
    x.fault(Module::Engine, Fault::None);
    let res = execute(&mut x, MARKET);
    assert!(ChangeDone::find(&res.events).unwrap()[0].executed);
}

#[test]
fn the_engine_takes_thirty_two_markets_and_no_more() {
    let mut x = Exchange::calm().build();
    let breaker = x.breaker.clone();
    for n in 1..=32 {
        let setup = engine::MarketSetup {
            market: format!("m-{n}"),
            feed: "eth-usd".into(),
            denom: DENOM.into(),
            venue: Handle::new(x.person(&format!("venue-{n}")).into_string()),
            params: MarketParams::major(150, 1_000_000),
        };
        let setup = Box::new(setup);
        let add = engine::ExecuteMsg::AddMarket { setup };
        let added = x.send(&breaker, Module::Engine, &add, &[]);
        if n < 32 {
            added.unwrap();
            continue;
        }
        let refused = added.unwrap_err();
        let why = refused.of::<margin_engine::ContractError>().unwrap();
        let full = margin_engine::ContractError::TooManyMarkets { max: 32 };
        assert_eq!(why.to_string(), full.to_string());
    }
}
