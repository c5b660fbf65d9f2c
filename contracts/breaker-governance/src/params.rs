//! The bounds no settings may leave.

use types::{
    breaker::{Params, Thresholds},
    params::BadParam,
    Ratio,
};

/// Every bound, one row a field.
pub fn check(p: &Params) -> Result<(), BadParam> {
    const ROW: &str = "above 0, at most 10, rising with the level";
    let day = 86_400;
    let rows = [
        (rises(&p.dispersion), "dispersion", ROW),
        (rises(&p.jump), "jump", ROW),
        ((1..=3_600).contains(&p.invalid_grace), "invalid_grace", "1 to 3600 seconds"),
        ((1..=100).contains(&p.good_readings), "good_readings", "1 to 100"),
        ((1..=3_600).contains(&p.reading_gap), "reading_gap", "1 to 3600 seconds"),
        ((1..=day).contains(&p.dwell.guarded), "dwell.guarded", "1 to 86400 seconds"),
        (
            (p.dwell.guarded..=day).contains(&p.dwell.reduce_only),
            "dwell.reduce_only",
            "dwell.guarded to 86400 seconds",
        ),
        (
            (p.dwell.reduce_only..=day).contains(&p.dwell.protected),
            "dwell.protected",
            "dwell.reduce_only to 86400 seconds",
        ),
        (p.max_doublings <= 10, "max_doublings", "at most 10"),
        (p.retrip_window <= 2_592_000, "retrip_window", "at most 2592000 seconds"),
        ((60..=3_600).contains(&p.lease), "lease", "60 to 3600 seconds"),
        ((1..=32).contains(&p.push_limit), "push_limit", "1 to 32"),
    ];
    rows.into_iter()
        .find(|(fits, _, _)| !fits)
        .map_or(Ok(()), |(_, field, why)| Err(BadParam { field, why }))
}

fn rises(t: &Thresholds) -> bool {
    let mut least = Ratio::raw(1);
    [t.guarded, t.reduce_only, t.protected]
        .into_iter()
        .flatten()
        .all(|enter| {
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
        let rows: [(&str, Spoil); 17] = [
            ("dispersion", |p| p.dispersion.guarded = Some(Ratio::ZERO)),
            ("dispersion", |p| p.dispersion.guarded = Some(Ratio::percent(3))),
            ("dispersion", |p| p.dispersion.protected = Some(Ratio::percent(1_001))),
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
