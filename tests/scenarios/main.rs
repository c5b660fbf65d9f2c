//! The specification, told as scenarios on the shipped contracts.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

mod trading;
