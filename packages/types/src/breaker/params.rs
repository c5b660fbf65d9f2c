//! Settings of the breaker.

use cosmwasm_schema::cw_serde;

use crate::Ratio;

/// Where a reason enters each level; `None` never does. Exit is 0.65 of enter.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Thresholds {
    /// Guarded from here.
    pub guarded: Option<Ratio>,
    /// ReduceOnly from here.
    pub reduce_only: Option<Ratio>,
    /// Protected from here.
    pub protected: Option<Ratio>,
}

/// For how long the chain stands still where each level is entered, seconds. Exit is 0.65 of enter.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Gaps {
    /// Guarded from here.
    pub guarded: u64,
    /// ReduceOnly from here.
    pub reduce_only: u64,
    /// Protected from here.
    pub protected: u64,
}

/// How long a level is held at least, seconds.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Dwell {
    /// At Guarded.
    pub guarded: u64,
    /// At ReduceOnly.
    pub reduce_only: u64,
    /// At Protected.
    pub protected: u64,
}

/// Settings of the breaker.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct Params {
    /// Source dispersion.
    pub dispersion: Thresholds,
    /// Confirmed jump against the five-minute average, before scaling with volatility.
    pub jump: Thresholds,
    /// Gaps between rounds over the expected ones.
    pub lateness: Thresholds,
    /// Fast variance over slow variance; never above Guarded.
    pub variance: Thresholds,
    /// A settlement asset's distance from its peg, before scaling with volatility.
    pub depeg: Thresholds,
    /// How long Invalid may last before Protected, seconds.
    pub invalid_grace: u64,
    /// Net outflow requested in an hour over what is held.
    pub outflow_hour: Thresholds,
    /// The same in a day.
    pub outflow_day: Thresholds,
    /// Insurance fund over the bad debt of a sudden move: entered *below*; exit is enter over 0.65.
    pub cover: Thresholds,
    /// Liquidations waiting over what may pass in a minute.
    pub backlog: Thresholds,
    /// Traders' net gain over the vault's cash.
    pub gain: Thresholds,
    /// Failed or unanswered calls over the last ten.
    pub module_fault: Thresholds,
    /// How long the chain stood still.
    pub block_gap: Gaps,
    /// A lapse longer than this is a module fault when it ends, seconds.
    pub lapse: u64,
    /// Good readings to fall one level.
    pub good_readings: u32,
    /// Good readings count when this far apart, seconds.
    pub reading_gap: u64,
    /// Dwell before falling from each level.
    pub dwell: Dwell,
    /// How often a dwell may double.
    pub max_doublings: u32,
    /// A re-trip counts as recent for this long after the last fall, seconds.
    pub retrip_window: u64,
    /// Length of a lease, seconds.
    pub lease: u64,
    /// Leases pushed per report at most.
    pub push_limit: u32,
    /// How long each step of a reopening lasts, seconds.
    pub reopen_step: u64,
}

impl Default for Params {
    fn default() -> Self {
        let rows = |g, r, p| Thresholds {
            guarded: Some(Ratio::bps(g)),
            reduce_only: Some(Ratio::bps(r)),
            protected: Some(Ratio::bps(p)),
        };
        let guarded = |g| Thresholds {
            guarded: Some(Ratio::bps(g)),
            reduce_only: None,
            protected: None,
        };
        Self {
            dispersion: rows(100, 250, 500),
            jump: rows(500, 1_000, 2_500),
            lateness: Thresholds {
                protected: None,
                ..rows(30_000, 60_000, 0)
            },
            variance: guarded(40_000),
            depeg: rows(100, 300, 800),
            invalid_grace: 300,
            outflow_hour: guarded(1_000),
            outflow_day: guarded(2_500),
            cover: rows(15_000, 10_000, 2_500),
            backlog: rows(5_000, 10_000, 30_000),
            gain: rows(7_000, 8_500, 10_000),
            module_fault: Thresholds {
                protected: None,
                ..rows(3_000, 6_000, 0)
            },
            block_gap: Gaps {
                guarded: 60,
                reduce_only: 300,
                protected: 1_800,
            },
            lapse: 900,
            good_readings: 3,
            reading_gap: 30,
            dwell: Dwell {
                guarded: 300,
                reduce_only: 900,
                protected: 3_600,
            },
            max_doublings: 4,
            retrip_window: 86_400,
            lease: 900,
            push_limit: 4,
            reopen_step: 900,
        }
    }
}
