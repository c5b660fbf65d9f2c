//! One account of an attacker, and the one position it holds at a time.

use math::units::{Amount, Price, Ratio, Side};
use math::wide::Round;
use types::engine::Order;

use super::Sight;
use crate::{
    bug::Bug,
    judge::{exits::Exits, rule::loose},
    news::News,
    venue::{lots, Person, Venue},
};

/// Kept in the wallet for fees, beside the margin.
const CHANGE: Ratio = Ratio::percent(2);
/// Margin of a position, at least.
const MARGIN: Ratio = Ratio::percent(20);

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No position, no order.
    Flat,
    /// An order to open waits.
    Opening {
        /// The order.
        order: u64,
    },
    /// A position.
    Open,
    /// An order to close waits.
    Closing {
        /// The order.
        order: u64,
    },
}

/// An account.
pub struct Hand {
    /// Who.
    pub who: Person,
    /// Where it stands.
    pub state: State,
    /// Since when, Unix seconds.
    pub since: u64,
    /// Which way it trades or traded last.
    pub side: Side,
    /// Coins brought from elsewhere, less those taken out.
    pub brought: Amount,
    /// Orders it has called back.
    pub cancelled: u64,
}

impl Hand {
    /// An account that has done nothing.
    pub fn new(who: Person) -> Self {
        Self {
            who,
            state: State::Flat,
            since: 0,
            side: Side::Long,
            brought: Amount::ZERO,
            cancelled: 0,
        }
    }

    fn turn(&mut self, state: State, now: u64) {
        (self.state, self.since) = (state, now);
    }

    /// Coins, if the wallet holds less than this.
    pub fn bring(&mut self, venue: &mut dyn Venue, wanted: Amount) -> Result<(), Bug> {
        let lacks = wanted.minus(venue.free(&self.who))?;
        if lacks > Amount::ZERO {
            venue.bring(&self.who, lacks)?;
            self.brought = self.brought.plus(lacks)?;
        }
        Ok(())
    }

    /// Sign an order to open; whether it was taken.
    pub fn open(
        &mut self,
        venue: &mut dyn Venue,
        (side, notional): (Side, Amount),
        sight: &Sight,
    ) -> Result<bool, Bug> {
        let margin = notional.share_up(sight.entry.max(MARGIN))?;
        self.bring(venue, margin.plus(notional.share_up(CHANGE)?)?)?;
        let order = Order::Increase {
            side,
            size: lots(notional, sight.index)?,
            margin: margin.coins()?,
        };
        self.side = side;
        match venue.place(&self.who, order) {
            Ok(order) => self.turn(State::Opening { order }, sight.now),
            Err(_) => self.turn(State::Flat, sight.now),
        }
        Ok(self.state != State::Flat)
    }

    /// Sign an order to close.
    pub fn close(&mut self, venue: &mut dyn Venue, exits: &mut Exits, now: u64) {
        match venue.place(&self.who, Order::Close { side: self.side }) {
            Ok(order) => {
                let at = (venue.moment(), now);
                exits.signed(order, self.who.addr.clone(), at);
                self.turn(State::Closing { order }, now);
            }
            Err(no) => exits.tried("close", &self.who.name, now, Some(no)),
        }
    }

    /// Call back the order to open, if one waits.
    pub fn cancel(&mut self, venue: &mut dyn Venue, exits: &mut Exits, now: u64) {
        if let State::Opening { order } = self.state {
            let done = venue.cancel(&self.who, order);
            self.cancelled = self.cancelled.saturating_add(u64::from(done.is_ok()));
            exits.tried("cancel", &self.who.name, now, done.err());
        }
    }

    /// Hear what happened to it.
    pub fn hear(&mut self, news: &[News], now: u64) {
        for one in news {
            match one {
                News::Changed(c) if c.account == self.who.addr => self.holds(c.size.is_zero(), now),
                News::Liquidated(l) if l.account == self.who.addr => {
                    self.holds(l.size.is_zero(), now);
                }
                News::Settled(s) if s.account == self.who.addr => self.holds(true, now),
                News::Ended(ended) => self.died(ended.order, now),
                News::Order(done) if done.refused.is_some() => self.died(done.order, now),
                News::Changed(_)
                | News::Liquidated(_)
                | News::Order(_)
                | News::Round(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_)
                | News::Scaled(_)
                | News::Settled(_)
                | News::Shared(_) => {}
            }
        }
    }

    /// Wallet, position, shares and what waits at a price, less what was brought.
    pub fn worth(&self, venue: &mut dyn Venue, price: Price) -> Result<Amount, Bug> {
        let held = venue.held(&self.who);
        let position = held.map_or(Ok(Amount::ZERO), |held| loose(&held).equity(price))?;
        let shares = venue.shares(&self.who);
        let invested = if shares.is_zero() {
            Amount::ZERO
        } else {
            venue.worth(shares, price)?
        };
        let all = venue
            .free(&self.who)
            .plus(venue.waiting(&self.who, price)?)?;
        let all = all.plus(position)?.plus(invested)?;
        Ok(all.minus(self.brought)?)
    }

    fn holds(&mut self, flat: bool, now: u64) {
        match self.state {
            // A partial liquidation leaves the order to close waiting.
            State::Closing { .. } if !flat => {}
            _ if flat => self.turn(State::Flat, now),
            State::Flat | State::Opening { .. } | State::Open | State::Closing { .. } => {
                self.turn(State::Open, now);
            }
        }
    }

    fn died(&mut self, dead: u64, now: u64) {
        match self.state {
            State::Opening { order } if order == dead => self.turn(State::Flat, now),
            State::Closing { order } if order == dead => self.turn(State::Open, now),
            State::Flat | State::Open | State::Opening { .. } | State::Closing { .. } => {}
        }
    }
}

/// A share of an amount, in basis points, rounded down.
pub fn bps(of: Amount, n: u64) -> Result<Amount, Bug> {
    Ok(of.share(Ratio::bps(n), Round::Down)?)
}
