//! 24 and 25 June 2019: one of the feeds of a currency said a thousand times too much, now and then; an outage nobody
//! had noticed had left two sources, and the mean of the two was published. A bot traded each flip: more than a billion
//! dollars of nominal profit in under an hour.
//!
//! Here: a price of 1, the third source silent, the second alternating between 1 and 1,000 each minute for fifty
//! minutes, and a bot that buys when it is low and sells when it is high.

use harness::{increase, price, usd, Exchange};
use types::{level::Level, oracle::Status, Price, Side};

use crate::{people::worth, twin::Twin};

const BROUGHT: u128 = 100_000;
const MINUTES: u64 = 50;
/// Of a vault of ten million: what a leverage of ten allows the bot.
const SIZE: &str = "900000";

fn wrong(minute: u64) -> bool {
    minute % 2 == 1
}

/// A minute of the feed: who speaks says 1, the second says what it says.
fn minute(x: &mut Exchange, n: u64, speaking: &[usize]) -> Status {
    x.wait(60);
    let now = x.now();
    for source in speaking {
        let text = if *source == 1 && wrong(n) {
            "1000"
        } else {
            "1"
        };
        let said = (price(text), Price::ZERO);
        x.report(*source, "eth-usd", said, now).unwrap();
    }
    x.refresh(&["eth-usd"]).unwrap();
    x.prices(0, None).newest.unwrap().round.status
}

/// Buys when the feed is low, sells when it is high, takes what it can; what it has left of what it brought and what
/// the vault has gained, millionths, and how often it was let in.
fn bot(x: &mut Exchange, speaking: &[usize]) -> (i128, i128, u32) {
    x.deposit("bot", BROUGHT);
    let nav = x.books(0).nav.unwrap().0.i128();
    let mut entered = 0;
    for n in 0..MINUTES {
        let status = minute(x, n, speaking);
        x.crank();
        if speaking.len() == 2 && wrong(n) {
            assert_eq!(status, Status::Uncertain, "{n}");
            assert!(x.stance().level >= Level::ReduceOnly, "{n}");
        }
        if wrong(n) {
            if x.position("bot").is_some() {
                x.close("bot", Side::Long).unwrap();
            }
            let _ = x.claim_profit("bot");
        } else if x.position("bot").is_none() {
            entered += u32::from(
                x.place("bot", 0, increase(Side::Long, SIZE, 90_000), None)
                    .is_ok(),
            );
        }
    }
    // The feed is mended, and whoever is in leaves.
    for _ in 0..40 {
        x.wait(30);
        x.quote("1");
        x.crank();
        if x.position("bot").is_some() && x.mandates("bot").is_empty() {
            x.close("bot", Side::Long).unwrap();
        }
    }
    assert!(x.position("bot").is_none());
    let brought = i128::try_from(BROUGHT).unwrap() * 1_000_000;
    let won = worth(x, "bot", None) - brought;
    (won, x.books(0).nav.unwrap().0.i128() - nav, entered)
}

#[test]
fn a_bot_that_trades_every_flip_of_a_thousandfold_error_pays_for_its_orders() {
    // As it was: two are left. And with the third alive, the liar is outvoted.
    for speaking in [&[0, 1][..], &[0, 1, 2]] {
        let mut x = Exchange::calm().price(1).build();
        let (won, vault, entered) = bot(&mut x, speaking);
        println!(
            "{} sources: the bot {won}, the vault {vault} millionths, {entered} entries",
            speaking.len()
        );
        // In the first minute the third source still counts, and one order is signed; none is filled.
        assert!(speaking.len() == 3 || (entered == 1 && won > -1_000_000));
        assert!(won <= 0, "{won}");
        assert!(vault >= 0, "{vault}");
        assert_eq!(x.books(0).bad_debt, Default::default());
        x.assert_sound();
    }
}

#[test]
fn who_was_in_before_it_sells_nothing_at_a_thousand() {
    let mut x = Exchange::calm().price(1).build();
    let nav = x.books(0).nav.unwrap();
    x.deposit("bot", BROUGHT);
    let entry = increase(Side::Long, SIZE, 90_000);
    x.place("bot", 0, entry, None).unwrap();
    x.round("1");
    x.crank();
    assert!(x.position("bot").is_some());
    // A quarter of what is his is asked for at each flip.
    for n in 0..MINUTES {
        minute(&mut x, n, &[0, 1]);
        x.crank();
        if wrong(n) && x.position("bot").is_some() {
            x.reduce("bot", Side::Long, "225000").unwrap();
            let _ = x.remove_margin("bot", 10_000);
            let _ = x.claim_profit("bot");
        }
        let out = worth(&x, "bot", Some("1"));
        assert!(out <= 100_000_000_000, "{n}: {out}");
    }
    let left = worth(&x, "bot", Some("1"));
    let vault = x.books(0).nav.unwrap().minus(nav).unwrap();
    println!("who was in before: {left} of {BROUGHT} dollars; the vault {vault:?}");
    assert!(left <= 100_000_000_000 && !vault.is_negative());
}

#[test]
fn the_same_bot_empties_a_vault_that_publishes_the_mean() {
    let x = Exchange::calm().bare();
    let mut twin = Twin::calm();
    twin.bring(&x, "bot", 10_000);
    let mut trips = 0;
    for n in 0..MINUTES {
        // The mean of 1 and 1,000.
        twin.print(price(if wrong(n) { "500.5" } else { "1" }));
        if wrong(n) {
            trips += u32::from(twin.holds(&x, "bot") && twin.close(&x, "bot", Side::Long));
        } else if !twin.holds(&x, "bot") {
            // As much as the vault can still pay for.
            let left = twin.nav(price("1")).0.i128() / 1_000_000 / 500;
            let left = u128::try_from(left.max(0)).unwrap();
            let _ = twin.increase(&x, "bot", Side::Long, (left, left / 10));
        }
    }
    let (won, left) = (twin.free(&x, "bot"), twin.nav(price("1")));
    println!("the twin: the bot {won:?} after {trips} trips, the vault {left:?}");
    assert!(won > usd(9_900_000), "{won:?}");
    assert!(left < usd(100_000), "{left:?}");
}
