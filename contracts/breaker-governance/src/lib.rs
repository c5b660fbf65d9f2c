//! Market surveillance: what each feed reads raises and heals latches; what the latches say together
//! is leased to the engine, market by market.
#![doc = include_str!("../README.md")]

mod above;
pub mod audit;
mod awaiting;
pub mod change;
pub mod clock;
pub mod contract;
pub mod decide;
pub mod enact;
mod error;
pub mod guardian;
pub mod key;
pub mod latch;
pub mod latches;
mod learn;
pub mod lease;
mod migrate;
pub mod module;
pub mod params;
pub mod poke;
mod query;
pub mod reading;
pub mod registry;
pub mod upgrade;
pub mod vitals;

pub use error::{ContractError, Counted, Role};
