//! Providing liquidity: batches priced at a round nobody knew.

use harness::{usd, Exchange};
use types::{engine::ExecuteMsg, Side};

fn claim(x: &mut Exchange, who: &str) {
    let market = "eth-perp".into();
    x.tell(who, &ExecuteMsg::LpClaim { market }).unwrap();
}

#[test]
fn a_deposit_is_priced_at_the_first_round_after_and_claimed() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.deposit("dora", 100_000);
    x.lp_deposit("dora", 0, 100_000).unwrap();
    x.crank();
    assert!(!x.lp(0, "dora").claimable, "no round yet");
    x.round("2000");
    x.crank();
    assert!(x.lp(0, "dora").claimable);
    claim(&mut x, "dora");
    let (lp, dora) = (x.lp(0, "lp").shares, x.lp(0, "dora").shares);
    // A tenth of what was there, to a share's rounding.
    assert!(lp / cosmwasm_std::Uint128::new(10) >= dora);
    assert!(dora > cosmwasm_std::Uint128::new(99_990_000_000_000_000));
    assert_eq!(x.books(0).nav.unwrap(), usd(1_100_000));
}

#[test]
fn newcomers_pay_for_gains_already_made() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.opened("loser", Side::Long, ("50", 30_000), "2000");
    // The vault gains while the request waits; the round that prices it knows.
    x.deposit("timer", 100_000);
    x.lp_deposit("timer", 0, 100_000).unwrap();
    x.round("1900");
    x.crank();
    claim(&mut x, "timer");
    let books = x.books(0);
    let mine = x.lp(0, "timer").shares;
    let worth = math::vault::worth(mine, books.nav.unwrap(), books.shares).unwrap();
    assert!(worth <= usd(100_000), "{worth:?}");
}

#[test]
fn a_donation_changes_no_share_price() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    let before = x.books(0).nav;
    let engine = x.engine.clone();
    x.mint(&engine, 5_000_000_000_000, harness::DENOM);
    assert_eq!(x.books(0).nav, before);
    x.assert_sound();
    assert!(x.surplus() >= 5_000_000_000_000);
}

#[test]
fn nobody_postpones_a_batch_by_joining_it() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    for who in ["a", "b", "c"] {
        x.deposit(who, 10_000);
    }
    x.lp_deposit("a", 0, 10_000).unwrap();
    x.next_block();
    x.lp_deposit("b", 0, 10_000).unwrap();
    x.next_block();
    x.lp_deposit("c", 0, 10_000).unwrap();
    // A round that binds the first request only.
    x.next_block();
    x.quote("2000");
    x.crank();
    assert!(x.lp(0, "a").claimable);
    assert!(!x.lp(0, "b").claimable && !x.lp(0, "c").claimable);
    x.round("2000");
    x.crank();
    assert!(x.lp(0, "b").claimable && x.lp(0, "c").claimable);
}

#[test]
fn a_deposit_due_when_the_vault_is_worth_nothing_goes_back() {
    let mut x = Exchange::calm().nav(100_000).insurance(0).build();
    x.opened("winner", Side::Long, ("15", 10_000), "2000");
    x.deposit("dora", 50_000);
    x.lp_deposit("dora", 0, 50_000).unwrap();
    // Long enough for the average to be refused: both edges are at the new price.
    x.wait(400);
    x.quote("9500");
    x.crank();
    assert!(x.books(0).nav.unwrap() < usd(0));
    claim(&mut x, "dora");
    assert_eq!(x.wallet("dora"), usd(50_000));
    assert!(x.lp(0, "dora").shares.is_zero());
}

#[test]
fn a_due_batch_is_priced_before_anyone_joins_the_next() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    for who in ["a", "b", "late"] {
        x.deposit(who, 10_000);
    }
    x.lp_deposit("a", 0, 10_000).unwrap();
    x.next_block();
    x.lp_deposit("b", 0, 10_000).unwrap();
    x.round("2000");
    // Both are due; nobody has cranked. Joining now takes neither with it.
    x.lp_deposit("late", 0, 10_000).unwrap();
    assert!(x.lp(0, "a").claimable && x.lp(0, "b").claimable);
    assert!(!x.lp(0, "late").claimable);
}
