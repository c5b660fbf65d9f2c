//! Market surveillance: what each feed reads raises and heals latches; what the latches say together
//! is leased to the engine, market by market.
#![doc = include_str!("../README.md")]

pub mod audit;
mod awaiting;
pub mod contract;
mod error;
pub mod key;
pub mod latch;
pub mod latches;
pub mod lease;
mod migrate;
pub mod params;
pub mod poke;
mod query;
pub mod reading;
pub mod registry;
pub mod vitals;

pub use error::{ContractError, Counted, Role};
