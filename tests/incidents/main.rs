//! What went wrong elsewhere, as drills on the shipped contracts, with the figures of the reports. Common promises:
//! A1 claims are covered after every message; A2 nobody takes out more than was brought, realised and paid for; A3 who
//! attacks ends with no more than at the start; A4 what liquidity providers lose is bounded; A5 no stale, wide or
//! disputed price opens or liquidates anything; A6 a market that has tripped reopens by its rule; A7 liquidation comes
//! soon after the first price that permits it; A8 losses go margin, insurance, vault, deleveraging.
//!
//! Drills on recorded prices read them beside the project and say loudly what they skip where they are absent.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod congestion;
mod dydx;
mod floor;
mod gmx;
mod hole;
mod levana;
mod loops;
mod mango;
mod people;
mod pyth;
mod recorded;
mod regressions;
mod restarts;
mod skrw;
mod twin;
