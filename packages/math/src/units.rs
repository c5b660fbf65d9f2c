//! The dimensions money and risk are measured in. Only the products that mean something exist,
//! and every inexact one says which way it rounds.
//!
//! | type | of | decimals |
//! |---|---|---|
//! | [`Price`] | USD per base unit | 18 |
//! | [`Size`] | base units, signed, long is positive | 12 |
//! | [`Amount`] | USD (one settlement unit counts as one), signed | 6 |
//! | [`Ratio`] | a fraction, never negative | 18 |
//! | [`Rate`] | a signed fraction per day | 18 |
//! | [`PerUnit`] | USD per base unit, signed: funding index, ladder key, bankruptcy price | 36 |

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Int128, Int256, SignedDecimal, Uint128, Uint256};
use thiserror::Error;

use crate::wide::{mul_div, pow10, Round};

pub use side::Side;

mod ratio;
mod side;

/// Arithmetic left the representable range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("arithmetic out of range")]
pub struct OutOfRange;

/// `10^18`, one in [`Price`], [`Ratio`] and [`Rate`].
pub const E18: u128 = 1_000_000_000_000_000_000;
/// Decimals between a [`Price`] and a [`PerUnit`].
const E18_U256: fn() -> Uint256 = || Uint256::from(E18);

/// USD per base unit. Never negative.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Price(
    #[serde(with = "crate::packed")]
    #[schemars(with = "Decimal")]
    pub Decimal,
);

/// Trillionths of a base unit, signed: long is positive. (Six places would do for trading; ADL scales
/// sizes, and a bankruptcy price divides by them.)
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Size(
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int128")]
    pub Int128,
);

/// Millionths of a dollar, signed.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Amount(
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int128")]
    pub Int128,
);

/// A fraction, such as a margin ratio. Never negative.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Ratio(
    #[serde(with = "crate::packed")]
    #[schemars(with = "Decimal")]
    pub Decimal,
);

/// A signed fraction per day, such as a funding rate.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct Rate(
    #[serde(with = "crate::packed")]
    #[schemars(with = "SignedDecimal")]
    pub SignedDecimal,
);

/// USD per base unit with 36 decimals, signed: what accumulates or is compared exactly.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, PartialOrd, Ord, Default)]
pub struct PerUnit(
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub Int256,
);

macro_rules! signed_sums {
    ($t:ident, $inner:ident) => {
        impl $t {
            /// Nothing.
            pub const ZERO: Self = Self($inner::zero());

            /// `self + other`.
            pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
                self.0
                    .checked_add(other.0)
                    .map(Self)
                    .map_err(|_| OutOfRange)
            }

            /// `self - other`.
            pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
                self.0
                    .checked_sub(other.0)
                    .map(Self)
                    .map_err(|_| OutOfRange)
            }

            /// `-self`.
            pub fn negated(self) -> Result<Self, OutOfRange> {
                Self::ZERO.minus(self)
            }

            /// Neither positive nor negative.
            pub fn is_zero(self) -> bool {
                self == Self::ZERO
            }

            /// Below zero.
            pub fn is_negative(self) -> bool {
                self < Self::ZERO
            }

            /// The magnitude.
            pub fn abs(self) -> Result<Self, OutOfRange> {
                if self.is_negative() {
                    self.negated()
                } else {
                    Ok(self)
                }
            }
        }
    };
}
signed_sums!(Size, Int128);
signed_sums!(Amount, Int128);
signed_sums!(PerUnit, Int256);

/// Narrow a 256-bit result to the width money and sizes are kept in.
pub fn narrow(n: Int256) -> Result<Int128, OutOfRange> {
    Int128::try_from(n).map_err(|_| OutOfRange)
}

fn wide_atomics(d: Decimal) -> Int256 {
    Int256::from(d.atomics())
}

impl Price {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::zero());

    /// From 18-decimal atomics.
    pub const fn raw(atomics: u128) -> Self {
        Self(Decimal::new(Uint128::new(atomics)))
    }

    /// The 18-decimal atomics, signed and wide.
    pub fn wide(self) -> Int256 {
        wide_atomics(self.0)
    }

    /// The same price with 36 decimals. Exact.
    pub fn per_unit(self) -> Result<PerUnit, OutOfRange> {
        self.wide()
            .checked_mul(Int256::from(E18))
            .map(PerUnit)
            .map_err(|_| OutOfRange)
    }

    /// From signed wide 18-decimal atomics; below zero or too large is an error.
    pub fn from_wide(atomics: Int256) -> Result<Self, OutOfRange> {
        let atomics = Uint256::try_from(atomics).map_err(|_| OutOfRange)?;
        let atomics = Uint128::try_from(atomics).map_err(|_| OutOfRange)?;
        Ok(Self(Decimal::new(atomics)))
    }

    /// `self * ratio`, rounded as told.
    pub fn times(self, ratio: Ratio, round: Round) -> Result<Self, OutOfRange> {
        Self::from_wide(mul_div(self.wide(), ratio.wide(), E18_U256(), round)?)
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

    /// `|self - other|`.
    pub fn distance(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }

    /// `self / other` as a fraction, rounded as told; `other` must not be zero.
    pub fn over(self, other: Self, round: Round) -> Result<Ratio, OutOfRange> {
        let over = mul_div(
            self.wide(),
            Int256::from(E18),
            other.wide().unsigned_abs(),
            round,
        )?;
        Ratio::from_wide(over)
    }
}

impl Size {
    /// From trillionths of a base unit.
    pub const fn raw(trillionths: i128) -> Self {
        Self(Int128::new(trillionths))
    }

    /// The trillionths, wide.
    pub fn wide(self) -> Int256 {
        Int256::from(self.0)
    }

    /// `size * price`, signed, rounded as told.
    pub fn value(self, price: Price, round: Round) -> Result<Amount, OutOfRange> {
        narrow(mul_div(self.wide(), price.wide(), pow10(24)?, round)?).map(Amount)
    }

    /// `size * per_unit`, signed, rounded as told.
    pub fn times(self, per_unit: PerUnit, round: Round) -> Result<Amount, OutOfRange> {
        narrow(mul_div(self.wide(), per_unit.0, pow10(42)?, round)?).map(Amount)
    }

    /// `|size| * price`, rounded up: what risk is measured on.
    pub fn notional_up(self, price: Price) -> Result<Amount, OutOfRange> {
        self.abs()?.value(price, Round::Up)
    }

    /// `|size| * price`, rounded down.
    pub fn notional_down(self, price: Price) -> Result<Amount, OutOfRange> {
        self.abs()?.value(price, Round::Down)
    }

    /// Long or short, or neither.
    pub fn side(self) -> Option<Side> {
        if self.is_zero() {
            None
        } else if self.is_negative() {
            Some(Side::Short)
        } else {
            Some(Side::Long)
        }
    }
}

impl Amount {
    /// From millionths of a dollar.
    pub const fn raw(millionths: i128) -> Self {
        Self(Int128::new(millionths))
    }

    /// The millionths, wide.
    pub fn wide(self) -> Int256 {
        Int256::from(self.0)
    }

    /// `amount * ratio`, signed, rounded as told.
    pub fn share(self, ratio: Ratio, round: Round) -> Result<Self, OutOfRange> {
        narrow(mul_div(self.wide(), ratio.wide(), E18_U256(), round)?).map(Self)
    }

    /// `amount * ratio`, rounded up.
    pub fn share_up(self, ratio: Ratio) -> Result<Self, OutOfRange> {
        self.share(ratio, Round::Up)
    }

    /// `amount * ratio`, rounded down.
    pub fn share_down(self, ratio: Ratio) -> Result<Self, OutOfRange> {
        self.share(ratio, Round::Down)
    }

    /// `amount * part / whole`, rounded as told.
    pub fn pro_rata(self, part: Int256, whole: Int256, round: Round) -> Result<Self, OutOfRange> {
        let part = if whole.is_negative() {
            Int256::zero().checked_sub(part).map_err(|_| OutOfRange)?
        } else {
            part
        };
        narrow(mul_div(self.wide(), part, whole.unsigned_abs(), round)?).map(Self)
    }

    /// A coin amount; below zero is an error.
    pub fn coins(self) -> Result<Uint128, OutOfRange> {
        Uint128::try_from(self.0).map_err(|_| OutOfRange)
    }

    /// From a coin amount.
    pub fn of(coins: Uint128) -> Result<Self, OutOfRange> {
        Int128::try_from(coins).map(Self).map_err(|_| OutOfRange)
    }

    /// `self / other` as a fraction, both not negative and `other` not zero; rounded as told.
    pub fn over(self, other: Self, round: Round) -> Result<Ratio, OutOfRange> {
        if self.is_negative() || other <= Self::ZERO {
            return Err(OutOfRange);
        }
        Ratio::from_wide(mul_div(
            self.wide(),
            Int256::from(E18),
            other.wide().unsigned_abs(),
            round,
        )?)
    }
}

impl PerUnit {
    /// As a price, rounded as told; below zero is an error.
    pub fn price(self, round: Round) -> Result<Price, OutOfRange> {
        Price::from_wide(mul_div(self.0, Int256::one(), E18_U256(), round)?)
    }

    /// `amount / size`: USD per base unit, rounded as told; `size` must not be zero.
    pub fn of(amount: Amount, size: Size, round: Round) -> Result<Self, OutOfRange> {
        let amount = if size.is_negative() {
            amount.negated()?
        } else {
            amount
        };
        let one = Int256::try_from(pow10(42)?).map_err(|_| OutOfRange)?;
        mul_div(amount.wide(), one, size.wide().unsigned_abs(), round).map(Self)
    }
}

#[cfg(test)]
mod tests;
