//! The specification, told as scenarios on the shipped contracts.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod amend;
mod busy;
mod concentration;
mod constant;
mod cover;
mod dead_engine;
mod dead_market;
mod deleverage;
mod exits;
mod faults;
mod flip;
mod flow;
mod grace;
mod handover;
mod killed_once;
mod leases;
mod liquidation;
mod losses;
mod many;
mod oracle_floor;
mod oracle_foreign;
mod oracle_incidents;
mod orders;
mod outflow;
mod pace;
mod posted;
mod readings;
mod reanchor;
mod reconcile;
mod refusals;
mod registered;
mod reopening;
mod settings;
mod stuck;
mod surveillance;
mod terms;
mod timing;
mod trading;
mod unbalanced;
mod upgrades;
mod vault;
mod windup;
mod young;
