//! Why the market says no. (What an order is refused for is data, not an error.)

use cosmwasm_std::StdError;
use types::id::BadName;

/// Why the market says no.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// Storage, addresses, queries.
    #[error("{0}")]
    Std(#[from] StdError),
    /// The version stored is not ours to migrate.
    #[error(transparent)]
    Version(#[from] cw2::VersionError),
    /// A bad name.
    #[error(transparent)]
    BadName(#[from] BadName),
    /// Another role was needed.
    #[error("only the {role} may do this")]
    Unauthorized {
        /// Which.
        role: &'static str,
    },
    /// Coins where none are taken.
    #[error("this message takes no coins")]
    NonPayable,
    /// A count outside its bounds.
    #[error("limit is {given}, 1 to {max} allowed")]
    BadLimit {
        /// Given.
        given: u32,
        /// Allowed.
        max: u32,
    },
    /// A setting outside its bounds.
    #[error("{field} is out of bounds: {why}")]
    BadParam {
        /// Which.
        field: &'static str,
        /// What it must be.
        why: &'static str,
    },
}
