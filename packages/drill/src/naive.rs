//! The naive twin: an ordinary forked protocol on the same day, with the same people, wishes, reports,
//! keepers and money. It is not a caricature: it survives quiet weeks, and every number is in its favour
//! where the originals differ.
//!
//! | what | here | in the wild |
//! |---|---|---|
//! | price | the newest print of one source, the first named; a price of zero is refused, age is not looked at | GMX v1 on Chainlink plus a fast feed; Drift v1 on Pyth alone; Levana took stored prices up to two hours old (INCIDENTS 2.1) |
//! | execution | in the same block, at that print, without impact | GMX v1: zero price impact (INCIDENTS 3.3); Levana before deferred execution |
//! | margins | 5 % initial (20x), 2.5 % maintenance, never changed | GMX v1: 50x (`maxLeverage`, gmx-contracts `core/Vault.sol`); Perp v2: 10 % and 6.25 % (`_imRatio`, `_mmRatio`, perp-curie-contract `ClearingHouseConfig.sol`) |
//! | fees | those of the suite: 5 bp in, 3 bp out, 0.5 % liquidation, split 70/20/10 | GMX v1: 10 bp each way (`marginFeeBasisPoints`); Perp v2: 2.5 % liquidation penalty |
//! | funding | none | small over days |
//! | counterparty | the vault, as large as the suite's | GLP, Levana's LPs |
//! | open interest | one side at most the vault's opening value, at entry prices | GMX v1: reserves and global caps |
//! | liquidation | whole, worst first, every block, by the suite's keeper: where it is late, so is this one | GMX v1, Levana |
//! | loss beyond margin | insurance (as large as the suite's), then the vault; no ADL | Mars v1, Perp v1 |
//! | breaker | none: all at Normal, always | |
//!
//! It is *insolvent* in a block after which vault, insurance and margins together hold less than open
//! positions with positive equity are owed at its own print. A close it has no coins for is refused.

pub mod books;
mod doors;
mod ladder;
#[cfg(test)]
mod tests;
pub mod trade;
mod twin;

use math::units::Ratio;

pub use self::twin::{Outcome, Twin};

/// Margin a new position needs.
pub const IM: Ratio = Ratio::percent(5);
/// Margin below which a position is liquidated.
pub const MM: Ratio = Ratio::bps(250);
