//! Trades where a lagging price still stands: the front runner by the slowest source, the update picker by the
//! index, with a source's updates in hand.

use math::units::{Price, Side};

use super::{
    hand::{bps, Hand, State},
    off, Sight,
};
use crate::{bug::Bug, judge::exits::Exits, venue::Venue};

/// Basis points of lag that count as none.
const GONE_BPS: u128 = 5;
/// A position is closed after this long whatever the prices, seconds.
const PATIENCE_S: u64 = 120;
/// Size, in basis points of the vault.
const SIZE_BPS: u64 = 100;
/// An update is withheld for at most this long, seconds.
const WITHHOLD_S: u64 = 30;

/// By which price the lag is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// What the slowest source said last.
    Slowest,
    /// The index.
    Index,
}

/// Buys or sells what lags, and closes when it has caught up.
pub struct FrontRunner {
    /// The account.
    pub hand: Hand,
    by: By,
    /// Basis points of lag worth trading.
    worth_bps: u128,
}

impl FrontRunner {
    /// With this account.
    pub fn new(hand: Hand, by: By, worth_bps: u128) -> Self {
        Self {
            hand,
            by,
            worth_bps,
        }
    }

    /// One block.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        let lagging = match self.by {
            By::Slowest => sight.slow,
            By::Index => sight.index,
        };
        let (lag, above) = off(sight.reference, lagging);
        match self.hand.state {
            State::Flat if lag >= self.worth_bps => {
                let side = if above { Side::Long } else { Side::Short };
                let size = bps(sight.nav, SIZE_BPS)?;
                self.hand.open(venue, (side, size), sight)?;
            }
            State::Open => {
                let late = sight.now > self.hand.since.saturating_add(PATIENCE_S);
                let (left, _) = off(sight.reference, sight.index);
                if left <= GONE_BPS || late {
                    self.hand.close(venue, exits, sight.now);
                }
            }
            State::Flat | State::Opening { .. } | State::Closing { .. } => {}
        }
        Ok(())
    }

    /// Whether an update of this price suits the order that waits, or none does, or it has waited long enough.
    pub fn delivers(&self, price: Price, index: Price, now: u64) -> bool {
        if now > self.hand.since.saturating_add(WITHHOLD_S) {
            return true;
        }
        match (self.hand.state, self.hand.side) {
            (State::Opening { .. }, Side::Long) | (State::Closing { .. }, Side::Short) => {
                price <= index
            }
            (State::Opening { .. }, Side::Short) | (State::Closing { .. }, Side::Long) => {
                price >= index
            }
            (State::Flat | State::Open, _) => true,
        }
    }
}
