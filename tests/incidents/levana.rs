//! 13 to 26 December 2023: 1.146 million dollars out of a perpetual market on a pulled price. The attacker was the only
//! one whose transactions got in, and traded on the stored price while he held a fresher signed one: in one transaction
//! open, push, close.

use harness::{price, usd, Exchange};
use types::{Price, Side};

use crate::{people::worth, twin::Twin};

const FEED: &str = "eth-usd";

/// Two reporters and a source that anyone may push, at ten dollars.
fn exchange() -> Exchange {
    let mut x = Exchange::calm().price(10).sources(2).pyth().build();
    x.deposit("thief", 100_000);
    x.deposit("honest", 10_000);
    x
}

/// Somebody pushes what was signed at `time`, and refreshes.
fn push(x: &mut Exchange, cents: i64, time: u64) {
    x.pyth_says(0, (cents, 0, -2), time);
    x.refresh(&[FEED]).unwrap();
}

/// The reporters publish now, and somebody pushes the same.
fn all(x: &mut Exchange, cents: i64) {
    let now = x.now();
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    for source in 0..2 {
        let said = (price(&text), Price::ZERO);
        x.report(source, FEED, said, now).unwrap();
    }
    push(x, cents, now);
}

/// An hour at one price, every half minute.
fn calm(x: &mut Exchange, cents: i64) {
    x.audited = false;
    for _ in 0..120 {
        x.wait(30);
        all(x, cents);
    }
    x.crank();
    x.audited = true;
}

/// Thirty times ten thousand, in one transaction with the push: whatever of it is refused is refused.
fn atom(x: &mut Exchange, side: Side, cents: i64) {
    let now = x.now();
    let _ = x.increase("thief", side, "30000", 30_000);
    push(x, cents, now);
    x.crank();
    x.close("thief", side).unwrap();
    x.crank();
}

/// An hour of calm; then, for so many blocks, nothing but the thief's messages gets in while the market moves by eight
/// cents; then the others are back. Answers what all of it was worth to him.
fn attempt(x: &mut Exchange, side: Side, blocks: i64) -> i128 {
    let (from, to) = match side {
        Side::Long => (1_000, 1_008),
        Side::Short => (1_008, 1_000),
    };
    calm(x, from);
    let start = worth(x, "thief", None);
    let before = x.prices(0, None).newest.unwrap().round.number;
    for step in 1..=blocks {
        x.next_block();
        let seen = from + (to - from) * step / blocks;
        if step == 1 {
            atom(x, side, seen);
        } else {
            let now = x.now();
            push(x, seen, now);
            x.crank();
        }
        // His source alone is no quorum of new observations: there is no round to trade at.
        let newest = x.prices(0, None).newest.unwrap().round.number;
        assert_eq!(newest, before, "{side:?} {step}");
        assert!(x.position("thief").is_none());
    }
    // His orders meet the price that the market has come to. He leaves by an ordinary one where his close came before
    // the position.
    x.next_block();
    all(x, to);
    x.crank();
    for _ in 0..2 {
        if x.position("thief").is_some() {
            x.close("thief", side).unwrap();
        }
        x.wait(x.max_future() + 1);
        all(x, to);
        x.crank();
        x.crank();
    }
    assert!(x.position("thief").is_none());
    worth(x, "thief", None) - start
}

#[test]
fn the_only_one_who_gets_in_makes_no_round_and_trades_at_none() {
    for side in Side::BOTH {
        let mut x = exchange();
        let won = attempt(&mut x, side, 10);
        println!("{side:?}, a minute alone: {won} millionths");
        // In and out of 300,000 at 8 bp, and the fees of three orders: he traded, at the price of all others.
        assert!((-250_000_000..=-240_000_000).contains(&won), "{won}");
        // Two minutes are longer than a price is good for: nothing new is opened until it has healed.
        let mut x = exchange();
        let won = attempt(&mut x, side, 20);
        println!("{side:?}, two minutes alone: {won} millionths");
        assert!((-1_000_000..0).contains(&won), "{won}");
    }
}

#[test]
fn twenty_attempts_in_a_day_pay_nothing_and_an_honest_close_gets_through() {
    let mut x = exchange();
    x.increase("honest", Side::Long, "1000", 2_000).unwrap();
    for n in 0..20 {
        let side = if n % 2 == 0 { Side::Long } else { Side::Short };
        if n == 9 {
            x.close("honest", Side::Long).unwrap();
        }
        let won = attempt(&mut x, side, if n % 4 < 2 { 20 } else { 10 });
        assert!(won < 0, "attempt {n} paid {won}");
        assert_eq!(x.position("honest").is_some(), n < 9, "{n}");
    }
    let lost = 100_000_000_000 - worth(&x, "thief", None);
    println!("twenty attempts cost the thief {lost} millionths");
    assert!(x.wallet("honest") > usd(9_900));
}

#[test]
fn of_three_prices_in_hand_none_binds_the_order_and_none_moves_the_round() {
    let mut x = exchange();
    let start = worth(&x, "thief", None);
    for n in 0..6 {
        let side = if n % 2 == 0 { Side::Long } else { Side::Short };
        // The market rises two cents in ten seconds; he may show any of the last three prices.
        x.wait(30);
        all(&mut x, 1_000);
        let t = x.now();
        let signed = [(1_000, t), (1_002, t + 10), (1_004, t + 20)];
        x.at(t + 20);
        x.increase("thief", side, "30000", 30_000).unwrap();
        for (cents, time) in signed {
            push(&mut x, cents, time);
            x.crank();
            assert!(x.position("thief").is_none(), "{cents}");
        }
        // The reporters go on. He holds back what he has and shows the one he likes best.
        x.at(t + 20 + x.max_future() + 2);
        let now = x.now();
        let (cents, time) = signed[usize::try_from(n).unwrap() % 3];
        for source in 0..2 {
            let said = (price("10.06"), Price::ZERO);
            x.report(source, FEED, said, now).unwrap();
        }
        push(&mut x, cents, time);
        x.crank();
        let held = x.position("thief").unwrap();
        // Two of three say 10.06: what he shows is not the median. 301,800 for 30,000 at no premium.
        let cost = held.cost.0.i128().abs();
        assert!((301_500_000_000..302_200_000_000).contains(&cost), "{cost}");
        x.close("thief", side).unwrap();
        x.wait(x.max_future() + 1);
        all(&mut x, 1_006);
        x.crank();
        assert!(x.position("thief").is_none());
        assert!(worth(&x, "thief", None) < start, "attempt {n}");
        x.wait(30);
        all(&mut x, 1_000);
    }
}

#[test]
fn thirty_times_is_more_than_he_is_let_have() {
    let mut x = exchange();
    let _ = x.increase("thief", Side::Long, "30000", 10_000);
    x.wait(x.max_future() + 1);
    all(&mut x, 1_000);
    x.crank();
    assert!(x.position("thief").is_none());
}

#[test]
fn the_same_twenty_pay_where_a_stored_price_fills_at_once() {
    let x = Exchange::calm().bare();
    let mut twin = Twin::calm();
    twin.bring(&x, "thief", 100_000);
    for n in 0..20 {
        let (side, from, to) = if n % 2 == 0 {
            (Side::Long, "10.00", "10.08")
        } else {
            (Side::Short, "10.08", "10.00")
        };
        // One transaction: open at what is stored, push what is true, close at it.
        twin.print(price(from));
        assert!(twin.increase(&x, "thief", side, (300_000, 30_000)));
        twin.print(price(to));
        assert!(twin.close(&x, "thief", side));
    }
    let won = twin.free(&x, "thief").minus(usd(100_000)).unwrap();
    println!("the twin pays {won:?} for twenty");
    // Eight parts in a thousand of 300,000 each, less 8 bp.
    assert!(won > usd(42_900) && won < usd(43_100), "{won:?}");
}
