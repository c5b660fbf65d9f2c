//! Guardians: each may hold one scope for a while. Readings never lower what a guardian holds, and no
//! guardian lowers what readings hold.

use cosmwasm_std::{Addr, Event, Response, StdResult, Storage};
use store::Item;
use types::{
    breaker::{Guardian, Raise, RaiseEnded, Raised},
    level::Level,
    scope::Scope,
    wire::Wire,
};

use crate::{audit::Broken, key, ContractError, Counted, Role};

/// Guardians at most.
pub const MAX: usize = 9;
/// The longest raise.
pub const MAX_HOURS: u32 = 72;
/// A guardian is powerless this long after its newest sign of life.
pub const ALIVE: u64 = 30 * 86_400;
/// A removed guardian keeps its veto this long.
pub const LINGER: u64 = 7 * 86_400;

/// Listed ones, and removed ones for a while.
const GUARDIANS: Item<Vec<Guardian>> = Item::new(key::GUARDIANS);

/// The first guardians, alive.
pub fn start(
    storage: &mut dyn Storage,
    guardians: Vec<Addr>,
    now: u64,
) -> Result<(), ContractError> {
    check(&guardians)?;
    let all = guardians.into_iter().map(|who| fresh(who, now)).collect();
    Ok(GUARDIANS.save(storage, &all)?)
}

/// Not too many, none twice.
pub fn check(guardians: &[Addr]) -> Result<(), ContractError> {
    if guardians.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = guardians.iter().map(Addr::to_string).collect();
    Counted::Guardians.check(names.iter(), MAX)
}

/// Every one that has a say.
pub fn list(storage: &dyn Storage) -> StdResult<Vec<Guardian>> {
    GUARDIANS.load(storage)
}

/// What guardians hold now.
pub fn raises(storage: &dyn Storage, now: u64) -> StdResult<Vec<Raise>> {
    let all = GUARDIANS.load(storage)?;
    let raises = all.into_iter().filter_map(|g| g.raise);
    Ok(raises.filter(|raise| now <= raise.until).collect())
}

/// A sign of life.
pub fn heartbeat(
    storage: &mut dyn Storage,
    who: &Addr,
    now: u64,
) -> Result<Response, ContractError> {
    change(storage, who, |own| {
        own.heartbeat = now;
        Ok(())
    })?;
    Ok(Response::new())
}

/// Hold a scope. The cooldown is twice what is asked for, whatever cuts it short.
pub fn raise(
    storage: &mut dyn Storage,
    who: &Addr,
    (scope, level, hours): (Scope, Level, u32),
    now: u64,
) -> Result<Event, ContractError> {
    match level {
        Level::Guarded | Level::ReduceOnly | Level::Protected => {}
        Level::Normal | Level::Settlement => return Err(ContractError::BadLevel { level }),
    }
    if !(1..=MAX_HOURS).contains(&hours) {
        let max = MAX_HOURS;
        return Err(ContractError::BadHours { hours, max });
    }
    let until = now.saturating_add(u64::from(hours).saturating_mul(3_600));
    let raised = Raised {
        guardian: who.clone(),
        scope: key::label(&scope),
        level,
        until,
    };
    change(storage, who, |own| {
        own.alive(now)?;
        if let Some(raise) = own.raise.as_ref().filter(|raise| now <= raise.until) {
            return Err(ContractError::Holding { until: raise.until });
        }
        if now < own.free_at {
            return Err(ContractError::Cooling { until: own.free_at });
        }
        let raise = Raise {
            scope,
            level,
            since: now,
            until,
        };
        own.free_at = rested(&raise, until);
        own.raise = Some(raise);
        Ok(())
    })?;
    Ok(raised.write())
}

/// End the own raise.
pub fn withdraw(
    storage: &mut dyn Storage,
    who: &Addr,
    now: u64,
) -> Result<(Scope, Event), ContractError> {
    end(storage, who, (None, now))
}

/// End somebody's raise of this scope: the DAO's word.
pub fn lift(
    storage: &mut dyn Storage,
    who: &Addr,
    (scope, now): (&Scope, u64),
) -> Result<(Scope, Event), ContractError> {
    end(storage, who, (Some(scope), now))
}

fn end(
    storage: &mut dyn Storage,
    who: &Addr,
    (lifted, now): (Option<&Scope>, u64),
) -> Result<(Scope, Event), ContractError> {
    let none = || ContractError::NoRaise {
        guardian: who.clone(),
    };
    let live = |raise: &mut Raise| now <= raise.until && lifted.is_none_or(|s| *s == raise.scope);
    let mut all = GUARDIANS.load(storage)?;
    let own = all.iter_mut().find(|g| g.guardian == *who);
    let own = own.ok_or_else(|| if lifted.is_some() { none() } else { nobody() })?;
    let raise = own.raise.take_if(live).ok_or_else(none)?;
    own.free_at = rested(&raise, now);
    GUARDIANS.save(storage, &all)?;
    let event = RaiseEnded {
        guardian: who.clone(),
        scope: key::label(&raise.scope),
        level: raise.level,
        lifted: lifted.is_some(),
    };
    Ok((raise.scope, event.write()))
}

/// Pass only a guardian that may veto: alive, and listed or removed a short while ago.
pub fn may_veto(storage: &dyn Storage, who: &Addr, now: u64) -> Result<(), ContractError> {
    let all = GUARDIANS.load(storage)?;
    let own = all.iter().find(|g| g.guardian == *who && g.lingers(now));
    own.ok_or_else(nobody)?.alive(now)
}

/// Whether this is a guardian now.
pub fn listed(storage: &dyn Storage, who: &Addr) -> StdResult<bool> {
    let all = GUARDIANS.load(storage)?;
    let mut listed = all.iter().filter(|g| g.removed_at.is_none());
    Ok(listed.any(|g| g.guardian == *who))
}

/// Other guardians from now on. Who stays keeps its state; who goes keeps its raise until that
/// expires and its veto for a while.
pub fn replace(storage: &mut dyn Storage, guardians: &[Addr], now: u64) -> StdResult<()> {
    let mut all = GUARDIANS.load(storage)?;
    all.retain(|g| g.lingers(now) || guardians.contains(&g.guardian));
    for old in &mut all {
        old.removed_at = if guardians.contains(&old.guardian) {
            None
        } else {
            old.removed_at.or(Some(now))
        };
    }
    for who in guardians {
        if all.iter().all(|g| g.guardian != *who) {
            all.push(fresh(who.clone(), now));
        }
    }
    GUARDIANS.save(storage, &all)
}

const fn fresh(guardian: Addr, now: u64) -> Guardian {
    Guardian {
        guardian,
        heartbeat: now,
        raise: None,
        free_at: 0,
        removed_at: None,
    }
}

fn rested(raise: &Raise, from: u64) -> u64 {
    let asked = raise.until.saturating_sub(raise.since);
    from.saturating_add(asked.saturating_mul(2))
}

const fn nobody() -> ContractError {
    ContractError::Unauthorised {
        needed: Role::Guardian,
    }
}

/// Only a listed guardian changes its own state.
fn change(
    storage: &mut dyn Storage,
    who: &Addr,
    work: impl FnOnce(&mut Guardian) -> Result<(), ContractError>,
) -> Result<(), ContractError> {
    let mut all = GUARDIANS.load(storage)?;
    let mut listed = all.iter_mut().filter(|g| g.removed_at.is_none());
    let own = listed.find(|g| g.guardian == *who).ok_or_else(nobody)?;
    work(own)?;
    Ok(GUARDIANS.save(storage, &all)?)
}

/// What a guardian's own record says.
trait Standing {
    /// Refuse one that has given no sign of life.
    fn alive(&self, now: u64) -> Result<(), ContractError>;
    /// Whether it still has a veto.
    fn lingers(&self, now: u64) -> bool;
}

impl Standing for Guardian {
    fn alive(&self, now: u64) -> Result<(), ContractError> {
        let until = self.heartbeat.saturating_add(ALIVE);
        if now <= until {
            Ok(())
        } else {
            Err(ContractError::Powerless { since: until })
        }
    }

    fn lingers(&self, now: u64) -> bool {
        let until = |removed: u64| removed.saturating_add(LINGER);
        self.removed_at.is_none_or(|removed| now < until(removed))
    }
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<Broken>> {
    let all = GUARDIANS.load(storage)?;
    let mut broken = vec![];
    let listed = all.iter().filter(|g| g.removed_at.is_none()).count();
    if listed > MAX || all.len() > MAX.saturating_mul(2) {
        let guardians = all.len();
        broken.push(Broken::Guardians { guardians });
    }
    let longest = u64::from(MAX_HOURS).saturating_mul(3_600);
    for own in &all {
        let twice = all.iter().filter(|g| g.guardian == own.guardian).count() > 1;
        let bad = own.raise.as_ref().is_some_and(|raise| {
            let allowed = (Level::Guarded..=Level::Protected).contains(&raise.level);
            let asked = raise.until.saturating_sub(raise.since);
            !allowed || asked > longest || own.free_at != rested(raise, raise.until)
        });
        if twice || bad {
            let guardian = own.guardian.clone();
            broken.push(Broken::Guardian { guardian });
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests;
