//! One position as stored, and as taken out of the books to be changed.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint256};

use super::side::SideSums;
use crate::{
    pricing::one36,
    units::{Amount, OutOfRange, PerUnit, Side, Size, E18},
    wide::{mul_div, pow10, Round},
};

/// A position at its last sync.
#[cw_serde]
#[schemaifier(mute_warnings)]
pub struct Position {
    /// Signed size, never zero.
    pub size: Size,
    /// What was paid for it.
    pub cost: Amount,
    /// Margin, funding settled.
    pub margin: Amount,
    /// `A` of its side then.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Uint256")]
    pub scale: Uint256,
    /// `R` of its side then.
    pub proceeds: PerUnit,
    /// The funding index then.
    pub funding: PerUnit,
}

/// A position outside the books: plain numbers, nothing owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loose {
    /// Signed size.
    pub size: Size,
    /// What was paid for it.
    pub cost: Amount,
    /// Margin.
    pub margin: Amount,
}

impl Loose {
    /// `margin + size*P - cost`, rounded down: against the trader.
    pub fn equity(self, index: crate::units::Price) -> Result<Amount, OutOfRange> {
        self.margin
            .plus(self.size.value(index, Round::Down)?)?
            .minus(self.cost)
    }

    /// The index price at which equity is zero, rounded against the trader. `size` must not be zero.
    pub fn bankruptcy(self) -> Result<PerUnit, OutOfRange> {
        let round = if self.size.is_negative() {
            Round::Down
        } else {
            Round::Up
        };
        PerUnit::of(self.cost.minus(self.margin)?, self.size, round)
    }

    /// `cost * part / size`, rounded up: the cost a reduction by `part` carries away.
    pub fn cost_of(self, part: Size) -> Result<Amount, OutOfRange> {
        self.cost
            .pro_rata(part.abs()?.wide(), self.size.abs()?.wide(), Round::Up)
    }
}

/// What one position adds to its side's sums. Recomputed from the stored position whenever it is
/// taken out, so what leaves is exactly what entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contribution {
    /// `size0/A0`, 24 decimals; away from zero, so that `u*A0` is the size again.
    pub shares: Int256,
    /// `cost0/A0`, 24 decimals.
    pub cost: Int256,
    /// `u*f0`, 24 decimals.
    pub funding: Int256,
    /// `u*R0`, 24 decimals.
    pub proceeds: Int256,
    /// `cost0 - size0*f0`, 24 decimals.
    pub entry: Int256,
}

impl Position {
    /// Which side it is on.
    pub fn side(&self) -> Result<Side, OutOfRange> {
        self.size.side().ok_or(OutOfRange)
    }

    /// `size0/A0`, 24 decimals, away from zero.
    pub fn shares(&self) -> Result<Int256, OutOfRange> {
        let round = if self.size.is_negative() {
            Round::Down
        } else {
            Round::Up
        };
        let one48 = Int256::try_from(pow10(48)?).map_err(|_| OutOfRange)?;
        mul_div(self.size.wide(), one48, self.scale, round)
    }

    pub(super) fn contribution(&self) -> Result<Contribution, OutOfRange> {
        let one54 = Int256::try_from(pow10(54)?).map_err(|_| OutOfRange)?;
        let shares = self.shares()?;
        Ok(Contribution {
            shares,
            cost: mul_div(self.cost.wide(), one54, self.scale, Round::Down)?,
            funding: mul_div(shares, self.funding.0, one36()?, Round::Down)?,
            proceeds: mul_div(shares, self.proceeds.0, one36()?, Round::Down)?,
            entry: self.entry()?,
        })
    }

    /// `cost0 - size0*f0`, 24 decimals.
    fn entry(&self) -> Result<Int256, OutOfRange> {
        let e18 = Int256::from(E18);
        let paid = self.cost.wide().checked_mul(e18).map_err(|_| OutOfRange)?;
        let owed = mul_div(self.size.wide(), self.funding.0, pow10(24)?, Round::Down)?;
        paid.checked_sub(owed).map_err(|_| OutOfRange)
    }

    /// The constant place on the ladder: `A0*(B0 - f0) + R0`.
    pub fn key(&self) -> Result<PerUnit, OutOfRange> {
        let loose = Loose {
            size: self.size,
            cost: self.cost,
            margin: self.margin,
        };
        let above = loose.bankruptcy()?.minus(self.funding)?;
        let scale = Int256::try_from(self.scale).map_err(|_| OutOfRange)?;
        PerUnit(mul_div(above.0, scale, one36()?, Round::Down)?).plus(self.proceeds)
    }

    /// The position as it is now, and the funding it has paid on the way (rounded up).
    pub fn synced(&self, side: &SideSums, funding: PerUnit) -> Result<(Loose, Amount), OutOfRange> {
        let scaled = side.scale != self.scale;
        let size = if scaled {
            side.size_of(self.shares()?)?
        } else {
            self.size
        };
        let cost = if scaled {
            let now = Int256::try_from(side.scale).map_err(|_| OutOfRange)?;
            let cost = mul_div(self.cost.wide(), now, self.scale, Round::Up)?;
            Amount(crate::units::narrow(cost)?)
        } else {
            self.cost
        };
        let realised = if scaled {
            self.realised(side)?
        } else {
            Amount::ZERO
        };
        let owed = size.times(funding.minus(self.funding)?, Round::Up)?;
        let margin = self.margin.plus(realised)?.minus(owed)?;
        Ok((Loose { size, cost, margin }, owed))
    }

    /// What ADL has realised since: `u*(R - R0) - (cost0 - size0*f0)*(A0 - A)/A0`, rounded down.
    fn realised(&self, side: &SideSums) -> Result<Amount, OutOfRange> {
        let since = side.proceeds.minus(self.proceeds)?;
        let proceeds = mul_div(self.shares()?, since.0, one36()?, Round::Down)?;
        let gone = self.scale.checked_sub(side.scale).map_err(|_| OutOfRange)?;
        let gone = Int256::try_from(gone).map_err(|_| OutOfRange)?;
        let entry = mul_div(self.entry()?, gone, self.scale, Round::Up)?;
        let net = proceeds.checked_sub(entry).map_err(|_| OutOfRange)?;
        let net = mul_div(net, Int256::one(), Uint256::from(E18), Round::Down)?;
        crate::units::narrow(net).map(Amount)
    }
}
