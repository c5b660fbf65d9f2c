//! Placing, filling, closing: the ordinary life of a position.

use harness::{price, units, usd, Exchange};
use margin_engine::ContractError;
use types::{engine::Order, level::Level, Side};

#[test]
fn the_worked_example_of_the_design() {
    let mut x = Exchange::calm().build();
    assert_eq!(x.stance().level, Level::Normal);
    // Skew 0: A buys 300 at 2,002.
    x.opened("a", Side::Long, ("300", 80_000), "2000");
    assert_eq!(x.position("a").unwrap().cost, usd(600_600));
    // From +300 to 0 at 2,001, then from 0 to -300 at 1,999: B sells 600 at 2,000 on average.
    x.opened("b", Side::Short, ("600", 160_000), "2000");
    assert_eq!(x.position("b").unwrap().cost, usd(-1_200_000));
    // From -300 to -600, A sells 300 at 1,994 and has lost 2,400 before fees.
    x.close("a", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("a").is_none());
    // B buys 600 from -600 to 0 at 1,996 and has gained 2,400 before fees.
    x.close("b", Side::Short).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("b").is_none());
    // Fees: taker 5 bp in and 3 bp out of 600,000 and 1,200,000, and 0.05 for each of two executions.
    let fees = |notional: i128| (notional * 8) / 10 + 100_000;
    let (a, b) = (
        80_010_000_000 - 2_400_000_000,
        160_010_000_000 + 2_400_000_000,
    );
    // Funding of those seconds is below a hundred millionths of a dollar.
    let near = |got: i128, want: i128| assert!((got - want).abs() < 100, "{got} {want}");
    near(x.wallet("a").0.i128(), a - fees(600_000_000));
    near(x.wallet("b").0.i128(), b - fees(1_200_000_000));
    let books = x.books(0);
    assert_eq!((books.long, books.short), (units("0"), units("0")));
}

#[test]
fn an_order_worse_than_its_limit_is_refunded() {
    let mut x = Exchange::calm().build();
    x.deposit("alice", 10_000);
    let order = Order::Increase {
        side: Side::Long,
        size: 3_000_000_000_000u128.into(),
        margin: 1_500_000_000u128.into(),
    };
    x.place("alice", 0, order, Some(price("2000"))).unwrap();
    x.round("2000.5");
    x.crank();
    assert!(x.position("alice").is_none());
    assert!(x.mandates("alice").is_empty());
    // All but the base fee is back.
    assert_eq!(
        x.wallet("alice"),
        usd(10_000).minus(types::Amount::raw(50_000)).unwrap()
    );
}

#[test]
fn a_reduction_leaves_the_rest_and_a_close_takes_all() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Short, ("10", 5_000), "2000");
    x.reduce("alice", Side::Short, "4").unwrap();
    x.round("1990");
    x.crank();
    assert_eq!(x.position("alice").unwrap().size, units("-6"));
    x.close("alice", Side::Short).unwrap();
    x.round("1990");
    x.crank();
    assert!(x.position("alice").is_none());
    assert!(x.wallet("alice") > usd(5_000));
    assert!(x.books(0).shares > cosmwasm_std::Uint128::zero());
}

#[test]
fn margin_moves_both_ways_but_not_below_the_initial_requirement() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    x.add_margin("alice", 500).unwrap();
    x.remove_margin("alice", 1_000).unwrap();
    let refused = x.remove_margin("alice", 4_000).unwrap_err();
    assert!(
        matches!(
            refused.of::<ContractError>(),
            Some(ContractError::Margin { .. })
        ),
        "{refused:?}"
    );
}

#[test]
fn an_empty_wallet_closes_no_exit() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    let all = x.wallet("alice");
    let person = x.person("alice");
    x.tell(
        "alice",
        &types::engine::ExecuteMsg::Withdraw {
            denom: harness::DENOM.into(),
            amount: all.coins().unwrap(),
        },
    )
    .unwrap();
    assert_eq!(x.bank(&person, harness::DENOM), all.coins().unwrap().u128());
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
    assert!(x.wallet("alice") > usd(4_900));
}

#[test]
fn one_market_does_not_move_another() {
    let mut x = Exchange::calm().markets(2).build();
    x.deposit("bob", 20_000);
    x.increase_in(1, "bob", (Side::Long, "3"), 5_000).unwrap();
    x.round_on(1, "2000");
    x.crank_in(1, "keeper", 10).unwrap();
    let before = (x.books(1), x.position_in(1, "bob"));
    x.opened("alice", Side::Long, ("300", 60_000), "2000");
    x.round("1500");
    x.crank();
    let after = (x.books(1), x.position_in(1, "bob"));
    assert_eq!(before.0.cash, after.0.cash);
    assert_eq!(before.0.insurance, after.0.insurance);
    assert_eq!(before.1, after.1);
}

#[test]
fn a_reduction_signed_with_an_empty_wallet_pays_even_when_it_is_refused() {
    let mut x = Exchange::calm().build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    let all = x.wallet("alice").coins().unwrap();
    let denom = harness::DENOM.into();
    x.tell(
        "alice",
        &types::engine::ExecuteMsg::Withdraw { denom, amount: all },
    )
    .unwrap();
    let margin = x.position("alice").unwrap().margin;
    let order = Order::Reduce {
        side: Side::Long,
        size: 1_000_000_000_000u128.into(),
    };
    x.place("alice", 0, order, Some(price("9000"))).unwrap();
    let paid = margin.minus(x.position("alice").unwrap().margin).unwrap();
    assert_eq!(paid, types::Amount::raw(50_000));
    x.round("2000");
    x.crank_book(0, "stranger", 5).unwrap();
    assert!(x.mandates("alice").is_empty());
    assert_eq!(x.wallet("stranger"), paid);
}
