//! Changes that wait: the DAO announces, guardians may postpone, and when its time has come anyone
//! executes. Postponed, never voided, but by the DAO itself.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{to_json_vec, Addr, Event, Response, StdResult, Storage};
use store::{Item, Map};
use types::{
    breaker::{Change, ChangeAnnounced, ChangeDone, ChangePostponed, Content},
    level::Level,
    params::Shift,
    wire::Wire,
};

use crate::{audit::Broken, guardian, key, ContractError};

/// Changes waiting at most.
pub const MAX: usize = 8;
/// What a change may say, bytes. All that wait are one stored value, and a chain takes none above 128 KiB: were there room
/// to fill it, no veto could be written any more.
pub const MAX_BYTES: usize = 8 * 1_024;
/// Timelock and veto window together: 48 h and 24 h.
pub const DELAY: u64 = 72 * 3_600;
/// For settings that were in force a short while ago, at any level below ReduceOnly: a day.
pub const SHORT_DELAY: u64 = 86_400;
/// The same at ReduceOnly or above, and always for the guardians and the DAO.
pub const LONG_DELAY: u64 = 7 * 86_400;
/// What brings settings back may be executed for so long after its time has come: it undoes what was tightened since it
/// was announced, so it is not kept for later.
pub const RESTORABLE: u64 = 7 * 86_400;
/// What one veto postpones by.
pub const VETO: u64 = 7 * 86_400;
/// What vetoes postpone a change of guardians by at most.
pub const MOST: u64 = 21 * 86_400;

/// What is remembered of a vetoed content until it is executed, resubmissions included.
#[cw_serde]
#[derive(Default)]
struct Vetoes {
    by: Vec<Addr>,
    /// No version of it is ready before this.
    ready: u64,
}

const CHANGES: Item<Vec<Change>> = Item::new(key::CHANGES);
const NEXT: Item<u64> = Item::new(key::NEXT);
const VETOES: Map<&[u8], Vetoes> = Map::new(key::VETOES);

/// Nothing waits.
pub fn start(storage: &mut dyn Storage) -> StdResult<()> {
    NEXT.save(storage, &1)?;
    CHANGES.save(storage, &vec![])
}

/// Everything that waits, by number.
pub fn list(storage: &dyn Storage) -> StdResult<Vec<Change>> {
    CHANGES.load(storage)
}

/// Announce a change while this level is in force where it would act.
pub fn announce(
    storage: &mut dyn Storage,
    (content, level): (Content, Level),
    now: u64,
) -> Result<Event, ContractError> {
    let mut changes = CHANGES.load(storage)?;
    if let Some(same) = changes.iter().find(|c| rivals(&c.content, &content)) {
        return Err(ContractError::Waiting { change: same.id });
    }
    if changes.len() >= MAX {
        return Err(ContractError::TooManyChanges { max: MAX });
    }
    let name = named(&content)?;
    if name.len() > MAX_BYTES {
        let (bytes, max) = (name.len(), MAX_BYTES);
        return Err(ContractError::TooLong { bytes, max });
    }
    let earlier = VETOES.may_load(storage, &name)?;
    let id = NEXT.load(storage)?;
    let change = Change {
        id,
        announced: now,
        ready: now
            .saturating_add(delay(&content, level))
            .max(earlier.map_or(0, |vetoes| vetoes.ready)),
        postponed: 0,
        content,
    };
    let announced = ChangeAnnounced {
        change: id,
        kind: kind(&change.content).into(),
        ready: change.ready,
    };
    NEXT.save(storage, &id.saturating_add(1))?;
    changes.push(change);
    CHANGES.save(storage, &changes)?;
    Ok(announced.write())
}

/// A guardian postpones a change: once each, counted by content, so that announcing the same again
/// neither renews its veto nor escapes it.
pub fn veto(
    storage: &mut dyn Storage,
    who: &Addr,
    (id, now): (u64, u64),
) -> Result<Response, ContractError> {
    guardian::may_veto(storage, who, now)?;
    let mut changes = CHANGES.load(storage)?;
    let change = changes.iter_mut().find(|c| c.id == id);
    let change = change.ok_or(ContractError::NoChange { change: id })?;
    vetoable(storage, who, (change, now))?;
    let name = named(&change.content)?;
    let mut vetoes = VETOES.may_load(storage, &name)?.unwrap_or_default();
    if vetoes.by.contains(who) {
        return Err(ContractError::VetoedBefore { change: id });
    }
    change.postponed = change.postponed.saturating_add(VETO);
    change.ready = change.ready.saturating_add(VETO);
    vetoes.by.push(who.clone());
    vetoes.ready = change.ready;
    let postponed = ChangePostponed {
        change: id,
        guardian: who.clone(),
        ready: change.ready,
    };
    VETOES.save(storage, &name, &vetoes)?;
    CHANGES.save(storage, &changes)?;
    Ok(Response::new().add_event(postponed.write()))
}

/// Before its time has come; guardians do not defend their own seats, nor the list for ever.
fn vetoable(
    storage: &dyn Storage,
    who: &Addr,
    (change, now): (&Change, u64),
) -> Result<(), ContractError> {
    let Change { id, ready, .. } = *change;
    if now >= ready {
        return Err(ContractError::VetoTooLate { ready });
    }
    let Content::SetGuardians { guardians } = &change.content else {
        return Ok(());
    };
    if !guardians.contains(who) && guardian::listed(storage, who)? {
        return Err(ContractError::OwnRemoval { change: id });
    }
    if change.postponed.saturating_add(VETO) > MOST {
        return Err(ContractError::PostponedEnough { most: MOST });
    }
    Ok(())
}

/// The DAO calls a change back. Its vetoes stay remembered.
pub fn cancel(storage: &mut dyn Storage, id: u64) -> Result<Event, ContractError> {
    let (change, left) = taken(storage, id)?;
    CHANGES.save(storage, &left)?;
    Ok(done(&change, false))
}

/// A change whose time has come; it waits on.
pub fn ready(storage: &dyn Storage, id: u64, now: u64) -> Result<Change, ContractError> {
    let (change, _) = taken(storage, id)?;
    if now < change.ready {
        let ready = change.ready;
        return Err(ContractError::TooEarly { ready });
    }
    let until = change.ready.saturating_add(RESTORABLE);
    if restores(&change.content) && now > until {
        return Err(ContractError::TooLate { until });
    }
    Ok(change)
}

const fn restores(content: &Content) -> bool {
    matches!(
        content,
        Content::SetParams {
            how: Shift::Restore,
            ..
        }
    )
}

/// A change whose time has come, no longer waiting: the caller puts it in force or fails.
pub fn execute(
    storage: &mut dyn Storage,
    id: u64,
    now: u64,
) -> Result<(Content, Event), ContractError> {
    let (change, left) = taken(storage, id)?;
    if now < change.ready {
        let ready = change.ready;
        return Err(ContractError::TooEarly { ready });
    }
    CHANGES.save(storage, &left)?;
    VETOES.remove(storage, &named(&change.content)?);
    let event = done(&change, true);
    Ok((change.content, event))
}

fn taken(storage: &dyn Storage, id: u64) -> Result<(Change, Vec<Change>), ContractError> {
    let mut changes = CHANGES.load(storage)?;
    let at = changes.iter().position(|c| c.id == id);
    let at = at.ok_or(ContractError::NoChange { change: id })?;
    Ok((changes.remove(at), changes))
}

fn done(change: &Change, executed: bool) -> Event {
    ChangeDone {
        change: change.id,
        kind: kind(&change.content).into(),
        executed,
    }
    .write()
}

/// The same content, or both about the guardians, the DAO, one module's code or one market's settings: whichever came
/// later would undo the other.
fn rivals(a: &Content, b: &Content) -> bool {
    match (a, b) {
        (Content::SetGuardians { .. }, Content::SetGuardians { .. })
        | (Content::HandOver { .. }, Content::HandOver { .. }) => true,
        (Content::Upgrade { module: a, .. }, Content::Upgrade { module: b, .. }) => a == b,
        (Content::SetParams { market: a, .. }, Content::SetParams { market: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

fn delay(content: &Content, level: Level) -> u64 {
    if level >= Level::ReduceOnly {
        return LONG_DELAY;
    }
    least(content)
}

/// What a content waits at Normal.
const fn least(content: &Content) -> u64 {
    match content {
        Content::SetGuardians { .. } | Content::HandOver { .. } => LONG_DELAY,
        Content::SetParams {
            how: Shift::Restore,
            ..
        } => SHORT_DELAY,
        Content::Register { .. }
        | Content::AddFeed { .. }
        | Content::Deregister { .. }
        | Content::SetParams { .. }
        | Content::Upgrade { .. } => DELAY,
    }
}

/// A content's name: its whole text.
fn named(content: &Content) -> StdResult<Vec<u8>> {
    to_json_vec(content)
}

const fn kind(content: &Content) -> &'static str {
    match content {
        Content::Register { .. } => "register",
        Content::AddFeed { .. } => "add_feed",
        Content::Deregister { .. } => "deregister",
        Content::SetGuardians { .. } => "set_guardians",
        Content::SetParams { .. } => "set_params",
        Content::Upgrade { .. } => "upgrade",
        Content::HandOver { .. } => "hand_over",
    }
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let changes = CHANGES.load(storage)?;
    let next = NEXT.load(storage)?;
    let bad = |change: &&Change| {
        let least = change.announced.saturating_add(least(&change.content));
        let same = changes
            .iter()
            .filter(|c| rivals(&c.content, &change.content));
        let floor = least.saturating_add(change.postponed);
        change.ready < floor || change.id >= next || same.count() > 1
    };
    let mut broken: Vec<Broken> = changes
        .iter()
        .filter(bad)
        .map(|change| Broken::Change { change: change.id })
        .collect();
    if changes.len() > MAX {
        let changes = changes.len();
        broken.push(Broken::Changes { changes });
    }
    Ok(broken)
}

#[cfg(test)]
mod tests;
