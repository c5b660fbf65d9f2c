//! The latches: the one place that knows how they are kept.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Order, StdResult, Storage};
use store::Map;
use types::{
    breaker::{Latch, LatchChanged, Params},
    level::Level,
    scope::{Reason, Scope},
};

use crate::{
    audit::Broken,
    key,
    latch::{self, Demand, Tick},
};

/// A latch and what its newest reading demanded.
#[cw_serde]
struct Held {
    latch: Latch,
    demanded: Level,
}

/// `(scope, reason number) -> latch`. Absent means it never held.
const LATCHES: Map<(&[u8], u8), Held> = Map::new(key::LATCHES);

/// What one reading says about one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// Why.
    pub reason: Reason,
    /// What is asked of its latch.
    pub demand: Demand,
}

/// Move one latch of a scope, and only that one. A latch that never held is not written.
pub fn apply(
    storage: &mut dyn Storage,
    scope: &Scope,
    evidence: Evidence,
    tick: Tick,
    params: &Params,
) -> StdResult<Option<LatchChanged>> {
    let bytes = key::scope(scope);
    let at = (bytes.as_slice(), evidence.reason.number());
    let before = LATCHES.may_load(storage, at)?;
    let held = before
        .as_ref()
        .map_or_else(|| latch::fresh(evidence.reason), |held| held.latch.clone());
    let from = held.level;
    let after = Held {
        latch: latch::step(held, evidence.demand, tick, params),
        demanded: evidence.demand.level(),
    };
    let to = after.latch.level;
    let untouched = before.is_none() && to == Level::Normal;
    if !untouched && before.as_ref() != Some(&after) {
        LATCHES.save(storage, at, &after)?;
    }
    Ok((from != to).then(|| LatchChanged {
        scope: key::label(scope),
        reason: evidence.reason.number(),
        from,
        to,
    }))
}

/// Set the latch of a reason that people decide about.
pub fn set(
    storage: &mut dyn Storage,
    scope: &Scope,
    (reason, to): (Reason, Level),
    now: u64,
) -> StdResult<Option<LatchChanged>> {
    let bytes = key::scope(scope);
    let at = (bytes.as_slice(), reason.number());
    let held = LATCHES
        .may_load(storage, at)?
        .map_or_else(|| latch::fresh(reason), |held| held.latch);
    let from = held.level;
    if from == to {
        return Ok(None);
    }
    let after = Held {
        latch: latch::set(held, to, now),
        demanded: to,
    };
    LATCHES.save(storage, at, &after)?;
    Ok(Some(LatchChanged {
        scope: key::label(scope),
        reason: reason.number(),
        from,
        to,
    }))
}

/// Where one latch is, and what its newest reading demanded of it.
pub fn standing(storage: &dyn Storage, scope: &Scope, reason: Reason) -> StdResult<(Level, Level)> {
    let held = LATCHES.may_load(storage, (&key::scope(scope), reason.number()))?;
    Ok(held.map_or((Level::Normal, Level::Normal), |held| {
        (held.latch.level, held.demanded)
    }))
}

/// The level of one scope: the greatest of its latches.
pub fn level(storage: &dyn Storage, scope: &Scope) -> StdResult<Level> {
    Ok(of(storage, scope)?
        .into_iter()
        .map(|latch| latch.level)
        .max()
        .unwrap_or(Level::Normal))
}

/// Every latch of one scope that has ever held; at most one per reason.
pub fn of(storage: &dyn Storage, scope: &Scope) -> StdResult<Vec<Latch>> {
    LATCHES
        .prefix(&key::scope(scope))
        .range(storage, None, None, Order::Ascending)
        .map(|entry| entry.map(|(_, held)| held.latch))
        .collect()
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage, params: &Params) -> StdResult<Vec<Broken>> {
    let mut broken = vec![];
    let entries: Vec<((Vec<u8>, u8), Held)> = LATCHES
        .all()
        .range(storage, None, None, Order::Ascending)
        .collect::<StdResult<_>>()?;
    for ((bytes, number), Held { latch, demanded }) in &entries {
        let Some(scope) = key::parse(bytes) else {
            broken.push(Broken::ScopeKey { key: bytes.clone() });
            continue;
        };
        let greatest = entries
            .iter()
            .filter(|((other, _), _)| other == bytes)
            .map(|(_, held)| held.latch.level)
            .max();
        let reason = latch.reason;
        if greatest != Some(level(storage, &scope)?) {
            broken.push(Broken::LevelNotMax {
                scope: scope.clone(),
            });
        }
        if latch.level < *demanded {
            broken.push(Broken::LatchBelowDemand {
                scope: scope.clone(),
                reason,
            });
        }
        if reason.number() != *number || !fits(latch, params) {
            broken.push(Broken::LatchState { scope, reason });
        }
    }
    Ok(broken)
}

/// Counters within their bounds, and at Normal only after a fall.
fn fits(latch: &Latch, params: &Params) -> bool {
    let memories = [latch.guarded, latch.reduce_only, latch.protected];
    let overcounted = memories.iter().any(|m| m.retrips > params.max_doublings);
    let fell = memories.iter().any(|m| m.left_at > 0);
    latch.good <= params.good_readings && !overcounted && (latch.level > Level::Normal || fell)
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    fn scopes() -> [Scope; 5] {
        let name = || "x".to_owned();
        [
            Scope::Global {},
            Scope::Market { market: name() },
            Scope::Feed { feed: name() },
            Scope::Module { module: name() },
            Scope::Remote { channel: name() },
        ]
    }

    fn demand(storage: &mut dyn Storage, scope: &Scope, reason: Reason, to: Level) {
        let evidence = Evidence {
            reason,
            demand: Demand::at(to),
        };
        let tick = Tick {
            now: 1_000,
            round_time: 1_000,
        };
        apply(storage, scope, evidence, tick, &Params::default()).unwrap();
    }

    #[test]
    fn every_kind_of_scope_is_held_apart_and_the_greatest_latch_is_its_level() {
        for scope in scopes() {
            let mut storage = MockStorage::new();
            demand(&mut storage, &scope, Reason::Jump, Level::Guarded);
            demand(&mut storage, &scope, Reason::Dispersion, Level::Protected);
            for other in scopes() {
                let expected = if other == scope {
                    Level::Protected
                } else {
                    Level::Normal
                };
                assert_eq!(level(&storage, &other).unwrap(), expected);
            }
            assert_eq!(audit(&storage, &Params::default()).unwrap(), []);
        }
    }

    #[test]
    fn a_calm_reading_of_a_latch_that_never_held_writes_nothing() {
        let mut storage = MockStorage::new();
        demand(&mut storage, &Scope::Global {}, Reason::Jump, Level::Normal);
        assert_eq!(of(&storage, &Scope::Global {}).unwrap(), []);
    }

    #[test]
    fn the_audit_sees_a_latch_below_its_demand_and_a_foreign_key() {
        let mut storage = MockStorage::new();
        let held = Held {
            latch: Latch {
                level: Level::Guarded,
                ..latch::fresh(Reason::Jump)
            },
            demanded: Level::Protected,
        };
        LATCHES.save(&mut storage, (&[0], 2), &held).unwrap();
        LATCHES.save(&mut storage, (&[9], 2), &held).unwrap();
        let scope = Scope::Global {};
        let reason = Reason::Jump;
        assert_eq!(
            audit(&storage, &Params::default()).unwrap(),
            [
                Broken::LatchBelowDemand { scope, reason },
                Broken::ScopeKey { key: vec![9] }
            ]
        );
    }
}
