//! What the oracle answers.

use cosmwasm_schema::cw_serde;

use cosmwasm_std::Addr;

use super::{Origin, Tier};
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
    /// is older than the round; `conf` where sources that anyone may push hold a third of the weight.
    pub surcharge: Price,
    /// Whether the half-hour average up to it exists and is what a market would settle at. Until then new risk could
    /// be settled at a price that somebody pushes.
    pub averaged: bool,
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

/// The band margin reads use: a stale feed's holds the half-hour average beside the last round, and widens with
/// its age.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Band {
    /// Worst for longs.
    pub low: Price,
    /// Worst for shorts.
    pub high: Price,
    /// What a margin read by it counts as: the round's status while that is fresh; of a stale feed Uncertain while the
    /// half-hour average serves, then Stale. The feed's own status says what may be done, this how well it is known.
    pub status: Status,
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
    /// What margin reads use; absent when Invalid, and when the newest round is older than `max_age` and an hour.
    pub band: Option<Band>,
    /// Volatility.
    pub variance: Variance,
    /// The feed's tolerance for source clocks, seconds.
    pub max_future: u64,
    /// The feed's `max_age`, seconds.
    pub max_age: u64,
    /// After an outage: until this block time only deep positions are liquidated, seconds.
    pub grace_until: u64,
}

impl Snapshot {
    /// What is known of a feed that is not there, or that nobody answers for.
    pub const UNKNOWN: Self = Self {
        status: Status::Invalid,
        newest: None,
        named: None,
        band: None,
        variance: Variance {
            fast: Ratio::ZERO,
            slow: Ratio::ZERO,
        },
        max_future: 0,
        max_age: 0,
        grace_until: 0,
    };
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

/// What a market on the feed would settle at, had it to settle now.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct SettlePrice {
    /// The price.
    pub price: Price,
    /// Time of the round it was taken at, seconds.
    pub time: u64,
    /// Whether it is the half-hour average at a round whose window was covered: the newest Valid one, or the newest
    /// Degraded one where no Valid one ever was. Else it is the price of the newest Valid or Degraded round, since no
    /// window ever was covered.
    pub averaged: bool,
    /// Whether that round was Valid.
    pub valid: bool,
}

/// Whether a source is listened to.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Standing {
    /// It is.
    Trusted,
    /// It fell too far behind the others, and owes on-time reports.
    Late,
    /// It disagreed too often, and owes agreeing ones.
    Quarantined,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Trusted, Self::Late, Self::Quarantined];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Late => "late",
            Self::Quarantined => "quarantined",
        }
    }
}

/// Not the name of a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a standing")]
pub struct NotAStanding;

impl std::str::FromStr for Standing {
    type Err = NotAStanding;

    fn from_str(name: &str) -> Result<Self, NotAStanding> {
        Self::ALL
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or(NotAStanding)
    }
}

/// A source as it stands now.
#[cw_serde]
pub struct SourceState {
    /// Where its reports come from.
    pub origin: Origin<Addr>,
    /// When it is listened to.
    pub tier: Tier,
    /// Whether it is.
    pub standing: Standing,
    /// Its newest price, once it reported.
    pub price: Option<Price>,
    /// When that was published, seconds; 0 before the first.
    pub publish_time: u64,
}
