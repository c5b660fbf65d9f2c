//! Two caps a trade may not pass, each at its exact border: what one side may hold, and what traders may have gained. Who
//! is refused pays nothing but whoever removes the order.

use harness::{increase, usd, Exchange};
use types::{
    engine::{FundingTerms, MandateDone, Refusal},
    level::Level,
    params::MarketParams,
    wire::Wire,
    Amount, Ratio, Side,
};

/// Whoever executes or removes an order is paid this.
const FEE: Amount = Amount::raw(50_000);

/// A vault of 100,000, as deep as one of so many dollars: each side may hold 222,222.222222, and so many units of skew
/// as 30 % of `depth` are at 2,000. Without funding.
pub(crate) fn market(depth: u128) -> Exchange {
    let mut params = MarketParams::major(2_000, depth);
    params.account_share = Ratio::ONE;
    params.funding = FundingTerms {
        slope: Ratio::ZERO,
        clamp: Ratio::ZERO,
    };
    Exchange::calm().nav(100_000).params(params).build()
}

/// What became of an order of alice, due at a round at this price: nothing, or why it was refused. Then her money is
/// hers, less the fee of the keeper, and the books are as they were.
fn tried(x: &mut Exchange, (side, size): (Side, &str), margin: u128, at: &str) -> Option<Refusal> {
    x.deposit("alice", margin + 1);
    let (owned, kept) = (x.wallet("alice"), x.wallet("keeper"));
    let before = x.books(0);
    x.place("alice", 0, increase(side, size, margin), None)
        .unwrap();
    x.round(at);
    let res = x.crank_book(0, "keeper", 10).unwrap();
    let done = MandateDone::find(&res.events).unwrap();
    let Some(done) = done.first() else {
        assert!(x.position("alice").is_some());
        return None;
    };
    assert_eq!(done.refund, usd(i128::try_from(margin).unwrap()));
    assert!(x.position("alice").is_none() && x.mandates("alice").is_empty());
    assert_eq!(x.wallet("alice"), owned.minus(FEE).unwrap());
    let removed = x.wallet("keeper").minus(kept).unwrap();
    // A keeper's own wages, no taker fee of anybody.
    assert_eq!(removed, FEE);
    let after = x.books(0);
    let sums = |b: &types::engine::MarketState| (b.long, b.short, b.cash, b.fees, b.insurance);
    assert_eq!(sums(&after), sums(&before));
    assert_eq!(x.stance().level, Level::Normal);
    Some(done.reason)
}

#[test]
fn a_side_holds_what_the_vault_can_carry_and_not_a_lot_more() {
    for side in Side::BOTH {
        // Half of 100,000 over 0.225: 222,222.222222, of which 111.111111 units are 222,222.222.
        let mut x = market(10_000_000);
        assert_eq!(x.books(0).nav, Some(usd(100_000)));
        let more = tried(&mut x, (side, "111.111112"), 60_000, "2000");
        assert_eq!(more, Some(Refusal::SideCap), "{side:?}");
        let all = tried(&mut x, (side, "111.111111"), 60_000, "2000");
        assert_eq!(all, None, "{side:?}");
        // The other side has a cap of its own.
        x.opened("bob", side.opposite(), ("100", 50_000), "2000");
    }
}

/// Longs of a hundred units against a vault that is as deep as one of a million: who sells to it is paid for making it
/// rounder, and that is a gain.
fn gaining() -> Exchange {
    let mut x = market(1_000_000);
    for (who, size) in [("a", "50"), ("b", "50")] {
        x.opened(who, Side::Long, (size, 30_000), "2000");
    }
    x.walk("2000", "2650", 300);
    for _ in 0..12 {
        x.wait(30);
        x.quote("2650");
    }
    x.crank();
    x
}

/// Alice sells so many units; the price at which that brings the gain to so many millionths of a dollar, in trillionths:
/// `100*P - cost + P*(100*q - q*q/2)/15,000`.
fn gains(x: &Exchange, sold: i128, gain: i128) -> String {
    let cost: i128 = ["a", "b"]
        .map(|w| x.position(w).unwrap().cost.0.i128())
        .into_iter()
        .sum();
    let weight = 100 * 30_000 + 200 * sold - sold * sold;
    let price = (cost + gain) * 1_000_000 * 30_000 / weight;
    format!(
        "{}.{:012}",
        price / 1_000_000_000_000,
        price % 1_000_000_000_000
    )
}

#[test]
fn no_trade_brings_gains_over_what_alarms_and_one_that_stays_below_fills() {
    let limit = MarketParams::major(2_000, 1_000_000).exits.gain_limit;
    assert_eq!(limit, Ratio::percent(70));
    for (off, refused) in [(-20, None), (20, Some(Refusal::Gain))] {
        let mut x = gaining();
        let cash = x.books(0).cash.0.i128();
        let at = gains(&x, 20, cash * 70 / 100 + off);
        let reading = x.vitals().gain;
        assert!(reading < limit, "{reading:?}");
        let done = tried(&mut x, (Side::Short, "20"), 20_000, &at);
        assert_eq!(done, refused, "at {at}, {:?}", x.vitals().gain);
        // Without the trade it is a third of a percent below.
        let gain = x.vitals().gain;
        if refused.is_some() {
            assert!(gain < Ratio::bps(6_980), "{gain:?}");
        } else {
            // The fee of the fill is cash by now.
            assert!(gain <= limit && gain > Ratio::bps(6_998), "{gain:?}");
        }
    }
}
