//! What contracts keep: the maps and items of cw-storage-plus, their values in the
//! [postcard](https://postcard.jamesmunns.com/wire-format) form instead of JSON.
//!
//! Keys, prefixes and bounds are those of cw-storage-plus to the byte. A value is the fields of its
//! struct in order, without names: shorter to write, cheaper to read, and far less code than a JSON
//! reader per type. The price: **a stored struct must not change its fields without a migration that
//! rewrites it**, and nobody outside reads it raw but where it is posted for others, under a key that
//! says which form it has ([`Map::query`]); all else that others may know is asked by query.

mod item;
mod map;

use cosmwasm_std::{StdError, StdResult};
use serde::{de::DeserializeOwned, Serialize};

pub use cw_storage_plus::Bound;
pub use item::Item;
pub use map::{Map, Prefix};

/// What a value without fields takes: chains keep no empty values.
const NOTHING: [u8; 1] = [0];

/// The bytes of a value.
pub fn pack<T: Serialize + ?Sized>(value: &T) -> StdResult<Vec<u8>> {
    let bytes = postcard::to_allocvec(value).map_err(|_| unstorable())?;
    Ok(if bytes.is_empty() {
        NOTHING.to_vec()
    } else {
        bytes
    })
}

/// A value from all of its bytes: some left over are an error.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> StdResult<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|_| unreadable())?;
    if rest.is_empty() || (rest.len() == bytes.len() && rest == NOTHING) {
        Ok(value)
    } else {
        Err(unreadable())
    }
}

#[cold]
fn unstorable() -> StdError {
    StdError::msg("a value that cannot be stored")
}

#[cold]
fn unreadable() -> StdError {
    StdError::msg("stored bytes that are not of their type")
}

#[cold]
fn missing(key: &[u8]) -> StdError {
    StdError::msg(format_args!(
        "nothing stored at {}",
        String::from_utf8_lossy(key)
    ))
}
