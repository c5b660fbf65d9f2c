//! Scenarios: a day a market had, written down from public facts.
//!
//! ```toml
//! name = "two-drops"                     # lower-case letters, digits, - and _
//! title = "Two drops in an hour"         # one line
//! description = "What happened, and what the drill adds."
//! citations = ["https://example.org/report"]   # where the facts are from
//! start = "2020-03-12T08:00:00Z"         # or Unix seconds
//! end = 3600                             # seconds from the start, or RFC 3339 in UTC
//! noise_bps = 20                         # of the path, per square root of a minute
//! control = "quiet"                      # optional: nothing may trip; "news": two episodes of Guarded may be
//! attackers = true                       # optional: see `attack`
//! neighbour = true                       # optional: a second market beside it, quiet, on the same contracts
//! attacker_bound_usd = 5_000             # where a key is stolen, and only there: what they may take
//! block_time = 6                         # optional: seconds between two blocks, at most 60
//! low = "90"                             # optional: the path stays within low and high;
//! high = "180"                           # without them within half and twice the waypoints
//!
//! [[waypoint]]                           # the first at the start, the last at the end
//! at = 0
//! price = "171"
//!
//! [[waypoint]]
//! at = 3600
//! price = "144"
//!
//! [[source]]                             # follows the path; sets of fewer than three sources
//! name = "venue-a"                       # are completed
//! latency_s = 4                          # optional, at most 25
//! noise_bps = 5                          # optional
//! interval_s = 15                        # optional, at most 15
//! offset_s = 0                           # optional: second of the interval
//!
//! [[fault]]                              # of a source: acts on the reports it publishes in the window
//! source = "venue-a"                     # a source above, or one given with --prices
//! kind = "delay"                         # see the table
//! from = 600                             # from <= t < to
//! to = 1200
//! by_s = 300
//!
//! [[fault]]                              # of the chain
//! kind = "congestion"
//! from = 600
//! to = 1200
//! per_block = 2
//! keepers = false                        # optional: keepers stay out
//!
//! [failure]                              # optional: what detection and recovery are timed from
//! from = 600
//! to = 1200
//!
//! [market]                               # optional
//! nav_usd = 10_000_000
//! traders = 200
//! lps = 5
//!
//! [market.set]                           # optional: settings other than a major's, see `types::params`
//! gap = "0.6"
//! ```
//!
//! | fault | needs | what happens |
//! |---|---|---|
//! | `drop` | `source` | its reports are lost |
//! | `delay` | `source`, `by_s` | they arrive later, with the publish times they had |
//! | `misdate`, `future` | `source`, `by_s` | they state earlier or later publish times |
//! | `spike` | `source`, `factor` (text) | they state a multiple of the price |
//! | `clip` | `source`, `floor` (price) | they state no price below the floor |
//! | `invert`, `zero`, `freeze` | `source` | they state one over the price; nothing; the last price before, at new times |
//! | `stolen` | `source`, `by_bps` | a thief states prices up to so far off, on the source's schedule, and trades on them |
//! | `halt` | | no block; the first one after carries a time from just after the start |
//! | `congestion` | `per_block` | the so many best-paying transactions enter, by seeded fees; `keepers = false` keeps theirs out |
//! | `dead_keeper` | | nobody refreshes prices or cranks |
//! | `dead_module` | `module`: `market`, `breaker`, `oracle` or `engine` | that contract fails at everything; the naive twin's only contract dies with `market` and with `engine` |

mod check;
mod faults;
mod file;

use crate::fault::{Fault, Outage, Window};
use crate::input::{self, Flaw, InputError};
use crate::overrides::Override;
use crate::path::Waypoints;

/// The scenario that runs where none is named.
pub const DEFAULT: &str = "black-thursday-2020";

macro_rules! shipped {
    ($($name:literal),*) => {
        &[$(($name, include_str!(concat!("../scenarios/", $name, ".toml")))),*]
    };
}

const SHIPPED: &[(&str, &str)] = shipped![
    "black-thursday-2020",
    "luna-2022",
    "ftx-2022",
    "calm-week",
    "single-outlier",
    "chain-halt",
    "module-fault",
    "stolen-reporter"
];

/// The scenarios that come with the program: their names and texts.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}

/// What the market holds when a drill begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketSetup {
    /// The vault's value, in USD.
    pub nav_usd: u64,
    /// Traders.
    pub traders: u64,
    /// Liquidity providers.
    pub lps: u64,
}

impl Default for MarketSetup {
    fn default() -> Self {
        Self {
            nav_usd: 10_000_000,
            traders: 200,
            lps: 5,
        }
    }
}

/// A time in which nothing may trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A quiet time: next to no time above Normal.
    Quiet,
    /// One jump on news: at most two episodes above Normal.
    News,
}

/// A source of a scenario: it follows the scenario's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// What it is called.
    pub name: String,
    /// Seconds from looking to delivery.
    pub latency_s: u64,
    /// How far off it is, one deviation, in basis points.
    pub noise_bps: u64,
    /// Seconds between reports.
    pub interval_s: u64,
    /// Second of the interval it reports in.
    pub offset_s: u64,
}

/// A fault and the source it befalls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Befalls {
    /// The source.
    pub source: String,
    /// What happens to it.
    pub fault: Fault,
    /// The line of the scenario file that says so.
    pub line: u64,
}

/// A day a market had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The file it came from, or its name with `.toml`, for errors.
    pub file: String,
    /// Its name.
    pub name: String,
    /// One line on it.
    pub title: String,
    /// What happened, and what the drill adds.
    pub description: String,
    /// The public sources of its facts.
    pub citations: Vec<String>,
    /// When it starts, in Unix seconds.
    pub start: u64,
    /// When it ends, in Unix seconds.
    pub end: u64,
    /// Its price path.
    pub path: Waypoints,
    /// Its sources.
    pub sources: Vec<Reporter>,
    /// What befalls them.
    pub faults: Vec<Befalls>,
    /// What befalls the chain.
    pub outages: Vec<Outage>,
    /// The failure that detection and recovery are timed from.
    pub failure: Option<Window>,
    /// What the market holds.
    pub market: MarketSetup,
    /// Whether anybody attacks.
    pub attackers: bool,
    /// Whether a second market stands beside it, quiet, on the same contracts.
    pub neighbour: bool,
    /// What attackers may take at most, USD.
    pub attacker_bound_usd: u64,
    /// Seconds between two blocks, if not the usual.
    pub block_time: Option<u64>,
    /// Settings of the market other than a major's.
    pub overrides: Vec<Override>,
    /// Whether it is a control: a time in which nothing may trip.
    pub control: Option<Control>,
}

impl Scenario {
    /// A shipped scenario's name, or a file: what ends with `.toml`.
    pub fn load(named: &str) -> Result<Self, InputError> {
        if named.ends_with(".toml") {
            return Self::parse(named, &input::read(named)?);
        }
        match SHIPPED.iter().find(|(name, _)| *name == named) {
            Some((name, text)) => Self::parse(&format!("{name}.toml"), text),
            None => Err(InputError::whole(
                "scenario",
                Flaw::UnknownName {
                    name: input::excerpt(named),
                    known: SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect(),
                },
            )),
        }
    }

    /// Read a text; `file` is what errors name.
    pub fn parse(file: &str, text: &str) -> Result<Self, InputError> {
        if text.trim().is_empty() {
            return Err(InputError::whole(file, Flaw::Empty));
        }
        let shape = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(0, |span| input::line_of(text.as_bytes(), span.start));
            InputError::at(file, line, Flaw::Toml(input::one_line(error.message())))
        })?;
        check::scenario(file, text, shape)
            .map_err(|(at, flaw)| InputError::at(file, input::line_of(text.as_bytes(), at), flaw))
    }
}

#[cfg(test)]
mod tests;
