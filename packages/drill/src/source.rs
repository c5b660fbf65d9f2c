//! What a source publishes, and when it arrives.
//!
//! - A source made of **bars** publishes its path every `interval_s` seconds, at once. In a gap,
//!   and outside its file, it is silent. Bars longer than [`MAX_STEP_S`] are refused.
//! - A **push oracle** file is delivered row by row, each at its own time.
//! - A **derived** reporter follows the reference: price times `1 + e`, with `e` normal and
//!   independent from report to report, one deviation being `noise_bps`, cut at four. Its latency
//!   delays delivery; the publish time stays the time it looked.
//!
//! Faults act on reports by their publish time.

use std::sync::Arc;

use cosmwasm_std::{Int256, Uint256};
use math::units::{OutOfRange, Price, Ratio};
use math::wide::{mul_div, Round};

use crate::fault::{Fault, FaultKind};
use crate::input::Flaw;
use crate::limits::{bounded, MAX_INTERVAL_S, MAX_LATENCY_S, MAX_NOISE_BPS, MAX_STEP_S};
use crate::noise::{Seed, SIGMA};
use crate::path::Path;
use crate::series;

/// The confidence a recorded price is reported with, in basis points of it.
const CONF_BPS: u64 = 5;
/// Derived noise is cut at this many deviations.
const CUT: i64 = 4;
/// A hole in a push oracle's log is a gap longer than this many times the 99th percentile.
const HOLE: u64 = 3;

/// A source as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSpec {
    /// What it is called; unique in a run.
    pub name: String,
    /// Where its prices come from.
    pub kind: SourceKind,
    /// Seconds between reports; not used by a push oracle.
    pub interval_s: u64,
    /// Second of the interval it reports in, so that sources do not report in step.
    pub offset_s: u64,
    /// What breaks, and when.
    pub faults: Vec<Fault>,
}

/// Where a source's prices come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// A recorded series: bars or the log of a push oracle.
    Series(Arc<Path>),
    /// A reporter that follows the reference.
    Derived {
        /// The path it follows.
        of: Arc<Path>,
        /// How far off it is, one deviation, in basis points.
        noise_bps: u64,
        /// Seconds from looking to delivery.
        latency_s: u64,
    },
}

/// One report of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// When the source observed the price, as it states.
    pub publish_time: u64,
    /// When it reaches the chain.
    pub deliver_at: u64,
    /// The price.
    pub price: Price,
    /// How sure the source is, in USD.
    pub conf: Price,
}

impl Report {
    /// State another price, just as sure.
    pub fn restate(&mut self, price: Price) -> Result<(), OutOfRange> {
        let (conf, of) = (self.conf.wide(), self.price.wide().unsigned_abs());
        let conf = mul_div(conf, price.wide(), of, Round::Up)?;
        (self.price, self.conf) = (price, Price::from_wide(conf)?);
        Ok(())
    }
}

/// A source of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    spec: SourceSpec,
    seed: Seed,
    longest_delay: u64,
    /// The price before each fault's window.
    frozen: Vec<Option<Price>>,
}

impl Source {
    /// A source, unless its bars are too coarse or a number is out of bounds.
    pub fn new(spec: SourceSpec, seed: u64) -> Result<Self, Flaw> {
        let latency = match &spec.kind {
            SourceKind::Series(path) => {
                if let Some(step) = path.step().filter(|step| *step > MAX_STEP_S) {
                    return Err(Flaw::TooCoarse { step });
                }
                0
            }
            SourceKind::Derived {
                noise_bps,
                latency_s,
                ..
            } => {
                bounded("noise_bps", *noise_bps, 0, MAX_NOISE_BPS)?;
                bounded("latency_s", *latency_s, 0, MAX_LATENCY_S)?
            }
        };
        bounded("interval_s", spec.interval_s, 1, MAX_INTERVAL_S)?;
        bounded(
            "offset_s",
            spec.offset_s,
            0,
            spec.interval_s.saturating_sub(1),
        )?;
        let longest_delay = spec.faults.iter().fold(latency, |sum, fault| {
            sum.saturating_add(fault.longest_delay())
        });
        let mut source = Self {
            seed: Seed::of(seed, "report", &spec.name),
            longest_delay,
            spec,
            frozen: Vec::new(),
        };
        let faults = source.spec.faults.iter();
        source.frozen = faults.map(|f| source.before(f.window.from)).collect();
        Ok(source)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// How it was configured.
    pub fn spec(&self) -> &SourceSpec {
        &self.spec
    }

    /// Whether it follows the reference instead of a recording of its own.
    pub fn is_derived(&self) -> bool {
        matches!(self.spec.kind, SourceKind::Derived { .. })
    }

    /// How old a report of a push oracle may become: its heartbeat and a tenth. `None` for a
    /// source that is polled, where the feed's own limit serves.
    pub fn source_max_age(&self) -> Option<u64> {
        match &self.spec.kind {
            SourceKind::Series(path) => {
                let heartbeat = heartbeat(path)?;
                heartbeat.checked_add(heartbeat.div_ceil(10))
            }
            SourceKind::Derived { .. } => None,
        }
    }

    /// The reports that arrive with `after < deliver_at <= until`, in the order they arrive.
    pub fn reports(&self, after: u64, until: u64) -> Vec<Report> {
        let from = after.saturating_sub(self.longest_delay);
        let arrives = |publish_time: u64| {
            let at = self.delivery(publish_time)?;
            (after < at && at <= until).then_some(at)
        };
        let mut reports: Vec<Report> = match &self.spec.kind {
            SourceKind::Series(path) if path.is_updates() => path
                .updates_between(from, until)
                .iter()
                .filter_map(|row| report(row.time, arrives(row.time)?, row.price, CONF_BPS).ok())
                .collect(),
            SourceKind::Series(path) => self
                .ticks(path, from, until)
                .filter(|time| path.is_live(*time))
                .filter_map(|time| report(time, arrives(time)?, path.at(time)?, CONF_BPS).ok())
                .collect(),
            SourceKind::Derived { of, noise_bps, .. } => self
                .ticks(of, from, until)
                .filter_map(|time| {
                    let at = arrives(time)?;
                    let price = self.stray(time, of.at(time)?, *noise_bps).ok()?;
                    report(time, at, price, *noise_bps).ok()
                })
                .collect(),
        };
        reports.sort_by_key(|report| (report.deliver_at, report.publish_time));
        let twisted = reports.into_iter();
        twisted.filter_map(|report| self.twisted(report)).collect()
    }

    /// How far off whoever stole its key states prices at `time`, in basis points; `None` while its key is
    /// its own.
    pub fn stolen(&self, time: u64) -> Option<u64> {
        let mut faults = self.spec.faults.iter();
        faults.find_map(|fault| match fault.kind {
            FaultKind::Stolen { by_bps } => fault.window.contains(time).then_some(by_bps),
            FaultKind::Drop
            | FaultKind::Delay { .. }
            | FaultKind::Misdate { .. }
            | FaultKind::Future { .. }
            | FaultKind::Spike { .. }
            | FaultKind::Clip { .. }
            | FaultKind::Invert
            | FaultKind::Zero
            | FaultKind::Freeze => None,
        })
    }

    /// Whether its key is ever stolen.
    pub fn has_thief(&self) -> bool {
        let mut faults = self.spec.faults.iter();
        faults.any(|fault| matches!(fault.kind, FaultKind::Stolen { .. }))
    }

    /// What becomes of a report by every fault in turn; lost if no price is left.
    fn twisted(&self, report: Report) -> Option<Report> {
        let time = report.publish_time;
        let mut faults = self.spec.faults.iter().zip(&self.frozen);
        let twist = |r: Report, (fault, frozen): (&Fault, &Option<Price>)| {
            fault.twist(time, r, *frozen).ok()
        };
        faults.try_fold(report, twist)
    }

    /// The price of its last report before `time`.
    fn before(&self, time: u64) -> Option<Price> {
        let last = time.checked_sub(1)?;
        match &self.spec.kind {
            SourceKind::Series(path) if path.is_updates() => path.at(last.min(path.end())),
            SourceKind::Series(path) => path.at(self.tick_before(last)?),
            SourceKind::Derived { of, noise_bps, .. } => {
                let tick = self.tick_before(last)?;
                self.stray(tick, of.at(tick)?, *noise_bps).ok()
            }
        }
    }

    /// The last second up to `last` in which it looks.
    fn tick_before(&self, last: u64) -> Option<u64> {
        let past = last.checked_sub(self.spec.offset_s)?;
        last.checked_sub(past.checked_rem(self.spec.interval_s)?)
    }

    /// When what it publishes at `publish_time` arrives; `None` if it never does.
    fn delivery(&self, publish_time: u64) -> Option<u64> {
        let latency = match self.spec.kind {
            SourceKind::Series(_) => 0,
            SourceKind::Derived { latency_s, .. } => latency_s,
        };
        let mut faults = self.spec.faults.iter();
        faults.try_fold(publish_time.saturating_add(latency), |at, fault| {
            fault.delivery(publish_time, at)
        })
    }

    /// The seconds it looks at `path`.
    fn ticks(&self, path: &Path, after: u64, until: u64) -> impl Iterator<Item = u64> {
        let (interval, offset) = (self.spec.interval_s, self.spec.offset_s);
        let from = after.saturating_add(1).max(path.start());
        let phase = from.checked_rem(interval).unwrap_or(0);
        let wait = offset
            .saturating_add(interval)
            .saturating_sub(phase)
            .checked_rem(interval)
            .unwrap_or(0);
        let step = usize::try_from(interval).unwrap_or(1).max(1);
        (from.saturating_add(wait)..=until.min(path.end())).step_by(step)
    }

    /// `price * (1 + e)`, rounded towards it.
    fn stray(&self, time: u64, price: Price, noise_bps: u64) -> Result<Price, OutOfRange> {
        let sigma = i64::try_from(SIGMA).map_err(|_| OutOfRange)?;
        let cut = sigma.saturating_mul(CUT);
        let draw = self
            .seed
            .stream(0)
            .draw(time)
            .clamp(cut.saturating_neg(), cut);
        let deviation = price.times(Ratio::bps(noise_bps), Round::Down)?;
        let stray = mul_div(
            deviation.wide(),
            Int256::from(draw),
            Uint256::from(SIGMA),
            Round::Zero,
        )?;
        let strayed = price.wide().checked_add(stray).map_err(|_| OutOfRange)?;
        Price::from_wide(strayed.max(Int256::one()))
    }
}

fn report(
    publish_time: u64,
    deliver_at: u64,
    price: Price,
    bps: u64,
) -> Result<Report, OutOfRange> {
    Ok(Report {
        publish_time,
        deliver_at,
        price,
        conf: price.times(Ratio::bps(bps), Round::Up)?,
    })
}

/// The longest usual gap of a push oracle's log: the longest that is not a hole.
fn heartbeat(path: &Path) -> Option<u64> {
    let mut gaps: Vec<u64> = series::gaps(path.updates()).collect();
    gaps.sort_unstable();
    let rank = gaps.len().checked_mul(99)? / 100;
    let usual = gaps.get(rank)?.checked_mul(HOLE)?;
    gaps.into_iter().rev().find(|gap| *gap <= usual)
}

#[cfg(test)]
mod tests;
