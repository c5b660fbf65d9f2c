//! What the oracle answers.

use cosmwasm_schema::cw_serde;

use crate::{clock::Moment, Price, Ratio};

/// How good a price is. Ordered: greater is worse.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Quorum, agreement, no unconfirmed jump.
    Valid,
    /// Usable on Guarded terms.
    Degraded,
    /// Sources disagree or a jump is unconfirmed: reductions only, at the worse edge.
    Uncertain,
    /// No round for longer than `max_age`.
    Stale,
    /// No usable price.
    Invalid,
}

impl Status {
    /// Every status, best first.
    pub const ALL: [Self; 5] = [
        Self::Valid,
        Self::Degraded,
        Self::Uncertain,
        Self::Stale,
        Self::Invalid,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Degraded => "degraded",
            Self::Uncertain => "uncertain",
            Self::Stale => "stale",
            Self::Invalid => "invalid",
        }
    }
}

/// Not the name of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a status")]
pub struct NotAStatus;

impl std::str::FromStr for Status {
    type Err = NotAStatus;

    fn from_str(name: &str) -> Result<Self, NotAStatus> {
        Self::ALL
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or(NotAStatus)
    }
}

/// One accepted aggregate price. Never rewritten.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Round {
    /// Its number within the feed, from 1.
    pub number: u64,
    /// The newest time at or after which two thirds of the weight was published, and the height
    /// of the block that accepted it. Both rise with the number.
    pub at: Moment,
    /// Valid, Degraded or Uncertain.
    pub status: Status,
    /// The weighted median: the acting price.
    pub price: Price,
    /// The greater of median confidence and median deviation.
    pub conf: Price,
    /// `min(price, TWAP5m) - conf`.
    pub low: Price,
    /// `max(price, TWAP5m) + conf`.
    pub high: Price,
    /// The five-minute average, when its window is covered.
    pub twap: Option<Price>,
    /// What a risk-adding fill pays on top, at least: half the survivors' range where a survivor
    /// is older than the round.
    pub surcharge: Price,
}

/// Variance per second of relative moves, fast (6 h) and slow (14 d).
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Variance {
    /// Over hours.
    pub fast: Ratio,
    /// Over days.
    pub slow: Ratio,
}

/// The band margin reads use: a stale feed's band widens with its age.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Band {
    /// Worst for longs.
    pub low: Price,
    /// Worst for shorts.
    pub high: Price,
}

/// A round and the one before it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Pair {
    /// The round.
    pub round: Round,
    /// Its predecessor, if it has one that is still kept.
    pub before: Option<Round>,
}

/// Everything a clearing house needs in one question.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Snapshot {
    /// Status now: Stale and Invalid are statuses of a moment, not of a round.
    pub status: Status,
    /// The two newest rounds.
    pub newest: Option<Pair>,
    /// The round asked for, with its predecessor, if it exists.
    pub named: Option<Pair>,
    /// What margin reads use; absent when Invalid.
    pub band: Option<Band>,
    /// Volatility.
    pub variance: Variance,
    /// The feed's tolerance for source clocks, seconds.
    pub max_future: u64,
    /// The feed's `max_age`, seconds.
    pub max_age: u64,
}

/// Answer to `RoundAfter`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum RoundAfter {
    /// This one.
    Round(Round),
    /// None yet.
    NotYet {},
    /// It is no longer kept.
    Evicted {},
}

/// The price now, for people and dashboards.
#[cw_serde]
pub struct PriceAnswer {
    /// Which feed.
    pub feed: String,
    /// Status now.
    pub status: Status,
    /// The newest round.
    pub round: Option<Round>,
}
