//! market: the order book of one instrument. Holds no money, decides no price: it says which order is due,
//! at which round, in which order.
#![doc = include_str!("../README.md")]

mod accept;
pub mod contract;
mod crank;
mod error;
pub mod key;
mod migrate;
pub mod queue;
mod reply;
pub mod setup;

pub use error::ContractError;
