//! The doors of the naive twin: everything happens at once, at the newest print.

use cosmwasm_std::{Addr, Uint128};
use math::units::{Amount, Price, Side, Size};
use math::vault::{shares_for, worth};
use types::{
    clock::Moment,
    engine::{LpBatchPriced, LpServed, Order, PositionChanged, PositionState},
    market::OrderDone,
};

use super::{
    books::Books,
    trade::{signed, Refused},
};
use crate::{
    bug::Bug,
    news::News,
    venue::{No, Person, Venue},
};

impl From<Refused> for No {
    fn from(why: Refused) -> Self {
        Self(why.to_string())
    }
}

impl Books {
    fn now(&self) -> Result<Price, Refused> {
        if self.dead {
            return Err(Refused::Dead);
        }
        self.print.ok_or(Refused::NoPrice)
    }

    fn execute(&mut self, who: &Addr, order: &Order) -> Result<u64, Refused> {
        let print = self.now()?;
        let (by, fee) = match order {
            Order::Increase { side, size, margin } => {
                let (by, margin) = (signed(*side, *size)?, Amount::of(*margin)?);
                (by, self.increase(who, (by, margin), print)?)
            }
            Order::Reduce { side, size } => {
                let held = self.size_of(who, *side)?;
                let most = signed(*side, *size)?;
                let part = if most.abs()? < held.abs()? {
                    most
                } else {
                    held
                };
                (part.negated()?, self.reduce(who, part, print)?)
            }
            Order::Close { side } => {
                let held = self.size_of(who, *side)?;
                (held.negated()?, self.reduce(who, held, print)?)
            }
        };
        self.orders = self.orders.saturating_add(1);
        self.tell(who, (by, print, fee));
        Ok(self.orders)
    }

    fn size_of(&self, who: &Addr, side: Side) -> Result<Size, Refused> {
        let held = self.accounts.get(who).and_then(|a| a.held);
        let size = held.map(|held| held.size);
        size.filter(|size| size.side() == Some(side))
            .ok_or(Refused::NoPosition)
    }

    fn tell(&mut self, who: &Addr, (by, price, fee): (Size, Price, Amount)) {
        let held = self.accounts.get(who).and_then(|a| a.held);
        self.news.push(News::Changed(PositionChanged {
            market: String::new(),
            account: who.clone(),
            by,
            size: held.map_or(Size::ZERO, |held| held.size),
            price,
            fee,
        }));
        self.news.push(News::Order(OrderDone {
            order: self.orders,
            round: 0,
            filled: by,
            refused: None,
        }));
    }

    /// What people's messages have done since last asked.
    pub fn heard(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// Shares at the print, at once.
    fn invest(&mut self, who: &Addr, amount: Uint128) -> Result<(), Refused> {
        let nav = self.nav(self.now()?)?;
        let amount = Amount::of(amount)?;
        if *self.purse(who) < amount {
            return Err(Refused::Poor);
        }
        let shares = shares_for(amount, nav, self.supply)?;
        if shares.is_zero() {
            return Err(Refused::Insolvent);
        }
        self.supply = self.supply.saturating_add(shares);
        self.cash = self.cash.plus(amount)?;
        let account = self.accounts.entry(who.clone()).or_default();
        account.free = account.free.minus(amount)?;
        account.shares = account.shares.saturating_add(shares);
        self.news.push(News::Priced(LpBatchPriced {
            market: String::new(),
            amount,
            shares: shares.u128(),
        }));
        Ok(())
    }

    /// Money for shares at the print, at once, if it is there.
    fn redeem(&mut self, who: &Addr, shares: Uint128) -> Result<(), Refused> {
        let nav = self.nav(self.now()?)?;
        let held = self.accounts.entry(who.clone()).or_default().shares;
        let left = held.checked_sub(shares).map_err(|_| Refused::Poor)?;
        let amount = worth(shares, nav, self.supply)?;
        if self.coins()? < amount {
            return Err(Refused::Insolvent);
        }
        self.supply = self.supply.saturating_sub(shares);
        self.cash = self.cash.minus(amount)?;
        let account = self.accounts.entry(who.clone()).or_default();
        account.shares = left;
        account.returned = Some(account.returned.unwrap_or_default().plus(amount)?);
        self.news.push(News::Served(LpServed {
            market: String::new(),
            shares: shares.u128(),
            amount,
        }));
        Ok(())
    }

    fn support(&mut self, who: &Addr, amount: Uint128) -> Result<(), Refused> {
        self.now()?;
        let amount = Amount::of(amount)?;
        if *self.purse(who) < amount {
            return Err(Refused::Poor);
        }
        let mut held = self.take(who)?.ok_or(Refused::NoPosition)?;
        held.margin = held.margin.plus(amount)?;
        self.put(who, held)?;
        let purse = self.purse(who);
        *purse = purse.minus(amount)?;
        Ok(())
    }
}

impl Venue for Books {
    fn moment(&self) -> Moment {
        self.moment
    }

    fn free(&self, who: &Person) -> Amount {
        let account = self.accounts.get(&who.addr);
        account.map_or(Amount::ZERO, |account| account.free)
    }

    fn held(&self, who: &Person) -> Option<PositionState> {
        self.state(&who.addr)
    }

    fn bring(&mut self, who: &Person, amount: Amount) -> Result<(), Bug> {
        let purse = self.purse(&who.addr);
        *purse = purse.plus(amount)?;
        Ok(())
    }

    fn place(&mut self, who: &Person, order: Order) -> Result<u64, No> {
        Ok(self.execute(&who.addr, &order)?)
    }

    fn cancel(&mut self, _who: &Person, _order: u64) -> Result<(), No> {
        // Orders execute when they are placed: there is nothing to call back, and no harm in asking.
        Ok(())
    }

    fn add_margin(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        Ok(self.support(&who.addr, amount)?)
    }

    fn withdraw(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        let amount = Amount::of(amount).map_err(Refused::OutOfRange)?;
        let purse = self.purse(&who.addr);
        let left = purse.minus(amount).map_err(Refused::OutOfRange)?;
        if left.is_negative() {
            return Err(Refused::Poor.into());
        }
        *purse = left;
        Ok(())
    }

    fn provide(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        Ok(self.invest(&who.addr, amount)?)
    }

    fn divest(&mut self, who: &Person, shares: Uint128) -> Result<(), No> {
        Ok(self.redeem(&who.addr, shares)?)
    }

    fn returned(&self, who: &Person) -> Option<Amount> {
        self.accounts.get(&who.addr)?.returned
    }

    fn claim(&mut self, who: &Person) -> Result<(), No> {
        // Shares are there at once; money that left is.
        let account = self.accounts.entry(who.addr.clone()).or_default();
        let returned = account.returned.take().unwrap_or_default();
        account.free = account.free.plus(returned).map_err(Refused::OutOfRange)?;
        Ok(())
    }

    fn shares(&self, who: &Person) -> Uint128 {
        let account = self.accounts.get(&who.addr);
        account.map_or(Uint128::zero(), |account| account.shares)
    }

    fn waiting(&mut self, who: &Person, _price: Price) -> Result<Amount, Bug> {
        Ok(self.returned(who).unwrap_or_default())
    }

    fn worth(&mut self, shares: Uint128, price: Price) -> Result<Amount, Bug> {
        Ok(worth(shares, self.nav(price)?, self.supply)?)
    }
}
