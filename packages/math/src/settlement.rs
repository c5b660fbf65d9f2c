//! Settlement of one market at one price: margins whole, gains times `h <= 1`, page by page.
//!
//! What losers can pay is not known from sums: a loss beyond margin is not collected. So there are two
//! passes over the same positions, which nothing changes in between:
//!
//! 1. [`Tally`]: each position is counted once, in any order; nobody is paid. Losses are collected up to
//!    the margins behind them, gains become claims.
//! 2. [`Terms`]: fixed once from the whole tally, then each position is paid by them, in any order. No
//!    payment depends on another, so nobody gains by coming first, and together they are never more
//!    than there is: every part is rounded down and the divisor is what was counted.
//!
//! The contract keeps the cursor of either pass.

use cosmwasm_schema::cw_serde;

use crate::{
    ledger::Loose,
    units::{Amount, OutOfRange, Price, Ratio},
    wide::Round,
};

/// What the positions counted so far come to.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Tally {
    /// The settlement price.
    pub price: Price,
    /// Losses that no margin is behind, in all: bad debt.
    pub debt: Amount,
    /// Positions counted.
    pub count: u64,
    /// What margins keep after losses, in all.
    pub margins: Amount,
    /// Gains, in all: what shares `h`.
    pub gains: Amount,
    /// What the vault's cash receives from those positions before any gain is paid: funding owed, and
    /// losses as far as margins go. Negative where funding was owed that nobody can pay.
    pub collected: Amount,
}

/// What every position is paid by.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Terms {
    /// The settlement price.
    pub price: Price,
    /// `h`: the share of gains that is paid, rounded down.
    pub gains: Ratio,
    /// The share of margins that is paid, rounded down: the whole, unless losses that nobody could pay
    /// exceed cash and insurance together, and no gain is left to bear them.
    pub margins: Ratio,
    /// What insurance pays into the vault's cash, once, before gains are cut.
    pub insurance: Amount,
}

/// One position's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stake {
    /// What its margin keeps after losses; never negative.
    pub margin: Amount,
    /// Its gain, less a debt of its margin; never negative.
    pub gain: Amount,
    /// What the vault's cash receives when it is closed, before its gain is paid.
    pub taken: Amount,
    /// What it owes beyond its margin and its gain; never negative.
    pub debt: Amount,
}

/// What one position is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payout {
    /// From its margin, rounded down.
    pub margin: Amount,
    /// From its gain, rounded down.
    pub gain: Amount,
    /// What of its gain is not paid.
    pub cut: Amount,
}

impl Stake {
    /// A position with its funding settled, at the settlement price: closing has no premium, the whole
    /// skew closes at once. A loss takes margin up to all of it; a margin that is a debt takes gain.
    pub fn of(loose: Loose, price: Price) -> Result<Self, OutOfRange> {
        let result = loose.size.value(price, Round::Down)?.minus(loose.cost)?;
        let loss = result.min(Amount::ZERO);
        let margin = loose.margin.plus(loss)?.max(Amount::ZERO);
        let debt = loose.margin.min(Amount::ZERO);
        let gain = result.plus(debt)?.max(Amount::ZERO);
        Ok(Self {
            margin,
            gain,
            taken: loose.margin.minus(margin)?,
            debt: loose.margin.plus(result)?.min(Amount::ZERO).negated()?,
        })
    }
}

impl Tally {
    /// Nothing counted yet.
    pub const fn at(price: Price) -> Self {
        Self {
            price,
            debt: Amount::ZERO,
            count: 0,
            margins: Amount::ZERO,
            gains: Amount::ZERO,
            collected: Amount::ZERO,
        }
    }

    /// Count one more position: as [`Position::synced`](crate::ledger::Position::synced) reads it, with the
    /// funding it pays on the way.
    pub fn with(self, loose: Loose, owed: Amount) -> Result<Self, OutOfRange> {
        let stake = Stake::of(loose, self.price)?;
        Ok(Self {
            price: self.price,
            debt: self.debt.plus(stake.debt)?,
            count: self.count.checked_add(1).ok_or(OutOfRange)?,
            margins: self.margins.plus(stake.margin)?,
            gains: self.gains.plus(stake.gain)?,
            collected: self.collected.plus(stake.taken)?.plus(owed)?,
        })
    }

    /// Let queued profit that is not ready share `h`: it is a claim, and its coins are the vault's cash again
    /// before the terms are fixed.
    pub fn with_queued(self, unready: Amount) -> Result<Self, OutOfRange> {
        if unready.is_negative() {
            return Err(OutOfRange);
        }
        Ok(Self {
            gains: self.gains.plus(unready)?,
            ..self
        })
    }

    /// The terms, once every position is counted: `h = min(1, (cash + insurance)/gains)`, where cash is
    /// the vault's as stored, plus what was collected.
    pub fn terms(self, cash: Amount, insurance: Amount) -> Result<Terms, OutOfRange> {
        let cash = cash.plus(self.collected)?;
        let insurance = insurance.max(Amount::ZERO);
        let paid = self.gains.minus(cash)?.clamp(Amount::ZERO, insurance);
        let there = cash.plus(paid)?;
        Ok(Terms {
            price: self.price,
            gains: share(there, self.gains)?,
            margins: share(self.margins.plus(there.min(Amount::ZERO))?, self.margins)?,
            insurance: paid,
        })
    }
}

/// `min(1, have/claims)`, rounded down; the whole where nothing is claimed.
fn share(have: Amount, claims: Amount) -> Result<Ratio, OutOfRange> {
    if have >= claims || claims.is_zero() {
        return Ok(Ratio::ONE);
    }
    have.max(Amount::ZERO).over(claims, Round::Down)
}

impl Terms {
    /// What one position is paid; the same whenever it is asked for. The books then hold
    /// `loose.margin - margin - gain` more vault cash, beside the funding it owed.
    pub fn payout(self, loose: Loose) -> Result<Payout, OutOfRange> {
        let stake = Stake::of(loose, self.price)?;
        let gain = self.queued(stake.gain)?;
        Ok(Payout {
            margin: stake.margin.share_down(self.margins)?,
            gain,
            cut: stake.gain.minus(gain)?,
        })
    }

    /// What is paid of queued profit that was not ready, rounded down.
    pub fn queued(self, unready: Amount) -> Result<Amount, OutOfRange> {
        unready.share_down(self.gains)
    }
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
