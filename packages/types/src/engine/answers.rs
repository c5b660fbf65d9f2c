//! What the engine answers, and the mandate it keeps.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Uint128};

use super::{Cause, Order};
use crate::{
    breaker::Breaker, clock::Moment, handle::Handle, oracle::Oracle, scope::Stance, Amount,
    PerUnit, Price, Rate, Ratio, Size,
};

/// Who is who.
#[cw_serde]
pub struct Config {
    /// Where fees go.
    pub treasury: Addr,
    /// Who may bind.
    pub instantiator: Addr,
    /// The neighbours, once bound.
    pub peers: Option<Peers>,
    /// The DAO, once told.
    pub dao: Option<Addr>,
    /// The markets.
    pub markets: Vec<String>,
}

/// Other code for the breaker, announced by the DAO at the engine itself.
#[cw_serde]
#[derive(Eq)]
pub struct Replacement {
    /// The code, as the chain numbers it.
    pub code: u64,
    /// What it is told when it takes over.
    pub msg: Binary,
    /// Block time from which anyone may execute it, seconds.
    pub ready: u64,
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
    /// See [`super::ExecuteMsg::PlaceOrder`].
    pub expiry: Option<u64>,
    /// When it was placed or re-armed.
    pub placed: Moment,
    /// When it was called back.
    pub cancelled: Option<Moment>,
    /// Margin reserved out of the wallet.
    pub margin: Amount,
    /// Fee reserved out of the wallet.
    pub fee: Amount,
    /// The other half of a flip: on its close, the increase that follows; on its increase, the close that has to
    /// fill first, and nothing once it has.
    pub linked: Option<u64>,
    /// Other terms that wait for a round they bind.
    pub amended: Option<Amended>,
}

/// Other terms of an order, signed after it.
#[cw_serde]
pub struct Amended {
    /// When: they bind only rounds later than this plus `max_future`.
    pub at: Moment,
    /// What.
    pub kind: Order,
    /// The worst acceptable fill price.
    pub limit: Option<Price>,
    /// See [`super::ExecuteMsg::PlaceOrder`].
    pub expiry: Option<u64>,
    /// Reserved for them beyond what the order had reserved.
    pub more: Amount,
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
    /// Profit and liquidity that wait at the border.
    pub queued: Amount,
    /// Notional that waits to be liquidated, as far as the last crank looked.
    pub backlog: Amount,
    /// Since when liquidations wait for their pace.
    pub paced_since: Option<u64>,
    /// Whether the engine executes reductions itself, because the market does not.
    pub dead: bool,
    /// Positions that could not be liquidated and stand beside the ladder.
    pub stuck: u32,
    /// Losses beyond margin so far, by whom they were borne.
    pub bad_debt: BadDebtSum,
    /// LP shares.
    pub shares: Uint128,
    /// Funding index, USD per base unit.
    pub funding_index: PerUnit,
    /// Funding rate now.
    pub funding_rate: Rate,
}

/// What a market's books read now: evidence for the breaker. Pushed by `Crank`, pulled by `Poke`.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Vitals {
    /// Traders' net gain over the vault's cash: 0 while there is no gain, or while cash is not
    /// positive but exceeds the gain; the greatest ratio when the gain exceeds cash that is not
    /// positive.
    pub gain: Ratio,
    /// Insurance fund over the bad debt of a sudden move either way; none when there is nothing to
    /// cover.
    pub cover: Option<Ratio>,
    /// Notional waiting to be liquidated over what may be liquidated at once.
    pub backlog: Ratio,
    /// Net outflow requested in the last hour over what is held, each account counted up to 2 %.
    pub outflow_hour: Ratio,
    /// The same of the last day.
    pub outflow_day: Ratio,
    /// Whether the books balance: no pot is negative, and the newest pass over all positions found what the books say.
    pub balanced: bool,
    /// When the newest pass over all positions began, block time in seconds; 0 before the first was complete.
    pub reconciled: u64,
    /// Why the market is wound up, where it is.
    pub settled: Option<Cause>,
    /// Of the last ten calls of the venue, those that failed or were not answered.
    pub venue_faults: u32,
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
    /// Moved in from the wallet less moved out at once: what leaves without queueing.
    pub paid_in: Amount,
    /// The index price at which equity is zero.
    pub bankruptcy: PerUnit,
    /// Equity at the newest round.
    pub equity: Option<Amount>,
}

/// An exit that waits in a queue.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct QueuedState {
    /// All of it.
    pub amount: Amount,
    /// Claimed of it.
    pub taken: Amount,
    /// Free to claim now.
    pub claimable: Amount,
    /// When all of it is free, block time in seconds.
    pub ready: u64,
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
    /// A withdrawal that is not wholly claimed.
    pub leaving: Option<Leaving>,
    /// Shares may leave from this block time on, seconds.
    pub free_at: u64,
}

/// A withdrawal of liquidity.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Leaving {
    /// Shares that leave.
    pub shares: Uint128,
    /// Priced and not claimed yet.
    pub claimable: Amount,
    /// Whether all of it has been priced.
    pub done: bool,
}
