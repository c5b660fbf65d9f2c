//! People who would rather take than trade. Each has accounts of their own, sees the reference, and runs the
//! same way on both protocols. What each takes is added up as the report defines it: over every fill, signed
//! size times (the reference at the due round's time less the worse for them of fill and index), less fees; and
//! over every deposit of liquidity, what the shares are worth at the reference less what was paid. That is not
//! the money they make by being right about where prices go; what they hold at the end, less what they brought,
//! stands beside it.
//!
//! | attacker | tries |
//! |---|---|
//! | front runners | trade where the slowest source still stands when the reference has moved, from 15, 50 and 150 bp on |
//! | skew pumper | pushes the skew with two accounts and cashes it with two others |
//! | LP timer | provides liquidity when the reference has moved in the vault's favour and the index has not; takes it out when it has moved against it |
//! | update picker | a source's updates reach the chain only when they suit an order of theirs that waits; the oracle knows that source as one that anybody may push |
//! | griefer | deposits and withdraws in a loop, and trades as large as is allowed, to trip breakers |
//! | canceller | places orders and cancels those that the reference turns against |
//! | thief | with a stolen reporter's key: states a low price, buys, states a high one, sells |
//!
//! Nobody here cranks, so nobody earns a bounty; execution fees of orders are left out, which is to their advantage.
//! In a congested block they always enter: they pay for it, and that is left out too.

mod front_runner;
mod gang;
mod griefer;
mod hand;
mod ledger;
mod lp_timer;
mod pumper;
#[cfg(test)]
mod tests;
mod thief;
mod whim;

use math::units::{Amount, Price, Ratio, Size};
use types::level::Level;

pub use self::{
    gang::{Gang, Tampering},
    ledger::Takings,
};

/// What attackers see in a block.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Now, Unix seconds.
    pub now: u64,
    /// The price outside.
    pub reference: Price,
    /// The newest round's price, or the print.
    pub index: Price,
    /// What the slowest source said last.
    pub slow: Price,
    /// The level in force.
    pub level: Level,
    /// Margin that a new position needs.
    pub entry: Ratio,
    /// Longs less shorts.
    pub skew: Size,
    /// The vault's opening value.
    pub nav: Amount,
}

/// How far `price` is above `from`, and whether it is above, in basis points cut down.
pub(crate) fn off(price: Price, from: Price) -> (u128, bool) {
    let by = price.distance(from).0.atomics().u128();
    let bps = by
        .checked_mul(10_000)
        .and_then(|n| n.checked_div(from.0.atomics().u128()));
    (bps.unwrap_or_default(), price > from)
}
