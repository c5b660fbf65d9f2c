//! The money of the naive twin, and the only writers of it.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Uint128};
use math::ledger::Loose;
use math::units::{Amount, OutOfRange, Price, Ratio, Side, Size};
use math::vault::shares_for;
use math::wide::Round;
use types::{
    clock::Moment,
    engine::{BadDebtSum, PositionState},
};

use super::{ladder, ladder::Ladder, MM};
use crate::{bug::Bug, news::News, opening, plan::Plan};

const TO_VAULT: Ratio = Ratio::percent(70);
const TO_INSURANCE: Ratio = Ratio::percent(20);

/// One account.
#[derive(Default)]
pub(super) struct Account {
    /// Free money.
    pub free: Amount,
    /// The position, never flat.
    pub held: Option<Loose>,
    /// Shares of the vault.
    pub shares: Uint128,
    /// Liquidity that has left and was not collected.
    pub returned: Option<Amount>,
    edge: Price,
}

/// Everything it owns and owes.
pub struct Books {
    /// The newest print.
    pub print: Option<Price>,
    /// Coins of the vault; negative when winners were paid out of other people's margins.
    pub cash: Amount,
    /// Coins of the insurance fund.
    pub insurance: Amount,
    /// Losses beyond margin, by whom they were borne.
    pub bad_debt: BadDebtSum,
    /// Whether its contract fails at everything.
    pub dead: bool,
    pub(super) accounts: BTreeMap<Addr, Account>,
    /// Shares of the vault, all together.
    pub(super) supply: Uint128,
    pub(super) moment: Moment,
    pub(super) orders: u64,
    pub(super) news: Vec<News>,
    fees: Amount,
    margins: Amount,
    size: Size,
    cost: Amount,
    /// Entry value of longs and of shorts.
    open: [Amount; 2],
    pub(super) side_cap: Amount,
    pub(super) ladder: Ladder,
}

impl Books {
    /// Before the first trade.
    pub fn open(plan: &Plan) -> Result<Self, Bug> {
        let provided = opening::provided(plan)?;
        Ok(Self {
            print: plan.reference.at(plan.start),
            cash: provided,
            insurance: opening::insured(plan)?,
            bad_debt: BadDebtSum::default(),
            dead: false,
            accounts: BTreeMap::new(),
            supply: shares_for(provided, Amount::ZERO, Uint128::zero())?,
            moment: Moment::default(),
            orders: 0,
            news: Vec::new(),
            fees: Amount::ZERO,
            margins: Amount::ZERO,
            size: Size::ZERO,
            cost: Amount::ZERO,
            open: [Amount::ZERO; 2],
            side_cap: provided,
            ladder: Ladder::default(),
        })
    }

    /// What traders have gained together and not realised.
    pub fn gain(&self, price: Price) -> Result<Amount, OutOfRange> {
        self.size.value(price, Round::Down)?.minus(self.cost)
    }

    /// Longs less shorts.
    pub const fn skew(&self) -> Size {
        self.size
    }

    /// What the vault is worth at a price.
    pub fn nav(&self, price: Price) -> Result<Amount, OutOfRange> {
        self.cash.minus(self.gain(price)?)
    }

    /// Positions that may be liquidated at the print, the worst first.
    pub fn condemned(&self, side: Side) -> Vec<PositionState> {
        let Some(print) = self.print else {
            return Vec::new();
        };
        let heads = self.ladder.condemned(side, print);
        heads.filter_map(|who| self.state(who)).collect()
    }

    /// What positions are owed at the print beyond the coins of vault, insurance and margins.
    pub fn lack(&self) -> Result<Amount, OutOfRange> {
        let Some(print) = self.print else {
            return Ok(Amount::ZERO);
        };
        let mut lack = self.gain(print)?.minus(self.cash)?.minus(self.insurance)?;
        for who in Side::BOTH
            .iter()
            .flat_map(|side| self.ladder.condemned(*side, print))
        {
            if let Some(held) = self.accounts.get(who).and_then(|a| a.held) {
                lack = lack.minus(held.equity(print)?.min(Amount::ZERO))?;
            }
        }
        Ok(lack)
    }

    /// A position as anyone sees it.
    pub fn state(&self, who: &Addr) -> Option<PositionState> {
        let held = self.accounts.get(who)?.held?;
        Some(PositionState {
            paid_in: Amount::ZERO,
            account: who.clone(),
            size: held.size,
            margin: held.margin,
            cost: held.cost,
            bankruptcy: held.bankruptcy().ok()?,
            equity: self.print.and_then(|print| held.equity(print).ok()),
        })
    }

    /// Free money of somebody.
    pub(super) fn purse(&mut self, who: &Addr) -> &mut Amount {
        &mut self.accounts.entry(who.clone()).or_default().free
    }

    /// Every coin anywhere, wallets included.
    #[cfg(test)]
    pub(super) fn everything(&self) -> Result<Amount, OutOfRange> {
        let purses = self.accounts.values().map(|account| account.free);
        purses.into_iter().try_fold(self.coins()?, Amount::plus)
    }

    pub(super) fn coins(&self) -> Result<Amount, OutOfRange> {
        let pots = [self.insurance, self.margins, self.fees];
        pots.into_iter().try_fold(self.cash, Amount::plus)
    }

    /// Split a fee that has left its payer.
    pub(super) fn collect(&mut self, fee: Amount) -> Result<(), OutOfRange> {
        let (vault, insurance) = (fee.share_up(TO_VAULT)?, fee.share_down(TO_INSURANCE)?);
        self.cash = self.cash.plus(vault)?;
        self.insurance = self.insurance.plus(insurance)?;
        self.fees = self.fees.plus(fee.minus(vault)?.minus(insurance)?)?;
        Ok(())
    }

    /// Take a position out of every sum.
    pub(super) fn take(&mut self, who: &Addr) -> Result<Option<Loose>, OutOfRange> {
        let Some(account) = self.accounts.get_mut(who) else {
            return Ok(None);
        };
        let Some(held) = account.held.take() else {
            return Ok(None);
        };
        let side = held.size.side().ok_or(OutOfRange)?;
        self.ladder.take(side, account.edge, who);
        self.margins = self.margins.minus(held.margin)?;
        self.size = self.size.minus(held.size)?;
        self.cost = self.cost.minus(held.cost)?;
        let open = self.open_mut(side);
        *open = open.minus(held.cost.abs()?)?;
        Ok(Some(held))
    }

    /// Put one into them.
    pub(super) fn put(&mut self, who: &Addr, held: Loose) -> Result<(), OutOfRange> {
        let side = held.size.side().ok_or(OutOfRange)?;
        let edge = ladder::edge(held, MM)?;
        self.ladder.put(side, edge, who);
        self.margins = self.margins.plus(held.margin)?;
        self.size = self.size.plus(held.size)?;
        self.cost = self.cost.plus(held.cost)?;
        let open = self.open_mut(side);
        *open = open.plus(held.cost.abs()?)?;
        let account = self.accounts.entry(who.clone()).or_default();
        (account.held, account.edge) = (Some(held), edge);
        Ok(())
    }

    /// Entry value of one side.
    pub(super) fn open_mut(&mut self, side: Side) -> &mut Amount {
        let [long, short] = &mut self.open;
        match side {
            Side::Long => long,
            Side::Short => short,
        }
    }
}
