//! 12 May 2022: an aggregator's answer for LUNA could not fall below 0.107 while the market went to 0.01 and less; who
//! bought there and borrowed against it took 11.2 and 8.3 million dollars. One of the victims could not pause for its
//! own timelock; the other reopened with twelve hours of repaying only.
//!
//! Prices are those of a thousand LUNA.

use harness::{increase, price, Exchange};
use types::{breaker::DaoMsg, level::Level, oracle::Status, scope::Scope, Price, Ratio, Side};

use crate::{
    people::worth,
    recorded::{all_say, quotes, whole},
};

/// 08:00 UTC.
const OPENING: u64 = 1_652_342_400;
const FLOOR: &str = "107";

fn newest(x: &Exchange) -> Status {
    x.prices(0, None).newest.unwrap().round.status
}

#[test]
fn nothing_opens_at_a_floor_that_the_market_has_fallen_through() {
    let window = (OPENING - 600, OPENING + 7_200);
    let Some(minutes) = quotes("luna2022_LUNA_binance-spot-1m.csv", window, (1_000, 60)) else {
        return;
    };
    let first = minutes[0];
    let mut x = Exchange::calm()
        .price(whole(first.price))
        .sources(2)
        .clock(first.time - 600, 6)
        .build();
    x.deposit("buyer", 2_000_000);
    let start = (worth(&x, "buyer", None), x.books(0).nav.unwrap());
    let (mut clipped, mut opened_below, mut tried) = (None, 0, 0);
    for (n, minute) in minutes.iter().enumerate() {
        x.at(minute.time.max(x.now() + 1));
        let (now, truth) = (x.now(), minute.price);
        let low = truth.max(price(FLOOR));
        x.report(0, "eth-usd", (low, Price::ZERO), now).unwrap();
        x.report(1, "eth-usd", (truth, Price::ZERO), now).unwrap();
        x.refresh(&["eth-usd"]).unwrap();
        x.crank();
        // More than 2.5 % apart: within this update nothing may be opened.
        let apart = low.0 > truth.0 * (Ratio::ONE.plus(Ratio::bps(260)).unwrap()).0;
        if apart {
            clipped = clipped.or(Some(n));
            assert!(newest(&x) >= Status::Uncertain, "{minute:?}");
            assert!(x.stance().level >= Level::ReduceOnly, "{minute:?}");
        }
        // The buyer tries for the most that he can, every minute from 08:30 on.
        if minute.time < OPENING + 1_800 {
            continue;
        }
        tried += 1;
        let before = x.position("buyer").map(|p| p.size);
        let size = "2000";
        let signed = x.place("buyer", 0, increase(Side::Long, size, 120_000), None);
        assert!(!apart || signed.is_err(), "signed at {minute:?}");
        opened_below += u32::from(apart && x.position("buyer").map(|p| p.size) > before);
    }
    let clipped = clipped.expect("the market falls through the floor");
    assert!(clipped < minutes.len() / 2 && tried > 60);
    assert_eq!(opened_below, 0);
    // What he won, and what liquidity providers lost, in all of it.
    let won = worth(&x, "buyer", None) - start.0;
    let nav = x.books(0).nav.unwrap();
    println!(
        "the buyer won {won} millionths; the vault {:?}, {:?}",
        start.1, nav
    );
    assert!(won <= 0, "{won}");
    assert!(nav >= start.1, "{nav:?}");
    assert_eq!(x.books(0).bad_debt, Default::default());
}

#[test]
fn it_reopens_after_twelve_hours_of_leaving_only_and_in_steps() {
    let mut x = Exchange::calm().price(107).sources(2).build();
    x.opened("alice", Side::Long, ("100", 5_000), "107");
    x.opened("bob", Side::Long, ("100", 5_000), "107");
    let scope = Scope::Market {
        market: x.markets[0].id.clone(),
    };
    let govern = |level| DaoMsg::Govern {
        scope: scope.clone(),
        level,
    };
    x.order(govern(Level::ReduceOnly)).unwrap();
    x.audited = false;
    // Twelve hours of good prices do not reopen it, and everybody may leave in all of them.
    for minute in 0..720 {
        x.wait(60);
        all_say(&mut x, price("107"));
        assert_eq!(x.stance().level, Level::ReduceOnly, "{minute}");
        if minute % 60 == 0 {
            assert!(x.increase("bob", Side::Long, "1", 10).is_err());
        }
        if minute == 300 {
            x.close("alice", Side::Long).unwrap();
        }
        x.crank();
    }
    x.assert_sound();
    assert!(x.position("alice").is_none() && x.position("bob").is_some());
    x.order(govern(Level::Normal)).unwrap();
    let mut seen = vec![];
    for _ in 0..90 {
        x.wait(60);
        all_say(&mut x, price("107"));
        seen.push((x.stance().level, x.stance().caps));
    }
    seen.dedup();
    let caps: Vec<_> = seen.iter().map(|s| s.1).collect();
    assert_eq!(caps, [10, 25, 50, 100].map(Ratio::percent), "{seen:?}");
    x.audited = true;
    x.deposit("bob", 10);
    x.increase("bob", Side::Long, "1", 10).unwrap();
    x.round("107");
    x.crank();
    assert_eq!(x.position("bob").unwrap().size, harness::units("101"));
}
