//! The shipped contracts as they would be in their next version: the same code under another number.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdError, StdResult,
};
use cw_multi_test::Contract;

/// What is wrong with a next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Sound,
    /// It does not say how it is.
    Mute,
}

/// The shipped version, and what the next is called: as long, so that it fits in its place.
pub(crate) fn versions() -> (String, String) {
    let shipped = env!("CARGO_PKG_VERSION").to_owned();
    let next = format!("9{}", &shipped[1..]);
    (shipped, next)
}

/// A shipped contract's own question for how it is, and what one that is mute calls it.
pub(crate) const ASKED: (&str, &str) = ("self_check", "self_chick");

/// Native code in its next version.
pub(crate) struct Newer {
    pub(crate) shipped: Box<dyn Contract<Empty>>,
    pub(crate) next: Next,
}

impl Contract<Empty> for Newer {
    fn instantiate(&self, d: DepsMut, e: Env, i: MessageInfo, m: Vec<u8>) -> StdResult<Response> {
        self.shipped.instantiate(d, e, i, m)
    }

    fn execute(&self, d: DepsMut, e: Env, i: MessageInfo, m: Vec<u8>) -> StdResult<Response> {
        self.shipped.execute(d, e, i, m)
    }

    fn query(&self, d: Deps, e: Env, m: Vec<u8>) -> StdResult<Binary> {
        let asked = format!("{{\"{}\":{{}}}}", ASKED.0);
        if self.next == Next::Mute && m == asked.as_bytes() {
            return Err(StdError::msg("mute"));
        }
        self.shipped.query(d, e, m)
    }

    fn sudo(&self, d: DepsMut, e: Env, m: Vec<u8>) -> StdResult<Response> {
        self.shipped.sudo(d, e, m)
    }

    fn reply(&self, d: DepsMut, e: Env, m: Reply) -> StdResult<Response> {
        self.shipped.reply(d, e, m)
    }

    fn migrate(&self, mut d: DepsMut, e: Env, m: Vec<u8>) -> StdResult<Response> {
        let done = self.shipped.migrate(d.branch(), e, m)?;
        let name = cw2::get_contract_version(d.storage)?.contract;
        cw2::set_contract_version(d.storage, name, versions().1)?;
        Ok(done)
    }
}

/// Wasm in its next version.
pub(crate) fn wasm(mut code: Vec<u8>, next: Next) -> Vec<u8> {
    let (shipped, newer) = versions();
    replace(&mut code, &shipped, &newer);
    match next {
        Next::Sound => {}
        Next::Mute => replace(&mut code, ASKED.0, ASKED.1),
    }
    code
}

/// Every place, at least one; as long as what it replaces.
fn replace(code: &mut [u8], old: &str, new: &str) {
    assert_eq!(old.len(), new.len());
    let places: Vec<usize> = code
        .windows(old.len())
        .enumerate()
        .filter(|(_, bytes)| *bytes == old.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "the wasm does not say {old}");
    for at in places {
        code[at..at + new.len()].copy_from_slice(new.as_bytes());
    }
}
