//! The real chain: the shipped wasm on the stock chain's own software, in another process.

mod dao;
mod files;
mod gov;
mod line;
mod story;
mod trial;
mod villain;

use std::{cell::RefCell, collections::HashMap, time::Duration};

use cosmwasm_std::{
    testing::MockStorage, Addr, Binary, BlockInfo, Coin, Event, Record, Storage, Timestamp,
};
use cw_multi_test::AppResponse;
use serde_json::{json, Value};

use self::line::{Answer, Line};
pub use self::{
    dao::DaoDao,
    files::Files,
    gov::{chain_governor, sudo, ChainVote},
    line::Spent,
    story::Story,
    trial::{Cost, Trial, Tried},
};
use crate::{
    chain::{Chain, New, Part, CHAIN_ID},
    code::Fault,
    exchange::Failed,
    next::{self, Next},
    people,
};

/// What messages of the wasm module begin with.
const WASM: &str = "/cosmwasm.wasm.v1.Msg";
/// Records in one line.
const PART: usize = 10_000;

/// The real chain.
pub struct Wasmd {
    line: RefCell<Line>,
    files: Files,
    block: BlockInfo,
    /// Height and time of the first block.
    first: (u64, Duration),
    /// Contracts that were made to fail: their own code, and the one that stands in its place.
    failing: HashMap<Addr, (u64, u64)>,
    villains: Vec<(Fault, u64)>,
    /// What a transaction may use; nought is what a block holds.
    limit: u64,
    /// Votes that have ended.
    votes: Vec<gov::Ended>,
}

impl Wasmd {
    /// A chain without a contract but those that fail on purpose, its first block so high and at this time.
    pub(crate) fn new((height, start): (u64, Duration), files: Files) -> Self {
        let args = [
            "-chain-id".to_owned(),
            CHAIN_ID.to_owned(),
            "-height".to_owned(),
            height.to_string(),
            "-time".to_owned(),
            start.as_nanos().to_string(),
        ];
        let mut chain = Self {
            line: RefCell::new(Line::open(&files.chain, &args)),
            files,
            block: BlockInfo {
                height,
                time: timestamp(start),
                chain_id: CHAIN_ID.into(),
            },
            first: (height, start),
            failing: HashMap::new(),
            villains: Vec::new(),
            limit: 0,
            votes: Vec::new(),
        };
        for fault in villain::FAULTS {
            let code = chain.store_code(&villain::code(fault));
            let code = code.expect("a villain is a contract");
            chain.villains.push((fault, code));
        }
        chain
    }

    fn ask(&self, request: &Value) -> Answer {
        self.line.borrow_mut().ask(request)
    }

    /// A request that cannot fail.
    #[track_caller]
    fn must(&self, request: &Value) -> Answer {
        let answer = self.ask(request);
        assert!(answer.error.is_empty(), "{}: {request}", answer.error);
        answer
    }

    /// Messages of any module in one transaction, signed by a person.
    pub fn tx(&mut self, sender: &Addr, msgs: &[Value]) -> Result<AppResponse, Failed> {
        let done = done(&self.signed(sender, msgs)?);
        self.learn(&done.events);
        Ok(done)
    }

    /// Which code contracts now have.
    fn learn(&mut self, left: &[Event]) {
        let said = |event: &Event, key: &str| {
            let attr = event.attributes.iter().find(|a| a.key == key);
            attr.map(|a| a.value.clone())
        };
        for event in left.iter().filter(|e| e.ty == "migrate") {
            if let Some(contract) = said(event, "_contract_address").map(Addr::unchecked) {
                self.failing.remove(&contract);
            }
        }
    }

    fn signed(&self, sender: &Addr, msgs: &[Value]) -> Result<Answer, Failed> {
        let name = people::name(sender).ok_or_else(|| Failed::told(format!("{sender}: no key")))?;
        let answer = self.ask(&json!({"op": "tx", "from": name, "msgs": msgs, "gas": self.limit}));
        if answer.error.is_empty() {
            Ok(answer)
        } else {
            Err(Failed::told(answer.error))
        }
    }

    /// Store any code; what it is called, or why the chain refuses it.
    pub fn store_code(&mut self, wasm: &[u8]) -> Result<u64, Failed> {
        let sender = people::address("deployer");
        Ok(self.signed(&sender, &[stored_code(wasm)])?.code)
    }

    /// From now on a transaction may use so much gas; until then it may use what a block holds.
    pub fn limit(&mut self, gas: u64) {
        self.limit = gas;
    }

    /// Store a build that fails so where it is to take over a contract, when it has already written something. What it is
    /// called.
    pub fn store_upgrade(&mut self, fault: Fault) -> u64 {
        let stored = self.store_code(&villain::upgrade(fault));
        stored.expect("a villain is a contract")
    }

    /// The code that a contract runs, as the chain says: a contract that was made to fail runs other code than its own.
    pub fn running(&self, contract: &Addr) -> u64 {
        self.must(&json!({"op": "code", "to": contract})).code
    }

    /// A contract's storage becomes this, whatever it was.
    pub fn restore(&mut self, contract: &Addr, records: &[Record]) {
        self.must(&json!({"op": "empty", "to": contract}));
        for part in records.chunks(PART) {
            let bytes = |(k, v): &Record| [Binary::from(k.as_slice()), Binary::from(v.as_slice())];
            let part: Vec<_> = part.iter().map(bytes).collect();
            self.must(&json!({"op": "restore", "to": contract, "records": part}));
        }
    }

    /// Keep a code in memory, as a vote of the chain can, or no longer.
    pub fn pin(&mut self, code: u64, pinned: bool) {
        let op = if pinned { "pin" } else { "unpin" };
        self.must(&json!({"op": op, "code": code}));
    }

    fn migrated(&self, sender: &Addr, contract: &Addr, code: u64) -> Result<Answer, Failed> {
        let fields =
            json!({"sender": sender, "contract": contract, "code_id": code.to_string(), "msg": {}});
        self.signed(sender, &[message("MigrateContract", fields)])
    }
}

/// A message of the wasm module.
fn message(what: &str, mut fields: Value) -> Value {
    fields["@type"] = format!("{WASM}{what}").into();
    fields
}

/// The deployer stores a code.
fn stored_code(wasm: &[u8]) -> Value {
    let sender = people::address("deployer");
    let fields = json!({"sender": sender, "wasm_byte_code": Binary::from(wasm)});
    message("StoreCode", fields)
}

/// A contract's message, with coins.
pub fn execute(sender: &Addr, contract: &Addr, msg: &Binary, funds: &[Coin]) -> Value {
    let msg: Value = serde_json::from_slice(msg).expect("a message is JSON");
    let mut funds: Vec<Coin> = funds.to_vec();
    funds.sort_by(|a, b| a.denom.cmp(&b.denom));
    let fields = json!({"sender": sender, "contract": contract, "msg": msg, "funds": funds});
    message("ExecuteContract", fields)
}

fn done(answer: &Answer) -> AppResponse {
    AppResponse {
        events: answer.events(),
        data: answer.data.clone(),
    }
}

fn records(told: Vec<(Binary, Binary)>) -> Vec<Record> {
    told.into_iter()
        .map(|(k, v)| (k.into(), v.into()))
        .collect()
}

/// These records as a storage.
pub(crate) fn stored(records: &[Record]) -> Box<dyn Storage> {
    let mut storage = MockStorage::new();
    for (key, value) in records {
        storage.set(key, value);
    }
    Box::new(storage)
}

fn timestamp(time: Duration) -> Timestamp {
    Timestamp::from_nanos(u64::try_from(time.as_nanos()).expect("a time of this age"))
}

impl Chain for Wasmd {
    fn block(&self) -> BlockInfo {
        self.block.clone()
    }

    fn next_block(&mut self, time: Duration) {
        let opened = self.must(&json!({"op": "block", "at": time.as_nanos().to_string()}));
        self.block.height += 1;
        self.block.time = timestamp(time);
        let left = opened.events();
        self.learn(&left);
        self.votes.extend(gov::ended(&left));
    }

    fn store(&mut self, part: Part) -> u64 {
        let msg = stored_code(&self.files.wasm(part));
        let deployer = people::name(&people::address("deployer"));
        let request = json!({"op": "tx", "from": deployer, "msgs": [msg]});
        let mut line = self.line.borrow_mut();
        let answer = line.told(story::stored(part), |line| line.ask(&request));
        assert!(answer.error.is_empty(), "{part:?}: {}", answer.error);
        answer.code
    }

    fn store_next(&mut self, part: Part, next: Next) -> u64 {
        let code = next::wasm(self.files.wasm(part), next);
        self.store_code(&code).expect("the chain takes the code")
    }

    fn set_admin(&mut self, sender: &Addr, contract: &Addr, admin: &Addr) {
        let fields = json!({"sender": sender, "contract": contract, "new_admin": admin});
        let done = self.signed(sender, &[message("UpdateAdmin", fields)]);
        done.expect("the admin names another");
    }

    fn instantiate(&mut self, new: New) -> Result<Addr, Failed> {
        let msg: Value = serde_json::from_slice(&new.msg).expect("settings are JSON");
        let fields = json!({
            "sender": new.sender,
            "admin": new.admin,
            "code_id": new.code.to_string(),
            "label": new.label,
            "msg": msg,
            "funds": [],
        });
        let answer = self.signed(new.sender, &[message("InstantiateContract", fields)])?;
        Ok(Addr::unchecked(answer.address))
    }

    fn execute(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: Binary,
        funds: &[Coin],
    ) -> Result<AppResponse, Failed> {
        self.tx(sender, &[execute(sender, contract, &msg, funds)])
    }

    fn migrate(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        code: u64,
    ) -> Result<AppResponse, Failed> {
        let answer = self.migrated(sender, contract, code)?;
        self.failing.remove(contract);
        Ok(done(&answer))
    }

    fn code_of(&self, contract: &Addr) -> u64 {
        if let Some((own, _)) = self.failing.get(contract) {
            return *own;
        }
        self.running(contract)
    }

    fn query(&self, contract: &Addr, msg: Binary) -> Result<Binary, Failed> {
        let msg: Value = serde_json::from_slice(&msg).expect("a question is JSON");
        let answer = self.ask(&json!({"op": "smart", "to": contract, "msg": msg}));
        if answer.error.is_empty() {
            Ok(answer.data.unwrap_or_default())
        } else {
            Err(Failed::told(answer.error))
        }
    }

    fn fault(&mut self, contract: &Addr, fault: Fault) {
        let own = self.code_of(contract);
        let villain = self.villains.iter().find(|(f, _)| *f == fault);
        let code = villain.map_or(own, |(_, code)| *code);
        let there = self.failing.get(contract).map_or(own, |(_, there)| *there);
        if code == there {
            return;
        }
        let admin = people::address("deployer");
        let done = self.migrated(&admin, contract, code);
        done.expect("the deployer may migrate");
        if code == own {
            self.failing.remove(contract);
        } else {
            self.failing.insert(contract.clone(), (own, code));
        }
    }

    fn balance(&self, account: &Addr, denom: &str) -> u128 {
        let answer = self.must(&json!({"op": "balance", "to": account, "denom": denom}));
        answer.amount.parse().expect("a balance that fits")
    }

    fn mint(&mut self, to: &Addr, coin: Coin) {
        let amount = coin.amount.to_string();
        self.must(&json!({"op": "mint", "to": to, "denom": coin.denom, "amount": amount}));
    }

    fn dump(&self, contract: &Addr) -> Vec<Record> {
        let answer = self.must(&json!({"op": "dump", "to": contract}));
        records(answer.records)
    }

    fn storage<'a>(&'a self, contract: &Addr) -> Box<dyn Storage + 'a> {
        stored(&self.dump(contract))
    }

    fn wasmd(&self) -> Option<&Wasmd> {
        Some(self)
    }

    fn wasmd_mut(&mut self) -> Option<&mut Wasmd> {
        Some(self)
    }
}
