//! Recorded prices, read where they lie beside the project; a drill that misses its file says so and is skipped.

use std::path::PathBuf;

use harness::{price, Exchange};
use types::Price;

/// A price and when it could be known, block time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    pub time: u64,
    pub price: Price,
}

/// A file's quotes in a window of times, each price times `scale` so that depth can be set in whole dollars. Bars are
/// stamped at their opening and known only after `step` seconds.
pub fn quotes(
    name: &str,
    (from, to): (u64, u64),
    (scale, step): (u128, u64),
) -> Option<Vec<Quote>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let dir = std::env::var_os("BULKHEAD_DATA").map_or_else(beside, PathBuf::from);
    let path = dir.join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no recorded prices at {}", path.display());
        return None;
    };
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
