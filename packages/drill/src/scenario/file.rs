//! The shape of a scenario file, as it stands in TOML.

use std::{collections::BTreeMap, fmt};

use math::units::Price;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::Deserialize as Derive;
use toml::Spanned;

use super::Control;
use crate::{clock, decimal, fault::Part};

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub name: Spanned<String>,
    pub title: String,
    pub description: String,
    pub citations: Vec<String>,
    pub start: Spanned<Moment>,
    pub end: Spanned<Moment>,
    pub noise_bps: Spanned<u64>,
    pub low: Option<Quoted>,
    pub high: Option<Quoted>,
    pub waypoint: Vec<Spanned<Waypoint>>,
    #[serde(default)]
    pub source: Vec<Spanned<Reporter>>,
    #[serde(default)]
    pub fault: Vec<Spanned<Fault>>,
    pub failure: Option<Spanned<Between>>,
    pub market: Option<Spanned<Market>>,
    pub control: Option<Control>,
    #[serde(default)]
    pub attackers: bool,
    #[serde(default)]
    pub neighbour: bool,
    pub attacker_bound_usd: Option<Spanned<u64>>,
    pub block_time: Option<Spanned<u64>>,
}

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct Waypoint {
    pub at: Moment,
    pub price: Quoted,
}

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct Reporter {
    pub name: String,
    pub latency_s: Option<u64>,
    pub noise_bps: Option<u64>,
    pub interval_s: Option<u64>,
    pub offset_s: Option<u64>,
}

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub kind: Kind,
    pub from: Moment,
    pub to: Moment,
    pub source: Option<String>,
    pub by_s: Option<u64>,
    pub by_bps: Option<u64>,
    pub factor: Option<String>,
    pub floor: Option<Quoted>,
    pub per_block: Option<u64>,
    pub keepers: Option<bool>,
    pub module: Option<Part>,
}

#[derive(Derive, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Drop,
    Delay,
    Misdate,
    Future,
    Spike,
    Clip,
    Invert,
    Zero,
    Freeze,
    Stolen,
    Halt,
    Congestion,
    DeadKeeper,
    DeadModule,
}

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    pub from: Moment,
    pub to: Moment,
}

#[derive(Derive)]
#[serde(deny_unknown_fields)]
pub(super) struct Market {
    pub nav_usd: Option<u64>,
    pub traders: Option<u64>,
    pub lps: Option<u64>,
    #[serde(default)]
    pub set: BTreeMap<String, Spanned<String>>,
}

/// A whole number of seconds, or quoted RFC 3339 text in UTC.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    Seconds(u64),
    Utc(u64),
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Moment;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("whole seconds or quoted text such as \"2020-03-12T10:40:00Z\"")
            }
            fn visit_i64<E: Error>(self, n: i64) -> Result<Moment, E> {
                let seconds = u64::try_from(n).ok().filter(|n| *n <= clock::LAST);
                seconds
                    .map(Moment::Seconds)
                    .ok_or_else(|| E::custom(format_args!("{n} is not a number of seconds")))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
                clock::utc(text).map(Moment::Utc).ok_or_else(|| {
                    E::custom(format_args!(
                        "{text:?} is not a time such as \"2020-03-12T10:40:00Z\""
                    ))
                })
            }
        }
        from.deserialize_any(Read)
    }
}

/// A price: quoted decimal text, or a whole number.
#[derive(Clone, Copy)]
pub(super) struct Quoted(pub Price);

impl<'de> Deserialize<'de> for Quoted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Quoted;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a price as quoted text such as \"128.9\", or a whole number")
            }
            fn visit_i64<E: Error>(self, n: i64) -> Result<Quoted, E> {
                self.visit_str(&n.to_string())
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Quoted, E> {
                decimal::price(text)
                    .map(Quoted)
                    .map_err(|why| E::custom(format_args!("price {text:?} {why}")))
            }
        }
        from.deserialize_any(Read)
    }
}
