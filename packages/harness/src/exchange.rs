//! The exchange: one chain, four contracts, people.

use std::time::Duration;

use cosmwasm_std::{coin, to_json_binary, Addr, Coin};
use cw_multi_test::AppResponse;
use serde::Serialize;

use crate::{chain::Chain, code::Fault, people, prices::Sources, touches::Native};

/// The coin everything settles in.
pub const DENOM: &str = "uusd";

/// Messages from one audit to the next on the real chain.
const REAL_AUDIT: u64 = 25;

/// Which contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// oracle-aggregator.
    Oracle,
    /// margin-engine.
    Engine,
    /// breaker-governance.
    Breaker,
    /// The order book of the n-th market.
    Market(usize),
}

/// One market as the harness knows it.
#[derive(Debug, Clone)]
pub struct MarketAt {
    /// Its name at the engine.
    pub id: String,
    /// Its feed.
    pub feed: String,
    /// Its order book.
    pub addr: Addr,
}

/// A message failed; nothing has changed.
pub struct Failed {
    /// What the chain says.
    pub text: String,
    /// The newest contract error of the transaction, as its own type, where the chain is the embedded one.
    error: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failed {
    pub(crate) fn told(text: String) -> Self {
        Self { text, error: None }
    }

    pub(crate) fn of_type(
        text: String,
        error: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { text, error }
    }

    /// The contract's own error, if it is an `E`.
    pub fn of<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.error.as_ref()?.downcast_ref::<E>()
    }
}

impl std::fmt::Debug for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.error {
            Some(error) => write!(f, "{error:?}"),
            None => f.write_str(&self.text),
        }
    }
}

/// A whole small exchange.
pub struct Exchange {
    /// The chain.
    pub chain: Box<dyn Chain>,
    /// oracle-aggregator.
    pub oracle: Addr,
    /// margin-engine.
    pub engine: Addr,
    /// breaker-governance.
    pub breaker: Addr,
    /// Who governs, as the breaker knows it.
    pub dao: Addr,
    /// The markets; helpers without a name act on the first.
    pub markets: Vec<MarketAt>,
    /// Price sources.
    pub sources: Sources,
    /// Seconds between blocks.
    pub block_time: u64,
    /// Whether every message is followed by an audit.
    pub audited: bool,
    /// Messages sent so far.
    pub(crate) sent: u64,
}

impl Exchange {
    /// A person's address.
    pub fn person(&self, name: &str) -> Addr {
        people::address(name)
    }

    /// Where a contract lives.
    pub fn addr(&self, module: Module) -> Addr {
        match module {
            Module::Oracle => self.oracle.clone(),
            Module::Engine => self.engine.clone(),
            Module::Breaker => self.breaker.clone(),
            Module::Market(n) => self.markets[n].addr.clone(),
        }
    }

    /// Make a contract fail, or work again.
    pub fn fault(&mut self, module: Module, fault: Fault) {
        let contract = self.addr(module);
        self.chain.fault(&contract, fault);
    }

    /// The end of the bootstrap: the breaker is the wasm admin of every other module, the engine of the breaker. The
    /// deployer can make no contract fail on the real chain from then on.
    pub fn hand_over(&mut self) {
        let deployer = self.person("deployer");
        let (breaker, engine) = (self.breaker.clone(), self.engine.clone());
        self.chain.set_admin(&deployer, &breaker, &engine);
        let markets = self.markets.iter().map(|market| market.addr.clone());
        let modules: Vec<Addr> = markets.chain([engine, self.oracle.clone()]).collect();
        for module in modules {
            self.chain.set_admin(&deployer, &module, &breaker);
        }
    }

    /// Block time, seconds.
    pub fn now(&self) -> u64 {
        self.chain.block().time.seconds()
    }

    /// Block height.
    pub fn height(&self) -> u64 {
        self.chain.block().height
    }

    /// One block later.
    pub fn next_block(&mut self) {
        self.wait(self.block_time);
    }

    /// One block, so many seconds later.
    pub fn wait(&mut self, seconds: u64) {
        self.at(self.now() + seconds);
    }

    /// One block at this time.
    pub fn at(&mut self, time: u64) {
        self.chain.next_block(Duration::from_secs(time));
    }

    /// Coins out of nothing.
    pub fn mint(&mut self, to: &Addr, amount: u128, denom: &str) {
        self.chain.mint(to, coin(amount, denom));
    }

    /// What an account has in the bank.
    pub fn bank(&self, account: &Addr, denom: &str) -> u128 {
        self.chain.balance(account, denom)
    }

    /// Send a message as an address, then audit everything.
    pub fn send<M: Serialize + std::fmt::Debug>(
        &mut self,
        from: &Addr,
        to: Module,
        msg: &M,
        funds: &[Coin],
    ) -> Result<AppResponse, Failed> {
        let to = self.addr(to);
        let msg = to_json_binary(msg).expect("a message serialises");
        let result = self.chain.execute(from, &to, msg, funds);
        self.sent += 1;
        // On the real chain, where it takes fifty times as long to look, not after every message.
        let look = self.chain.embedded().is_some() || self.sent.is_multiple_of(REAL_AUDIT);
        if self.audited && look {
            self.assert_sound();
        }
        result
    }

    /// A migration of a contract to its own code, as its admin.
    pub fn migrate(&mut self, module: Module) -> Result<AppResponse, Failed> {
        let addr = self.addr(module);
        let (admin, code) = (self.person("deployer"), self.chain.code_of(&addr));
        self.chain.migrate(&admin, &addr, code)
    }

    /// The embedded chain itself, for what no other chain shows.
    #[track_caller]
    pub fn app(&self) -> &Native {
        &self.chain.embedded().expect("the embedded chain").app
    }

    /// The same, to change.
    #[track_caller]
    pub fn app_mut(&mut self) -> &mut Native {
        let embedded = self.chain.embedded_mut();
        &mut embedded.expect("the embedded chain").app
    }

    /// A contract's whole storage, in order of keys.
    pub fn dump(&self, module: Module) -> Vec<cosmwasm_std::Record> {
        self.chain.dump(&self.addr(module))
    }
}
