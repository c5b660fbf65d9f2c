//! What a feed may look like.

use cosmwasm_std::Addr;
use math::{
    units::{Price, Ratio, E18},
    wide::Round,
};
use thiserror::Error;
use types::{
    id,
    oracle::{FeedParams, FeedSetup, Origin, SourceSetup, Tier},
};

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
    /// One source holds more than a third of its tier.
    #[error("source {voice} has {weight} of {total}, at most a third")]
    Weight {
        /// Whose.
        voice: String,
        /// Its weight.
        weight: u32,
        /// Of all in its tier.
        total: u64,
    },
    /// Two sources would say the same thing.
    #[error("{voice} stands for two sources")]
    SameOrigin {
        /// Who.
        voice: String,
    },
    /// What a foreign contract is to be asked for is no name it can know.
    #[error("{voice} cannot be asked for `{name}`")]
    Name {
        /// Who.
        voice: String,
        /// What for.
        name: String,
    },
    /// A feed would vouch for itself.
    #[error("the oracle is no source of its own")]
    Itself,
}

/// Primary sources of a feed at most.
pub const MAX_SOURCES: u64 = 7;
/// Anchors of a feed at most; one alone would make a price.
pub const MAX_ANCHORS: u64 = 3;
/// Sources of a feed that have to be asked, at most.
pub const MAX_ASKED: u64 = 8;
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
    let primary = count(&setup.sources, |s| s.tier == Tier::Primary);
    number("sources", primary, 2, MAX_SOURCES)?;
    let anchors = count(&setup.sources, |s| s.tier == Tier::Anchor);
    if anchors > 0 {
        number("anchors", anchors, 2, MAX_ANCHORS)?;
    }
    let asked = count(&setup.sources, |s| s.origin.is_asked());
    number("asked sources", asked, 0, MAX_ASKED)?;
    setup.sources.iter().try_for_each(source)?;
    origins(&setup.sources)?;
    weights(&setup.sources, Tier::Primary)?;
    weights(&setup.sources, Tier::Anchor)?;
    params(&setup.params)?;
    number("min_sources", setup.params.min_sources.into(), 2, primary)
}

/// Whether no source is the oracle itself.
pub fn not_itself(setup: &FeedSetup, this: &Addr) -> Result<(), SetupError> {
    let itself = |s: &SourceSetup| s.origin.is_asked() && s.origin.voice() == this.as_str();
    if setup.sources.iter().any(itself) {
        Err(SetupError::Itself)
    } else {
        Ok(())
    }
}

fn count(sources: &[SourceSetup], of: impl Fn(&&SourceSetup) -> bool) -> u64 {
    u64::try_from(sources.iter().filter(of).count()).unwrap_or(u64::MAX)
}

fn source(source: &SourceSetup) -> Result<(), SetupError> {
    number("weight", source.weight.into(), 1, u32::MAX.into())?;
    number("source max_age", source.max_age, 1, 7 * DAY)?;
    number("source expected_gap", source.expected_gap, 1, 7 * DAY)?;
    fraction("max_confidence", source.max_confidence, Ratio::ONE)?;
    origin(&source.origin)
}

fn origin(origin: &Origin) -> Result<(), SetupError> {
    match origin {
        Origin::Reporter { .. } => Ok(()),
        Origin::Pyth { contract, id } => named(contract, id, is_hex(id)),
        Origin::Feed { contract, feed } => named(contract, feed, id::check(feed).is_ok()),
        Origin::Band {
            contract,
            base,
            quote,
        } => {
            named(contract, base, is_symbol(base))?;
            named(contract, quote, is_symbol(quote))
        }
        Origin::Chainlink { decimals, .. } => number("decimals", (*decimals).into(), 0, 18),
    }
}

fn named(voice: &str, name: &str, fits: bool) -> Result<(), SetupError> {
    if fits {
        return Ok(());
    }
    let (voice, name) = (voice.to_owned(), name.to_owned());
    Err(SetupError::Name { voice, name })
}

/// 64 lower-case hexadecimal digits, as Pyth answers them.
fn is_hex(id: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    id.len() == 64 && id.bytes().all(digit)
}

fn is_symbol(symbol: &str) -> bool {
    (1..=id::MAX).contains(&symbol.len()) && symbol.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn origins(sources: &[SourceSetup]) -> Result<(), SetupError> {
    let mut seen: Vec<&Origin> = vec![];
    for s in sources {
        if seen.contains(&&s.origin) {
            let voice = s.origin.voice().clone();
            return Err(SetupError::SameOrigin { voice });
        }
        seen.push(&s.origin);
    }
    Ok(())
}

/// At most a third of its tier each, where that has three or more.
fn weights(sources: &[SourceSetup], tier: Tier) -> Result<(), SetupError> {
    let members: Vec<_> = sources.iter().filter(|s| s.tier == tier).collect();
    let total = members
        .iter()
        .fold(0, |sum: u64, s| sum.saturating_add(s.weight.into()));
    let heavy = |s: &&&SourceSetup| u64::from(s.weight).saturating_mul(3) > total;
    match members.iter().find(heavy) {
        Some(s) if members.len() >= 3 => Err(SetupError::Weight {
            voice: s.origin.voice().clone(),
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
    number("expected_gap", p.expected_gap, 1, DAY)?;
    fraction("anchor_band", p.anchor_band, Ratio::ONE)?;
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
