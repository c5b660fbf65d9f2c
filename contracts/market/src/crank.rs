//! The crank: walks the rounds and hands due orders to the engine, strictly in (round, lane, sequence).
//! Each goes in its own contained submessage and names the order before it: if that one has not been
//! consumed, the engine changes nothing, so a crank that meets Busy or a fault stops.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, StdResult, SubMsg};
use types::{
    clock::Moment,
    engine,
    market::{Config, Waiting},
    oracle::{Round, RoundAfter, Snapshot},
    pending::Pending,
};

use crate::{
    queue::{self, Place},
    reply::Awaiting,
    setup, ContractError,
};

/// Orders of one crank at most.
pub const MAX_LIMIT: u32 = 50;
/// Gas for one settlement.
const SETTLE: u64 = 1_500_000;
/// Gas for telling the engine something small.
const TELL: u64 = 300_000;

/// One step of a crank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    place: Place,
    /// The round it is due at; `None` when that is no longer kept.
    round: Option<u64>,
}

/// Execute what is due.
pub fn run(deps: DepsMut, env: &Env, limit: u32, payee: &Addr) -> Result<Response, ContractError> {
    if limit == 0 || limit > MAX_LIMIT {
        return Err(ContractError::BadLimit {
            given: limit,
            max: MAX_LIMIT,
        });
    }
    let config = setup::load(deps.storage)?;
    let mut out = Vec::new();
    if !queue::desk(deps.storage)?.told {
        out.push(introduce(&config)?);
    }
    let mut before = None;
    for step in plan(deps.as_ref(), env, &config, limit)? {
        out.push(settle(&config, step, (before, payee))?);
        before = step.round.map(|_| step.place.order);
    }
    Ok(Response::new().add_submessages(out))
}

fn introduce(config: &Config) -> StdResult<SubMsg> {
    let terms = config.params.funding;
    let tell = config
        .engine
        .tell_part(&engine::FromMarket::SetFunding { terms })?;
    Awaiting::Introduction {}.contained(tell, TELL)
}

fn settle(config: &Config, step: Step, (after, payee): (Option<u64>, &Addr)) -> StdResult<SubMsg> {
    let (order, payee) = (step.place.order, payee.to_string());
    let msg = match step.round {
        Some(round) => engine::FromMarket::Settle {
            order,
            round,
            after,
            payee,
        },
        None => engine::FromMarket::Evict { order, payee },
    };
    let awaiting = Awaiting::Settlement {
        place: step.place,
        round: step.round.unwrap_or_default(),
    };
    awaiting.contained(config.engine.tell_part(&msg)?, SETTLE)
}

/// One lane, front first, with the round found last: rounds rise along a lane, so a round that
/// binds the next order too is also its first.
struct Lane {
    orders: std::vec::IntoIter<(Place, Waiting)>,
    known: Option<Moment>,
    number: u64,
    head: Option<Step>,
    /// The round of its next order does not read.
    unread: bool,
}

/// What the planner looks for rounds with.
struct Planner<'a> {
    deps: Deps<'a>,
    config: &'a Config,
    newest: Round,
    /// The round before the newest.
    before: Option<Moment>,
    max_future: u64,
    now: u64,
}

fn plan(deps: Deps, env: &Env, config: &Config, limit: u32) -> Result<Vec<Step>, ContractError> {
    let now = env.block.time.seconds();
    let asked = (None, now);
    // What does not read is no price: nothing is due by it, and nobody takes this order book for dead.
    let prices = config
        .oracle
        .snapshot(&deps.querier, &config.feed, asked)
        .unwrap_or(Snapshot::UNKNOWN);
    let Some(newest) = prices.newest else {
        return Ok(vec![]);
    };
    let planner = Planner {
        deps,
        config,
        newest: newest.round,
        before: newest.before.map(|round| round.at),
        max_future: prices.max_future,
        now,
    };
    let limit = usize::try_from(limit).unwrap_or(1);
    let mut reducing = planner.lane(true, limit)?;
    let mut increasing = planner.lane(false, limit)?;
    let mut steps = Vec::new();
    // Past a round that does not read nothing goes, in either lane: what is behind it may not come first.
    while steps.len() < limit && !reducing.unread && !increasing.unread {
        let first = match (reducing.head, increasing.head) {
            (None, None) => break,
            (Some(r), Some(i)) => r.round <= i.round,
            (Some(_), None) => true,
            (None, Some(_)) => false,
        };
        let lane = if first {
            &mut reducing
        } else {
            &mut increasing
        };
        steps.extend(lane.head);
        planner.advance(lane)?;
    }
    Ok(steps)
}

impl Planner<'_> {
    fn lane(&self, reducing: bool, limit: usize) -> Result<Lane, ContractError> {
        let orders = queue::ready(self.deps.storage, reducing, (self.now, limit))?;
        let mut lane = Lane {
            orders: orders.into_iter(),
            known: None,
            number: 0,
            head: None,
            unread: false,
        };
        self.advance(&mut lane)?;
        Ok(lane)
    }

    /// Move a lane's head on to its next order that is due now.
    fn advance(&self, lane: &mut Lane) -> Result<(), ContractError> {
        lane.head = None;
        let Some((place, waiting)) = lane.orders.next() else {
            return Ok(());
        };
        let binds = |at| waiting.placed.binds(at, self.max_future);
        if !binds(self.newest.at) {
            return Ok(());
        }
        let round = if lane.known.is_some_and(binds) {
            Some(lane.number)
        } else if self.before.is_some_and(|at| !binds(at)) {
            // Rounds are bound in their order: the first is the newest. The common case, and nothing more is read.
            lane.known = Some(self.newest.at);
            lane.number = self.newest.number;
            Some(self.newest.number)
        } else {
            match self.look(lane, waiting.placed) {
                Ok(found) => found,
                Err(_) => {
                    lane.unread = true;
                    return Ok(());
                }
            }
        };
        lane.head = Some(Step { place, round });
        Ok(())
    }

    /// Its round, of those that are kept.
    fn look(&self, lane: &mut Lane, placed: Moment) -> StdResult<Option<u64>> {
        let after = Moment {
            time: placed.time.saturating_add(self.max_future),
            ..placed
        };
        let found = self
            .config
            .oracle
            .round_after(&self.deps.querier, &self.config.feed, after)?;
        Ok(match found {
            RoundAfter::Round(round) => {
                lane.known = Some(round.at);
                lane.number = round.number;
                Some(round.number)
            }
            RoundAfter::NotYet {} | RoundAfter::Evicted {} => None,
        })
    }
}
