//! Winners' gains near the vault's cash: their side is scaled, everybody alike, and no further than needed.

use harness::{units, Exchange};
use types::{
    engine::{Deleveraged, FundingTerms},
    params::MarketParams,
    wire::Wire,
    Ratio, Side,
};

/// Three longs of 100 units together against a vault of 100,000.
pub(crate) fn crowded() -> Exchange {
    // The depth of a vault a hundred times as large, so that one side can win what this one holds.
    let params = MarketParams::major(2_000, 10_000_000);
    let mut x = Exchange::calm().nav(100_000).params(params).build();
    for (who, size) in [("a", "50"), ("b", "25"), ("c", "25")] {
        x.opened(who, Side::Long, (size, 20_000), "2000");
    }
    x
}

/// A rise that alarms nobody.
fn rise(x: &mut Exchange, from: u32, to: u32) {
    let mut at = from;
    while at < to {
        at += 10;
        x.wait(60);
        x.quote(&at.to_string());
        x.crank();
    }
}

#[test]
fn nobody_is_scaled_below_the_trigger() {
    let mut x = crowded();
    rise(&mut x, 2_000, 2_800);
    assert_eq!(x.position("a").unwrap().size, units("50"));
    assert!(x.vitals().gain > Ratio::percent(75));
}

/// The same on either side, without funding, so that nothing but the price moves gain and cash.
fn still(side: Side) -> Exchange {
    let mut params = MarketParams::major(2_000, 10_000_000);
    params.funding = FundingTerms {
        slope: Ratio::ZERO,
        clamp: Ratio::ZERO,
    };
    let mut x = Exchange::calm().nav(100_000).params(params).build();
    for (who, size) in [("a", "50"), ("b", "25"), ("c", "25")] {
        x.opened(who, side, (size, 20_000), "2000");
    }
    x
}

/// The price at which the 100 units of a side have gained so many millionths of a dollar: with eight decimals it is
/// exact.
fn gained(x: &Exchange, side: Side, gain: i128) -> String {
    let cost: i128 = ["a", "b", "c"]
        .map(|w| x.position(w).unwrap().cost.0.i128())
        .into_iter()
        .sum();
    let value = match side {
        Side::Long => cost + gain,
        Side::Short => -(cost + gain),
    };
    format!("{}.{:08}", value / 100_000_000, value % 100_000_000)
}

#[test]
fn nothing_happens_at_85_percent_and_a_hundred_thousandth_of_a_dollar_above_it_scales_to_77() {
    for (side, near) in [(Side::Long, "2840"), (Side::Short, "1160")] {
        let mut x = still(side);
        x.walk("2000", near, 400);
        // A step below, then the whole way.
        for _ in 0..12 {
            x.wait(30);
            x.quote(near);
        }
        assert!(x.vitals().gain < Ratio::percent(85));
        let cash = x.books(0).cash.0.i128();
        // The sums are rounded up by a unit for each position.
        let (below, above) = (cash * 85 / 100 - 5, cash * 85 / 100 + 5);
        let quoted = |x: &mut Exchange, gain| {
            let at = gained(x, side, gain);
            x.next_block();
            x.quote(&at);
            let res = x.crank();
            Deleveraged::find(&res.events).unwrap()
        };
        assert_eq!(quoted(&mut x, below), [], "{side:?}");
        let gain = x.vitals().gain;
        assert!(gain <= Ratio::percent(85) && gain > Ratio::raw(849_999_999_000_000_000));
        assert_eq!(x.books(0).cash.0.i128(), cash, "nothing moved");
        let done = quoted(&mut x, above);
        assert_eq!(done.len(), 1, "{side:?}");
        assert_eq!(done[0].longs, side == Side::Long);
        assert_eq!(done[0].shorts, side == Side::Short);
        let gain = x.vitals().gain;
        assert!(gain <= Ratio::percent(77), "{gain:?}");
        assert!(gain > Ratio::raw(769_999_900_000_000_000), "{gain:?}");
    }
}

#[test]
fn the_winning_side_is_scaled_to_the_target_and_pays_everyone_alike() {
    let mut x = crowded();
    rise(&mut x, 2_000, 2_820);
    let before: Vec<_> = ["a", "b", "c"].map(|w| x.position(w).unwrap()).into();
    x.next_block();
    x.quote("2900");
    let res = x.crank();
    let done = Deleveraged::find(&res.events).unwrap();
    assert_eq!(done.len(), 1, "{done:?}");
    assert!(done[0].longs && done[0].keep < Ratio::ONE);
    // At the target, and not a step below it.
    let gain = x.vitals().gain;
    assert!(
        gain <= Ratio::percent(77) && gain > Ratio::bps(7_699),
        "{gain:?}"
    );
    for (who, old) in ["a", "b", "c"].into_iter().zip(before) {
        let new = x.position(who).unwrap();
        let kept = types::Amount(old.size.0).share_down(done[0].keep).unwrap();
        assert!(new.size.0.abs_diff(kept.0).u128() <= 1, "{who}");
        assert!(new.margin > old.margin, "{who} is paid what was closed");
        assert_eq!(new.paid_in, old.paid_in, "and it is profit");
    }
    let half = |n: types::Size| n.0.i128() / 2;
    assert_eq!(x.position("b").unwrap().size, x.position("c").unwrap().size);
    let (a, b) = (x.position("a").unwrap(), x.position("b").unwrap());
    assert!((half(a.size) - b.size.0.i128()).abs() <= 1);
    // Once a round.
    let again = x.crank();
    assert!(Deleveraged::find(&again.events).unwrap().is_empty());
}

#[test]
fn a_scaled_position_closes_for_what_it_is_worth() {
    let mut x = crowded();
    rise(&mut x, 2_000, 2_900);
    let equity = x.position("a").unwrap().equity.unwrap();
    let before = x.wallet("a");
    x.close("a", Side::Long).unwrap();
    x.round("2900");
    x.crank();
    let queued = x
        .profit_queue("a")
        .iter()
        .fold(types::Amount::ZERO, |s, q| s.plus(q.amount).unwrap());
    let got = x.wallet("a").minus(before).unwrap().plus(queued).unwrap();
    // Less the fee, the closing premium and its execution fee; beside it the reserve of a dollar.
    let least = equity.share_down(Ratio::bps(9_900)).unwrap();
    assert!(
        got >= least && got <= equity.plus(harness::usd(1)).unwrap(),
        "{got:?} of {equity:?}"
    );
}
