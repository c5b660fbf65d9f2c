//! The product on the stock chain's own software: the same scenarios, the same bytes of state as on the embedded chain.
//! Needs what `scripts/build-wasm` and `scripts/build-chain` make; `scripts/on-chain` makes it and runs this.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod containment;
mod governance;
mod limits;
mod migration;
mod same;
