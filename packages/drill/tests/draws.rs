//! Recorded hours over several draws: what is random in a run (the walk inside a bar) must not decide
//! whether a control trips or a crash is seen. Prices alone, nobody trades. Reads the files where they are,
//! skips loudly where they are not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod common;

use common::recorded;
use drill::{
    cli::{NamedFile, RunArgs},
    fault::Window,
    judge::levels::Levels,
    opening,
    plan::Plan,
    tick::Ticks,
};
use types::level::Level;

/// Some hours of a recorded day. The first series is the reference.
struct Hours {
    series: &'static [(&'static str, &'static str)],
    from: u64,
    to: u64,
}

const NEWS: Hours = Hours {
    series: &[
        (
            "binance-spot",
            "cpi20221213_BTC_binance-spot-btcbusd-1m.csv",
        ),
        ("bybit-spot", "cpi20221213_BTC_bybit-spot-1m.csv"),
        ("binance-coinm", "cpi20221213_BTC_binance-coinm-perp-1m.csv"),
        ("bybit-perp", "cpi20221213_BTC_bybit-perp-1m.csv"),
    ],
    // 12:30 to 14:30; the news came at 13:30.
    from: 1_670_934_600,
    to: 1_670_941_800,
};

const CALM: Hours = Hours {
    series: &[
        ("binance-spot", "calm2023_BTC_binance-spot-5m.csv"),
        ("binance-perp", "calm2023_BTC_binance-perp-5m.csv"),
        ("chainlink", "calm2023_BTC_chainlink-eth-mainnet.csv"),
    ],
    // 21 September, 12:00 to 15:00: the liveliest hours of the week.
    from: 1_695_297_600,
    to: 1_695_308_400,
};

const CRASH: Hours = Hours {
    series: &[
        ("binance-spot", "aug2023_BTC_binance-spot-3m.csv"),
        ("binance-perp", "aug2023_BTC_binance-perp-5m.csv"),
        ("chainlink", "aug2023_BTC_chainlink-eth-mainnet.csv"),
    ],
    // 17 August, 21:00 to 22:00; bitcoin fell by 8.7 % from 21:40 on.
    from: 1_692_306_000,
    to: 1_692_309_600,
};
const FELL: Window = Window {
    from: 1_692_308_400,
    to: 1_692_308_700,
};

impl Hours {
    /// Play them; the n-th series is called by the n-th letter where they are to have other names. The same
    /// seed draws other walks then.
    fn levels(&self, (seed, letters): (u64, bool), failure: Option<Window>) -> Option<Levels> {
        let mut args = RunArgs {
            scenario: None,
            seed,
            ..RunArgs::default()
        };
        for ((name, file), letter) in self.series.iter().zip('a'..) {
            let file = recorded(file)?.display().to_string();
            let name = if letters {
                letter.to_string()
            } else {
                (*name).to_owned()
            };
            args.prices.push(NamedFile { name, file });
        }
        let mut plan = Plan::load(&args).unwrap();
        (plan.start, plan.end) = (self.from, self.to);
        let mut stage = opening::open(&plan).unwrap();
        let mut levels = Levels::new(plan.block_time, failure);
        let mut ticks = Ticks::of(&plan);
        while let Some(tick) = ticks.draw().unwrap() {
            stage.exchange.at(tick.time);
            for (reports, source) in tick.reports.iter().zip(0usize..) {
                stage.push(source, reports).unwrap();
            }
            stage.refresh().unwrap();
            levels.see(stage.books().unwrap().stance.level, tick.real);
        }
        Some(levels)
    }
}

/// So many seeds, each with the names of the series and with letters.
fn draws(seeds: std::ops::RangeInclusive<u64>) -> impl Iterator<Item = (u64, bool)> {
    seeds.flat_map(|seed| [(seed, true), (seed, false)])
}

/// The same series, other hours.
fn later(hours: &Hours, by: u64) -> Hours {
    Hours {
        series: hours.series,
        from: hours.from + by,
        to: hours.to + by,
    }
}

/// Draws 1, 5 and 12 by letter and 2 and 9 by name tripped once, by venues that stood apart because they had spoken at
/// different moments.
#[test]
fn a_jump_on_news_trips_in_no_draw() {
    for draw in draws(1..=12) {
        let Some(levels) = NEWS.levels(draw, None) else {
            return;
        };
        assert_eq!(levels.trips, 0, "{draw:?}");
        assert!(levels.episodes <= 2, "{draw:?}: {}", levels.episodes);
    }
}

/// The whole day of it, two hours at a time, each in a draw of its own.
#[test]
fn nor_does_any_other_hour_of_that_day() {
    let midnight = Hours {
        from: NEWS.from - 45_000 + 900,
        to: NEWS.from - 45_000 + 8_100,
        ..NEWS
    };
    for part in 0..11 {
        let hours = later(&midnight, part * 7_200);
        let draw = (100 + part, part % 2 == 0);
        let Some(levels) = hours.levels(draw, None) else {
            return;
        };
        assert_eq!(levels.trips, 0, "{draw:?}");
        assert!(levels.episodes <= 2, "{draw:?}: {}", levels.episodes);
    }
}

#[test]
fn calm_hours_are_calm_in_every_draw() {
    for draw in draws(1..=6) {
        let Some(levels) = CALM.levels(draw, None) else {
            return;
        };
        assert!(levels.line.iter().all(|l| *l == Level::Normal), "{draw:?}");
    }
}

/// Three hours of every twelve of the week, each in a draw of its own.
#[test]
fn nor_does_any_part_of_a_calm_week_trip() {
    let monday = Hours {
        from: 1_694_997_900,
        to: 1_694_997_900 + 10_800,
        ..CALM
    };
    for part in 0..14 {
        let hours = later(&monday, part * 43_200);
        let draw = (200 + part, part % 2 == 0);
        let Some(levels) = hours.levels(draw, None) else {
            return;
        };
        assert_eq!(levels.trips, 0, "{draw:?}");
        let guarded = levels.line.iter().filter(|l| **l == Level::Guarded);
        let guarded = guarded.count() * 1_000;
        assert!(guarded <= levels.line.len(), "{draw:?}: {guarded}");
    }
}

#[test]
fn a_crash_is_seen_in_every_draw() {
    for draw in draws(1..=4) {
        let Some(levels) = CRASH.levels(draw, Some(FELL)) else {
            return;
        };
        let detected = levels.detect_s.unwrap();
        assert!(detected <= 240, "{draw:?}: {detected}");
        assert!(levels.trips <= 2, "{draw:?}: {}", levels.trips);
    }
}
