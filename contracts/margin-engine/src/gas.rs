//! Gas given to contained messages. A parent's own limit exceeds the sum of its children's.

use cosmwasm_std::{to_json_binary, Env, StdResult, WasmMsg};
use types::engine::FromItself;

/// For the market to take one order.
pub const ACCEPT: u64 = 400_000;
/// For the market to start a crank.
pub const CRANK_BASE: u64 = 500_000;
/// For each order of a crank: its settlement, and the refund where that fails.
pub const CRANK_EACH: u64 = 2_400_000;
/// For the breaker to hear what a market's books read, and to lease a stance.
pub const VITALS: u64 = 1_200_000;
/// For our own work at the newest rounds, the breaker's hearing included.
pub const WORK_BASE: u64 = 2_500_000;
/// For each liquidation of it.
pub const WORK_EACH: u64 = 600_000;
/// For one liquidation alone.
pub const LIQUIDATE: u64 = 1_500_000;
/// For one order of a dead market.
pub const TAKE_OVER: u64 = 1_800_000;

/// For the breaker's code to be replaced.
pub const MIGRATE: u64 = 30_000_000;

/// A message to ourselves.
pub fn to_self(env: &Env, msg: &FromItself) -> StdResult<WasmMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: env.contract.address.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    })
}
