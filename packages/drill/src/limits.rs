//! What a source may be: the bounds of its numbers, and the names it may have.

use crate::input::{self, Flaw};

/// The longest bars a source may be made of, in seconds.
pub const MAX_STEP_S: u64 = 300;
/// The longest time between two reports of a source that is polled, in seconds.
pub const MAX_INTERVAL_S: u64 = 15;
/// The longest latency of a derived reporter, in seconds.
pub const MAX_LATENCY_S: u64 = 25;
/// The most a derived reporter may be off, one deviation, in basis points.
pub const MAX_NOISE_BPS: u64 = 1000;
/// The noise of a derived reporter where none is stated, in basis points.
pub const DEFAULT_NOISE_BPS: u64 = 5;
/// The longest a fault may delay a report, in seconds.
pub const MAX_DELAY_S: u64 = 86_400;
/// How far off a stolen key may state prices at most, in basis points.
pub const MAX_STOLEN_BPS: u64 = 10_000;
/// The longest time between two blocks, in seconds.
pub const MAX_BLOCK_TIME: u64 = 60;
/// Transactions in a congested block at most.
pub const MAX_PER_BLOCK: u64 = 10_000;
/// The start of the names of reporters that complete a set.
pub const DERIVED: &str = "derived-";

/// A name a user may give a source.
pub(crate) fn check_name(name: &str) -> Result<(), Flaw> {
    if !input::is_name(name) {
        return Err(Flaw::BadName(input::excerpt(name)));
    }
    if name.starts_with(DERIVED) {
        return Err(Flaw::ReservedName(name.to_owned()));
    }
    Ok(())
}

/// The second of the interval the `index`-th source reports in, five apart.
pub(crate) fn phase(index: u64, interval_s: u64) -> u64 {
    let second = index.saturating_mul(5);
    second.checked_rem(interval_s).unwrap_or(0)
}

/// `value`, if it is within bounds.
pub(crate) fn bounded(field: &'static str, value: u64, min: u64, max: u64) -> Result<u64, Flaw> {
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(Flaw::OutOfBounds {
            field,
            value,
            min,
            max,
        })
    }
}
