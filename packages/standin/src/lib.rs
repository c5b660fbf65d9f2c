//! A contract that stands in for a foreign price contract in tests. Anyone teaches it what to answer, letter by letter;
//! it knows the questions the real one knows and no others; it fails on purpose. The same code runs on the embedded
//! chain and, as wasm, on the real one.

mod asked;

use cosmwasm_std::{
    entry_point, from_json, to_json_vec, Binary, Deps, DepsMut, Env, MessageInfo, Response,
    StdError, StdResult, Storage,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use asked::Kind;

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// To a question about `id` answer `text`.
    Says {
        /// What is asked for: a feed, a symbol or a question.
        id: String,
        /// The answer, letter by letter.
        text: String,
    },
    /// Fail so from now on.
    Fails(Mode),
}

/// How it fails.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Not at all.
    Well,
    /// Every question is answered with an error.
    Dead,
    /// Every question ends in a panic.
    Panic,
    /// Every answer is bytes that mean nothing.
    Garbage,
    /// Every question burns all gas there is; off a chain, where nothing is metered, an error.
    Burn,
}

const KIND: &[u8] = b"kind";
const MODE: &[u8] = b"mode";

/// It stands in for this kind of contract.
#[entry_point]
pub fn instantiate(deps: DepsMut, _: Env, _: MessageInfo, kind: Kind) -> StdResult<Response> {
    deps.storage.set(KIND, &to_json_vec(&kind)?);
    Ok(Response::new())
}

/// Anyone teaches it.
#[entry_point]
pub fn execute(deps: DepsMut, _: Env, _: MessageInfo, told: Told) -> StdResult<Response> {
    match told {
        Told::Says { id, text } => deps.storage.set(id.as_bytes(), text.as_bytes()),
        Told::Fails(mode) => deps.storage.set(MODE, &to_json_vec(&mode)?),
    }
    Ok(Response::new())
}

/// Answers as taught.
#[entry_point]
pub fn query(deps: Deps, _: Env, question: Value) -> StdResult<Binary> {
    let mode = read(deps.storage, MODE)?.unwrap_or(Mode::Well);
    match mode {
        Mode::Well => {}
        Mode::Dead => return Err(StdError::msg("the contract is dead")),
        Mode::Panic => dies(),
        Mode::Garbage => return Ok(Binary::from(b"\xff\x00garbage")),
        Mode::Burn => burn()?,
    }
    let Some(kind) = read::<Kind>(deps.storage, KIND)? else {
        return Err(StdError::msg("not made yet"));
    };
    let id = kind
        .about(&question)
        .ok_or_else(|| StdError::msg("unknown query"))?;
    let found = deps.storage.get(id.as_bytes());
    found
        .map(Binary::from)
        .ok_or_else(|| StdError::msg(kind.missing()))
}

fn read<T: serde::de::DeserializeOwned>(storage: &dyn Storage, key: &[u8]) -> StdResult<Option<T>> {
    storage.get(key).map(from_json).transpose()
}

#[allow(clippy::panic)]
fn dies() {
    panic!("on purpose");
}

#[cfg(target_arch = "wasm32")]
fn burn() -> StdResult<()> {
    loop {
        std::hint::black_box(());
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn burn() -> StdResult<()> {
    Err(StdError::msg("out of gas"))
}
