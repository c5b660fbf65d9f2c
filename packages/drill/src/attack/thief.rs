//! The thief of a reporter's key: states a low price while an order to buy waits, a high one while the order
//! to sell does, on the reporter's own schedule. Opens on whichever side has room.

use math::units::{OutOfRange, Price, Ratio, Side};
use math::wide::Round;

use super::{
    hand::{bps, Hand, State},
    Sight,
};
use crate::{bug::Bug, judge::exits::Exits, venue::Venue};

/// Size, in basis points of the vault.
const SIZE_BPS: u64 = 200;

/// One account and a key.
pub struct Thief {
    /// The account.
    pub hand: Hand,
}

impl Thief {
    /// With this account.
    pub fn new(hand: Hand) -> Self {
        Self { hand }
    }

    /// One block; whether the key is in hand.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        (exits, stolen): (&mut Exits, bool),
    ) -> Result<(), Bug> {
        match self.hand.state {
            State::Flat if stolen => {
                let size = bps(sight.nav, SIZE_BPS)?;
                let side = self.hand.side;
                if !self.hand.open(venue, (side, size), sight)? {
                    self.hand.side = side.opposite();
                }
            }
            State::Open => self.hand.close(venue, exits, sight.now),
            State::Flat | State::Opening { .. } | State::Closing { .. } => {}
        }
        Ok(())
    }

    /// What the key says where the truth is `price`.
    pub fn states(&self, price: Price, by_bps: u64) -> Result<Price, OutOfRange> {
        let by = Ratio::bps(by_bps);
        let opens = match self.hand.state {
            State::Flat | State::Opening { .. } => true,
            State::Open | State::Closing { .. } => false,
        };
        if opens == (self.hand.side == Side::Long) {
            price.times(Ratio::ONE.minus_floored(by), Round::Up)
        } else {
            price.times(Ratio::ONE.plus(by)?, Round::Down)
        }
    }
}
