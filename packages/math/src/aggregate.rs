//! Many reports in, one price out, or none. Pure: which reports are live is the caller's business.

use cosmwasm_std::{Int256, Uint256};

use crate::{
    median::{sum, weighted_median, Weighted},
    spread::{apart, dispersion, range, Past, EXCUSED},
    units::{OutOfRange, Price, Ratio},
    wide::{mul_div, Round},
};

/// One live report. Its price is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// USD per base unit.
    pub price: Price,
    /// Its source's weight.
    pub weight: u64,
    /// When it was observed, seconds.
    pub publish_time: u64,
    /// Confidence, plus or minus, in USD.
    pub conf: Price,
    /// What its source said before: its price went from there to here.
    pub past: Past,
}

/// What it takes to speak for a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// Weight of every configured source, live or not.
    pub total_weight: u64,
    /// Reports needed.
    pub min_sources: u32,
    /// Fewer survivors than this grade as Degraded.
    pub preferred: u32,
    /// A survivor published longer than this before the round is late rather than in disagreement: it
    /// counts for everything but the dispersion. Seconds.
    pub spread_age: u64,
}

/// How well the survivors agree. Ordered: greater is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Dispersion at most [`VALID_DISPERSION`], by at least the preferred count.
    Valid,
    /// Dispersion at most [`DEGRADED_DISPERSION`], or fewer than preferred.
    Degraded,
    /// Wider still.
    Uncertain,
}

/// One aggregated price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// The weighted median of the survivors; of exactly two, their weighted mean.
    pub price: Price,
    /// The greater of the survivors' median confidence and median absolute deviation.
    pub conf: Price,
    /// The greatest disagreement of survivors that speak of the round's moment over the price, rounded up: their
    /// distance, less what their sources moved between the two reports.
    pub dispersion: Ratio,
    /// Positions of the outliers in the list of reports, ascending.
    pub dropped: Vec<usize>,
    /// The newest time at or after which two thirds of the configured weight was published.
    pub round_time: u64,
    /// How well the survivors agree.
    pub grade: Grade,
    /// Where a survivor is older than the round or only two are left, half the survivors' range, rounded up, and at least
    /// how far the farthest one that is not older is from the price; else zero.
    pub surcharge: Price,
}

/// Up to here survivors agree: 1 %.
pub const VALID_DISPERSION: Ratio = Ratio::bps(100);
/// Up to here a price is still usable: 2.5 %.
pub const DEGRADED_DISPERSION: Ratio = Ratio::bps(250);
/// Nobody nearer to the median than this is an outlier: 1.5 %.
pub const OUTLIER_FLOOR: Ratio = Ratio::bps(150);

impl Quorum {
    /// At least `min_sources` reports that hold two thirds of the configured weight.
    fn met(self, reports: &[Report]) -> bool {
        !reports.is_empty()
            && at_least(reports.len(), self.min_sources)
            && self.two_thirds(sum(reports.iter().map(|r| r.weight)))
    }

    fn two_thirds(self, weight: u128) -> bool {
        weight.saturating_mul(3) >= u128::from(self.total_weight).saturating_mul(2)
    }
}

fn at_least(count: usize, wanted: u32) -> bool {
    u32::try_from(count).is_ok_and(|count| count >= wanted)
}

/// The whole rule: quorum, round time, median, one outlier pass, quorum again, spread, grade.
/// `None` without quorum. The order of the reports does not matter.
pub fn aggregate(reports: &[Report], quorum: Quorum) -> Result<Option<Aggregate>, OutOfRange> {
    if !quorum.met(reports) {
        return Ok(None);
    }
    let (Some(round_time), Some(first)) = (round_time(reports, quorum), centre(reports)?) else {
        return Ok(None);
    };
    let since = round_time.saturating_sub(quorum.spread_age);
    let dropped = outliers(reports, first, since)?;
    let survivors: Vec<Report> = reports
        .iter()
        .enumerate()
        .filter(|(i, _)| !dropped.contains(i))
        .map(|(_, r)| *r)
        .collect();
    if !quorum.met(&survivors) {
        return Ok(None);
    }
    let Some(price) = centre(&survivors)? else {
        return Ok(None);
    };
    let dispersion = dispersion(&survivors, since, price);
    let timely = survivors.iter().filter(|r| r.publish_time >= since);
    let timely = quorum.two_thirds(sum(timely.map(|r| r.weight)));
    Ok(Some(Aggregate {
        price,
        conf: confidence(&survivors, price),
        dispersion,
        dropped,
        round_time,
        grade: if timely {
            grade(dispersion, at_least(survivors.len(), quorum.preferred))
        } else {
            // The drop took away those who speak of now: who is left may agree about the past.
            Grade::Uncertain
        },
        surcharge: surcharge(&survivors, price, round_time)?,
    }))
}

/// The newest time at or after which two thirds of the configured weight was published.
pub fn round_time(reports: &[Report], quorum: Quorum) -> Option<u64> {
    let mut newest_first: Vec<&Report> = reports.iter().collect();
    newest_first.sort_by_key(|r| std::cmp::Reverse(r.publish_time));
    let mut weight: u128 = 0;
    newest_first.iter().find_map(|r| {
        weight = weight.saturating_add(u128::from(r.weight));
        quorum.two_thirds(weight).then_some(r.publish_time)
    })
}

/// Weighted median of the prices; of exactly two their weighted mean, rounded down.
fn centre(reports: &[Report]) -> Result<Option<Price>, OutOfRange> {
    match reports {
        [a, b] => mean(a, b).map(Some),
        _ => Ok(weighted_median(by(reports, |r| r.price))),
    }
}

fn mean(a: &Report, b: &Report) -> Result<Price, OutOfRange> {
    let part = |r: &Report| r.price.wide().checked_mul(Int256::from(r.weight));
    let sum = part(a)
        .and_then(|x| x.checked_add(part(b)?))
        .map_err(|_| OutOfRange)?;
    let weight = Uint256::from(u128::from(a.weight).saturating_add(u128::from(b.weight)));
    Price::from_wide(mul_div(sum, Int256::one(), weight, Round::Down)?)
}

fn by(reports: &[Report], value: impl Fn(&Report) -> Price) -> Vec<Weighted> {
    let weighted = |r: &Report| Weighted {
        value: value(r),
        weight: r.weight,
    };
    reports.iter().map(weighted).collect()
}

/// Weighted median of the distances from `m`.
fn deviation(reports: &[Report], m: Price) -> Price {
    weighted_median(by(reports, |r| r.price.distance(m))).unwrap_or(Price::ZERO)
}

/// Positions of those further from `m` than `max(1.5 % of m, 3 deviations)`, what moved between the report that is
/// `m` and theirs left aside where they are within [`EXCUSED`]: else the first to see a fall would be the one who
/// lies. Of two, nobody is named: which one lies cannot be told.
fn outliers(reports: &[Report], m: Price, since: u64) -> Result<Vec<usize>, OutOfRange> {
    if reports.len() < 3 {
        return Ok(vec![]);
    }
    let mad = deviation(reports, m);
    let bound = m
        .times(OUTLIER_FLOOR, Round::Down)?
        .max(mad.plus(mad)?.plus(mad)?);
    let excused = m.times(EXCUSED, Round::Down)?;
    let middle: Vec<&Report> = reports.iter().filter(|r| r.price == m).collect();
    let astray = |r: &Report| {
        let away = r.price.distance(m);
        let moved = middle.iter().any(|m| apart(r, m, since) <= bound);
        away > bound && !(moved && away <= excused)
    };
    Ok(reports
        .iter()
        .enumerate()
        .filter(|(_, r)| astray(r))
        .map(|(i, _)| i)
        .collect())
}

fn confidence(survivors: &[Report], m: Price) -> Price {
    weighted_median(by(survivors, |r| r.conf))
        .unwrap_or(Price::ZERO)
        .max(deviation(survivors, m))
}

fn grade(dispersion: Ratio, preferred: bool) -> Grade {
    if dispersion > DEGRADED_DISPERSION {
        Grade::Uncertain
    } else if dispersion > VALID_DISPERSION || !preferred {
        Grade::Degraded
    } else {
        Grade::Valid
    }
}

/// Half the survivors' range, and no less than from the median to the farthest survivor that speaks of the round's
/// moment: where the median itself is late, the price is where the others are, and whoever knows that it is late would
/// have the other half for nothing.
fn surcharge(survivors: &[Report], m: Price, round_time: u64) -> Result<Price, OutOfRange> {
    let current = || survivors.iter().filter(|r| r.publish_time >= round_time);
    // Of two, one moves the mean by half of what they differ.
    if current().count() == survivors.len() && survivors.len() > 2 {
        return Ok(Price::ZERO);
    }
    let half = range(survivors).times(Ratio::percent(50), Round::Up)?;
    let farthest = current().map(|r| r.price.distance(m)).max();
    Ok(half.max(farthest.unwrap_or(Price::ZERO)))
}

/// Whether a part of the survivors' weight is a third of it or more.
pub fn a_third(part: impl Iterator<Item = u64>, whole: impl Iterator<Item = u64>) -> bool {
    let (part, whole) = (sum(part), sum(whole));
    part > 0 && part.saturating_mul(3) >= whole
}

#[cfg(test)]
#[path = "aggregate_tests.rs"]
mod tests;
