#![allow(clippy::arithmetic_side_effects)]

use cosmwasm_std::{testing::mock_dependencies, Uint128};
use math::units::{Amount, Price, Side, Size};
use proptest::prelude::*;
use types::engine::Order;

use super::books::Books;
use crate::{
    cli::RunArgs,
    plan::Plan,
    testing::cents,
    venue::{No, Person, Venue},
};

const USD: i128 = 1_000_000;
const UNIT: u128 = 1_000_000_000_000;

/// Ten million in the vault, half a million insured, one unit at a hundred dollars.
fn books() -> Books {
    let plan = Plan::load(&RunArgs::default()).unwrap();
    let mut books = Books::open(&plan).unwrap();
    books.print = Some(cents(10_000));
    books
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        addr: mock_dependencies().api.addr_make(name),
    }
}

fn usd(dollars: i128) -> Amount {
    Amount::raw(dollars * USD)
}

fn enter(
    books: &mut Books,
    who: &str,
    side: Side,
    (units, margin): (u128, u128),
) -> Result<u64, No> {
    let order = Order::Increase {
        side,
        size: Uint128::new(units * UNIT),
        margin: Uint128::new(margin * 1_000_000),
    };
    books.place(&person(who), order)
}

fn opened(books: &mut Books, who: &str, side: Side, terms: (u128, u128)) {
    books.bring(&person(who), usd(1_000_000)).unwrap();
    enter(books, who, side, terms).unwrap();
}

fn close(books: &mut Books, who: &str, side: Side) -> Result<u64, No> {
    books.place(&person(who), Order::Close { side })
}

#[test]
fn a_trade_fills_at_once_at_the_print_and_costs_its_fees() {
    let mut books = books();
    opened(&mut books, "ann", Side::Long, (100, 1_000));
    // 5 bp of 10,000 dollars.
    assert_eq!(books.free(&person("ann")), usd(1_000_000 - 1_000 - 5));
    books.print = Some(cents(11_000));
    close(&mut books, "ann", Side::Long).unwrap();
    // A gain of 1,000 less 3 bp of 11,000.
    let fees = Amount::raw(5 * USD + 3_300_000);
    let want = usd(1_001_000).minus(fees).unwrap();
    assert_eq!(books.free(&person("ann")), want);
    assert_eq!(books.held(&person("ann")), None);
    assert_eq!(books.heard().len(), 4);
}

#[test]
fn what_is_below_its_maintenance_is_liquidated_whole_and_nothing_else() {
    let mut books = books();
    opened(&mut books, "ann", Side::Long, (100, 1_000));
    opened(&mut books, "bob", Side::Short, (100, 1_000));
    // Equity 250 of 9,250: above 2.5 %.
    books.print = Some(cents(9_250));
    assert!(books.liquidate(50).unwrap().is_empty());
    books.print = Some(cents(9_200));
    let done = books.liquidate(50).unwrap();
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].what.account, person("ann").addr);
    assert_eq!(done[0].what.bad_debt, Amount::ZERO);
    // 200 left, less half a percent of 9,200.
    assert_eq!(
        books.free(&person("ann")),
        usd(1_000_000 - 1_000 - 5 + 200 - 46)
    );
    assert!(books.held(&person("bob")).is_some());
}

#[test]
fn a_loss_beyond_margin_eats_insurance_then_the_vault() {
    let mut books = books();
    opened(&mut books, "ann", Side::Long, (90_000, 500_000));
    let (cash, insurance) = (books.cash, books.insurance);
    // A loss of 1.8 million on a margin of half a million, against an insurance of as much and the fee's part.
    books.print = Some(cents(8_000));
    books.liquidate(50).unwrap();
    assert_eq!(books.insurance, Amount::ZERO);
    assert_eq!(books.bad_debt.insurance, insurance);
    let vault = usd(1_300_000).minus(insurance).unwrap();
    assert_eq!(books.bad_debt.vault, vault);
    let want = cash.plus(usd(500_000)).unwrap().plus(insurance).unwrap();
    assert_eq!(books.cash, want);
}

#[test]
fn it_is_insolvent_when_winners_are_owed_more_than_there_is() {
    let mut books = books();
    opened(&mut books, "ann", Side::Long, (90_000, 500_000));
    books.print = Some(cents(20_000));
    assert!(books.lack().unwrap() < Amount::ZERO);
    books.print = Some(cents(22_000));
    assert!(books.lack().unwrap() > Amount::ZERO);
    let No(why) = close(&mut books, "ann", Side::Long).unwrap_err();
    assert_eq!(why, "the coins are not there");
    books.print = Some(cents(20_000));
    close(&mut books, "ann", Side::Long).unwrap();
}

#[test]
fn refusals_change_nothing() {
    let mut books = books();
    opened(&mut books, "ann", Side::Long, (100, 1_000));
    let state = books.held(&person("ann"));
    let free = books.free(&person("ann"));
    let tries = [
        (
            enter(&mut books, "ann", Side::Short, (1, 100)),
            "there is no position of that side",
        ),
        (
            enter(&mut books, "ann", Side::Long, (1, 2_000_000)),
            "not enough free money",
        ),
        (
            enter(&mut books, "ann", Side::Long, (200_000, 900_000)),
            "the side is full",
        ),
        (
            enter(&mut books, "ann", Side::Long, (50_000, 1_000)),
            "not enough margin",
        ),
        (
            close(&mut books, "ann", Side::Short),
            "there is no position of that side",
        ),
        (
            close(&mut books, "eve", Side::Long),
            "there is no position of that side",
        ),
    ];
    for (tried, why) in tries {
        assert_eq!(tried, Err(No(why.to_owned())));
    }
    books.dead = true;
    assert_eq!(
        close(&mut books, "ann", Side::Long),
        Err(No("the contract is dead".to_owned()))
    );
    assert_eq!(
        (books.held(&person("ann")), books.free(&person("ann"))),
        (state, free)
    );
}

proptest! {
    #[test]
    fn no_coin_appears_or_vanishes(
        steps in prop::collection::vec((0usize..4, 0u8..4, 1u128..400, 7_000u128..14_000), 1..40),
    ) {
        let names = ["ann", "bob", "cid", "dot"];
        let mut books = books();
        for name in names {
            books.bring(&person(name), usd(200_000)).unwrap();
        }
        let before = books.everything().unwrap();
        for (who, what, units, print) in steps {
            let name = names[who];
            let side = if who % 2 == 0 { Side::Long } else { Side::Short };
            let _ = match what {
                0 => enter(&mut books, name, side, (units, units * 12)).map(|_| ()),
                1 => close(&mut books, name, side).map(|_| ()),
                2 => books.add_margin(&person(name), Uint128::new(units)),
                _ => {
                    let size = Uint128::new(units * UNIT / 3);
                    books.place(&person(name), Order::Reduce { side, size }).map(|_| ())
                }
            };
            books.print = Some(cents(print));
            books.liquidate(50).unwrap();
            prop_assert_eq!(books.everything().unwrap(), before);
        }
        for name in names {
            let flat = books.held(&person(name)).map_or(Size::ZERO, |held| held.size);
            prop_assert!(flat.is_zero() || books.print > Some(Price::ZERO));
        }
    }
}
