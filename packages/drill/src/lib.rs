//! The drill runner's input: what happened to a price, who reported it and when, and what broke.
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
//! | [`noise`] | seeded randomness that can be asked for in any order |
//! | [`decimal`], [`clock`] | prices and times as text |
//! | [`input`] | what can be wrong with a file, in one line |
//!
//! Nothing here uses floating point or the machine's clock: the same files and the same seed give
//! the same prices everywhere.

mod bridge;
pub mod cli;
pub mod clock;
pub mod decimal;
pub mod fault;
pub mod input;
pub mod limits;
pub mod noise;
pub mod path;
pub mod plan;
pub mod scenario;
pub mod series;
pub mod source;
#[cfg(test)]
mod testing;
