//! A small oracle: one feed, three equal sources of three groups, a breaker that records.

use cosmwasm_std::{
    from_json, to_json_binary, Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Order,
    Response, StdError, StdResult,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use oracle_aggregator::{contract, feed, round};
use serde::de::DeserializeOwned;
use types::{
    breaker::{self, FeedReading},
    handle::Handle,
    oracle::{
        ExecuteMsg, FeedParams, FeedSetup, InstantiateMsg, PriceAnswer, QueryMsg, Report, Round,
        RoundAfter, SettlePrice, Snapshot, SourceSetup, SourceState, Standing, Status,
    },
    Price,
};

pub const FEED: &str = "eth-usd";
pub const NAMES: [&str; 3] = ["ann", "ben", "cid"];
pub const SOURCE_AGE: u64 = 60;
/// In a setup, the address of the contract that repeats what it was taught.
pub const PARROT: &str = "parrot";

pub struct Suite {
    pub app: App,
    pub oracle: Addr,
    pub breaker: Addr,
    pub parrot: Addr,
}

type Shape = Box<dyn Fn(&mut FeedSetup)>;

pub struct Builder {
    shape: Shape,
    params: FeedParams,
    groups: [u32; 3],
    bound: bool,
    failing: bool,
}

pub fn usd(dollars: u128) -> Price {
    Price::raw(dollars * 1_000_000_000_000_000_000)
}

pub fn cents(cents: u128) -> Price {
    Price::raw(cents * 10_000_000_000_000_000)
}

pub fn setup(app: &App, name: &str, params: FeedParams, groups: [u32; 3]) -> FeedSetup {
    let sources = NAMES.iter().zip(groups).map(|(who, group)| SourceSetup {
        group,
        ..SourceSetup::reporter(app.api().addr_make(who).into_string(), SOURCE_AGE)
    });
    FeedSetup {
        feed: name.into(),
        sources: sources.collect(),
        params,
    }
}

impl Suite {
    pub fn calm() -> Builder {
        Builder {
            shape: Box::new(|_| {}),
            params: FeedParams::major(),
            groups: [1, 2, 3],
            bound: true,
            failing: false,
        }
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// One block, so many seconds later.
    pub fn later(&mut self, seconds: u64) {
        self.app.update_block(|b| {
            b.height += 1;
            b.time = b.time.plus_seconds(seconds);
        });
    }

    pub fn addr(&self, who: &str) -> Addr {
        self.app.api().addr_make(who)
    }

    /// The test chain keeps an error's text only.
    pub fn send(&mut self, who: &str, msg: &ExecuteMsg) -> Result<AppResponse, String> {
        let who = self.addr(who);
        let sent = self
            .app
            .execute_contract(who, self.oracle.clone(), msg, &[])
            .map_err(|e| e.to_string());
        self.audit();
        sent
    }

    pub fn audit(&self) {
        let storage = self.app.contract_storage(&self.oracle);
        assert_eq!(round::audit(&*storage).unwrap(), []);
        assert_eq!(feed::audit(&*storage).unwrap(), []);
    }

    pub fn says(&mut self, who: &str, price: Price, publish_time: u64) -> AppResponse {
        let report = Report {
            feed: FEED.into(),
            price,
            conf: Price::ZERO,
            publish_time,
        };
        let reports = vec![report];
        self.send(who, &ExecuteMsg::Push { reports }).unwrap()
    }

    pub fn refresh(&mut self) -> AppResponse {
        let feeds = vec![FEED.into()];
        self.send("keeper", &ExecuteMsg::Refresh { feeds }).unwrap()
    }

    /// A block in which every source says this as of now, and a refresh.
    pub fn tick(&mut self, seconds: u64, price: Price) -> Round {
        self.later(seconds);
        for who in NAMES {
            self.says(who, price, self.now());
        }
        self.refresh();
        self.newest()
    }

    /// Ticks of ten seconds until the average is covered.
    pub fn warm(&mut self, price: Price) {
        for _ in 0..35 {
            self.tick(10, price);
        }
    }

    pub fn ask<T: DeserializeOwned>(&self, query: &QueryMsg) -> T {
        self.app
            .wrap()
            .query_wasm_smart(&self.oracle, query)
            .unwrap()
    }

    pub fn price(&self) -> PriceAnswer {
        self.ask(&QueryMsg::Price { feed: FEED.into() })
    }

    pub fn newest(&self) -> Round {
        self.price().round.unwrap()
    }

    pub fn status(&self) -> Status {
        self.price().status
    }

    pub fn number(&self) -> u64 {
        self.price().round.map_or(0, |r| r.number)
    }

    pub fn snapshot(&self, round: Option<u64>) -> Snapshot {
        self.ask(&QueryMsg::Snapshot {
            feed: FEED.into(),
            round,
        })
    }

    pub fn after(&self, time: u64, height: u64) -> RoundAfter {
        let feed = FEED.into();
        self.ask(&QueryMsg::RoundAfter { feed, time, height })
    }

    /// What the breaker heard last.
    pub fn heard(&self) -> FeedReading {
        let all: Vec<FeedReading> = self
            .app
            .wrap()
            .query_wasm_smart(&self.breaker, &Empty {})
            .unwrap();
        all.into_iter().next().unwrap()
    }

    /// Teach the parrot: to this very question, this very text. An empty text is none.
    pub fn teach(&mut self, question: &str, text: &str) {
        let (anyone, parrot) = (self.addr("anyone"), self.parrot.clone());
        let lesson = (question.to_owned(), text.to_owned());
        self.app
            .execute_contract(anyone, parrot, &lesson, &[])
            .unwrap();
    }

    pub fn sources(&self) -> Vec<SourceState> {
        self.ask(&QueryMsg::Sources { feed: FEED.into() })
    }

    pub fn standings(&self) -> Vec<Standing> {
        self.sources().iter().map(|s| s.standing).collect()
    }

    pub fn settle(&self) -> Option<SettlePrice> {
        self.ask(&QueryMsg::Settle { feed: FEED.into() })
    }

    /// Every byte the oracle stores.
    pub fn bytes(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app
            .contract_storage(&self.oracle)
            .range(None, None, Order::Ascending)
            .collect()
    }
}

impl Builder {
    pub fn params(mut self, change: impl Fn(&mut FeedParams)) -> Self {
        change(&mut self.params);
        self
    }

    /// A last hand on the setup of the feed.
    pub fn shape(self, shape: impl Fn(&mut FeedSetup) + 'static) -> Self {
        Self {
            shape: Box::new(shape),
            ..self
        }
    }

    pub fn groups(self, groups: [u32; 3]) -> Self {
        Self { groups, ..self }
    }

    pub fn unbound(self) -> Self {
        Self {
            bound: false,
            ..self
        }
    }

    pub fn failing_breaker(self) -> Self {
        Self {
            failing: true,
            ..self
        }
    }

    pub fn build(self) -> Suite {
        let mut app = App::default();
        let owner = app.api().addr_make("owner");
        let oracle = app.store_code(Box::new(
            ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
                .with_reply(contract::reply)
                .with_migrate(contract::migrate),
        ));
        let stand_in = app.store_code(Box::new(ContractWrapper::new(hear, fail_if, recall)));
        // First of all, so that a setup can name it.
        let parrot = app.store_code(Box::new(ContractWrapper::new(learn, quiet, repeat)));
        let parrot = app
            .instantiate_contract(parrot, owner.clone(), &Empty {}, &[], "p", None)
            .unwrap();
        let mut feed = setup(&app, FEED, self.params, self.groups);
        (self.shape)(&mut feed);
        for source in &mut feed.sources {
            let named = |v| if v == PARROT { parrot.to_string() } else { v };
            let origin = source.origin.clone();
            let origin: StdResult<_> = origin.voiced(|v| Ok(named(v)));
            source.origin = origin.unwrap();
        }
        let feeds = vec![feed];
        let oracle = app
            .instantiate_contract(
                oracle,
                owner.clone(),
                &InstantiateMsg { feeds },
                &[],
                "o",
                Some(owner.to_string()),
            )
            .unwrap();
        let breaker = app
            .instantiate_contract(stand_in, owner.clone(), &self.failing, &[], "b", None)
            .unwrap();
        let mut suite = Suite {
            app,
            oracle,
            breaker,
            parrot,
        };
        if self.bound {
            let breaker = Handle::new(suite.breaker.to_string());
            suite.send("owner", &ExecuteMsg::Bind { breaker }).unwrap();
        }
        suite
    }
}

fn fail_if(deps: DepsMut, _: Env, _: MessageInfo, failing: bool) -> StdResult<Response> {
    deps.storage.set(b"failing", &to_json_binary(&failing)?);
    Ok(Response::new())
}

fn hear(deps: DepsMut, _: Env, _: MessageInfo, msg: breaker::ExecuteMsg) -> StdResult<Response> {
    let failing: bool = from_json(deps.storage.get(b"failing").unwrap())?;
    if failing {
        return Err(StdError::msg("broken"));
    }
    if let breaker::ExecuteMsg::Report { readings } = msg {
        deps.storage.set(b"heard", &to_json_binary(&readings)?);
    }
    Ok(Response::new())
}

fn recall(deps: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(deps.storage.get(b"heard").unwrap().into())
}

#[allow(clippy::unnecessary_wraps)]
fn quiet(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn learn(
    deps: DepsMut,
    _: Env,
    _: MessageInfo,
    (question, text): (String, String),
) -> StdResult<Response> {
    if text.is_empty() {
        deps.storage.remove(question.as_bytes());
    } else {
        deps.storage.set(question.as_bytes(), text.as_bytes());
    }
    Ok(Response::new())
}

fn repeat(deps: Deps, _: Env, question: serde_json::Value) -> StdResult<Binary> {
    let text = deps.storage.get(question.to_string().as_bytes());
    text.map(Binary::from)
        .ok_or_else(|| StdError::msg("no answer"))
}
