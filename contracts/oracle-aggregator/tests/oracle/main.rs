//! The oracle, end to end, against a stand-in breaker.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

mod doors;
mod history;
mod jumps;
mod readings;
mod rounds;
mod suite;
