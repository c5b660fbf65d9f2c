//! The shipped breaker beside a stand-in oracle and a stand-in engine that records stances, or
//! errors while it is told to.
#![allow(
    dead_code,
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

use breaker_governance::{audit, contract, ContractError};
use cosmwasm_std::{
    to_json_binary, Addr, Coin, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError,
    StdResult, Storage,
};
use cw_multi_test::{App, AppBuilder, AppResponse, ContractWrapper, Executor};
use store::{Item, Map};
use types::{
    breaker::{
        DaoMsg, ExecuteMsg, FeedReading, InstantiateMsg, Latch, Params, QueryMsg, Registered,
    },
    engine,
    handle::Handle,
    level::Level,
    oracle::Status,
    scope::{Scope, Stance},
    Ratio,
};

/// What the stand-in engine was told, newest last.
pub const TOLD: Map<&str, Vec<Stance>> = Map::new("told");
/// While true, the stand-in engine errors.
pub const DEAD: Item<bool> = Item::new("dead");
/// Markets the stand-in engine errors about.
pub const BROKEN: Map<&str, bool> = Map::new("broken");
/// What the stand-in engine was told to clear.
pub const ADDED: Map<&str, engine::MarketSetup> = Map::new("added");
/// What the stand-in engine says a market's books read; it does not know the others.
pub const VITALS: Map<&str, engine::Vitals> = Map::new("vitals");

pub struct Suite {
    pub app: App,
    pub breaker: Addr,
    pub engine: Addr,
    pub oracle: Addr,
}

pub fn registered(market: &str, feed: &str) -> Registered {
    Registered {
        market: market.into(),
        feed: feed.into(),
        peg: None,
    }
}

/// Three markets on two feeds, by name.
pub fn markets() -> Vec<Registered> {
    vec![
        registered("btc-perp", "btc-usd"),
        registered("eth-mini", "eth-usd"),
        registered("eth-perp", "eth-usd"),
    ]
}

/// Books without trouble.
pub fn calm() -> engine::Vitals {
    engine::Vitals {
        gain: Ratio::ZERO,
        cover: None,
        backlog: Ratio::ZERO,
        outflow_hour: Ratio::ZERO,
        outflow_day: Ratio::ZERO,
        balanced: true,
        reconciled: 0,
        settled: None,
        venue_faults: 0,
    }
}

pub fn market(name: &str) -> Scope {
    Scope::Market {
        market: name.into(),
    }
}

pub fn module(at: &Addr) -> Scope {
    Scope::Module {
        module: at.to_string(),
    }
}

pub fn feed(name: &str) -> Scope {
    Scope::Feed { feed: name.into() }
}

/// The embedded chain hands errors on as text: the refusal must read as this error does.
pub fn assert_refused<T: std::fmt::Debug>(what: &str, got: StdResult<T>, why: &ContractError) {
    let got = got.unwrap_err().to_string();
    assert!(got.contains(&why.to_string()), "{what}: {got}");
}

fn fails(storage: &dyn Storage, market: &str) -> StdResult<()> {
    let dead = DEAD.may_load(storage)?.unwrap_or(false);
    if dead || BROKEN.has(storage, market) {
        Err(StdError::msg("dead"))
    } else {
        Ok(())
    }
}

pub fn engine_code() -> Box<dyn cw_multi_test::Contract<Empty>> {
    Box::new(ContractWrapper::new(
        |deps: DepsMut, _: Env, _: MessageInfo, msg: engine::ExecuteMsg| {
            match msg {
                engine::ExecuteMsg::SetStance { market, stance } => {
                    fails(deps.storage, &market)?;
                    let mut told = TOLD.may_load(deps.storage, &market)?.unwrap_or_default();
                    told.push(stance);
                    TOLD.save(deps.storage, &market, &told)?;
                }
                engine::ExecuteMsg::AddMarket { setup } => {
                    fails(deps.storage, &setup.market)?;
                    ADDED.save(deps.storage, &setup.market, &setup)?;
                }
                _ => {}
            }
            Ok::<_, StdError>(Response::new())
        },
        |deps: DepsMut, _: Env, _: MessageInfo, dead: bool| {
            DEAD.save(deps.storage, &dead)?;
            Ok::<_, StdError>(Response::new())
        },
        |deps: Deps, _: Env, msg: engine::QueryMsg| match msg {
            engine::QueryMsg::Vitals { market } => {
                fails(deps.storage, &market)?;
                to_json_binary(&VITALS.may_load(deps.storage, &market)?)
            }
            _ => to_json_binary(&Empty {}),
        },
    ))
}

pub fn breaker_code() -> Box<dyn cw_multi_test::Contract<Empty>> {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_reply(contract::reply)
            .with_sudo(contract::sudo)
            .with_migrate(contract::migrate),
    )
}

impl Suite {
    pub fn calm() -> Self {
        Self::with(markets(), Params::default())
    }

    pub fn with(markets: Vec<Registered>, params: Params) -> Self {
        let mut suite = Self::bare();
        let msg = suite.setup(markets, params);
        suite.breaker = suite.start(&msg, &[]).unwrap();
        suite
    }

    /// Everything but the breaker.
    pub fn bare() -> Self {
        let mut app = AppBuilder::new().build(|router, api, storage| {
            let rich = api.addr_make("anyone");
            let oracle = api.addr_make("oracle");
            for who in [rich, oracle] {
                router
                    .bank
                    .init_balance(storage, &who, vec![Coin::new(1_000_u128, "usdc")])
                    .unwrap();
            }
        });
        let oracle = app.api().addr_make("oracle");
        let code = app.store_code(engine_code());
        let engine = app
            .instantiate_contract(code, oracle.clone(), &false, &[], "engine", None)
            .unwrap();
        Self {
            app,
            breaker: engine.clone(),
            engine,
            oracle,
        }
    }

    pub fn setup(&self, markets: Vec<Registered>, params: Params) -> InstantiateMsg {
        InstantiateMsg {
            dao: self.who("dao").to_string(),
            oracle: Handle::new(self.oracle.to_string()),
            engine: Handle::new(self.engine.to_string()),
            markets,
            guardians: ["ann", "bob", "cid"].map(|g| self.who(g).into()).to_vec(),
            params,
        }
    }

    pub fn start(&mut self, msg: &InstantiateMsg, funds: &[Coin]) -> StdResult<Addr> {
        let code = self.app.store_code(breaker_code());
        let who = self.who("anyone");
        let admin = Some(who.to_string());
        self.app
            .instantiate_contract(code, who, msg, funds, "breaker", admin)
    }

    pub fn who(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn wait(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// Send, and audit whatever came of it.
    pub fn send(&mut self, who: &Addr, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        let sent = self
            .app
            .execute_contract(who.clone(), self.breaker.clone(), msg, &[]);
        let storage = self.app.contract_storage(&self.breaker);
        assert_eq!(audit::at(&*storage, self.now()).unwrap(), []);
        sent
    }

    /// A Valid, quiet reading of a round observed now, numbered by its time.
    pub fn quiet(&self, feed: &str) -> FeedReading {
        FeedReading {
            feed: feed.into(),
            round: self.now(),
            time: self.now(),
            status: Status::Valid,
            dispersion: Ratio::ZERO,
            jump: Ratio::ZERO,
            sigma: Ratio::percent(1),
            lateness: Ratio::ONE,
            variance: Ratio::ONE,
            depeg: None,
        }
    }

    pub fn report(&mut self, readings: Vec<FeedReading>) -> AppResponse {
        let oracle = self.oracle.clone();
        self.send(&oracle, &ExecuteMsg::Report { readings })
            .unwrap()
    }

    pub fn report_quiet(&mut self, feed: &str) -> AppResponse {
        let reading = self.quiet(feed);
        self.report(vec![reading])
    }

    /// Quiet reports every 30 s for this long.
    pub fn heal(&mut self, feed: &str, seconds: u64) {
        for _ in 0..seconds / 30 {
            self.wait(30);
            self.report_quiet(feed);
        }
    }

    pub fn push(&mut self, markets: &[&str]) -> StdResult<AppResponse> {
        let anyone = self.who("anyone");
        let markets = markets.iter().map(|m| (*m).to_owned()).collect();
        self.send(&anyone, &ExecuteMsg::Push { markets })
    }

    pub fn poke(&mut self, markets: &[&str]) -> StdResult<AppResponse> {
        let anyone = self.who("anyone");
        let markets = markets.iter().map(|m| (*m).to_owned()).collect();
        self.send(&anyone, &ExecuteMsg::Poke { markets })
    }

    /// The engine says what a market's books read.
    pub fn say(&mut self, market: &str, vitals: engine::Vitals) -> AppResponse {
        let engine = self.engine.clone();
        let market = market.into();
        self.send(&engine, &ExecuteMsg::Vitals { market, vitals })
            .unwrap()
    }

    /// The engine says that it has begun and completed a pass over a market's positions just now.
    pub fn reconciled(&mut self, market: &str) {
        let vitals = engine::Vitals {
            reconciled: self.now(),
            ..calm()
        };
        self.say(market, vitals);
    }

    /// The DAO orders, as sender.
    pub fn order(&mut self, order: DaoMsg) -> StdResult<AppResponse> {
        let dao = self.who("dao");
        self.send(&dao, &ExecuteMsg::Dao { order })
    }

    /// Somebody sends, by name.
    pub fn sent(&mut self, who: &str, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        let who = self.who(who);
        self.send(&who, msg)
    }

    /// What the stand-in engine will say when it is asked.
    pub fn vitals(&mut self, market: &str, vitals: Option<engine::Vitals>) {
        let mut storage = self.app.contract_storage_mut(&self.engine);
        match vitals {
            Some(vitals) => VITALS.save(&mut *storage, market, &vitals).unwrap(),
            None => VITALS.remove(&mut *storage, market),
        }
    }

    /// The stand-in engine errors about one market, or no longer.
    pub fn break_market(&mut self, market: &str, broken: bool) {
        let mut storage = self.app.contract_storage_mut(&self.engine);
        if broken {
            BROKEN.save(&mut *storage, market, &true).unwrap();
        } else {
            BROKEN.remove(&mut *storage, market);
        }
    }

    pub fn kill_engine(&mut self, dead: bool) {
        let mut storage = self.app.contract_storage_mut(&self.engine);
        DEAD.save(&mut *storage, &dead).unwrap();
    }

    /// Every stance the engine took for a market.
    pub fn told(&self, market: &str) -> Vec<Stance> {
        let storage = self.app.contract_storage(&self.engine);
        TOLD.may_load(&*storage, market)
            .unwrap()
            .unwrap_or_default()
    }

    /// What the engine was told to clear under this name.
    pub fn added(&self, market: &str) -> Option<engine::MarketSetup> {
        let storage = self.app.contract_storage(&self.engine);
        ADDED.may_load(&*storage, market).unwrap()
    }

    /// The level the engine was last told.
    pub fn told_level(&self, market: &str) -> Option<Level> {
        self.told(market).last().map(|s| s.level)
    }

    pub fn ask<T: serde::de::DeserializeOwned>(&self, query: &QueryMsg) -> T {
        self.app
            .wrap()
            .query_wasm_smart(&self.breaker, query)
            .unwrap()
    }

    pub fn stance(&self, market: &str) -> Stance {
        let market = market.into();
        self.ask(&QueryMsg::Stance { market })
    }

    pub fn level(&self, scope: Scope) -> Level {
        self.ask(&QueryMsg::Level { scope })
    }

    pub fn latches(&self, scope: Scope) -> Vec<Latch> {
        self.ask(&QueryMsg::Latches { scope })
    }

    /// Everything the breaker has stored.
    pub fn state(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.dump_wasm_raw(&self.breaker)
    }
}
