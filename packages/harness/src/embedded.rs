//! The embedded chain: the shipped contracts as native code, in memory.

use std::{collections::HashMap, rc::Rc, time::Duration};

use cosmwasm_std::{
    testing::MockApi, Addr, Api, Binary, BlockInfo, Coin, ContractResult, Empty, Order,
    QueryRequest, Record, StdError, StdResult, Storage, SystemResult, Timestamp, WasmMsg,
    WasmQuery,
};
use cw_multi_test::{
    no_init, AddressGenerator, AppBuilder, AppResponse, BankSudo, Contract, Executor,
    SimpleAddressGenerator, SudoMsg, WasmKeeper,
};
use cw_utils::parse_execute_response_data;

use crate::{
    chain::{Chain, New, Part, CHAIN_ID, FIRST_BLOCK, FIRST_CODE},
    code::{self, Fault, LastError, Switch, Wires},
    exchange::Failed,
    next::{Newer, Next},
    people,
    touches::{Counted, Native},
};

/// Contracts are numbered from one, as on the stock chain.
struct Numbered;

impl AddressGenerator for Numbered {
    fn contract_address(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        code_id: u64,
        instance_id: u64,
    ) -> StdResult<Addr> {
        SimpleAddressGenerator.contract_address(api, storage, code_id, instance_id + 1)
    }
}

/// The embedded chain.
pub struct Embedded {
    /// What it is made of.
    pub app: Native,
    codes: HashMap<u64, Switch>,
    last_error: LastError,
}

impl Embedded {
    /// A chain without a contract, its first block at this time.
    pub(crate) fn new(start: Duration) -> Self {
        let keeper = WasmKeeper::new().with_address_generator(Numbered);
        let app = AppBuilder::new()
            .with_api(MockApi::default().with_prefix(people::PREFIX))
            .with_storage(Counted::default())
            .with_wasm(keeper)
            .with_block(block(FIRST_BLOCK, start));
        let mut app = app.build(no_init);
        // Here a contract fails by a switch, not by other code: these only take the numbers.
        for _ in 1..FIRST_CODE {
            app.store_code(code::stand_in());
        }
        Self {
            app,
            codes: HashMap::new(),
            last_error: Rc::default(),
        }
    }

    fn native(&self, part: Part) -> (Box<dyn Contract<Empty>>, Switch) {
        let wires = Wires {
            last_error: self.last_error.clone(),
            ..Wires::default()
        };
        let switch = wires.switch.clone();
        let code = match part {
            Part::Oracle => code::oracle(wires),
            Part::Engine => code::engine(wires),
            Part::Market => code::market(wires),
            Part::Breaker => code::breaker(wires),
            Part::StandIn => code::stand_in(),
        };
        (code, switch)
    }

    fn failed(&self, error: &StdError) -> Failed {
        Failed::of_type(error.to_string(), self.last_error.borrow_mut().take())
    }
}

fn block(height: u64, time: Duration) -> BlockInfo {
    let nanos = u64::try_from(time.as_nanos()).expect("a time of this age");
    BlockInfo {
        height,
        time: Timestamp::from_nanos(nanos),
        chain_id: CHAIN_ID.into(),
    }
}

impl Chain for Embedded {
    fn block(&self) -> BlockInfo {
        self.app.block_info()
    }

    fn next_block(&mut self, time: Duration) {
        let height = self.app.block_info().height + 1;
        self.app.set_block(block(height, time));
    }

    fn store(&mut self, part: Part) -> u64 {
        let (code, switch) = self.native(part);
        let code = self.app.store_code(code);
        self.codes.insert(code, switch);
        code
    }

    fn store_next(&mut self, part: Part, next: Next) -> u64 {
        let (shipped, switch) = self.native(part);
        let code = self.app.store_code(Box::new(Newer { shipped, next }));
        self.codes.insert(code, switch);
        code
    }

    fn set_admin(&mut self, sender: &Addr, contract: &Addr, admin: &Addr) {
        let msg = WasmMsg::UpdateAdmin {
            contract_addr: contract.to_string(),
            admin: admin.to_string(),
        };
        let done = self.app.execute(sender.clone(), msg.into());
        done.expect("the admin names another");
    }

    fn instantiate(&mut self, new: New) -> Result<Addr, Failed> {
        let msg = WasmMsg::Instantiate {
            admin: new.admin.map(Addr::to_string),
            code_id: new.code,
            msg: new.msg,
            funds: Vec::new(),
            label: new.label.to_owned(),
        };
        self.last_error.borrow_mut().take();
        let done = self.app.execute(new.sender.clone(), msg.into());
        let done = done.map_err(|e| self.failed(&e))?;
        let mut attrs = done.events.iter().flat_map(|e| &e.attributes);
        let made = attrs.find(|a| a.key == "_contract_address");
        Ok(Addr::unchecked(&made.expect("a contract was made").value))
    }

    fn execute(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: Binary,
        funds: &[Coin],
    ) -> Result<AppResponse, Failed> {
        let msg = WasmMsg::Execute {
            contract_addr: contract.to_string(),
            msg,
            funds: funds.to_vec(),
        };
        self.last_error.borrow_mut().take();
        let done = self.app.execute(sender.clone(), msg.into());
        let done = done.map_err(|e| self.failed(&e))?;
        let data = done.data.as_deref().map(parse_execute_response_data);
        let data = data.and_then(|data| data.expect("an answer of this kind").data);
        Ok(AppResponse { data, ..done })
    }

    fn migrate(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        code: u64,
    ) -> Result<AppResponse, Failed> {
        self.last_error.borrow_mut().take();
        let sender = sender.clone();
        let done = self
            .app
            .migrate_contract(sender, contract.clone(), &Empty {}, code);
        done.map_err(|e| self.failed(&e))
    }

    fn code_of(&self, contract: &Addr) -> u64 {
        self.app.contract_data(contract).expect("it exists").code_id
    }

    fn query(&self, contract: &Addr, msg: Binary) -> Result<Binary, Failed> {
        let request: QueryRequest<Empty> = QueryRequest::Wasm(WasmQuery::Smart {
            contract_addr: contract.to_string(),
            msg,
        });
        let request = cosmwasm_std::to_json_vec(&request).expect("a question serialises");
        let answer = cosmwasm_std::Querier::raw_query(&self.app, &request);
        match answer {
            SystemResult::Ok(ContractResult::Ok(answer)) => Ok(answer),
            SystemResult::Ok(ContractResult::Err(text)) => Err(Failed::told(text)),
            SystemResult::Err(e) => Err(Failed::told(e.to_string())),
        }
    }

    fn fault(&mut self, contract: &Addr, fault: Fault) {
        let code = self.code_of(contract);
        self.codes[&code].set(fault);
    }

    fn balance(&self, account: &Addr, denom: &str) -> u128 {
        let held = self.app.wrap().query_balance(account, denom);
        let amount = held.expect("the bank answers").amount;
        amount.to_string().parse().expect("a balance that fits")
    }

    fn mint(&mut self, to: &Addr, coin: Coin) {
        self.app
            .sudo(SudoMsg::Bank(BankSudo::Mint {
                to_address: to.to_string(),
                amount: vec![coin],
            }))
            .expect("minting works");
    }

    fn dump(&self, contract: &Addr) -> Vec<Record> {
        self.storage(contract)
            .range(None, None, Order::Ascending)
            .collect()
    }

    fn storage<'a>(&'a self, contract: &Addr) -> Box<dyn Storage + 'a> {
        self.app.contract_storage(contract)
    }

    fn embedded(&self) -> Option<&Embedded> {
        Some(self)
    }

    fn embedded_mut(&mut self) -> Option<&mut Embedded> {
        Some(self)
    }
}
