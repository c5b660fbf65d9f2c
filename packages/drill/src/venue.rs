//! What people trade on: the suite on its chain, or the naive twin. The same people, the same doors.

use cosmwasm_std::{Addr, Int256, Uint128};
use math::units::{Amount, OutOfRange, Price};
use math::wide::{mul_div, pow10, Round};
use types::{
    clock::Moment,
    engine::{Order, PositionState},
};

use crate::bug::Bug;

/// A protocol said no, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct No(pub String);

/// Somebody, by name and by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub name: String,
    /// Where.
    pub addr: Addr,
}

/// Sizes are multiples of this, trillionths of a base unit.
pub const LOT: u128 = 1_000_000;

/// The size of a notional at a price, in whole lots, at least one.
pub fn lots(notional: Amount, price: Price) -> Result<Uint128, OutOfRange> {
    let one = Int256::try_from(pow10(24)?).map_err(|_| OutOfRange)?;
    let size = mul_div(
        notional.wide(),
        one,
        price.wide().unsigned_abs(),
        Round::Down,
    )?;
    let size = Uint128::try_from(math::units::narrow(size)?).map_err(|_| OutOfRange)?;
    let size = size.u128();
    Ok(Uint128::new(size.saturating_sub(size % LOT).max(LOT)))
}

/// A protocol, as its users see it.
pub trait Venue {
    /// The block.
    fn moment(&self) -> Moment;
    /// Free money.
    fn free(&self, who: &Person) -> Amount;
    /// The position.
    fn held(&self, who: &Person) -> Option<PositionState>;
    /// Coins from elsewhere into the own wallet.
    fn bring(&mut self, who: &Person, amount: Amount) -> Result<(), Bug>;
    /// Sign an order; its number.
    fn place(&mut self, who: &Person, order: Order) -> Result<u64, No>;
    /// Call the own order back.
    fn cancel(&mut self, who: &Person, order: u64) -> Result<(), No>;
    /// Put margin behind the own position.
    fn add_margin(&mut self, who: &Person, amount: Uint128) -> Result<(), No>;
    /// Free money out of the wallet.
    fn withdraw(&mut self, who: &Person, amount: Uint128) -> Result<(), No>;
    /// Provide liquidity from the wallet.
    fn provide(&mut self, who: &Person, amount: Uint128) -> Result<(), No>;
    /// Take liquidity out.
    fn divest(&mut self, who: &Person, shares: Uint128) -> Result<(), No>;
    /// What the own liquidity that leaves has been priced at and not collected; `None` where none leaves.
    fn returned(&self, who: &Person) -> Option<Amount>;
    /// Turn what was provided and priced into shares; collect what has left.
    fn claim(&mut self, who: &Person) -> Result<(), No>;
    /// Shares of the vault.
    fn shares(&self, who: &Person) -> Uint128;
    /// Money of theirs that waits somewhere: queued, requested, or priced and not collected.
    fn waiting(&mut self, who: &Person, price: Price) -> Result<Amount, Bug>;
    /// What so many shares are worth, everything valued at this price.
    fn worth(&mut self, shares: Uint128, price: Price) -> Result<Amount, Bug>;
}
