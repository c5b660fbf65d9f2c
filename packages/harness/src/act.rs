//! What people do, as they would say it.

use cosmwasm_std::{coin, Coin, Uint128};
use cw_multi_test::AppResponse;
use types::{
    breaker,
    engine::{ExecuteMsg, Order},
    market, Price, Side,
};

use crate::{
    exchange::{Exchange, Failed, Module, DENOM},
    numbers::{dollars, units},
};

/// The unsigned size of a text.
fn size(text: &str) -> Uint128 {
    Uint128::try_from(units(text).0).expect("an unsigned size")
}

/// An increase of a side, with whole dollars of margin.
pub fn increase(side: Side, text: &str, margin: u128) -> Order {
    Order::Increase {
        side,
        size: size(text),
        margin: Uint128::new(dollars(margin)),
    }
}

/// A reduction of a side.
pub fn reduce(side: Side, text: &str) -> Order {
    let size = size(text);
    Order::Reduce { side, size }
}

impl Exchange {
    /// Tell the engine something.
    pub fn tell(&mut self, who: &str, msg: &ExecuteMsg) -> Result<AppResponse, Failed> {
        self.tell_with(who, msg, &[])
    }

    /// Tell the engine something, coins along.
    pub fn tell_with(
        &mut self,
        who: &str,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> Result<AppResponse, Failed> {
        let who = self.person(who);
        self.send(&who, Module::Engine, msg, funds)
    }

    /// Tell the breaker something.
    pub fn tell_breaker(
        &mut self,
        who: &str,
        msg: &breaker::ExecuteMsg,
    ) -> Result<AppResponse, Failed> {
        let who = self.person(who);
        self.send(&who, Module::Breaker, msg, &[])
    }

    /// The DAO, where it is a person, orders something.
    pub fn order(&mut self, order: breaker::DaoMsg) -> Result<AppResponse, Failed> {
        self.tell_breaker("dao", &breaker::ExecuteMsg::Dao { order })
    }

    /// Coins from nowhere into the wallet.
    pub fn deposit(&mut self, who: &str, amount: u128) {
        let person = self.person(who);
        self.mint(&person, dollars(amount), DENOM);
        self.tell_with(
            who,
            &ExecuteMsg::Deposit {},
            &[coin(dollars(amount), DENOM)],
        )
        .expect("a deposit is accepted");
    }

    /// Out of the wallet into the bank.
    pub fn withdraw(&mut self, who: &str, amount: u128) -> Result<AppResponse, Failed> {
        self.tell(
            who,
            &ExecuteMsg::Withdraw {
                denom: DENOM.into(),
                amount: Uint128::new(dollars(amount)),
            },
        )
    }

    /// Place any order in the n-th market.
    pub fn place(
        &mut self,
        who: &str,
        market: usize,
        order: Order,
        limit: Option<Price>,
    ) -> Result<AppResponse, Failed> {
        let market = self.markets[market].id.clone();
        self.tell(
            who,
            &ExecuteMsg::PlaceOrder {
                market,
                order,
                limit,
                expiry: None,
            },
        )
    }

    /// Sign an increase in the first market.
    pub fn increase(
        &mut self,
        who: &str,
        side: Side,
        text: &str,
        margin: u128,
    ) -> Result<AppResponse, Failed> {
        self.increase_in(0, who, (side, text), margin)
    }

    /// Sign an increase in the n-th market.
    pub fn increase_in(
        &mut self,
        market: usize,
        who: &str,
        (side, text): (Side, &str),
        margin: u128,
    ) -> Result<AppResponse, Failed> {
        self.place(who, market, increase(side, text, margin), None)
    }

    /// Sign a reduction in the first market.
    pub fn reduce(&mut self, who: &str, side: Side, text: &str) -> Result<AppResponse, Failed> {
        let size = size(text);
        self.place(who, 0, Order::Reduce { side, size }, None)
    }

    /// Sign a close in the first market.
    pub fn close(&mut self, who: &str, side: Side) -> Result<AppResponse, Failed> {
        self.place(who, 0, Order::Close { side }, None)
    }

    /// Sign a close in the n-th market.
    pub fn close_in(
        &mut self,
        market: usize,
        who: &str,
        side: Side,
    ) -> Result<AppResponse, Failed> {
        self.place(who, market, Order::Close { side }, None)
    }

    /// Sign a flip in the first market: close the own position on `side`, open so much on the other.
    pub fn flip(
        &mut self,
        who: &str,
        side: Side,
        (text, margin): (&str, u128),
        limit: Option<Price>,
    ) -> Result<AppResponse, Failed> {
        let msg = ExecuteMsg::Flip {
            market: self.markets[0].id.clone(),
            side,
            size: size(text),
            margin: Uint128::new(dollars(margin)),
            limit,
            expiry: None,
        };
        self.tell(who, &msg)
    }

    /// Sign other terms for an order of the first market.
    pub fn amend(
        &mut self,
        who: &str,
        order: u64,
        (to, limit): (Order, Option<Price>),
    ) -> Result<AppResponse, Failed> {
        let msg = ExecuteMsg::AmendOrder {
            market: self.markets[0].id.clone(),
            order,
            to,
            limit,
            expiry: None,
        };
        self.tell(who, &msg)
    }

    /// Call an order back in the first market.
    pub fn cancel(&mut self, who: &str, order: u64) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        self.tell(who, &ExecuteMsg::CancelOrder { market, order })
    }

    /// Put margin behind a position in the first market.
    pub fn add_margin(&mut self, who: &str, amount: u128) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        let amount = Uint128::new(dollars(amount));
        self.tell(who, &ExecuteMsg::AddMargin { market, amount })
    }

    /// Take margin back in the first market.
    pub fn remove_margin(&mut self, who: &str, amount: u128) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        let amount = Uint128::new(dollars(amount));
        self.tell(who, &ExecuteMsg::RemoveMargin { market, amount })
    }

    /// Take liquidity out of the first market.
    pub fn lp_withdraw(&mut self, who: &str, shares: Uint128) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        self.tell(who, &ExecuteMsg::LpWithdraw { market, shares })
    }

    /// Collect what of the own queued profit of the first market is free.
    pub fn claim_profit(&mut self, who: &str) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        self.tell(who, &ExecuteMsg::ClaimProfit { market })
    }

    /// Collect what of the own queued withdrawals is free.
    pub fn claim_withdrawal(&mut self, who: &str) -> Result<AppResponse, Failed> {
        let denom = DENOM.into();
        self.tell(who, &ExecuteMsg::ClaimWithdrawal { denom })
    }

    /// Collect what the own liquidity requests came to in the first market.
    pub fn lp_claim(&mut self, who: &str) -> Result<AppResponse, Failed> {
        let market = self.markets[0].id.clone();
        self.tell(who, &ExecuteMsg::LpClaim { market })
    }

    /// Provide liquidity to the n-th market from the wallet; a dollar more is deposited for the fee.
    pub fn lp_deposit(
        &mut self,
        who: &str,
        market: usize,
        amount: u128,
    ) -> Result<AppResponse, Failed> {
        let market = self.markets[market].id.clone();
        let amount = Uint128::new(dollars(amount));
        self.deposit(who, 1);
        self.tell(who, &ExecuteMsg::LpDeposit { market, amount })
    }

    /// The keeper cranks the first market's compartment.
    pub fn crank(&mut self) -> AppResponse {
        self.crank_in(0, "keeper", 50).expect("a crank works")
    }

    /// Anyone cranks the n-th market's compartment.
    pub fn crank_in(
        &mut self,
        market: usize,
        who: &str,
        limit: u32,
    ) -> Result<AppResponse, Failed> {
        let id = self.markets[market].id.clone();
        let done = self.tell(who, &ExecuteMsg::Crank { market: id, limit });
        if self.audited && done.is_ok() {
            self.assert_covered(market);
        }
        done
    }

    /// Anyone cranks only the order book of the n-th market.
    pub fn crank_book(
        &mut self,
        market: usize,
        who: &str,
        limit: u32,
    ) -> Result<AppResponse, Failed> {
        let who = self.person(who);
        let msg = market::ExecuteMsg::Crank { limit, payee: None };
        self.send(&who, Module::Market(market), &msg, &[])
    }

    /// Increase at the next round, filled: for setting scenes.
    pub fn opened(&mut self, who: &str, side: Side, (text, margin): (&str, u128), at: &str) {
        self.deposit(who, margin + 10);
        self.increase(who, side, text, margin)
            .expect("the order is accepted");
        self.round(at);
        self.crank();
        assert!(self.position(who).is_some(), "{who}'s order filled");
    }
}
