//! The griefer: loops money in and out, and trades as large as it is let, to trip breakers.

use math::units::{Amount, Side};

use super::{
    hand::{bps, Hand, State},
    Sight,
};
use crate::{bug::Bug, judge::exits::Exits, venue::Venue};

/// Money in the loop, in basis points of the vault.
const LOOP_BPS: u64 = 200;
/// Seconds between two turns of the loop.
const LOOP_S: u64 = 60;
/// Size of a trade, in basis points of the vault.
const SIZE_BPS: u64 = 1_000;
/// Seconds between trades.
const TRADE_S: u64 = 3_600;

/// Two accounts: one loops, one trades.
pub struct Griefer {
    /// The accounts.
    pub hands: [Hand; 2],
    loops_at: u64,
    trades_at: u64,
}

impl Griefer {
    /// With these accounts.
    pub fn new(hands: [Hand; 2]) -> Self {
        Self {
            hands,
            loops_at: 0,
            trades_at: 0,
        }
    }

    /// One block.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        let [looper, trader] = &mut self.hands;
        if sight.now >= self.loops_at {
            self.loops_at = sight.now.saturating_add(LOOP_S);
            turn(looper, venue, sight, exits)?;
        }
        match trader.state {
            State::Flat if sight.now >= self.trades_at => {
                self.trades_at = sight.now.saturating_add(TRADE_S);
                let side = if sight.skew.is_negative() {
                    Side::Short
                } else {
                    Side::Long
                };
                let size = bps(sight.nav, SIZE_BPS)?;
                trader.open(venue, (side, size), sight)?;
            }
            State::Open => trader.close(venue, exits, sight.now),
            State::Flat | State::Opening { .. } | State::Closing { .. } => {}
        }
        Ok(())
    }
}

/// In if it is out, out if it is in.
fn turn(
    hand: &mut Hand,
    venue: &mut dyn Venue,
    sight: &Sight,
    exits: &mut Exits,
) -> Result<(), Bug> {
    let free = venue.free(&hand.who);
    if free <= Amount::ZERO {
        return hand.bring(venue, bps(sight.nav, LOOP_BPS)?);
    }
    let done = venue.withdraw(&hand.who, free.coins()?);
    if done.is_ok() {
        hand.brought = hand.brought.minus(free)?;
    }
    exits.tried("withdraw", &hand.who.name, sight.now, done.err());
    Ok(())
}
