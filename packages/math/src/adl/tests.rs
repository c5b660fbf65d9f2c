//! Properties of automatic deleveraging.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;
use crate::{
    ledger::{Loose, Position},
    units::Size,
};

const UNIT: i128 = 1_000_000_000_000;
const USD: i128 = 1_000_000;

fn curve() -> Curve {
    Curve {
        cap: Size::raw(1_500 * UNIT),
        scale: Size::raw(150_000 * UNIT),
    }
}

fn usd(cents: u128) -> Price {
    Price::raw(cents * E18 / 100)
}

/// Books with these positions, opened one after the other at 2,000.
fn books(cash: i128, sizes: &[i128]) -> (Book, Vec<Position>) {
    let mut book = Book::empty().unwrap();
    book.cash = Amount::raw(cash);
    let mut held = vec![];
    for by in sizes.iter().copied().filter(|s| *s != 0) {
        let (skew, by) = (book.skew().unwrap(), Size::raw(by));
        let cost = curve().cost(skew, by, usd(200_000)).unwrap();
        let margin = by.notional_up(usd(20_000)).unwrap();
        let loose = Loose {
            size: by,
            cost,
            margin,
        };
        held.push(book.put(loose).unwrap());
    }
    (book, held)
}

/// Raise the cash to where gain/cash is `percent` at this index.
fn set_reading(book: &mut Book, index: Price, percent: i128) {
    let gain = Standing::of(book, index).unwrap().gain;
    book.cash = Amount::raw(gain.0.i128() * 100 / percent)
        .minus(book.owed().unwrap())
        .unwrap();
}

fn scale(outcome: Outcome) -> Step {
    match outcome {
        Outcome::Scale(step) => step,
        other @ (Outcome::Calm | Outcome::Below | Outcome::Exhausted) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn one_winner_is_scaled_to_the_target() {
    // 1,000 units long from 2,000 at a mean premium of a third of a percent; 2,100 now.
    let (mut book, _) = books(0, &[1_000 * UNIT]);
    let index = usd(210_000);
    set_reading(&mut book, index, 90);
    let step = scale(plan(&book, curve(), index).unwrap());
    assert_eq!(step.winners, Winners::One(Side::Long));
    step.apply(&mut book, (curve(), index)).unwrap();
    let reading = Standing::of(&book, index).unwrap().reading();
    assert!(
        reading <= TARGET && reading > Ratio::bps(7_699),
        "{reading:?}"
    );
    assert_eq!(plan(&book, curve(), index), Ok(Outcome::Calm));
}

#[test]
fn calm_books_are_left_alone() {
    let (empty, _) = books(0, &[]);
    assert_eq!(plan(&empty, curve(), usd(200_000)), Ok(Outcome::Calm));
    let (mut book, _) = books(0, &[1_000 * UNIT]);
    set_reading(&mut book, usd(210_000), 84);
    assert_eq!(plan(&book, curve(), usd(210_000)), Ok(Outcome::Calm));
    assert_eq!(plan(&book, curve(), usd(190_000)), Ok(Outcome::Calm));
}

#[test]
fn great_gains_on_both_sides_leave_a_crossing_before_cash_is_gone() {
    // Winners have ten times the cash to get, losers owe almost all of it.
    let (mut book, _) = books(0, &[1_000 * UNIT, -990 * UNIT]);
    let index = usd(300_000);
    set_reading(&mut book, index, 95);
    let long = gain(&book, Side::Long, index).unwrap();
    assert!(long.0.i128() > 10 * book.cash.0.i128());
    let step = scale(plan(&book, curve(), index).unwrap());
    step.apply(&mut book, (curve(), index)).unwrap();
    let after = Standing::of(&book, index).unwrap();
    assert!(after.cash > Amount::ZERO && after.reading() <= TARGET);
}

#[test]
fn what_no_step_can_reach_is_said() {
    // Gains exceed the cash: scaling pays what is not there.
    let (mut book, _) = books(0, &[1_000 * UNIT]);
    let index = usd(210_000);
    set_reading(&mut book, index, 130);
    assert_eq!(plan(&book, curve(), index), Ok(Outcome::Exhausted));
    assert!(Standing::of(&book, index)
        .unwrap()
        .settles(Amount::ZERO)
        .unwrap());
    // What traders owe exceeds what is not there.
    book.cash = Amount::raw(-1_000_000 * USD);
    let down = usd(199_000);
    assert!(matches!(plan(&book, curve(), down), Ok(Outcome::Exhausted)));
}

#[test]
fn where_both_sides_gain_and_one_is_not_enough_both_are_scaled() {
    // Longs from 2,000, shorts from 2,800, alike in gain at 2,400: the vault has lost to both.
    let (mut book, _) = books(0, &[1_000 * UNIT]);
    let short = Loose {
        size: Size::raw(-1_000 * UNIT),
        cost: Amount::raw(-2_800_000 * USD),
        margin: Amount::raw(300_000 * USD),
    };
    book.put(short).unwrap();
    let index = usd(240_000);
    set_reading(&mut book, index, 95);
    let step = scale(plan(&book, curve(), index).unwrap());
    assert_eq!(step.winners, Winners::Both);
    let cleared = step.apply(&mut book, (curve(), index)).unwrap();
    assert_eq!(cleared.len(), 2);
    let reading = Standing::of(&book, index).unwrap().reading();
    assert!(
        reading <= TARGET && reading > Ratio::bps(7_699),
        "{reading:?}"
    );
    // A little above the trigger one side is enough, and only it is scaled.
    set_reading(&mut book, index, 86);
    let step = scale(plan(&book, curve(), index).unwrap());
    assert_eq!(step.winners, Winners::One(Side::Short));
}

#[test]
fn a_scale_worn_down_says_so() {
    let (mut book, _) = books(0, &[1_000 * UNIT, 3 * UNIT]);
    let index = usd(300_000);
    book.long.scale = LEAST_SCALE;
    book.long.shares =
        Int256::from(1_000i128) * Int256::from(10i128.pow(36)) * Int256::from(10i128.pow(12));
    book.long.cost =
        Int256::from(2_000_000i128) * Int256::from(10i128.pow(36)) * Int256::from(10i128.pow(12));
    set_reading(&mut book, index, 90);
    assert_eq!(plan(&book, curve(), index), Ok(Outcome::Below));
    book.long.scale = LEAST_SCALE * Uint256::from(4u128);
    set_reading(&mut book, index, 90);
    assert!(matches!(plan(&book, curve(), index), Ok(Outcome::Scale(_))));
}

#[test]
fn readings_where_cash_is_not_positive() {
    let at = |gain, cash| {
        let (gain, cash) = (Amount::raw(gain), Amount::raw(cash));
        Standing { gain, cash }.reading()
    };
    assert_eq!(at(0, 0), Ratio::ZERO);
    assert_eq!(at(-20, -10), Ratio::ZERO);
    assert_eq!(at(-10, 5), Ratio::ZERO);
    assert_eq!(at(1, 0), Ratio(Decimal::MAX));
    assert_eq!(at(-10, -20), Ratio(Decimal::MAX));
    assert_eq!(at(85, 100), Ratio::percent(85));
    assert_eq!(at(1, 3), Ratio::raw(333_333_333_333_333_334));
}

proptest! {
    #[test]
    fn a_step_improves_and_never_overshoots(
        sizes in prop::collection::vec(-700i128..700, 1..6), cents in 100_000u128..400_000, reading in 86i128..100,
        funding in -5_000i128..5_000,
    ) {
        let sizes: Vec<i128> = sizes.into_iter().map(|s| s * UNIT).collect();
        let (mut book, _) = books(0, &sizes);
        let index = usd(cents);
        book.funding = PerUnit(Int256::from(funding) * Int256::from(10u128.pow(33)));
        let gain = Standing::of(&book, index).unwrap().gain;
        prop_assume!(gain > Amount::raw(USD));
        set_reading(&mut book, index, reading);
        let before = Standing::of(&book, index).unwrap();
        let outcome = plan(&book, curve(), index).unwrap();
        if let Outcome::Scale(step) = outcome {
            prop_assert_eq!(plan(&book, curve(), index).unwrap(), outcome, "the same again");
            let sides = step.winners.sides().iter();
            let whole = sides.fold(Size::ZERO, |sum, s| {
                sum.plus(book.side(*s).size().unwrap().abs().unwrap()).unwrap()
            });
            step.apply(&mut book, (curve(), index)).unwrap();
            let after = Standing::of(&book, index).unwrap();
            prop_assert!(after.reading() < before.reading());
            prop_assert!(after.reading() <= TARGET);
            prop_assert!(after.cash > Amount::ZERO);
            // One step of `keep` is a quintillionth of the side; the rest are roundings.
            let step = whole.value(index, Round::Up).unwrap().0.i128() / 1_000_000_000_000_000;
            let missing = after.cash.share_up(TARGET).unwrap().minus(after.gain).unwrap();
            prop_assert!(missing <= Amount::raw(step + 12), "{missing:?} below the target");
        } else {
            // Only where the premium of closing is more than what cash exceeds the gain by.
            let spread = curve().max_premium().unwrap();
            let most = whole_notional(&book, index).share_up(spread).unwrap();
            let free = before.cash.minus(before.gain).unwrap();
            prop_assert!(matches!(outcome, Outcome::Exhausted) && most >= free, "{outcome:?} {before:?}");
        }
    }

    #[test]
    fn the_worse_the_reading_the_less_is_kept(size in 100i128..1_400, cents in 205_000u128..400_000) {
        let (mut book, _) = books(0, &[size * UNIT]);
        let index = usd(cents);
        let mut kept = Ratio::ONE;
        for percent in [86, 88, 90, 92] {
            set_reading(&mut book, index, percent);
            if let Outcome::Scale(step) = plan(&book, curve(), index).unwrap() {
                prop_assert!(step.keep < kept);
                kept = step.keep;
            }
        }
    }
}

fn whole_notional(book: &Book, index: Price) -> Amount {
    let longs = book.long.size().unwrap().notional_up(index).unwrap();
    longs
        .plus(book.short.size().unwrap().notional_up(index).unwrap())
        .unwrap()
}
