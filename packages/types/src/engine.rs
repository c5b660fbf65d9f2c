//! margin-engine: the users' door. Custody, mandates, clearing price, positions, margin,
//! liquidation, insurance, vault.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Uint128};

use crate::{
    breaker::Breaker,
    handle::{Handle, Interface},
    level::Action,
    market::Market,
    oracle::Oracle,
    params::{MarketParams, Shift},
    scope::Stance,
    Price, Side,
};

pub use answers::{
    Amended, BadDebtSum, Config, Leaving, LpState, Mandate, MarketState, Peers, PositionState,
    QueuedState, Replacement, Terms, Vitals,
};
pub use asks::QueryMsg;
pub use events::{
    BadDebt, BreakerMigrated, Deleveraged, FaultSeen, Liquidated, LpBatchPriced, LpServed,
    MandateDone, ParamsSet, PositionChanged, ProfitQueued, Reconciled, ReplacementAnnounced,
    WalletChanged, WithdrawalQueued,
};

pub use order::{FundingTerms, Order};
pub use settlement::{NotARefusal, Refusal, Settlement};
pub use told::{FromItself, FromMarket};
pub use windup::{
    Cause, NotACause, PositionSettled, ProfitSettled, Progress, VaultShored, WindUpBegun,
    WindUpState, WindUpTerms,
};

mod answers;
mod asks;
mod events;
mod order;
mod settlement;
mod told;
mod windup;

/// The engine's name on an address.
pub enum Engine {}

impl Interface for Engine {
    type Execute = ExecuteMsg;
    type Query = QueryMsg;
}

/// How the engine starts; every user door refuses until `Bind`.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct InstantiateMsg {
    /// Where the treasury's share of fees may be claimed.
    pub treasury: String,
}

/// One market the engine clears.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MarketSetup {
    /// Its name.
    pub market: String,
    /// The feed it is priced by.
    pub feed: String,
    /// The denom it settles in; six decimals, one unit counts as one dollar.
    pub denom: String,
    /// Its order book.
    pub venue: Handle<Market, String>,
    /// Its settings.
    pub params: MarketParams,
}

/// Move to this version; nothing to say.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MigrateMsg {}

/// What the engine can be told. Funds sent along with a user's message must be the denom concerned
/// and are credited to the sender's wallet first.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum ExecuteMsg {
    /// The instantiator names the neighbours, once.
    Bind {
        /// Who leases stances.
        breaker: Handle<Breaker, String>,
        /// Who prices.
        oracle: Handle<Oracle, String>,
        /// Who governs: it may have the breaker's code replaced where the breaker itself cannot.
        dao: String,
        /// The markets, at most 32.
        markets: Vec<MarketSetup>,
    },
    /// Put the coins sent along into the own wallet.
    Deposit {},
    /// Take free money out of the own wallet.
    Withdraw {
        /// Which coin.
        denom: String,
        /// How much.
        amount: Uint128,
    },
    /// Sign an order; it fills at the first round after.
    PlaceOrder {
        /// Where.
        market: String,
        /// What.
        order: Order,
        /// The worst acceptable fill price.
        limit: Option<Price>,
        /// Binds only rounds later than this block time plus `max_future`, seconds.
        expiry: Option<u64>,
    },
    /// Sign a flip: close the own position and, at the same round, open one on the other side. If the close does
    /// not fill, neither does the increase.
    Flip {
        /// Where.
        market: String,
        /// The side of the position that is closed.
        side: Side,
        /// What is opened on the other side, trillionths of a base unit.
        size: Uint128,
        /// Moved from the wallet behind the new position when it fills.
        margin: Uint128,
        /// The worst acceptable price of either fill.
        limit: Option<Price>,
        /// Binds only rounds later than this block time plus `max_future`, seconds.
        expiry: Option<u64>,
    },
    /// Sign other terms for an order; they bind only rounds later than now plus `max_future`, and the order lines
    /// up anew.
    AmendOrder {
        /// Where.
        market: String,
        /// Its number.
        order: u64,
        /// What it is from then on: the same side, and increasing or reducing as it was.
        to: Order,
        /// The worst acceptable fill price.
        limit: Option<Price>,
        /// Binds only rounds later than this block time plus `max_future`, seconds.
        expiry: Option<u64>,
    },
    /// Call an order back; binds only rounds later than now plus `max_future`.
    CancelOrder {
        /// Where.
        market: String,
        /// Its number.
        order: u64,
    },
    /// Anyone: release the reserve of a cancelled or expired order for which no round can come any more.
    Release {
        /// Where.
        market: String,
        /// Its number.
        order: u64,
    },
    /// Move money from the wallet behind the own position.
    AddMargin {
        /// Where.
        market: String,
        /// How much.
        amount: Uint128,
    },
    /// Move free margin back to the wallet.
    RemoveMargin {
        /// Where.
        market: String,
        /// How much.
        amount: Uint128,
    },
    /// Provide liquidity from the wallet; priced at the first round after.
    LpDeposit {
        /// Where.
        market: String,
        /// How much.
        amount: Uint128,
    },
    /// Take liquidity out: the shares leave at once and are priced at the first round after, or later where the
    /// vault cannot spare their worth.
    LpWithdraw {
        /// Where.
        market: String,
        /// How many shares.
        shares: Uint128,
    },
    /// Turn the own priced deposit into shares, and collect what the own withdrawal has been priced at.
    LpClaim {
        /// Where.
        market: String,
    },
    /// Collect what of the own queued profit is free now, to the wallet.
    ClaimProfit {
        /// Where.
        market: String,
    },
    /// Collect what of the own queued withdrawals is free now; the coins leave.
    ClaimWithdrawal {
        /// Which coin.
        denom: String,
    },
    /// Give money from the wallet to a market's insurance fund.
    FundInsurance {
        /// Where.
        market: String,
        /// How much.
        amount: Uint128,
    },
    /// Collect the treasury's share of a market's fees.
    ClaimFees {
        /// Where.
        market: String,
    },
    /// Anyone: execute due orders, refresh margin terms, liquidate worst first.
    Crank {
        /// Where.
        market: String,
        /// Liquidations at most, 1 to 50.
        limit: u32,
    },
    /// Anyone: hold a page of positions against the books. The pass that is under way goes on, or a new one begins.
    Reconcile {
        /// Where.
        market: String,
        /// Positions at most, 1 to 50.
        limit: u32,
    },
    /// The engine to itself, contained: liquidate worst first, deleverage, serve who leaves the vault.
    Work {
        /// Where.
        market: String,
        /// Liquidations at most.
        limit: u32,
        /// Who is paid.
        payee: String,
    },
    /// The engine to itself, contained: liquidate this one position.
    Liquidate {
        /// Where.
        market: String,
        /// Whose.
        account: String,
        /// Who is paid.
        payee: String,
    },
    /// The engine to itself, contained: execute or refund an order that a dead market does not.
    TakeOver {
        /// Where.
        market: String,
        /// Which order.
        order: u64,
        /// Who is paid.
        payee: String,
    },
    /// The market: settle one due order at its round. Answers as data, a [`Settlement`].
    Settle {
        /// Its number.
        order: u64,
        /// The first round that binds it.
        round: u64,
        /// The order before it in this crank: while that one is not consumed the answer is Busy.
        after: Option<u64>,
        /// Who is paid for it.
        payee: String,
    },
    /// The market: the round of this order is no longer kept. Answers as data, a [`Settlement`].
    Evict {
        /// Its number.
        order: u64,
        /// Who is paid for it.
        payee: String,
    },
    /// The market: settling this increase failed; refund it. Answers as data, a [`Settlement`].
    Fault {
        /// Its number.
        order: u64,
    },
    /// The market: its funding terms. The engine keeps them inside its own.
    SetFunding {
        /// The terms.
        terms: FundingTerms,
    },
    /// The breaker has a market cleared from now on; its books start empty.
    AddMarket {
        /// Which, as in `Bind`.
        setup: Box<MarketSetup>,
    },
    /// The breaker has a market's settings changed, within the steps they may take.
    SetParams {
        /// Which.
        market: String,
        /// All of its settings.
        params: Box<MarketParams>,
        /// Which way.
        how: Shift,
        /// When it was ordered or announced, seconds. A later one counts as now.
        announced: u64,
    },
    /// The breaker says who governs now.
    SetDao {
        /// Who.
        dao: String,
    },
    /// The breaker has its own code replaced.
    MigrateBreaker {
        /// By this one, as the chain numbers it.
        code: u64,
        /// What the new code is told.
        msg: Binary,
    },
    /// The DAO announces other code for the breaker, whatever the breaker says: in force after 14 days. An earlier
    /// announcement is void.
    ReplaceBreaker {
        /// The code, as the chain numbers it.
        code: u64,
        /// What the new code is told.
        msg: Binary,
    },
    /// The DAO calls that back.
    KeepBreaker {},
    /// Anyone: execute it when its time has come.
    ExecuteReplacement {},
    /// The breaker leases a stance.
    SetStance {
        /// For which market.
        market: String,
        /// The stance.
        stance: Stance,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Bind { .. }
            | Self::AddMarket { .. }
            | Self::SetParams { .. }
            | Self::SetDao { .. }
            | Self::MigrateBreaker { .. }
            | Self::Work { .. }
            | Self::Liquidate { .. }
            | Self::TakeOver { .. }
            | Self::Settle { .. }
            | Self::Evict { .. }
            | Self::Fault { .. }
            | Self::SetFunding { .. }
            | Self::SetStance { .. } => Action::Internal,
            Self::ReplaceBreaker { .. } | Self::ExecuteReplacement {} => Action::Loosen,
            Self::KeepBreaker {} => Action::Tighten,
            Self::Deposit {} | Self::FundInsurance { .. } => Action::Deposit,
            Self::Withdraw { .. } => Action::Withdraw,
            Self::PlaceOrder { order, .. } | Self::AmendOrder { to: order, .. } => {
                if order.reducing() {
                    Action::Reduce
                } else {
                    Action::Increase
                }
            }
            Self::Flip { .. } => Action::Increase,
            Self::CancelOrder { .. } | Self::Release { .. } => Action::Cancel,
            Self::AddMargin { .. } => Action::AddMargin,
            Self::RemoveMargin { .. } => Action::RemoveMargin,
            Self::LpDeposit { .. } => Action::LpDeposit,
            Self::LpWithdraw { .. } => Action::LpWithdraw,
            Self::LpClaim { .. }
            | Self::ClaimProfit { .. }
            | Self::ClaimWithdrawal { .. }
            | Self::ClaimFees { .. } => Action::Claim,
            Self::Crank { .. } | Self::Reconcile { .. } => Action::Learn,
        }
    }
}

impl ExecuteMsg {
    /// The market a user's message is about.
    pub fn market(&self) -> Option<&str> {
        match self {
            Self::PlaceOrder { market, .. }
            | Self::Flip { market, .. }
            | Self::AmendOrder { market, .. }
            | Self::CancelOrder { market, .. }
            | Self::Release { market, .. }
            | Self::AddMargin { market, .. }
            | Self::RemoveMargin { market, .. }
            | Self::LpDeposit { market, .. }
            | Self::LpWithdraw { market, .. }
            | Self::LpClaim { market }
            | Self::ClaimProfit { market }
            | Self::FundInsurance { market, .. }
            | Self::ClaimFees { market }
            | Self::Crank { market, .. }
            | Self::Reconcile { market, .. }
            | Self::Work { market, .. }
            | Self::Liquidate { market, .. }
            | Self::TakeOver { market, .. }
            | Self::SetParams { market, .. }
            | Self::SetStance { market, .. } => Some(market),
            Self::Bind { .. }
            | Self::AddMarket { .. }
            | Self::SetDao { .. }
            | Self::MigrateBreaker { .. }
            | Self::ReplaceBreaker { .. }
            | Self::KeepBreaker {}
            | Self::ExecuteReplacement {}
            | Self::Deposit {}
            | Self::Withdraw { .. }
            | Self::ClaimWithdrawal { .. }
            | Self::Settle { .. }
            | Self::Evict { .. }
            | Self::Fault { .. }
            | Self::SetFunding { .. } => None,
        }
    }

    /// Whether coins may be sent along, to the sender's wallet.
    pub const fn takes_funds(&self) -> bool {
        matches!(
            self,
            Self::Deposit {}
                | Self::PlaceOrder { .. }
                | Self::Flip { .. }
                | Self::AmendOrder { .. }
                | Self::AddMargin { .. }
                | Self::LpDeposit { .. }
                | Self::FundInsurance { .. }
        )
    }
}
