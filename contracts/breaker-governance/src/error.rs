//! Why the breaker says no.

use cosmwasm_std::{Addr, StdError};
use cw_utils::PaymentError;
use math::units::OutOfRange;
use thiserror::Error;
use types::{id::BadName, params::BadParam};

/// Who may do what nobody else may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The oracle of the settings.
    Oracle,
    /// The engine of the settings.
    Engine,
    /// This contract.
    Itself,
}

/// What comes in lists of bounded length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Readings of a report.
    Readings,
    /// Markets.
    Markets,
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
