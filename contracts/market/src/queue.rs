//! Waiting orders: two lanes, each in the order of placing. The one place that writes them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use store::{Bound, Item, Map};
use types::{
    clock::Moment,
    market::{NewOrder, Queue, Waiting},
};

use crate::key;

/// Where an order waits. Ordered as it is executed within its lane: by the block that placed or re-armed it,
/// then by sequence.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Place {
    /// The reducing lane, which goes first within a round.
    pub reducing: bool,
    /// Height of its placing or re-arming.
    pub height: u64,
    /// Its sequence.
    pub order: u64,
}

/// Counters and what the engine has been told.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Desk {
    /// Reducing orders waiting.
    pub reducing: u64,
    /// Increasing orders waiting.
    pub increasing: u64,
    /// The engine knows the funding terms.
    pub told: bool,
}

const LANES: Map<(u8, u64, u64), Waiting> = Map::new(key::LANES);
const COUNTS: Map<(u8, &Addr), u32> = Map::new(key::COUNTS);
const DESK: Item<Desk> = Item::new(key::DESK);

const fn lane(reducing: bool) -> u8 {
    if reducing {
        0
    } else {
        1
    }
}

impl Place {
    const fn key(self) -> (u8, u64, u64) {
        (lane(self.reducing), self.height, self.order)
    }
}

/// Counters.
pub fn desk(storage: &dyn Storage) -> StdResult<Desk> {
    Ok(DESK.may_load(storage)?.unwrap_or_default())
}

/// The engine has been told the funding terms.
pub fn told(storage: &mut dyn Storage) -> StdResult<()> {
    let desk = Desk {
        told: true,
        ..desk(storage)?
    };
    DESK.save(storage, &desk)
}

/// How many wait.
pub fn lengths(storage: &dyn Storage) -> StdResult<Queue> {
    let desk = desk(storage)?;
    Ok(Queue {
        reducing: desk.reducing,
        increasing: desk.increasing,
    })
}

/// How many of one kind an account has waiting.
pub fn count(storage: &dyn Storage, reducing: bool, account: &Addr) -> StdResult<u32> {
    Ok(COUNTS
        .may_load(storage, (lane(reducing), account))?
        .unwrap_or(0))
}

/// Line up.
pub fn push(storage: &mut dyn Storage, order: &NewOrder) -> StdResult<()> {
    let place = Place {
        reducing: order.reducing,
        height: order.placed.height,
        order: order.order,
    };
    let waiting = Waiting {
        order: order.order,
        account: order.account.clone(),
        placed: order.placed,
        faults: 0,
        retry_at: 0,
    };
    LANES.save(storage, place.key(), &waiting)?;
    let held = count(storage, order.reducing, &order.account)?;
    COUNTS.save(
        storage,
        (lane(order.reducing), &order.account),
        &held.saturating_add(1),
    )?;
    let mut desk = desk(storage)?;
    let length = desk.length(order.reducing);
    *length = length.saturating_add(1);
    DESK.save(storage, &desk)
}

impl Desk {
    fn length(&mut self, reducing: bool) -> &mut u64 {
        if reducing {
            &mut self.reducing
        } else {
            &mut self.increasing
        }
    }
}

/// Read one.
pub fn load(storage: &dyn Storage, place: Place) -> StdResult<Option<Waiting>> {
    LANES.may_load(storage, place.key())
}

/// Leave.
pub fn remove(storage: &mut dyn Storage, place: Place) -> StdResult<()> {
    let Some(waiting) = load(storage, place)? else {
        return Ok(());
    };
    LANES.remove(storage, place.key());
    let key = (lane(place.reducing), &waiting.account);
    match count(storage, place.reducing, &waiting.account)? {
        0 | 1 => COUNTS.remove(storage, key),
        more => COUNTS.save(storage, key, &more.saturating_sub(1))?,
    }
    let mut desk = desk(storage)?;
    let length = desk.length(place.reducing);
    *length = length.saturating_sub(1);
    DESK.save(storage, &desk)
}

/// Line up again at the end: its round is no longer kept.
pub fn rearm(storage: &mut dyn Storage, place: Place, placed: Moment) -> StdResult<()> {
    let Some(waiting) = load(storage, place)? else {
        return Ok(());
    };
    LANES.remove(storage, place.key());
    let place = Place {
        height: placed.height,
        ..place
    };
    LANES.save(storage, place.key(), &Waiting { placed, ..waiting })
}

/// Settling failed: try again later, twice as late each time, ten minutes at most.
pub fn fault(storage: &mut dyn Storage, place: Place, now: u64) -> StdResult<u32> {
    let Some(mut waiting) = load(storage, place)? else {
        return Ok(0);
    };
    waiting.faults = waiting.faults.saturating_add(1);
    let pause = 15u64
        .saturating_mul(1u64.checked_shl(waiting.faults.min(6)).unwrap_or(1))
        .min(600);
    waiting.retry_at = now.saturating_add(pause);
    LANES.save(storage, place.key(), &waiting)?;
    Ok(waiting.faults)
}

/// Entries of a lane looked at in one crank at most.
const LOOKED_AT: usize = 500;

/// The first `limit` orders of a lane that do not wait out a fault, in the order of execution.
pub fn ready(
    storage: &dyn Storage,
    reducing: bool,
    (now, limit): (u64, usize),
) -> StdResult<Vec<(Place, Waiting)>> {
    let lane = LANES.sub_prefix(lane(reducing));
    lane.range(storage, None, None, Order::Ascending)
        .take(LOOKED_AT)
        .map(|row| Ok(placed(reducing, row?)))
        .filter(|row| row.as_ref().map_or(true, |(_, w)| w.retry_at <= now))
        .take(limit)
        .collect()
}

fn placed(reducing: bool, ((height, order), waiting): ((u64, u64), Waiting)) -> (Place, Waiting) {
    let place = Place {
        reducing,
        height,
        order,
    };
    (place, waiting)
}

/// Orders of a lane after one.
pub fn page(
    storage: &dyn Storage,
    reducing: bool,
    (after, limit): (Option<(u64, u64)>, usize),
) -> StdResult<Vec<(Place, Waiting)>> {
    LANES
        .sub_prefix(lane(reducing))
        .range(storage, after.map(Bound::exclusive), None, Order::Ascending)
        .take(limit)
        .map(|row| Ok(placed(reducing, row?)))
        .collect()
}

/// What must hold after every message: lengths and counts equal a recount. The chain never calls it.
pub fn audit(storage: &dyn Storage) -> StdResult<Vec<String>> {
    let desk = desk(storage)?;
    let mut broken = Vec::new();
    for (reducing, length) in [(true, desk.reducing), (false, desk.increasing)] {
        let all = page(storage, reducing, (None, usize::MAX))?;
        if u64::try_from(all.len()).unwrap_or(u64::MAX) != length {
            broken.push(format!("{} orders wait, {length} counted", all.len()));
        }
        for (_, waiting) in &all {
            let own = all.iter().filter(|(_, w)| w.account == waiting.account);
            let own = u32::try_from(own.count()).unwrap_or(u32::MAX);
            let counted = count(storage, reducing, &waiting.account)?;
            if own != counted {
                broken.push(format!(
                    "{own} of {} wait, {counted} counted",
                    waiting.account
                ));
            }
        }
    }
    Ok(broken)
}
