//! The breaker's code: the engine is the wasm admin of the breaker, so that neither
//! can be lost by the other's bug.

use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Response, StdResult, Storage, WasmMsg};
use cw2::ContractVersion;
use store::Item;
use types::{
    engine::{BreakerMigrated, Replacement, ReplacementAnnounced},
    pending::Pending,
    strict::Lenient,
    upgrade::{self, Ask, SelfCheck},
    wire::Wire,
};

use crate::{gas, key, peers, reply::Awaiting, ContractError};

/// How long other code for the breaker waits where the DAO announces it here, seconds.
pub const REPLACING: u64 = 14 * 86_400;

/// Who governs, once told.
const DAO: Item<Addr> = Item::new(key::DAO);
/// Other code for the breaker, while it waits.
const REPLACEMENT: Item<Replacement> = Item::new(key::REPLACEMENT);

/// Who governs.
pub fn dao(storage: &dyn Storage) -> StdResult<Option<Addr>> {
    DAO.may_load(storage)
}

/// This one governs from now on; what the one before announced here is void.
pub fn set_dao(storage: &mut dyn Storage, dao: &Addr) -> StdResult<()> {
    REPLACEMENT.remove(storage);
    DAO.save(storage, dao)
}

/// What waits.
pub fn replacement(storage: &dyn Storage) -> StdResult<Option<Replacement>> {
    REPLACEMENT.may_load(storage)
}

/// Only the DAO.
fn of_dao(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    if dao(storage)?.is_some_and(|dao| dao == *sender) {
        Ok(())
    } else {
        Err(ContractError::Unauthorized { role: "dao" })
    }
}

/// The DAO announces other code for the breaker.
pub fn announce(
    storage: &mut dyn Storage,
    sender: &Addr,
    (code, msg): (u64, Binary),
    now: u64,
) -> Result<Response, ContractError> {
    of_dao(storage, sender)?;
    let ready = now.saturating_add(REPLACING);
    REPLACEMENT.save(storage, &Replacement { code, msg, ready })?;
    let ready = Some(ready);
    Ok(Response::new().add_event(ReplacementAnnounced { code, ready }.write()))
}

/// The DAO calls it back.
pub fn keep(storage: &mut dyn Storage, sender: &Addr) -> Result<Response, ContractError> {
    of_dao(storage, sender)?;
    let waiting = replacement(storage)?.ok_or(ContractError::NoReplacement)?;
    REPLACEMENT.remove(storage);
    let dropped = ReplacementAnnounced {
        code: waiting.code,
        ready: None,
    };
    Ok(Response::new().add_event(dropped.write()))
}

/// Anyone, when its time has come.
pub fn execute(deps: DepsMut, now: u64) -> Result<Response, ContractError> {
    let waiting = replacement(deps.storage)?.ok_or(ContractError::NoReplacement)?;
    if now < waiting.ready {
        let ready = waiting.ready;
        return Err(ContractError::TooEarly { ready });
    }
    migrate(deps, waiting.code, waiting.msg)
}

/// Give the breaker other code. Nothing that was announced for the code it had waits any longer.
pub fn migrate(deps: DepsMut, code: u64, msg: Binary) -> Result<Response, ContractError> {
    REPLACEMENT.remove(deps.storage);
    let breaker = peers::peers(deps.storage)?.breaker;
    let awaiting = Awaiting::BreakerMigrated {
        code,
        before: cw2::query_contract_info(&deps.querier, breaker.addr()).ok(),
    };
    let migrate = WasmMsg::Migrate {
        contract_addr: breaker.addr().to_string(),
        new_code_id: code,
        msg,
    };
    Ok(Response::new().add_submessage(awaiting.contained(migrate, gas::MIGRATE)?))
}

/// The new code has taken over, or not: unless it is sound and of another version, nothing of it has happened. What the
/// old code said is not asked: it may be why it goes.
pub fn migrated(
    deps: Deps,
    (code, before): (u64, Option<&ContractVersion>),
    failed: bool,
) -> Result<Response, ContractError> {
    let breaker = peers::peers(deps.storage)?.breaker;
    let module = breaker.addr();
    if failed {
        return Err(ContractError::NotMigrated { code });
    }
    let after = cw2::query_contract_info(&deps.querier, module)?;
    upgrade::moved(upgrade::BREAKER, before, Some(&after))?;
    let check: Lenient<SelfCheck> = deps.querier.query_wasm_smart(module, &Ask::SelfCheck {})?;
    if !check.0.sound() {
        return Err(ContractError::NotSound { code });
    }
    let version = after.version;
    Ok(Response::new().add_event(BreakerMigrated { code, version }.write()))
}
