//! What all stand-ins for foreign price contracts have in common: anyone teaches them what to answer, and they fail on
//! purpose.

use cosmwasm_std::{
    from_json, to_json_binary, Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response,
    StdError, StdResult,
};
use cw_multi_test::{Contract, ContractWrapper, Executor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    code::{contained, Fault},
    exchange::Exchange,
};

/// Foreign contracts that are asked for prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Pyth's contract.
    Pyth,
    /// Band's reference contract.
    Band,
    /// Chainlink's aggregators, one for each market.
    Chainlink,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Told {
    Says { id: String, text: String },
    Dead,
    Panic,
    Garbage,
    Well,
}

const MODE: &[u8] = b"mode";

/// A stand-in that answers so.
pub(crate) fn code(asked: fn(Deps, Env, Value) -> StdResult<Binary>) -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(told, start, asked))
}

#[allow(clippy::unnecessary_wraps)]
fn start(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn told(deps: DepsMut, _: Env, _: MessageInfo, msg: Told) -> StdResult<Response> {
    match msg {
        Told::Says { id, text } => deps.storage.set(id.as_bytes(), text.as_bytes()),
        mode @ (Told::Dead | Told::Panic | Told::Garbage | Told::Well) => {
            deps.storage.set(MODE, &to_json_binary(&mode)?);
        }
    }
    Ok(Response::new())
}

/// What it answers while it fails on purpose; nothing while it is well.
pub(crate) fn failing(deps: Deps) -> StdResult<Option<Binary>> {
    let mode = deps.storage.get(MODE).map(from_json).transpose()?;
    match mode.unwrap_or(Told::Well) {
        Told::Dead => Err(StdError::msg("the contract is dead")),
        Told::Panic => contained(|| panic!("on purpose")),
        Told::Garbage => Ok(Some(Binary::from(b"\xff\x00garbage"))),
        Told::Well | Told::Says { .. } => Ok(None),
    }
}

impl Exchange {
    pub(crate) fn stand_in_told(&mut self, stand_in: &Addr, told: &Told) {
        let anyone = self.person("pusher");
        self.app
            .execute_contract(anyone, stand_in.clone(), told, &[])
            .expect("the stand-in listens");
    }

    /// Where they are.
    fn foreign(&self, which: Foreign) -> Vec<Addr> {
        match which {
            Foreign::Pyth => self.sources.pyth.iter().cloned().collect(),
            Foreign::Band => self.sources.band.iter().cloned().collect(),
            Foreign::Chainlink => self.sources.chainlink.clone(),
        }
    }

    /// They fail from now on, or work again.
    pub fn foreign_fault(&mut self, which: Foreign, fault: Fault) {
        let told = match fault {
            Fault::None => Told::Well,
            Fault::Dead => Told::Dead,
            Fault::Panic => Told::Panic,
            Fault::Garbage => Told::Garbage,
        };
        let all = self.foreign(which);
        assert!(!all.is_empty(), "a builder with {which:?}");
        for stand_in in all {
            self.stand_in_told(&stand_in, &told);
        }
    }

    /// Pyth fails from now on, or works again.
    pub fn pyth_fault(&mut self, fault: Fault) {
        self.foreign_fault(Foreign::Pyth, fault);
    }
}
