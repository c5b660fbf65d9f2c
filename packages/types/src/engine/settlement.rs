//! How an order ends.

use cosmwasm_schema::cw_serde;

use crate::{clock::Moment, Price, Size};

/// Why an order died at its round, as data.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Refusal {
    /// No such mandate any more.
    Gone,
    /// Called back in time.
    Cancelled,
    /// Expired in time.
    Expired,
    /// The fill would be worse than the limit.
    Limit,
    /// The level forbids new risk.
    Level,
    /// The round's status forbids new risk.
    Price,
    /// Not enough margin for the initial requirement.
    Margin,
    /// The skew would leave its cap.
    SkewCap,
    /// The side would leave its cap.
    SideCap,
    /// There is no position of that side to reduce, or an opposite one in the way of an increase.
    NoPosition,
    /// The position would be smaller than dust.
    Dust,
    /// The round is no longer kept.
    Evicted,
    /// A module failed on it; nothing was charged.
    Faulted,
    /// Traders' net gain would be too much of the vault's cash.
    Gain,
    /// Insurance would no longer cover a sudden move.
    Cover,
    /// The market is wound up; nothing was charged.
    Settled,
    /// The close that this increase was to follow has not filled.
    NotClosed,
    /// The round has no half-hour average yet, or again, to settle new risk at.
    NoAverage,
    /// One account would hold too much of what its side may hold.
    Concentration,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::Gone,
        Self::Cancelled,
        Self::Expired,
        Self::Limit,
        Self::Level,
        Self::Price,
        Self::Margin,
        Self::SkewCap,
        Self::SideCap,
        Self::NoPosition,
        Self::Dust,
        Self::Evicted,
        Self::Faulted,
        Self::Gain,
        Self::Cover,
        Self::Settled,
        Self::NotClosed,
        Self::NoAverage,
        Self::Concentration,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Limit => "limit",
            Self::Level => "level",
            Self::Price => "price",
            Self::Margin => "margin",
            Self::SkewCap => "skew_cap",
            Self::SideCap => "side_cap",
            Self::NoPosition => "no_position",
            Self::Dust => "dust",
            Self::Evicted => "evicted",
            Self::Faulted => "faulted",
            Self::Gain => "gain",
            Self::Cover => "cover",
            Self::Settled => "settled",
            Self::NotClosed => "not_closed",
            Self::NoAverage => "no_average",
            Self::Concentration => "concentration",
        }
    }
}

/// Not the name of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refusal")]
pub struct NotARefusal;

impl std::str::FromStr for Refusal {
    type Err = NotARefusal;

    fn from_str(name: &str) -> Result<Self, NotARefusal> {
        Self::ALL
            .into_iter()
            .find(|r| r.name() == name)
            .ok_or(NotARefusal)
    }
}

/// Answer to `Settle` and `Evict`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Settlement {
    /// Done, at this price.
    Filled {
        /// Signed size.
        size: Size,
        /// Clearing price.
        price: Price,
    },
    /// The order is dead and refunded.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// It lines up anew from this moment on: it was amended, or is a reduction whose round is no longer kept.
    Rearmed {
        /// Placed anew.
        placed: Moment,
    },
    /// The market named the wrong round; nothing changed.
    NotDue {},
    /// More bankrupt heads wait than one message may clear; nothing else changed.
    Busy {},
}
