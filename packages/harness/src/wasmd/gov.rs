//! The chain's own governance: proposals of messages, a vote of the stakers, and what came of it.

use cosmwasm_std::{Addr, Event, WasmMsg};
use cw_multi_test::AppResponse;
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use types::breaker::DaoMsg;

use super::{execute, message, Wasmd};
use crate::{
    exchange::{Exchange, Failed},
    governor::{ordered, Governor, Seat},
    people,
};

/// What messages of the governance module begin with.
const GOV: &str = "/cosmos.gov.v1.Msg";
/// Who holds all the stake.
const STAKER: &str = "validator";
/// What a proposal needs put down before it is voted on, in the staking coin: the chain's default.
const DEPOSIT: &str = "10000000";
/// How long a vote lasts, minutes: the chain's genesis says so.
const VOTING: u32 = 10;

/// The account that speaks for the chain's own governance.
pub fn chain_governor() -> Addr {
    let digest = Sha256::digest(b"gov");
    people::humanized(&digest[..20])
}

/// A vote that has ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    proposal: u64,
    /// Why the messages were not executed.
    failed: Option<String>,
    /// What the block that executed them left.
    left: Vec<Event>,
}

fn said<'a>(event: &'a Event, key: &str) -> &'a str {
    let attr = event.attributes.iter().find(|a| a.key == key);
    attr.map_or("", |a| a.value.as_str())
}

/// The votes that ended when a block was opened.
pub(super) fn ended(left: &[Event]) -> Vec<Ended> {
    let votes = left.iter().filter(|e| e.ty == "active_proposal");
    let ended = |vote: &Event| {
        let result = said(vote, "proposal_result");
        let why = || format!("{result}: {}", said(vote, "proposal_log"));
        Ended {
            proposal: said(vote, "proposal_id").parse().expect("a number"),
            failed: (result != "proposal_passed").then(why),
            left: left.to_vec(),
        }
    };
    votes.map(ended).collect()
}

/// A contract's message or new code in the words of the chain.
// The enum is open: whoever proposes another kind first teaches it here.
#[allow(clippy::wildcard_enum_match_arm)]
fn spoken(by: &Addr, msg: &WasmMsg) -> Value {
    match msg {
        WasmMsg::Execute {
            contract_addr,
            msg,
            funds,
        } => execute(by, &Addr::unchecked(contract_addr), msg, funds),
        WasmMsg::Migrate {
            contract_addr,
            new_code_id,
            msg,
        } => {
            let msg: Value = serde_json::from_slice(msg).expect("a message is JSON");
            let code = new_code_id.to_string();
            let fields =
                json!({"sender": by, "contract": contract_addr, "code_id": code, "msg": msg});
            message("MigrateContract", fields)
        }
        other => panic!("nobody has proposed this yet: {other:?}"),
    }
}

/// An order to a contract from the chain itself, past every sender.
pub fn sudo(authority: &Addr, contract: &Addr, order: &DaoMsg) -> Value {
    let fields = json!({"authority": authority, "contract": contract, "msg": order});
    message("SudoContract", fields)
}

impl Wasmd {
    /// A person proposes messages to the stakers, the deposit put down: the proposal's number.
    pub fn propose(&mut self, who: &str, msgs: &[Value]) -> Result<u64, Failed> {
        let who = people::address(who);
        let msg = json!({
            "@type": format!("{GOV}SubmitProposal"),
            "messages": msgs,
            "initial_deposit": [{"denom": "stake", "amount": DEPOSIT}],
            "proposer": who,
            "metadata": "",
            "title": "an order",
            "summary": "what the messages say",
            "expedited": false,
        });
        let done = self.tx(&who, &[msg])?;
        let all = done.events.iter().filter(|e| e.ty == "submit_proposal");
        let number = all.map(|e| said(e, "proposal_id")).find(|n| !n.is_empty());
        Ok(number.expect("it has a number").parse().expect("a number"))
    }

    /// A person votes.
    pub fn vote(&mut self, who: &str, proposal: u64, yes: bool) -> Result<AppResponse, Failed> {
        let who = people::address(who);
        let option = if yes { "YES" } else { "NO" };
        let msg = json!({
            "@type": format!("{GOV}Vote"),
            "proposal_id": proposal.to_string(),
            "voter": who,
            "option": format!("VOTE_OPTION_{option}"),
            "metadata": "",
        });
        self.tx(&who, &[msg])
    }

    /// What became of a proposal once its vote has ended: what its block left, or why it changed nothing.
    pub fn ended(&self, proposal: u64) -> Option<Result<AppResponse, Failed>> {
        let vote = self.votes.iter().find(|v| v.proposal == proposal)?;
        Some(match &vote.failed {
            Some(why) => Err(Failed::told(why.clone())),
            None => Ok(AppResponse {
                events: vote.left.clone(),
                data: None,
            }),
        })
    }
}

/// The chain's own governance as governor of an exchange.
pub struct ChainVote {
    /// Whether its orders come past every sender.
    pub sudo: bool,
    /// What happens in each minute of a vote, a block of a minute at least.
    pub minute: fn(&mut Exchange),
}

impl ChainVote {
    fn decide(&self, x: &mut Exchange, msgs: &[Value]) -> Result<AppResponse, Failed> {
        let chain = x.chain.wasmd_mut().expect("the real chain");
        let proposal = chain.propose(STAKER, msgs)?;
        chain.vote(STAKER, proposal, true)?;
        for _ in 0..VOTING {
            (self.minute)(x);
        }
        let chain = x.chain.wasmd().expect("the real chain");
        chain.ended(proposal).expect("the vote has ended")
    }
}

impl Governor for ChainVote {
    fn seat(&self) -> Seat {
        Seat::Chain
    }

    fn pass(&self, x: &mut Exchange, msgs: &[WasmMsg]) -> Result<AppResponse, Failed> {
        let by = chain_governor();
        let msgs: Vec<_> = msgs.iter().map(|msg| spoken(&by, msg)).collect();
        self.decide(x, &msgs)
    }

    fn orders(&self, x: &mut Exchange, orders: Vec<DaoMsg>) -> Result<AppResponse, Failed> {
        if !self.sudo {
            let msgs = ordered(&x.breaker, orders);
            return self.pass(x, &msgs);
        }
        let by = chain_governor();
        let told = orders.iter().map(|order| sudo(&by, &x.breaker, order));
        let msgs: Vec<_> = told.collect();
        self.decide(x, &msgs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chains_governor_is_the_account_every_chain_gives_it() {
        let known = "wasm10d07y265gmmuvt4z0w9aw880jnsr700js7zslc";
        assert_eq!(chain_governor().as_str(), known);
    }

    #[test]
    fn a_vote_has_failed_unless_it_passed() {
        let vote = |number: &str, result: &str| {
            Event::new("active_proposal")
                .add_attribute("proposal_id", number)
                .add_attribute("proposal_result", result)
                .add_attribute("proposal_log", "told")
        };
        let left = [
            vote("1", "proposal_passed"),
            Event::new("mint"),
            vote("2", "proposal_failed"),
            vote("3", "proposal_rejected"),
        ];
        let ended = ended(&left);
        let failed: Vec<_> = ended.iter().map(|v| v.failed.as_deref()).collect();
        let [failing, rejected] = ["proposal_failed: told", "proposal_rejected: told"];
        assert_eq!(failed, [None, Some(failing), Some(rejected)]);
        assert_eq!(ended.iter().map(|v| v.proposal).sum::<u64>(), 6);
    }
}
