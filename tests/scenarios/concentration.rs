//! One account holds a part of what its side may hold and no more, so open interest that could only be unwound against
//! one owner does not come about by trading.

use harness::{usd, Exchange};
use math::margin::side_cap;
use types::{
    engine::{MandateDone, Refusal},
    params::MarketParams,
    wire::Wire,
    Amount, Ratio, Side,
};

const NAV: u128 = 10_000_000;

/// One account may hold one per cent of a side's cap.
fn params() -> MarketParams {
    MarketParams {
        account_share: Ratio::percent(1),
        ..MarketParams::major(2_000, NAV)
    }
}

fn market() -> Exchange {
    let mut x = Exchange::calm().nav(NAV).params(params()).build();
    for who in ["alice", "bob"] {
        x.deposit(who, 100_000);
    }
    x
}

/// What one account may hold now, whole thousandths of a unit at 2,000.
fn room(x: &Exchange) -> i128 {
    let (books, params) = (x.books(0), params());
    let cap = side_cap(
        books.nav.unwrap(),
        params.side_share,
        params.gap,
        books.terms.mm,
    );
    let share = cap.unwrap().share_down(params.account_share).unwrap();
    share.0.i128() / usd(2).0.i128()
}

/// Ask for so many thousandths more; why not, if not.
fn asks(x: &mut Exchange, who: &str, side: Side, thousandths: i128) -> Option<Refusal> {
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    x.increase(who, side, &text, 30_000).unwrap();
    x.round("2000");
    let done = MandateDone::find(&x.crank().events).unwrap();
    done.first().map(|d| d.reason)
}

#[test]
fn an_account_may_hold_its_part_to_the_thousandth_and_another_account_the_same() {
    let mut x = market();
    let room = room(&x);
    assert!(room > 100_000, "{room}");
    let before = x.wallet("alice");
    let too_much = asks(&mut x, "alice", Side::Long, room + 1);
    assert_eq!(too_much, Some(Refusal::Concentration));
    let fee = before.minus(x.wallet("alice")).unwrap();
    assert!(fee > Amount::ZERO && fee < usd(1), "{fee:?}");
    assert_eq!(asks(&mut x, "alice", Side::Long, room), None);
    // Neither in steps.
    let more = asks(&mut x, "alice", Side::Long, 10);
    assert_eq!(more, Some(Refusal::Concentration));
    // It is nobody else's part, on either side.
    assert_eq!(asks(&mut x, "bob", Side::Short, room / 2), None);
}

#[test]
fn a_part_that_has_shrunk_is_kept_reduced_and_left_as_its_owner_likes() {
    let mut x = market();
    let whole = room(&x);
    assert_eq!(asks(&mut x, "alice", Side::Long, whole * 98 / 100), None);
    // Liquidity leaves, as fast as it may: what she may hold is less than what she holds.
    for _ in 0..70 {
        x.wait(60);
        x.quote("2000");
    }
    let half = x.lp(0, "lp").shares.checked_div(2_u128.into()).unwrap();
    x.lp_withdraw("lp", half).unwrap();
    let mut minutes = 0;
    while room(&x) > whole * 96 / 100 {
        x.wait(60);
        x.quote("2000");
        x.crank();
        minutes += 1;
        assert!(minutes < 600, "{} of {whole}", room(&x));
    }
    let more = asks(&mut x, "alice", Side::Long, 10);
    assert_eq!(more, Some(Refusal::Concentration));
    x.add_margin("alice", 100).unwrap();
    x.reduce("alice", Side::Long, "10").unwrap();
    x.round("2000");
    x.crank();
    x.close("alice", Side::Long).unwrap();
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_none());
}
