//! Every way a feed can be wrong.

use super::*;

fn good() -> FeedSetup {
    let source = |reporter: &str| SourceSetup {
        reporter: reporter.into(),
        weight: 1,
        max_age: 60,
        max_confidence: Ratio::percent(1),
        group: 0,
    };
    FeedSetup {
        feed: "eth-usd".into(),
        sources: vec![source("a"), source("b"), source("c")],
        params: FeedParams::major(),
    }
}

fn wrong(change: impl Fn(&mut FeedSetup)) -> SetupError {
    let mut setup = good();
    change(&mut setup);
    check(&setup).unwrap_err()
}

fn number_of(error: &SetupError) -> (&'static str, u64) {
    let SetupError::Number { field, value, .. } = error else {
        panic!("{error}");
    };
    (field, *value)
}

#[test]
fn the_defaults_are_acceptable() {
    assert_eq!(check(&good()), Ok(()));
}

#[test]
fn numbers_have_bounds() {
    type Change = fn(&mut FeedSetup);
    let table: [(Change, &str, u64); 16] = [
        (|s| s.sources.clear(), "sources", 0),
        (|s| s.sources.truncate(1), "sources", 1),
        (|s| s.sources = vec![s.sources[0].clone(); 8], "sources", 8),
        (|s| s.sources[1].weight = 0, "weight", 0),
        (|s| s.sources[1].max_age = 0, "source max_age", 0),
        (
            |s| s.sources[1].max_age = 604_801,
            "source max_age",
            604_801,
        ),
        (|s| s.params.min_sources = 0, "min_sources", 0),
        (|s| s.params.min_sources = 1, "min_sources", 1),
        (
            |s| {
                s.sources.truncate(2);
                s.params.min_sources = 3;
            },
            "min_sources",
            3,
        ),
        (|s| s.params.preferred_sources = 1, "preferred_sources", 1),
        (|s| s.params.preferred_sources = 8, "preferred_sources", 8),
        (|s| s.params.max_age = 0, "max_age", 0),
        (|s| s.params.max_age = 86_401, "max_age", 86_401),
        (|s| s.params.max_future = 3_601, "max_future", 3_601),
        (|s| s.params.history = 21_599, "history", 21_599),
        (|s| s.params.history = u64::MAX, "history", u64::MAX),
    ];
    for (change, field, value) in table {
        assert_eq!(number_of(&wrong(change)), (field, value));
    }
}

#[test]
fn fractions_have_bounds() {
    type Change = fn(&mut FeedSetup);
    let table: [(Change, &str); 6] = [
        (
            |s| s.sources[0].max_confidence = Ratio::ZERO,
            "max_confidence",
        ),
        (
            |s| s.sources[0].max_confidence = Ratio::percent(101),
            "max_confidence",
        ),
        (|s| s.params.jump = Ratio::ZERO, "jump"),
        (|s| s.params.jump = Ratio::percent(101), "jump"),
        (|s| s.params.sigma_floor = Ratio::ZERO, "sigma_floor"),
        (|s| s.params.sigma_floor = Ratio::percent(2), "sigma_floor"),
    ];
    for (change, name) in table {
        let error = wrong(change);
        assert!(
            matches!(error, SetupError::Fraction { field, .. } if field == name),
            "{error}"
        );
    }
}

#[test]
fn price_bounds_are_ordered_positive_and_not_absurd() {
    let raw = Price::raw;
    for (lower, upper) in [
        (raw(2), raw(1)),
        (raw(1), raw(1)),
        (raw(0), raw(5)),
        (raw(E18), MAX_PRICE.plus(raw(1)).unwrap()),
        (raw(1), MAX_PRICE),
    ] {
        let error = wrong(|s| {
            s.params.lower_bound = lower;
            s.params.upper_bound = upper;
        });
        assert_eq!(error, SetupError::Bounds { lower, upper });
    }
}

#[test]
fn of_three_or_more_nobody_holds_more_than_a_third() {
    assert_eq!(
        wrong(|s| s.sources[2].weight = 2),
        SetupError::Weight {
            reporter: "c".into(),
            weight: 2,
            total: 4
        }
    );
    let mut two = good();
    two.sources.truncate(2);
    two.sources[0].weight = 1_000;
    assert_eq!(check(&two), Ok(()));
}

#[test]
fn a_reporter_stands_for_one_source() {
    let error = wrong(|s| s.sources[2].reporter = "a".into());
    assert_eq!(
        error,
        SetupError::SameReporter {
            reporter: "a".into()
        }
    );
}
