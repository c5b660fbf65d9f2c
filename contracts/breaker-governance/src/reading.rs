//! From what feeds read to what is asked of their latches.

use cosmwasm_std::{Event, Storage};
use math::{jump, units::OutOfRange};
use types::{
    breaker::{FeedReading, Params, Thresholds},
    level::Level,
    oracle::Status,
    scope::{Reason, Scope},
    wire::Wire,
    Ratio,
};

use crate::{
    latch::{Demand, Tick},
    latches::{self, Evidence},
    module,
    registry::{self, Heard},
    ContractError, Counted,
};

/// Readings of one report at most.
pub const MAX: usize = 16;

/// How far ahead of this chain's clock a round may be, seconds.
const MAX_AHEAD: u64 = 60;

/// What a report taught.
#[derive(Debug, Default)]
pub struct Learned {
    /// The known feeds among its readings.
    pub feeds: Vec<String>,
    /// Every latch that changed its level.
    pub events: Vec<Event>,
}

/// Refuse a report that is empty, too long or names a feed twice.
pub fn check(readings: &[FeedReading]) -> Result<(), ContractError> {
    Counted::Readings.check(readings.iter().map(|r| &r.feed), MAX)
}

/// Move the latches of every known feed; a feed nobody registered is passed over.
pub fn learn(
    storage: &mut dyn Storage,
    params: &Params,
    readings: Vec<FeedReading>,
    now: u64,
) -> Result<Learned, ContractError> {
    let mut learned = Learned::default();
    for reading in readings {
        let Some(heard) = registry::hear(storage, &reading, (params.lease, now))? else {
            continue;
        };
        let tick = Tick {
            now,
            round_time: round_time(reading.time, now),
        };
        let scope = Scope::Feed {
            feed: reading.feed.clone(),
        };
        for evidence in evidence(&reading, &heard, now, params)? {
            if let Some(changed) = latches::apply(storage, &scope, evidence, tick, params)? {
                learned.events.push(changed.write());
            }
        }
        learned.feeds.push(reading.feed);
    }
    Ok(learned)
}

/// A round from further ahead than any source clock may run has no time: it raises like any other,
/// counts towards no healing, and does not push the next good round out of reach.
const fn round_time(time: u64, now: u64) -> u64 {
    if time > now.saturating_add(MAX_AHEAD) {
        0
    } else {
        time
    }
}

/// What one reading says, reason by reason.
pub fn evidence(
    reading: &FeedReading,
    heard: &Heard,
    now: u64,
    params: &Params,
) -> Result<[Evidence; 7], OutOfRange> {
    let invalid_for = heard
        .invalid_since
        .map_or(0, |since| now.saturating_sub(since));
    let of = |reason, demand| Evidence { reason, demand };
    let jump = scaled(&params.jump, reading.sigma)?;
    let depeg = scaled(&params.depeg, reading.sigma)?;
    let off = reading.depeg.unwrap_or(Ratio::ZERO);
    let status = status_level(reading.status, invalid_for, params);
    let lapse = module::lapsed(heard.silence, params);
    Ok([
        of(Reason::PriceStatus, Demand::at(status)),
        of(
            Reason::Dispersion,
            Demand::of(reading.dispersion, &params.dispersion),
        ),
        of(Reason::Jump, Demand::of(reading.jump, &jump)),
        of(
            Reason::Lateness,
            Demand::of(reading.lateness, &params.lateness),
        ),
        of(
            Reason::VarianceRatio,
            Demand::of(reading.variance, &params.variance),
        ),
        of(Reason::Depeg, Demand::of(off, &depeg)),
        of(Reason::ModuleFault, Demand::at(lapse)),
    ])
}

fn status_level(status: Status, invalid_for: u64, params: &Params) -> Level {
    match status {
        Status::Valid => Level::Normal,
        Status::Degraded => Level::Guarded,
        Status::Uncertain | Status::Stale => Level::ReduceOnly,
        Status::Invalid if invalid_for > params.invalid_grace => Level::Protected,
        Status::Invalid => Level::ReduceOnly,
    }
}

/// Thresholds at this volatility over the window.
fn scaled(table: &Thresholds, sigma: Ratio) -> Result<Thresholds, OutOfRange> {
    let row = |enter: Option<Ratio>, k| {
        enter
            .map(|enter| jump::threshold(enter, sigma, k))
            .transpose()
    };
    Ok(Thresholds {
        guarded: row(table.guarded, jump::GUARDED)?,
        reduce_only: row(table.reduce_only, jump::REDUCE_ONLY)?,
        protected: row(table.protected, jump::PROTECTED)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(status: Status) -> FeedReading {
        FeedReading {
            feed: "eth-usd".into(),
            round: 1,
            time: 1_000,
            status,
            dispersion: Ratio::ZERO,
            jump: Ratio::ZERO,
            sigma: Ratio::ZERO,
            lateness: Ratio::ONE,
            variance: Ratio::ONE,
            depeg: None,
        }
    }

    #[test]
    fn the_status_says_the_level_and_only_a_long_invalid_is_protected() {
        let level = |status, since: Option<u64>, now| {
            let heard = Heard {
                invalid_since: since,
                ..Heard::default()
            };
            evidence(&reading(status), &heard, now, &Params::default()).unwrap()[0]
                .demand
                .level()
        };
        let rows = [
            (Status::Valid, None, 1_000, Level::Normal),
            (Status::Degraded, None, 1_000, Level::Guarded),
            (Status::Uncertain, None, 1_000, Level::ReduceOnly),
            (Status::Stale, None, 1_000, Level::ReduceOnly),
            (Status::Invalid, Some(1_000), 1_000, Level::ReduceOnly),
            (Status::Invalid, Some(1_000), 1_300, Level::ReduceOnly),
            (Status::Invalid, Some(1_000), 1_301, Level::Protected),
        ];
        for (status, since, now, expected) in rows {
            assert_eq!(level(status, since, now), expected, "{status:?} at {now}");
        }
    }

    #[test]
    fn jump_thresholds_follow_volatility_between_their_clamps() {
        let guarded = |sigma| scaled(&Params::default().jump, sigma).unwrap().guarded;
        assert_eq!(guarded(Ratio::ZERO), Some(Ratio::bps(150)));
        assert_eq!(guarded(Ratio::bps(20)), Some(Ratio::bps(240)));
        assert_eq!(guarded(Ratio::percent(5)), Some(Ratio::bps(500)));
    }

    proptest! {
        #[test]
        fn scaled_thresholds_stay_ordered_and_rise_with_volatility(a in 0_u64..2_000, b in 0_u64..2_000) {
            let table = Params::default().jump;
            let at = |bps| {
                let t = scaled(&table, Ratio::bps(bps)).unwrap();
                [t.guarded, t.reduce_only, t.protected].map(Option::unwrap)
            };
            let (low, high) = (at(a.min(b)), at(a.max(b)));
            for row in [low, high] {
                prop_assert!(row[0] <= row[1] && row[1] <= row[2]);
            }
            prop_assert!(low.iter().zip(high).all(|(l, h)| *l <= h));
        }
    }
}
