//! An update of margin terms liquidates nobody.

use harness::{usd, Exchange};
use types::{engine::Liquidated, wire::Wire, Side};

#[test]
fn a_rise_of_volatility_raises_initial_margin_at_once_and_maintenance_along_a_ramp() {
    let mut x = Exchange::calm().build();
    let calm = x.books(0).terms;
    // Two hours of swings.
    let mut at = ("2000", "2030");
    for _ in 0..60 {
        x.walk(at.0, at.1, 4);
        x.wait(50);
        at = (at.1, at.0);
    }
    let (before, now) = (x.books(0).terms, x.now());
    x.crank();
    let after = x.books(0).terms;
    assert!(after.im > calm.im, "{after:?}");
    assert_eq!(
        before.mm, after.mm,
        "nothing changes in the moment of the update"
    );
    assert!(after.mm_target > after.mm);
    assert_eq!(x.now(), now);
    x.wait(3_600);
    let later = x.books(0).terms;
    assert!(later.mm > after.mm);
    let most = after
        .mm
        .times(types::Ratio::percent(110), math::wide::Round::Up)
        .unwrap();
    assert!(later.mm <= most, "{later:?}");
}

#[test]
fn the_liquidatable_are_the_same_just_before_and_just_after_a_refresh() {
    let mut x = Exchange::calm().build();
    for (who, margin) in [("a", 1_250), ("b", 1_350), ("c", 1_500), ("d", 2_000)] {
        x.opened(who, Side::Long, ("10", margin), "2000");
    }
    let mut at = ("2000", "1980");
    for _ in 0..40 {
        x.walk(at.0, at.1, 4);
        x.wait(50);
        at = (at.1, at.0);
    }
    x.quote("1980");
    // The crank refreshes the terms and then liquidates at the same rounds: nobody was liquidatable at the old
    // terms, so nobody is at the new ones.
    let mm = x.books(0).terms.mm;
    let needed = usd(19_800).share_up(mm).unwrap();
    for who in ["a", "b", "c", "d"] {
        assert!(x.position(who).unwrap().equity.unwrap() > needed);
    }
    let res = x.crank();
    assert!(Liquidated::find(&res.events).unwrap().is_empty());
    assert!(x.books(0).terms.mm_target > mm);
}
