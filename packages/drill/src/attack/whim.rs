//! The canceller: every order is an option, to be called back when the reference turns against it.

use math::units::{Price, Side};

use super::{
    hand::{bps, Hand, State},
    off, Sight,
};
use crate::{bug::Bug, judge::exits::Exits, venue::Venue};

/// Size, in basis points of the vault.
const SIZE_BPS: u64 = 100;
/// Seconds between orders.
const EVERY_S: u64 = 300;
/// Basis points against it that end an order.
const AGAINST_BPS: u128 = 2;

/// One account.
pub struct Canceller {
    /// The account.
    pub hand: Hand,
    /// The reference when the order was placed.
    placed: Price,
    called_back: bool,
    next: u64,
}

impl Canceller {
    /// With this account.
    pub fn new(hand: Hand) -> Self {
        Self {
            hand,
            placed: Price::ZERO,
            called_back: false,
            next: 0,
        }
    }

    /// One block.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        match self.hand.state {
            State::Flat if sight.now >= self.next => {
                self.next = sight.now.saturating_add(EVERY_S);
                (self.placed, self.called_back) = (sight.reference, false);
                let side = self.hand.side.opposite();
                let size = bps(sight.nav, SIZE_BPS)?;
                self.hand.open(venue, (side, size), sight)?;
            }
            State::Opening { .. } if !self.called_back => {
                let (by, above) = off(sight.reference, self.placed);
                let against = above == (self.hand.side == Side::Short);
                if against && by >= AGAINST_BPS {
                    self.hand.cancel(venue, exits, sight.now);
                    self.called_back = true;
                }
            }
            State::Open => self.hand.close(venue, exits, sight.now),
            State::Flat | State::Opening { .. } | State::Closing { .. } => {}
        }
        Ok(())
    }
}
