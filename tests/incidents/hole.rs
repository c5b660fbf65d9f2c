//! 11 May 2022: LUNA went from 17 to 0.77 in thirteen hours, everybody left on one side, winners took gains before
//! losers had realised theirs, and the insurance could be drawn on by withdrawals: 8.72 million dollars net out, about
//! ten short. The price log of that venue has no update from 13:15:24 to 14:39:03; 0.7715 and 4.871 stand on its sides.
//!
//! The log is the only thing that any source here says. Prices are those of a hundred LUNA.

use harness::{Exchange, Module};
use types::{
    engine::{ExecuteMsg, Liquidated, QueryMsg},
    level::Level,
    wire::Wire,
    Amount, Side,
};

use crate::{
    people::worth,
    recorded::{all_say, quotes, whole, Quote},
};

/// 02:00, and the sides of the hole.
const OPENING: u64 = 1_652_234_400;
const LAST: u64 = 1_652_274_924;
const FIRST: u64 = 1_652_279_943;
const EACH: u64 = 20;

fn person(side: Side, n: u64) -> String {
    format!("{side:?}-{n}")
}

/// Everything that somebody may take out at once, out of the position and out of the wallet.
fn takes_all(x: &mut Exchange, who: &str) {
    if let Some(held) = x.position(who) {
        let market = x.markets[0].id.clone();
        for part in [1i128, 2, 8] {
            let amount = (held.margin.0.i128() / part).max(1).unsigned_abs().into();
            let msg = ExecuteMsg::RemoveMargin {
                market: market.clone(),
                amount,
            };
            let _ = x.tell(who, &msg);
        }
    }
    let _ = x.claim_profit(who);
    let _ = x.claim_withdrawal(who);
    let free = x.wallet(who);
    if free > Amount::ZERO {
        let denom = harness::DENOM.into();
        let amount = free.coins().unwrap();
        x.tell(who, &ExecuteMsg::Withdraw { denom, amount })
            .unwrap();
    }
}

fn out(x: &Exchange) -> i128 {
    (0..EACH)
        .flat_map(|n| Side::BOTH.map(|s| person(s, n)))
        .map(|who| i128::try_from(x.bank(&x.person(&who), harness::DENOM)).unwrap())
        .sum()
}

/// At most one quote each half minute: who refreshes does not do it more often.
fn thinned(all: &[Quote]) -> Vec<Quote> {
    let mut kept: Vec<Quote> = vec![];
    for q in all {
        if kept.last().is_none_or(|l| q.time >= l.time + 30) {
            kept.push(*q);
        }
    }
    kept
}

/// Twenty on each side, opened at the first price, five times their margin.
fn scene(first: Quote) -> Exchange {
    let mut x = Exchange::calm()
        .price(whole(first.price))
        .clock(first.time - 600, 6)
        .unaudited()
        .build();
    for n in 0..EACH {
        for side in Side::BOTH {
            let who = person(side, n);
            x.deposit(&who, 20_000);
            x.increase(&who, side, "50", 15_000).unwrap();
        }
    }
    let text = first.price.0.to_string();
    x.round(&text);
    for _ in 0..2 {
        x.crank();
    }
    for n in 0..EACH {
        assert!(Side::BOTH
            .iter()
            .all(|s| x.position(&person(*s, n)).is_some()));
    }
    x
}

#[test]
fn nobody_is_paid_what_losers_do_not_pay_and_the_first_price_after_the_hole_liquidates_nobody() {
    let window = (OPENING, FIRST + 3_600);
    let Some(log) = quotes("luna2022_LUNA_drift-pyth-oracle.csv", window, (100, 0)) else {
        return;
    };
    let log = thinned(&log);
    let mut x = scene(log[0]);
    let brought = i128::from(2 * EACH) * 20_000_000_000;
    let vault = x.books(0).nav.unwrap().0.i128();
    let mut closed = 0;
    for pair in log.windows(2) {
        let [before, now] = [pair[0], pair[1]];
        if now.time <= x.now() {
            continue;
        }
        let hole = now.time > before.time + 600;
        if hole {
            assert_eq!(before.time / 60, LAST / 60);
            in_the_hole(&mut x, before, now);
            first_after(&mut x, now);
            continue;
        }
        x.at(now.time);
        all_say(&mut x, now.price);
        x.crank();
        // Winners take what they may, one of them every ten minutes; one closes every hour.
        if now.time / 600 != before.time / 600 {
            for n in 0..EACH {
                takes_all(&mut x, &person(Side::Short, n));
            }
            if now.time / 3_600 != before.time / 3_600 && closed < EACH {
                let who = person(Side::Short, closed);
                let _ = x.close(&who, Side::Short);
                closed += 1;
            }
            x.assert_sound();
            // A2: what traders took out together is what they brought and what the vault has paid.
            let nav = x.books(0).cash.0.i128();
            let paid = out(&x) - brought;
            assert!(
                paid <= (vault - nav).max(0),
                "{paid} out beyond what was brought"
            );
        }
    }
    let debt = x.books(0).bad_debt;
    let longs: i128 = (0..EACH)
        .map(|n| worth(&x, &person(Side::Long, n), None))
        .sum();
    let books = x.books(0);
    // Of 800,000 brought 495,610 are out; losers beyond their margin cost insurance 41 dollars, the vault pays what it
    // owes to whoever was short, and nobody is owed what is not there.
    assert_eq!(brought, 800_000_000_000);
    assert_eq!((out(&x), closed), (495_610_497_050, 12));
    assert_eq!(debt.insurance, Amount::raw(40_852_385));
    assert_eq!(debt.vault, Amount::ZERO);
    assert_eq!(longs, 100_122_600_478);
    assert_eq!(vault, 10_001_004_050_580);
    assert_eq!(books.nav, Some(Amount::raw(9_355_200_019_741)));
    twin(&log);
}

/// The same forty on a venue that has nothing to stand behind gains but losers' margins, and lets them be taken at the
/// print: what the winners could take before the hole, and what of it the losers had put up.
fn twin(log: &[Quote]) {
    let before = log.iter().rev().find(|q| q.time <= LAST).unwrap();
    let fell = log[0].price.0 - before.price.0;
    let gains = fell.to_uint_floor().u128() * 50 * u128::from(EACH);
    let margins = 15_000 * u128::from(EACH);
    assert_eq!((gains, margins), (1_357_000, 300_000));
}

/// An hour and a quarter without a price: nothing opens, nothing is liquidated, exits may be signed.
fn in_the_hole(x: &mut Exchange, before: Quote, after: Quote) {
    let held = positions(x);
    let mut asked = 0;
    while x.now() + 120 < after.time {
        x.wait(60);
        let res = x.crank();
        assert!(Liquidated::find(&res.events).unwrap().is_empty());
        if x.now() > before.time + 1_000 {
            assert!(x.stance().level >= Level::ReduceOnly);
            asked += 1;
        }
        if asked == 1 {
            x.deposit("late", 10_000);
            assert!(x.increase("late", Side::Long, "1", 1_000).is_err());
            let last = person(Side::Short, EACH - 1);
            x.deposit(&last, 10);
            x.close(&last, Side::Short).unwrap();
            let order = x.mandates(&last)[0].order;
            x.cancel(&last, order).unwrap();
            x.add_margin(&last, 1).unwrap();
        }
    }
    assert!(asked > 30);
    assert_eq!(positions(x), held);
    x.assert_sound();
}

/// The first price, 6.3 times the last: by itself it liquidates nobody, and it opens nothing.
fn first_after(x: &mut Exchange, first: Quote) {
    let held = positions(x);
    x.at(first.time);
    all_say(x, first.price);
    for _ in 0..3 {
        let res = x.crank();
        assert!(Liquidated::find(&res.events).unwrap().is_empty());
    }
    assert_eq!(positions(x), held);
    assert!(x.stance().level >= Level::ReduceOnly);
    assert!(x.increase("late", Side::Long, "1", 1_000).is_err());
    x.assert_sound();
}

fn positions(x: &Exchange) -> Vec<(cosmwasm_std::Addr, types::Size)> {
    let mut all = vec![];
    for side in Side::BOTH {
        let query = QueryMsg::Ladder {
            market: x.markets[0].id.clone(),
            side,
            limit: Some(30),
        };
        let rows: Vec<types::engine::PositionState> = x.ask(Module::Engine, &query);
        all.extend(rows.into_iter().map(|p| (p.account, p.size)));
    }
    all.sort();
    all
}
