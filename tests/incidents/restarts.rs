//! Chains that stood still. Solana: 4.5, 7, 18 and 20 hours, in 2021 to 2023. Arbitrum, 15 December 2023: 78 minutes, and
//! blocks of two transactions for hours after. All of them restart here with the queue in the worst order: liquidators
//! first, the oracle last.

use harness::{Exchange, Module};
use types::{
    engine::{Liquidated, PositionState},
    level::Level,
    oracle,
    wire::Wire,
    Amount, Price, Side,
};

use crate::recorded::{all_say, quotes, whole, Quote};

/// From the first Valid round after an outage on, the longest time in which only deep positions may go.
const GRACE: u64 = 1_800;
/// 9 November 2022 02:00, Solana at 23.29 and 13.03 twenty hours later; 11 May 2022 11:00, 63.94 and 40.46.
const WORST: [(&str, u64); 2] = [
    ("ftx2022_SOL_binance-spot-5m.csv", 1_667_955_600),
    ("luna2022_SOL_binance-spot-5m.csv", 1_652_266_800),
];

/// What was known at a time.
fn known(path: &[Quote], time: u64) -> Price {
    let mut before = path.iter().filter(|q| q.time <= time);
    before.next_back().unwrap().price
}

/// What `tight` has left when the chain comes back, in hundredths of the notional: less than maintenance, more than half.
const LEFT: u128 = 2;

/// Longs of two and eight times their margin; one of two times who will want to leave; one of eight times who will add.
/// And one, `tight`, whose margin is such that the halt leaves him short of maintenance and not deep.
fn scene(path: &[Quote], halt: u64, fresh: Price) -> Exchange {
    let first = known(path, halt - 600);
    let mut x = Exchange::calm()
        .price(whole(first))
        .clock(halt - 1_200, 6)
        .build();
    let text = first.0.to_string();
    let size = (100_000 / whole(first)).to_string();
    for (who, margin) in [
        ("safe", 90_000),
        ("thin", 12_500),
        ("leaver", 90_000),
        ("adder", 12_500),
        ("tight", 60_000),
    ] {
        x.opened(who, Side::Long, (&size, margin), &text);
        x.deposit(who, 90_000);
    }
    let spare = spare(&x, "tight", fresh, LEFT);
    let dollars = spare.0.i128() / 1_000_000;
    x.remove_margin("tight", u128::try_from(dollars).unwrap())
        .unwrap();
    x.at(halt - 6);
    all_say(&mut x, known(path, halt - 6));
    x.crank();
    x
}

/// What somebody has at a price beyond so many hundredths of the notional.
fn spare(x: &Exchange, who: &str, at: Price, hundredths: u128) -> Amount {
    let p = x.position(who).unwrap();
    let value = p.size.value(at, math::wide::Round::Down).unwrap();
    let equity = p.margin.plus(value).unwrap().minus(p.cost).unwrap();
    let kept = value.0.i128() * i128::try_from(hundredths).unwrap() / 100;
    equity.minus(Amount::raw(kept)).unwrap()
}

/// What somebody's equity is over maintenance at a price; over half of it, too.
fn health(x: &Exchange, who: &str, at: Price) -> (bool, bool) {
    let p = x.position(who).unwrap();
    let value = p.size.value(at, math::wide::Round::Down).unwrap();
    let mm = value.share_up(x.books(0).terms.mm).unwrap();
    let equity = spare(x, who, at, 0);
    let half = Amount::raw(mm.0.i128() / 2);
    (equity >= mm, equity >= half)
}

fn liquidated(res: &harness::AppResponse) -> usize {
    Liquidated::find(&res.events).unwrap().len()
}

/// The first block: liquidators, opportunists, those who leave and add, and only then the sources.
fn first_block(x: &mut Exchange, fresh: Price) {
    for liquidator in ["hunter-1", "hunter-2"] {
        let res = x.crank_in(0, liquidator, 50).unwrap();
        assert_eq!(liquidated(&res), 0, "at a price of before the halt");
        x.crank_book(0, liquidator, 50).unwrap();
    }
    x.deposit("thief", 50_000);
    let stale = x.increase("thief", Side::Short, "10", 5_000);
    assert!(stale.is_err() || x.position("thief").is_none());
    x.close("leaver", Side::Long).unwrap();
    x.add_margin("adder", 80_000).unwrap();
    x.withdraw("safe", 1_000).unwrap();
    all_say(x, fresh);
    // What was signed in this block is not due at its price.
    x.crank_book(0, "hunter-1", 50).unwrap();
    assert!(x.position("leaver").is_some());
    assert!(x.stance().level >= Level::ReduceOnly);
}

/// What is seen of somebody short of maintenance from the restart on.
#[derive(Default)]
struct Watch {
    /// Seconds until some of it was liquidated.
    gone: Option<u64>,
    /// Whether it was deep at some round before that.
    deep: bool,
    /// Rounds at which it was short of maintenance, not deep, and protected.
    spared: u32,
    /// Since when it has been short of maintenance without grace.
    due: Option<u64>,
}

impl Watch {
    /// Before a crank at a fresh price.
    fn before(&mut self, x: &Exchange, fresh: Price) {
        if self.gone.is_some() {
            return;
        }
        let (healthy, shallow) = health(x, "tight", fresh);
        self.deep |= !shallow;
        let grace = x.now() < x.prices(0, None).grace_until;
        self.spared += u32::from(grace && !healthy && shallow);
        let over = !grace && !healthy;
        self.due = over.then(|| self.due.unwrap_or(x.now()));
    }

    /// After it: only the deep go in grace, and who is short afterwards goes soon.
    fn after(&mut self, x: &Exchange, (size, restart): (types::Size, u64)) {
        let smaller = |p: &PositionState| p.size < size;
        if self.gone.is_none() && x.position("tight").is_none_or(|p| smaller(&p)) {
            self.gone = Some(x.now() - restart);
            let grace = x.now() < x.prices(0, None).grace_until;
            assert!(self.deep || !grace, "after {:?}", self.gone);
        }
        let late = self.due.is_some_and(|due| x.now() > due + 60);
        assert!(!late || self.gone.is_some(), "short since {:?}", self.due);
    }
}

fn halt_of(hours_tenths: u64, (name, halt): (&str, u64)) {
    let length = hours_tenths * 360;
    let window = (halt - 3_600, halt + length + 7_200);
    let Some(path) = quotes(name, window, (1, 300)) else {
        return;
    };
    let mut x = scene(&path, halt, known(&path, halt + length));
    x.at(halt + length);
    let fresh = known(&path, x.now());
    first_block(&mut x, fresh);
    let restart = x.now();
    let size = x.position("tight").unwrap().size;
    assert_eq!(health(&x, "tight", fresh), (false, true), "short, not deep");
    let (mut thin, mut left, mut tight) = (None, None, Watch::default());
    while x.now() < restart + GRACE + 600 {
        x.wait(15);
        let fresh = known(&path, x.now());
        all_say(&mut x, fresh);
        tight.before(&x, fresh);
        x.crank_in(0, "hunter-1", 50).unwrap();
        tight.after(&x, (size, restart));
        let since = x.now() - restart;
        left = left.or(x.position("leaver").is_none().then_some(since));
        thin = thin.or(x.position("thin").is_none().then_some(since));
    }
    println!(
        "{name}, {hours_tenths} tenths of an hour: left after {left:?} s, thin gone after {thin:?} s, \
         tight spared at {} rounds, gone after {:?} s",
        tight.spared, tight.gone
    );
    assert!(left.is_some_and(|s| s <= 30), "{left:?}");
    // Grace was needed, whatever the price did next.
    assert!(tight.spared >= 2, "{}", tight.spared);
    // Half of what was paid has gone: eight times the margin does not stand it, twice does; and who added, by the rule
    // that adding is open from the first block on.
    let fell = fresh.0 * harness::price("1.12").0 < known(&path, halt - 6).0;
    assert!(!fell || thin.is_some_and(|s| s <= GRACE + 120), "{thin:?}");
    assert!(x.position("safe").is_some() && x.position("adder").is_some());
}

#[test]
fn solanas_halts_over_the_worst_hours_restart_in_the_worst_order() {
    for hours_tenths in [45, 70, 180, 200] {
        for place in WORST {
            halt_of(hours_tenths, place);
        }
    }
}

/// A chain with room for two transactions a block: a liquidator pays best in each, what is left is the sources', one
/// after the other. People get in once a minute.
#[test]
fn arbitrums_seventy_eight_minutes_and_two_hours_of_two_transactions_a_block() {
    let (name, halt) = WORST[1];
    let length = 78 * 60;
    let window = (halt - 3_600, halt + length + 10_800);
    let Some(path) = quotes(name, window, (1, 300)) else {
        return;
    };
    let mut x = scene(&path, halt, known(&path, halt + length));
    x.audited = false;
    x.at(halt + length);
    let restart = x.now();
    let feed = x.markets[0].feed.clone();
    let (mut block, mut rounds) = (0usize, 0);
    let mut last = x.prices(0, None).newest.unwrap().round.number;
    let (mut left, mut fresh_at, mut done) = (None, None, 0);
    let mut wanted: Vec<&str> = vec!["close", "add"];
    while x.now() < restart + 7_200 {
        let stale = x.prices(0, None).newest.unwrap().round.at.time + 90 < x.now();
        let res = x.crank_in(0, "hunter", 50).unwrap();
        assert!(!stale || liquidated(&res) == 0, "at a stale price");
        done += liquidated(&res);
        if block % 10 == 9 && !wanted.is_empty() {
            match wanted.remove(0) {
                "close" => x.close("leaver", Side::Long).map(|_| ()).unwrap(),
                _ => x.add_margin("adder", 80_000).map(|_| ()).unwrap(),
            }
        } else {
            let (source, now) = (block % 3, x.now());
            let said = (known(&path, now), Price::ZERO);
            x.report(source, &feed, said, now).unwrap();
            // A report is half of what makes a round; who pushes refreshes in the same transaction.
            let feeds = vec![feed.clone()];
            let from = x.sources.reporters[source].clone();
            let refresh = oracle::ExecuteMsg::Refresh { feeds };
            x.send(&from, Module::Oracle, &refresh, &[]).unwrap();
        }
        let newest = x.prices(0, None).newest.unwrap().round.number;
        if newest > last {
            (last, rounds) = (newest, rounds + 1);
            fresh_at = fresh_at.or(Some(x.now()));
        }
        left = left.or(x.position("leaver").is_none().then_some(x.now()));
        block += 1;
        x.next_block();
        x.assert_sound();
    }
    let first = fresh_at.unwrap() - restart;
    let out = left.unwrap() - restart;
    println!("first round after {first} s, {rounds} rounds in two hours, out after {out} s");
    assert!(first <= 30 && rounds > 500 && out <= 120);
    assert!(x.position("safe").is_some() && x.position("adder").is_some());
    // The price went on falling, by a fifth: who could not stand it has gone, and nobody is left who should have.
    assert!(done > 0, "nobody was liquidated");
    assert!(x.position("thin").is_none() && x.position("tight").is_none());
    let price = x.prices(0, None).newest.unwrap().round.price;
    for who in ["safe", "adder"] {
        assert_eq!(health(&x, who, price), (true, true), "{who}");
    }
    assert_eq!(x.books(0).bad_debt.vault, Amount::ZERO);
}
