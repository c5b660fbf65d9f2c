//! The oracle, end to end, against a stand-in breaker.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

mod asked;
mod conduct;
mod doors;
mod fallback;
mod history;
mod jumps;
mod readings;
mod rounds;
mod settle;
mod suite;
