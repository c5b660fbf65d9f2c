//! 18 September 2022: an exchange without price impact filled any size at the oracle's price. Five times: open there,
//! move the token on an outside venue, close, and the other way round. 565,000 dollars, 400,000 to 450,000 after fees.
//!
//! To move the outside market by one per cent and back costs 200,000 dollars here. The curve charges a round trip at one
//! index nothing, so what a trip wins is its size times one per cent less 8 bp of fees: it is the cap of the skew, three
//! million dollars, that keeps it below what the push costs. It would break even at some eleven million.

use harness::{increase, price, usd, Exchange};
use types::{engine::Order, Side};

use crate::{people::worth, twin::Twin};

/// To push outside by one per cent, round trip, millionths.
const PUSH: i128 = 200_000_000_000;

/// Five times in at `from`, out a per cent on, and back the other way. Answers the most filled and what was won.
fn trips(size: &str, margin: u128) -> (i128, i128) {
    let mut x = Exchange::calm().build();
    x.audited = false;
    x.deposit("thief", 20_000_000);
    let start = worth(&x, "thief", None);
    let mut most = 0;
    for _ in 0..5 {
        for (side, to) in [(Side::Long, "2020"), (Side::Short, "2000")] {
            let _ = x.place("thief", 0, increase(side, size, margin), None);
            let from = if side == Side::Long { "2000" } else { "2020" };
            x.round(from);
            x.crank();
            if let Some(held) = x.position("thief") {
                most = most.max(held.size.0.i128().abs());
            }
            x.round(to);
            x.crank();
            if x.position("thief").is_some() {
                x.place("thief", 0, Order::Close { side }, None).unwrap();
                x.round(to);
                x.crank();
            }
            assert!(x.position("thief").is_none());
        }
    }
    x.assert_sound();
    (most, worth(&x, "thief", None) - start)
}

#[test]
fn moving_the_market_outside_costs_more_than_any_size_wins_here() {
    // Five million are not to be had.
    assert_eq!(trips("2500", 1_000_000).0, 0);
    for (size, margin) in [("100", 40_000), ("1400", 560_000)] {
        let (filled, won) = trips(size, margin);
        assert_eq!(filled, harness::units(size).0.i128());
        let even = PUSH * 5 * (filled / 1_000_000_000_000) * 2_000 / won;
        println!(
            "{size} units: won {won} millionths of five times two legs; even at {even} dollars"
        );
        assert!(won < 5 * PUSH, "{size}");
        // Whatever the size, a leg of this many dollars would pay for the push: beyond three times what is allowed.
        assert!((10_500_000..11_500_000).contains(&even), "{even}");
    }
    // The most that may be had wins a little more than a quarter of what five pushes cost.
    let (_, won) = trips("1490", 600_000);
    assert!(won * 100 / (5 * PUSH) < 30, "{won}");
}

#[test]
fn five_million_five_times_pay_what_was_reported_where_size_costs_nothing() {
    let x = Exchange::calm().bare();
    let mut twin = Twin::calm();
    twin.bring(&x, "thief", 2_000_000);
    for _ in 0..5 {
        for (side, from, to) in [(Side::Long, "2000", "2020"), (Side::Short, "2020", "2000")] {
            twin.print(price(from));
            assert!(twin.increase(&x, "thief", side, (5_000_000, 1_000_000)));
            twin.print(price(to));
            assert!(twin.close(&x, "thief", side));
        }
    }
    let won = twin.free(&x, "thief").minus(usd(2_000_000)).unwrap();
    println!("the twin pays {won:?}");
    // 565,000 before fees were reported, 400,000 to 450,000 after them.
    assert!(won > usd(450_000) && won < usd(465_000), "{won:?}");
}
