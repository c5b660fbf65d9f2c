//! Questions, typed.

use cosmwasm_std::{from_json, to_json_binary, to_json_vec};
use serde::{de::DeserializeOwned, Serialize};
use types::{
    breaker,
    engine::{self, LpState, Mandate, MarketState, PositionState},
    market, oracle,
    scope::{Scope, Stance},
    Amount,
};

use crate::exchange::{Exchange, Failed, Module, DENOM};

impl Exchange {
    /// Ask a contract.
    pub fn ask<Q: Serialize, T: DeserializeOwned>(&self, module: Module, query: &Q) -> T {
        self.try_ask(module, query).expect("a query answers")
    }

    /// Ask a contract that may be dead, or have a dead neighbour.
    pub fn try_ask<Q: Serialize, T: DeserializeOwned>(
        &self,
        module: Module,
        query: &Q,
    ) -> Result<T, Failed> {
        let addr = self.addr(module);
        let query = to_json_binary(query).expect("a question serialises");
        let answer = self.chain.query(&addr, query)?;
        from_json(answer).map_err(|e| Failed::told(e.to_string()))
    }

    /// A position in the first market.
    pub fn position(&self, who: &str) -> Option<PositionState> {
        self.position_in(0, who)
    }

    /// A position in the n-th market.
    pub fn position_in(&self, market: usize, who: &str) -> Option<PositionState> {
        let query = engine::QueryMsg::Position {
            market: self.markets[market].id.clone(),
            account: self.person(who).into_string(),
        };
        self.ask(Module::Engine, &query)
    }

    /// The n-th market's books.
    pub fn books(&self, market: usize) -> MarketState {
        let query = engine::QueryMsg::Market {
            market: self.markets[market].id.clone(),
        };
        let books: Option<MarketState> = self.ask(Module::Engine, &query);
        books.expect("the market exists")
    }

    /// Free money.
    pub fn wallet(&self, who: &str) -> Amount {
        let query = engine::QueryMsg::Wallet {
            account: self.person(who).into_string(),
            denom: DENOM.into(),
        };
        self.ask(Module::Engine, &query)
    }

    /// Waiting orders of a person in the first market.
    pub fn mandates(&self, who: &str) -> Vec<Mandate> {
        let query = engine::QueryMsg::Mandates {
            market: self.markets[0].id.clone(),
            account: self.person(who).into_string(),
        };
        self.ask(Module::Engine, &query)
    }

    /// What the books of the first market read.
    pub fn vitals(&self) -> engine::Vitals {
        let query = engine::QueryMsg::Vitals {
            market: self.markets[0].id.clone(),
        };
        let vitals: Option<_> = self.ask(Module::Engine, &query);
        vitals.expect("the market exists")
    }

    /// Profit of an account that waits at the border of the first market.
    pub fn profit_queue(&self, who: &str) -> Vec<engine::QueuedState> {
        let query = engine::QueryMsg::ProfitQueue {
            market: self.markets[0].id.clone(),
            account: self.person(who).into(),
        };
        self.ask(Module::Engine, &query)
    }

    /// Withdrawals of an account that wait.
    pub fn withdrawal_queue(&self, who: &str) -> Vec<engine::QueuedState> {
        let query = engine::QueryMsg::WithdrawalQueue {
            account: self.person(who).into(),
            denom: DENOM.into(),
        };
        self.ask(Module::Engine, &query)
    }

    /// LP holdings in the n-th market.
    pub fn lp(&self, market: usize, who: &str) -> LpState {
        let query = engine::QueryMsg::Lp {
            market: self.markets[market].id.clone(),
            account: self.person(who).into_string(),
        };
        self.ask(Module::Engine, &query)
    }

    /// The stance in force at the engine for the first market.
    pub fn stance(&self) -> Stance {
        self.books(0).stance
    }

    /// The breaker's latches of a feed.
    pub fn latches(&self, feed: &str) -> Vec<breaker::Latch> {
        let scope = Scope::Feed { feed: feed.into() };
        self.ask(Module::Breaker, &breaker::QueryMsg::Latches { scope })
    }

    /// Prices of the n-th market's feed.
    pub fn prices(&self, market: usize, round: Option<u64>) -> oracle::Snapshot {
        let feed = self.markets[market].feed.clone();
        self.ask(Module::Oracle, &oracle::QueryMsg::Snapshot { feed, round })
    }

    /// The same as the contracts see them, in the oracle's storage: also while its code fails.
    pub fn posted(&self, market: usize) -> Option<oracle::Snapshot> {
        let feed = &self.markets[market].feed;
        let storage = self.chain.storage(&self.oracle);
        let posted = oracle_aggregator::round::posted(&*storage, feed).expect("it reads");
        posted.map(|posted| posted.at(self.now(), None))
    }

    /// How many orders wait in the n-th market's book.
    pub fn queue(&self, market: usize) -> market::Queue {
        self.ask(Module::Market(market), &market::QueryMsg::Queue {})
    }

    /// The first feed's tolerance for source clocks.
    pub fn max_future(&self) -> u64 {
        self.prices(0, None).max_future
    }

    /// A digest of every contract's whole storage and the engine's bank balance.
    pub fn state_hash(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut digest = Sha256::new();
        let modules = [Module::Oracle, Module::Engine, Module::Breaker]
            .into_iter()
            .chain((0..self.markets.len()).map(Module::Market));
        for module in modules {
            for (key, value) in self.dump(module) {
                digest.update(to_json_vec(&(key, value)).expect("records serialise"));
            }
        }
        digest.update(self.bank(&self.engine, DENOM).to_be_bytes());
        let bytes = digest.finalize();
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }
}
