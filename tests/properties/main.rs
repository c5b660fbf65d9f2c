//! Random sequences on the shipped mathematics against a naive model in exact rationals: positions held
//! one by one, funding and deleveraging applied to each at once, nothing rounded.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod books;
mod buckets;
mod check;
mod deleveraging;
mod exact;
mod funding;
mod liquidation;
mod losses;
mod model;
mod pump;
mod shipped;
mod verdict;
mod world;

use proptest::test_runner::Config;

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|n| n.parse().ok());
    Config {
        cases: asked.unwrap_or(usual),
        failure_persistence: None,
        ..Config::default()
    }
}
