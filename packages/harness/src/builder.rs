//! Building an exchange. Every default is a calm market at two thousand dollars.

mod sources;

use std::time::Duration;

use cosmwasm_std::{to_json_binary, Addr, Uint128};
use types::{
    breaker,
    engine::{self, MarketSetup},
    handle::Handle,
    market,
    oracle::{self, FeedParams, FeedSetup},
    params::MarketParams,
};

use crate::{
    chain::{Kind, New, Part},
    exchange::{Exchange, MarketAt, Module},
    governor::Seat,
    numbers::dollars,
    people,
    prices::Sources,
    wasmd::Files,
};

/// Rounds of a market's life before the start and the seconds between them: with the rounds after it long enough for
/// a half-hour average.
const LIFE: (u64, u64) = (25, 60);

/// Names of the markets, in order.
const NAMES: [&str; 3] = ["eth", "btc", "sol"];

type Shape = Box<dyn Fn(&mut FeedSetup)>;

/// What to build.
pub struct Builder {
    markets: usize,
    sources: usize,
    price: u128,
    nav: u128,
    insurance: u128,
    block_time: u64,
    start: u64,
    feed: FeedParams,
    source_max_age: Vec<u64>,
    pyth: bool,
    band: bool,
    chainlink: bool,
    shape: Option<Shape>,
    params: Option<MarketParams>,
    breaker: breaker::Params,
    guardians: Vec<&'static str>,
    dao: Seat,
    audited: bool,
    young: bool,
    chain: Kind,
    files: Option<Files>,
    recorded: bool,
}

impl Exchange {
    /// One market at 2,000 dollars, three sources, ten million in the vault, half a million insured.
    pub fn calm() -> Builder {
        Builder {
            markets: 1,
            sources: 3,
            price: 2_000,
            nav: 10_000_000,
            insurance: 500_000,
            block_time: 6,
            start: 1_700_000_000,
            feed: FeedParams::major(),
            source_max_age: Vec::new(),
            pyth: false,
            band: false,
            chainlink: false,
            shape: None,
            params: None,
            breaker: breaker::Params::default(),
            guardians: vec!["guardian"],
            dao: Seat::Person,
            audited: true,
            young: false,
            chain: Kind::chosen(),
            files: None,
            recorded: false,
        }
    }
}

impl Builder {
    /// So many markets, each on its own feed.
    pub fn markets(self, markets: usize) -> Self {
        assert!((1..=NAMES.len()).contains(&markets));
        Self { markets, ..self }
    }

    /// So many sources on every feed.
    pub fn sources(self, sources: usize) -> Self {
        Self { sources, ..self }
    }

    /// The first price, whole dollars; it also sizes the market's depth.
    pub fn price(self, price: u128) -> Self {
        Self { price, ..self }
    }

    /// What the vault starts with, whole dollars.
    pub fn nav(self, nav: u128) -> Self {
        Self { nav, ..self }
    }

    /// What the insurance fund starts with, whole dollars.
    pub fn insurance(self, insurance: u128) -> Self {
        Self { insurance, ..self }
    }

    /// Seconds between blocks, and when the first is.
    pub fn clock(self, start: u64, block_time: u64) -> Self {
        Self {
            start,
            block_time,
            ..self
        }
    }

    /// Settings of every feed.
    pub fn feed(self, feed: FeedParams) -> Self {
        Self { feed, ..self }
    }

    /// How long each source's reports count; the feed's `max_age` where nothing is said.
    pub fn source_max_age(self, source_max_age: Vec<u64>) -> Self {
        Self {
            source_max_age,
            ..self
        }
    }

    /// A stand-in for Pyth as one more source of every feed, after the reporters.
    pub fn pyth(self) -> Self {
        Self { pyth: true, ..self }
    }

    /// A stand-in for Band as one more source of every feed.
    pub fn band(self) -> Self {
        Self { band: true, ..self }
    }

    /// Stand-ins for Chainlink as one more source of every feed, the last.
    pub fn chainlink(self) -> Self {
        Self {
            chainlink: true,
            ..self
        }
    }

    /// A last hand on the setup of every feed.
    pub fn shape(self, shape: impl Fn(&mut FeedSetup) + 'static) -> Self {
        Self {
            shape: Some(Box::new(shape)),
            ..self
        }
    }

    /// Settings of every compartment.
    pub fn params(self, params: MarketParams) -> Self {
        Self {
            params: Some(params),
            ..self
        }
    }

    /// Settings of the breaker.
    pub fn breaker(self, breaker: breaker::Params) -> Self {
        Self { breaker, ..self }
    }

    /// Who may raise and veto; one `guardian` where nothing is said.
    pub fn guardians(self, guardians: Vec<&'static str>) -> Self {
        Self { guardians, ..self }
    }

    /// Who governs; the person `dao` where nothing is said.
    pub fn dao(self, dao: Seat) -> Self {
        Self { dao, ..self }
    }

    /// A market as old as its first few rounds: its feed has no half-hour average yet.
    pub fn young(self) -> Self {
        Self {
            young: true,
            ..self
        }
    }

    /// On this chain; the embedded one where nothing is said.
    pub fn on(self, chain: Kind) -> Self {
        Self { chain, ..self }
    }

    /// On the real chain, with the wasm of these files; what was built last where nothing is said.
    pub fn files(self, files: Files) -> Self {
        Self {
            chain: Kind::Wasmd,
            files: Some(files),
            ..self
        }
    }

    /// On the real chain, and everything that happens is remembered for its [`crate::Story`].
    pub fn recorded(self) -> Self {
        Self {
            chain: Kind::Wasmd,
            recorded: true,
            ..self
        }
    }

    /// No audit after every message: the caller audits when it wants.
    pub fn unaudited(self) -> Self {
        Self {
            audited: false,
            ..self
        }
    }

    /// Deploy, bind, quote for half an hour, most of it before the start; provide liquidity, insure.
    pub fn build(mut self) -> Exchange {
        if !self.young {
            self.start -= LIFE.0 * LIFE.1;
        }
        let mut x = self.deploy();
        let text = self.price.to_string();
        if !self.young {
            x.live(&text, LIFE);
        }
        // Long enough for a five-minute average.
        x.live(&text, (11, 30));
        for market in 0..self.markets {
            x.next_block();
            x.quote_on(market, &text);
            x.deposit("lp", self.nav);
            x.lp_deposit("lp", market, self.nav).expect("a request");
            x.round_on(market, &text);
            x.crank_in(market, "keeper", 10).expect("a crank");
            let id = x.markets[market].id.clone();
            x.tell("lp", &engine::ExecuteMsg::LpClaim { market: id.clone() })
                .expect("the request was priced");
            if self.insurance > 0 {
                x.deposit("insurer", self.insurance);
                let amount = Uint128::new(dollars(self.insurance));
                let fund = engine::ExecuteMsg::FundInsurance { market: id, amount };
                x.tell("insurer", &fund).expect("insurance is welcome");
            }
        }
        x.audited = self.audited;
        x
    }

    /// Deploy and bind, nothing else: no price yet, an empty vault, no insurance.
    pub fn bare(self) -> Exchange {
        let mut x = self.deploy();
        x.audited = self.audited;
        x
    }

    fn deploy(&self) -> Exchange {
        let reporters: Vec<Addr> = (0..self.sources)
            .map(|n| people::address(&format!("source-{n}")))
            .collect();
        let mut x = Exchange {
            oracle: Addr::unchecked(""),
            engine: Addr::unchecked(""),
            breaker: Addr::unchecked(""),
            dao: Addr::unchecked(""),
            markets: Vec::new(),
            sources: Sources {
                reporters,
                ..Sources::default()
            },
            block_time: self.block_time,
            audited: false,
            sent: 0,
            chain: self.chain.start(
                Duration::from_secs(self.start),
                self.files.clone().unwrap_or_else(Files::built),
            ),
        };
        if let Some(chain) = x.chain.wasmd_mut().filter(|_| self.recorded) {
            chain.keep();
        }
        x.dao = self.dao.taken(&mut *x.chain);
        self.stand_ins(&mut x);
        x.oracle = self.oracle(&mut x);
        x.engine = self.engine(&mut x);
        x.breaker = self.breaker_contract(&mut x);
        for n in 0..self.markets {
            let market = self.market(&mut x, n);
            x.markets.push(market);
        }
        self.bind(&mut x);
        x
    }

    fn oracle(&self, x: &mut Exchange) -> Addr {
        let feeds = (0..self.markets).map(|n| {
            let mut setup = FeedSetup {
                feed: feed(n),
                sources: self.feed_sources(x, n),
                params: self.feed.clone(),
            };
            if let Some(shape) = &self.shape {
                shape(&mut setup);
            }
            setup
        });
        let msg = oracle::InstantiateMsg {
            feeds: feeds.collect(),
        };
        x.put(Part::Oracle, &msg)
    }

    fn engine(&self, x: &mut Exchange) -> Addr {
        let treasury = x.person("treasury").into_string();
        let msg = engine::InstantiateMsg { treasury };
        x.put(Part::Engine, &msg)
    }

    fn breaker_contract(&self, x: &mut Exchange) -> Addr {
        let markets = (0..self.markets).map(|n| breaker::Registered {
            market: id(n),
            feed: feed(n),
            peg: None,
        });
        let msg = breaker::InstantiateMsg {
            dao: x.dao.to_string(),
            oracle: Handle::new(x.oracle.to_string()),
            engine: Handle::new(x.engine.to_string()),
            markets: markets.collect(),
            guardians: self
                .guardians
                .iter()
                .map(|g| x.person(g).into_string())
                .collect(),
            params: self.breaker.clone(),
        };
        x.put(Part::Breaker, &msg)
    }

    fn market(&self, x: &mut Exchange, n: usize) -> MarketAt {
        let msg = market::InstantiateMsg {
            market: id(n),
            feed: feed(n),
            engine: Handle::new(x.engine.to_string()),
            oracle: Handle::new(x.oracle.to_string()),
            params: market::Params::major(),
        };
        let addr = x.put(Part::Market, &msg);
        MarketAt {
            id: id(n),
            feed: feed(n),
            addr,
        }
    }

    fn bind(&self, x: &mut Exchange) {
        let deployer = x.person("deployer");
        let breaker = Handle::new(x.breaker.to_string());
        let msg = oracle::ExecuteMsg::Bind { breaker };
        x.send(&deployer, Module::Oracle, &msg, &[])
            .expect("the oracle binds");
        let params = self
            .params
            .clone()
            .unwrap_or_else(|| MarketParams::major(self.price, self.nav));
        let markets = x.markets.iter().map(|m| MarketSetup {
            market: m.id.clone(),
            feed: m.feed.clone(),
            denom: crate::DENOM.into(),
            venue: Handle::new(m.addr.to_string()),
            params: params.clone(),
        });
        let msg = engine::ExecuteMsg::Bind {
            breaker: Handle::new(x.breaker.to_string()),
            oracle: Handle::new(x.oracle.to_string()),
            dao: x.dao.to_string(),
            markets: markets.collect(),
        };
        x.send(&deployer, Module::Engine, &msg, &[])
            .expect("the engine binds");
    }
}

fn id(n: usize) -> String {
    format!("{}-perp", NAMES[n])
}

fn feed(n: usize) -> String {
    format!("{}-usd", NAMES[n])
}

impl Exchange {
    /// Store a contract's code and instantiate it, the deployer its admin.
    fn put<M: serde::Serialize>(&mut self, part: Part, msg: &M) -> Addr {
        let deployer = self.person("deployer");
        let new = New {
            code: self.chain.store(part),
            sender: &deployer,
            msg: to_json_binary(msg).expect("settings serialise"),
            label: "bulkhead",
            admin: Some(&deployer),
        };
        self.chain.instantiate(new).expect("it instantiates")
    }
}
