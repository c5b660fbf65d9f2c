//! The sums of one side.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint256};

use super::position::Contribution;
use crate::{
    pricing::one36,
    units::{narrow, Amount, OutOfRange, PerUnit, Ratio, Size, E18},
    wide::{mul_div, pow10, Round},
};

/// From 24 decimals times `A` to the 12 of a size.
const TO_SIZE: u32 = 48;
/// From 24 decimals times `A` to the 6 of an amount.
const TO_AMOUNT: u32 = 54;

/// What is known of all positions of one side together.
#[cw_serde]
#[schemaifier(mute_warnings)]
pub struct SideSums {
    /// `A`: the product of ADL scale factors, 36 decimals. One again when the side is empty.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Uint256")]
    pub scale: Uint256,
    /// `R`: ADL proceeds per share.
    pub proceeds: PerUnit,
    /// Positions.
    pub count: u64,
    /// Sum of stored margins.
    pub margin: Amount,
    /// Sum of `size0/A0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub shares: Int256,
    /// Sum of `cost0/A0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub cost: Int256,
    /// Sum of `u*f0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub funding: Int256,
    /// Sum of `u*R0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub paid: Int256,
    /// Sum of `cost0 - size0*f0`, 24 decimals.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Int256")]
    pub entry: Int256,
}

fn add(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_add(b).map_err(|_| OutOfRange)
}

fn sub(a: Int256, b: Int256) -> Result<Int256, OutOfRange> {
    a.checked_sub(b).map_err(|_| OutOfRange)
}

impl SideSums {
    /// An empty side.
    pub fn empty() -> Result<Self, OutOfRange> {
        Ok(Self {
            scale: one36()?,
            proceeds: PerUnit::ZERO,
            count: 0,
            margin: Amount::ZERO,
            shares: Int256::zero(),
            cost: Int256::zero(),
            funding: Int256::zero(),
            paid: Int256::zero(),
            entry: Int256::zero(),
        })
    }

    /// `n * A`, from 24 decimals to `24 + 36 - places`.
    fn scaled(&self, n: Int256, places: u32, round: Round) -> Result<Int256, OutOfRange> {
        let scale = Int256::try_from(self.scale).map_err(|_| OutOfRange)?;
        mul_div(n, scale, pow10(places)?, round)
    }

    /// The size of so many shares now, rounded towards zero.
    pub(super) fn size_of(&self, shares: Int256) -> Result<Size, OutOfRange> {
        narrow(self.scaled(shares, TO_SIZE, Round::Zero)?).map(Size)
    }

    /// Signed open interest, to one unit per position.
    pub fn size(&self) -> Result<Size, OutOfRange> {
        self.size_of(self.shares)
    }

    /// What was paid for it, rounded as told.
    pub fn cost(&self, round: Round) -> Result<Amount, OutOfRange> {
        narrow(self.scaled(self.cost, TO_AMOUNT, round)?).map(Amount)
    }

    /// Funding owed and not yet settled at index `f`, rounded as told.
    pub fn owed(&self, f: PerUnit, round: Round) -> Result<Amount, OutOfRange> {
        let at = mul_div(self.shares, f.0, one36()?, round)?;
        narrow(self.scaled(sub(at, self.funding)?, TO_AMOUNT, round)?).map(Amount)
    }

    /// Margins with all ADL proceeds in, funding not yet taken; rounded up.
    pub fn margins(&self) -> Result<Amount, OutOfRange> {
        let proceeds = mul_div(self.shares, self.proceeds.0, one36()?, Round::Up)?;
        let scale = Int256::try_from(self.scale).map_err(|_| OutOfRange)?;
        let left = sub(self.cost, self.funding)?;
        let kept = mul_div(left, scale, one36()?, Round::Up)?;
        let moved = sub(sub(proceeds, self.paid)?, sub(self.entry, kept)?)?;
        let moved = mul_div(moved, Int256::one(), Uint256::from(E18), Round::Up)?;
        self.margin.plus(Amount(narrow(moved)?))
    }

    pub(super) fn enter(&mut self, c: &Contribution, margin: Amount) -> Result<(), OutOfRange> {
        self.count = self.count.checked_add(1).ok_or(OutOfRange)?;
        self.margin = self.margin.plus(margin)?;
        self.shares = add(self.shares, c.shares)?;
        self.cost = add(self.cost, c.cost)?;
        self.funding = add(self.funding, c.funding)?;
        self.paid = add(self.paid, c.proceeds)?;
        self.entry = add(self.entry, c.entry)?;
        Ok(())
    }

    pub(super) fn leave(&mut self, c: &Contribution, margin: Amount) -> Result<(), OutOfRange> {
        self.count = self.count.checked_sub(1).ok_or(OutOfRange)?;
        self.margin = self.margin.minus(margin)?;
        self.shares = sub(self.shares, c.shares)?;
        self.cost = sub(self.cost, c.cost)?;
        self.funding = sub(self.funding, c.funding)?;
        self.paid = sub(self.paid, c.proceeds)?;
        self.entry = sub(self.entry, c.entry)?;
        if self.count == 0 {
            *self = Self::empty()?;
        }
        Ok(())
    }

    /// Whether as many positions have put as much into `other`.
    pub(super) fn holds_as_much_as(&self, other: &Self) -> bool {
        let sums = |s: &Self| {
            (
                s.count, s.margin, s.shares, s.cost, s.funding, s.paid, s.entry,
            )
        };
        sums(self) == sums(other)
    }

    /// Keep the fraction `keep` of every position; the rest is closed at `price`.
    pub(super) fn deleverage(
        &mut self,
        keep: Ratio,
        price: PerUnit,
        f: PerUnit,
    ) -> Result<(), OutOfRange> {
        let e18 = Uint256::from(E18);
        let before = Int256::try_from(self.scale).map_err(|_| OutOfRange)?;
        let after = mul_div(before, keep.wide(), e18, Round::Up)?;
        let gone = sub(before, after)?;
        let gain = mul_div(price.minus(f)?.0, gone, one36()?, Round::Down)?;
        self.proceeds = self.proceeds.plus(PerUnit(gain))?;
        self.scale = Uint256::try_from(after).map_err(|_| OutOfRange)?;
        Ok(())
    }

    /// The bankruptcy price now of the position filed under `key`, rounded down.
    pub fn bankruptcy(&self, key: PerUnit, f: PerUnit) -> Result<PerUnit, OutOfRange> {
        let above = key.minus(self.proceeds)?;
        PerUnit(mul_div(
            above.0,
            Int256::try_from(one36()?).map_err(|_| OutOfRange)?,
            self.scale,
            Round::Down,
        )?)
        .plus(f)
    }
}
