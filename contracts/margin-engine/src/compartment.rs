//! A market's ring-fenced books. One stored struct: every message of a market reads and writes it once.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{StdResult, Storage, Uint128};
use math::{budget::Budget, ledger::Book, margin::Ramp, pricing::Curve, units::OutOfRange};
use store::Map;
use types::{
    clock::Moment,
    engine::{BadDebtSum, FundingTerms},
    params::MarketParams,
    Amount, Rate, Ratio, Size,
};

use crate::{
    flow::Flow, key, lp::Line, outflow::Outflow, pace::Pace, reconcile::Reconciliation,
    venue::Venue, ContractError,
};

/// Liquidity that comes, stays and leaves.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, Default)]
pub struct Liquidity {
    /// LP shares.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub shares: Uint128,
    /// Shares that leave.
    pub line: Line,
    /// Money of liquidity that left, not claimed yet.
    pub leaving: Amount,
    /// Liquidity requests not priced yet.
    pub requests: Amount,
    /// The batch that waits for its round.
    pub batch: Option<Batch>,
    /// The batch that collects until that one is priced.
    pub next: Option<Batch>,
    /// Number of the newest batch.
    pub batches: u64,
}

/// What a sudden move would cost beyond margins.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Stress {
    /// A fall, of longs.
    pub long: Amount,
    /// A rise, of shorts.
    pub short: Amount,
}

/// What cranks remember between them.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Watch {
    /// Positions beside the ladder.
    pub stuck: u32,
    /// The newest round a side was deleveraged at.
    pub adl_round: u64,
    /// When the breaker was last told what the books read, seconds.
    pub told_at: u64,
    /// What longs and what shorts would owe beyond their margins after a sudden move, as measured last and with what
    /// was opened since.
    pub stress: Stress,
    /// Since when there is no usable price, or the books do not balance.
    pub trouble_since: Option<u64>,
    /// Since when a head has been seen unhealthy.
    pub head_since: Option<u64>,
}

/// A market's books.
#[cw_serde]
pub struct Compartment {
    /// Positions' sums, funding index and the vault's cash.
    pub book: Book,
    /// Insurance fund.
    pub insurance: Amount,
    /// What it has paid for losses lately.
    pub budget: Budget,
    /// The treasury's uncollected fees.
    pub fees: Amount,
    /// Liquidation reserves of open positions.
    pub reserves: Amount,
    /// Margins and fees reserved by mandates.
    pub orders: Amount,
    /// Liquidity that comes, stays and leaves.
    pub lp: Liquidity,
    /// The border that profit and liquidity leave through.
    pub flow: Flow,
    /// What accounts have asked to take out lately.
    pub outflow: Outflow,
    /// Initial margin, before caution and add-on.
    pub im: Ratio,
    /// When it was set.
    pub im_at: u64,
    /// Maintenance margin.
    pub mm: Ramp,
    /// Funding rate a day.
    pub rate: Rate,
    /// Funding is accrued up to this time.
    pub accrued_at: u64,
    /// Funding terms in force.
    pub funding: FundingTerms,
    /// Number of the newest order.
    pub orders_made: u64,
    /// Orders waiting.
    pub waiting: u64,
    /// Losses beyond margin so far.
    pub bad_debt: BadDebtSum,
    /// How its order book has been doing.
    pub venue: Venue,
    /// What cranks remember between them.
    pub watch: Watch,
    /// How fast positions are liquidated.
    pub pace: Pace,
    /// What holding positions against the books has found.
    pub reconciliation: Reconciliation,
}

/// Liquidity requests that are priced together.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Batch {
    /// Its number.
    pub number: u64,
    /// When its last request joined.
    pub placed: Moment,
    /// Money that comes.
    pub amount: Amount,
    /// Shares that leave.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub shares: Uint128,
    /// For whoever prices it.
    pub fee: Amount,
}

const COMPARTMENTS: Map<&str, Compartment> = Map::new(key::COMPARTMENTS);

/// Open an empty one.
pub fn open(
    storage: &mut dyn Storage,
    id: &str,
    params: &MarketParams,
) -> Result<(), ContractError> {
    let mm = params
        .im_min
        .times(params.mm_share, math::wide::Round::Up)?;
    let mm = mm.max(params.mm_floor()?);
    let fresh = Compartment {
        book: Book::empty()?,
        insurance: Amount::ZERO,
        budget: Budget::default(),
        fees: Amount::ZERO,
        reserves: Amount::ZERO,
        orders: Amount::ZERO,
        lp: Liquidity::default(),
        flow: Flow::default(),
        outflow: Outflow::default(),
        im: params.im_min,
        im_at: 0,
        mm: Ramp {
            value: mm,
            since: 0,
            target: mm,
        },
        rate: Rate::default(),
        accrued_at: 0,
        funding: params.funding,
        orders_made: 0,
        waiting: 0,
        bad_debt: BadDebtSum::default(),
        venue: Venue::default(),
        watch: Watch::default(),
        pace: Pace::default(),
        reconciliation: Reconciliation::default(),
    };
    Ok(COMPARTMENTS.save(storage, id, &fresh)?)
}

/// Read.
pub fn load(storage: &dyn Storage, id: &str) -> Result<Compartment, ContractError> {
    COMPARTMENTS
        .may_load(storage, id)?
        .ok_or_else(|| ContractError::NoMarket { market: id.into() })
}

/// Write.
pub fn save(storage: &mut dyn Storage, id: &str, c: &Compartment) -> StdResult<()> {
    COMPARTMENTS.save(storage, id, c)
}

/// The depth a market clears on.
pub fn curve(params: &MarketParams) -> Result<Curve, OutOfRange> {
    let size = |n: Uint128| {
        cosmwasm_std::Int128::try_from(n)
            .map(Size)
            .map_err(|_| OutOfRange)
    };
    Ok(Curve {
        cap: size(params.skew_cap)?,
        scale: size(params.skew_scale)?,
    })
}

impl Compartment {
    /// Whether the books balance: no pot of coins is below zero, and the newest pass over all positions has found what
    /// the books say.
    pub fn balance(&self) -> bool {
        let mut pots = [
            self.insurance,
            self.fees,
            self.reserves,
            self.orders,
            self.lp.requests,
            self.lp.leaving,
            self.flow.queued,
        ]
        .into_iter();
        pots.all(|pot| !pot.is_negative()) && !self.reconciliation.found_wrong()
    }

    /// All coins of the compartment apart from margins: they and the stored margins make the whole.
    pub fn coins_beside_margins(&self) -> Result<Amount, OutOfRange> {
        [
            self.insurance,
            self.fees,
            self.reserves,
            self.orders,
            self.lp.requests,
            self.lp.leaving,
            self.flow.queued,
        ]
        .into_iter()
        .try_fold(self.book.cash, Amount::plus)
    }
}
