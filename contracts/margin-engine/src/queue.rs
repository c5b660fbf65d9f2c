//! Exits that did not fit through a bucket: entries with fixed ready times, claimed in parts. Two kinds of door:
//! a market's border, and a coin's backstop.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use math::{bucket::Entry, units::OutOfRange};
use store::{Bound, Map};
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

/// Profit that was not ready when its market was wound up: `(market, account, number)`.
const UNREADY: Map<(&str, &Addr, u64), Amount> = Map::new(key::UNREADY);

/// One of them.
pub struct Unready {
    /// Whose.
    pub account: Addr,
    /// Of which entry.
    number: u64,
    /// How much.
    pub amount: Amount,
}

/// A page of a queue that was set apart.
pub struct Frozen {
    /// What of it was not ready.
    pub unready: Amount,
    /// Entries of the page.
    pub count: usize,
    /// The last of them.
    pub last: Option<(Addr, u64)>,
}

/// Split a page of a market's entries into what was free at `at` and what was not: the first stays, all of it free; the
/// second is set apart.
pub fn freeze(
    storage: &mut dyn Storage,
    (market, at): (&str, u64),
    after: Option<&(Addr, u64)>,
    limit: usize,
) -> Result<Frozen, ContractError> {
    let door = Door::Market(market).key();
    let from = after.map(|(account, number)| Bound::exclusive((account, *number)));
    let page: Vec<_> = QUEUE
        .sub_prefix(door)
        .range(storage, from, None, Order::Ascending)
        .take(limit)
        .collect::<StdResult<_>>()?;
    let mut frozen = Frozen {
        unready: Amount::ZERO,
        count: page.len(),
        last: None,
    };
    for ((account, number), mut queued) in page {
        let free = queued.entry.claimable(at)?;
        let unready = queued.entry.amount.minus(free)?;
        if !unready.is_zero() {
            frozen.unready = frozen.unready.plus(unready)?;
            UNREADY.save(storage, (market, &account, number), &unready)?;
            queued.entry.amount = free;
            queued.entry.ready = 0;
            let at = (door, &account, number);
            if free == queued.taken {
                QUEUE.remove(storage, at);
            } else {
                QUEUE.save(storage, at, &queued)?;
            }
        }
        frozen.last = Some((account, number));
    }
    Ok(frozen)
}

/// A page of what was set apart.
pub fn unready(storage: &dyn Storage, market: &str, limit: usize) -> StdResult<Vec<Unready>> {
    UNREADY
        .sub_prefix(market)
        .range(storage, None, None, Order::Ascending)
        .take(limit)
        .map(|row| {
            let ((account, number), amount) = row?;
            Ok(Unready {
                account,
                number,
                amount,
            })
        })
        .collect()
}

/// It has been paid.
pub fn thawed(storage: &mut dyn Storage, market: &str, paid: &Unready) {
    UNREADY.remove(storage, (market, &paid.account, paid.number));
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
