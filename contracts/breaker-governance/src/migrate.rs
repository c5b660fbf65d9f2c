//! Replaced code takes over the state of an older version.

use cosmwasm_std::{Response, Storage};

use crate::{
    contract::{NAME, VERSION},
    ContractError,
};

/// Refuse another contract's state and a newer version's; there is no older layout to convert yet.
pub fn run(storage: &mut dyn Storage) -> Result<Response, ContractError> {
    cw2::ensure_from_older_version(storage, NAME, VERSION)?;
    Ok(Response::new())
}
