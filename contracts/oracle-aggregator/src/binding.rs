//! Who hears the readings. Named once, by the instantiator.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Response, StdResult, Storage};
use store::Item;
use types::{breaker::Breaker, handle::Handle, level::Action};

use crate::{key, ContractError};

#[cw_serde]
struct Binding {
    instantiator: Addr,
    breaker: Option<Handle<Breaker>>,
}

const BINDING: Item<Binding> = Item::new(key::BINDING);

/// Remember who may bind.
pub fn open(storage: &mut dyn Storage, instantiator: Addr) -> StdResult<()> {
    BINDING.save(
        storage,
        &Binding {
            instantiator,
            breaker: None,
        },
    )
}

/// Name the breaker.
pub fn bind(
    deps: DepsMut,
    sender: Addr,
    breaker: Handle<Breaker, String>,
) -> Result<Response, ContractError> {
    let binding = BINDING.load(deps.storage)?;
    if sender != binding.instantiator {
        let action = Action::Internal;
        return Err(ContractError::NotInstantiator { sender, action });
    }
    if let Some(bound) = binding.breaker {
        let breaker = bound.addr().clone();
        return Err(ContractError::AlreadyBound { breaker });
    }
    let breaker = Some(breaker.check(deps.api)?);
    BINDING.save(deps.storage, &Binding { breaker, ..binding })?;
    Ok(Response::new())
}

/// Pass only the breaker: nobody before it is bound.
pub fn only_breaker(storage: &dyn Storage, sender: Addr) -> Result<(), ContractError> {
    if breaker(storage)?.is_some_and(|breaker| *breaker.addr() == sender) {
        return Ok(());
    }
    let action = Action::Internal;
    Err(ContractError::NotBreaker { sender, action })
}

/// Who hears the readings, once bound.
pub fn breaker(storage: &dyn Storage) -> StdResult<Option<Handle<Breaker>>> {
    Ok(BINDING.load(storage)?.breaker)
}
