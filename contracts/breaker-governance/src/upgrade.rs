//! Other code for a module. The module and its neighbours say whether they are sound before and after: what was sound and
//! is not any more, an imbalance that has grown, or a version that has not moved undoes all of it. Every word of a module
//! is asked for in a message of its own, so that one that burns its gas can still be replaced.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    to_json_binary, Addr, Binary, Deps, DepsMut, Env, QuerierWrapper, Response, WasmMsg,
};
use cw2::ContractVersion;
use types::{
    breaker::{ChangeRefused, Content, ExecuteMsg, ModuleUpgraded},
    engine,
    pending::{Outcome, Pending},
    strict::Lenient,
    upgrade::{self, Ask, SelfCheck},
    wire::Wire,
};

use crate::{
    awaiting::Awaiting,
    change, enact,
    registry::{self, Settings},
    ContractError,
};

/// What the answer of one module may cost.
pub const CHECK: u64 = 5_000_000;
/// What taking over may cost the new code.
pub const MIGRATE: u64 = 30_000_000;

/// How far an upgrade has come. It travels with its messages.
#[cw_serde]
pub struct Progress {
    /// By which change.
    pub change: u64,
    /// The module, then its neighbours.
    pub asked: Vec<Addr>,
    /// What the module said it was before, if it did.
    pub was: Option<ContractVersion>,
    /// What each said before; none where it failed to.
    pub before: Vec<Option<SelfCheck>>,
    /// Whether the new code has taken over.
    pub migrated: bool,
    /// What each has said since.
    pub after: Vec<Option<SelfCheck>>,
}

/// The code of a module, and what it is told.
struct Order {
    module: Addr,
    code: u64,
    msg: Binary,
}

/// A module this contract is the wasm admin of, or itself.
pub fn known(
    deps: Deps,
    settings: &Settings,
    (itself, module): (&Addr, &Addr),
) -> Result<(), ContractError> {
    let neighbours = [settings.engine.addr(), settings.oracle.addr(), itself];
    if neighbours.contains(&module) {
        return Ok(());
    }
    let info = deps.querier.query_wasm_contract_info(module)?;
    if info.admin.as_ref() == Some(itself) {
        return Ok(());
    }
    Err(ContractError::NotAdmin {
        module: module.clone(),
    })
}

/// Its time has come: the breaker's own code is the engine's to replace; of any other module ask first how it is.
pub fn start(
    deps: DepsMut,
    env: &Env,
    settings: &Settings,
    (change, content): (u64, &Content),
) -> Result<Response, ContractError> {
    let order = order(content, change)?;
    if order.module == env.contract.address {
        let response = enact::in_force(deps.storage, change, env.block.time.seconds())?;
        let (code, msg) = (order.code, order.msg);
        let migrate = engine::ExecuteMsg::MigrateBreaker { code, msg };
        return Ok(response.add_message(settings.engine.tell(&migrate, vec![])?));
    }
    let mut asked = vec![order.module];
    for neighbour in [settings.engine.addr(), settings.oracle.addr()] {
        if !asked.contains(neighbour) {
            asked.push(neighbour.clone());
        }
    }
    let was = version(&deps.querier, &asked);
    let progress = Progress {
        change,
        asked,
        was,
        before: vec![],
        migrated: false,
        after: vec![],
    };
    next(deps, env, progress)
}

/// A module has answered, or the new code has taken over, or one of them failed.
pub fn go_on(
    deps: DepsMut,
    env: &Env,
    (mut progress, outcome): (Progress, Outcome<SelfCheck>),
) -> Result<Response, ContractError> {
    let said = match outcome {
        Outcome::Answered(check) => Some(check),
        Outcome::Fault => None,
    };
    if progress.migrated {
        progress.after.push(said);
    } else {
        progress.before.push(said);
    }
    next(deps, env, progress)
}

/// The new code has taken over, or has not: then nothing has changed and the change waits on.
pub fn migrated(
    deps: DepsMut,
    env: &Env,
    (progress, failed): (Progress, bool),
) -> Result<Response, ContractError> {
    if failed {
        let change = progress.change;
        let refused = progress
            .asked
            .into_iter()
            .next()
            .map(|module| ChangeRefused { change, module }.write());
        return Ok(Response::new().add_events(refused));
    }
    let progress = Progress {
        migrated: true,
        ..progress
    };
    next(deps, env, progress)
}

/// Ask the next one; replace the code once all have been asked; compare once all have been asked again.
fn next(deps: DepsMut, env: &Env, progress: Progress) -> Result<Response, ContractError> {
    let answers = if progress.migrated {
        &progress.after
    } else {
        &progress.before
    };
    if let Some(module) = progress.asked.get(answers.len()) {
        let ask = ExecuteMsg::Check {
            module: module.clone(),
        };
        let ask = WasmMsg::Execute {
            contract_addr: env.contract.address.to_string(),
            msg: to_json_binary(&ask)?,
            funds: vec![],
        };
        let awaiting = Awaiting::Checked { progress };
        return Ok(Response::new().add_submessage(awaiting.contained(ask, CHECK)?));
    }
    let now = env.block.time.seconds();
    let content = change::ready(deps.storage, progress.change, now)?.content;
    let order = order(&content, progress.change)?;
    if progress.migrated {
        let settings = registry::settings(deps.storage)?;
        return finish(deps, &settings, (&order, &progress), now);
    }
    let migrate = WasmMsg::Migrate {
        contract_addr: order.module.into_string(),
        new_code_id: order.code,
        msg: order.msg,
    };
    let awaiting = Awaiting::Migrated { progress };
    Ok(Response::new().add_submessage(awaiting.contained(migrate, MIGRATE)?))
}

/// Nothing is worse than before, or all of it is undone.
fn finish(
    deps: DepsMut,
    settings: &Settings,
    (order, progress): (&Order, &Progress),
    now: u64,
) -> Result<Response, ContractError> {
    let is = version(&deps.querier, &progress.asked);
    let contract = kind(settings, &order.module);
    upgrade::moved(contract, progress.was.as_ref(), is.as_ref())?;
    let mut failing: u64 = 0;
    let answers = progress.before.iter().zip(&progress.after);
    for (module, (before, after)) in progress.asked.iter().zip(answers) {
        let fails = upgrade::compare(*before, *after).map_err(|worse| ContractError::Worse {
            module: module.clone(),
            worse,
        })?;
        failing = failing.saturating_add(u64::from(fails));
    }
    let upgraded = ModuleUpgraded {
        change: progress.change,
        module: order.module.clone(),
        code: order.code,
        version: is.map(|is| is.version).unwrap_or_default(),
        failing,
    };
    let response = enact::in_force(deps.storage, progress.change, now)?;
    Ok(response.add_event(upgraded.write()))
}

/// The breaker to itself: one module's word about itself, as data.
pub fn ask(querier: &QuerierWrapper, module: &Addr) -> Result<Response, ContractError> {
    let check: Lenient<SelfCheck> = querier.query_wasm_smart(module, &Ask::SelfCheck {})?;
    Ok(Response::new().set_data(to_json_binary(&check.0)?))
}

/// What the module says it is, if that reads. Read from its storage: its code is not run.
fn version(querier: &QuerierWrapper, asked: &[Addr]) -> Option<ContractVersion> {
    let module = asked.first()?.as_str();
    cw2::query_contract_info(querier, module).ok()
}

/// What a module has to be: whoever is none of the neighbours is an order book.
fn kind(settings: &Settings, module: &Addr) -> &'static str {
    if module == settings.engine.addr() {
        upgrade::ENGINE
    } else if module == settings.oracle.addr() {
        upgrade::ORACLE
    } else {
        upgrade::MARKET
    }
}

fn order(content: &Content, change: u64) -> Result<Order, ContractError> {
    match content {
        Content::Upgrade { module, code, msg } => Ok(Order {
            module: module.clone(),
            code: *code,
            msg: msg.clone(),
        }),
        Content::Register { .. }
        | Content::AddFeed { .. }
        | Content::Deregister { .. }
        | Content::SetGuardians { .. }
        | Content::SetParams { .. }
        | Content::HandOver { .. } => Err(ContractError::NoChange { change }),
    }
}
