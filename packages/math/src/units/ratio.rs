//! Fractions.

use cosmwasm_std::{Decimal, Int256, Isqrt, Uint128, Uint256};

use super::{wide_atomics, OutOfRange, Price, Ratio, E18, E18_U256};
use crate::wide::{mul_div, Round};

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::zero());
    /// The whole.
    pub const ONE: Self = Self(Decimal::one());

    /// From 18-decimal atomics.
    pub const fn raw(atomics: u128) -> Self {
        Self(Decimal::new(Uint128::new(atomics)))
    }

    /// `n` ten-thousandths.
    pub const fn bps(n: u64) -> Self {
        Self(Decimal::bps(n))
    }

    /// `n` hundredths.
    pub const fn percent(n: u64) -> Self {
        Self(Decimal::percent(n))
    }

    /// The 18-decimal atomics, wide.
    pub fn wide(self) -> Int256 {
        wide_atomics(self.0)
    }

    /// From signed wide 18-decimal atomics; below zero or too large is an error.
    pub fn from_wide(atomics: Int256) -> Result<Self, OutOfRange> {
        Price::from_wide(atomics).map(|p| Self(p.0))
    }

    /// `self + other`.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .map_err(|_| OutOfRange)
    }

    /// `self - other`, not below zero.
    pub fn minus_floored(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `self * other`, rounded as told.
    pub fn times(self, other: Self, round: Round) -> Result<Self, OutOfRange> {
        Self::from_wide(mul_div(self.wide(), other.wide(), E18_U256(), round)?)
    }

    /// `self / other`, rounded as told; `other` must not be zero.
    pub fn over(self, other: Self, round: Round) -> Result<Self, OutOfRange> {
        Price(self.0).over(Price(other.0), round)
    }

    /// `self * part / whole`, rounded as told; `whole` must not be zero.
    pub fn scaled(self, part: u64, whole: u64, round: Round) -> Result<Self, OutOfRange> {
        Self::from_wide(mul_div(
            self.wide(),
            Int256::from(part),
            Uint256::from(whole),
            round,
        )?)
    }

    /// The square root, rounded down to 18 decimals.
    pub fn sqrt(self) -> Result<Self, OutOfRange> {
        let wide = self
            .wide()
            .unsigned_abs()
            .checked_mul(Uint256::from(E18))
            .map_err(|_| OutOfRange)?;
        let root = Uint128::try_from(wide.isqrt()).map_err(|_| OutOfRange)?;
        Ok(Self(Decimal::new(root)))
    }
}
