//! Trying a message on a branch of the chain that is then forgotten: what it costs, of what, and what it would change.

use cosmwasm_std::{Addr, BlockInfo, Record};
use cw_multi_test::AppResponse;
use serde_json::{json, Value};

use super::{
    done,
    line::{Held, Spent},
    records, Wasmd,
};
use crate::people;

/// Messages to try.
#[derive(Debug, Clone)]
pub struct Trial {
    msgs: Vec<Value>,
    from: Option<String>,
    gas: u64,
    block: Option<BlockInfo>,
    watch: Vec<Addr>,
    denom: String,
}

/// What messages cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// All of it.
    pub gas: u64,
    /// Of it, for the signed transaction around them: size, signature, the signer's account.
    pub signed: u64,
    /// For reading and writing storage, the bank's included.
    pub storage: u64,
    /// What the wasm module charged for.
    pub spent: Spent,
}

/// What came of trying.
#[derive(Debug)]
pub struct Tried {
    /// What it cost.
    pub cost: Cost,
    /// Why it failed.
    pub error: Option<String>,
    /// A digest of what the watched contracts and their balances would then be.
    pub digest: String,
    /// What it would have left.
    pub done: AppResponse,
    /// What the watched contracts would store, and hold of a coin, where that was asked for.
    pub watched: Vec<(Vec<Record>, u128)>,
}

impl Trial {
    /// Of these messages, without a signature and its costs, without a limit.
    pub fn of(msgs: Vec<Value>) -> Self {
        Self {
            msgs,
            from: None,
            gas: 0,
            block: None,
            watch: Vec::new(),
            denom: String::new(),
        }
    }

    /// As a person's signed transaction.
    pub fn signed(self, by: &Addr) -> Self {
        let from = people::name(by);
        assert!(from.is_some(), "{by}: no key");
        Self { from, ..self }
    }

    /// With so much gas at most.
    pub fn limit(self, gas: u64) -> Self {
        assert!(gas > 0, "none is no limit");
        Self { gas, ..self }
    }

    /// As if in this block.
    pub fn at(self, block: BlockInfo) -> Self {
        Self {
            block: Some(block),
            ..self
        }
    }

    /// And see what it changes in these contracts.
    pub fn watch(self, watch: Vec<Addr>) -> Self {
        Self { watch, ..self }
    }

    /// And hand over all that they would store, and hold of this coin.
    pub fn telling(self, denom: &str) -> Self {
        let denom = denom.to_owned();
        Self { denom, ..self }
    }
}

fn held(told: Held) -> (Vec<Record>, u128) {
    let stored = records(told.records.unwrap_or_default());
    (stored, told.amount.parse().expect("a balance that fits"))
}

impl Wasmd {
    /// Try it.
    pub fn trial(&self, trial: &Trial) -> Tried {
        let block = trial.block.as_ref();
        let answer = self.ask(&json!({
            "op": "try",
            "msgs": trial.msgs,
            "from": trial.from.clone().unwrap_or_default(),
            "gas": trial.gas,
            "at": block.map_or(0, |b| b.time.nanos()).to_string(),
            "height": block.map_or(0, |b| b.height),
            "watch": trial.watch,
            "denom": trial.denom,
        }));
        Tried {
            cost: Cost {
                gas: answer.gas,
                signed: answer.signed,
                storage: answer.storage,
                spent: answer.spent.unwrap_or_default(),
            },
            done: done(&answer),
            watched: answer.watched.into_iter().map(held).collect(),
            error: Some(answer.error).filter(|e| !e.is_empty()),
            digest: answer.digest,
        }
    }
}
