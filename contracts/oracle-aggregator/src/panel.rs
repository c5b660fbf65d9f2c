//! The sources of one tier at one moment, and what they say together. Pure.

use math::{
    aggregate::{a_third, aggregate, Aggregate},
    fallback::{Offer, Speaker},
    jump::{distance, Witness},
    median::{weighted_median, Weighted},
    twap::HALF_HOUR,
    units::OutOfRange,
};
use types::{clock::Moment, oracle::Tier, Price};

use crate::{feed::Feed, source::Live};

/// A tier with quorum whose round time is fresh.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Who was heard.
    pub live: Vec<Live>,
    /// What follows.
    pub agreed: Aggregate,
}

/// What both tiers say now.
pub struct Panels {
    /// The primary sources.
    pub primary: Option<Panel>,
    /// The anchors, where they are needed.
    pub anchors: Option<Panel>,
    /// Whether the half-hour average vouched for them.
    pub vouched: bool,
}

impl Panels {
    /// Gather. The anchors are asked only where the primary tier does not speak alone.
    pub fn gather(feed: &Feed, now: Moment) -> Result<Self, OutOfRange> {
        let primary = Panel::of(feed, Tier::Primary, feed.live(Tier::Primary, now.time), now)?;
        let alone = primary.is_some() && feed.speaks_alone();
        if alone || feed.tier(Tier::Anchor).next().is_none() {
            return Ok(Self {
                primary,
                anchors: None,
                vouched: false,
            });
        }
        let average = average(feed, now.time)?;
        let mut live = feed.live(Tier::Anchor, now.time);
        if let Some(average) = average {
            live.retain(|l| near(feed, l.report.price, average));
        }
        Ok(Self {
            primary,
            anchors: Panel::of(feed, Tier::Anchor, live, now)?,
            vouched: average.is_some(),
        })
    }

    /// The panel of a tier.
    pub const fn of(&self, speaker: Speaker) -> Option<&Panel> {
        match speaker {
            Speaker::Primary => self.primary.as_ref(),
            Speaker::Anchors => self.anchors.as_ref(),
        }
    }
}

impl Panel {
    fn of(
        feed: &Feed,
        tier: Tier,
        live: Vec<Live>,
        now: Moment,
    ) -> Result<Option<Self>, OutOfRange> {
        let reports: Vec<_> = live.iter().map(|l| l.report).collect();
        let agreed = aggregate(&reports, feed.quorum(tier))?;
        let fresh = |a: &Aggregate| now.time.saturating_sub(a.round_time) <= feed.params.max_age;
        Ok(agreed.filter(fresh).map(|agreed| Self { live, agreed }))
    }

    /// What it offers the feed in this block.
    pub fn offer(&self, feed: &Feed, height: u64) -> Offer {
        let time = self.agreed.round_time;
        Offer {
            price: self.agreed.price,
            time,
            advances: feed.advances(Moment { time, height }),
        }
    }

    fn survivors(&self) -> impl Iterator<Item = &Live> {
        let survived = |(i, _): &(usize, &Live)| !self.agreed.dropped.contains(i);
        self.live
            .iter()
            .enumerate()
            .filter(survived)
            .map(|(_, live)| live)
    }

    /// The survivors, for the jump rule.
    pub fn witnesses(&self) -> Vec<Witness> {
        self.survivors().map(|l| l.witness).collect()
    }

    /// Whether sources that anyone may push hold a third of the survivors' weight.
    pub fn picked(&self) -> bool {
        let pushed = self.survivors().filter(|l| l.pushable);
        a_third(
            pushed.map(|l| l.report.weight),
            self.survivors().map(|l| l.report.weight),
        )
    }

    /// Whether a source was dropped; nothing of one that was not heard, nor where too few were heard for anyone to be
    /// named.
    pub fn dropped(&self, source: usize) -> Option<bool> {
        if self.live.len() < 3 {
            return None;
        }
        let at = self.live.iter().position(|l| l.source == source)?;
        Some(self.agreed.dropped.contains(&at))
    }
}

/// The half-hour average as of now, where it is covered.
fn average(feed: &Feed, now: u64) -> Result<Option<Price>, OutOfRange> {
    match &feed.newest {
        None => Ok(None),
        Some(n) => Ok(n.twap.roll(now, feed.params.max_age)?.average(HALF_HOUR)),
    }
}

fn near(feed: &Feed, price: Price, average: Price) -> bool {
    distance(price, average).is_ok_and(|away| away <= feed.params.anchor_band)
}

/// What the primary sources that are listened to say without a quorum, where there are at least two of them.
pub fn middle(feed: &Feed, now: u64) -> Option<Price> {
    let live = feed.live(Tier::Primary, now);
    let weighted = live.iter().map(|l| Weighted {
        value: l.report.price,
        weight: l.report.weight,
    });
    (live.len() >= 2)
        .then(|| weighted_median(weighted.collect()))
        .flatten()
}
