//! 10 October 2025: a market's whole open interest was in one liquidation; what was left of the collateral was moved
//! before insurance had paid, the transfer was negative, a failsafe panicked, and the chain stood still for eight hours.
//! When it came back, its price side-cars did so slowly: matching and liquidation ran on prices of before.

use harness::{price, usd, Exchange};
use types::{
    engine::{BadDebt, FundingTerms, Liquidated},
    level::Level,
    params::MarketParams,
    wire::Wire,
    Amount, Price, Ratio, Side,
};

use crate::recorded::{all_say, quotes, whole, Quote};

#[test]
fn the_last_position_of_a_market_takes_exactly_its_deficit_out_of_insurance() {
    let mut params = MarketParams::major(2_000, 10_000_000);
    params.funding = FundingTerms {
        slope: Ratio::ZERO,
        clamp: Ratio::ZERO,
    };
    let mut x = Exchange::calm().params(params).build();
    x.opened("alice", Side::Long, ("100", 12_000), "2000");
    // 100 bought at 2,000 and a premium of 1/3,000; the reserve of a dollar stands beside the margin.
    let held = x.position("alice").unwrap();
    assert_eq!(held.cost, Amount::raw(200_066_666_667));
    let before = x.books(0);
    x.round("1870");
    let res = x.crank();
    // Sold at 1,870 and a premium of 1/3,000, rounded against who sells.
    let lost = 200_066_666_667 - 187_062_333_333;
    let deficit = Amount::raw(lost).minus(held.margin).unwrap();
    let done = Liquidated::find(&res.events).unwrap();
    let debt = BadDebt::find(&res.events).unwrap();
    assert_eq!((done.len(), debt.len()), (1, 1));
    // Nothing is left to take a fee out of. The bounty comes out of the reserve, and the rest of that is insurance's,
    // which pays the whole deficit to the vault before anything else moves.
    assert_eq!(done[0].fee, Amount::ZERO);
    assert_eq!((debt[0].insurance, debt[0].vault), (deficit, Amount::ZERO));
    let rest = usd(1).minus(done[0].bounty).unwrap();
    let after = x.books(0);
    let fund = before.insurance.plus(rest).unwrap();
    assert_eq!(after.insurance, fund.minus(deficit).unwrap());
    assert_eq!(after.cash.minus(before.cash).unwrap(), Amount::raw(lost));
    assert_eq!(after.bad_debt.insurance, deficit);
    assert_eq!((after.positions, after.stuck, after.dead), (0, 0, false));
    // The market is not even frozen for those who leave or come in cash; new risk waits for it to heal.
    x.withdraw("alice", 9).unwrap();
    for _ in 0..400 {
        x.wait(30);
        x.quote("1870");
    }
    assert_eq!(x.stance().level, Level::Normal);
    x.opened("bob", Side::Short, ("10", 5_000), "1870");
}

/// 11 May 2022 21:30 and eight hours later; bitcoin fell from 29,500 to 27,200.
const HALT: u64 = 1_652_304_600;
const BACK: u64 = HALT + 28_800;
/// From the first Valid round after an outage on, the longest time in which only deep positions may go.
const GRACE: u64 = 1_800;

/// Longs of two and eight times their margin, and one thinner, a close and an increase signed just before the halt.
fn scene(name: &str, thinner: u128) -> Option<(Exchange, Vec<Quote>)> {
    let path = quotes(name, (HALT - 600, BACK + 7_200), (1, 300))?;
    let first = path[0].price;
    let mut x = Exchange::calm()
        .price(whole(first))
        .clock(HALT - 1_200, 6)
        .build();
    let text = first.0.to_string();
    // 200,000 dollars each.
    let size = (200_000 / whole(first)).to_string();
    for (who, margin) in [("safe", 100_000), ("thin", 25_000), ("thinner", thinner)] {
        x.opened(who, Side::Long, (&size, margin), &text);
    }
    x.opened("leaver", Side::Long, (&size, 100_000), &text);
    assert!(x.now() < HALT, "{}", x.now());
    x.at(HALT - 6);
    all_say(&mut x, first);
    x.crank();
    x.close("leaver", Side::Long).unwrap();
    x.deposit("eager", 100_000);
    x.increase("eager", Side::Long, &size, 90_000).unwrap();
    x.deposit("thin", 100_000);
    Some((x, path))
}

fn holds(x: &Exchange) -> Vec<bool> {
    ["safe", "thin", "thinner", "leaver", "eager"]
        .map(|who| x.position(who).is_some())
        .to_vec()
}

fn drill(name: &str, thinner: u128, deep: bool) {
    let Some((mut x, path)) = scene(name, thinner) else {
        return;
    };
    let old = x.prices(0, None).newest.unwrap().round;
    let before = holds(&x);
    // Twenty blocks whose side-cars still say what they knew before the halt, at the time they knew it.
    x.at(BACK);
    for block in 0..20 {
        let feed = x.markets[0].feed.clone();
        for source in 0..3 {
            let said = (old.price, Price::ZERO);
            let time = HALT - 6 + block / 4;
            x.report(source, &feed, said, time).unwrap();
        }
        x.refresh(&[&feed]).unwrap();
        let res = x.crank();
        assert!(Liquidated::find(&res.events).unwrap().is_empty(), "{block}");
        x.crank_book(0, "keeper", 10).unwrap();
        let newest = x.prices(0, None).newest.unwrap().round;
        assert_eq!(newest, old, "no round of block {block}");
        assert_eq!(holds(&x), before, "no fill in block {block}");
        assert!(x.increase("thin", Side::Long, "1", 3_000).is_err());
        x.next_block();
    }
    // Fresh ones. What was signed before the halt meets the first of them, where nothing new may be opened.
    let fresh = |x: &Exchange| {
        let mut known = path.iter().filter(|q| q.time <= x.now());
        known.next_back().unwrap().price
    };
    let now = fresh(&x);
    all_say(&mut x, now);
    let restart = x.now();
    assert!(now < price(&old.price.0.to_string()));
    x.crank();
    assert!(x.position("leaver").is_none() && x.position("eager").is_none());
    let got = x.wallet("leaver");
    assert!(got < usd(98_500), "closed at the fresh price: {got:?}");
    // Everybody may add margin and close from the first block on.
    x.add_margin("thin", 90_000).unwrap();
    // Grace: nobody but the deep is liquidated until it has passed.
    let mut gone = None;
    while x.now() < restart + GRACE + 600 {
        x.wait(30);
        let now = fresh(&x);
        all_say(&mut x, now);
        let res = x.crank();
        for done in Liquidated::find(&res.events).unwrap() {
            // Within a hundredth of a price that was fresh in this drill.
            let fresh = path.iter().filter(|q| q.time >= BACK - 600);
            let near = |q: &Quote| done.price.0.abs_diff(q.price.0) * price("100").0 < q.price.0;
            assert!(fresh.clone().any(near), "{done:?}");
        }
        if gone.is_none()
            && x.position("thinner")
                .is_none_or(|p| p.size < before_size(&x))
        {
            gone = Some(x.now() - restart);
        }
    }
    println!("{name}: the thin one was liquidated {gone:?} seconds after the first fresh price");
    // Who could not stand it goes when grace is over and not before (A6, A7), the deep at once; who added margin stays.
    let waited = if deep { 0..=120 } else { GRACE..=GRACE + 120 };
    assert!(gone.is_some_and(|s| waited.contains(&s)), "{gone:?}");
    assert!(x.position("thin").is_some() && x.position("safe").is_some());
}

/// What everybody bought: `safe` has not changed.
fn before_size(x: &Exchange) -> types::Size {
    x.position("safe").unwrap().size
}

#[test]
fn eight_hours_of_standing_still_and_twenty_blocks_of_old_prices_liquidate_and_fill_nothing() {
    drill("luna2022_BTC_binance-spot-5m.csv", 14_000, false);
    drill("luna2022_ETH_binance-spot-5m.csv", 17_000, true);
}
