//! Failures of other protocols that no other test names: see the README's table.

use harness::{usd, Exchange};
use types::{
    engine::{BadDebt, Liquidated},
    params::MarketParams,
    wire::Wire,
    Amount, Ratio, Side,
};

#[test]
fn a_keeper_silent_for_two_days_or_a_week_leaves_a_contract_that_works() {
    for silence in [172_800, 604_800] {
        let mut x = Exchange::calm().build();
        x.opened("alice", Side::Long, ("10", 5_000), "2000");
        x.deposit("alice", 1_000);
        x.wait(silence);
        // Nobody has priced or cranked anything; whoever holds money moves it, and an exit is signed.
        x.withdraw("alice", 500).unwrap();
        x.add_margin("alice", 100).unwrap();
        x.close("alice", Side::Long).unwrap();
        for _ in 0..3 {
            x.wait(30);
            x.quote("2000");
            x.crank();
        }
        assert!(x.position("alice").is_none(), "{silence}");
        x.withdraw("alice", 4_000).unwrap();
        x.assert_sound();
    }
}

#[test]
fn insurance_that_is_not_enough_pays_what_it_has_and_the_rest_is_on_record() {
    // All of the fund may go at once.
    let mut params = MarketParams::major(2_000, 10_000_000);
    (params.losses.block, params.losses.day) = (Ratio::ONE, Ratio::ONE);
    let x = Exchange::calm().insurance(100).params(params);
    let mut x = x.build();
    x.opened("alice", Side::Long, ("100", 12_000), "2000");
    let fund = x.books(0).insurance;
    x.round("1870");
    let res = x.crank();
    let debt = BadDebt::find(&res.events).unwrap();
    assert_eq!(debt.len(), 1);
    assert!(debt[0].insurance >= fund && debt[0].insurance < fund.plus(usd(1)).unwrap());
    assert!(debt[0].vault > usd(900) && debt[0].vault < usd(1_050));
    let books = x.books(0);
    assert_eq!(books.insurance, Amount::ZERO);
    // It accumulates, and a second one of the same person adds to it.
    let first = books.bad_debt;
    assert_eq!(
        (first.insurance, first.vault),
        (debt[0].insurance, debt[0].vault)
    );
    for _ in 0..400 {
        x.wait(30);
        x.quote("1870");
    }
    x.opened("alice", Side::Long, ("100", 14_000), "1870");
    x.round("1720");
    let res = x.crank();
    let second = BadDebt::find(&res.events).unwrap();
    let sum = x.books(0).bad_debt;
    assert_eq!(sum.vault, first.vault.plus(second[0].vault).unwrap());
    assert!(second[0].vault > Amount::ZERO);
}

#[test]
fn a_position_a_unit_short_of_its_margin_is_liquidated_once_and_not_again() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 1_300), "2000");
    // Down by cents until it goes, so that it is short of next to nothing.
    let (mut cents, mut done) = (191_900u32, 0);
    while done == 0 && cents > 180_000 {
        cents -= 10;
        x.wait(10);
        x.quote(&format!("{}.{:02}", cents / 100, cents % 100));
        let res = x.crank();
        done += Liquidated::find(&res.events).unwrap().len();
    }
    assert_eq!(done, 1);
    let left = x.position("alice").map(|p| p.size);
    for _ in 0..5 {
        x.wait(10);
        x.quote(&format!("{}.{:02}", cents / 100, cents % 100));
        let res = x.crank();
        assert!(Liquidated::find(&res.events).unwrap().is_empty());
    }
    assert_eq!(x.position("alice").map(|p| p.size), left);
}
