//! What one market is offered, given what stands above it. Pure: no storage, no clock.

use cosmwasm_schema::cw_serde;
use types::{
    breaker::{Params, Registered},
    level::Level,
    scope::Stance,
    Ratio,
};

use crate::{audit::Broken, lease::UNKNOWN, registry::Heard};

/// Fresh rounds in a row before a market leaves Protected.
pub const ROUNDS: u64 = 5;
/// What is left of the caps in each step of a reopening; then all of them.
const STEPS: [Ratio; 3] = [Ratio::percent(10), Ratio::percent(25), Ratio::percent(50)];
/// A lost stance is sent again after this, doubled per failure in a row, seconds.
const RETRY: u64 = 5;
/// But no later than this.
const LONGEST_RETRY: u64 = 300;

/// One market and what it was last leased.
#[cw_serde]
pub struct Lease {
    /// The market and its feeds.
    pub market: Registered,
    /// Last offered.
    pub stance: Stance,
    /// Whether the engine took it.
    delivered: bool,
    /// Whether the engine ever took one.
    pub taken: bool,
    /// Offers lost in a row.
    failures: u32,
    /// Block time of the last offer.
    pub offered_at: u64,
    /// Since when it has been reopening.
    reopening: Option<u64>,
    /// How things stood when it entered Protected.
    protected: Option<Entered>,
    /// When the newest complete pass of the engine over its positions began, seconds.
    reconciled: u64,
}

/// When a market entered Protected.
#[cw_serde]
#[derive(Copy, Eq)]
struct Entered {
    /// Block time, seconds.
    at: u64,
    /// Fresh rounds its feed had made.
    rounds: u64,
}

/// A stance and what it was judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What to offer.
    pub stance: Stance,
    /// Fresh rounds the feed has made.
    rounds: u64,
}

impl Lease {
    /// Nothing offered yet.
    pub const fn of(market: Registered) -> Self {
        Self {
            market,
            stance: UNKNOWN,
            delivered: false,
            taken: false,
            failures: 0,
            offered_at: 0,
            reopening: None,
            protected: None,
            reconciled: 0,
        }
    }

    /// What to offer now, given the joined level and what was heard of the feed.
    pub fn terms(&self, (joined, heard): (Level, &Heard), now: u64, params: &Params) -> Terms {
        let level = if self.synchronised(heard) {
            joined
        } else {
            joined.max(Level::Protected)
        };
        let stance = Stance {
            level,
            caution: Ratio::ZERO,
            caps: self.caps(level, now, params),
            until: now.saturating_add(params.lease),
        };
        Terms {
            stance,
            rounds: heard.rounds,
        }
    }

    /// A market that was at Protected stays there until, since it came there, its feed has made
    /// [`ROUNDS`] fresh rounds, the newest of them in a row, and the engine has begun and completed a
    /// pass over all its positions.
    fn synchronised(&self, heard: &Heard) -> bool {
        self.protected.is_none_or(|entered| {
            let fresh = heard.rounds >= entered.rounds.saturating_add(ROUNDS);
            fresh && heard.streak >= ROUNDS && self.reconciled > entered.at
        })
    }

    /// The engine has completed a pass. Whether that is news.
    pub const fn reconciled(&mut self, began: u64) -> bool {
        let news = began > self.reconciled;
        if news {
            self.reconciled = began;
        }
        news
    }

    /// Whole while closed and once reopened; in steps of `reopen_step` between.
    fn caps(&self, level: Level, now: u64, params: &Params) -> Ratio {
        if level >= Level::ReduceOnly {
            return Ratio::ONE;
        }
        let since = if self.closed(now) {
            Some(now)
        } else {
            self.reopening
        };
        let steps = since.map_or(u64::MAX, |since| {
            let open = now.saturating_sub(since);
            open.checked_div(params.reopen_step).unwrap_or(u64::MAX)
        });
        let step = usize::try_from(steps).unwrap_or(usize::MAX);
        STEPS.get(step).copied().unwrap_or(Ratio::ONE)
    }

    /// Whether the engine has held it closed until now, by its stance or by the lapse of it. A
    /// market that was never offered anything has never been open, so it does not reopen.
    fn closed(&self, now: u64) -> bool {
        self.taken && self.stance.at(now).level >= Level::ReduceOnly
    }

    /// Whether it is time to offer this.
    pub fn is_due(&self, stance: Stance, now: u64, params: &Params) -> bool {
        let same = Stance {
            until: stance.until,
            ..self.stance
        };
        if same != stance {
            true
        } else if self.delivered {
            let left = self.stance.until.saturating_sub(now);
            left.saturating_mul(2) < params.lease
        } else {
            now >= self.offered_at.saturating_add(self.backoff())
        }
    }

    /// How long a lost stance waits, so that a dead engine does not cost every report.
    fn backoff(&self) -> u64 {
        match self.failures.checked_sub(1) {
            None => 0,
            Some(before) => RETRY
                .saturating_mul(2_u64.saturating_pow(before))
                .min(LONGEST_RETRY),
        }
    }

    /// Recorded as taken; the reply takes that back if it was not.
    pub fn offered(&mut self, Terms { stance, rounds }: Terms, now: u64) {
        self.reopening = match stance.caps == Ratio::ONE {
            true => None,
            false if self.closed(now) => Some(now),
            false => self.reopening,
        };
        let entered = self.protected.unwrap_or(Entered { at: now, rounds });
        self.protected = (stance.level == Level::Protected).then_some(entered);
        self.stance = stance;
        self.delivered = true;
        self.offered_at = now;
    }

    /// The newest offer did not arrive.
    pub fn lost(&mut self) {
        self.delivered = false;
    }

    /// That counts: whether it makes the offer wait longer.
    pub fn failed(&mut self) -> bool {
        if !self.delivered {
            self.failures = self.failures.saturating_add(1);
        }
        !self.delivered
    }

    /// The engine has taken the newest offer. Whether that changed anything.
    pub fn accepted(&mut self) -> bool {
        let news = !self.taken || self.failures > 0;
        self.taken = true;
        self.failures = 0;
        news
    }

    /// What does not hold.
    pub fn audit(&self, params: &Params) -> Option<Broken> {
        let market = || self.market.market.clone();
        let stance = self.stance;
        let protected = stance.level == Level::Protected;
        let partial = stance.caps < Ratio::ONE;
        if stance.until > self.offered_at.saturating_add(params.lease) {
            Some(Broken::LeaseTooLong { market: market() })
        } else if protected != self.protected.is_some()
            || partial != self.reopening.is_some()
            || (partial && stance.level >= Level::ReduceOnly)
        {
            Some(Broken::LeaseState { market: market() })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
