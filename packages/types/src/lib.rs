//! Every word that crosses a contract border, and nothing else. The README is the glossary.
#![doc = include_str!("../README.md")]

pub mod breaker;
pub mod clock;
pub mod engine;
pub mod handle;
pub mod id;
pub mod level;
pub mod market;
pub mod oracle;
pub mod page;
pub mod params;
pub mod pending;
pub mod scope;
pub mod strict;
pub mod upgrade;
pub mod wire;

pub use math::units::{Amount, PerUnit, Price, Rate, Ratio, Side, Size};
