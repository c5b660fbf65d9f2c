//! oracle-aggregator: many sources in, one price with a status out; volatility.
//!
//! A feed is one stored struct: settings, the last report of every source, the two newest rounds
//! and what has been learned. A refresh reads it once, computes what follows, and writes it once.

mod binding;
pub mod contract;
mod error;
pub mod feed;
pub mod key;
mod learn;
mod limit;
mod migrate;
mod query;
mod readings;
mod refresh;
mod report;
pub mod round;
pub mod setup;
pub mod source;

pub use error::ContractError;
