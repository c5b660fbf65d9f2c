//! Liquidations are paced to the market's depth, and no longer than a position stays solvent.

use harness::Exchange;
use types::{engine::Liquidated, params::MarketParams, wire::Wire, Ratio, Side};

/// Twelve longs of a million dollars each, thinly margined, against as many shorts.
pub(crate) fn heavy() -> Exchange {
    let params = MarketParams {
        pace_window: 7_200,
        ..MarketParams::major(2_000, 10_000_000)
    };
    let mut x = Exchange::calm().params(params).build();
    for n in 0..9 {
        x.opened(&format!("long{n}"), Side::Long, ("500", 80_000), "2000");
        x.opened(&format!("short{n}"), Side::Short, ("500", 300_000), "2000");
    }
    x
}

fn liquidated(x: &mut Exchange) -> usize {
    let res = x.crank();
    Liquidated::find(&res.events).unwrap().len()
}

#[test]
fn what_exceeds_the_depth_waits_but_not_longer_than_it_stays_solvent() {
    let mut x = heavy();
    x.walk("2000", "1880", 40);
    x.next_block();
    x.quote("1880");
    let first = liquidated(&mut x);
    assert!(first > 0 && first < 9, "{first}");
    let books = x.books(0);
    assert_eq!(books.paced_since, Some(x.now()));
    assert!(!books.backlog.is_zero());
    assert!(x.vitals().backlog > Ratio::ZERO);
    // The bucket grows until everybody has been served.
    let began = x.now();
    let mut done = first;
    while x.books(0).paced_since.is_some() {
        x.wait(30);
        x.quote("1880");
        done += liquidated(&mut x);
        assert!(x.now() < began + 10_800, "{done} of 9");
    }
    assert!(done > first, "{done}");
    assert!(x.books(0).backlog.is_zero());
    assert_eq!(liquidated(&mut x), 0, "nobody is left to wait");
}

#[test]
fn a_bankrupt_position_is_never_paced() {
    let mut x = heavy();
    x.walk("2000", "1700", 60);
    x.next_block();
    x.quote("1700");
    let done = liquidated(&mut x);
    assert!(done >= 9, "{done}");
    assert_eq!(x.books(0).paced_since, None);
}
