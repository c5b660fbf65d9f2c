//! margin-engine: the clearing house and the users' door. Holds all the money.
#![doc = include_str!("../README.md")]

mod amend;
pub mod audit;
pub mod cells;
mod compartment;
pub mod contract;
mod crank;
pub mod custody;
mod deleverage;
mod ending;
mod error;
mod fees;
mod fill;
mod flip;
mod flow;
mod funding;
mod funds;
mod gas;
mod heads;
mod internal;
mod judge;
pub mod key;
mod liquidate;
mod lp;
pub mod mandate;
mod margin;
mod migrate;
mod order;
mod outflow;
mod pace;
pub mod peers;
pub mod position;
mod query;
pub mod queue;
mod reply;
mod scene;
mod settle;
mod smooth;
pub mod stance;
mod stuck;
mod venue;
pub mod vitals;
pub mod wallet;
mod windup;
mod work;

pub use error::ContractError;
