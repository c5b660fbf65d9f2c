//! Why the oracle says no.

use cosmwasm_std::{Addr, Coin, StdError};
use math::units::OutOfRange;
use thiserror::Error;
use types::{id::BadName, level::Action};

use crate::setup::SetupError;

/// Why the oracle says no.
#[derive(Debug, Error)]
pub enum ContractError {
    /// Storage, addresses, versions.
    #[error("{0}")]
    Std(#[from] StdError),
    /// A number left its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A name is not one.
    #[error(transparent)]
    BadName(#[from] BadName),
    /// Money was attached; the oracle holds none.
    #[error("the oracle takes no funds, got {got}")]
    Funds {
        /// The first coin attached.
        got: Coin,
    },
    /// A feed's settings or sources are not acceptable.
    #[error("feed `{feed}`: {source}")]
    Setup {
        /// Which.
        feed: String,
        /// Why.
        source: SetupError,
    },
    /// No such feed.
    #[error("no feed `{feed}`")]
    UnknownFeed {
        /// What was asked for.
        feed: String,
    },
    /// A feed of that name is open already.
    #[error("feed `{feed}` is open already")]
    KnownFeed {
        /// Which.
        feed: String,
    },
    /// Enough feeds are open.
    #[error("{max} feeds are open already")]
    TooManyFeeds {
        /// How many may be.
        max: usize,
    },
    /// Only the breaker opens feeds later on.
    #[error("{action:?} needs the breaker, {sender} is not")]
    NotBreaker {
        /// Who tried.
        sender: Addr,
        /// What it tried.
        action: Action,
    },
    /// A list is empty or too long.
    #[error("{got} items, need 1 to {max}")]
    Count {
        /// How many came.
        got: usize,
        /// How many may.
        max: usize,
    },
    /// A feed stands twice in one list.
    #[error("feed `{feed}` stands twice in one message")]
    Duplicate {
        /// Which.
        feed: String,
    },
    /// Only a feed's reporters push to it.
    #[error("{action:?} needs a reporter of feed `{feed}`, {sender} is none")]
    NotReporter {
        /// Who tried.
        sender: Addr,
        /// To which feed.
        feed: String,
        /// What it tried.
        action: Action,
    },
    /// More sources would have to be asked than one message may ask.
    #[error("these feeds have {got} sources to ask, at most {max} in one message")]
    Asked {
        /// How many would be.
        got: usize,
        /// How many may.
        max: usize,
    },
    /// Only the oracle itself does this.
    #[error("{action:?} needs the oracle itself, {sender} is not")]
    NotItself {
        /// Who tried.
        sender: Addr,
        /// What it tried.
        action: Action,
    },
    /// Only the instantiator binds.
    #[error("{action:?} needs the instantiator, {sender} is not")]
    NotInstantiator {
        /// Who tried.
        sender: Addr,
        /// What it tried.
        action: Action,
    },
    /// Binding happens once.
    #[error("already bound to {breaker}")]
    AlreadyBound {
        /// To whom.
        breaker: Addr,
    },
}
