//! Money leaves: what was paid in at once, profit and liquidity through the market's border, and everything through
//! a loose backstop. Nothing is refused.

use harness::{usd, Exchange};
use types::{
    breaker::{self, Thresholds},
    engine::ProfitQueued,
    level::Level,
    scope::Scope,
    wire::Wire,
    Amount, Side,
};

/// A winner whose profit is far beyond what an hour may pass.
fn won(x: &mut Exchange) -> Amount {
    x.opened("winner", Side::Long, ("100", 50_000), "2000");
    let before = x.wallet("winner");
    x.close("winner", Side::Long).unwrap();
    x.round("2600");
    x.crank();
    assert!(x.position("winner").is_none());
    x.wallet("winner").minus(before).unwrap()
}

#[test]
fn a_close_pays_what_was_paid_in_and_the_bucket_and_queues_the_rest() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    let paid = won(&mut x);
    let queue = x.profit_queue("winner");
    assert_eq!(queue.len(), 1);
    let waits = queue[0].amount;
    // About 60,000 were won. Half of one percent of the vault would pass beside the 50,000 paid in; the jump has
    // protected the market, so a quarter of that does.
    assert!(paid > usd(51_249) && paid < usd(51_251), "{paid:?}");
    assert!(waits > usd(50_000) && waits < usd(59_000), "{waits:?}");
    assert_eq!(x.books(0).queued, waits);
    assert!(queue[0].claimable.is_zero());
}

/// A market that no jump alarms, held at a level by its guardian.
fn held(level: Level) -> Exchange {
    let jump = Thresholds {
        guarded: None,
        reduce_only: None,
        protected: None,
    };
    let breaker = breaker::Params {
        jump,
        ..breaker::Params::default()
    };
    let x = Exchange::calm().nav(1_000_000).breaker(breaker);
    let mut x = x.build();
    x.opened("winner", Side::Long, ("100", 50_000), "2000");
    if level > Level::Normal {
        let (market, hours) = (x.markets[0].id.clone(), 1);
        let scope = Scope::Market { market };
        let raise = breaker::ExecuteMsg::Raise {
            scope,
            level,
            hours,
        };
        x.tell_breaker("guardian", &raise).unwrap();
    }
    x
}

#[test]
fn the_border_is_whole_at_normal_half_at_reduce_only_and_a_quarter_at_protected() {
    let passed = |level| {
        let mut x = held(level);
        x.close("winner", Side::Long).unwrap();
        let before = x.wallet("winner");
        x.round("2600");
        let res = x.crank();
        assert_eq!(
            x.stance().level.max(Level::Guarded),
            level.max(Level::Guarded)
        );
        let waits = ProfitQueued::find(&res.events).unwrap()[0].amount;
        let at_once = x.wallet("winner").minus(before).unwrap();
        (
            at_once.minus(usd(50_000)).unwrap(),
            at_once.plus(waits).unwrap(),
        )
    };
    let rows = [
        Level::Normal,
        Level::Guarded,
        Level::ReduceOnly,
        Level::Protected,
    ]
    .map(passed);
    // Half of one percent of a million, of which nothing but the level takes; what it takes waits.
    assert_eq!(rows.map(|r| r.0), [5_000, 5_000, 2_500, 1_250].map(usd));
    // Funding freezes at Protected: a few millionths.
    let owed = rows.map(|r| r.1.minus(rows[0].1).unwrap().abs().unwrap());
    assert!(owed.iter().all(|off| *off < Amount::raw(50)), "{rows:?}");
}

#[test]
fn a_queued_profit_becomes_free_along_a_line_and_no_level_moves_it() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    won(&mut x);
    let entry = x.profit_queue("winner")[0];
    let wait = entry.ready - x.now();
    // A quarter of half of ten percent of the vault refills in a day: 12,500 of about 58,000.
    assert!(wait > 4 * 86_400 && wait < 5 * 86_400, "{wait}");
    x.wait(wait / 2);
    let half = x.profit_queue("winner")[0];
    assert_eq!(half.ready, entry.ready, "the lease has lapsed meanwhile");
    assert!(half.claimable > usd(26_000) && half.claimable < usd(31_000));
    let before = x.wallet("winner");
    x.claim_profit("winner").unwrap();
    assert_eq!(x.wallet("winner").minus(before).unwrap(), half.claimable);
    x.claim_profit("winner").unwrap_err();
    x.wait(wait);
    x.claim_profit("winner").unwrap();
    assert!(x.profit_queue("winner").is_empty());
    assert_eq!(x.wallet("winner").minus(before).unwrap(), entry.amount);
    assert!(x.books(0).queued.is_zero());
}

#[test]
fn a_loser_takes_what_is_left_of_his_own_money_at_once() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.opened("loser", Side::Long, ("100", 50_000), "2000");
    x.close("loser", Side::Long).unwrap();
    x.round("1900");
    x.crank();
    assert!(x.profit_queue("loser").is_empty());
    assert!(x.wallet("loser") > usd(35_000));
}

#[test]
fn margin_paid_in_comes_back_at_once_and_realised_gain_through_the_border() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.opened("winner", Side::Long, ("100", 60_000), "2000");
    assert_eq!(x.position("winner").unwrap().paid_in, usd(60_000));
    // Slowly enough to alarm nobody.
    for step in 1..=60 {
        x.wait(60);
        x.quote(&(2_000 + step * 10).to_string());
    }
    x.reduce("winner", Side::Long, "90").unwrap();
    x.round("2600");
    x.crank();
    let before = x.wallet("winner");
    x.remove_margin("winner", 60_000).unwrap();
    assert_eq!(x.wallet("winner").minus(before).unwrap(), usd(60_000));
    assert!(x.position("winner").unwrap().paid_in.is_zero());
    x.remove_margin("winner", 20_000).unwrap();
    let at_once = x.wallet("winner").minus(before).unwrap();
    assert!(at_once < usd(66_000), "{at_once:?}");
    let waits = x.profit_queue("winner")[0].amount;
    assert_eq!(at_once.plus(waits).unwrap(), usd(80_000));
}

#[test]
fn what_came_within_a_day_leaves_beside_the_backstop() {
    let mut x = Exchange::calm().nav(100_000).build();
    x.deposit("whale", 10_000_000);
    x.wait(23 * 3_600);
    x.withdraw("whale", 10_000_000).unwrap();
    assert!(x.withdrawal_queue("whale").is_empty());
    assert_eq!(
        x.bank(&x.person("whale"), harness::DENOM),
        10_000_000_000_000
    );
}

#[test]
fn old_money_beyond_the_backstop_queues_and_leaves_later() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.deposit("whale", 1_000_000);
    x.deposit("small", 100);
    x.wait(3 * 86_400);
    x.withdraw("whale", 1_000_000).unwrap();
    let passed = x.bank(&x.person("whale"), harness::DENOM);
    // An eighth of about two million at once.
    assert!(
        passed > 200_000_000_000 && passed < 300_000_000_000,
        "{passed}"
    );
    let entry = x.withdrawal_queue("whale")[0];
    assert_eq!(
        u128::try_from(entry.amount.0.i128()).unwrap() + passed,
        1_000_000_000_000
    );
    assert!(x.wallet("whale").is_zero());
    x.wait(entry.ready - x.now());
    x.claim_withdrawal("whale").unwrap();
    assert_eq!(
        x.bank(&x.person("whale"), harness::DENOM),
        1_000_000_000_000
    );
    assert!(x.withdrawal_queue("whale").is_empty());
}

#[test]
fn a_loop_of_deposits_and_withdrawals_costs_others_nothing() {
    let mut x = Exchange::calm().nav(1_000_000).build();
    x.deposit("small", 10_000);
    x.wait(2 * 86_400);
    for _ in 0..10 {
        x.deposit("griefer", 5_000_000);
        x.withdraw("griefer", 5_000_000).unwrap();
    }
    x.withdraw("small", 10_000).unwrap();
    assert!(x.withdrawal_queue("small").is_empty());
}
