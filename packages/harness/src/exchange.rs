//! The exchange: one chain, four contracts, people.

use cosmwasm_std::{coins, Addr, Coin, Empty, StdError, Timestamp, Uint256};
use cw_multi_test::{AppResponse, BankSudo, Executor, SudoMsg};
use serde::Serialize;

use crate::{
    code::{Fault, LastError, Switch},
    prices::Sources,
    touches::Chain,
};

/// The coin everything settles in.
pub const DENOM: &str = "uusd";

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
    /// The newest contract error of the transaction, as its own type.
    error: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failed {
    pub(crate) fn told(error: &StdError) -> Self {
        Self {
            text: error.to_string(),
            error: None,
        }
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
    pub app: Chain,
    /// oracle-aggregator.
    pub oracle: Addr,
    /// margin-engine.
    pub engine: Addr,
    /// breaker-governance.
    pub breaker: Addr,
    /// The markets; helpers without a name act on the first.
    pub markets: Vec<MarketAt>,
    /// Price sources.
    pub sources: Sources,
    /// Seconds between blocks.
    pub block_time: u64,
    /// Whether every message is followed by an audit.
    pub audited: bool,
    pub(crate) switches: Vec<(Module, Switch)>,
    pub(crate) last_error: LastError,
}

impl Exchange {
    /// A person's address.
    pub fn person(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
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
        for (which, switch) in &self.switches {
            if *which == module {
                switch.set(fault);
            }
        }
    }

    /// Block time, seconds.
    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// Block height.
    pub fn height(&self) -> u64 {
        self.app.block_info().height
    }

    /// One block later.
    pub fn next_block(&mut self) {
        self.wait(self.block_time);
    }

    /// One block, so many seconds later.
    pub fn wait(&mut self, seconds: u64) {
        let mut block = self.app.block_info();
        block.height += 1;
        block.time = block.time.plus_seconds(seconds);
        self.app.set_block(block);
    }

    /// One block at this time.
    pub fn at(&mut self, time: u64) {
        let mut block = self.app.block_info();
        block.height += 1;
        block.time = Timestamp::from_seconds(time);
        self.app.set_block(block);
    }

    /// Coins out of nothing.
    pub fn mint(&mut self, to: &Addr, amount: u128, denom: &str) {
        self.app
            .sudo(SudoMsg::Bank(BankSudo::Mint {
                to_address: to.to_string(),
                amount: coins(amount, denom),
            }))
            .expect("minting works");
    }

    /// What an account has in the bank.
    pub fn bank(&self, account: &Addr, denom: &str) -> u128 {
        let held = self.app.wrap().query_balance(account, denom);
        let amount: Uint256 = held.expect("the bank answers").amount;
        amount.to_string().parse().expect("a balance that fits")
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
        self.last_error.borrow_mut().take();
        let result = self.app.execute_contract(from.clone(), to, msg, funds);
        let result = result.map_err(|e| self.failed(&e));
        if self.audited {
            self.assert_sound();
        }
        result
    }

    /// A migration of a contract to its own code, as its admin.
    pub fn migrate(&mut self, module: Module) -> Result<AppResponse, Failed> {
        let addr = self.addr(module);
        let code = self.app.contract_data(&addr).expect("it exists").code_id;
        let admin = self.person("deployer");
        self.last_error.borrow_mut().take();
        let result = self.app.migrate_contract(admin, addr, &Empty {}, code);
        result.map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &StdError) -> Failed {
        Failed {
            text: error.to_string(),
            error: self.last_error.borrow_mut().take(),
        }
    }
}
