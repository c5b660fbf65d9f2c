//! The skew pumper: two accounts push the skew up, two sell into it, the first two leave, the others follow.
//! Then the same the other way round.

use math::units::{Amount, Side};

use super::{
    hand::{bps, Hand, State},
    Sight,
};
use crate::{bug::Bug, judge::exits::Exits, venue::Venue};

/// Size of each account, in basis points of the vault.
const SIZE_BPS: u64 = 200;
/// A round of it every hour.
const EVERY_S: u64 = 3_600;
/// A step that takes longer than this is given up, seconds.
const PATIENCE_S: u64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Rest,
    Push,
    Sell,
    Leave,
    Follow,
}

/// Four accounts with one plan.
pub struct Pumper {
    /// The accounts: two that push, two that cash.
    pub hands: [Hand; 4],
    step: Step,
    since: u64,
    up: Side,
}

impl Pumper {
    /// With these accounts.
    pub fn new(hands: [Hand; 4]) -> Self {
        Self {
            hands,
            step: Step::Rest,
            since: 0,
            up: Side::Long,
        }
    }

    /// One block.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        let size = bps(sight.nav, SIZE_BPS)?;
        let [a, b, c, d] = &mut self.hands;
        let late = sight.now > self.since.saturating_add(PATIENCE_S);
        let next = match self.step {
            Step::Rest if sight.now > self.since.saturating_add(EVERY_S) => {
                open(venue, [a, b], (self.up, size), sight)?;
                Step::Push
            }
            Step::Push if settled([a, b]) || late => {
                open(venue, [c, d], (self.up.opposite(), size), sight)?;
                Step::Sell
            }
            Step::Sell if settled([c, d]) || late => {
                close(venue, [a, b], (exits, sight.now));
                Step::Leave
            }
            Step::Leave if settled([a, b]) || late => {
                close(venue, [c, d], (exits, sight.now));
                Step::Follow
            }
            Step::Follow if flat([a, b, c, d]) => {
                self.up = self.up.opposite();
                Step::Rest
            }
            Step::Follow if late => {
                close(venue, [a, b], (exits, sight.now));
                close(venue, [c, d], (exits, sight.now));
                Step::Follow
            }
            Step::Rest | Step::Push | Step::Sell | Step::Leave | Step::Follow => return Ok(()),
        };
        (self.step, self.since) = (next, sight.now);
        Ok(())
    }
}

fn open(
    venue: &mut dyn Venue,
    hands: [&mut Hand; 2],
    what: (Side, Amount),
    sight: &Sight,
) -> Result<(), Bug> {
    for hand in hands {
        if hand.state == State::Flat {
            hand.open(venue, what, sight)?;
        }
    }
    Ok(())
}

fn close(venue: &mut dyn Venue, hands: [&mut Hand; 2], (exits, now): (&mut Exits, u64)) {
    for hand in hands {
        if hand.state == State::Open {
            hand.close(venue, exits, now);
        }
    }
}

/// No order of theirs waits.
fn settled(hands: [&mut Hand; 2]) -> bool {
    let waits = |hand: &Hand| matches!(hand.state, State::Opening { .. } | State::Closing { .. });
    hands.into_iter().all(|hand| !waits(hand))
}

fn flat(hands: [&mut Hand; 4]) -> bool {
    hands.into_iter().all(|hand| hand.state == State::Flat)
}
