//! The doors of the suite, as its users find them.

use cosmwasm_std::{coin, from_json, Addr, Binary, Coin, Uint128};
use harness::{Module, DENOM};
use math::units::{Amount, Price};
use types::{
    clock::Moment,
    engine::{ExecuteMsg, LpState, Mandate, Order, PositionState, QueryMsg, QueuedState},
};

use super::{no, Stage};
use crate::{
    bug::Bug,
    fault::Part,
    news,
    venue::{No, Person, Venue},
};

/// What a message answered.
struct Told(Option<Binary>);

impl Stage {
    /// Somebody tells the engine something.
    fn tell(&mut self, who: &Person, msg: &ExecuteMsg, funds: &[Coin]) -> Result<Told, No> {
        self.messages = self.messages.saturating_add(1);
        let done = self.exchange.send(&who.addr, Module::Engine, msg, funds);
        let done = done.map_err(no)?;
        let news = news::read(&done.events).map_err(|bug| No(bug.to_string()))?;
        self.heard.extend(news);
        Ok(Told(done.data))
    }

    /// Something of the opening that must work.
    pub fn set_up(
        &mut self,
        who: &Person,
        msg: fn(String, Uint128) -> ExecuteMsg,
        amount: Uint128,
    ) -> Result<(), Bug> {
        let msg = msg(self.market.clone(), amount);
        let done = self.tell(who, &msg, &[]);
        self.must("a step of the opening", done.map(|_| ()))
    }

    /// What asks for the money of somebody that waits at the borders of the market and of the whole.
    fn queues(&self, who: &Person) -> [QueryMsg; 2] {
        let account = who.addr.to_string();
        [
            QueryMsg::ProfitQueue {
                market: self.market.clone(),
                account: account.clone(),
            },
            QueryMsg::WithdrawalQueue {
                account,
                denom: DENOM.to_owned(),
            },
        ]
    }

    /// Whether an order still waits, by the engine's own books.
    pub fn waits(&self, account: &Addr, order: u64) -> bool {
        let query = QueryMsg::Mandates {
            market: self.market.clone(),
            account: account.to_string(),
        };
        let all: Option<Vec<Mandate>> = self.told(&query);
        all.is_none_or(|all| all.iter().any(|m| m.order == order))
    }

    fn lp(&self, who: &Person) -> Option<LpState> {
        let query = QueryMsg::Lp {
            market: self.market.clone(),
            account: who.addr.to_string(),
        };
        self.told(&query)
    }
}

impl Venue for Stage {
    fn moment(&self) -> Moment {
        Moment {
            time: self.exchange.now(),
            height: self.exchange.height(),
        }
    }

    fn free(&self, who: &Person) -> Amount {
        let query = QueryMsg::Wallet {
            account: who.addr.to_string(),
            denom: DENOM.to_owned(),
        };
        // A dead engine hands out nothing.
        self.told(&query).unwrap_or(Amount::ZERO)
    }

    fn held(&self, who: &Person) -> Option<PositionState> {
        let query = QueryMsg::Position {
            market: self.market.clone(),
            account: who.addr.to_string(),
        };
        self.told(&query).flatten()
    }

    fn bring(&mut self, who: &Person, amount: Amount) -> Result<(), Bug> {
        if self.is_dead(Part::Engine) {
            return Ok(());
        }
        let coins = amount.coins()?.u128();
        self.exchange.mint(&who.addr, coins, DENOM);
        let done = self.tell(who, &ExecuteMsg::Deposit {}, &[coin(coins, DENOM)]);
        self.must("a deposit", done.map(|_| ()))
    }

    fn place(&mut self, who: &Person, order: Order) -> Result<u64, No> {
        let msg = ExecuteMsg::PlaceOrder {
            market: self.market.clone(),
            order,
            limit: None,
            expiry: None,
        };
        let Told(number) = self.tell(who, &msg, &[])?;
        from_json(number.unwrap_or_default())
            .map_err(|e| No(format!("no order number was answered: {e}")))
    }

    fn cancel(&mut self, who: &Person, order: u64) -> Result<(), No> {
        let market = self.market.clone();
        self.tell(who, &ExecuteMsg::CancelOrder { market, order }, &[])
            .map(|_| ())
    }

    fn add_margin(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        let market = self.market.clone();
        self.tell(who, &ExecuteMsg::AddMargin { market, amount }, &[])
            .map(|_| ())
    }

    fn withdraw(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        let denom = DENOM.to_owned();
        self.tell(who, &ExecuteMsg::Withdraw { denom, amount }, &[])
            .map(|_| ())
    }

    fn provide(&mut self, who: &Person, amount: Uint128) -> Result<(), No> {
        let market = self.market.clone();
        self.tell(who, &ExecuteMsg::LpDeposit { market, amount }, &[])
            .map(|_| ())
    }

    fn divest(&mut self, who: &Person, shares: Uint128) -> Result<(), No> {
        let market = self.market.clone();
        self.tell(who, &ExecuteMsg::LpWithdraw { market, shares }, &[])
            .map(|_| ())
    }

    fn returned(&self, who: &Person) -> Option<Amount> {
        let leaving = self.lp(who)?.leaving?;
        Some(leaving.claimable)
    }

    fn claim(&mut self, who: &Person) -> Result<(), No> {
        let market = self.market.clone();
        self.tell(who, &ExecuteMsg::LpClaim { market }, &[])
            .map(|_| ())
    }

    fn shares(&self, who: &Person) -> Uint128 {
        self.lp(who).map_or(Uint128::zero(), |lp| lp.shares)
    }

    fn waiting(&mut self, who: &Person, price: Price) -> Result<Amount, Bug> {
        let mut sum = Amount::ZERO;
        for query in self.queues(who) {
            let queue: Vec<QueuedState> = self.told(&query).unwrap_or_default();
            for entry in queue {
                sum = sum.plus(entry.amount)?.minus(entry.taken)?;
            }
        }
        let Some(lp) = self.lp(who) else {
            return Ok(sum);
        };
        let leaving = match lp.leaving {
            Some(leaving) if leaving.done => leaving.claimable,
            // As if none of it had been served: a bound where the price has fallen since.
            Some(leaving) => self.worth(leaving.shares, price)?,
            None => Amount::ZERO,
        };
        Ok(sum.plus(lp.pending.unwrap_or_default())?.plus(leaving)?)
    }

    fn worth(&mut self, shares: Uint128, price: Price) -> Result<Amount, Bug> {
        let supply = self.books()?.shares;
        Ok(math::vault::worth(shares, self.nav(price)?, supply)?)
    }
}
