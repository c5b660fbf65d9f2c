//! Every way a feed can be wrong.
#![allow(clippy::arithmetic_side_effects)]

use super::*;

fn good() -> FeedSetup {
    let source = |name: &str| SourceSetup::reporter(name.into(), 60);
    FeedSetup {
        feed: "eth-usd".into(),
        sources: vec![source("a"), source("b"), source("c")],
        params: FeedParams::major(),
    }
}

fn pyth(n: u64) -> SourceSetup {
    SourceSetup {
        origin: Origin::Pyth {
            contract: "pyth".into(),
            id: format!("{n:064x}"),
        },
        ..SourceSetup::reporter(String::new(), 60)
    }
}

fn anchors(count: u64) -> Vec<SourceSetup> {
    let anchor = |n| SourceSetup {
        tier: Tier::Anchor,
        ..pyth(n)
    };
    (100..100 + count).map(anchor).collect()
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
    let table: [(Change, &str, u64); 26] = [
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
        (|s| s.sources[1].expected_gap = 0, "source expected_gap", 0),
        (
            |s| s.sources[1].expected_gap = 604_801,
            "source expected_gap",
            604_801,
        ),
        (|s| s.params.expected_gap = 0, "expected_gap", 0),
        (|s| s.params.expected_gap = 86_401, "expected_gap", 86_401),
        (|s| s.sources.extend(anchors(1)), "anchors", 1),
        (|s| s.sources.extend(anchors(4)), "anchors", 4),
        // Anchors do not make up for missing primary sources.
        (
            |s| {
                s.sources[1..]
                    .iter_mut()
                    .for_each(|s| s.tier = Tier::Anchor)
            },
            "sources",
            1,
        ),
        (
            |s| {
                s.sources = vec![
                    pyth(0),
                    pyth(1),
                    pyth(2),
                    pyth(3),
                    pyth(4),
                    pyth(5),
                    pyth(6),
                ];
                s.sources.extend(anchors(2));
            },
            "asked sources",
            9,
        ),
        (
            |s| {
                s.sources[0].origin = Origin::Chainlink {
                    contract: "c".into(),
                    decimals: 19,
                }
            },
            "decimals",
            19,
        ),
        (
            |s| {
                s.sources.extend(anchors(2));
                s.params.min_sources = 4;
                s.params.preferred_sources = 4;
            },
            "min_sources",
            4,
        ),
    ];
    for (change, field, value) in table {
        assert_eq!(number_of(&wrong(change)), (field, value));
    }
}

#[test]
fn fractions_have_bounds() {
    type Change = fn(&mut FeedSetup);
    let table: [(Change, &str); 8] = [
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
        (|s| s.params.anchor_band = Ratio::ZERO, "anchor_band"),
        (
            |s| s.params.anchor_band = Ratio::percent(101),
            "anchor_band",
        ),
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
            voice: "c".into(),
            weight: 2,
            total: 4
        }
    );
    // Each tier by itself.
    assert_eq!(
        wrong(|s| {
            s.sources.extend(anchors(3));
            s.sources[3].weight = 2;
        }),
        SetupError::Weight {
            voice: "pyth".into(),
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
fn an_origin_stands_for_one_source() {
    let same = |voice: &str| SetupError::SameOrigin {
        voice: voice.into(),
    };
    let reporter = wrong(|s| s.sources[2].origin = s.sources[0].origin.clone());
    assert_eq!(reporter, same("a"));
    let twice = wrong(|s| s.sources.extend([pyth(1), pyth(1)]));
    assert_eq!(twice, same("pyth"));
    let mut two = good();
    two.sources.extend([pyth(1), pyth(2)]);
    assert_eq!(check(&two), Ok(()));
}

#[test]
fn what_is_asked_for_has_a_name() {
    let contract = || "c".to_owned();
    let pyth = |id: &str| Origin::Pyth {
        contract: contract(),
        id: id.into(),
    };
    let band = |base: &str, quote: &str| Origin::Band {
        contract: contract(),
        base: base.into(),
        quote: quote.into(),
    };
    let feed = |feed: &str| Origin::Feed {
        contract: contract(),
        feed: feed.into(),
    };
    let hex = "63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3";
    let with = |origin| {
        let mut setup = good();
        setup.sources[0].origin = origin;
        check(&setup)
    };
    for origin in [pyth(hex), band("BTC", "USD"), feed("eth-usd")] {
        assert_eq!(with(origin), Ok(()));
    }
    let table = [
        (pyth(""), ""),
        (pyth("63f3"), "63f3"),
        (pyth(&hex.to_uppercase()), &hex.to_uppercase()),
        (
            pyth(&format!("0x{}", &hex[2..])),
            &format!("0x{}", &hex[2..]),
        ),
        (band("", "USD"), ""),
        (band("BTC", "U/D"), "U/D"),
        (feed("ETH/USD"), "ETH/USD"),
    ];
    for (origin, name) in table {
        let error = SetupError::Name {
            voice: contract(),
            name: name.into(),
        };
        assert_eq!(with(origin), Err(error));
    }
}

#[test]
fn the_oracle_does_not_vouch_for_itself() {
    let this = cosmwasm_std::testing::MockApi::default().addr_make("this");
    let mut setup = good();
    assert_eq!(not_itself(&setup, &this), Ok(()));
    setup.sources[0].origin = Origin::Feed {
        contract: this.to_string(),
        feed: "eth-usd".into(),
    };
    assert_eq!(not_itself(&setup, &this), Err(SetupError::Itself));
}
