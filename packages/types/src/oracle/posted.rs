//! What the oracle posts of each feed in its own storage, for others to read there: a reader enters none of its code,
//! so a price costs one read, and an oracle whose code fails or burns gas takes nobody along. Its records are believed as far
//! as its answers were: what does not read, or stands under another number, is no round.
//!
//! Keys and forms below are an interface. Another form of either comes with another key of the first, and whoever no
//! longer keeps a record up to date removes it: where there is none, readers ask.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::StdResult;
use math::{units::OutOfRange, volatility::sigma, wide::Round as Rounding};
use store::Map;

use super::{Band, Pair, Round, RoundAfter, SettlePrice, Snapshot, Status, Variance};
use crate::{clock::Moment, Price};

/// Feed -> what is posted of it, from its first round on.
pub const POSTED: Map<&str, Posted> = Map::new(KEY);
/// (feed, number) -> round, as far back as rounds are kept.
pub const ROUNDS: Map<(&str, u64), Round> = Map::new(ROUNDS_KEY);
/// Where the former lie: the number is that of the form.
pub const KEY: &str = "posted_1";
/// Where the latter lie.
pub const ROUNDS_KEY: &str = "rounds";

/// A round is Stale up to this many times `max_age`, then Invalid.
pub const STALE_FACTOR: u64 = 10;
/// A stale feed's band is widened by this many sigma over its age.
pub const STALE_SIGMAS: u64 = 4;
/// The half-hour average serves margin reads for this long after the newest round, seconds.
pub const AVERAGE_SERVES: u64 = 900;
/// The newest round serves them for this long, seconds.
pub const LAST_GOOD_SERVES: u64 = 3_600;

/// All that changes of a feed with a round only; the rest is the clock.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Posted {
    /// The two newest rounds.
    pub newest: Pair,
    /// The half-hour average up to the newest, when its window is covered.
    pub average: Option<Price>,
    /// Volatility.
    pub variance: Variance,
    /// The feed's tolerance for source clocks, seconds.
    pub max_future: u64,
    /// The feed's `max_age`, seconds.
    pub max_age: u64,
    /// After an outage: until this block time only deep positions are liquidated, seconds.
    pub grace_until: u64,
    /// What a market would settle at, once there is a price good enough.
    pub settle: Option<SettlePrice>,
    /// How far back its rounds are kept.
    pub kept: Kept,
}

/// How far back rounds are kept.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Kept {
    /// Number of the oldest round kept; 0 before the first.
    pub oldest: u64,
    /// When the newest round no longer kept was.
    pub evicted: Option<Moment>,
}

impl Posted {
    /// Everything a clearing house needs, at `now`.
    pub fn at(&self, now: u64, named: Option<Pair>) -> Snapshot {
        Snapshot {
            status: self.status(now),
            newest: Some(self.newest),
            named,
            band: self.band(now),
            variance: self.variance,
            max_future: self.max_future,
            max_age: self.max_age,
            grace_until: self.grace_until,
        }
    }

    /// The status of this moment.
    pub fn status(&self, now: u64) -> Status {
        self.newest.round.status(self.max_age, now)
    }

    /// The newest round's low and high; of a stale feed, what its fallbacks allow. None when Invalid.
    fn band(&self, now: u64) -> Option<Band> {
        let round = self.newest.round;
        match self.status(now) {
            status @ (Status::Valid | Status::Degraded | Status::Uncertain) => Some(Band {
                low: round.low,
                high: round.high,
                status,
            }),
            Status::Stale => self.stale(round.age(now)),
            Status::Invalid => None,
        }
    }

    /// The last round for an hour; for a quarter of one also the half-hour average, whichever edge is worse. A margin
    /// read is Uncertain with the average and Stale without; the feed is Stale with both: who acts by Uncertain would
    /// act on rounds that have passed.
    fn stale(&self, age: u64) -> Option<Band> {
        if age > LAST_GOOD_SERVES {
            return None;
        }
        let round = self.newest.round;
        let average = self.average.filter(|_| age <= AVERAGE_SERVES);
        let status = average.map_or(Status::Stale, |_| Status::Uncertain);
        let average = average.unwrap_or(round.price);
        let held = Band {
            low: round.low.min(average.minus_floored(round.conf)),
            high: round.high.max(average.plus(round.conf).ok()?),
            status,
        };
        self.widened(held, age).ok()
    }

    /// By [`STALE_SIGMAS`] of the greater sigma over the age of the round; rounded outwards.
    fn widened(&self, held: Band, age: u64) -> Result<Band, OutOfRange> {
        let greater = self.variance.fast.max(self.variance.slow);
        let by = sigma(greater, age).scaled(STALE_SIGMAS, 1, Rounding::Up)?;
        let reach = self.newest.round.price.times(by, Rounding::Up)?;
        Ok(Band {
            low: held.low.minus_floored(reach),
            high: held.high.plus(reach)?,
            ..held
        })
    }
}

impl Round {
    /// Seconds since.
    pub const fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.at.time)
    }

    /// What a feed's status is while this is its newest round: the round's while it is fresh, then Stale, then Invalid.
    pub const fn status(&self, max_age: u64, now: u64) -> Status {
        let age = self.age(now);
        if age <= max_age {
            self.status
        } else if age <= max_age.saturating_mul(STALE_FACTOR) {
            Status::Stale
        } else {
            Status::Invalid
        }
    }
}

/// The rounds of a feed, by number; wherever they lie.
pub struct History<'a> {
    /// What is posted of it.
    pub posted: &'a Posted,
    /// Reads one that is not among the two newest.
    pub read: &'a dyn Fn(u64) -> StdResult<Option<Round>>,
}

impl History<'_> {
    /// One round, if it is kept.
    pub fn get(&self, number: u64) -> StdResult<Option<Round>> {
        let Pair { round, before } = self.posted.newest;
        let at_hand = [Some(round), before];
        match at_hand.into_iter().flatten().find(|r| r.number == number) {
            Some(found) => Ok(Some(found)),
            None => Ok((self.read)(number)?.filter(|r| r.number == number)),
        }
    }

    /// One round and the one before it.
    pub fn pair(&self, number: u64) -> StdResult<Option<Pair>> {
        let Some(round) = self.get(number)? else {
            return Ok(None);
        };
        let before = match number.checked_sub(1) {
            Some(previous) => self.get(previous)?,
            None => None,
        };
        Ok(Some(Pair { round, before }))
    }

    /// The first round later than `after` in both time and height. Both rise with the number, so the
    /// newest is looked at first (mostly it is the one, or there is none yet), then halves.
    pub fn after(&self, after: Moment) -> StdResult<RoundAfter> {
        let later = |at: Moment| at.time > after.time && at.height > after.height;
        let Posted { newest, kept, .. } = self.posted;
        if !later(newest.round.at) {
            return Ok(RoundAfter::NotYet {});
        }
        if kept.evicted.is_some_and(later) {
            return Ok(RoundAfter::Evicted {});
        }
        // `found` is later; everything below `low` is not.
        let (mut low, mut found) = (kept.oldest, newest.round);
        if newest.before.is_some_and(|b| !later(b.at)) {
            low = found.number;
        }
        while low < found.number {
            let middle = low.midpoint(found.number);
            let Some(round) = self.get(middle)? else {
                return Ok(RoundAfter::Evicted {});
            };
            if later(round.at) {
                found = round;
            } else {
                low = middle.saturating_add(1);
            }
        }
        Ok(RoundAfter::Round(found))
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing
)]
mod tests;
