//! Migration: the same name at both doors, and never to an older version.

use cosmwasm_std::{DepsMut, Response};

use crate::{
    contract::{NAME, VERSION},
    ContractError,
};

/// Check that what is stored is ours and not newer.
pub fn run(deps: DepsMut) -> Result<Response, ContractError> {
    cw2::ensure_from_older_version(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}
