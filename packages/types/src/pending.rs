//! Unfinished business. What a contract must do when a submessage returns travels in the
//! submessage, so nothing is parked in storage and no reply id is ever numbered.

use cosmwasm_std::{from_json, CosmosMsg, Reply, ReplyOn, StdResult, SubMsg, SubMsgResult};
use cw_utils::parse_execute_response_data;
use serde::{de::DeserializeOwned, Serialize};

use crate::strict::Lenient;

/// A contract's enum of the replies it can be waiting for. Only it reads what it wrote: in the form of what is stored.
pub trait Pending: Serialize + DeserializeOwned {
    /// Send `msg`, contained: at most `gas` is spent on it, and whatever becomes of it, come back.
    fn contained(&self, msg: impl Into<CosmosMsg>, gas: u64) -> StdResult<SubMsg> {
        let mut sub = SubMsg::new(msg)
            .with_payload(store::pack(self)?)
            .with_gas_limit(gas);
        sub.reply_on = ReplyOn::Always;
        Ok(sub)
    }

    /// The same, but come back only if it fails.
    fn guarded(&self, msg: impl Into<CosmosMsg>, gas: u64) -> StdResult<SubMsg> {
        let mut sub = self.contained(msg, gas)?;
        sub.reply_on = ReplyOn::Error;
        Ok(sub)
    }

    /// What we were waiting for.
    fn resume(reply: &Reply) -> StdResult<Self> {
        store::unpack(&reply.payload)
    }
}

/// What became of a contained message.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It answered, and the answer reads.
    Answered(T),
    /// It failed, ran out of gas, answered nothing, or answered something that does not read. Its
    /// text is never looked at: chains redact it differently.
    Fault,
}

/// Read the data a contained message answered with.
pub fn outcome<T: DeserializeOwned>(result: SubMsgResult) -> Outcome<T> {
    match result {
        SubMsgResult::Err(_) => Outcome::Fault,
        SubMsgResult::Ok(response) => {
            #[allow(deprecated)]
            let data = response.data;
            data.and_then(|d| parse_execute_response_data(d.as_slice()).ok())
                .and_then(|d| d.data)
                .and_then(|d| from_json::<Lenient<T>>(d).ok())
                .map_or(Outcome::Fault, |answer| Outcome::Answered(answer.0))
        }
    }
}
