//! Both sides, the funding index and the vault's cash: everything a trade changes.

use cosmwasm_schema::cw_serde;

use super::{Loose, Position, SideSums};
use crate::{
    pricing::Curve,
    units::{Amount, OutOfRange, PerUnit, Price, Ratio, Side, Size},
    wide::Round,
};

/// The books of one market.
#[cw_serde]
pub struct Book {
    /// Longs.
    pub long: SideSums,
    /// Shorts.
    pub short: SideSums,
    /// Funding index: USD per base unit that a long has paid since the beginning.
    pub funding: PerUnit,
    /// The vault's cash. Signed: what open losers owe may stand against it.
    pub cash: Amount,
}

/// What reducing a position did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// What is left.
    pub left: Loose,
    /// Realised gain that went from the vault's cash to margin, negative for a loss.
    pub gain: Amount,
    /// Received for the size sold, or minus what was paid for the size bought.
    pub proceeds: Amount,
}

impl Book {
    /// Empty books.
    pub fn empty() -> Result<Self, OutOfRange> {
        Ok(Self {
            long: SideSums::empty()?,
            short: SideSums::empty()?,
            funding: PerUnit::ZERO,
            cash: Amount::ZERO,
        })
    }

    /// One side.
    pub const fn side(&self, side: Side) -> &SideSums {
        match side {
            Side::Long => &self.long,
            Side::Short => &self.short,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut SideSums {
        match side {
            Side::Long => &mut self.long,
            Side::Short => &mut self.short,
        }
    }

    /// Traders' net size.
    pub fn skew(&self) -> Result<Size, OutOfRange> {
        self.long.size()?.plus(self.short.size()?)
    }

    /// Take a position out: its side forgets it, the funding it owed becomes the vault's cash.
    pub fn take(&mut self, position: &Position) -> Result<Loose, OutOfRange> {
        let side = position.side()?;
        let (loose, owed) = position.synced(self.side(side), self.funding)?;
        self.side_mut(side)
            .leave(&position.contribution()?, position.margin)?;
        self.cash = self.cash.plus(owed)?;
        Ok(loose)
    }

    /// Put a position in, stamped with the running numbers of now. Its size must not be zero.
    pub fn put(&mut self, loose: Loose) -> Result<Position, OutOfRange> {
        let side = loose.size.side().ok_or(OutOfRange)?;
        let sums = self.side(side);
        let position = Position {
            size: loose.size,
            cost: loose.cost,
            margin: loose.margin,
            scale: sums.scale,
            proceeds: sums.proceeds,
            funding: self.funding,
        };
        let contribution = position.contribution()?;
        self.side_mut(side).enter(&contribution, position.margin)?;
        Ok(position)
    }

    /// Close `part` (the sign of the position) for `proceeds`: the gain over its share of the cost
    /// goes from cash to margin.
    pub fn realise(
        &mut self,
        loose: Loose,
        part: Size,
        proceeds: Amount,
    ) -> Result<Reduction, OutOfRange> {
        let cost = loose.cost_of(part)?;
        let gain = proceeds.minus(cost)?;
        self.cash = self.cash.minus(gain)?;
        let left = Loose {
            size: loose.size.minus(part)?,
            cost: loose.cost.minus(cost)?,
            margin: loose.margin.plus(gain)?,
        };
        Ok(Reduction {
            left,
            gain,
            proceeds,
        })
    }

    /// Scale one side by `keep` at the clearing price of the whole step; what that realises leaves the
    /// vault's cash at once and reaches each margin when it syncs. Returns the clearing price.
    pub fn deleverage(
        &mut self,
        side: Side,
        keep: Ratio,
        (curve, index): (Curve, Price),
    ) -> Result<PerUnit, OutOfRange> {
        let skew = self.skew()?;
        let sums = self.side(side);
        let whole = sums.size()?;
        let gone = Ratio::ONE.minus_floored(keep);
        let part = Amount(whole.0).share(gone, Round::Zero)?;
        let by = Size(part.0).negated()?;
        if by.is_zero() {
            return Err(OutOfRange);
        }
        let price = curve.clearing(skew, by, index)?;
        let before = sums.margins()?;
        let f = self.funding;
        self.side_mut(side).deleverage(keep, price, f)?;
        let paid = self.side(side).margins()?.minus(before)?;
        self.cash = self.cash.minus(paid)?;
        Ok(price)
    }

    /// Funding owed by everyone together and not settled yet, rounded down.
    pub fn owed(&self) -> Result<Amount, OutOfRange> {
        self.long
            .owed(self.funding, Round::Down)?
            .plus(self.short.owed(self.funding, Round::Down)?)
    }

    /// The vault's cash as if all funding were settled now.
    pub fn settled_cash(&self) -> Result<Amount, OutOfRange> {
        self.cash.plus(self.owed()?)
    }

    /// Traders' net gain at `index`: `sum(size*P) - sum(cost) - owed`, rounded up.
    pub fn gain(&self, index: Price) -> Result<Amount, OutOfRange> {
        let cost = self
            .long
            .cost(Round::Down)?
            .plus(self.short.cost(Round::Down)?)?;
        self.skew()?
            .value(index, Round::Up)?
            .minus(cost)?
            .minus(self.owed()?)
    }

    /// Net asset value of the vault: `cash - gain - P*Phi(skew)`, rounded down.
    pub fn nav(&self, curve: Curve, index: Price) -> Result<Amount, OutOfRange> {
        self.cash
            .minus(self.gain(index)?)?
            .minus(curve.unwind(self.skew()?, index, Round::Up)?)
    }
}
