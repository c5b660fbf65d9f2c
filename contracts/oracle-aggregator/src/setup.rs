//! What a feed may look like.

use math::{
    units::{Price, Ratio, E18},
    wide::Round,
};
use thiserror::Error;
use types::oracle::{FeedParams, FeedSetup, SourceSetup};

/// Why a feed is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SetupError {
    /// A number is outside its bounds.
    #[error("{field} is {value}, need {min} to {max}")]
    Number {
        /// Which.
        field: &'static str,
        /// What came.
        value: u64,
        /// At least.
        min: u64,
        /// At most.
        max: u64,
    },
    /// A fraction is zero or above its bound.
    #[error("{field} is {}, need more than 0 and at most {}", value.0, max.0)]
    Fraction {
        /// Which.
        field: &'static str,
        /// What came.
        value: Ratio,
        /// At most.
        max: Ratio,
    },
    /// The price bounds are inverted, zero, too large, or too far apart.
    #[error("price bounds {} and {}, need 0 < lower < upper <= {}, upper at most 10^18 times lower", lower.0, upper.0, MAX_PRICE.0)]
    Bounds {
        /// Lower.
        lower: Price,
        /// Upper.
        upper: Price,
    },
    /// One source holds more than a third.
    #[error("source {reporter} has {weight} of {total}, at most a third")]
    Weight {
        /// Whose.
        reporter: String,
        /// Its weight.
        weight: u32,
        /// Of all.
        total: u64,
    },
    /// A reporter stands for two sources.
    #[error("reporter {reporter} stands for two sources")]
    SameReporter {
        /// Who.
        reporter: String,
    },
}

/// Sources of a feed at most.
pub const MAX_SOURCES: u64 = 7;
/// The highest price any feed accepts, 10^12 dollars: far from where arithmetic ends.
pub const MAX_PRICE: Price = Price::raw(1_000_000_000_000 * E18);
/// The least history kept, seconds: 6 hours.
pub const MIN_HISTORY: u64 = 21_600;
/// The greatest volatility floor: 1 % per square root of a second.
const MAX_FLOOR: Ratio = Ratio::percent(1);
const DAY: u64 = 86_400;
const MONTH: u64 = 2_592_000;

/// Whether a feed is acceptable.
pub fn check(setup: &FeedSetup) -> Result<(), SetupError> {
    let count = u64::try_from(setup.sources.len()).unwrap_or(u64::MAX);
    number("sources", count, 2, MAX_SOURCES)?;
    setup.sources.iter().try_for_each(source)?;
    reporters(&setup.sources)?;
    weights(&setup.sources)?;
    params(&setup.params)?;
    number("min_sources", setup.params.min_sources.into(), 2, count)
}

fn source(source: &SourceSetup) -> Result<(), SetupError> {
    number("weight", source.weight.into(), 1, u32::MAX.into())?;
    number("source max_age", source.max_age, 1, 7 * DAY)?;
    fraction("max_confidence", source.max_confidence, Ratio::ONE)
}

fn reporters(sources: &[SourceSetup]) -> Result<(), SetupError> {
    let mut seen: Vec<&str> = vec![];
    for s in sources {
        if seen.contains(&s.reporter.as_str()) {
            let reporter = s.reporter.clone();
            return Err(SetupError::SameReporter { reporter });
        }
        seen.push(&s.reporter);
    }
    Ok(())
}

/// At most a third each, where there are three or more.
fn weights(sources: &[SourceSetup]) -> Result<(), SetupError> {
    let total = sources
        .iter()
        .fold(0, |sum: u64, s| sum.saturating_add(s.weight.into()));
    let heavy = |s: &&SourceSetup| u64::from(s.weight).saturating_mul(3) > total;
    match sources.iter().find(heavy) {
        Some(s) if sources.len() >= 3 => Err(SetupError::Weight {
            reporter: s.reporter.clone(),
            weight: s.weight,
            total,
        }),
        _ => Ok(()),
    }
}

fn params(p: &FeedParams) -> Result<(), SetupError> {
    number("max_age", p.max_age, 1, DAY)?;
    number("max_future", p.max_future, 0, 3_600)?;
    number(
        "preferred_sources",
        p.preferred_sources.into(),
        p.min_sources.into(),
        MAX_SOURCES,
    )?;
    number("history", p.history, MIN_HISTORY, MONTH)?;
    fraction("jump", p.jump, Ratio::ONE)?;
    fraction("sigma_floor", p.sigma_floor, MAX_FLOOR)?;
    bounds(p.lower_bound, p.upper_bound)
}

fn bounds(lower: Price, upper: Price) -> Result<(), SetupError> {
    let spread = upper.over(lower, Round::Up);
    let fits = spread.is_ok_and(|s| s <= Ratio::raw(E18 * E18));
    if lower < upper && upper <= MAX_PRICE && fits {
        Ok(())
    } else {
        Err(SetupError::Bounds { lower, upper })
    }
}

fn number(field: &'static str, value: u64, min: u64, max: u64) -> Result<(), SetupError> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(SetupError::Number {
            field,
            value,
            min,
            max,
        })
    }
}

fn fraction(field: &'static str, value: Ratio, max: Ratio) -> Result<(), SetupError> {
    if Ratio::ZERO < value && value <= max {
        Ok(())
    } else {
        Err(SetupError::Fraction { field, value, max })
    }
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
