//! How a market's order book has been doing, and what becomes of its orders when it is dead: a reduction is executed
//! by the engine itself, an increase goes back.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, DepsMut, Env, Response};
use types::{
    engine::{Mandate, Settlement},
    oracle::RoundAfter,
};

use crate::{
    ending, heads, mandate, peers,
    scene::{querier, Scene},
    settle, ContractError,
};

/// Calls that are remembered.
const CALLS: u32 = 10;
/// A reduction due this long, with nothing before it, shows that the order book is silent; an order called back this
/// long does not wait for an oracle that fails. Seconds.
pub const SILENCE: u64 = 600;

/// What is remembered of an order book.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Venue {
    /// A bit for each of the last ten calls, set where it failed.
    calls: u16,
    /// Whether it is dead.
    pub dead: bool,
}

impl Venue {
    /// A call has come back.
    pub fn note(&mut self, failed: bool) {
        let kept = self.calls.wrapping_shl(1) & 0b11_1111_1111;
        self.calls = kept | u16::from(failed);
    }

    /// Of the last ten calls, those that failed.
    pub const fn faults(self) -> u32 {
        let faults = self.calls.count_ones();
        if faults > CALLS {
            CALLS
        } else {
            faults
        }
    }
}

/// Whether the oldest waiting reduction has been due for ten minutes and nothing stands in its way.
pub fn is_silent(scene: &Scene, deps: &DepsMut) -> Result<bool, ContractError> {
    let Some(m) = mandate::oldest_reducing(deps.storage, &scene.id)? else {
        return Ok(false);
    };
    if m.placed.time.saturating_add(SILENCE) > scene.now.time || !heads::clear(scene, deps.storage)?
    {
        return Ok(false);
    }
    Ok(match first(scene, deps, &m)? {
        RoundAfter::Round(round) => round.at.time.saturating_add(SILENCE) <= scene.now.time,
        RoundAfter::NotYet {} => false,
        RoundAfter::Evicted {} => true,
    })
}

fn first(scene: &Scene, deps: &DepsMut, m: &Mandate) -> Result<RoundAfter, ContractError> {
    let oracle = peers::peers(deps.storage)?.oracle;
    let after = mandate::after(m, scene.prices.max_future);
    // An oracle that does not answer knows of no round.
    Ok(oracle
        .round_after(&querier(deps), &scene.market.feed, after)
        .unwrap_or(RoundAfter::NotYet {}))
}

/// Do what a dead order book does not: execute a due reduction at its round, refund an increase whose round exists
/// as one whose round is no longer kept. Answers like `Settle`.
pub fn take_over(
    mut deps: DepsMut,
    env: &Env,
    (id, order): (&str, u64),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let Some(m) = mandate::load(deps.storage, id, order)? else {
        return Err(ContractError::NoOrder { order });
    };
    let scene = Scene::load(deps.as_ref(), env, id, None)?;
    if !scene.books.venue.dead {
        return Err(ContractError::StillDue { order });
    }
    match first(&scene, &deps, &m)? {
        RoundAfter::NotYet {} => settle::answer(Response::new(), &Settlement::NotDue {}),
        RoundAfter::Evicted {} => ending::evict(deps, env, id, order, payee),
        RoundAfter::Round(round) if !m.kind.reducing() => {
            ending::undone(&mut deps, scene, (&m, round.at), payee)
        }
        RoundAfter::Round(round) => {
            let call = settle::Call {
                order,
                round: round.number,
                after: None,
                payee: payee.clone(),
            };
            settle::settle(deps, env, id, &call)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_calls_are_remembered() {
        let mut venue = Venue::default();
        for n in 1..=12 {
            venue.note(true);
            assert_eq!(venue.faults(), n.min(10));
        }
        for n in 1..=10 {
            venue.note(false);
            assert_eq!(venue.faults(), 10 - n);
        }
    }
}
