//! Providing liquidity: batches priced at a round nobody knew.

use harness::{usd, Exchange};
use margin_engine::ContractError;
use types::{engine::ExecuteMsg, Amount, Side};

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
    // And what the request's fee left of the dollar beside it.
    assert_eq!(
        x.wallet("dora"),
        usd(50_000).plus(Amount::raw(950_000)).unwrap()
    );
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

/// Shares of a holder, in millionths of what the vault's first million dollars bought.
fn half(x: &Exchange, who: &str) -> cosmwasm_std::Uint128 {
    x.lp(0, who).shares / cosmwasm_std::Uint128::new(2)
}

#[test]
fn liquidity_leaves_at_the_round_after_and_is_collected() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.wait(3_600);
    x.round("2000");
    let shares = half(&x, "lp");
    x.lp_withdraw("lp", shares).unwrap();
    x.crank();
    let waiting = x.lp(0, "lp").leaving.unwrap();
    assert!(!waiting.done && waiting.claimable.is_zero(), "no round yet");
    x.round("2000");
    x.crank();
    let leaving = x.lp(0, "lp").leaving.unwrap();
    assert!(leaving.done);
    // Half of a million, to a rounding against who leaves.
    assert!(leaving.claimable <= usd(500_000));
    assert!(leaving.claimable > usd(499_999));
    let before = x.wallet("lp");
    x.lp_claim("lp").unwrap();
    assert!(x.lp(0, "lp").leaving.is_none());
    // Half of a percent of the vault passes at once, a quarter of that while an hour without blocks protects the
    // market; the rest queues.
    let passed = x.wallet("lp").minus(before).unwrap();
    assert_eq!(passed, usd(1_250));
    let waits = x.profit_queue("lp")[0].amount;
    assert_eq!(passed.plus(waits).unwrap(), leaving.claimable);
    assert_eq!(x.lp(0, "lp").shares, shares);
    assert!(x.books(0).nav.unwrap() >= usd(500_000));
}

#[test]
fn who_leaves_is_paid_the_lower_value_and_does_not_dodge_a_loss() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.opened("winner", Side::Long, ("50", 30_000), "2000");
    x.wait(3_600);
    x.round("2000");
    let shares = half(&x, "lp");
    x.lp_withdraw("lp", shares).unwrap();
    x.round("2100");
    x.crank();
    let leaving = x.lp(0, "lp").leaving.unwrap();
    let whole = x.books(0).nav.unwrap().plus(leaving.claimable).unwrap();
    assert!(leaving.claimable < whole.share_down(types::Ratio::percent(50)).unwrap());
}

/// What waits in line leaves at a price of now: while there is none it waits, whoever cranks, and leaves with the next.
#[test]
fn the_line_is_served_at_fresh_prices_only() {
    let mut x = Exchange::calm().nav(100_000).build();
    let people: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .flat_map(|n| Side::BOTH.map(|side| (format!("{n} {side:?}"), side)))
        .collect();
    for (who, side) in &people {
        x.opened(who, *side, ("14", 15_000), "2000");
    }
    x.wait(3_600);
    x.round("2000");
    let all = x.lp(0, "lp").shares;
    x.lp_withdraw("lp", all).unwrap();
    x.round("2000");
    x.crank();
    x.lp_claim("lp").unwrap();
    let leaving = |x: &Exchange| x.lp(0, "lp").leaving.unwrap();
    assert!(!leaving(&x).done && leaving(&x).claimable.is_zero());
    // Both sides give way, by the order book's own crank, which serves nobody.
    for (who, side) in &people {
        x.close(who, *side).unwrap();
    }
    x.round("2000");
    x.crank_book(0, "keeper", 10).unwrap();
    assert!(people.iter().all(|(who, _)| x.position(who).is_none()));
    x.wait(91);
    x.crank();
    assert!(leaving(&x).claimable.is_zero(), "the last round has passed");
    x.round("2000");
    x.crank();
    assert!(leaving(&x).done);
    x.lp_claim("lp").unwrap();
}

#[test]
fn the_vault_keeps_what_carries_the_open_interest_and_the_line_waits() {
    let mut x = Exchange::calm().nav(100_000).build();
    // 60 units of 2,000: 120,000 of the 222,222 that 100,000 carry, so about 54,000 must stay.
    x.opened("long", Side::Long, ("14", 15_000), "2000");
    x.opened("short", Side::Short, ("14", 15_000), "2000");
    x.opened("long2", Side::Long, ("14", 15_000), "2000");
    x.opened("short2", Side::Short, ("14", 15_000), "2000");
    x.opened("long3", Side::Long, ("14", 15_000), "2000");
    x.opened("short3", Side::Short, ("14", 15_000), "2000");
    x.wait(3_600);
    x.round("2000");
    let all = x.lp(0, "lp").shares;
    x.lp_withdraw("lp", all).unwrap();
    x.round("2000");
    x.crank();
    let first = x.lp(0, "lp").leaving.unwrap();
    assert!(!first.done);
    assert!(
        first.claimable > usd(50_000) && first.claimable < usd(70_000),
        "{first:?}"
    );
    let nav = x.books(0).nav.unwrap();
    assert!(nav > usd(30_000), "{nav:?}");
    // What is priced may be collected while the rest waits.
    x.lp_claim("lp").unwrap();
    assert!(x.lp(0, "lp").leaving.unwrap().claimable.is_zero());
    // One side gives way: more may leave, at that round.
    for who in ["long", "short", "long2", "short2"] {
        let side = if who.starts_with("long") {
            Side::Long
        } else {
            Side::Short
        };
        x.close(who, side).unwrap();
    }
    x.round("2000");
    x.crank();
    x.crank();
    let more = x.lp(0, "lp").leaving.unwrap();
    assert!(more.claimable > usd(20_000), "{more:?}");
    for who in ["long3", "short3"] {
        let side = if who.starts_with("long") {
            Side::Long
        } else {
            Side::Short
        };
        x.close(who, side).unwrap();
    }
    x.round("2000");
    x.crank();
    x.crank();
    assert!(x.lp(0, "lp").leaving.unwrap().done);
    x.lp_claim("lp").unwrap();
    assert!(x.lp(0, "lp").leaving.is_none());
}

#[test]
fn an_empty_wallet_closes_no_exit_from_the_vault() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.wait(3_600);
    x.round("2000");
    let free = x.wallet("lp");
    let (denom, amount) = (harness::DENOM.into(), free.coins().unwrap());
    x.tell("lp", &ExecuteMsg::Withdraw { denom, amount })
        .unwrap();
    let shares = half(&x, "lp");
    x.lp_withdraw("lp", shares).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.lp(0, "lp").leaving.unwrap().done);
}

/// One request each way at a time: what is refused changes nothing, the other way stays open.
#[test]
fn an_account_has_one_request_of_each_direction_at_a_time() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.deposit("lp", 200_000);
    for _ in 0..62 {
        x.wait(60);
        x.quote("2000");
    }
    x.crank();
    let tenth = x.lp(0, "lp").shares / cosmwasm_std::Uint128::new(10);
    x.lp_deposit("lp", 0, 50_000).unwrap();
    x.lp_withdraw("lp", tenth).unwrap();
    let (before, owned) = (x.lp(0, "lp"), x.wallet("lp"));
    let refused = [
        x.lp_deposit("lp", 0, 10_000).unwrap_err(),
        x.lp_withdraw("lp", tenth).unwrap_err(),
    ];
    for refused in refused {
        let why = refused.of::<ContractError>();
        assert!(
            matches!(why, Some(ContractError::PendingRequest)),
            "{refused:?}"
        );
    }
    assert_eq!(x.lp(0, "lp"), before);
    // The dollar for the fee of the refused deposit is still there.
    assert_eq!(x.wallet("lp"), owned.plus(usd(1)).unwrap());
}
