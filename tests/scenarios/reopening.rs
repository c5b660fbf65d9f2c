//! Reduced caps at the engine, each at its exact border: a market that reopens lets in a tenth of what it may carry, then
//! a quarter, then half; a Guarded one three quarters, for an eighth more of initial margin. Nothing is let in beyond.

use cosmwasm_std::Uint128;
use harness::{increase, usd, Exchange};
use types::{
    breaker::DaoMsg,
    engine::{MandateDone, Order, Refusal},
    level::Level,
    scope::Scope,
    wire::Wire,
    Amount, Ratio, Side,
};

use crate::refusals::market;

fn govern(x: &mut Exchange, level: Level) {
    let scope = Scope::Global {};
    x.order(DaoMsg::Govern { scope, level }).unwrap();
}

/// A market that was closed and reopens, at the step of these caps.
fn reopening(depth: u128, caps: Ratio) -> Exchange {
    let mut x = market(depth);
    govern(&mut x, Level::ReduceOnly);
    govern(&mut x, Level::Normal);
    for _ in 0..200 {
        if x.stance().caps == caps {
            x.crank();
            assert_eq!(x.books(0).stance.caps, caps);
            assert_eq!(x.books(0).stance.level, Level::Normal);
            assert_eq!(x.books(0).nav, Some(usd(100_000)));
            return x;
        }
        x.wait(30);
        x.quote("2000");
    }
    panic!("it never comes to {caps:?}");
}

/// The same at Guarded, by governance.
fn guarded(depth: u128) -> Exchange {
    let mut x = market(depth);
    govern(&mut x, Level::Guarded);
    x.quote("2000");
    x.crank();
    let books = x.books(0);
    assert_eq!(
        (books.stance.level, books.nav),
        (Level::Guarded, Some(usd(100_000)))
    );
    assert_eq!(
        (books.stance.caution, books.stance.caps),
        (Ratio::percent(50), Ratio::ONE)
    );
    x
}

/// What became of an order of alice at the next round: filled, or why it was refused.
fn tried(x: &mut Exchange, order: Order) -> Option<Refusal> {
    x.deposit("alice", 100_000);
    x.place("alice", 0, order, None).unwrap();
    x.round("2000");
    let res = x.crank_book(0, "keeper", 10).unwrap();
    let done = MandateDone::find(&res.events).unwrap();
    assert_eq!(x.position("alice").is_none(), done.len() == 1, "{done:?}");
    done.first().map(|done| done.reason)
}

/// A lot more than this is refused, and this fills.
#[track_caller]
fn bordered(x: &mut Exchange, side: Side, (fills, more): (&str, &str), reason: Refusal) {
    let caps = x.stance().caps;
    let refused = tried(x, increase(side, more, 60_000));
    assert_eq!(refused, Some(reason), "{side:?} {more} at {caps:?}");
    assert_eq!(
        tried(x, increase(side, fills, 60_000)),
        None,
        "{side:?} {fills} at {caps:?}"
    );
    assert_eq!(x.stance().caps, caps, "the same step");
}

/// Of 222,222.222222 a tenth, a quarter, a half, in lots of 0.002.
#[test]
fn a_reopening_side_holds_its_step_of_the_cap_and_not_a_lot_more() {
    let steps = [
        (10, ("11.111111", "11.111112")),
        (25, ("27.777777", "27.777778")),
        (50, ("55.555555", "55.555556")),
    ];
    for (percent, border) in steps {
        for side in Side::BOTH {
            let mut x = reopening(10_000_000, Ratio::percent(percent));
            bordered(&mut x, side, border, Refusal::SideCap);
        }
    }
}

/// Of fifteen units of skew a tenth, a quarter, a half.
#[test]
fn a_reopening_market_takes_its_step_of_skew_and_not_a_lot_more() {
    let steps = [
        (10, ("1.5", "1.500001")),
        (25, ("3.75", "3.750001")),
        (50, ("7.5", "7.500001")),
    ];
    for (percent, border) in steps {
        for side in Side::BOTH {
            let mut x = reopening(100_000, Ratio::percent(percent));
            bordered(&mut x, side, border, Refusal::SkewCap);
        }
    }
}

#[test]
fn who_reduces_is_let_out_whatever_the_step() {
    let mut x = market(10_000_000);
    x.opened("whale", Side::Long, ("100", 60_000), "2000");
    govern(&mut x, Level::ReduceOnly);
    govern(&mut x, Level::Normal);
    assert_eq!(x.stance().caps, Ratio::percent(10));
    // Ten times what the step lets in is there already: no more of it, and all of it may leave.
    let more = tried(&mut x, increase(Side::Long, "0.1", 1_000));
    assert_eq!(more, Some(Refusal::SideCap));
    x.close("whale", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("whale").is_none());
}

/// Caution one half: three quarters of the side cap, 166,666.666666; skew as it was.
#[test]
fn a_guarded_side_holds_three_quarters_of_the_cap_and_not_a_lot_more() {
    for side in Side::BOTH {
        let mut x = guarded(10_000_000);
        bordered(&mut x, side, ("83.333333", "83.333334"), Refusal::SideCap);
        let mut x = guarded(100_000);
        bordered(&mut x, side, ("15", "15.000001"), Refusal::SkewCap);
    }
}

/// What ten units at 2,000 ask of margin in all, in millionths of a dollar: `IM` raised by so many eighths, a share of
/// the add-on of 1 %, the premium, the fee and the reserve. Every step rounds up.
fn margin(x: &Exchange, eighths: u128, cap: u128) -> u128 {
    const ONE: u128 = 1_000_000_000_000_000_000;
    let im = x.books(0).terms.im.0.atomics().u128();
    let raised = (im * (8 + eighths)).div_ceil(8);
    let share = (20_000_000_000 * ONE).div_ceil(cap);
    let asked = raised + share.div_ceil(100);
    let needed = (20_000_000_000 * asked).div_ceil(ONE);
    // 2,000 * 10 * 10/(2 * 150,000), 5 bp, a dollar.
    let (premium, fee, reserve) = (666_667, 10_000_000, 1_000_000);
    needed + premium + fee + reserve
}

#[test]
fn a_guarded_market_asks_an_eighth_more_of_initial_margin_to_the_unit() {
    let open: [fn(u128) -> Exchange; 2] = [market, guarded];
    let terms = [(0, 222_222_222_222), (1, 166_666_666_666)];
    for (open, (eighths, cap)) in open.into_iter().zip(terms) {
        let mut x = open(10_000_000);
        let enough = margin(&x, eighths, cap);
        let order = |margin: u128| Order::Increase {
            side: Side::Long,
            size: Uint128::new(10_000_000_000_000),
            margin: Uint128::new(margin),
        };
        assert_eq!(tried(&mut x, order(enough - 1)), Some(Refusal::Margin));
        assert_eq!(tried(&mut x, order(enough)), None, "{eighths}: {enough}");
        assert_eq!(x.books(0).bad_debt.vault, Amount::ZERO);
    }
}
