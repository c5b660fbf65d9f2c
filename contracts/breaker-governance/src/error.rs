//! Why the breaker says no.

use cosmwasm_std::{Addr, StdError};
use cw_utils::PaymentError;
use math::units::OutOfRange;
use thiserror::Error;
use types::{
    id::{BadDenom, BadName},
    level::Level,
    params::BadParam,
    scope::Scope,
    upgrade::{NotMoved, Worse},
};

/// Who may do what nobody else may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The oracle of the settings.
    Oracle,
    /// The engine of the settings.
    Engine,
    /// This contract.
    Itself,
    /// A listed guardian, or for a veto one removed a short while ago.
    Guardian,
    /// The DAO of the settings.
    Dao,
    /// The DAO that a change names.
    NextDao,
}

/// What comes in lists of bounded length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Readings of a report.
    Readings,
    /// Markets.
    Markets,
    /// Guardians.
    Guardians,
}

/// Why the breaker says no.
#[derive(Debug, Error)]
pub enum ContractError {
    /// Storage, addresses, serialisation, versions.
    #[error("{0}")]
    Std(#[from] StdError),
    /// Coins were sent along.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// A number left its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A name that is none.
    #[error(transparent)]
    BadName(#[from] BadName),
    /// A coin's name that is none.
    #[error(transparent)]
    BadDenom(#[from] BadDenom),
    /// A setting outside its bounds.
    #[error(transparent)]
    BadParam(#[from] BadParam),
    /// Only one role may do this.
    #[error("only the {needed:?} may do this")]
    Unauthorised {
        /// Which.
        needed: Role,
    },
    /// A list with too few or too many entries.
    #[error("{got} {of:?}: 1 to {max} are accepted")]
    Count {
        /// Of what.
        of: Counted,
        /// How many came.
        got: usize,
        /// How many may.
        max: usize,
    },
    /// A name that appears twice.
    #[error("`{name}` appears twice among the {of:?}")]
    Duplicate {
        /// Among what.
        of: Counted,
        /// Which.
        name: String,
    },
    /// A market nobody registered.
    #[error("no market `{market}`")]
    UnknownMarket {
        /// Which.
        market: String,
    },
    /// A market that is registered already.
    #[error("`{market}` is registered already")]
    KnownMarket {
        /// Which.
        market: String,
    },
    /// A scope that stands above no market.
    #[error("{scope:?} stands above no market")]
    UnknownScope {
        /// Which.
        scope: Scope,
    },
    /// A guardian holds at Guarded, ReduceOnly or Protected.
    #[error("a guardian does not raise to {level:?}")]
    BadLevel {
        /// What was asked for.
        level: Level,
    },
    /// A guardian holds for a while.
    #[error("{hours} hours: 1 to {max} are accepted")]
    BadHours {
        /// How many were asked for.
        hours: u32,
        /// How many may be.
        max: u32,
    },
    /// A guardian that gives no sign of life has no power.
    #[error("no sign of life: powerless since {since}")]
    Powerless {
        /// Since when.
        since: u64,
    },
    /// A guardian holds one scope at a time.
    #[error("it holds a scope already, until {until}")]
    Holding {
        /// Until when.
        until: u64,
    },
    /// A guardian rests twice as long as it held.
    #[error("it rests until {until}")]
    Cooling {
        /// Until when.
        until: u64,
    },
    /// That guardian holds nothing there.
    #[error("{guardian} holds nothing there")]
    NoRaise {
        /// Who.
        guardian: Addr,
    },
    /// What is settled stays settled.
    #[error("{scope:?} is settled")]
    Settled {
        /// Which.
        scope: Scope,
    },
    /// Settlement comes only after a week at Protected.
    #[error("not at Protected for a week yet; settlement from {from:?}")]
    SettlementTooEarly {
        /// From when, if it stays there.
        from: Option<u64>,
    },
    /// No such latch holds.
    #[error("no such latch holds {scope:?}")]
    NotHeld {
        /// Which.
        scope: Scope,
    },
    /// The newest reading says that the books do not balance.
    #[error("the books of {scope:?} do not balance")]
    Unbalanced {
        /// Which.
        scope: Scope,
    },
    /// No such change waits.
    #[error("no change {change} waits")]
    NoChange {
        /// Its number.
        change: u64,
    },
    /// The same, or another list of guardians, waits already.
    #[error("change {change} waits already")]
    Waiting {
        /// Its number.
        change: u64,
    },
    /// Enough changes wait.
    #[error("{max} changes wait already")]
    TooManyChanges {
        /// How many may.
        max: usize,
    },
    /// A change that says too much.
    #[error("{bytes} bytes: a change says at most {max}")]
    TooLong {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        max: usize,
    },
    /// A change whose time has not come.
    #[error("it may be executed from {ready}")]
    TooEarly {
        /// When it comes.
        ready: u64,
    },
    /// Settings to be brought back too long after their time had come.
    #[error("it could be executed until {until}: call it back and announce it again")]
    TooLate {
        /// Until when, seconds.
        until: u64,
    },
    /// A change whose time has come.
    #[error("it could be postponed until {ready}")]
    VetoTooLate {
        /// When it came.
        ready: u64,
    },
    /// A guardian postpones the same change once.
    #[error("change {change} was postponed by this guardian before")]
    VetoedBefore {
        /// Its number.
        change: u64,
    },
    /// A guardian does not postpone its own removal.
    #[error("change {change} removes this guardian")]
    OwnRemoval {
        /// Its number.
        change: u64,
    },
    /// A contract that this one is not the wasm admin of.
    #[error("{module} is no module this contract may upgrade")]
    NotAdmin {
        /// Which.
        module: Addr,
    },
    /// An upgrade that makes a module worse.
    #[error("{module}: {worse}")]
    Worse {
        /// Which.
        module: Addr,
        /// How.
        worse: Worse,
    },
    /// An upgrade to no other version, or to another contract.
    #[error(transparent)]
    NotMoved(#[from] NotMoved),
    /// A change of guardians is not postponed for ever.
    #[error("it is postponed by {most} seconds at most")]
    PostponedEnough {
        /// By how much at most.
        most: u64,
    },
}

impl Role {
    /// Pass only this one.
    pub fn only(self, who: &Addr, sender: &Addr) -> Result<(), ContractError> {
        if sender == who {
            Ok(())
        } else {
            Err(ContractError::Unauthorised { needed: self })
        }
    }
}

impl Counted {
    /// Refuse an empty list, one longer than `max`, and one that names something twice.
    pub fn check<'a>(
        self,
        names: impl ExactSizeIterator<Item = &'a String>,
        max: usize,
    ) -> Result<(), ContractError> {
        let got = names.len();
        if !(1..=max).contains(&got) {
            return Err(ContractError::Count { of: self, got, max });
        }
        let mut seen = std::collections::BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                return Err(ContractError::Duplicate {
                    of: self,
                    name: name.clone(),
                });
            }
        }
        Ok(())
    }
}
