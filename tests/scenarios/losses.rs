//! What insurance may lose at once: three quarters of the fund in a block, nine tenths in a day. The vault bears the
//! rest of a loss, to the unit.

use harness::{usd, Exchange};
use types::{
    engine::BadDebt, params::LossTerms, params::MarketParams, wire::Wire, Amount, Ratio, Side,
};

/// So many longs that a fall to 1,870 leaves about 1,100 short each.
fn market(insurance: u128, longs: usize) -> Exchange {
    let mut x = Exchange::calm().insurance(insurance).build();
    for n in 0..longs {
        x.opened(&format!("long{n}"), Side::Long, ("100", 12_000), "2000");
    }
    x
}

/// What each liquidation of a crank cost insurance and the vault.
fn debts(x: &mut Exchange) -> Vec<(Amount, Amount)> {
    let debts = BadDebt::find(&x.crank().events).unwrap();
    debts.iter().map(|d| (d.insurance, d.vault)).collect()
}

fn sum(of: impl IntoIterator<Item = Amount>) -> Amount {
    let plus = |a: Amount, b| a.plus(b).unwrap();
    of.into_iter().fold(Amount::ZERO, plus)
}

/// A share of what the fund holds and has paid.
fn share(x: &Exchange, paid: Amount, percent: u64) -> Amount {
    let whole = x.books(0).insurance.plus(paid).unwrap();
    whole.share_down(Ratio::percent(percent)).unwrap()
}

#[test]
fn a_loss_within_the_budget_is_all_insurances() {
    let mut x = market(2_000, 1);
    x.round("1870");
    let debts = debts(&mut x);
    assert_eq!(debts.len(), 1);
    assert!(debts[0].0 > usd(1_000) && debts[0].1.is_zero(), "{debts:?}");
}

#[test]
fn one_block_costs_three_quarters_and_the_vault_bears_the_rest() {
    let mut x = market(1_000, 1);
    x.round("1870");
    let debts = debts(&mut x);
    let (paid, rest) = debts[0];
    assert_eq!(paid, share(&x, paid, 75));
    let whole = paid.plus(rest).unwrap();
    assert!(whole > usd(1_000) && whole < usd(1_200), "{whole:?}");
    let books = x.books(0);
    assert!(books.insurance > usd(249));
    assert_eq!(
        (books.bad_debt.insurance, books.bad_debt.vault),
        (paid, rest)
    );
}

#[test]
fn all_losses_of_a_block_share_one_budget() {
    let mut x = market(2_000, 3);
    x.round("1870");
    let debts = debts(&mut x);
    assert_eq!(debts.len(), 3);
    // The first is whole, the second gets what is left of the 1,500, the third nothing to speak of: a part of what
    // it added to the fund itself.
    assert!(
        debts[0].1.is_zero() && debts[1].1 > Amount::ZERO,
        "{debts:?}"
    );
    assert!(debts[2].0 < usd(1) && debts[2].1 > usd(1_000), "{debts:?}");
    let paid = sum(debts.iter().map(|d| d.0));
    assert_eq!(paid, share(&x, paid, 75));
}

#[test]
fn the_next_block_has_its_own_and_the_day_ends_at_nine_tenths() {
    let mut x = market(1_000, 3);
    let before = x.books(0).insurance;
    x.round("1870");
    let mut paid = vec![];
    // One head a crank.
    for _ in 0..3 {
        let res = x.crank_in(0, "keeper", 1).unwrap();
        let debts = BadDebt::find(&res.events).unwrap();
        paid.extend(debts.iter().map(|d| d.insurance));
        x.next_block();
        x.quote("1870");
    }
    assert_eq!(paid.len(), 3, "{paid:?}");
    assert!(paid[0] > usd(749) && paid[1] > usd(140), "{paid:?}");
    // Beyond nine tenths of what was there in the morning: of what came in meanwhile at most.
    assert!(paid[2] < usd(1), "{paid:?}");
    let all = sum(paid);
    assert_eq!(all, share(&x, all, 90));
    assert!(x.books(0).insurance > before.share_down(Ratio::percent(10)).unwrap());
}

#[test]
fn the_whole_fund_may_be_the_budget() {
    let whole = LossTerms {
        block: Ratio::ONE,
        day: Ratio::ONE,
    };
    let params = MarketParams {
        losses: whole,
        ..MarketParams::major(2_000, 10_000_000)
    };
    let x = Exchange::calm().insurance(1_000).params(params);
    let mut x = x.build();
    x.opened("alice", Side::Long, ("100", 12_000), "2000");
    x.round("1870");
    let debts = debts(&mut x);
    assert!(debts[0].0 > usd(1_000) && x.books(0).insurance.is_zero());
}
