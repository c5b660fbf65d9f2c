//! The bounds no settings may leave.

use types::{
    breaker::{Gaps, Params, Thresholds},
    params::BadParam,
    Ratio,
};

/// Whether a field fits, its name, and what it must be.
type Row = (bool, &'static str, &'static str);

const DAY: u64 = 86_400;

/// Every bound, one row a field.
pub fn check(p: &Params) -> Result<(), BadParam> {
    evidence(p)
        .into_iter()
        .chain(books(p))
        .chain(healing(p))
        .chain(leases(p))
        .find(|(fits, _, _)| !fits)
        .map_or(Ok(()), |(_, field, why)| Err(BadParam { field, why }))
}

const RISING: &str = "above 0, at most 10, rising with the level";

fn evidence(p: &Params) -> [Row; 6] {
    let grace = (1..=3_600).contains(&p.invalid_grace);
    [
        (rises(&p.dispersion), "dispersion", RISING),
        (rises(&p.jump), "jump", RISING),
        (rises(&p.lateness), "lateness", RISING),
        (
            rises(&p.variance) && p.variance.reduce_only.or(p.variance.protected).is_none(),
            "variance",
            "above 0, at most 10, never above Guarded",
        ),
        (rises(&p.depeg), "depeg", RISING),
        (grace, "invalid_grace", "1 to 3600 seconds"),
    ]
}

fn books(p: &Params) -> [Row; 6] {
    let share = rises(&p.module_fault) && greatest(&p.module_fault) <= Ratio::ONE;
    [
        (rises(&p.outflow_hour), "outflow_hour", RISING),
        (rises(&p.outflow_day), "outflow_day", RISING),
        (
            falls(&p.cover),
            "cover",
            "above 0, at most 10, falling with the level",
        ),
        (rises(&p.backlog), "backlog", RISING),
        (rises(&p.gain), "gain", RISING),
        (
            share,
            "module_fault",
            "above 0, at most 1, rising with the level",
        ),
    ]
}

fn healing(p: &Params) -> [Row; 7] {
    let good = (1..=100).contains(&p.good_readings);
    let gap = (1..=3_600).contains(&p.reading_gap);
    let guarded = (1..=DAY).contains(&p.dwell.guarded);
    let reduce_only = (p.dwell.guarded..=DAY).contains(&p.dwell.reduce_only);
    let protected = (p.dwell.reduce_only..=DAY).contains(&p.dwell.protected);
    let window = p.retrip_window <= 2_592_000;
    [
        (good, "good_readings", "1 to 100"),
        (gap, "reading_gap", "1 to 3600 seconds"),
        (guarded, "dwell.guarded", "1 to 86400 seconds"),
        (
            reduce_only,
            "dwell.reduce_only",
            "dwell.guarded to 86400 seconds",
        ),
        (
            protected,
            "dwell.protected",
            "dwell.reduce_only to 86400 seconds",
        ),
        (p.max_doublings <= 10, "max_doublings", "at most 10"),
        (window, "retrip_window", "at most 2592000 seconds"),
    ]
}

fn leases(p: &Params) -> [Row; 5] {
    let lease = (60..=3_600).contains(&p.lease);
    let Gaps {
        guarded,
        reduce_only,
        protected,
    } = p.block_gap;
    let gaps = 10 <= guarded && guarded <= reduce_only && reduce_only <= protected;
    let gaps = gaps && protected <= DAY;
    // What the oracle allows a report to cost has room for this many, with the engine dead.
    let limit = (1..=4).contains(&p.push_limit);
    [
        (lease, "lease", "60 to 3600 seconds"),
        (limit, "push_limit", "1 to 4"),
        (
            (60..=DAY).contains(&p.lapse),
            "lapse",
            "60 to 86400 seconds",
        ),
        (
            (60..=DAY).contains(&p.reopen_step),
            "reopen_step",
            "60 to 86400 seconds",
        ),
        (
            gaps,
            "block_gap",
            "10 to 86400 seconds, rising with the level",
        ),
    ]
}

fn rises(t: &Thresholds) -> bool {
    ordered(given(t))
}

fn falls(t: &Thresholds) -> bool {
    ordered(given(t).rev())
}

fn given(t: &Thresholds) -> impl DoubleEndedIterator<Item = Ratio> {
    [t.guarded, t.reduce_only, t.protected]
        .into_iter()
        .flatten()
}

/// The greatest enter mark.
fn greatest(t: &Thresholds) -> Ratio {
    given(t).max().unwrap_or(Ratio::ZERO)
}

fn ordered(mut enters: impl Iterator<Item = Ratio>) -> bool {
    let mut least = Ratio::raw(1);
    enters.all(|enter| {
        let fits = enter >= least && enter <= Ratio::percent(1_000);
        least = enter;
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_bounds() {
        assert_eq!(check(&Params::default()), Ok(()));
    }

    #[test]
    fn every_field_has_bounds_and_names_itself() {
        type Spoil = fn(&mut Params);
        let rows: [(&str, Spoil); 40] = [
            ("dispersion", |p| p.dispersion.guarded = Some(Ratio::ZERO)),
            ("dispersion", |p| {
                p.dispersion.guarded = Some(Ratio::percent(3))
            }),
            ("dispersion", |p| {
                p.dispersion.protected = Some(Ratio::percent(1_001))
            }),
            ("jump", |p| p.jump.protected = Some(Ratio::percent(1))),
            ("invalid_grace", |p| p.invalid_grace = 0),
            ("good_readings", |p| p.good_readings = 0),
            ("good_readings", |p| p.good_readings = 101),
            ("reading_gap", |p| p.reading_gap = 0),
            ("dwell.guarded", |p| p.dwell.guarded = 0),
            ("dwell.reduce_only", |p| p.dwell.reduce_only = 299),
            ("dwell.protected", |p| p.dwell.protected = 899),
            ("dwell.protected", |p| p.dwell.protected = 86_401),
            ("max_doublings", |p| p.max_doublings = 11),
            ("retrip_window", |p| p.retrip_window = 2_592_001),
            ("lease", |p| p.lease = 59),
            ("lease", |p| p.lease = 3_601),
            ("push_limit", |p| p.push_limit = 0),
            ("push_limit", |p| p.push_limit = 5),
            ("lateness", |p| {
                p.lateness.reduce_only = Some(Ratio::percent(299))
            }),
            ("variance", |p| {
                p.variance.reduce_only = Some(Ratio::percent(500))
            }),
            ("variance", |p| {
                p.variance.protected = Some(Ratio::percent(500))
            }),
            ("variance", |p| p.variance.guarded = Some(Ratio::ZERO)),
            ("depeg", |p| p.depeg.protected = Some(Ratio::percent(2))),
            ("outflow_hour", |p| {
                p.outflow_hour.guarded = Some(Ratio::ZERO)
            }),
            ("outflow_day", |p| {
                p.outflow_day.reduce_only = Some(Ratio::percent(24))
            }),
            ("cover", |p| p.cover.guarded = Some(Ratio::percent(99))),
            ("cover", |p| p.cover.protected = Some(Ratio::percent(101))),
            ("cover", |p| p.cover.protected = Some(Ratio::ZERO)),
            ("backlog", |p| p.backlog.guarded = Some(Ratio::percent(101))),
            ("gain", |p| p.gain.protected = Some(Ratio::percent(84))),
            ("module_fault", |p| {
                p.module_fault.protected = Some(Ratio::percent(101))
            }),
            ("module_fault", |p| {
                p.module_fault.guarded = Some(Ratio::percent(61))
            }),
            ("block_gap", |p| p.block_gap.guarded = 9),
            ("block_gap", |p| p.block_gap.reduce_only = 59),
            ("block_gap", |p| p.block_gap.protected = 299),
            ("block_gap", |p| p.block_gap.protected = 86_401),
            ("lapse", |p| p.lapse = 59),
            ("lapse", |p| p.lapse = 86_401),
            ("reopen_step", |p| p.reopen_step = 59),
            ("reopen_step", |p| p.reopen_step = 86_401),
        ];
        for (field, spoil) in rows {
            let mut p = Params::default();
            spoil(&mut p);
            assert_eq!(check(&p).map_err(|e| e.field), Err(field));
        }
    }

    #[test]
    fn a_level_may_be_left_out_and_the_rest_still_rises() {
        let mut p = Params::default();
        p.jump.reduce_only = None;
        assert_eq!(check(&p), Ok(()));
        p.jump.protected = Some(Ratio::percent(4));
        assert_eq!(check(&p).map_err(|e| e.field), Err("jump"));
    }
}
