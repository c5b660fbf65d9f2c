//! 11 October 2022 22:19 UTC: one account offered 483 million of a thin token's perpetuals and another bought them at
//! 0.0382; the three thin venues of the oracle were pushed to 0.91 in ten minutes, all of them together, and the buyer
//! borrowed 116 million dollars against 423 million of paper gain.
//!
//! Prices are those of ten thousand tokens.

use harness::{price, usd, Builder, Exchange};
use types::{
    engine::{Liquidated, MandateDone, Refusal},
    level::Level,
    params::MarketParams,
    wire::Wire,
    Side,
};

use crate::{people::worth, recorded::all_say, twin::Twin};

const START: u128 = 382;
/// Brought by each of the two.
const BROUGHT: u128 = 5_000_000;
const VAULT: u128 = 1_000_000;

/// Everything that the buyer may ask for, at once.
fn grabs(x: &mut Exchange, who: &str) {
    for amount in [4_000_000, 400_000, 40_000, 1_000] {
        let _ = x.remove_margin(who, amount);
    }
    let _ = x.claim_profit(who);
    let free = x.wallet(who).0.i128() / 1_000_000;
    if free > 0 {
        let _ = x.withdraw(who, u128::try_from(free).unwrap());
    }
}

#[test]
fn the_buyer_of_a_pushed_token_is_paid_by_his_own_other_half_at_most() {
    drill(70);
}

#[test]
fn nor_is_he_who_pushes_at_once() {
    drill(0);
}

/// A market is wound up at its newest usable price until half an hour of prices has made an average: the pushed price.
/// So nobody enters before.
#[test]
fn nor_is_he_where_the_market_is_younger_than_its_average() {
    let mut x = thin(Builder::young);
    let (vault, fund) = (x.books(0).nav, x.books(0).insurance);
    for (who, side) in [("seller", Side::Short), ("buyer", Side::Long)] {
        x.increase(who, side, "300", 100_000).unwrap();
    }
    x.round(&START.to_string());
    let done = MandateDone::find(&x.crank().events).unwrap();
    let reasons: Vec<_> = done.iter().map(|d| d.reason).collect();
    assert_eq!(reasons, [Refusal::NoAverage; 2]);
    let mut told = START * 1_000_000;
    for step in 1..=20 {
        told = told * 117 / 100;
        x.wait(30);
        let text = format!("{}.{:06}", told / 1_000_000, told % 1_000_000);
        all_say(&mut x, price(&text));
        x.crank();
        grabs(&mut x, "buyer");
        // The level does not even let them sign.
        for (who, side) in [("seller", Side::Short), ("buyer", Side::Long)] {
            assert!(x.increase(who, side, "300", 100_000).is_err(), "{step}");
        }
    }
    assert!(x.position("buyer").is_none() && x.position("seller").is_none());
    assert_eq!((x.books(0).nav, x.books(0).insurance), (vault, fund));
    // Nobody has won, and both have paid for their orders.
    for who in ["buyer", "seller"] {
        assert!(worth(&x, who, None) < 5_000_000_000_000);
    }
}

/// The thin token's market, and two who have brought their money.
fn thin(shape: impl Fn(Builder) -> Builder) -> Exchange {
    let calm = Exchange::calm().price(START).nav(VAULT).insurance(50_000);
    let calm = calm.params(MarketParams::major(START, VAULT));
    let mut x = shape(calm).build();
    for who in ["seller", "buyer"] {
        x.deposit(who, BROUGHT);
    }
    x
}

/// After so many half minutes of calm the price is pushed.
fn drill(calm: u32) {
    let mut x = thin(|lived| lived);
    // 483 million at 0.0382 is far beyond what this vault's books allow.
    for (who, side) in [("seller", Side::Short), ("buyer", Side::Long)] {
        let too_much = x.increase(who, side, "48300", 4_900_000);
        let filled = too_much.is_ok() && {
            x.round(&START.to_string());
            x.crank();
            x.position(who).is_some()
        };
        assert!(!filled, "{side:?}");
    }
    // What it does allow, on both sides.
    for _ in 0..3 {
        for (who, side) in [("seller", Side::Short), ("buyer", Side::Long)] {
            x.increase(who, side, "300", 100_000).unwrap();
        }
        x.round(&START.to_string());
        x.crank();
    }
    for _ in 0..calm {
        x.wait(30);
        all_say(&mut x, price(&START.to_string()));
        x.crank();
    }
    let nav = x.books(0).nav.unwrap().0.i128();
    let (mut told, mut tripped, mut settled, mut gone) = (START * 1_000_000, None, None, false);
    for step in 1..=20 {
        told = told * 117 / 100;
        x.wait(30);
        let text = format!("{}.{:06}", told / 1_000_000, told % 1_000_000);
        all_say(&mut x, price(&text));
        if tripped.is_none() && x.stance().level >= Level::ReduceOnly {
            tripped = Some(step);
        }
        let res = x.crank();
        gone |= !Liquidated::find(&res.events).unwrap().is_empty();
        grabs(&mut x, "buyer");
        // Until the market is wound up nothing but his own is out.
        let out = i128::try_from(x.bank(&x.person("buyer"), harness::DENOM)).unwrap();
        let over = x.stance().level == Level::Settlement;
        settled = settled.or(over.then_some(step));
        assert!(
            settled.is_some() || out <= 5_000_000_000_000,
            "step {step}: {out}"
        );
        x.assert_sound();
    }
    assert!(told > 8_800 * 1_000_000);
    // Seventeen per cent in one step is beyond the band: the market trips at the first.
    assert_eq!(tripped, Some(1));
    assert!(gone, "the seller is liquidated");
    // His paper gain exceeds what vault and insurance have: the market is wound up, at the average of half an hour.
    assert!(settled.is_some_and(|step| step > 8), "{settled:?}");
    for _ in 0..60 {
        x.wait(30);
        all_say(&mut x, price("200"));
        x.crank();
        grabs(&mut x, "buyer");
    }
    x.assert_sound();
    let won = |who| worth(&x, who, None) - 5_000_000_000_000;
    let (buyer, seller) = (won("buyer"), won("seller"));
    let after = x.books(0).nav.unwrap().0.i128();
    println!("buyer {buyer}, seller {seller}, vault {nav} -> {after}, settled at step {settled:?}");
    // What he is paid is a part of what his other half has lost, and liquidity providers lose nothing: the pushing
    // itself, three million dollars, is not even counted.
    assert!(buyer < 100_000_000_000 && buyer + seller < -200_000_000_000);
    assert!(after >= nav);
    assert!(x.position("buyer").is_none() && x.position("seller").is_none());
}

#[test]
fn where_the_price_is_all_there_is_the_same_buyer_takes_the_vault() {
    let x = Exchange::calm().bare();
    let mut twin = Twin::calm();
    twin.print(price("382"));
    for (who, side) in [("seller", Side::Short), ("buyer", Side::Long)] {
        twin.bring(&x, who, BROUGHT);
        assert!(twin.increase(&x, who, side, (400_000, 21_000)));
    }
    let (mut told, mut gone) = (START * 1_000_000, 0);
    for _ in 1..=20 {
        told = told * 117 / 100;
        let text = format!("{}.{:06}", told / 1_000_000, told % 1_000_000);
        gone += twin.print(price(&text)).len();
    }
    // From 0.0382 to 0.88: the seller goes at the first step, and beyond what he brought behind it.
    assert_eq!(gone, 1);
    assert!(twin.debt().0 > usd(40_000));
    assert!(twin.close(&x, "buyer", Side::Long));
    let won = twin.free(&x, "buyer").minus(usd(5_000_000)).unwrap();
    let left = twin.nav(price("200"));
    println!("the twin pays {won:?} and keeps {left:?} of ten million");
    assert!(won > usd(8_500_000) && left < usd(1_500_000));
}
