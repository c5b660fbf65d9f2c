//! From the shape of a scenario file to a scenario: what TOML alone cannot say.

use math::units::Price;
use types::params::MarketParams;

use super::faults;
use super::file::{Between, File, Kind, Market, Moment, Reporter as RawReporter, Waypoint};
use super::{MarketSetup, Reporter, Scenario};
use crate::fault::Window;
use crate::input::{self, Flaw};
use crate::limits;
use crate::overrides::{self, Override};
use crate::path::{Knot, Waypoints};

/// Where in the text, and what.
pub(super) type At = (usize, Flaw);

/// The most noise a path may have, in basis points per square root of a minute.
const MAX_PATH_NOISE_BPS: u64 = 1000;

/// The most that a bound may allow, USD.
const MAX_BOUND_USD: u64 = 1_000_000_000;

/// When the scenario starts and ends; times in the file count from the start.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: u64,
    end: u64,
}

impl Span {
    fn time(self, moment: Moment) -> Result<u64, Flaw> {
        let time = match moment {
            Moment::Seconds(offset) => self.start.saturating_add(offset),
            Moment::Utc(time) => time,
        };
        if (self.start..=self.end).contains(&time) {
            return Ok(time);
        }
        let Self { start, end } = self;
        Err(Flaw::OutsideScenario { time, start, end })
    }

    pub(super) fn window(self, from: Moment, to: Moment) -> Result<Window, Flaw> {
        let (from, to) = (self.time(from)?, self.time(to)?);
        if from >= to {
            return Err(Flaw::Backwards { from, to });
        }
        Ok(Window { from, to })
    }
}

pub(super) fn scenario(file: &str, text: &str, raw: File) -> Result<Scenario, At> {
    let at = raw.name.span().start;
    if !input::is_name(raw.name.get_ref()) {
        return Err((at, Flaw::BadName(input::excerpt(raw.name.get_ref()))));
    }
    let span = span(&raw)?;
    let (faults, outages) = faults::all(&raw, span, text)?;
    Ok(Scenario {
        path: path(&raw, span)?,
        sources: sources(&raw)?,
        faults,
        outages,
        failure: failure(&raw, span)?,
        market: market(&raw)?,
        overrides: overrides(&raw)?,
        attacker_bound_usd: bound(&raw)?,
        block_time: block_time(&raw)?,
        file: file.to_owned(),
        name: raw.name.into_inner(),
        title: input::one_line(&raw.title),
        description: raw.description.trim().to_owned(),
        citations: raw.citations,
        control: raw.control,
        attackers: raw.attackers,
        neighbour: raw.neighbour,
        start: span.start,
        end: span.end,
    })
}

/// Where a key is stolen it has to be said what that may cost; nothing may be taken elsewhere.
fn bound(raw: &File) -> Result<u64, At> {
    let mut faults = raw.fault.iter();
    let theft = faults.find(|fault| fault.get_ref().kind == Kind::Stolen);
    match (theft, &raw.attacker_bound_usd) {
        (None, None) => Ok(0),
        (Some(theft), None) => Err((theft.span().start, Flaw::TheftWithoutBound)),
        (None, Some(bound)) => Err((bound.span().start, Flaw::BoundWithoutTheft)),
        (Some(_), Some(bound)) => {
            limits::bounded("attacker_bound_usd", *bound.get_ref(), 1, MAX_BOUND_USD)
                .map_err(|flaw| (bound.span().start, flaw))
        }
    }
}

fn block_time(raw: &File) -> Result<Option<u64>, At> {
    let Some(seconds) = &raw.block_time else {
        return Ok(None);
    };
    limits::bounded("block_time", *seconds.get_ref(), 1, limits::MAX_BLOCK_TIME)
        .map(Some)
        .map_err(|flaw| (seconds.span().start, flaw))
}

fn span(raw: &File) -> Result<Span, At> {
    let start = match *raw.start.get_ref() {
        Moment::Seconds(time) | Moment::Utc(time) => time,
    };
    let end = match *raw.end.get_ref() {
        Moment::Seconds(offset) => start.saturating_add(offset),
        Moment::Utc(time) => time,
    };
    if end <= start {
        let flaw = Flaw::Backwards {
            from: start,
            to: end,
        };
        return Err((raw.end.span().start, flaw));
    }
    Ok(Span { start, end })
}

fn path(raw: &File, span: Span) -> Result<Waypoints, At> {
    let noise_bps = limits::bounded("noise_bps", *raw.noise_bps.get_ref(), 0, MAX_PATH_NOISE_BPS)
        .map_err(|flaw| (raw.noise_bps.span().start, flaw))?;
    let prices = raw.waypoint.iter().map(|way| way.get_ref().price.0);
    let least = prices.clone().min().unwrap_or_default().0.atomics().u128();
    let most = prices.max().unwrap_or_default().0.atomics().u128();
    let low = raw.low.map_or(Price::raw(least.div_ceil(2)), |low| low.0);
    let high = raw
        .high
        .map_or(Price::raw(most.saturating_mul(2)), |high| high.0);
    let mut points: Vec<Knot> = Vec::new();
    for way in &raw.waypoint {
        let knot = knot(way.get_ref(), span, points.last(), (low, high))
            .map_err(|flaw| (way.span().start, flaw))?;
        points.push(knot);
    }
    let first = points.first().map_or(0, |p| p.time);
    let last = points.last().map_or(0, |p| p.time);
    let Span { start, end } = span;
    if (first, last) != (start, end) {
        let at = raw.waypoint.first().map_or(0, |way| way.span().start);
        return Err((
            at,
            Flaw::WaypointEnds {
                first,
                last,
                start,
                end,
            },
        ));
    }
    Ok(Waypoints {
        points,
        noise_bps,
        low,
        high,
    })
}

fn knot(
    way: &Waypoint,
    span: Span,
    last: Option<&Knot>,
    (low, high): (Price, Price),
) -> Result<Knot, Flaw> {
    let (time, price) = (span.time(way.at)?, way.price.0);
    match last.map(|last| last.time) {
        Some(previous) if time < previous => return Err(Flaw::Unsorted { previous, time }),
        Some(previous) if time == previous => return Err(Flaw::RepeatedTime(time)),
        Some(_) | None => {}
    }
    if price < low || price > high {
        return Err(Flaw::PriceOutside { price, low, high });
    }
    Ok(Knot { time, price })
}

fn sources(raw: &File) -> Result<Vec<Reporter>, At> {
    let mut sources: Vec<Reporter> = Vec::new();
    for (raw, index) in raw.source.iter().zip(0u64..) {
        let reporter = reporter(raw.get_ref(), index)
            .and_then(|reporter| {
                if sources.iter().any(|other| other.name == reporter.name) {
                    return Err(Flaw::RepeatedName(reporter.name));
                }
                Ok(reporter)
            })
            .map_err(|flaw| (raw.span().start, flaw))?;
        sources.push(reporter);
    }
    Ok(sources)
}

fn reporter(raw: &RawReporter, index: u64) -> Result<Reporter, Flaw> {
    limits::check_name(&raw.name)?;
    let interval_s = raw.interval_s.unwrap_or(limits::MAX_INTERVAL_S);
    let interval_s = limits::bounded("interval_s", interval_s, 1, limits::MAX_INTERVAL_S)?;
    let offset_s = raw.offset_s.unwrap_or(limits::phase(index, interval_s));
    let latency_s = raw.latency_s.unwrap_or(0);
    let noise_bps = raw.noise_bps.unwrap_or(limits::DEFAULT_NOISE_BPS);
    Ok(Reporter {
        name: raw.name.clone(),
        latency_s: limits::bounded("latency_s", latency_s, 0, limits::MAX_LATENCY_S)?,
        noise_bps: limits::bounded("noise_bps", noise_bps, 0, limits::MAX_NOISE_BPS)?,
        interval_s,
        offset_s: limits::bounded("offset_s", offset_s, 0, interval_s.saturating_sub(1))?,
    })
}

fn failure(raw: &File, span: Span) -> Result<Option<Window>, At> {
    let Some(failure) = &raw.failure else {
        return Ok(None);
    };
    let Between { from, to } = *failure.get_ref();
    let window = span.window(from, to);
    window
        .map(Some)
        .map_err(|flaw| (failure.span().start, flaw))
}

/// Whether each can be at all; whether all can be together is known only at the first price.
/// Settings may need each other: what fits together fits, and otherwise the first that does not fit alone is told, or
/// the one that is named.
fn overrides(raw: &File) -> Result<Vec<Override>, At> {
    let rows = raw.market.iter().flat_map(|m| &m.get_ref().set);
    let rows = rows.map(|(field, value)| {
        let set = Override {
            field: field.clone(),
            value: value.get_ref().clone(),
        };
        (value.span().start, set)
    });
    let (starts, all): (Vec<usize>, Vec<Override>) = rows.unzip();
    let major = MarketParams::major(1, 1_000_000);
    let Err(together) = overrides::apply(&major, &all) else {
        return Ok(all);
    };
    for (start, set) in starts.iter().zip(&all) {
        overrides::apply(&major, std::slice::from_ref(set)).map_err(|flaw| (*start, flaw))?;
    }
    let named =
        |set: &Override| matches!(&together, Flaw::BadSetting { field, .. } if *field == set.field);
    let number = all.iter().position(named).unwrap_or_default();
    Err((starts.get(number).copied().unwrap_or_default(), together))
}

fn market(raw: &File) -> Result<MarketSetup, At> {
    let usual = MarketSetup::default();
    let Some(raw) = &raw.market else {
        return Ok(usual);
    };
    let Market {
        nav_usd,
        traders,
        lps,
        set: _,
    } = raw.get_ref();
    let bounded = |field, value, max| {
        limits::bounded(field, value, 1, max).map_err(|flaw| (raw.span().start, flaw))
    };
    Ok(MarketSetup {
        nav_usd: bounded(
            "nav_usd",
            (nav_usd).unwrap_or(usual.nav_usd),
            1_000_000_000_000,
        )?,
        traders: bounded("traders", (traders).unwrap_or(usual.traders), 10_000)?,
        lps: bounded("lps", (lps).unwrap_or(usual.lps), 1_000)?,
    })
}
