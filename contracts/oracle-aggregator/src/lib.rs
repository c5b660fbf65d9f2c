//! oracle-aggregator: many sources in, one price with a status out; volatility.
//!
//! A feed is one stored struct: settings, the last report of every source, the two newest rounds
//! and what has been learned. A refresh asks the sources that have to be asked, each in a message of its own; then it
//! reads the feed once, computes what follows, and writes it once.

mod awaiting;
mod binding;
mod conduct;
pub mod contract;
mod error;
pub mod feed;
pub mod fetch;
mod foreign;
pub mod key;
mod learn;
mod limit;
mod migrate;
mod panel;
mod query;
mod readings;
mod refresh;
mod report;
pub mod round;
pub mod setup;
pub mod source;

pub use error::ContractError;
