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
    if let Some(reason) = rejection(params, order, waiting) {
        return Ok(Acceptance::Rejected { reason });
    }
    queue::push(storage, order)?;
    Ok(Acceptance::Accepted {})
}

/// Increases keep to lot, minimum and tick; a reduction may be of any size and limit: exits stay open.
fn rejection(params: &Params, order: &NewOrder, waiting: u32) -> Option<Rejection> {
    let max = if order.reducing {
        params.max_reductions
    } else {
        params.max_increases
    };
    if waiting >= max {
        return Some(Rejection::TooMany { max });
    }
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
