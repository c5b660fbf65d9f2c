//! Placing, filling, closing: the ordinary life of a position.

use harness::{units, usd, Exchange};
use types::{level::Level, Side};

#[test]
fn an_order_fills_at_the_first_round_after_on_the_curve() {
    let mut x = Exchange::calm().build();
    assert_eq!(x.stance().level, Level::Normal);
    x.opened("alice", Side::Long, ("300", 40_000), "2000");
    let p = x.position("alice").unwrap();
    assert_eq!(p.size, units("300"));
    // The worked numbers of the design: 300 at 2,002.
    assert_eq!(p.cost, usd(600_600));
    x.opened("bob", Side::Short, ("300", 40_000), "2000");
    assert_eq!(x.position("bob").unwrap().cost, usd(-600_600));
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
}
