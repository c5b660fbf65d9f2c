//! Who governs. The people behind a governor propose, vote and execute; contracts see one sender, or the chain itself.

use cosmwasm_std::{to_json_binary, Addr, WasmMsg};
use cw_multi_test::AppResponse;
use serde::Serialize;
use types::breaker::{self, DaoMsg};

use crate::{
    chain::Chain,
    exchange::{Exchange, Failed},
    people,
    wasmd::{chain_governor, DaoDao},
};

/// Who takes the DAO's seat of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Seat {
    /// The person `dao`, who decides alone and at once.
    #[default]
    Person,
    /// The real chain's own governance: every staker votes.
    Chain,
    /// A DAO DAO on the real chain, of these people, who have a vote each.
    Group(Vec<&'static str>),
}

impl Seat {
    /// Whom contracts will know.
    pub(crate) fn taken(&self, chain: &mut dyn Chain) -> Addr {
        match self {
            Self::Person => people::address("dao"),
            Self::Chain => chain_governor(),
            Self::Group(members) => {
                let chain = chain.wasmd_mut().expect("a DAO DAO is on the real chain");
                DaoDao::found(chain, members)
            }
        }
    }
}

/// A governor of flesh and blood.
pub trait Governor {
    /// The seat it takes.
    fn seat(&self) -> Seat;

    /// Its people propose these messages, vote yes and have them executed, all or none: what they left, or why none was.
    fn pass(&self, x: &mut Exchange, msgs: &[WasmMsg]) -> Result<AppResponse, Failed>;

    /// These orders to the breaker in one vote.
    fn orders(&self, x: &mut Exchange, orders: Vec<DaoMsg>) -> Result<AppResponse, Failed> {
        let msgs = ordered(&x.breaker, orders);
        self.pass(x, &msgs)
    }

    /// One order to the breaker.
    fn order(&self, x: &mut Exchange, order: DaoMsg) -> Result<AppResponse, Failed> {
        self.orders(x, vec![order])
    }
}

/// Orders to the breaker as messages of their sender.
pub(crate) fn ordered(breaker: &Addr, orders: Vec<DaoMsg>) -> Vec<WasmMsg> {
    let dao = |order| breaker::ExecuteMsg::Dao { order };
    let told = orders.into_iter().map(|order| tell(breaker, &dao(order)));
    told.collect()
}

/// A message to a contract, without coins.
pub fn tell<M: Serialize>(to: &Addr, msg: &M) -> WasmMsg {
    WasmMsg::Execute {
        contract_addr: to.to_string(),
        msg: to_json_binary(msg).expect("a message serialises"),
        funds: Vec::new(),
    }
}

/// Other code for a contract.
pub fn replace(contract: &Addr, code: u64) -> WasmMsg {
    WasmMsg::Migrate {
        contract_addr: contract.to_string(),
        new_code_id: code,
        msg: to_json_binary(&cosmwasm_std::Empty {}).expect("nothing serialises"),
    }
}
