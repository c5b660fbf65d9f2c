//! A contract as the embedded chain runs it: a panic becomes an error, as on a real chain, and a switch can
//! make it fail on purpose.

use std::{
    cell::{Cell, RefCell},
    panic::{catch_unwind, AssertUnwindSafe},
    rc::Rc,
};

use cosmwasm_std::{
    from_json, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, ReplyOn, Response, StdError,
    StdResult,
};
use cw_multi_test::{Contract, ContractWrapper};
use serde::de::DeserializeOwned;
use types::strict::Strict;

/// What a contract does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing else: it works.
    #[default]
    None,
    /// Every message fails.
    Dead,
    /// Every message panics.
    Panic,
    /// Every message answers bytes that mean nothing.
    Garbage,
    /// Every message burns all the gas it gets. Where nothing is metered it fails.
    Burn,
}

/// Turns faults on and off.
pub type Switch = Rc<Cell<Fault>>;

/// The newest error a contract answered with, as its own type: the chain turns it into text.
pub type LastError = Rc<RefCell<Option<Box<dyn std::error::Error + Send + Sync>>>>;

/// What every contract of one exchange shares with its harness.
#[derive(Clone, Default)]
pub struct Wires {
    /// Faults of this contract.
    pub switch: Switch,
    /// Errors of all contracts.
    pub last_error: LastError,
}

/// `sudo`, as bytes.
pub type Sudo<Err> = fn(DepsMut, Env, Vec<u8>) -> Result<Response, Err>;

/// Six entry points and a switch.
pub struct Code<I, E, Q, M, Err> {
    /// `instantiate`.
    pub instantiate: fn(DepsMut, Env, MessageInfo, I) -> Result<Response, Err>,
    /// `execute`.
    pub execute: fn(DepsMut, Env, MessageInfo, E) -> Result<Response, Err>,
    /// `query`.
    pub query: fn(Deps, Env, Q) -> StdResult<Binary>,
    /// `reply`.
    pub reply: fn(DepsMut, Env, Reply) -> Result<Response, Err>,
    /// `migrate`.
    pub migrate: fn(DepsMut, Env, M) -> Result<Response, Err>,
    /// `sudo`, where there is one.
    pub sudo: Option<Sudo<Err>>,
    /// Faults and errors.
    pub wires: Wires,
}

/// A panic becomes an error, as on a real chain.
fn contained<T>(work: impl FnOnce() -> StdResult<T>) -> StdResult<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StdError::msg("the contract panicked")))
}

/// Whoever waits for what becomes of a message says how much gas it may take: at most so much is lost to a callee that
/// burns all it gets.
#[track_caller]
fn limited(answer: StdResult<Response>) -> StdResult<Response> {
    for sub in answer.iter().flat_map(|response| &response.messages) {
        let free = sub.reply_on == ReplyOn::Never || sub.gas_limit.is_some();
        assert!(free, "a reply is awaited without a gas limit: {sub:?}");
    }
    answer
}

impl<I, E, Q, M, Err: std::error::Error + Send + Sync + 'static> Code<I, E, Q, M, Err> {
    /// Keep the error as its own type; hand its text on.
    fn keep<T>(&self, result: Result<T, Err>) -> StdResult<T> {
        result.map_err(|error| {
            let text = StdError::msg(error.to_string());
            *self.wires.last_error.borrow_mut() = Some(Box::new(error));
            text
        })
    }

    fn faulty(&self) -> Option<StdResult<Response>> {
        match self.wires.switch.get() {
            Fault::None => None,
            Fault::Dead | Fault::Burn => Some(Err(StdError::msg("the contract is dead"))),
            Fault::Panic => Some(contained(|| panic!("on purpose"))),
            Fault::Garbage => Some(Ok(Response::new().set_data(b"\xff\x00garbage"))),
        }
    }
}

impl<I, E, Q, M, Err> Contract<Empty> for Code<I, E, Q, M, Err>
where
    I: DeserializeOwned,
    E: DeserializeOwned,
    Q: DeserializeOwned,
    M: DeserializeOwned,
    Err: std::error::Error + Send + Sync + 'static,
{
    fn instantiate(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        contained(|| self.keep((self.instantiate)(deps, env, info, from_json(msg)?)))
    }

    fn execute(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        self.faulty().unwrap_or_else(|| {
            limited(contained(|| {
                self.keep((self.execute)(deps, env, info, from_json(msg)?))
            }))
        })
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        match self.wires.switch.get() {
            Fault::None => contained(|| (self.query)(deps, env, from_json(msg)?)),
            Fault::Garbage => Ok(Binary::from(b"\xff\x00garbage")),
            Fault::Dead | Fault::Panic | Fault::Burn => Err(StdError::msg("the contract is dead")),
        }
    }

    fn reply(&self, deps: DepsMut, env: Env, msg: Reply) -> StdResult<Response> {
        limited(contained(|| self.keep((self.reply)(deps, env, msg))))
    }

    fn sudo(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        let Some(sudo) = self.sudo else {
            return Err(StdError::msg("no sudo entry point"));
        };
        limited(contained(|| self.keep(sudo(deps, env, msg))))
    }

    fn migrate(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        contained(|| self.keep((self.migrate)(deps, env, from_json(msg)?)))
    }
}

macro_rules! code {
    ($krate:ident, $types:ident, $sudo:expr, $switch:expr) => {
        // Queries answer `StdError` in some contracts and their own error in others.
        #[allow(clippy::needless_question_mark)]
        Box::new(Code {
            instantiate: |d, e, i, m: Strict<types::$types::InstantiateMsg>| {
                $krate::contract::instantiate(d, e, i, m)
            },
            execute: |d, e, i, m: Strict<types::$types::ExecuteMsg>| {
                $krate::contract::execute(d, e, i, m)
            },
            query: |d, e, m: Strict<types::$types::QueryMsg>| Ok($krate::contract::query(d, e, m)?),
            reply: $krate::contract::reply,
            migrate: |d, e, m: Strict<types::$types::MigrateMsg>| {
                $krate::contract::migrate(d, e, m)
            },
            sudo: $sudo,
            wires: $switch,
        })
    };
}

/// The shipped oracle.
pub fn oracle(wires: Wires) -> Box<dyn Contract<Empty>> {
    code!(oracle_aggregator, oracle, None, wires)
}

/// The shipped engine.
pub fn engine(wires: Wires) -> Box<dyn Contract<Empty>> {
    code!(margin_engine, engine, None, wires)
}

/// The shipped market.
pub fn market(wires: Wires) -> Box<dyn Contract<Empty>> {
    code!(market, market, None, wires)
}

/// The shipped breaker.
pub fn breaker(wires: Wires) -> Box<dyn Contract<Empty>> {
    let sudo: Sudo<breaker_governance::ContractError> =
        |deps, env, msg| breaker_governance::contract::sudo(deps, env, from_json(msg)?);
    code!(breaker_governance, breaker, Some(sudo), wires)
}

/// A stand-in for a foreign contract. It fails by itself.
pub fn stand_in() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(
        standin::execute,
        standin::instantiate,
        |deps, env, msg| contained(|| standin::query(deps, env, msg)),
    ))
}
