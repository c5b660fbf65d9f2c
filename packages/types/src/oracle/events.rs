//! What the oracle emits.

use cosmwasm_std::{Addr, Event};

use super::{Standing, Status};
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

/// Why a report was not kept. The source's last one still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not later than the source's last.
    Old,
    /// The price is zero or below.
    NotPositive,
    /// The price is at or outside the feed's hard bounds.
    OutOfBounds,
    /// Observed further ahead than the feed's `max_future`.
    Future,
    /// A number does not read, or is larger than any price.
    Unreadable,
    /// The exponent is none that a price has.
    Exponent,
    /// It is about another feed.
    Elsewhere,
    /// The source itself calls it unusable.
    Unusable,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Old,
        Self::NotPositive,
        Self::OutOfBounds,
        Self::Future,
        Self::Unreadable,
        Self::Exponent,
        Self::Elsewhere,
        Self::Unusable,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::NotPositive => "not_positive",
            Self::OutOfBounds => "out_of_bounds",
            Self::Future => "future",
            Self::Unreadable => "unreadable",
            Self::Exponent => "exponent",
            Self::Elsewhere => "elsewhere",
            Self::Unusable => "unusable",
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

/// A report was not kept; the others of its message were judged on their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportIgnored {
    /// Of which feed.
    pub feed: String,
    /// Who pushed it, or the contract that answered so.
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

/// A contract that was asked for its price failed, burned its gas or answered what does not read. Its last report
/// counts as long as it would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFailed {
    /// Of which feed.
    pub feed: String,
    /// Who was asked.
    pub source: Addr,
}

impl Wire for SourceFailed {
    const TYPE: &'static str = "source_failed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("source", &self.source)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            source: fields.addr("source")?,
        })
    }
}

/// A source lost its voice, or found it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingChanged {
    /// Of which feed.
    pub feed: String,
    /// Whose.
    pub source: Addr,
    /// From now on.
    pub standing: Standing,
}

impl Wire for StandingChanged {
    const TYPE: &'static str = "standing_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("source", &self.source)
            .add_attribute("standing", self.standing.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            source: fields.addr("source")?,
            standing: fields.get("standing")?,
        })
    }
}

/// The anchors speak for a feed, or the primary sources do again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallbackChanged {
    /// Which feed.
    pub feed: String,
    /// Whether the primary sources are not trusted to speak alone.
    pub anchored: bool,
}

impl Wire for FallbackChanged {
    const TYPE: &'static str = "fallback_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("feed", &self.feed)
            .add_attribute("anchored", self.anchored.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            feed: fields.get("feed")?,
            anchored: fields.get("anchored")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn events_survive_the_journey() {
        let (feed, source) = ("eth-usd".to_owned(), Addr::unchecked("pyth"));
        for why in Unfit::ALL {
            assert_round_trips(&ReportIgnored {
                feed: feed.clone(),
                reporter: source.clone(),
                why,
            });
        }
        for standing in Standing::ALL {
            assert_round_trips(&StandingChanged {
                feed: feed.clone(),
                source: source.clone(),
                standing,
            });
        }
        for anchored in [true, false] {
            let feed = feed.clone();
            assert_round_trips(&FallbackChanged { feed, anchored });
        }
        assert_round_trips(&SourceFailed { feed, source });
    }
}
