//! What an exchange stands on: a chain that stores code, runs contracts and keeps coins, one block at a time.

use std::{path::PathBuf, time::Duration};

use cosmwasm_std::{Addr, Binary, BlockInfo, Coin, Record, Storage};
use cw_multi_test::AppResponse;

use crate::{
    code::Fault,
    embedded::Embedded,
    exchange::Failed,
    next::Next,
    wasmd::{Files, Wasmd},
};

/// The chain's name.
pub const CHAIN_ID: &str = "bulkhead-1";
/// Height of the first block.
pub const FIRST_BLOCK: u64 = 1;
/// Codes below this are kept for contracts that fail on purpose: an exchange's own begin here on every chain.
pub const FIRST_CODE: u64 = 5;

/// Which chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// In memory, the contracts as native code.
    #[default]
    Embedded,
    /// The stock chain's own software, the contracts as wasm.
    Wasmd,
}

impl Kind {
    /// The one that every exchange of this process stands on where nobody says otherwise: `BULKHEAD_ON=wasmd` is the
    /// real one. So the same tests run on both.
    pub fn chosen() -> Self {
        match std::env::var("BULKHEAD_ON").as_deref() {
            Ok("wasmd") => Self::Wasmd,
            Ok(other) if other != "embedded" => {
                panic!("BULKHEAD_ON: embedded or wasmd, not {other}")
            }
            Ok(_) | Err(_) => Self::Embedded,
        }
    }

    /// A file that this chain needs and that nobody has built, if there is one.
    pub fn missing(self) -> Option<PathBuf> {
        match self {
            Self::Embedded => None,
            Self::Wasmd => Files::built().missing(),
        }
    }

    /// A chain without a contract, its first block at this time, and where it has its wasm.
    pub(crate) fn start(self, start: Duration, files: Files) -> Box<dyn Chain> {
        match self {
            Self::Embedded => Box::new(Embedded::new(start)),
            Self::Wasmd => Box::new(Wasmd::new((FIRST_BLOCK, start), files)),
        }
    }
}

/// A code an exchange is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// oracle-aggregator.
    Oracle,
    /// margin-engine.
    Engine,
    /// market.
    Market,
    /// breaker-governance.
    Breaker,
    /// A stand-in for a foreign price contract.
    StandIn,
}

/// A new contract.
pub struct New<'a> {
    /// Its code.
    pub code: u64,
    /// Who makes it.
    pub sender: &'a Addr,
    /// Its settings, JSON.
    pub msg: Binary,
    /// Its label.
    pub label: &'a str,
    /// Who may migrate it.
    pub admin: Option<&'a Addr>,
}

/// A chain. A message that fails changes nothing but who paid for it.
pub trait Chain {
    /// The open block.
    fn block(&self) -> BlockInfo;

    /// Close the open block and open the next, at this time.
    fn next_block(&mut self, time: Duration);

    /// Store a code; what it is called from now on.
    fn store(&mut self, part: Part) -> u64;

    /// Store a part's next version.
    fn store_next(&mut self, part: Part, next: Next) -> u64;

    /// Another wasm admin for a contract, in the name of the one it has.
    fn set_admin(&mut self, sender: &Addr, contract: &Addr, admin: &Addr);

    /// Make a contract.
    fn instantiate(&mut self, new: New) -> Result<Addr, Failed>;

    /// A message to a contract.
    fn execute(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: Binary,
        funds: &[Coin],
    ) -> Result<AppResponse, Failed>;

    /// Other code for a contract; the message is empty.
    fn migrate(&mut self, sender: &Addr, contract: &Addr, code: u64)
        -> Result<AppResponse, Failed>;

    /// The code a contract has.
    fn code_of(&self, contract: &Addr) -> u64;

    /// A question to a contract.
    fn query(&self, contract: &Addr, msg: Binary) -> Result<Binary, Failed>;

    /// Make a contract fail, or work again.
    fn fault(&mut self, contract: &Addr, fault: Fault);

    /// What an account holds of a coin.
    fn balance(&self, account: &Addr, denom: &str) -> u128;

    /// Coins out of nothing.
    fn mint(&mut self, to: &Addr, coin: Coin);

    /// A contract's whole storage, in order of keys.
    fn dump(&self, contract: &Addr) -> Vec<Record>;

    /// A contract's storage, to read.
    fn storage<'a>(&'a self, contract: &Addr) -> Box<dyn Storage + 'a>;

    /// The embedded chain, if this is it: some tests look at what only it shows.
    fn embedded(&self) -> Option<&Embedded> {
        None
    }

    /// The same, to change.
    fn embedded_mut(&mut self) -> Option<&mut Embedded> {
        None
    }

    /// The real chain, if this is it.
    fn wasmd(&self) -> Option<&Wasmd> {
        None
    }

    /// The same, to change.
    fn wasmd_mut(&mut self) -> Option<&mut Wasmd> {
        None
    }
}
