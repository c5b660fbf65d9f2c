//! market: which order is due, at which round, in which order; the funding terms.

use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Event, Uint128};

use crate::{
    clock::Moment,
    engine::{Engine, FundingTerms, Refusal},
    handle::{Handle, Interface},
    level::Action,
    oracle::Oracle,
    wire::{Fields, Wire, WireError},
    Size,
};

/// The market's name on an address.
pub enum Market {}

impl Interface for Market {
    type Execute = ExecuteMsg;
    type Query = QueryMsg;
}

/// How a market starts.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct InstantiateMsg {
    /// Its name at the engine.
    pub market: String,
    /// The feed it is priced by.
    pub feed: String,
    /// The engine.
    pub engine: Handle<Engine, String>,
    /// The oracle.
    pub oracle: Handle<Oracle, String>,
    /// Settings.
    pub params: Params,
}

/// Settings of a market.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct Params {
    /// Sizes are multiples of this, trillionths of a base unit.
    pub lot: Uint128,
    /// The smallest increase, trillionths of a base unit. (A reduction may be smaller: exits stay open.)
    pub min_size: Uint128,
    /// Limit prices are multiples of this.
    pub tick: crate::Price,
    /// Increasing orders an account may have waiting.
    pub max_increases: u32,
    /// Reducing orders an account may have waiting, apart from the above.
    pub max_reductions: u32,
    /// What the engine should integrate funding with.
    pub funding: FundingTerms,
}

impl Params {
    /// Defaults of a major instrument.
    pub fn major() -> Self {
        Self {
            lot: Uint128::new(1_000_000),
            min_size: Uint128::new(1_000_000),
            tick: crate::Price::raw(1_000_000_000_000),
            max_increases: 5,
            max_reductions: 5,
            funding: FundingTerms::major(),
        }
    }
}

/// One order, as the engine forwards it.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct NewOrder {
    /// The engine's mandate number, which is the order's sequence.
    pub order: u64,
    /// Whose.
    pub account: Addr,
    /// Whether it can only reduce.
    pub reducing: bool,
    /// Its size; absent for a whole close.
    pub size: Option<Uint128>,
    /// Its limit price, if any.
    pub limit: Option<crate::Price>,
    /// When it was placed.
    pub placed: Moment,
}

/// Move to this version; nothing to say.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MigrateMsg {}

/// What a market can be told.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub enum ExecuteMsg {
    /// The engine forwards an order; the answer is data, an [`Acceptance`].
    Accept {
        /// The order.
        order: NewOrder,
    },
    /// The engine asks whether an order that waits may be amended to these terms; nothing changes before it lines up
    /// anew. The answer is data, an [`Acceptance`].
    Amend {
        /// The order as it would be.
        order: NewOrder,
    },
    /// Anyone executes what is due, strictly in (round, lane, sequence).
    Crank {
        /// Orders at most, 1 to 50.
        limit: u32,
        /// Who is paid for it, if not the sender.
        payee: Option<String>,
    },
}

impl ExecuteMsg {
    /// What this message would do. A variant without a decision does not compile.
    pub const fn action(&self) -> Action {
        match self {
            Self::Accept { .. } | Self::Amend { .. } => Action::Internal,
            Self::Crank { .. } => Action::Learn,
        }
    }
}

/// Why a market does not take an order.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Rejection {
    /// The size is not a multiple of the lot.
    OffLot {
        /// The lot.
        lot: Uint128,
    },
    /// The size is below the minimum.
    TooSmall {
        /// The minimum.
        min_size: Uint128,
    },
    /// The limit price is not a multiple of the tick.
    OffTick {
        /// The tick.
        tick: crate::Price,
    },
    /// The account has as many orders of this kind waiting as it may.
    TooMany {
        /// The cap.
        max: u32,
    },
}

/// Answer to `Accept`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Acceptance {
    /// It waits for its round.
    Accepted {},
    /// It is not taken.
    Rejected {
        /// Why.
        reason: Rejection,
    },
}

/// What a market can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Who is who, and the settings.
    #[returns(Config)]
    Config {},
    /// Waiting orders of one lane in sequence.
    #[returns(Vec<Waiting>)]
    Orders {
        /// The reducing lane, or the increasing one.
        reducing: bool,
        /// After this block of placing and this sequence.
        start_after: Option<(u64, u64)>,
        /// At most 30.
        limit: Option<u32>,
    },
    /// Whether it is sound: asked before and after code is replaced.
    #[returns(crate::upgrade::SelfCheck)]
    SelfCheck {},
    /// How many orders wait in each lane.
    #[returns(Queue)]
    Queue {},
}

/// Who is who.
#[cw_serde]
pub struct Config {
    /// Its name at the engine.
    pub market: String,
    /// The feed it is priced by.
    pub feed: String,
    /// The engine.
    pub engine: Handle<Engine>,
    /// The oracle.
    pub oracle: Handle<Oracle>,
    /// Settings.
    pub params: Params,
}

/// One waiting order.
#[cw_serde]
pub struct Waiting {
    /// Its sequence.
    pub order: u64,
    /// Whose.
    pub account: Addr,
    /// When it was placed, or re-armed.
    pub placed: Moment,
    /// Faults it met.
    pub faults: u32,
    /// Not tried again before this block time, seconds.
    pub retry_at: u64,
}

/// How many wait.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Queue {
    /// Reducing.
    pub reducing: u64,
    /// Increasing.
    pub increasing: u64,
}

/// An order left the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDone {
    /// Which.
    pub order: u64,
    /// At which round.
    pub round: u64,
    /// Filled size, zero when refused.
    pub filled: Size,
    /// Why it was refused.
    pub refused: Option<Refusal>,
}

impl Wire for OrderDone {
    const TYPE: &'static str = "order_done";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("order", self.order.to_string())
            .add_attribute("round", self.round.to_string())
            .add_attribute("filled", self.filled.0.to_string())
            .add_attribute("refused", self.refused.map_or("", Refusal::name))
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        let refused: String = fields.get("refused")?;
        Ok(Self {
            order: fields.get("order")?,
            round: fields.get("round")?,
            filled: Size(fields.get("filled")?),
            refused: if refused.is_empty() {
                None
            } else {
                Some(fields.get("refused")?)
            },
        })
    }
}

/// The engine failed on an order; it is not the user's fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFaulted {
    /// Which.
    pub order: u64,
    /// How often by now.
    pub faults: u32,
}

impl Wire for OrderFaulted {
    const TYPE: &'static str = "order_faulted";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("order", self.order.to_string())
            .add_attribute("faults", self.faults.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            order: fields.get("order")?,
            faults: fields.get("faults")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    fn what_a_market_emits_reads_back_as_written() {
        for refused in Refusal::ALL.map(Some).into_iter().chain([None]) {
            assert_round_trips(&OrderDone {
                order: 1,
                round: 2,
                filled: Size::raw(-3),
                refused,
            });
        }
        assert_round_trips(&OrderFaulted {
            order: 1,
            faults: 2,
        });
    }
}
