//! How the neighbours have answered of late: the engine call by call, the oracle by when it was
//! last heard.

use cosmwasm_std::{Event, StdResult, Storage};
use store::Item;
use types::{
    breaker::{Call, LatchChanged, ModuleFailed, Modules, Params},
    level::Level,
    scope::{Reason, Scope},
    wire::Wire,
};

use crate::{
    audit::Broken,
    key,
    latch::{Demand, Tick},
    latches::{self, Evidence},
    registry::Settings,
    vitals,
};

/// Calls remembered.
const CALLS: usize = 10;
/// What one market's failures count at most, while there are others.
const SHARE: usize = 2;

/// The newest calls of the engine. Absent, and empty, while none has failed.
const ENGINE: Item<Vec<Call>> = Item::new(key::CALLS);
/// Block time of the oracle's newest report. Absent before the first.
const HEARD: Item<u64> = Item::new(key::HEARD);

/// One call came back. Success is written only while a failure is remembered.
pub fn called(
    storage: &mut dyn Storage,
    settings: &Settings,
    (call, alone): (Call, bool),
    now: u64,
) -> StdResult<Vec<Event>> {
    let failed = call.failed;
    let market = call.market.clone();
    let before = ENGINE.may_load(storage)?.unwrap_or_default();
    let calls = pushed(before.clone(), call);
    if calls != before {
        ENGINE.save(storage, &calls)?;
    }
    let demand = vitals::faults(count(&calls, alone), &settings.params);
    let module = settings.engine.addr().clone();
    let changed = apply(storage, module.as_str(), demand, (&settings.params, now))?;
    let failed = failed.then(|| ModuleFailed { module, market }.write());
    Ok(failed
        .into_iter()
        .chain(changed.map(|c| c.write()))
        .collect())
}

/// The oracle has reported. Whoever was silent for longer than a lease has let leases lapse; a
/// lapse longer than `lapse` is a fault when it ends.
pub fn heard(
    storage: &mut dyn Storage,
    settings: &Settings,
    now: u64,
) -> StdResult<Option<LatchChanged>> {
    let before = HEARD.may_load(storage)?;
    HEARD.save(storage, &now)?;
    let silence = before.map_or(0, |before| now.saturating_sub(before));
    let demand = Demand::at(lapsed(silence, &settings.params));
    let module = settings.oracle.addr().as_str();
    apply(storage, module, demand, (&settings.params, now))
}

/// What a silence that has ended amounts to.
pub const fn lapsed(silence: u64, params: &Params) -> Level {
    if silence > params.lease.saturating_add(params.lapse) {
        Level::ReduceOnly
    } else {
        Level::Normal
    }
}

/// What is remembered.
pub fn modules(storage: &dyn Storage, alone: bool) -> StdResult<Modules> {
    let calls = ENGINE.may_load(storage)?.unwrap_or_default();
    Ok(Modules {
        faults: count(&calls, alone),
        calls,
        heard: HEARD.may_load(storage)?.unwrap_or(0),
    })
}

fn apply(
    storage: &mut dyn Storage,
    module: &str,
    demand: Demand,
    (params, now): (&Params, u64),
) -> StdResult<Option<LatchChanged>> {
    let scope = Scope::Module {
        module: module.to_owned(),
    };
    let evidence = Evidence {
        reason: Reason::ModuleFault,
        demand,
    };
    latches::apply(storage, &scope, evidence, Tick::at(now), params)
}

/// The newest ten; nothing at all while none of them failed.
fn pushed(mut calls: Vec<Call>, call: Call) -> Vec<Call> {
    if calls.len() >= CALLS {
        calls.remove(0);
    }
    calls.push(call);
    if calls.iter().any(|c| c.failed) {
        calls
    } else {
        vec![]
    }
}

/// Failed calls that count. One market among several is its own trouble, however often anybody
/// makes it fail.
fn count(calls: &[Call], alone: bool) -> u32 {
    let mut counted: Vec<&Call> = vec![];
    for call in calls.iter().filter(|c| c.failed) {
        let same = counted.iter().filter(|c| c.market == call.market).count();
        if alone || same < SHARE {
            counted.push(call);
        }
    }
    u32::try_from(counted.len()).unwrap_or(u32::MAX)
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Option<Broken>> {
    let calls = ENGINE.may_load(storage)?.unwrap_or_default();
    let idle = !calls.is_empty() && calls.iter().all(|c| !c.failed);
    let bad = calls.len() > CALLS || idle;
    Ok(bad.then_some(Broken::Calls { calls: calls.len() }))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(market: &str, failed: bool) -> Call {
        Call {
            market: market.into(),
            failed,
        }
    }

    fn ring(calls: &[(&str, bool)]) -> Vec<Call> {
        calls
            .iter()
            .fold(vec![], |ring, (m, failed)| pushed(ring, call(m, *failed)))
    }

    #[test]
    fn only_the_newest_ten_are_remembered_and_only_while_one_has_failed() {
        assert_eq!(ring(&[("a", false); 20]), []);
        let mut calls = vec![("a", true)];
        calls.extend([("a", false); 9]);
        assert_eq!(ring(&calls).len(), 10);
        calls.push(("a", false));
        assert_eq!(ring(&calls), []);
    }

    #[test]
    fn one_market_among_others_never_speaks_for_the_engine() {
        let one = ring(&[("a", true); 10]);
        assert_eq!(count(&one, true), 10);
        assert_eq!(count(&one, false), 2);
        let three = ring(&[
            ("a", true),
            ("b", true),
            ("c", true),
            ("a", true),
            ("b", true),
            ("c", true),
        ]);
        assert_eq!(count(&three, false), 6);
    }

    #[test]
    fn only_a_silence_longer_than_lease_and_lapse_is_a_fault() {
        let params = Params::default();
        assert_eq!(lapsed(1_800, &params), Level::Normal);
        assert_eq!(lapsed(1_801, &params), Level::ReduceOnly);
        assert_eq!(lapsed(u64::MAX, &params), Level::ReduceOnly);
    }

    proptest! {
        #[test]
        fn a_ring_is_short_and_counts_no_more_than_has_failed(calls in prop::collection::vec((0_u8..4, any::<bool>()), 0..60)) {
            let mut ring = vec![];
            for (market, failed) in &calls {
                ring = pushed(ring, call(&market.to_string(), *failed));
                let failed = ring.iter().filter(|c| c.failed).count();
                prop_assert!(ring.len() <= CALLS);
                prop_assert_eq!(ring.is_empty(), failed == 0);
                let [alone, among] = [true, false].map(|alone| usize::try_from(count(&ring, alone)).unwrap());
                prop_assert_eq!(alone, failed);
                prop_assert!(among <= failed);
            }
        }
    }
}
