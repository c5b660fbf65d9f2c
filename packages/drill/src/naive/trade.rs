//! Trades and liquidations of the naive twin, all at its print.

use cosmwasm_std::{Addr, Int256, Uint128};
use math::ledger::Loose;
use math::liquidation::waterfall;
use math::units::{Amount, OutOfRange, Price, Ratio, Side, Size};
use math::wide::Round;
use types::engine::{Liquidated, PositionState};

use super::{books::Books, IM};
use crate::bug::Bug;

const FEE_IN: Ratio = Ratio::bps(5);
const FEE_OUT: Ratio = Ratio::bps(3);
const FEE_LIQUIDATION: Ratio = Ratio::bps(50);
/// A liquidation fee leaves its owner a twentieth.
const FEE_AT_MOST: Ratio = Ratio::percent(95);

/// A liquidation, and the position before it.
pub struct Executed {
    /// Before.
    pub held: PositionState,
    /// What happened.
    pub what: Liquidated,
}

/// Why somebody is told no.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Arithmetic.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The contract is dead.
    #[error("the contract is dead")]
    Dead,
    /// There is no price.
    #[error("there is no price")]
    NoPrice,
    /// Not enough free money.
    #[error("not enough free money")]
    Poor,
    /// Not enough margin.
    #[error("not enough margin")]
    Margin,
    /// The side is full.
    #[error("the side is full")]
    Full,
    /// There is no position of that side.
    #[error("there is no position of that side")]
    NoPosition,
    /// The coins are not there.
    #[error("the coins are not there")]
    Insolvent,
}

impl Books {
    /// Open or enlarge at the print; the fee paid.
    pub(super) fn increase(
        &mut self,
        who: &Addr,
        (by, margin): (Size, Amount),
        print: Price,
    ) -> Result<Amount, Refused> {
        let old = self.accounts.get(who).and_then(|a| a.held);
        let old = old.unwrap_or_default();
        let side = by.side().ok_or(Refused::NoPosition)?;
        if old.size.side().is_some_and(|held| held != side) {
            return Err(Refused::NoPosition);
        }
        let notional = by.notional_up(print)?;
        let fee = notional.share_up(FEE_IN)?;
        let paid = margin.plus(fee)?;
        if *self.purse(who) < paid {
            return Err(Refused::Poor);
        }
        if self.open_mut(side).plus(notional)? > self.side_cap {
            return Err(Refused::Full);
        }
        let new = Loose {
            size: old.size.plus(by)?,
            cost: old.cost.plus(by.value(print, Round::Up)?)?,
            margin: old.margin.plus(margin)?,
        };
        if new.equity(print)? < new.size.notional_up(print)?.share_up(IM)? {
            return Err(Refused::Margin);
        }
        self.take(who)?;
        self.put(who, new)?;
        let purse = self.purse(who);
        *purse = purse.minus(paid)?;
        self.collect(fee)?;
        Ok(fee)
    }

    /// Close `part` of a position at the print; the fee paid. Gains that the coins do not cover are refused.
    pub(super) fn reduce(
        &mut self,
        who: &Addr,
        part: Size,
        print: Price,
    ) -> Result<Amount, Refused> {
        let held = self.accounts.get(who).and_then(|a| a.held);
        let held = held.ok_or(Refused::NoPosition)?;
        let whole = part == held.size;
        if whole {
            let owed = held.equity(print)?.max(Amount::ZERO);
            let rest = self.coins()?.minus(owed)?;
            if rest.is_negative() {
                return Err(Refused::Insolvent);
            }
        }
        let (fee, _) = self.realise(who, (part, FEE_OUT, Ratio::ONE), print)?;
        Ok(fee)
    }

    /// Realise a part; the fee, and the loss beyond margin.
    fn realise(
        &mut self,
        who: &Addr,
        (part, fee, most): (Size, Ratio, Ratio),
        print: Price,
    ) -> Result<(Amount, Amount), OutOfRange> {
        let held = self.take(who)?.ok_or(OutOfRange)?;
        let cost = if part == held.size {
            held.cost
        } else {
            held.cost_of(part)?
        };
        let gain = part.value(print, Round::Down)?.minus(cost)?;
        self.cash = self.cash.minus(gain)?;
        let margin = held.margin.plus(gain)?;
        let most = margin.max(Amount::ZERO).share_down(most)?;
        let fee = part.notional_up(print)?.share_up(fee)?.min(most);
        self.collect(fee)?;
        let left = Loose {
            size: held.size.minus(part)?,
            cost: held.cost.minus(cost)?,
            margin: margin.minus(fee)?,
        };
        if left.size.is_zero() {
            let debt = self.pay_out(who, left.margin)?;
            return Ok((fee, debt));
        }
        self.put(who, left)?;
        Ok((fee, Amount::ZERO))
    }

    /// What is left goes home; what is missing is borne by insurance, then by the vault.
    fn pay_out(&mut self, who: &Addr, margin: Amount) -> Result<Amount, OutOfRange> {
        let purse = self.purse(who);
        *purse = purse.plus(margin.max(Amount::ZERO))?;
        let debt = margin.negated()?.max(Amount::ZERO);
        let borne = waterfall(debt, self.insurance)?;
        self.insurance = self.insurance.minus(borne.insurance)?;
        self.cash = self.cash.minus(debt)?.plus(borne.insurance)?;
        self.bad_debt.insurance = self.bad_debt.insurance.plus(borne.insurance)?;
        self.bad_debt.vault = self.bad_debt.vault.plus(borne.vault)?;
        Ok(debt)
    }

    /// Liquidate up to `limit` positions whole at the print, longs first, the worst of each side first.
    pub fn liquidate(&mut self, limit: u32) -> Result<Vec<Executed>, Bug> {
        let mut done = Vec::new();
        let Some(print) = self.print.filter(|_| !self.dead) else {
            return Ok(done);
        };
        for _ in 0..limit {
            let mut heads = Side::BOTH
                .iter()
                .flat_map(|side| self.ladder.condemned(*side, print));
            let Some(who) = heads.next().cloned() else {
                break;
            };
            drop(heads);
            let held = self.state(&who).ok_or(OutOfRange)?;
            let terms = (held.size, FEE_LIQUIDATION, FEE_AT_MOST);
            let (fee, bad_debt) = self.realise(&who, terms, print)?;
            let what = Liquidated {
                market: String::new(),
                account: who,
                by: held.size.negated()?,
                size: Size::ZERO,
                price: print,
                fee,
                bounty: Amount::ZERO,
                bad_debt,
            };
            done.push(Executed { held, what });
        }
        Ok(done)
    }
}

/// A signed size from an unsigned one.
pub(super) fn signed(side: Side, size: Uint128) -> Result<Size, OutOfRange> {
    let size = Size(math::units::narrow(Int256::from(size))?);
    match side {
        Side::Long => Ok(size),
        Side::Short => size.negated(),
    }
}
