//! What people trade on: the suite on its chain, or the naive twin. The same people, the same doors.

use cosmwasm_std::{Addr, Uint128};
use math::units::Amount;
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
}
