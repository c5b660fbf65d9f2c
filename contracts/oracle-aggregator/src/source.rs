//! Sources: who may speak for a feed, what each said last, and whether that still counts.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, StdResult};
use math::{
    aggregate::Report,
    jump::Witness,
    lateness::{is_late, owed_after, OWED},
    quarantine::Record,
    spread::{Past, Word},
    wide::Round as Rounding,
};
use types::{
    oracle::{FeedParams, Origin, SourceSetup, SourceState, Standing, Tier},
    Price, Ratio,
};

/// One source.
#[cw_serde]
pub struct Source {
    /// Where its reports come from.
    pub origin: Origin<Addr>,
    /// When it is listened to.
    pub tier: Tier,
    /// How much it counts.
    pub weight: u32,
    /// For how long a report counts, seconds.
    pub max_age: u64,
    /// Seconds between its reports when all is well.
    pub expected_gap: u64,
    /// Reports less confident than this do not count.
    pub max_confidence: Ratio,
    /// Sources of one group confirm nothing for each other.
    pub group: u32,
    /// Whether anyone may choose the moment of its reports.
    pub pushable: bool,
    /// Its newest report.
    pub last: Option<Said>,
    /// What it said before that.
    #[serde(default)]
    pub past: Past,
    /// Whether its newest report is in its record.
    pub judged: bool,
    /// How its reports fared.
    pub record: Record,
    /// On-time reports it owes before it counts again.
    pub owed: u8,
}

/// What a source said.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Said {
    /// USD per base unit.
    pub price: Price,
    /// Plus or minus, in USD.
    pub conf: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
}

impl Said {
    /// As what it said before something else.
    const fn word(self) -> Word {
        Word {
            price: self.price,
            conf: self.conf,
            publish_time: self.publish_time,
        }
    }
}

/// A report that counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// Whose, by its place among the feed's sources.
    pub source: usize,
    /// Whether anyone may have chosen its moment.
    pub pushable: bool,
    /// For the aggregate.
    pub report: Report,
    /// For the jump rule.
    pub witness: Witness,
}

impl Source {
    /// As set up, the address checked.
    pub fn open(api: &dyn Api, setup: SourceSetup) -> StdResult<Self> {
        Ok(Self {
            origin: setup.origin.voiced(|voice| api.addr_validate(&voice))?,
            tier: setup.tier,
            weight: setup.weight,
            max_age: setup.max_age,
            expected_gap: setup.expected_gap,
            max_confidence: setup.max_confidence,
            group: setup.group,
            pushable: setup.pushable,
            last: None,
            past: Past::default(),
            judged: false,
            record: Record::default(),
            owed: 0,
        })
    }

    /// As it was set up.
    pub fn described(&self) -> SourceSetup {
        SourceSetup {
            origin: self.spelt(),
            tier: self.tier,
            weight: self.weight,
            max_age: self.max_age,
            expected_gap: self.expected_gap,
            max_confidence: self.max_confidence,
            group: self.group,
            pushable: self.pushable,
        }
    }

    /// Its origin as a message spells it.
    pub fn spelt(&self) -> Origin {
        let spelt: Result<_, std::convert::Infallible> =
            self.origin.clone().voiced(|a| Ok(a.into_string()));
        match spelt {
            Ok(origin) => origin,
            Err(never) => match never {},
        }
    }

    /// As it stands.
    pub fn state(&self) -> SourceState {
        SourceState {
            origin: self.origin.clone(),
            tier: self.tier,
            standing: self.standing(),
            price: self.last.map(|l| l.price),
            publish_time: self.last.map_or(0, |l| l.publish_time),
        }
    }

    /// Whether it is listened to.
    pub const fn standing(&self) -> Standing {
        if !self.record.counts() {
            Standing::Quarantined
        } else if self.owed > 0 {
            Standing::Late
        } else {
            Standing::Trusted
        }
    }

    /// A report that replaces its last. One that is later counts towards what it owes.
    pub fn keep(&mut self, said: Said, now: u64) {
        if self.last.is_none_or(|l| l.publish_time < said.publish_time) {
            let last = self.last.map(Said::word);
            self.past = last.map_or(self.past, |word| self.past.with(word));
            self.owed = owed_after(self.owed, said.publish_time, now, self.expected_gap);
        }
        self.last = Some(said);
        self.judged = false;
    }

    /// A report older than its last: it is no news, but was said before. Whether it is remembered for that.
    pub fn recall(&mut self, said: Said) -> bool {
        let before = self.past;
        self.past = before.with(said.word());
        self.past != before
    }

    /// Take its weight away if it is too far behind the newest of its tier; whether that is news.
    pub fn fall_behind(&mut self, newest: u64) -> bool {
        let late = self
            .last
            .is_some_and(|l| is_late(l.publish_time, newest, self.expected_gap));
        let news = late && self.owed < OWED;
        if news {
            self.owed = OWED;
        }
        news
    }

    /// Its last report, if at `now` it is fresh, known, inside the hard bounds and confident enough.
    pub fn fit(&self, params: &FeedParams, now: u64) -> Option<Said> {
        let said = self.last?;
        let fresh = now.saturating_sub(said.publish_time) <= self.max_age;
        let known = said.publish_time <= now.saturating_add(params.max_future);
        let width = said.conf.over(said.price, Rounding::Up).ok()?;
        let counts = fresh && known && inside(params, said.price) && width <= self.max_confidence;
        counts.then_some(said)
    }

    /// What it contributes at `now`, as the n-th of its feed's sources.
    pub fn live(&self, n: usize, params: &FeedParams, now: u64) -> Option<Live> {
        if self.standing() != Standing::Trusted {
            return None;
        }
        let said = self.fit(params, now)?;
        Some(Live {
            source: n,
            pushable: self.pushable,
            report: Report {
                price: said.price,
                weight: self.weight.into(),
                publish_time: said.publish_time,
                conf: said.conf,
                past: self.past,
            },
            witness: Witness {
                price: said.price,
                publish_time: said.publish_time,
                group: self.group,
            },
        })
    }
}

/// Inside the hard bounds; on them is outside.
pub fn inside(params: &FeedParams, price: Price) -> bool {
    params.lower_bound < price && price < params.upper_bound
}
