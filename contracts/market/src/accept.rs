//! Taking an order, or not: the answer is data.

use cosmwasm_std::{StdResult, Storage, Uint128};
use types::market::{Acceptance, NewOrder, Params, Rejection};

use crate::queue;

/// Take it into its lane, if it fits.
pub fn order(
    storage: &mut dyn Storage,
    params: &Params,
    order: &NewOrder,
) -> StdResult<Acceptance> {
    let waiting = queue::count(storage, order.reducing, &order.account)?;
    let reason = crowded(params, order, waiting).or_else(|| unfit(params, order));
    if let Some(reason) = reason {
        return Ok(Acceptance::Rejected { reason });
    }
    queue::push(storage, order)?;
    Ok(Acceptance::Accepted {})
}

/// Whether an order that waits would be taken in these terms. It keeps its place until the engine says that it lines
/// up anew, so nothing is written here.
pub fn amended(params: &Params, order: &NewOrder) -> Acceptance {
    unfit(params, order).map_or(Acceptance::Accepted {}, |reason| Acceptance::Rejected {
        reason,
    })
}

/// Increases and reductions are capped apart: entries crowd out no exit.
fn crowded(params: &Params, order: &NewOrder, waiting: u32) -> Option<Rejection> {
    let max = if order.reducing {
        params.max_reductions
    } else {
        params.max_increases
    };
    (waiting >= max).then_some(Rejection::TooMany { max })
}

/// Increases keep to lot, minimum and tick; a reduction may be of any size and limit: exits stay open.
fn unfit(params: &Params, order: &NewOrder) -> Option<Rejection> {
    if order.reducing {
        return None;
    }
    let size = order.size.unwrap_or_default();
    if !multiple(size, params.lot) {
        return Some(Rejection::OffLot { lot: params.lot });
    }
    if size < params.min_size {
        let min_size = params.min_size;
        return Some(Rejection::TooSmall { min_size });
    }
    let off_tick = order
        .limit
        .is_some_and(|l| !multiple(l.0.atomics(), params.tick.0.atomics()));
    off_tick.then_some(Rejection::OffTick { tick: params.tick })
}

fn multiple(n: Uint128, of: Uint128) -> bool {
    n.checked_rem(of).is_ok_and(|rest| rest.is_zero())
}
