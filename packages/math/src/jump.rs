//! Jumps: how far a price has left its average, and whether that is confirmed.
//!
//! Thresholds scale with volatility. A move beyond the threshold is confirmed by two sources of
//! different groups that each saw it after the last calm round, or by seeing the same move at two
//! round times at least [`APART`] seconds apart. Where there is no average (a young feed, or after
//! a halt) only the second way counts, against the last calm price, and there is no distance. A
//! move that had been read before and is settled like that is the past: the average begins anew with
//! it, else it would come back, still knowing the price before, and be read again.
//!
//! Where sources dispute each other the price lies between what they say and is nobody's word. It may be
//! a move of whoever is right, so it is read like one; but seeing it again confirms the dispute and not
//! the price, so no average and no later reference learns more of it than all of them agree on.

use cosmwasm_schema::cw_serde;

use crate::{
    units::{OutOfRange, Price, Ratio},
    wide::Round,
};

/// Times sigma of the window, where a jump reaches Guarded.
pub const GUARDED: u64 = 12;
/// Times sigma of the window, where a jump reaches ReduceOnly.
pub const REDUCE_ONLY: u64 = 25;
/// Times sigma of the window, where a jump reaches Protected.
pub const PROTECTED: u64 = 60;
/// Two sightings this far apart confirm each other, seconds.
pub const APART: u64 = 10;

/// `clamp(k*sigma, 0.3*table, table)`, with sigma already over the window; rounded down.
pub fn threshold(table: Ratio, sigma: Ratio, k: u64) -> Result<Ratio, OutOfRange> {
    let least = table.scaled(3, 10, Round::Down)?;
    let scaled = sigma.scaled(k, 1, Round::Down).unwrap_or(table);
    Ok(scaled.clamp(least, table))
}

/// `|price - from| / from`, rounded up; `from` must not be zero.
pub fn distance(price: Price, from: Price) -> Result<Ratio, OutOfRange> {
    price.distance(from).over(from, Round::Up)
}

/// `price`, but no further from `centre` than `by` of it. For the input of an average only: an
/// acting price is never clamped.
pub fn clamped(price: Price, centre: Price, by: Ratio) -> Result<Price, OutOfRange> {
    let reach = centre.times(by, Round::Down)?;
    Ok(price.clamp(centre.minus_floored(reach), centre.plus(reach)?))
}

/// Which way a price went.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Way {
    /// Above its reference.
    Up,
    /// Below.
    Down,
}

/// A price and when it was.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Seen {
    /// The price.
    pub price: Price,
    /// Its round's time, seconds.
    pub time: u64,
}

/// A move beyond the threshold, as first seen.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Candidate {
    /// Which way.
    pub way: Way,
    /// Where and when.
    pub first: Seen,
    /// Whether its distance has been read: it was confirmed while there was an average.
    pub read: bool,
}

/// What the rule remembers between rounds.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Watch {
    /// The last round within the threshold.
    pub calm: Seen,
    /// The move under way.
    pub candidate: Option<Candidate>,
}

/// One surviving report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// What it says.
    pub price: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
    /// Sources of one group confirm nothing for each other.
    pub group: u32,
}

/// A new round's price and who stands behind it.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The round.
    pub seen: Seen,
    /// The five-minute average, where it is covered.
    pub average: Option<Price>,
    /// Beyond this it is a jump.
    pub threshold: Ratio,
    /// The survivors.
    pub witnesses: &'a [Witness],
    /// Whether they dispute each other.
    pub disputed: bool,
}

/// What to make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What to remember.
    pub watch: Watch,
    /// What the price was judged against: the average, or the last calm price.
    pub reference: Price,
    /// What may be learned of it: the price, or of a dispute the nearest to the reference that a survivor's word reaches.
    pub learned: Price,
    /// A move beyond the threshold that nothing confirms yet.
    pub unconfirmed: bool,
    /// Distance from the average of a confirmed jump, else zero.
    pub jump: Ratio,
    /// A move that had been read is settled without an average: the next one begins here.
    pub settled: bool,
}

impl Sighting<'_> {
    fn learned(&self, reference: Price) -> Price {
        let said = || self.witnesses.iter().map(|w| w.price);
        match (said().min(), said().max()) {
            (Some(low), Some(high)) if self.disputed => reference.clamp(low, high),
            (Some(_) | None, _) => self.seen.price,
        }
    }
}

impl Watch {
    /// The first round is calm: there is nothing to have jumped from.
    pub const fn start(first: Seen) -> Self {
        Self {
            calm: first,
            candidate: None,
        }
    }

    /// Judge a round.
    pub fn judge(self, sighting: &Sighting<'_>) -> Result<Verdict, OutOfRange> {
        let reference = sighting.average.unwrap_or(self.calm.price);
        let seen = sighting.seen;
        let away = distance(seen.price, reference)?;
        let read = self.candidate.is_some_and(|c| c.read);
        let learned = sighting.learned(reference);
        let calm = Verdict {
            watch: Self::start(Seen {
                price: learned,
                ..seen
            }),
            reference,
            learned,
            unconfirmed: false,
            jump: Ratio::ZERO,
            settled: read && sighting.average.is_none() && !sighting.disputed,
        };
        if away <= sighting.threshold {
            return Ok(calm);
        }
        let candidate = self.candidate(sighting, reference)?;
        let repeated = seen.time >= candidate.first.time.saturating_add(APART);
        if sighting.average.is_none() && repeated {
            return Ok(calm);
        }
        let witnessed =
            sighting.average.is_some() && self.witnessed(sighting, reference, candidate.way)?;
        let confirmed = repeated || witnessed;
        let candidate = Candidate {
            read: candidate.read || confirmed,
            ..candidate
        };
        Ok(Verdict {
            watch: Self {
                calm: self.calm,
                candidate: Some(candidate),
            },
            reference,
            learned,
            unconfirmed: !confirmed,
            jump: if confirmed { away } else { Ratio::ZERO },
            settled: false,
        })
    }

    /// The same move as before if it goes the same way and to within the threshold of the same
    /// place; otherwise a new one.
    fn candidate(self, sighting: &Sighting<'_>, reference: Price) -> Result<Candidate, OutOfRange> {
        let way = way(sighting.seen.price, reference);
        let fresh = Candidate {
            way,
            first: sighting.seen,
            read: false,
        };
        let Some(known) = self.candidate.filter(|c| c.way == way) else {
            return Ok(fresh);
        };
        let apart = distance(sighting.seen.price, known.first.price)?;
        Ok(if apart <= sighting.threshold {
            known
        } else {
            fresh
        })
    }

    /// Two sources of different groups, each beyond the threshold the same way, each later than
    /// the last calm round.
    fn witnessed(
        self,
        sighting: &Sighting<'_>,
        reference: Price,
        way: Way,
    ) -> Result<bool, OutOfRange> {
        let mut groups = vec![];
        for w in sighting.witnesses {
            let sees = w.publish_time > self.calm.time
                && self::way(w.price, reference) == way
                && distance(w.price, reference)? > sighting.threshold;
            if sees && !groups.contains(&w.group) {
                groups.push(w.group);
            }
        }
        Ok(groups.len() >= 2)
    }
}

fn way(price: Price, reference: Price) -> Way {
    if price < reference {
        Way::Down
    } else {
        Way::Up
    }
}

#[cfg(test)]
mod tests;
