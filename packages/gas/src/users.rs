//! What traders and liquidity providers send.

use cosmwasm_std::Uint128;
use harness::{dollars, increase, reduce, Exchange, Module, DENOM};
use types::{
    engine::{ExecuteMsg, Order},
    Side,
};

use crate::{
    real::{Call, Scale},
    scene::{calm, typical},
    table::Row,
};

fn place(market: String, order: Order) -> ExecuteMsg {
    ExecuteMsg::PlaceOrder {
        market,
        order,
        limit: None,
        expiry: None,
    }
}

struct Users {
    x: Exchange,
    scale: Scale,
    rows: Vec<Row>,
}

impl Users {
    fn market(&self) -> String {
        self.x.markets[0].id.clone()
    }

    fn weigh(&mut self, name: &str, who: &str, msg: &ExecuteMsg, funds: u128) {
        let mut call = Call::of(&self.x, who, Module::Engine, msg);
        if funds > 0 {
            call = call.with(funds);
        }
        let row = self.scale.row("user", name, &self.x, &call);
        self.rows.push(row);
    }

    fn money(&mut self) {
        self.weigh("deposit", "alice", &ExecuteMsg::Deposit {}, dollars(100));
        let withdraw = ExecuteMsg::Withdraw {
            denom: DENOM.into(),
            amount: Uint128::new(dollars(100)),
        };
        self.weigh("withdraw", "alice", &withdraw, 0);
        let (market, amount) = (self.market(), Uint128::new(dollars(100)));
        let add = ExecuteMsg::AddMargin {
            market: market.clone(),
            amount,
        };
        self.weigh("add margin", "alice", &add, 0);
        let remove = ExecuteMsg::RemoveMargin { market, amount };
        self.weigh("remove margin", "alice", &remove, 0);
    }

    fn orders(&mut self) {
        let market = self.market();
        let open = place(market.clone(), increase(Side::Long, "1", 400));
        self.weigh("place an increase", "alice", &open, 0);
        self.weigh(
            "place an increase, coins along",
            "alice",
            &open,
            dollars(500),
        );
        let less = place(market.clone(), reduce(Side::Long, "1"));
        self.weigh("place a reduction", "alice", &less, 0);
        let close = place(market.clone(), Order::Close { side: Side::Long });
        self.weigh("place a close", "alice", &close, 0);
        let flip = ExecuteMsg::Flip {
            market: market.clone(),
            side: Side::Long,
            size: Uint128::new(1_000_000_000_000),
            margin: Uint128::new(dollars(400)),
            limit: None,
            expiry: None,
        };
        self.weigh("flip", "alice", &flip, 0);
        self.x
            .increase("alice", Side::Long, "1", 400)
            .expect("it is taken");
        let order = self.x.mandates("alice")[0].order;
        let amend = ExecuteMsg::AmendOrder {
            market: market.clone(),
            order,
            to: increase(Side::Long, "0.5", 300),
            limit: None,
            expiry: None,
        };
        self.weigh("amend an order", "alice", &amend, 0);
        let cancel = ExecuteMsg::CancelOrder {
            market: market.clone(),
            order,
        };
        self.weigh("cancel an order", "alice", &cancel, 0);
        self.x.cancel("alice", order).expect("it is called back");
    }

    fn liquidity(&mut self) {
        let (market, amount) = (self.market(), Uint128::new(dollars(1_000)));
        let deposit = ExecuteMsg::LpDeposit {
            market: market.clone(),
            amount,
        };
        self.weigh("ask into the vault", "alice", &deposit, 0);
        let fund = ExecuteMsg::FundInsurance {
            market: market.clone(),
            amount,
        };
        self.weigh("fund insurance", "alice", &fund, 0);
        self.x.lp_deposit("alice", 0, 1_000).expect("a request");
        self.x.round("2000");
        self.x.crank();
        let claim = ExecuteMsg::LpClaim {
            market: market.clone(),
        };
        self.weigh("claim shares of the vault", "alice", &claim, 0);
        self.x.lp_claim("alice").expect("the request was priced");
        self.x.wait(3_600);
        self.x.round("2000");
        let shares = self.x.lp(0, "alice").shares;
        let leave = ExecuteMsg::LpWithdraw {
            market: market.clone(),
            shares,
        };
        self.weigh("ask out of the vault", "alice", &leave, 0);
        self.x.lp_withdraw("alice", shares).expect("a request");
        self.x.round("2000");
        self.x.crank();
        self.weigh("claim money from the vault", "alice", &claim, 0);
    }
}

/// All of them.
pub fn rows() -> Vec<Row> {
    let mut users = Users {
        x: typical(),
        scale: Scale::new(calm()),
        rows: Vec::new(),
    };
    users.money();
    users.orders();
    users.liquidity();
    users.rows
}
