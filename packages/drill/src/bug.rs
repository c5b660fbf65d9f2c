//! What must not happen, however bad the day: a mistake in the drill or in the contracts.

use math::units::OutOfRange;
use thiserror::Error;
use types::wire::WireError;

/// A mistake in the drill or in the contracts, not in what was handed in.
#[derive(Debug, Error)]
pub enum Bug {
    /// Arithmetic left its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A contract emitted an event that cannot be read.
    #[error("unreadable event: {0}")]
    Event(#[from] WireError),
    /// A contract refused what it must accept.
    #[error("at {time}: {what} was refused: {why}")]
    Refused {
        /// Block time, seconds.
        time: u64,
        /// What was asked for.
        what: &'static str,
        /// What it said.
        why: String,
    },
    /// The books do not add up.
    #[error("at {time}: the books do not add up: {broken}")]
    Unsound {
        /// Block time, seconds.
        time: u64,
        /// The broken promises.
        broken: String,
    },
    /// The reference has no price where it must have one.
    #[error("the reference has no price at {0}")]
    NoPrice(u64),
    /// The engine has never told its books.
    #[error("at {0}: the engine tells no books")]
    NoBooks(u64),
    /// What was checked does not hold any more.
    #[error(transparent)]
    Flaw(#[from] crate::input::Flaw),
    /// The report cannot be written as JSON.
    #[error("the report is not writable as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
