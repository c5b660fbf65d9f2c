//! What the oracle emits.

use cosmwasm_std::{Addr, Event};

use super::Status;
use crate::{
    wire::{Fields, Wire, WireError},
    Price,
};

/// A round was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundMade {
    /// Of which feed.
    pub feed: String,
    /// Its number.
    pub round: u64,
    /// Its time.
    pub time: u64,
    /// Its price.
    pub price: Price,
    /// Its status.
    pub status: Status,
}

impl Wire for RoundMade {
    const TYPE: &'static str = "round_made";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("round", self.round.to_string())
            .add_attribute("time", self.time.to_string())
            .add_attribute("price", self.price.0.to_string())
            .add_attribute("status", self.status.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            round: fields.get("round")?,
            time: fields.get("time")?,
            price: Price(fields.get("price")?),
            status: fields.get("status")?,
        })
    }
}

/// The breaker did not take the readings; prices were learned all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingsLost {
    /// Who should have heard.
    pub breaker: Addr,
}

impl Wire for ReadingsLost {
    const TYPE: &'static str = "readings_lost";

    fn write(&self) -> Event {
        Event::new(Self::TYPE).add_attribute("breaker", &self.breaker)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            breaker: fields.addr("breaker")?,
        })
    }
}

/// Why a pushed report was not kept. The reporter's last one still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not later than the reporter's last.
    Old,
    /// The price is zero.
    NotPositive,
    /// The price is at or outside the feed's hard bounds.
    OutOfBounds,
    /// Observed further ahead than the feed's `max_future`.
    Future,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Old,
        Self::NotPositive,
        Self::OutOfBounds,
        Self::Future,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::NotPositive => "not_positive",
            Self::OutOfBounds => "out_of_bounds",
            Self::Future => "future",
        }
    }
}

/// Not the name of a reason to ignore a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reason to ignore a report")]
pub struct NotUnfit;

impl std::str::FromStr for Unfit {
    type Err = NotUnfit;

    fn from_str(name: &str) -> Result<Self, NotUnfit> {
        Self::ALL
            .into_iter()
            .find(|u| u.name() == name)
            .ok_or(NotUnfit)
    }
}

/// A pushed report was not kept; the others of its message were judged on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportIgnored {
    /// Of which feed.
    pub feed: String,
    /// Who pushed it.
    pub reporter: Addr,
    /// Why.
    pub why: Unfit,
}

impl Wire for ReportIgnored {
    const TYPE: &'static str = "report_ignored";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("reporter", &self.reporter)
            .add_attribute("why", self.why.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            reporter: fields.addr("reporter")?,
            why: fields.get("why")?,
        })
    }
}
