//! A real DAO DAO: a group of people with a vote each, a module they propose and vote in, and the core, which is the one
//! that contracts see.

use std::time::Duration;

use cosmwasm_std::{from_json, to_json_binary, Addr, Binary, CosmosMsg, Empty, WasmMsg};
use cw_multi_test::AppResponse;
use serde_json::{json, Value};

use super::Wasmd;
use crate::{
    chain::{Chain, New},
    exchange::{Exchange, Failed},
    governor::{Governor, Seat},
    people,
};

/// How long a vote may last, seconds. It passes as soon as most have said yes.
const VOTING: u64 = 7 * 86_400;

/// A DAO DAO.
#[derive(Debug, Clone)]
pub struct DaoDao {
    /// Its people, a vote each.
    pub members: Vec<&'static str>,
}

fn bytes(msg: &Value) -> Binary {
    to_json_binary(msg).expect("it serialises")
}

/// A module of the core, which is its admin.
fn module(code: u64, label: &str, msg: &Value) -> Value {
    let admin = json!({"core_module": {}});
    json!({"code_id": code, "msg": bytes(msg), "admin": admin, "funds": [], "label": label})
}

/// Most of all votes decide, at once; who executes is a member; what fails is closed.
fn votes() -> Value {
    json!({
        "threshold": {"absolute_percentage": {"percentage": {"majority": {}}}},
        "max_voting_period": {"time": VOTING},
        "min_voting_period": null,
        "only_members_execute": true,
        "allow_revoting": false,
        "pre_propose_info": {"anyone_may_propose": {}},
        "close_proposal_on_execution_failure": true,
        "veto": null,
    })
}

impl DaoDao {
    /// Of these people.
    pub fn of(members: &[&'static str]) -> Self {
        let members = members.to_vec();
        Self { members }
    }

    /// One of these people on the chain of an exchange, beside whoever governs it.
    pub fn beside(x: &mut Exchange, members: &[&str]) -> Addr {
        let chain = x.chain.wasmd_mut().expect("a DAO DAO is on the real chain");
        Self::found(chain, members)
    }

    /// Store the code and make one of these people: its core.
    pub(crate) fn found(chain: &mut Wasmd, members: &[&str]) -> Addr {
        let mut store = |name| {
            let code = chain.files.dao(name);
            chain.store_code(&code).expect("the chain takes the code")
        };
        let (core, proposals) = (store("dao_dao_core"), store("dao_proposal_single"));
        let (voting, group) = (store("dao_voting_cw4"), store("cw4_group"));
        let member = |name: &&str| json!({"addr": people::address(name), "weight": 1});
        let members: Vec<_> = members.iter().map(member).collect();
        let group = json!({"cw4_group_code_id": group, "initial_members": members});
        let group = json!({"group_contract": {"new": group}});
        let msg = json!({
            "admin": null,
            "name": "the DAO",
            "description": "who governs",
            "image_url": null,
            "automatically_add_cw20s": false,
            "automatically_add_cw721s": false,
            "voting_module_instantiate_info": module(voting, "voting", &group),
            "proposal_modules_instantiate_info": [module(proposals, "proposals", &votes())],
            "initial_items": null,
            "dao_uri": null,
        });
        let made = chain.instantiate(New {
            code: core,
            sender: &people::address("deployer"),
            msg: bytes(&msg),
            label: "dao",
            admin: None,
        });
        // Votes count from the next block.
        let now = Duration::from_nanos(chain.block().time.nanos());
        chain.next_block(now + Duration::from_secs(1));
        made.expect("it instantiates")
    }

    /// Where its people propose.
    fn proposals(x: &Exchange) -> Addr {
        let modules: Value = asked(x, &x.dao, &json!({"proposal_modules": {}}));
        let address = modules[0]["address"].as_str();
        Addr::unchecked(address.expect("it has a proposal module"))
    }

    fn say(x: &mut Exchange, who: &str, what: &Value) -> Result<AppResponse, Failed> {
        let to = Self::proposals(x);
        x.chain
            .execute(&people::address(who), &to, bytes(what), &[])
    }

    /// Somebody proposes messages of the core: the proposal's number.
    pub fn propose(x: &mut Exchange, who: &str, msgs: &[WasmMsg]) -> Result<u64, Failed> {
        let msgs: Vec<CosmosMsg<Empty>> = msgs.iter().cloned().map(Into::into).collect();
        let fields =
            json!({"title": "an order", "description": "", "msgs": msgs, "proposer": null});
        Self::say(x, who, &json!({"propose": fields}))?;
        let count: Value = asked(x, &Self::proposals(x), &json!({"proposal_count": {}}));
        Ok(count.as_u64().expect("a number"))
    }

    /// A member votes.
    pub fn vote(x: &mut Exchange, who: &str, (proposal, yes): (u64, bool)) -> Result<(), Failed> {
        let vote = if yes { "yes" } else { "no" };
        let fields = json!({"proposal_id": proposal, "vote": vote, "rationale": null});
        Self::say(x, who, &json!({"vote": fields})).map(|_| ())
    }

    /// A member has a proposal executed that has passed.
    pub fn execute(x: &mut Exchange, who: &str, proposal: u64) -> Result<AppResponse, Failed> {
        let done = Self::say(x, who, &json!({"execute": {"proposal_id": proposal}}))?;
        match Self::status(x, proposal).as_str() {
            "executed" => Ok(done),
            other => Err(Failed::told(other.to_owned())),
        }
    }

    /// How a proposal stands, in its own word.
    pub fn status(x: &Exchange, proposal: u64) -> String {
        let query = json!({"proposal": {"proposal_id": proposal}});
        let told: Value = asked(x, &Self::proposals(x), &query);
        let status = told["proposal"]["status"].as_str();
        status.expect("a word").to_owned()
    }
}

fn asked(x: &Exchange, contract: &Addr, query: &Value) -> Value {
    let answer = x.chain.query(contract, bytes(query));
    from_json(answer.expect("it answers")).expect("JSON")
}

impl Governor for DaoDao {
    fn seat(&self) -> Seat {
        Seat::Group(self.members.clone())
    }

    fn pass(&self, x: &mut Exchange, msgs: &[WasmMsg]) -> Result<AppResponse, Failed> {
        let first = self.members[0];
        let proposal = Self::propose(x, first, msgs)?;
        for member in &self.members {
            if Self::status(x, proposal) == "open" {
                Self::vote(x, member, (proposal, true))?;
            }
        }
        Self::execute(x, first, proposal)
    }
}
