//! Exits that did not fit through a bucket: entries with fixed ready times, claimed in parts. Two kinds of door:
//! a market's border, and a coin's backstop.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use cw_storage_plus::Map;
use math::{bucket::Entry, units::OutOfRange};
use types::{engine::QueuedState, page, Amount};

use crate::{key, ContractError};

/// Entries one claim collects at most.
const CLAIMS: usize = 20;

/// What exits queue at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door<'a> {
    /// The border of this market.
    Market(&'a str),
    /// The backstop of this denom.
    Denom(&'a str),
}

impl<'a> Door<'a> {
    const fn key(self) -> (u8, &'a str) {
        match self {
            Self::Market(id) => (0, id),
            Self::Denom(denom) => (1, denom),
        }
    }
}

/// A queued exit.
#[cw_serde]
#[derive(Copy, Eq)]
struct Queued {
    /// How much, and when.
    entry: Entry,
    /// Claimed of it.
    taken: Amount,
}

/// `((kind, name), account, number)`.
const QUEUE: Map<((u8, &str), &Addr, u64), Queued> = Map::new(key::QUEUE);

/// Nanoseconds as whole seconds, rounded up.
pub const fn seconds(nanos: u64) -> u64 {
    nanos.div_ceil(1_000_000_000)
}

/// Join under a number that no other entry of the door has.
pub fn join(
    storage: &mut dyn Storage,
    (door, account): (Door, &Addr),
    number: u64,
    entry: Entry,
) -> StdResult<()> {
    let taken = Amount::ZERO;
    QUEUE.save(
        storage,
        (door.key(), account, number),
        &Queued { entry, taken },
    )
}

fn of(
    storage: &dyn Storage,
    (door, account): (Door, &Addr),
    limit: usize,
) -> StdResult<Vec<(u64, Queued)>> {
    QUEUE
        .prefix((door.key(), account))
        .range(storage, None, None, Order::Ascending)
        .take(limit)
        .collect()
}

/// Take what of the own entries is free now; the oldest twenty at once.
pub fn collect(
    storage: &mut dyn Storage,
    (door, account): (Door, &Addr),
    now: u64,
) -> Result<Amount, ContractError> {
    let mut sum = Amount::ZERO;
    for (number, mut queued) in of(storage, (door, account), CLAIMS)? {
        let free = queued.entry.claimable(now)?;
        let due = free.minus(queued.taken)?;
        if due.is_zero() {
            continue;
        }
        sum = sum.plus(due)?;
        queued.taken = free;
        let at = (door.key(), account, number);
        if free == queued.entry.amount {
            QUEUE.remove(storage, at);
        } else {
            QUEUE.save(storage, at, &queued)?;
        }
    }
    if sum.is_zero() {
        return Err(ContractError::NothingToClaim);
    }
    Ok(sum)
}

/// The own entries, oldest first.
pub fn states(
    storage: &dyn Storage,
    at: (Door, &Addr),
    now: u64,
) -> Result<Vec<QueuedState>, ContractError> {
    of(storage, at, page::size(Some(page::MAX)))?
        .into_iter()
        .map(|(_, queued)| Ok(queued.state(now)?))
        .collect()
}

impl Queued {
    fn state(&self, now: u64) -> Result<QueuedState, OutOfRange> {
        Ok(QueuedState {
            amount: self.entry.amount,
            taken: self.taken,
            claimable: self.entry.claimable(now)?.minus(self.taken)?,
            ready: seconds(self.entry.ready),
        })
    }
}

/// Money queued at a door by all owners together: for audits.
pub fn waiting(storage: &dyn Storage, door: Door) -> Result<Amount, ContractError> {
    let mut sum = Amount::ZERO;
    for row in QUEUE
        .sub_prefix(door.key())
        .range(storage, None, None, Order::Ascending)
    {
        let (_, queued) = row?;
        sum = sum.plus(queued.entry.amount)?.minus(queued.taken)?;
    }
    Ok(sum)
}
