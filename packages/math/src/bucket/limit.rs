//! What may leave per window, and the parts of a unit it is counted in.

use cosmwasm_std::{Int256, Uint128, Uint256};

use crate::{
    units::{Amount, OutOfRange},
    wide::{mul_div, Round},
};

/// Seconds in a day: what is refilled in a nanosecond is a whole number of parts for every window that
/// divides it.
const DAY: u64 = 86_400;
/// Parts of a unit that tokens are kept in, `2 * DAY * E9`: no tick loses anything to rounding.
pub(super) const PARTS: u128 = 172_800_000_000_000;

/// What may leave per window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Stated limit per window. Below zero counts as nothing.
    pub amount: Amount,
    /// Length of the window, seconds; not zero.
    pub window: u64,
}

/// An amount in parts; below zero is an error.
pub(super) fn parts(amount: Amount) -> Result<Uint128, OutOfRange> {
    amount
        .coins()?
        .checked_mul(Uint128::new(PARTS))
        .map_err(|_| OutOfRange)
}

fn unsigned(n: Int256) -> Result<Uint128, OutOfRange> {
    let n = Uint256::try_from(n).map_err(|_| OutOfRange)?;
    Uint128::try_from(n).map_err(|_| OutOfRange)
}

impl Limit {
    /// The limit, or nothing.
    fn stated(self) -> Amount {
        self.amount.max(Amount::ZERO)
    }

    /// Half of the limit, in parts.
    pub(super) fn capacity(self) -> Result<Uint128, OutOfRange> {
        parts(self.stated())?
            .checked_div(Uint128::new(2))
            .map_err(|_| OutOfRange)
    }

    /// What a window refills in nanoseconds of a day: parts per nanosecond, times the window.
    fn pace(self) -> Result<Int256, OutOfRange> {
        self.stated()
            .wide()
            .checked_mul(Int256::from(DAY))
            .map_err(|_| OutOfRange)
    }

    /// What `nanoseconds` refill, in parts, rounded down.
    pub(super) fn refill(self, nanoseconds: Uint128) -> Result<Uint128, OutOfRange> {
        let window = Uint256::from(self.window);
        unsigned(mul_div(
            self.pace()?,
            nanoseconds.into(),
            window,
            Round::Down,
        )?)
    }

    /// How long the refill of so many parts takes, nanoseconds, rounded up. For ever where nothing is
    /// refilled.
    pub(super) fn span(self, parts: Uint128) -> Result<Uint128, OutOfRange> {
        let pace = self.pace()?.unsigned_abs();
        if pace.is_zero() {
            return Ok(Uint128::MAX);
        }
        let span = mul_div(parts.into(), Int256::from(self.window), pace, Round::Up)?;
        Ok(unsigned(span).unwrap_or(Uint128::MAX))
    }
}
