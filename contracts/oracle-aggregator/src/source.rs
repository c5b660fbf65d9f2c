//! Sources: who may speak for a feed, what each said last, and whether that still counts.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Api, StdResult};
use math::{aggregate::Report, jump::Witness, wide::Round as Rounding};
use types::{
    oracle::{FeedParams, SourceSetup},
    Price, Ratio,
};

/// One source.
#[cw_serde]
pub struct Source {
    /// Who pushes it.
    pub reporter: Addr,
    /// How much it counts.
    pub weight: u32,
    /// For how long a report counts, seconds.
    pub max_age: u64,
    /// Reports less confident than this do not count.
    pub max_confidence: Ratio,
    /// Sources of one group confirm nothing for each other.
    pub group: u32,
    /// Its newest report.
    pub last: Option<Said>,
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

/// A report that counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// For the aggregate.
    pub report: Report,
    /// For the jump rule.
    pub witness: Witness,
}

impl Source {
    /// As set up, its reporter's address checked.
    pub fn open(api: &dyn Api, setup: SourceSetup) -> StdResult<Self> {
        Ok(Self {
            reporter: api.addr_validate(&setup.reporter)?,
            weight: setup.weight,
            max_age: setup.max_age,
            max_confidence: setup.max_confidence,
            group: setup.group,
            last: None,
        })
    }

    /// As it was set up.
    pub fn described(self) -> SourceSetup {
        SourceSetup {
            reporter: self.reporter.into_string(),
            weight: self.weight,
            max_age: self.max_age,
            max_confidence: self.max_confidence,
            group: self.group,
        }
    }

    /// Its last report, if it counts at `now`.
    pub fn live(&self, params: &FeedParams, now: u64) -> Option<Live> {
        let said = self.last?;
        let fresh = now.saturating_sub(said.publish_time) <= self.max_age;
        let known = said.publish_time <= now.saturating_add(params.max_future);
        let width = said.conf.over(said.price, Rounding::Up).ok()?;
        let counts = fresh && known && inside(params, said.price) && width <= self.max_confidence;
        counts.then_some(Live {
            report: Report {
                price: said.price,
                weight: self.weight.into(),
                publish_time: said.publish_time,
                conf: said.conf,
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
