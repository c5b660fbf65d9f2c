//! The embedded exchange a run plays on: one market, its contracts and who reports to it.

mod doors;
mod neighbour;
mod value;

pub use self::neighbour::Beside;
use self::neighbour::Neighbour;
use cosmwasm_std::Addr;
use harness::{AppResponse, Exchange, Failed, Fault, Module};
use math::units::{Price, Side};
use serde::de::DeserializeOwned;
use types::{
    engine::{ExecuteMsg, MarketState, PositionState, QueryMsg, WindUpState},
    oracle::{self, Snapshot},
    page,
    params::MarketParams,
};

use crate::{
    bug::Bug,
    fault::Part,
    input,
    news::{self, News},
    source::Report,
    venue::{No, Person},
};

/// Liquidations and orders the keeper asks for in one crank.
pub const CRANK: u32 = 50;
/// The account that refreshes prices and cranks.
const KEEPER: &str = "keeper";

/// The embedded exchange.
pub struct Stage {
    /// The chain and its contracts.
    pub exchange: Exchange,
    /// The market's settings.
    pub params: MarketParams,
    market: String,
    feed: String,
    keeper: Addr,
    heard: Vec<News>,
    /// Messages that people have sent.
    pub messages: u64,
    dead: Vec<Part>,
    /// Books when last told.
    books: Option<MarketState>,
    /// The market beside it.
    neighbour: Option<Neighbour>,
}

impl Stage {
    /// Play on this exchange's first market; its second, if it has one, stays at this price.
    pub fn on(exchange: Exchange, params: MarketParams, price: Price) -> Self {
        let first = exchange.markets.first();
        let name = |of: fn(&harness::MarketAt) -> &String| first.map(of).cloned();
        Self {
            market: name(|m| &m.id).unwrap_or_default(),
            feed: name(|m| &m.feed).unwrap_or_default(),
            keeper: exchange.person(KEEPER),
            heard: Vec::new(),
            messages: 0,
            dead: Vec::new(),
            books: None,
            neighbour: Neighbour::of(&exchange, price),
            exchange,
            params,
        }
    }

    /// Block time, seconds.
    pub fn now(&self) -> u64 {
        self.exchange.now()
    }

    /// These contracts fail at everything from now on, and no others.
    pub fn kill(&mut self, dead: &[Part]) {
        if self.dead == dead {
            return;
        }
        for part in Part::ALL {
            let fault = if dead.contains(&part) {
                Fault::Dead
            } else {
                Fault::None
            };
            self.exchange.fault(module(part), fault);
        }
        self.dead = dead.to_vec();
    }

    /// Whether this contract was made to fail.
    pub fn is_dead(&self, part: Part) -> bool {
        self.dead.contains(&part)
    }

    /// What must work unless a contract was made to fail.
    fn events(
        &self,
        what: &'static str,
        done: Result<AppResponse, Failed>,
    ) -> Result<Vec<News>, Bug> {
        match done {
            Err(_) if !self.dead.is_empty() => Ok(Vec::new()),
            done => news::read(&self.must(what, done.map_err(no))?.events),
        }
    }

    fn must<T>(&self, what: &'static str, done: Result<T, No>) -> Result<T, Bug> {
        done.map_err(|No(why)| Bug::Refused {
            time: self.now(),
            what,
            why,
        })
    }

    /// A source's reports reach the oracle, each in a message of its own: one message speaks once for a
    /// feed.
    pub fn push(&mut self, source: usize, reports: &[Report]) -> Result<(), Bug> {
        let Some(reporter) = self.exchange.sources.reporters.get(source).cloned() else {
            return Ok(());
        };
        for report in reports {
            let reports = vec![oracle::Report {
                feed: self.feed.clone(),
                price: report.price,
                conf: report.conf,
                publish_time: report.publish_time,
            }];
            let msg = oracle::ExecuteMsg::Push { reports };
            let done = self.exchange.send(&reporter, Module::Oracle, &msg, &[]);
            self.events("a report", done)?;
        }
        Ok(())
    }

    /// The keeper has a round made of what was reported.
    pub fn refresh(&mut self) -> Result<Vec<News>, Bug> {
        let feeds = vec![self.feed.clone()];
        let msg = oracle::ExecuteMsg::Refresh { feeds };
        let keeper = self.keeper.clone();
        let done = self.exchange.send(&keeper, Module::Oracle, &msg, &[]);
        self.events("a refresh", done)
    }

    /// The keeper cranks: due orders execute, margin terms follow, liquidations.
    pub fn crank(&mut self) -> Result<Vec<News>, Bug> {
        let msg = ExecuteMsg::Crank {
            market: self.market.clone(),
            limit: CRANK,
        };
        let keeper = self.keeper.clone();
        let done = self.exchange.send(&keeper, Module::Engine, &msg, &[]);
        self.events("a crank", done)
    }

    /// What people's messages have done since last asked.
    pub fn heard(&mut self) -> Vec<News> {
        std::mem::take(&mut self.heard)
    }

    /// The market's books at the newest round; those told last where the engine does not answer, as while it is dead, with the stance that a lapsed lease has become.
    pub fn books(&mut self) -> Result<MarketState, Bug> {
        let query = QueryMsg::Market {
            market: self.market.clone(),
        };
        let told: Result<Option<MarketState>, _> = self.exchange.try_ask(Module::Engine, &query);
        if let Ok(Some(books)) = told {
            self.books = Some(books);
        }
        let now = self.now();
        let told = self.books.clone().ok_or(Bug::NoBooks(now))?;
        let stance = told.stance.at(now);
        Ok(MarketState { stance, ..told })
    }

    /// The oracle's newest rounds; while it is dead they are read where it posted them, as the contracts do.
    pub fn prices(&self) -> Snapshot {
        let dead = self.dead.contains(&Part::Oracle);
        let posted = dead.then(|| self.exchange.posted(0)).flatten();
        posted.unwrap_or_else(|| self.exchange.prices(0, None))
    }

    /// The worst positions of a side, the worst first.
    pub fn ladder(&self, side: Side, limit: u32) -> Vec<PositionState> {
        let query = QueryMsg::Ladder {
            market: self.market.clone(),
            side,
            limit: Some(limit),
        };
        self.told(&query).unwrap_or_default()
    }

    /// The engine's answer, if it has one.
    fn told<T: DeserializeOwned>(&self, query: &QueryMsg) -> Option<T> {
        self.exchange.try_ask(Module::Engine, query).ok()
    }

    /// The price at which the market is wound up, if it is.
    pub fn settles_at(&self) -> Option<Price> {
        self.wound_up().map(|state| state.price)
    }

    /// How far it is wound up, if it is.
    pub fn wound_up(&self) -> Option<WindUpState> {
        let market = self.market.clone();
        self.told(&QueryMsg::WindUp { market }).flatten()
    }

    /// Every position.
    pub fn positions(&self) -> Vec<PositionState> {
        let mut all: Vec<PositionState> = Vec::new();
        loop {
            let query = QueryMsg::Positions {
                market: self.market.clone(),
                start_after: all.last().map(|p| p.account.to_string()),
                limit: Some(page::MAX),
            };
            let page: Vec<PositionState> = self.told(&query).unwrap_or_default();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// Somebody.
    pub fn person(&self, name: &str) -> Person {
        Person {
            name: name.to_owned(),
            addr: self.exchange.person(name),
        }
    }

    /// Fail unless everything the contracts promise about their books holds.
    pub fn audit(&self) -> Result<(), Bug> {
        let broken = self.exchange.audit();
        if broken.is_empty() {
            return Ok(());
        }
        let broken: Vec<String> = broken.into_iter().map(|v| v.0).collect();
        Err(Bug::Unsound {
            time: self.now(),
            broken: broken.join("; "),
        })
    }
}

const fn module(part: Part) -> Module {
    match part {
        Part::Market => Module::Market(0),
        Part::Breaker => Module::Breaker,
        Part::Oracle => Module::Oracle,
        Part::Engine => Module::Engine,
    }
}

/// A contract's refusal in one line.
pub(crate) fn no(failed: Failed) -> No {
    let text = input::one_line(&format!("{failed:?}"));
    No(text.chars().take(300).collect())
}
