//! The real chain as a scale: a state made on the embedded chain is put on it, and a message is weighed there.

use cosmwasm_std::{coin, to_json_binary, Addr, Coin};
use harness::{execute, Exchange, Kind, Module, Trial, DENOM};
use serde::Serialize;

use crate::table::{Cost, Row};

/// A message somebody sends.
pub struct Call {
    from: Addr,
    to: Module,
    msg: cosmwasm_std::Binary,
    funds: Vec<Coin>,
}

impl Call {
    /// From a person, by name.
    pub fn of<M: Serialize>(x: &Exchange, from: &str, to: Module, msg: &M) -> Self {
        Self {
            from: x.person(from),
            to,
            msg: to_json_binary(msg).expect("a message serialises"),
            funds: Vec::new(),
        }
    }

    /// With so many millionths of the settlement coin.
    pub fn with(self, amount: u128) -> Self {
        Self {
            funds: vec![coin(amount, DENOM)],
            ..self
        }
    }
}

/// The real chain, with the same contracts at the same addresses.
pub struct Scale {
    /// Its exchange.
    pub x: Exchange,
}

impl Scale {
    /// For exchanges built so.
    pub fn new(builder: harness::Builder) -> Self {
        Self {
            x: builder.on(Kind::Wasmd).bare(),
        }
    }

    /// Make it what an exchange on the embedded chain is now.
    pub fn put(&mut self, then: &Exchange) {
        let modules = [Module::Oracle, Module::Engine, Module::Breaker];
        for module in modules
            .into_iter()
            .chain((0..then.markets.len()).map(Module::Market))
        {
            let at = then.addr(module);
            assert_eq!(at, self.x.addr(module), "the same contracts");
            let records = then.dump(module);
            let chain = self.x.chain.wasmd_mut().expect("the real chain");
            chain.restore(&at, &records);
        }
        let held = then.bank(&then.engine, DENOM);
        let here = self.x.bank(&self.x.engine, DENOM);
        let engine = self.x.engine.clone();
        if held > here {
            self.x.mint(&engine, held - here, DENOM);
        }
    }

    /// What a message costs in the state that was put, at the block it was taken in.
    #[track_caller]
    fn cost(&mut self, then: &Exchange, call: &Call) -> Cost {
        for coin in &call.funds {
            self.x.chain.mint(&call.from, coin.clone());
        }
        let to = then.addr(call.to);
        let msg = execute(&call.from, &to, &call.msg, &call.funds);
        let trial = Trial::of(vec![msg])
            .signed(&call.from)
            .at(then.chain.block());
        let chain = self.x.chain.wasmd().expect("the real chain");
        let tried = chain.trial(&trial);
        assert_eq!(tried.error, None, "{}", call.msg);
        Cost::of(tried.cost)
    }

    /// A row: the message with every code in storage, and with every code pinned.
    #[track_caller]
    pub fn row(&mut self, group: &str, name: &str, then: &Exchange, call: &Call) -> Row {
        self.put(then);
        let cost = self.cost(then, call);
        self.pin(then, true);
        let pinned = self.cost(then, call).gas;
        self.pin(then, false);
        Row {
            group: group.to_owned(),
            action: name.to_owned(),
            cost,
            pinned,
        }
    }

    /// Only the gas of a message.
    #[track_caller]
    pub fn gas(&mut self, then: &Exchange, call: &Call) -> u64 {
        self.put(then);
        self.cost(then, call).gas
    }

    fn pin(&mut self, then: &Exchange, pinned: bool) {
        let modules = [
            Module::Oracle,
            Module::Engine,
            Module::Breaker,
            Module::Market(0),
        ];
        for module in modules {
            let code = self.x.chain.code_of(&then.addr(module));
            let chain = self.x.chain.wasmd_mut().expect("the real chain");
            chain.pin(code, pinned);
        }
    }
}
