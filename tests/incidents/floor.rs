//! 12 May 2022: an aggregator's answer for LUNA could not fall below 0.107 while the market went to 0.01 and less; who
//! bought there and borrowed against it took 11.2 and 8.3 million dollars. One of the victims could not pause for its
//! own timelock; the other reopened with twelve hours of repaying only.
//!
//! Prices are those of a thousand LUNA.

use harness::{increase, price, Exchange};
use types::{
    breaker::DaoMsg, engine::PositionChanged, level::Level, oracle::Status, scope::Scope,
    wire::Wire, Price, Ratio, Side,
};

use crate::{
    people::worth,
    recorded::{all_say, quotes, whole},
    twin::Twin,
};

/// 08:00 UTC.
const OPENING: u64 = 1_652_342_400;
const FLOOR: &str = "107";

fn newest(x: &Exchange) -> Status {
    x.prices(0, None).newest.unwrap().round.status
}

/// Who buys and who sells, a little every minute, as much as they are let.
const TRADERS: [(&str, Side); 2] = [("buyer", Side::Long), ("seller", Side::Short)];
const EACH: &str = "50";

/// What two traders got, and what the same would have got where the clipped source is all there is.
#[derive(Default)]
struct Tally {
    /// Fills at a price that was the market's.
    fair: u32,
    /// Signed sizes times what the market's price was better than the fill's for who traded, less fees, millionths.
    edge: i128,
    /// Units sold at the floor while the market was below it, by who can sell there.
    sold: u128,
}

impl Tally {
    /// Every fill is near the market's price of its minute: half of what two sources may be apart, and the premium.
    fn hear(&mut self, x: &Exchange, events: &[cosmwasm_std::Event], truth: Price) {
        for fill in PositionChanged::find(events).unwrap() {
            let off = fill.price.0.abs_diff(truth.0) * price("100").0;
            assert!(off <= truth.0 * price("2.6").0, "{fill:?} at {truth:?}");
            let who = TRADERS.map(|(who, _)| x.person(who));
            if !who.contains(&fill.account) {
                continue;
            }
            let worth = |p: Price| fill.by.value(p, math::wide::Round::Down).unwrap().0.i128();
            self.fair += 1;
            self.edge += worth(truth) - worth(fill.price) - fill.fee.0.i128();
        }
    }
}

#[test]
fn nothing_opens_at_a_floor_that_the_market_has_fallen_through() {
    let window = (OPENING - 600, OPENING + 7_200);
    let Some(minutes) = quotes("luna2022_LUNA_binance-spot-1m.csv", window, (1_000, 60)) else {
        return;
    };
    let first = minutes[0];
    let mut x = Exchange::calm()
        .price(whole(first.price))
        .sources(2)
        .clock(first.time - 600, 6)
        .build();
    for (who, _) in TRADERS {
        x.deposit(who, 2_000_000);
    }
    let nav = x.books(0).nav.unwrap();
    // An ordinary fork that reads the clipped source alone, and who sells there what is not worth it any more.
    let mut twin = Twin::calm();
    twin.bring(&x, "seller", 2_000_000);
    let (mut clipped, mut tally) = (None, Tally::default());
    let (mut refused, mut below) = ([0, 0], 0);
    for (n, minute) in minutes.iter().enumerate() {
        x.at(minute.time.max(x.now() + 1));
        let (now, truth) = (x.now(), minute.price);
        let low = truth.max(price(FLOOR));
        x.report(0, "eth-usd", (low, Price::ZERO), now).unwrap();
        x.report(1, "eth-usd", (truth, Price::ZERO), now).unwrap();
        x.refresh(&["eth-usd"]).unwrap();
        let res = x.crank();
        tally.hear(&x, &res.events, truth);
        // More than 2.5 % apart: within this update nothing may be opened.
        let apart = low.0 > truth.0 * (Ratio::ONE.plus(Ratio::bps(260)).unwrap()).0;
        if apart {
            clipped = clipped.or(Some(n));
            below += 1;
            assert!(newest(&x) >= Status::Uncertain, "{minute:?}");
            assert!(x.stance().level >= Level::ReduceOnly, "{minute:?}");
            tally.sold += 50;
            twin.print(low);
            assert!(twin.increase(&x, "seller", Side::Short, (5_350, 5_000)));
        }
        for (who, side) in TRADERS {
            let signed = x.place(who, 0, increase(side, EACH, 5_000), None);
            refused[usize::from(apart)] += u32::from(signed.is_err());
            assert!(!apart || signed.is_err(), "{who} signed at {minute:?}");
        }
    }
    let clipped = clipped.expect("the market falls through the floor");
    assert!(clipped < minutes.len() / 2 && below > 60);
    let end = whole(minutes.last().unwrap().price);
    let floor = whole(price(FLOOR));
    // Sold at the floor and bought back once the feed is mended.
    let shorted = tally.sold * (floor - end);
    twin.print(minutes.last().unwrap().price);
    assert!(twin.close(&x, "seller", Side::Short));
    let taken = twin.free(&x, "seller").0.i128() / 1_000_000 - 2_000_000;
    assert!(
        taken * 100 > i128::try_from(shorted).unwrap() * 98,
        "{taken}"
    );
    // Bought outside and lent upon at four fifths of the floor.
    let lent = tally.sold * (floor * 4 / 5 - end.min(floor * 4 / 5));
    println!(
        "clipped after {clipped} minutes for {below}; {} fills, {refused:?} refused before and below; edge {} \
         millionths; the floor alone would have lost {shorted} dollars to a seller, {taken} with the twin, and {lent} to a borrower",
        tally.fair, tally.edge
    );
    // They could trade while there was a market, at its price and for its fees; the same trades, let go on at the floor,
    // are what was lost elsewhere.
    assert!(tally.fair >= 10, "{}", tally.fair);
    assert_eq!(refused[1], 2 * below);
    assert!(tally.edge <= 0, "{}", tally.edge);
    assert!(shorted > 200_000 && lent > 150_000);
    // One has won what the other has lost, and the vault their fees.
    let brought = 2_000_000_000_000;
    let [bought, sold] = TRADERS.map(|(who, _)| worth(&x, who, None) - brought);
    let vault = x.books(0).nav.unwrap().minus(nav).unwrap();
    println!("the buyer {bought}, the seller {sold}, the vault {vault:?}");
    assert!(bought < 0 && bought + sold < 0);
    assert!(!vault.is_negative(), "{vault:?}");
    assert_eq!(x.books(0).bad_debt, Default::default());
}

#[test]
fn it_reopens_after_twelve_hours_of_leaving_only_and_in_steps() {
    let mut x = Exchange::calm().price(107).sources(2).build();
    x.opened("alice", Side::Long, ("100", 5_000), "107");
    x.opened("bob", Side::Long, ("100", 5_000), "107");
    let scope = Scope::Market {
        market: x.markets[0].id.clone(),
    };
    let govern = |level| DaoMsg::Govern {
        scope: scope.clone(),
        level,
    };
    x.order(govern(Level::ReduceOnly)).unwrap();
    x.audited = false;
    // Twelve hours of good prices do not reopen it, and everybody may leave in all of them.
    for minute in 0..720 {
        x.wait(60);
        all_say(&mut x, price("107"));
        assert_eq!(x.stance().level, Level::ReduceOnly, "{minute}");
        if minute % 60 == 0 {
            assert!(x.increase("bob", Side::Long, "1", 10).is_err());
        }
        if minute == 300 {
            x.close("alice", Side::Long).unwrap();
        }
        x.crank();
    }
    x.assert_sound();
    assert!(x.position("alice").is_none() && x.position("bob").is_some());
    x.order(govern(Level::Normal)).unwrap();
    let mut seen = vec![];
    for _ in 0..90 {
        x.wait(60);
        all_say(&mut x, price("107"));
        seen.push((x.stance().level, x.stance().caps));
    }
    seen.dedup();
    let caps: Vec<_> = seen.iter().map(|s| s.1).collect();
    assert_eq!(caps, [10, 25, 50, 100].map(Ratio::percent), "{seen:?}");
    x.audited = true;
    x.deposit("bob", 10);
    x.increase("bob", Side::Long, "1", 10).unwrap();
    x.round("107");
    x.crank();
    assert_eq!(x.position("bob").unwrap().size, harness::units("101"));
}

/// 00:00 UTC of 12 May.
const MIDNIGHT: u64 = 1_652_313_600;
/// Minutes of that day, and what the market first closed below in them, per thousand.
const NAMED: [(u64, &str); 4] = [(506, "107"), (563, "50"), (855, "10"), (1_410, "0.91")];

#[test]
fn in_every_minute_of_that_day_in_which_the_market_is_below_the_floor_nothing_opens() {
    let window = (MIDNIGHT + 480 * 60, MIDNIGHT + 86_400);
    let Some(minutes) = quotes("luna2022_LUNA_binance-spot-1m.csv", window, (1_000, 60)) else {
        return;
    };
    for (minute, limit) in NAMED {
        let first = minutes.iter().find(|q| q.price < price(limit)).unwrap();
        assert_eq!(first.time, MIDNIGHT + (minute + 1) * 60, "{limit}");
    }
    let mut x = Exchange::calm()
        .price(whole(minutes[0].price))
        .sources(2)
        .clock(minutes[0].time - 600, 6)
        .unaudited()
        .build();
    x.deposit("buyer", 100_000);
    let mut seen = 0;
    for minute in &minutes {
        x.at(minute.time.max(x.now() + 1));
        let (now, truth) = (x.now(), minute.price);
        let said = [truth.max(price(FLOOR)), truth];
        for (source, said) in said.into_iter().enumerate() {
            x.report(source, "eth-usd", (said, Price::ZERO), now)
                .unwrap();
        }
        x.refresh(&["eth-usd"]).unwrap();
        x.crank();
        // Two and a half per cent below it, and all of the time in the end.
        if truth < price("104") {
            seen += 1;
            assert_eq!(newest(&x), Status::Uncertain, "{minute:?}");
            assert!(x.stance().level >= Level::ReduceOnly, "{minute:?}");
            let order = increase(Side::Long, "1", 1_000);
            assert!(x.place("buyer", 0, order, None).is_err(), "{minute:?}");
        }
    }
    assert!(seen > 800, "{seen}");
    x.assert_sound();
}
