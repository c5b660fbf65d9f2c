//! Life goes on: whoever was in the middle of something ends it, and somebody begins something new.

use harness::{increase, reduce, Exchange};
use types::{engine::ExecuteMsg, level::Level, scope::Reason, Side};

use super::scene::{mandates, minute, raised};

/// Orders that waited are filled or called back, positions are closed, profit and a withdrawal are collected, liquidity
/// comes and goes, somebody opens a position and a latch trips and heals.
pub fn goes_on(x: &mut Exchange) {
    orders_end(x);
    liquidity_moves(x);
    a_latch_trips_and_heals(x);
    positions_close(x);
    queues_empty(x);
    x.assert_sound();
}

fn orders_end(x: &mut Exchange) {
    // It may have been filled on the way here.
    let waits = mandates(x, 1, "bob").pop();
    let before = x.wallet("bob");
    if let Some(waits) = &waits {
        let (market, order) = (x.markets[1].id.clone(), waits.order);
        let cancel = ExecuteMsg::CancelOrder { market, order };
        x.tell("bob", &cancel).unwrap();
    }
    minute(x, ["2600", "2000"]);
    assert!(mandates(x, 1, "bob").is_empty());
    assert!(waits.is_none() || x.wallet("bob") > before, "his again");
    for n in 0..2 {
        assert_eq!(x.position_in(n, "alice").unwrap().size, harness::units("6"));
        assert!(mandates(x, n, "alice").is_empty());
    }
    x.deposit("carol", 10_000);
    x.place("carol", 1, increase(Side::Long, "2", 2_000), None)
        .unwrap();
    minute(x, ["2600", "2000"]);
    assert_eq!(x.position_in(1, "carol").unwrap().size, harness::units("2"));
    x.place("carol", 1, reduce(Side::Long, "1"), None).unwrap();
    minute(x, ["2600", "2000"]);
    assert_eq!(x.position_in(1, "carol").unwrap().size, harness::units("1"));
}

fn liquidity_moves(x: &mut Exchange) {
    let claim = |x: &Exchange, n: usize| ExecuteMsg::LpClaim {
        market: x.markets[n].id.clone(),
    };
    let lent = claim(x, 1);
    x.tell("lender", &lent).unwrap();
    assert!(!x.lp(1, "lender").shares.is_zero());
}

/// The second market's feed falls by a sixteenth at once, and stays.
fn a_latch_trips_and_heals(x: &mut Exchange) {
    assert_eq!(raised(x, 1, Reason::Jump), Level::Normal);
    for _ in 0..2 {
        minute(x, ["2600", "1875"]);
    }
    assert!(raised(x, 1, Reason::Jump) > Level::Normal);
    for _ in 0..120 {
        if raised(x, 1, Reason::Jump) == Level::Normal {
            return;
        }
        minute(x, ["2600", "1875"]);
    }
    panic!("the jump never heals");
}

fn positions_close(x: &mut Exchange) {
    for (n, who, side) in [
        (0, "alice", Side::Long),
        (1, "alice", Side::Long),
        (0, "bob", Side::Short),
        (1, "bob", Side::Short),
        (1, "carol", Side::Long),
    ] {
        x.close_in(n, who, side).unwrap();
    }
    minute(x, ["2600", "1875"]);
    for who in ["alice", "bob", "carol"] {
        assert!((0..2).all(|n| x.position_in(n, who).is_none()), "{who}");
        let free = x.wallet(who);
        x.tell(
            who,
            &ExecuteMsg::Withdraw {
                denom: harness::DENOM.into(),
                amount: free.coins().unwrap(),
            },
        )
        .unwrap();
        assert!(x.wallet(who).is_zero());
    }
}

fn queues_empty(x: &mut Exchange) {
    let ready = |x: &Exchange| {
        x.profit_queue("winner")
            .iter()
            .chain(&x.withdrawal_queue("whale"))
            .map(|q| q.ready)
            .max()
    };
    let until = ready(x).unwrap();
    x.at(until.max(x.now()) + 1);
    x.claim_profit("winner").unwrap();
    x.claim_withdrawal("whale").unwrap();
    assert!(x.profit_queue("winner").is_empty() && x.withdrawal_queue("whale").is_empty());
    assert_eq!(ready(x), None);
}
