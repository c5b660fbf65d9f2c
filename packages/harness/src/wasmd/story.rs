//! What happened on a real chain, in the words it happened in, so that it happens again with the wasm of then whatever
//! words today's contracts understand.

use std::time::Duration;

use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use super::{files, Files, Wasmd};
use crate::{
    chain::{Chain, Part},
    exchange::{Exchange, MarketAt},
    people,
    prices::Sources,
};

/// An exchange's whole life until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    height: u64,
    /// Nanoseconds.
    start: u64,
    block_time: u64,
    oracle: Addr,
    engine: Addr,
    breaker: Addr,
    /// Names, feeds and addresses of the markets.
    markets: Vec<(String, String, Addr)>,
    reporters: Vec<Addr>,
    /// Every request that changed something; a code is called by its part's name.
    told: Vec<Value>,
}

/// How it is told that a part's code was stored.
pub(super) fn stored(part: Part) -> Value {
    json!({"store": files::name(part)})
}

/// Parts by the names their files have.
fn part(name: &str) -> Part {
    let all = [Part::Oracle, Part::Engine, Part::Market, Part::Breaker];
    let found = all.into_iter().find(|part| files::name(*part) == name);
    found.unwrap_or_else(|| panic!("{name}: no part a story tells of"))
}

impl Wasmd {
    /// Remember all that happens from now on.
    pub(crate) fn keep(&mut self) {
        self.line.borrow_mut().keep();
    }

    /// It happens again.
    fn hear(&mut self, word: &Value) {
        if let Some(name) = word["store"].as_str() {
            self.store(part(name));
            return;
        }
        self.ask(word);
        if word["op"] == "block" {
            let at = word["at"].as_str().and_then(|at| at.parse().ok());
            self.block.height += 1;
            self.block.time = super::timestamp(Duration::from_nanos(at.expect("a time")));
        }
    }
}

impl Exchange {
    /// All that happened to an exchange that was built to be [`crate::Builder::recorded`].
    pub fn story(&self) -> Story {
        let chain = self.chain.wasmd().expect("the real chain");
        let line = chain.line.borrow();
        let markets = self.markets.iter();
        Story {
            height: chain.first.0,
            start: u64::try_from(chain.first.1.as_nanos()).expect("a time of this age"),
            block_time: self.block_time,
            oracle: self.oracle.clone(),
            engine: self.engine.clone(),
            breaker: self.breaker.clone(),
            markets: markets
                .map(|m| (m.id.clone(), m.feed.clone(), m.addr.clone()))
                .collect(),
            reporters: self.sources.reporters.clone(),
            told: line.kept().to_vec(),
        }
    }
}

impl Story {
    /// It happens again, with the wasm of these files.
    pub fn retold(&self, files: Files) -> Exchange {
        let mut chain = Wasmd::new((self.height, Duration::from_nanos(self.start)), files);
        for word in &self.told {
            chain.hear(word);
        }
        let market = |(id, feed, addr): &(String, String, Addr)| MarketAt {
            id: id.clone(),
            feed: feed.clone(),
            addr: addr.clone(),
        };
        // Whoever is known by name can sign.
        let known = (0..self.reporters.len()).map(|n| people::address(&format!("source-{n}")));
        assert!(known.eq(self.reporters.iter().cloned()), "other reporters");
        Exchange {
            chain: Box::new(chain),
            oracle: self.oracle.clone(),
            engine: self.engine.clone(),
            breaker: self.breaker.clone(),
            dao: people::address("dao"),
            markets: self.markets.iter().map(market).collect(),
            sources: Sources {
                reporters: self.reporters.clone(),
                ..Sources::default()
            },
            block_time: self.block_time,
            audited: false,
            sent: 0,
        }
    }
}
