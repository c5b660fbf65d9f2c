//! The embedded exchange: the shipped contracts on an in-memory chain, with calm defaults, named people, a
//! clock, several price sources, fault injection, and the audit of every invariant after every message.
//!
//! ```
//! use harness::Exchange;
//! use types::{level::Level, Side};
//!
//! let mut x = Exchange::calm().build();
//! x.deposit("alice", 10_000);
//! x.increase("alice", Side::Long, "3", 1_500).unwrap();
//! x.round("2000");
//! x.crank();
//! assert_eq!(x.position("alice").unwrap().size, harness::units("3"));
//! assert_eq!(x.stance().level, Level::Normal);
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::missing_panics_doc,
    clippy::disallowed_methods
)]

mod act;
mod ask;
mod audit;
mod builder;
mod chain;
mod code;
mod embedded;
mod exchange;
mod foreign;
mod governor;
mod next;
mod numbers;
mod people;
mod prices;
mod pyth;
mod snapshot;
mod taught;
mod touches;
mod wasmd;

pub use act::{increase, reduce};
pub use audit::Violation;
pub use builder::Builder;
pub use chain::{Chain, Kind, New, Part};
pub use code::Fault;
pub use cw_multi_test::AppResponse;
pub use embedded::Embedded;
pub use exchange::{Exchange, Failed, MarketAt, Module, DENOM};
pub use foreign::band_symbol;
pub use governor::{replace, tell, Governor, Seat};
pub use next::Next;
pub use numbers::{dollars, price, units, usd};
pub use pyth::pyth_id;
pub use snapshot::Snapshot;
pub use taught::Foreign;
pub use touches::{Counted, Native, Touches};
pub use wasmd::{
    chain_governor, execute, sudo, ChainVote, Cost, DaoDao, Files, Spent, Story, Trial, Tried,
    Wasmd,
};
