//! Funding on the shipped mathematics against an eager model in exact rationals: the rate as it truly moves, to the
//! moment at which it meets its clamp, and the area under it, summed piece by piece and never rounded.
//!
//! One accrual over `t` days rounds, from the same rate, by at most this; both are asserted:
//!
//! | what | at most | why |
//! |---|---|---|
//! | rate | `1e-18 + (t + 2)*1e-36` | cut to 18 places; the pull and its reach are cut to 36 |
//! | integral | `(t^2 + t + 3)*1e-36` | the pull's last place over `t` days, twice integrated; three cuts |
//!
//! Along a sequence what the rate is off by is carried on, and grows by no more than that each time; the integral is
//! off by it for as long as it lasts.

use std::cell::Cell;

use cosmwasm_std::{Int128, SignedDecimal};
use math::{
    funding::Velocity,
    units::{Rate, Ratio, Size},
};
use num_traits::{Signed, Zero};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    cases,
    exact::{int, ten, Exact, Q},
};

const DAY: i128 = 86_400;

impl Exact for Rate {
    fn exact(self) -> Q {
        Q::new(self.0.atomics().i128().into(), ten(18))
    }
}

/// Traders' skew for so long, seconds.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    skew: i128,
    seconds: u64,
}

/// A market's funding: slope and clamp in 18 places, its cap in trillionths, where the rate starts, and what follows.
#[derive(Debug, Clone)]
struct Story {
    slope: u128,
    clamp: u128,
    cap: i128,
    rate: i128,
    stretches: Vec<Stretch>,
}

/// A skew in trillionths, a third of them beyond the cap, some none.
fn stretch(cap: i128) -> impl Strategy<Value = Stretch> {
    let skew = prop_oneof![
        1 => Just(0),
        4 => -cap..=cap,
        2 => -9 * cap..=9 * cap,
        1 => -3i128..=3,
    ];
    let seconds = prop_oneof![1 => Just(0u64), 4 => 1u64..7_200, 4 => 1u64..3_000_000];
    (skew, seconds).prop_map(|(skew, seconds)| Stretch { skew, seconds })
}

fn story() -> impl Strategy<Value = Story> {
    const ONE: u128 = 1_000_000_000_000_000_000;
    let slope = prop_oneof![1 => Just(0), 5 => 1..ONE / 10, 1 => 1u128..1_000];
    let clamp = prop_oneof![1 => Just(0), 6 => 1..ONE / 50, 1 => 1u128..1_000];
    let cap = prop_oneof![1i128..1_000, 1i128..2_000_000_000_000_000];
    (slope, clamp, cap).prop_flat_map(|(slope, clamp, cap)| {
        let most = i128::try_from(clamp).unwrap() + 1;
        let rate = prop_oneof![-most..=most, -9 * most..=9 * most];
        let stretches = prop::collection::vec(stretch(cap), 1..9);
        (rate, stretches).prop_map(move |(rate, stretches)| Story {
            slope,
            clamp,
            cap,
            rate,
            stretches,
        })
    })
}

/// The rate as it truly moves.
struct Model {
    clamp: Q,
    rate: Q,
    /// The area under it so far, in days of it.
    area: Q,
}

impl Model {
    fn at(rate: Q, clamp: Q) -> Self {
        let rate = rate.clamp(-clamp.clone(), clamp.clone());
        let area = Q::zero();
        Self { clamp, rate, area }
    }

    /// It moves by `pull` a day for so many days, or until it meets its clamp, where it stays. Whether it met it on
    /// the way.
    fn moves(&mut self, pull: &Q, days: &Q) -> bool {
        let ends = &self.rate + pull * days;
        let met = ends.abs() > self.clamp;
        let moving = if met {
            let goal = if pull.is_negative() {
                -self.clamp.clone()
            } else {
                self.clamp.clone()
            };
            (goal - &self.rate) / pull
        } else {
            days.clone()
        };
        let next = &self.rate + pull * &moving;
        self.area += (&self.rate + &next) * &moving / int(2) + &next * (days - &moving);
        self.rate = next;
        met
    }
}

/// `10^-places`.
fn last(places: u32) -> Q {
    Q::new(1.into(), ten(places))
}

fn rate_off(days: &Q) -> Q {
    last(18) + (days + int(2)) * last(36)
}

fn area_off(days: &Q) -> Q {
    (days * days + days + int(3)) * last(36)
}

/// What sequences there were, so that none of those that matter is missing.
#[derive(Default)]
struct Seen {
    outside: [Cell<u32>; 2],
    met: [Cell<u32>; 2],
    flat: Cell<u32>,
    free: Cell<u32>,
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

fn told(story: &Story, seen: &Seen) -> Result<(), TestCaseError> {
    let rate = |n: i128| Rate(SignedDecimal::new(Int128::new(n)));
    let clamp = Ratio::raw(story.clamp).exact();
    let mut shipped = rate(story.rate);
    let mut model = Model::at(shipped.exact(), clamp.clone());
    if shipped.exact().abs() > clamp {
        count(&seen.outside[usize::from(story.rate < 0)]);
    }
    let (mut area, mut may, mut area_may) = (Q::zero(), Q::zero(), Q::zero());
    for Stretch { skew, seconds } in &story.stretches {
        let velocity = Velocity {
            slope: Ratio::raw(story.slope),
            clamp: Ratio::raw(story.clamp),
            skew: Size::raw(*skew),
            cap: Size::raw(story.cap),
        };
        let days = Q::new((*seconds).into(), DAY.into());
        let pull = velocity.slope.exact() * velocity.skew.exact() / velocity.cap.exact();
        let got = velocity.accrue(shipped, *seconds).unwrap();

        // From the same rate.
        let mut fresh = Model::at(shipped.exact(), clamp.clone());
        let met = fresh.moves(&pull, &days);
        let off = (got.rate.exact() - &fresh.rate).abs();
        prop_assert!(off <= rate_off(&days), "rate off by {off}");
        let off = (got.ratio.exact() - &fresh.area).abs();
        prop_assert!(off <= area_off(&days), "integral off by {off}");
        prop_assert!(got.rate.exact().abs() <= clamp);

        // All along.
        model.moves(&pull, &days);
        area_may += &may * &days + area_off(&days);
        may += rate_off(&days);
        area += got.ratio.exact();
        prop_assert!((got.rate.exact() - &model.rate).abs() <= may);
        prop_assert!((&area - &model.area).abs() <= area_may);
        shipped = got.rate;
        match (met, pull.is_zero()) {
            (true, _) => count(&seen.met[usize::from(pull.is_negative())]),
            (false, true) => count(&seen.flat),
            (false, false) => count(&seen.free),
        }
    }
    Ok(())
}

#[test]
fn funding_moves_as_the_exact_model_says() {
    let seen = Seen::default();
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(cases(4_000), rng);
    runner.run(&story(), |story| told(&story, &seen)).unwrap();
    let Seen {
        outside,
        met,
        flat,
        free,
    } = &seen;
    for kind in outside.iter().chain(met).chain([flat, free]) {
        assert!(
            kind.get() >= 500,
            "{}: {outside:?} {met:?} {flat:?} {free:?}",
            kind.get()
        );
    }
}

/// By hand: 4 % a day per day at half of the cap is 2 %; from 0 to the clamp of 1 % takes half a day.
#[test]
fn the_moment_of_hitting_the_clamp_is_in_it() {
    for sign in [1, -1] {
        let velocity = Velocity {
            slope: Ratio::percent(4),
            clamp: Ratio::percent(1),
            skew: Size::raw(sign * 500),
            cap: Size::raw(1_000),
        };
        let zero = Rate(SignedDecimal::zero());
        let got = velocity.accrue(zero, 86_400).unwrap();
        // A triangle of half a day, then half a day at 1 %.
        assert_eq!(got.ratio.exact(), Q::new((sign * 75).into(), 10_000.into()));
        assert_eq!(got.rate.exact(), Q::new(sign.into(), 100.into()));
    }
}
