//! What is asked out of a market is read: many who leave guard it, one who leaves does not, however great he is and
//! however often he comes back. Exits stay open all the while.

use cosmwasm_std::Uint128;
use harness::{usd, Exchange, Module};
use types::{breaker, level::Level, scope, Ratio, Side};

const PROVIDERS: [&str; 6] = ["ann", "ben", "cat", "dan", "eve", "fay"];

/// So many minutes of calm prices and cranks.
fn minutes(x: &mut Exchange, n: u64) {
    for _ in 0..n {
        x.wait(60);
        x.quote("2000");
        x.crank();
    }
}

/// A new hour has just begun.
fn a_new_hour(x: &mut Exchange) {
    while x.now() % 3_600 >= 60 {
        minutes(x, 1);
    }
}

/// Money becomes shares.
fn provides(x: &mut Exchange, who: &str, amount: u128) {
    x.deposit(who, amount);
    x.lp_deposit(who, 0, amount).unwrap();
    x.round("2000");
    x.crank();
    x.lp_claim(who).unwrap();
}

/// A million in the vault, and six with 60,000 each; the youngest may leave by now.
fn vault() -> Exchange {
    let mut x = Exchange::calm().nav(1_000_000).build();
    for who in PROVIDERS {
        provides(&mut x, who, 60_000);
    }
    minutes(&mut x, 60);
    a_new_hour(&mut x);
    assert_eq!(read(&x), [Ratio::ZERO; 2]);
    x
}

fn read(x: &Exchange) -> [Ratio; 2] {
    let vitals = x.vitals();
    [vitals.outflow_hour, vitals.outflow_day]
}

/// Everything.
fn leaves(x: &mut Exchange, who: &str) {
    let shares = x.lp(0, who).shares;
    x.lp_withdraw(who, shares).unwrap();
}

fn is_latched(x: &Exchange) -> bool {
    let market = x.markets[0].id.clone();
    let asked = breaker::QueryMsg::Latches {
        scope: scope::Scope::Market { market },
    };
    let latches: Vec<breaker::Latch> = x.ask(Module::Breaker, &asked);
    let outflow = |l: &&breaker::Latch| l.reason == scope::Reason::Outflow;
    latches
        .iter()
        .any(|l| outflow(&l) && l.level == Level::Guarded)
}

#[test]
fn a_run_on_the_vault_guards_the_market_and_it_heals() {
    let mut x = vault();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    for who in &PROVIDERS[..4] {
        leaves(&mut x, who);
    }
    minutes(&mut x, 1);
    // Each asks for far more than 2 %.
    assert_eq!(read(&x)[0], Ratio::percent(8));
    assert_eq!(x.stance().level, Level::Normal);
    leaves(&mut x, "eve");
    minutes(&mut x, 1);
    assert_eq!(read(&x)[0], Ratio::percent(10));
    assert_eq!(x.stance().level, Level::Guarded);
    assert!(is_latched(&x));
    // Everybody gets out of a guarded market.
    leaves(&mut x, "fay");
    x.deposit("alice", 1_000);
    x.add_margin("alice", 100).unwrap();
    x.increase("alice", Side::Long, "1", 500).unwrap();
    let order = x.mandates("alice")[0].order;
    x.cancel("alice", order).unwrap();
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
    x.withdraw("alice", 1_000).unwrap();
    for who in PROVIDERS {
        x.lp_claim(who).unwrap();
        let free = x.wallet(who).plus(x.profit_queue(who)[0].amount).unwrap();
        assert!(free > usd(59_900), "{who} {free:?}");
    }
    // What counted fades in the hour after, and the market heals.
    let began = x.now();
    while x.stance().level > Level::Normal {
        assert!(x.now() < began + 3 * 3_600, "{:?}", read(&x));
        minutes(&mut x, 1);
    }
    assert!(!is_latched(&x) && x.now() > began + 3_600);
}

#[test]
fn one_alone_does_not_however_much_he_has() {
    let mut x = vault();
    // Two thirds of the vault.
    leaves(&mut x, "lp");
    minutes(&mut x, 1);
    assert_eq!(read(&x)[0], Ratio::percent(2));
    assert_eq!(x.stance().level, Level::Normal);
    x.lp_claim("lp").unwrap();
    minutes(&mut x, 30);
    assert_eq!(x.stance().level, Level::Normal);
    assert!(read(&x).iter().all(|r| *r <= Ratio::percent(2)));
}

#[test]
fn nor_does_who_comes_and_goes_without_end() {
    let mut x = vault();
    let mut most = Ratio::ZERO;
    for _ in 0..8 {
        provides(&mut x, "grief", 500_000);
        minutes(&mut x, 61);
        leaves(&mut x, "grief");
        minutes(&mut x, 1);
        x.lp_claim("grief").unwrap();
        let [hour, day] = read(&x);
        most = most.max(hour).max(day);
        assert!(hour.max(day) <= Ratio::percent(2), "{hour:?} {day:?}");
        assert_eq!(x.stance().level, Level::Normal);
    }
    // In one and the same window it is nothing at all.
    a_new_hour(&mut x);
    minutes(&mut x, 60);
    a_new_hour(&mut x);
    minutes(&mut x, 60);
    assert_eq!(read(&x)[0], Ratio::ZERO);
    assert!(most > Ratio::ZERO);
}

#[test]
fn a_deposit_and_a_withdrawal_of_one_hour_are_nothing() {
    let mut x = vault();
    x.deposit("ann", 60_000);
    x.lp_deposit("ann", 0, 50_000).unwrap();
    let shares = x.lp(0, "ann").shares / Uint128::new(2);
    x.lp_withdraw("ann", shares).unwrap();
    minutes(&mut x, 1);
    assert_eq!(read(&x), [Ratio::ZERO; 2]);
    leaves(&mut x, "ben");
    minutes(&mut x, 1);
    assert_eq!(read(&x)[0], Ratio::percent(2), "others' money is not his");
}

#[test]
fn profit_counts_whether_it_passes_or_waits_and_margin_does_not() {
    let mut x = vault();
    x.opened("winner", Side::Long, ("100", 60_000), "2000");
    x.opened("loser", Side::Short, ("100", 90_000), "2000");
    a_new_hour(&mut x);
    // Slowly enough to alarm nobody.
    for step in 1..=50u32 {
        x.wait(60);
        x.quote(&(2_000 + step * 10).to_string());
        x.crank();
    }
    x.remove_margin("winner", 1_000).unwrap();
    assert_eq!(read(&x)[0], Ratio::ZERO, "his own");
    x.close("winner", Side::Long).unwrap();
    x.close("loser", Side::Short).unwrap();
    x.round("2500");
    x.crank();
    assert!(x.position("winner").is_none() && x.position("loser").is_none());
    assert!(!x.profit_queue("winner").is_empty());
    // 50,000 are more than 3 % of the vault: one account counts up to 2 %, and who lost takes nothing out.
    assert_eq!(read(&x)[0], Ratio::percent(2));
    assert!(!is_latched(&x));
}
