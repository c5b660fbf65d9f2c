//! Recorded prices, read where they lie beside the project; a drill that misses its file says so and is skipped.

use std::path::Path;

use harness::{price, Exchange};
use types::Price;

#[path = "../shared.rs"]
mod shared;

/// A price and when it could be known, block time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    pub time: u64,
    pub price: Price,
}

/// A bar, stamped at its opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    pub time: u64,
    pub close: Price,
    pub high: Price,
    pub low: Price,
}

/// A file's bars whose opening is in a window of times.
pub fn bars(name: &str, (from, to): (u64, u64)) -> Option<Vec<Bar>> {
    let mut all = Vec::new();
    for line in file(name)?.lines().skip(1) {
        let mut cells = line.split(',');
        let time = cells.next().unwrap().parse::<u64>().unwrap();
        let mut next = || price(cells.next().unwrap());
        let (close, high, low) = (next(), next(), next());
        if (from..to).contains(&time) {
            all.push(Bar {
                time,
                close,
                high,
                low,
            });
        }
    }
    assert!(!all.is_empty(), "{name} holds nothing of the window");
    Some(all)
}

/// The price at a second inside bars of so many seconds: knots at a third, two thirds and the end of each, a rising bar
/// low first, a falling one high first, joined by lines.
pub fn inside(bars: &[Bar], step: u64, time: u64) -> Price {
    let n = bars.iter().rposition(|b| b.time <= time).unwrap();
    let before = if n == 0 {
        bars[0].close
    } else {
        bars[n - 1].close
    };
    let bar = bars[n];
    let (first, second) = if bar.close >= before {
        (bar.low, bar.high)
    } else {
        (bar.high, bar.low)
    };
    let third = step / 3;
    let spent = (time - bar.time).min(step - 1);
    let legs = [(before, first), (first, second), (second, bar.close)];
    let (from, to) = legs[usize::try_from(spent / third).unwrap()];
    let raw = |p: Price| p.0.atomics().u128();
    let part = u128::from(spent % third);
    let whole = u128::from(third);
    Price::raw((raw(from) * (whole - part) + raw(to) * part) / whole)
}

fn file(name: &str) -> Option<String> {
    shared::data(name).map(|path| std::fs::read_to_string(path).unwrap())
}

/// A file's quotes in a window of times, each price times `scale` so that depth can be set in whole dollars. Bars are
/// stamped at their opening and known only after `step` seconds.
pub fn quotes(
    name: &str,
    (from, to): (u64, u64),
    (scale, step): (u128, u64),
) -> Option<Vec<Quote>> {
    let text = file(name)?;
    let mut all = Vec::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let time = cells.next().unwrap().parse::<u64>().unwrap() + step;
        if (from..to).contains(&time) {
            let told = price(cells.next().unwrap());
            let price = Price::raw(told.0.atomics().u128() * scale);
            all.push(Quote { time, price });
        }
    }
    assert!(!all.is_empty(), "{name} holds nothing of the window");
    Some(all)
}

/// The whole dollars of a price.
pub fn whole(price: Price) -> u128 {
    price.0.to_uint_floor().u128()
}

/// Every source of the first market says this now, and a round is made of it if it can be.
pub fn all_say(x: &mut Exchange, said: Price) {
    let now = x.now();
    let feed = x.markets[0].feed.clone();
    for source in 0..x.sources.reporters.len() {
        x.report(source, &feed, (said, Price::ZERO), now).unwrap();
    }
    x.refresh(&[&feed]).unwrap();
}

/// Where the files are said to be there, a test that does not find its own is no test that passes.
#[test]
#[should_panic(expected = "nowhere.csv is not there, and BULKHEAD_SHARED requires it")]
fn a_file_that_is_required_and_absent_fails() {
    shared::absent(Path::new("nowhere.csv"), Some("required"));
}

#[test]
#[should_panic(expected = "BULKHEAD_SHARED: `required` or nothing, not `yes`")]
fn a_demand_that_means_nothing_fails() {
    shared::absent(Path::new("nowhere.csv"), Some("yes"));
}

#[test]
fn a_file_that_nobody_requires_is_skipped() {
    shared::absent(Path::new("nowhere.csv"), None);
}
