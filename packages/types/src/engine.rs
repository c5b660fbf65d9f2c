//! margin-engine: the users' door. Custody, mandates, clearing price, positions, margin,
//! liquidation, insurance, vault.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Uint128};

use crate::{
    breaker::Breaker,
    clock::Moment,
    handle::{Handle, Interface},
    level::Action,
    market::Market,
    oracle::Oracle,
    params::MarketParams,
    scope::Stance,
    Amount, PerUnit, Price, Rate, Ratio, Side, Size,
};

pub use events::{
    BadDebt, FaultSeen, Liquidated, LpBatchPriced, MandateDone, PositionChanged, WalletChanged,
};

mod events;

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

/// How funding moves: `d(rate)/dt = slope * skew / K_net`, inside `±clamp`.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct FundingTerms {
    /// Change of the daily rate per day at full skew.
    pub slope: Ratio,
    /// The greatest daily rate either way.
    pub clamp: Ratio,
}

impl FundingTerms {
    /// Defaults of a major instrument: 1 % per day per day, at most 0.5 % a day.
    pub fn major() -> Self {
        Self {
            slope: Ratio::percent(1),
            clamp: Ratio::bps(50),
        }
    }

    /// The stricter of two.
    pub fn capped(self, by: Self) -> Self {
        Self {
            slope: self.slope.min(by.slope),
            clamp: self.clamp.min(by.clamp),
        }
    }
}

/// What a user signs.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum Order {
    /// Open or enlarge.
    Increase {
        /// Which way.
        side: Side,
        /// Trillionths of a base unit.
        size: Uint128,
        /// Moved from the wallet behind the position when it fills.
        margin: Uint128,
    },
    /// Shrink by at most this much.
    Reduce {
        /// The side of the position that shrinks.
        side: Side,
        /// Trillionths of a base unit.
        size: Uint128,
    },
    /// Close whatever is there.
    Close {
        /// The side of the position that is closed.
        side: Side,
    },
}

impl Order {
    /// Whether it can only reduce.
    pub const fn reducing(&self) -> bool {
        match self {
            Self::Increase { .. } => false,
            Self::Reduce { .. } | Self::Close { .. } => true,
        }
    }

    /// The side of the position it is about.
    pub const fn side(&self) -> Side {
        match self {
            Self::Increase { side, .. } | Self::Reduce { side, .. } | Self::Close { side } => *side,
        }
    }

    /// Its size; a close has none of its own.
    pub const fn size(&self) -> Option<Uint128> {
        match self {
            Self::Increase { size, .. } | Self::Reduce { size, .. } => Some(*size),
            Self::Close { .. } => None,
        }
    }
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
    /// Turn the own priced request into shares.
    LpClaim {
        /// Where.
        market: String,
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
    /// The market: settling this increase failed; refund it.
    Fault {
        /// Its number.
        order: u64,
    },
    /// The market: its funding terms. The engine keeps them inside its own.
    SetFunding {
        /// The terms.
        terms: FundingTerms,
    },
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
            | Self::Settle { .. }
            | Self::Evict { .. }
            | Self::Fault { .. }
            | Self::SetFunding { .. }
            | Self::SetStance { .. } => Action::Internal,
            Self::Deposit {} | Self::FundInsurance { .. } => Action::Deposit,
            Self::Withdraw { .. } => Action::Withdraw,
            Self::PlaceOrder { order, .. } => {
                if order.reducing() {
                    Action::Reduce
                } else {
                    Action::Increase
                }
            }
            Self::CancelOrder { .. } | Self::Release { .. } => Action::Cancel,
            Self::AddMargin { .. } => Action::AddMargin,
            Self::RemoveMargin { .. } => Action::RemoveMargin,
            Self::LpDeposit { .. } => Action::LpDeposit,
            Self::LpClaim { .. } | Self::ClaimFees { .. } => Action::Claim,
            Self::Crank { .. } => Action::Learn,
        }
    }
}

impl ExecuteMsg {
    /// The market a user's message is about.
    pub fn market(&self) -> Option<&str> {
        match self {
            Self::PlaceOrder { market, .. }
            | Self::CancelOrder { market, .. }
            | Self::Release { market, .. }
            | Self::AddMargin { market, .. }
            | Self::RemoveMargin { market, .. }
            | Self::LpDeposit { market, .. }
            | Self::LpClaim { market }
            | Self::FundInsurance { market, .. }
            | Self::ClaimFees { market }
            | Self::Crank { market, .. }
            | Self::SetStance { market, .. } => Some(market),
            Self::Bind { .. }
            | Self::Deposit {}
            | Self::Withdraw { .. }
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
                | Self::AddMargin { .. }
                | Self::LpDeposit { .. }
                | Self::FundInsurance { .. }
        )
    }
}

/// Why an order died at its round, as data.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Refusal {
    /// No such mandate any more.
    Gone,
    /// Called back in time.
    Cancelled,
    /// Expired in time.
    Expired,
    /// The fill would be worse than the limit.
    Limit,
    /// The level forbids new risk.
    Level,
    /// The round's status forbids new risk.
    Price,
    /// Not enough margin for the initial requirement.
    Margin,
    /// The skew would leave its cap.
    SkewCap,
    /// The side would leave its cap.
    SideCap,
    /// There is no position of that side to reduce, or an opposite one in the way of an increase.
    NoPosition,
    /// The position would be smaller than dust.
    Dust,
    /// The round is no longer kept.
    Evicted,
    /// A module failed on it; nothing was charged.
    Faulted,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::Gone,
        Self::Cancelled,
        Self::Expired,
        Self::Limit,
        Self::Level,
        Self::Price,
        Self::Margin,
        Self::SkewCap,
        Self::SideCap,
        Self::NoPosition,
        Self::Dust,
        Self::Evicted,
        Self::Faulted,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Limit => "limit",
            Self::Level => "level",
            Self::Price => "price",
            Self::Margin => "margin",
            Self::SkewCap => "skew_cap",
            Self::SideCap => "side_cap",
            Self::NoPosition => "no_position",
            Self::Dust => "dust",
            Self::Evicted => "evicted",
            Self::Faulted => "faulted",
        }
    }
}

/// Not the name of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refusal")]
pub struct NotARefusal;

impl std::str::FromStr for Refusal {
    type Err = NotARefusal;

    fn from_str(name: &str) -> Result<Self, NotARefusal> {
        Self::ALL
            .into_iter()
            .find(|r| r.name() == name)
            .ok_or(NotARefusal)
    }
}

/// Answer to `Settle` and `Evict`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Settlement {
    /// Done, at this price.
    Filled {
        /// Signed size.
        size: Size,
        /// Clearing price.
        price: Price,
    },
    /// The order is dead and refunded.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// A reducing order lost its round and waits for the next one from this moment on.
    Rearmed {
        /// Placed anew.
        placed: Moment,
    },
    /// The market named the wrong round; nothing changed.
    NotDue {},
    /// More bankrupt heads wait than one message may clear; nothing else changed.
    Busy {},
}

/// What the engine can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Who is who.
    #[returns(Config)]
    Config {},
    /// Free money of an account.
    #[returns(Amount)]
    Wallet {
        /// Whose.
        account: String,
        /// Which coin.
        denom: String,
    },
    /// A market's books at the newest round.
    #[returns(Option<MarketState>)]
    Market {
        /// Which.
        market: String,
    },
    /// A position, funding and ADL settled as if synced now.
    #[returns(Option<PositionState>)]
    Position {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
    /// Positions in the order of accounts.
    #[returns(Vec<PositionState>)]
    Positions {
        /// Where.
        market: String,
        /// After this account.
        start_after: Option<String>,
        /// At most 30.
        limit: Option<u32>,
    },
    /// One side's ladder, head first.
    #[returns(Vec<PositionState>)]
    Ladder {
        /// Where.
        market: String,
        /// Which side.
        side: Side,
        /// At most 30.
        limit: Option<u32>,
    },
    /// What an account has signed and is waiting for.
    #[returns(Vec<Mandate>)]
    Mandates {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
    /// LP shares and the pending request of an account.
    #[returns(LpState)]
    Lp {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
}

/// Who is who.
#[cw_serde]
pub struct Config {
    /// Where fees go.
    pub treasury: Addr,
    /// Who may bind.
    pub instantiator: Addr,
    /// The neighbours, once bound.
    pub peers: Option<Peers>,
    /// The markets.
    pub markets: Vec<String>,
}

/// The neighbours.
#[cw_serde]
pub struct Peers {
    /// Who leases stances.
    pub breaker: Handle<Breaker>,
    /// Who prices.
    pub oracle: Handle<Oracle>,
}

/// What an account has signed for one order.
#[cw_serde]
pub struct Mandate {
    /// Its number in the market.
    pub order: u64,
    /// Whose.
    pub account: Addr,
    /// What.
    pub kind: Order,
    /// The worst acceptable fill price.
    pub limit: Option<Price>,
    /// See [`ExecuteMsg::PlaceOrder`].
    pub expiry: Option<u64>,
    /// When it was placed or re-armed.
    pub placed: Moment,
    /// When it was called back.
    pub cancelled: Option<Moment>,
    /// Margin reserved out of the wallet.
    pub margin: Amount,
    /// Fee reserved out of the wallet.
    pub fee: Amount,
}

/// Margin terms in force.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Terms {
    /// Initial margin, before caution and the open-interest add-on.
    pub im: Ratio,
    /// Maintenance margin now.
    pub mm: Ratio,
    /// Where maintenance is going.
    pub mm_target: Ratio,
}

/// A market's books.
#[cw_serde]
pub struct MarketState {
    /// Its name.
    pub market: String,
    /// The stance in force now.
    pub stance: Stance,
    /// Margin terms.
    pub terms: Terms,
    /// Open interest of longs.
    pub long: Size,
    /// Open interest of shorts, negative.
    pub short: Size,
    /// Positions.
    pub positions: u64,
    /// Cash of the vault, funding as if settled now.
    pub cash: Amount,
    /// Net asset value of the vault at the newest round.
    pub nav: Option<Amount>,
    /// Insurance fund.
    pub insurance: Amount,
    /// The treasury's uncollected fees.
    pub fees: Amount,
    /// Losses beyond margin so far, by whom they were borne.
    pub bad_debt: BadDebtSum,
    /// LP shares.
    pub shares: Uint128,
    /// Funding index, USD per base unit.
    pub funding_index: PerUnit,
    /// Funding rate now.
    pub funding_rate: Rate,
}

/// Losses beyond margin, cumulated.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct BadDebtSum {
    /// Paid by insurance.
    pub insurance: Amount,
    /// Borne by the vault.
    pub vault: Amount,
}

/// A position.
#[cw_serde]
pub struct PositionState {
    /// Whose.
    pub account: Addr,
    /// Signed size.
    pub size: Size,
    /// Margin after funding.
    pub margin: Amount,
    /// What was paid for the size.
    pub cost: Amount,
    /// The index price at which equity is zero.
    pub bankruptcy: PerUnit,
    /// Equity at the newest round.
    pub equity: Option<Amount>,
}

/// LP holdings of an account.
#[cw_serde]
pub struct LpState {
    /// Shares held.
    pub shares: Uint128,
    /// A deposit that waits for its round, or for its claim.
    pub pending: Option<Amount>,
    /// Whether it has been priced and may be claimed.
    pub claimable: bool,
}
