//! 14 December 2025: 973,000 dollars out of a perpetual market whose price moved with the skew, by a loop of accounts
//! inside one block, at one oracle price and without funding.
//!
//! Here up to four accounts trade eight times in sizes {1, S/2, S}: open, reduce, close, flip, take margin out, on
//! both sides, in one block or over several, beside nobody or beside others. The index stands still and funding is off,
//! which is the loop at its best. What the accounts are worth together, once they are flat, never exceeds what they
//! brought less fees, and what they have taken out never exceeds what they brought. Where nobody else is there that holds
//! after every round; beside others' skew a position on its other side is worth a premium until it is closed.
//! 100,000 sequences, five minutes of one core (3,000 where it is not built for speed), or as many as `BULKHEAD_LOOPS` says.

use std::thread;

use harness::{increase, reduce, Exchange};
use types::{
    engine::{FundingTerms, Order, PositionChanged},
    params::MarketParams,
    wire::Wire,
    Ratio, Side,
};

use crate::people::{taker, worth, Dice};

const WHO: [&str; 4] = ["a", "b", "c", "d"];
/// `S`: two of it exceed the cap of the skew, 1,500.
const SIZES: [(&str, u128); 3] = [("1", 200), ("525", 100_000), ("1050", 220_000)];
const BROUGHT: u128 = 1_000_000;
/// Sequences on one exchange, one after the other; then the exchange is as it was, so that no queue grows.
const ON_ONE: u64 = 10;
/// Who else may be there.
const OTHERS: [Option<(Side, &str)>; 3] =
    [None, Some((Side::Long, "1400")), Some((Side::Short, "700"))];

/// Calm, at one price, without funding; perhaps somebody else holds a great position.
fn exchange(others: Option<(Side, &str)>) -> Exchange {
    let mut params = MarketParams::major(2_000, 10_000_000);
    params.funding = FundingTerms {
        slope: Ratio::ZERO,
        clamp: Ratio::ZERO,
    };
    let mut x = Exchange::calm()
        .params(params)
        .sources(2)
        .unaudited()
        .build();
    if let Some((side, size)) = others {
        x.opened("other", side, (size, 400_000), "2000");
    }
    for who in WHO {
        x.deposit(who, BROUGHT);
    }
    x
}

/// One of four accounts signs something; a refusal is as good as anything.
fn trade(x: &mut Exchange, dice: &mut Dice, accounts: u64) {
    let who = WHO[usize::try_from(dice.roll(accounts)).unwrap()];
    let side = dice.pick(&Side::BOTH);
    let (size, margin) = dice.pick(&SIZES);
    let held = x.position(who).map(|p| p.size.side().unwrap());
    // Mostly what can be done.
    let side = held.filter(|_| dice.roll(8) > 0).unwrap_or(side);
    let what = if held.is_none() && dice.roll(8) > 0 {
        0
    } else {
        dice.roll(10)
    };
    let _ = match what {
        0..=3 => x.place(who, 0, increase(side, size, margin), None),
        4 | 5 => x.place(who, 0, reduce(side, size), None),
        6 | 7 => x.place(who, 0, Order::Close { side }, None),
        8 => x.flip(who, side, (size, margin), None),
        _ => x.remove_margin(who, dice.pick(&[1, 1_000, 20_000])),
    };
}

/// What these are worth together, and what of it is out of their positions and out of every queue.
fn together(x: &Exchange, who: &[&str]) -> (i128, i128) {
    let all = who.iter().map(|w| worth(x, w, Some("2000"))).sum();
    let free = who.iter().map(|w| x.wallet(w).0.i128()).sum();
    (all, free)
}

/// What sequences came to.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// By how much the promise was kept, at least and at most, millionths.
    least: i128,
    most: i128,
    /// Fills.
    fills: usize,
}

impl Seen {
    const NOTHING: Self = Self {
        least: i128::MAX,
        most: i128::MIN,
        fills: 0,
    };

    fn and(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
            fills: self.fills + other.fills,
        }
    }
}

/// Eight trades, then everybody closes.
fn sequence(x: &mut Exchange, seed: u64) -> Seen {
    let mut dice = Dice(seed);
    let accounts = 1 + dice.roll(4);
    // All eight in one block, or a round after so many of them.
    let block = dice.pick(&[8, 8, 4, 2, 1]);
    // Whoever does nothing is worth what they were.
    let who = &WHO[..usize::try_from(accounts).unwrap()];
    let (start, brought) = together(x, who);
    let alone = x.position("other").is_none();
    let before = x.wallet("keeper").0.i128();
    let (mut fees, mut seen) = (0, Seen::NOTHING);
    for n in 1..=9u64 {
        if n <= 8 {
            trade(x, &mut dice, accounts);
        } else {
            for who in who {
                if let Some(p) = x.position(who) {
                    x.close(who, p.size.side().unwrap()).unwrap();
                }
            }
        }
        if n < 8 && n % block != 0 {
            continue;
        }
        x.round("2000");
        let events = x.crank().events;
        fees += taker(&events);
        seen.fills += PositionChanged::find(&events).unwrap().len();
        if !alone && n < 9 {
            continue;
        }
        let (worth, free) = together(x, who);
        let paid = x.wallet("keeper").0.i128() - before;
        let spare = start - fees - paid - worth;
        assert!(spare >= 0, "seed {seed}: {} more than brought", -spare);
        assert!(
            free <= brought,
            "seed {seed}: {free} out, {brought} brought"
        );
        (seen.least, seen.most) = (seen.least.min(spare), seen.most.max(spare));
    }
    assert!(WHO.iter().all(|w| x.position(w).is_none()), "seed {seed}");
    seen
}

/// Every invariant is checked from raw state when an exchange has seen its sequences.
fn many(seeds: std::ops::Range<u64>) -> Seen {
    let mut seen = Seen::NOTHING;
    let mut exchanges = OTHERS.map(|others| {
        let x = exchange(others);
        let then = x.snapshot();
        (x, then)
    });
    let mut at = 0;
    for seed in seeds.clone() {
        if seed == seeds.start || seed % ON_ONE == 0 {
            exchanges[at].0.assert_sound();
            at = usize::try_from(Dice(!seed).roll(3)).unwrap();
            let (x, then) = &mut exchanges[at];
            x.return_to(then);
        }
        seen = seen.and(sequence(&mut exchanges[at].0, seed));
    }
    exchanges[at].0.assert_sound();
    seen
}

#[test]
fn no_sequence_of_trades_in_one_block_is_paid_for() {
    let asked = std::env::var("BULKHEAD_LOOPS").ok();
    let usual = if cfg!(debug_assertions) {
        3_000
    } else {
        100_000
    };
    let count: u64 = asked.and_then(|n| n.parse().ok()).unwrap_or(usual);
    let half = count / 2;
    let other = thread::spawn(move || many(half..count));
    let seen = many(0..half).and(other.join().unwrap());
    println!("{count} sequences: {seen:?}");
    // Most of what is tried happens.
    assert!(seen.fills > 4 * usize::try_from(count).unwrap());
}
