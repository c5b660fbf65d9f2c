//! The drill runner: replays what happened to a price against the whole suite on an embedded chain,
//! with a seeded crowd trading through it, and judges what became of everyone.
//!
//! | module | holds |
//! |---|---|
//! | [`play`] | from the command line to a report and an exit code |
//! | [`run`] | the block loop |
//! | [`tick`], [`traffic`] | a block, as both protocols get to see it, and what enters it |
//! | [`opening`], [`stage`], [`news`] | the embedded exchange: how it starts, what it is told, what it did |
//! | [`naive`] | an ordinary protocol on the same day |
//! | [`venue`], [`population`] | the doors of both; who trades, and how |
//! | [`attack`] | who would rather take than trade |
//! | [`judge`] | the definition of every figure |
//! | [`report`], [`story`] | the figures for programs and for people; what the price did |
//! | [`bug`] | what must not happen |
//!
//! and its input: what happened to a price, who reported it and when, and what broke.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | the command line |
//! | [`plan`] | everything one run needs, from the command line |
//! | [`scenario`] | scenarios: waypoints, reporters, faults, written from public facts |
//! | [`series`] | recorded prices from CSV files |
//! | [`path`] | the price at every second, from a series or from waypoints |
//! | [`source`] | what a source publishes, and when it is delivered |
//! | [`fault`], [`limits`] | what breaks; what a source may be |
//! | [`overrides`] | settings of the market other than the defaults |
//! | [`noise`] | seeded randomness that can be asked for in any order |
//! | [`decimal`], [`clock`] | prices and times as text |
//! | [`input`] | what can be wrong with a file, in one line |
//!
//! Nothing here uses floating point or the machine's clock: the same files and the same seed give
//! the same prices everywhere.

pub mod attack;
mod bridge;
pub mod bug;
pub mod cli;
pub mod clock;
pub mod decimal;
pub mod fault;
pub mod input;
pub mod judge;
pub mod limits;
pub mod naive;
pub mod news;
pub mod noise;
pub mod opening;
pub mod overrides;
pub mod path;
pub mod plan;
pub mod play;
pub mod population;
pub mod report;
pub mod run;
pub mod scenario;
pub mod series;
pub mod source;
pub mod stage;
pub mod story;
#[cfg(test)]
mod testing;
pub mod tick;
pub mod traffic;
pub mod venue;
