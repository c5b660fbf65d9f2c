//! Properties of settlement.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;
use crate::{
    ledger::{Book, Position},
    units::{PerUnit, Size, E18},
};

const UNIT: i128 = 1_000_000_000_000;
const USD: i128 = 1_000_000;

fn raw(a: Amount) -> i128 {
    a.0.i128()
}

fn loose(size: i128, cost: i128, margin: i128) -> Loose {
    Loose {
        size: Size::raw(size * UNIT),
        cost: Amount::raw(cost * USD),
        margin: Amount::raw(margin * USD),
    }
}

fn at(usd: u128) -> Price {
    Price::raw(usd * E18)
}

fn count(price: Price, positions: &[(Loose, Amount)]) -> Tally {
    let start = Tally::at(price);
    let add = |t: Tally, (l, owed): &(Loose, Amount)| t.with(*l, *owed).unwrap();
    positions.iter().fold(start, add)
}

#[test]
fn margins_are_whole_and_gains_share_what_losers_had() {
    // One unit each from 100 to 150; the short had 30 behind a loss of 50, the vault nothing.
    let (long, short) = (loose(1, 100, 20), loose(-1, -100, 30));
    let tally = count(at(150), &[(long, Amount::ZERO), (short, Amount::ZERO)]);
    assert_eq!(tally.gains, Amount::raw(50 * USD));
    assert_eq!(tally.collected, Amount::raw(30 * USD));
    assert_eq!(tally.debt, Amount::raw(20 * USD));
    let terms = tally.terms(Amount::ZERO, Amount::raw(10 * USD)).unwrap();
    assert_eq!(terms.gains, Ratio::percent(80));
    assert_eq!(terms.margins, Ratio::ONE);
    assert_eq!(terms.insurance, Amount::raw(10 * USD));
    let paid = terms.payout(long).unwrap();
    assert_eq!(
        (raw(paid.margin), raw(paid.gain), raw(paid.cut)),
        (20 * USD, 40 * USD, 10 * USD)
    );
    let lost = terms.payout(short).unwrap();
    assert_eq!((raw(lost.margin), raw(lost.gain), raw(lost.cut)), (0, 0, 0));
}

#[test]
fn insurance_pays_only_what_is_missing() {
    let tally = count(at(150), &[(loose(1, 100, 20), Amount::ZERO)]);
    let terms = tally
        .terms(Amount::raw(45 * USD), Amount::raw(10 * USD))
        .unwrap();
    assert_eq!(
        (terms.gains, terms.insurance),
        (Ratio::ONE, Amount::raw(5 * USD))
    );
    let rich = tally
        .terms(Amount::raw(60 * USD), Amount::raw(10 * USD))
        .unwrap();
    assert_eq!((rich.gains, rich.insurance), (Ratio::ONE, Amount::ZERO));
}

#[test]
fn queued_profit_that_was_not_ready_shares_the_cut() {
    let tally = count(at(150), &[(loose(1, 100, 20), Amount::ZERO)]);
    let tally = tally.with_queued(Amount::raw(30 * USD)).unwrap();
    // 10 in the vault, 30 from the queue, 80 claimed.
    let terms = tally.terms(Amount::raw(40 * USD), Amount::ZERO).unwrap();
    assert_eq!(terms.gains, Ratio::percent(50));
    assert_eq!(
        terms.queued(Amount::raw(30 * USD)),
        Ok(Amount::raw(15 * USD))
    );
    assert_eq!(tally.with_queued(Amount::raw(-1)), Err(OutOfRange));
}

#[test]
fn a_debt_of_funding_takes_gain_and_only_then_the_vault() {
    let stake = |l| Stake::of(l, at(150)).unwrap();
    let part = stake(loose(1, 100, -20));
    assert_eq!(
        (raw(part.margin), raw(part.gain), raw(part.taken)),
        (0, 30 * USD, -20 * USD)
    );
    let gone = stake(loose(1, 100, -70));
    assert_eq!(
        (raw(gone.margin), raw(gone.gain), raw(gone.taken)),
        (0, 0, -70 * USD)
    );
    assert_eq!((part.debt, raw(gone.debt)), (Amount::ZERO, 20 * USD));
}

#[test]
fn where_even_margins_are_not_there_they_share_and_gains_get_nothing() {
    // A winner has left with what this loser never had.
    let (holder, loser) = (loose(1, 150, 40), loose(1, 300, 60));
    let tally = count(at(150), &[(holder, Amount::ZERO), (loser, Amount::ZERO)]);
    let terms = tally
        .terms(Amount::raw(-80 * USD), Amount::raw(10 * USD))
        .unwrap();
    assert_eq!(
        (terms.gains, terms.insurance),
        (Ratio::ONE, Amount::raw(10 * USD))
    );
    assert_eq!(terms.margins, Ratio::percent(75));
    assert_eq!(raw(terms.payout(holder).unwrap().margin), 30 * USD);
}

/// Positions of both sides with funding run up, in books that hold `cash`.
fn market() -> impl Strategy<Value = (Book, Vec<Position>)> {
    let one = (-900i128..900, 1_000i128..3_000, 0i128..200_000);
    (
        prop::collection::vec(one, 1..8),
        -50_000i128..900_000,
        -90i128..90,
    )
        .prop_map(|(rows, cash, f)| {
            let mut book = Book::empty().unwrap();
            book.cash = Amount::raw(cash * USD + 3);
            let mut held = vec![];
            for (size, entry, margin) in rows.into_iter().filter(|r| r.0 != 0) {
                let l = Loose {
                    size: Size::raw(size * UNIT + 7),
                    cost: Amount::raw(size * entry * USD + 1),
                    margin: Amount::raw(margin * USD + 5),
                };
                held.push(book.put(l).unwrap());
            }
            book.funding =
                PerUnit(cosmwasm_std::Int256::from(f) * cosmwasm_std::Int256::from(10u128.pow(36)));
            (book, held)
        })
}

proptest! {
    #[test]
    fn never_more_than_there_is_and_hardly_less(
        (book, held) in market(), price in 500u128..4_000, insurance in 0i128..100_000, turn in 0usize..8,
    ) {
        let insurance = Amount::raw(insurance * USD);
        let now = |p: &Position| p.synced(book.side(p.side().unwrap()), book.funding).unwrap();
        let mut positions: Vec<_> = held.iter().map(now).collect();
        let tally = count(at(price), &positions);
        let terms = tally.terms(book.cash, insurance).unwrap();

        let paid: Vec<_> = positions.iter().map(|(l, _)| terms.payout(*l).unwrap()).collect();
        for ((l, _), p) in positions.iter().zip(&paid) {
            prop_assert!(raw(p.margin) + raw(p.gain) <= raw(l.equity(at(price)).unwrap()).max(0));
        }
        // In whatever order they are counted.
        let turn = turn % positions.len().max(1);
        positions.rotate_left(turn);
        positions.reverse();
        let other = count(at(price), &positions).terms(book.cash, insurance).unwrap();
        prop_assert_eq!(terms, other);

        let stored: i128 = held.iter().map(|p| raw(p.margin)).sum();
        let there = stored + raw(book.cash) + raw(terms.insurance);
        let out: i128 = paid.iter().map(|p| raw(p.margin) + raw(p.gain)).sum();
        prop_assert!(out <= there.max(0), "{out} of {there}");
        prop_assert!(terms.insurance <= insurance);
        if terms.gains < Ratio::ONE || terms.margins < Ratio::ONE {
            // Who is cut gets everything there is, but for a unit each.
            prop_assert_eq!(terms.insurance, insurance);
            prop_assert!(there.max(0) - out <= 2 * i128::try_from(held.len()).unwrap() + 2, "{out} of {there}");
        }
        // Gains bear the lack before any margin does.
        prop_assert!(terms.margins == Ratio::ONE || terms.gains == Ratio::ZERO || tally.gains.is_zero());
    }
}
