//! What the engine can be asked.

use cosmwasm_schema::{cw_serde, QueryResponses};

use crate::Side;

/// What the engine can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Who is who.
    #[returns(super::Config)]
    Config {},
    /// Whether it is sound: asked before and after code is replaced.
    #[returns(crate::upgrade::SelfCheck)]
    SelfCheck {},
    /// A market's settings in force, as `SetParams` takes them.
    #[returns(Option<crate::params::MarketParams>)]
    Settings {
        /// Which.
        market: String,
    },
    /// Other code for the breaker that the DAO has announced here.
    #[returns(Option<super::Replacement>)]
    Replacement {},
    /// Free money of an account.
    #[returns(crate::Amount)]
    Wallet {
        /// Whose.
        account: String,
        /// Which coin.
        denom: String,
    },
    /// A market's books at the newest round.
    #[returns(Option<super::MarketState>)]
    Market {
        /// Which.
        market: String,
    },
    /// Positions that could not be liquidated and stand beside the ladder, in the order of accounts.
    #[returns(Vec<super::PositionState>)]
    Stuck {
        /// Where.
        market: String,
        /// At most 30.
        limit: Option<u32>,
    },
    /// What its books read now; none for a market that does not exist.
    #[returns(Option<super::Vitals>)]
    Vitals {
        /// Which.
        market: String,
    },
    /// How far a market is wound up; none while it is not.
    #[returns(Option<super::WindUpState>)]
    WindUp {
        /// Which.
        market: String,
    },
    /// A position, funding and ADL settled as if synced now.
    #[returns(Option<super::PositionState>)]
    Position {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
    /// Positions in the order of accounts.
    #[returns(Vec<super::PositionState>)]
    Positions {
        /// Where.
        market: String,
        /// After this account.
        start_after: Option<String>,
        /// At most 30.
        limit: Option<u32>,
    },
    /// One side's ladder, head first.
    #[returns(Vec<super::PositionState>)]
    Ladder {
        /// Where.
        market: String,
        /// Which side.
        side: Side,
        /// At most 30.
        limit: Option<u32>,
    },
    /// What an account has signed and is waiting for.
    #[returns(Vec<super::Mandate>)]
    Mandates {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
    /// Profit of an account that waits at the border of a market, oldest first.
    #[returns(Vec<super::QueuedState>)]
    ProfitQueue {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
    /// Withdrawals of an account that wait, oldest first.
    #[returns(Vec<super::QueuedState>)]
    WithdrawalQueue {
        /// Whose.
        account: String,
        /// Which coin.
        denom: String,
    },
    /// LP shares and the pending request of an account.
    #[returns(super::LpState)]
    Lp {
        /// Where.
        market: String,
        /// Whose.
        account: String,
    },
}
