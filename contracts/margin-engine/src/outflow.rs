//! What accounts have asked to take out of a market lately: profit beyond what was paid in, and liquidity, whether it
//! passed at once or waits; less the liquidity they brought. Each account counts up to 2 % of the vault, so that a run
//! reads and neither one great account nor a loop does.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, Storage};
use math::{
    outflow::{Counted, Own, Phase, Scale},
    units::OutOfRange,
};
use store::Map;
use types::{Amount, Ratio};

use crate::{compartment::Compartment, key, ContractError};

/// The part of the vault's usual value that one account counts up to.
const MOST: Ratio = Ratio::percent(2);
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// What counts of a whole market.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Outflow {
    hour: Counted,
    day: Counted,
}

/// What one account has asked for.
#[cw_serde]
#[derive(Copy, Eq, Default)]
struct Asked {
    hour: Own,
    day: Own,
}

/// `(market, account)`.
const ASKED: Map<(&str, &Addr), Asked> = Map::new(key::ASKED);

impl Outflow {
    /// The hour's and the day's reading.
    pub fn readings(&self, now: u64) -> Result<[Ratio; 2], OutOfRange> {
        Ok([
            self.hour.reading(Phase::of(now, HOUR))?,
            self.day.reading(Phase::of(now, DAY))?,
        ])
    }
}

/// An account asks to take out so much of a market, or brings it where negative.
pub fn note(
    storage: &mut dyn Storage,
    books: &mut Compartment,
    at: (&str, &Addr),
    (by, now): (Amount, u64),
) -> Result<(), ContractError> {
    if by.is_zero() {
        return Ok(());
    }
    let scale = Scale {
        held: books.flow.usual(),
        most: MOST,
    };
    let sums = &mut books.outflow;
    let mut own = ASKED.may_load(storage, at)?.unwrap_or_default();
    let scale = |length| (scale, Phase::of(now, length));
    (own.hour, sums.hour) = own.hour.moved(sums.hour, by, scale(HOUR))?;
    (own.day, sums.day) = own.day.moved(sums.day, by, scale(DAY))?;
    Ok(ASKED.save(storage, at, &own)?)
}

/// The sums of a market over its accounts.
pub fn owners(
    storage: &dyn Storage,
    market: &str,
    sums: &Outflow,
) -> Result<Outflow, ContractError> {
    let mut all = Outflow {
        hour: sums.hour.cleared(),
        day: sums.day.cleared(),
    };
    for row in ASKED
        .prefix(market)
        .range(storage, None, None, Order::Ascending)
    {
        let (_, own) = row?;
        all.hour = all.hour.with(own.hour.counted)?;
        all.day = all.day.with(own.day.counted)?;
    }
    Ok(all)
}
