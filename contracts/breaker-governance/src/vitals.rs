//! From what a market's books read to what is asked of its latches.

use cosmwasm_std::{Event, StdResult, Storage};
use types::{
    breaker::Params,
    engine::{Cause, Vitals},
    level::Level,
    scope::{Reason, Scope},
    wire::Wire,
    Ratio,
};

use crate::{
    latch::{Demand, Tick},
    latches::{self, Evidence},
    lease,
};

/// Calls a share of faults is counted over.
const CALLS: u32 = 10;

/// Move the latches of a market; every one that changed its level. A market nobody registered is
/// passed over.
pub fn learn(
    storage: &mut dyn Storage,
    params: &Params,
    (market, vitals): (&str, &Vitals),
    now: u64,
) -> StdResult<Vec<Event>> {
    if !lease::is_market(storage, market) {
        return Ok(vec![]);
    }
    // Nobody's word about tomorrow is taken: it would stand for every pass to come.
    lease::reconciled(storage, market, vitals.reconciled.min(now))?;
    let scope = Scope::Market {
        market: market.to_owned(),
    };
    let tick = Tick::at(now);
    let mut events = vec![];
    for evidence in evidence(vitals, params) {
        let changed = latches::apply(storage, &scope, evidence, tick, params)?;
        events.extend(changed.map(|changed| changed.write()));
    }
    Ok(events)
}

/// What one reading says, reason by reason.
pub fn evidence(v: &Vitals, params: &Params) -> [Evidence; 6] {
    let of = |reason, demand| Evidence { reason, demand };
    let outflow = Demand::of(v.outflow_hour, &params.outflow_hour)
        .or(Demand::of(v.outflow_day, &params.outflow_day));
    let cover = v.cover.map_or(Demand::at(Level::Normal), |cover| {
        Demand::below(cover, &params.cover)
    });
    // Settlement is the engine's own finding; it has begun already.
    let gain = match v.settled {
        Some(Cause::Gains | Cause::Scale | Cause::Trouble) => Demand::at(Level::Settlement),
        Some(Cause::Governance) | None => Demand::of(v.gain, &params.gain),
    };
    let books = if v.balanced {
        Level::Normal
    } else {
        Level::Protected
    };
    [
        of(Reason::Outflow, outflow),
        of(Reason::Cover, cover),
        of(Reason::Backlog, Demand::of(v.backlog, &params.backlog)),
        of(Reason::Gain, gain),
        of(Reason::Books, Demand::at(books)),
        of(Reason::ModuleFault, faults(v.venue_faults, params)),
    ]
}

/// Of the last ten calls, so many failed.
pub fn faults(failed: u32, params: &Params) -> Demand {
    let tenths = u64::from(failed.min(CALLS));
    Demand::of(
        Ratio::percent(tenths.saturating_mul(10)),
        &params.module_fault,
    )
}
