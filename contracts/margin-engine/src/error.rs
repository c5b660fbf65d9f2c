//! Why the engine says no. Numbers are in the error; nothing has changed.

use cosmwasm_std::{Addr, StdError, Uint128, Uint256};
use math::units::OutOfRange;
use types::{
    id::{BadDenom, BadName},
    level::Forbidden,
    market::Rejection,
    oracle::Status,
    params::{BadParam, BadShift},
    upgrade::NotMoved,
    Amount,
};

/// Why the engine says no.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// Storage, addresses, queries.
    #[error("{0}")]
    Std(#[from] StdError),
    /// A number left its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The version stored is not ours to migrate.
    #[error(transparent)]
    Version(#[from] cw2::VersionError),
    /// The permission table.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// A bad name.
    #[error(transparent)]
    BadName(#[from] BadName),
    /// A bad name of a coin.
    #[error(transparent)]
    BadDenom(#[from] BadDenom),
    /// A bad setting.
    #[error(transparent)]
    BadParam(#[from] BadParam),
    /// The market does not take the order.
    #[error("the market rejects the order: {0:?}")]
    Rejected(Rejection),
    /// Another role was needed.
    #[error("only the {role} may do this")]
    Unauthorized {
        /// Which.
        role: &'static str,
    },
    /// `Bind` has not happened yet.
    #[error("the engine is not bound to its neighbours yet")]
    NotBound,
    /// `Bind` has happened.
    #[error("the engine is bound already")]
    Bound,
    /// A list that must not be empty, too long, or hold a thing twice.
    #[error("{what}: {count} given, 1 to {max} different ones allowed")]
    BadList {
        /// Of what.
        what: &'static str,
        /// How many were given.
        count: usize,
        /// How many may be.
        max: usize,
    },
    /// A market of that name is cleared already.
    #[error("`{market}` is cleared already")]
    KnownMarket {
        /// Its name.
        market: String,
    },
    /// An order book that is another market's already.
    #[error("{venue} is another market's order book already")]
    KnownVenue {
        /// Where it lives.
        venue: Addr,
    },
    /// Enough markets are cleared.
    #[error("{max} markets are cleared already")]
    TooManyMarkets {
        /// How many may be.
        max: usize,
    },
    /// No such market.
    #[error("no market `{market}`")]
    NoMarket {
        /// The name asked for.
        market: String,
    },
    /// Coins where none are taken.
    #[error("this message takes no coins")]
    NonPayable,
    /// Not exactly one coin of the denom wanted.
    #[error("exactly one kind of coin, {denom}, is taken here")]
    WrongFunds {
        /// The denom wanted.
        denom: String,
    },
    /// A denom that no market settles in.
    #[error("no market settles in {denom}")]
    UnknownDenom {
        /// It.
        denom: String,
    },
    /// More coins than the books can hold.
    #[error("{amount} is more than the books can hold")]
    TooLarge {
        /// How many.
        amount: Uint256,
    },
    /// An amount that must not be zero.
    #[error("{what} must not be zero")]
    Zero {
        /// Of what.
        what: &'static str,
    },
    /// A count outside its bounds.
    #[error("{what} is {given}, 1 to {max} allowed")]
    BadCount {
        /// Of what.
        what: &'static str,
        /// Given.
        given: u32,
        /// Allowed.
        max: u32,
    },
    /// A size no market could take.
    #[error("size {given} is beyond the market's depth, {most} at most")]
    SizeTooLarge {
        /// Given.
        given: Uint128,
        /// The depth of the market.
        most: Uint128,
    },
    /// Below a minimum.
    #[error("{what} is {given}, at least {least} needed")]
    TooSmall {
        /// Of what.
        what: &'static str,
        /// Given.
        given: Uint128,
        /// Needed.
        least: Uint128,
    },
    /// The wallet holds less.
    #[error("the wallet holds {free:?}, {needed:?} needed")]
    Insufficient {
        /// Free money.
        free: Amount,
        /// Needed.
        needed: Amount,
    },
    /// The position may not be liquidated now.
    #[error("the position may not be liquidated now")]
    Healthy,
    /// No such position.
    #[error("no position there")]
    NoPosition,
    /// No such order of the sender's.
    #[error("no order {order} of yours")]
    NoOrder {
        /// Which.
        order: u64,
    },
    /// Called back before.
    #[error("order {order} is called back already")]
    AlreadyCancelled {
        /// Which.
        order: u64,
    },
    /// Amended before, and that has not bound a round yet.
    #[error("order {order} is amended already")]
    AlreadyAmended {
        /// Which.
        order: u64,
    },
    /// Half of a flip: called back, not amended.
    #[error("order {order} is half of a flip: call it back and sign another")]
    Linked {
        /// Which.
        order: u64,
    },
    /// An amendment to the other side, or from reducing to increasing or back.
    #[error("order {order} would be another order: sign that one")]
    OtherOrder {
        /// Which.
        order: u64,
    },
    /// The market does not say whether it takes the amended order.
    #[error("the market does not answer: order {order} stays as it was signed")]
    Unanswered {
        /// Which.
        order: u64,
    },
    /// The order may still execute.
    #[error("order {order} may still execute")]
    StillDue {
        /// Which.
        order: u64,
    },
    /// An order of the account is due and comes first.
    #[error("order {order} is due and comes first")]
    DueFirst {
        /// Which.
        order: u64,
    },
    /// Expiry in the past.
    #[error("expiry {expiry} is not after {now}")]
    Expired {
        /// Given.
        expiry: u64,
        /// Block time.
        now: u64,
    },
    /// The price is not good enough for this.
    #[error("the price is {status:?}")]
    Price {
        /// Its status.
        status: Status,
    },
    /// Not enough margin would be left.
    #[error("equity {equity:?} would be below the initial margin {needed:?}")]
    Margin {
        /// What would be left.
        equity: Amount,
        /// What is needed.
        needed: Amount,
    },
    /// Bankrupt heads come first; crank and try again.
    #[error("bankrupt positions come first: crank the market and try again")]
    Busy,
    /// An LP request is pending.
    #[error("a liquidity request is pending already")]
    PendingRequest,
    /// Fewer shares are held.
    #[error("{held} shares are held, {given} asked for")]
    TooFewShares {
        /// Held.
        held: Uint128,
        /// Asked for.
        given: Uint128,
    },
    /// Shares have been claimed too recently.
    #[error("these shares may leave from {until} on")]
    Cooling {
        /// Block time, seconds.
        until: u64,
    },
    /// No LP request to claim.
    #[error("no priced liquidity request to claim")]
    NothingToClaim,
    /// Settings that do not move this way.
    #[error(transparent)]
    BadShift(#[from] BadShift),
    /// No other code for the breaker waits.
    #[error("no other code for the breaker waits")]
    NoReplacement,
    /// Its time has not come.
    #[error("it may be executed from {ready}")]
    TooEarly {
        /// When it comes, block time in seconds.
        ready: u64,
    },
    /// The breaker does not take this code.
    #[error("the breaker does not take code {code}")]
    NotMigrated {
        /// Which, as the chain numbers it.
        code: u64,
    },
    /// It is no other version, or another contract.
    #[error(transparent)]
    NotMoved(#[from] NotMoved),
    /// The breaker is not sound with this code.
    #[error("the breaker is not sound with code {code}")]
    NotSound {
        /// Which, as the chain numbers it.
        code: u64,
    },
    /// Too many waiting orders of one account.
    #[error("{max} orders of an account may wait")]
    TooManyOrders {
        /// Cap.
        max: usize,
    },
}

impl From<cosmwasm_std::OverflowError> for ContractError {
    fn from(_: cosmwasm_std::OverflowError) -> Self {
        Self::OutOfRange(OutOfRange)
    }
}
