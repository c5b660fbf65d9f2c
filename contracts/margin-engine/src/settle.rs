//! Settling one due order at its round. Everything the venue says is checked here: whose order, which
//! round, what is allowed. The answer is data.

use cosmwasm_std::{to_json_binary, Addr, Deps, DepsMut, Env, Response, Storage};
use types::{
    clock::Moment,
    engine::{Mandate, Order, PositionChanged, Refusal, Settlement},
    level::Level,
    oracle::{Pair, Round, RoundAfter, Status},
    wire::Wire,
    Amount, Price, Side, Size,
};

use crate::{
    amend, ending,
    fill::{self, Held},
    funding, heads,
    judge::{within, Ask},
    liquidate, lp, mandate, peers,
    position::{self, Position},
    scene::Scene,
    wallet, ContractError,
};

/// Bankrupt heads one settlement clears at most before it answers Busy.
const CLEAR: u32 = 3;

/// One settlement: what was signed, and at which round.
struct Case<'a> {
    mandate: &'a Mandate,
    round: Round,
    payee: &'a Addr,
}

pub(crate) fn answer(
    response: Response,
    settlement: &Settlement,
) -> Result<Response, ContractError> {
    Ok(response.set_data(to_json_binary(settlement)?))
}

/// What the venue asks for.
pub struct Call {
    /// Which order.
    pub order: u64,
    /// At which round.
    pub round: u64,
    /// Only if this one is consumed.
    pub after: Option<u64>,
    /// Who is paid.
    pub payee: Addr,
}

/// Settle an order at its round.
pub fn settle(
    mut deps: DepsMut,
    env: &Env,
    market: &str,
    call: &Call,
) -> Result<Response, ContractError> {
    let before = match call.after {
        Some(after) => mandate::load(deps.storage, market, after)?,
        None => None,
    };
    let Some(mandate) = mandate::load(deps.storage, market, call.order)? else {
        let settlement = match before {
            Some(_) => Settlement::Busy {},
            None => Settlement::Refused {
                reason: Refusal::Gone,
            },
        };
        return answer(Response::new(), &settlement);
    };
    if before.is_some_and(|before| mandate::precedes(&before, &mandate)) {
        return answer(Response::new(), &Settlement::Busy {});
    }
    let mut scene = Scene::load(deps.as_ref(), env, market, Some(call.round))?;
    if scene.stance.level == Level::Settlement {
        return ending::voided(scene, deps.storage, &mandate);
    }
    let Some(round) = due_round(&scene, deps.as_ref(), (&mandate, call.round))? else {
        return answer(Response::new(), &Settlement::NotDue {});
    };
    if mandate::is_amended(&mandate, round.at, scene.prices.max_future) {
        return amend::line_up(deps.storage, scene, mandate);
    }
    // Clearing a head changes sums at the newest round, settling alone at its own.
    let until = if heads::is_needed(&scene, deps.storage)? {
        scene.newest().map(|r| r.at)
    } else {
        Some(round.at)
    };
    let priced = lp::price_due(&mut scene, &mut deps, until, &call.payee)?;
    let cleared = liquidate::bankrupt(&mut scene, deps.storage, CLEAR, &call.payee)?;
    let response = Response::new()
        .add_events(priced)
        .add_events(cleared.events);
    if cleared.more {
        // What has been cleared stays cleared.
        scene.save(deps.storage)?;
        return answer(response, &Settlement::Busy {});
    }
    funding::accrue(&mut scene, &round)?;
    let case = Case {
        mandate: &mandate,
        round,
        payee: &call.payee,
    };
    let (events, settlement) = case.execute(&mut scene, deps.storage)?;
    scene.save(deps.storage)?;
    answer(response.add_events(events), &settlement)
}

/// The round named, if it is the first that binds the mandate: the one before does not. Where that one is no
/// longer kept, what the oracle remembers of it has to name the same round.
fn due_round(
    scene: &Scene,
    deps: Deps,
    (mandate, number): (&Mandate, u64),
) -> Result<Option<Round>, ContractError> {
    let Some(Pair { round, before }) = scene.prices.named else {
        return Ok(None);
    };
    let max_future = scene.prices.max_future;
    let binds = |at: Moment| mandate.placed.binds(at, max_future);
    if round.number != number || !binds(round.at) {
        return Ok(None);
    }
    let first = match before {
        Some(before) => !binds(before.at),
        None if number == 1 => true,
        None => {
            let oracle = peers::peers(deps.storage)?.oracle;
            let after = mandate::after(mandate, max_future);
            let found = oracle.round_after(&deps.querier, &scene.market.feed, after)?;
            matches!(found, RoundAfter::Round(named) if named.number == number)
        }
    };
    Ok(first.then_some(round))
}

pub(crate) type Outcome = (Vec<cosmwasm_std::Event>, Settlement);

impl Case<'_> {
    fn execute(
        &self,
        scene: &mut Scene,
        storage: &mut dyn Storage,
    ) -> Result<Outcome, ContractError> {
        let max_future = scene.prices.max_future;
        if let Some(reason) = mandate::revoked(self.mandate, self.round.at, max_future) {
            return ending::refuse(scene, storage, (self.mandate, self.payee), reason);
        }
        match self.mandate.kind {
            Order::Increase { .. } if self.mandate.linked.is_some() => {
                let who = (self.mandate, self.payee);
                ending::refuse(scene, storage, who, Refusal::NotClosed)
            }
            Order::Increase { side, size, .. } => {
                let by = signed(side, size)?;
                self.increase(scene, storage, by)
            }
            Order::Reduce { side, size } => {
                let size = signed(side, size)?;
                self.reduce(scene, storage, side, Some(size))
            }
            Order::Close { side } => self.reduce(scene, storage, side, None),
        }
    }

    fn increase(
        &self,
        scene: &mut Scene,
        storage: &mut dyn Storage,
        by: Size,
    ) -> Result<Outcome, ContractError> {
        let account = &self.mandate.account;
        let held = position::load(storage, &scene.id, account)?;
        let entry = self.ask(scene, held.as_ref(), by)?.decide(scene)?;
        let entry = match entry {
            Ok(entry) => entry,
            Err(reason) => {
                return ending::refuse(scene, storage, (self.mandate, self.payee), reason)
            }
        };
        let reserve = Amount::of(scene.market.params.sums.liquidation_reserve)?;
        let mut held = match held {
            Some(position) => fill::take(scene, storage, account, position)?,
            None => {
                scene.books.reserves = scene.books.reserves.plus(reserve)?;
                Held {
                    account: account.clone(),
                    loose: Default::default(),
                    reserve,
                    cell: 0,
                    paid_in: Amount::ZERO,
                    added: Vec::new(),
                }
            }
        };
        held.loose = entry.after;
        if let Some(side) = by.side() {
            let stress = scene.books.watch.stress;
            scene.books.watch.stress = stress.with(side, entry.exposed)?;
        }
        held.paid_in = held.paid_in.plus(self.mandate.margin)?;
        crate::fees::collect(&mut scene.books, &scene.market.params, entry.fee)?;
        self.consume(scene, storage)?;
        fill::put(scene, storage, held)?;
        let changed = PositionChanged {
            market: scene.id.clone(),
            account: account.clone(),
            by,
            size: entry.after.size,
            price: entry.price,
            fee: entry.fee,
        };
        let filled = Settlement::Filled {
            size: by,
            price: entry.price,
        };
        Ok((vec![changed.write()], filled))
    }

    fn ask(
        &self,
        scene: &Scene,
        held: Option<&Position>,
        by: Size,
    ) -> Result<Ask<'_>, ContractError> {
        let book = &scene.books.book;
        let (loose, late) = match held {
            None => Default::default(),
            Some(p) => {
                let side = book.side(p.book.side()?);
                let (loose, _) = p.book.synced(side, book.funding)?;
                (loose, p.added_since(self.round.at.height)?)
            }
        };
        Ok(Ask {
            round: &self.round,
            by,
            margin: self.mandate.margin,
            limit: self.mandate.limit,
            held: loose,
            late,
            reserve: if held.is_some() {
                Amount::ZERO
            } else {
                Amount::of(scene.market.params.sums.liquidation_reserve)?
            },
        })
    }

    fn reduce(
        &self,
        scene: &mut Scene,
        storage: &mut dyn Storage,
        side: Side,
        size: Option<Size>,
    ) -> Result<Outcome, ContractError> {
        let account = &self.mandate.account;
        let who = (self.mandate, self.payee);
        let position = position::load(storage, &scene.id, account)?
            .filter(|p| p.book.side().is_ok_and(|s| s == side));
        let Some(position) = position else {
            return ending::refuse(scene, storage, who, Refusal::NoPosition);
        };
        let skew = scene.books.book.skew()?;
        let index = exit_price(side, &self.round);
        let (now, _) = position
            .book
            .synced(scene.books.book.side(side), scene.books.book.funding)?;
        let part = part(
            &now.size,
            size,
            (index, Amount::of(scene.market.params.sums.dust)?),
        )?;
        let by = part.negated()?;
        let cost = scene.curve.cost(skew, by, index)?;
        if !within(self.mandate.limit, by, crate::judge::shown(cost, by)?) {
            return ending::refuse(scene, storage, who, Refusal::Limit);
        }
        let mut held = fill::take(scene, storage, account, position)?;
        let solvent = !held.loose.equity(self.round.price)?.is_negative();
        let closed = fill::close(scene, held.loose, part, (skew, index))?;
        held.loose = closed.left;
        if solvent {
            fill::forgive(scene, &mut held.loose)?;
        }
        let fee = closed.notional.share_up(scene.market.params.fees.reduce)?;
        let most = held.loose.margin;
        let fee = fill::charge(scene, &mut held.loose, fee, most)?;
        self.consume(scene, storage)?;
        let left = held.loose.size;
        let after = fill::put(scene, storage, held)?;
        let changed = PositionChanged {
            market: scene.id.clone(),
            account: account.clone(),
            by,
            size: left,
            price: closed.price,
            fee,
        };
        let mut events = vec![changed.write()];
        events.extend(liquidate::bad_debt(&scene.id, after.borne));
        events.extend(after.queued);
        let filled = Settlement::Filled {
            size: by,
            price: closed.price,
        };
        Ok((events, filled))
    }

    /// The order is done: its reserve is used, the executor is paid.
    fn consume(&self, scene: &mut Scene, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let m = self.mandate;
        let books = &mut scene.books;
        books.orders = books.orders.minus(mandate::reserve(m)?)?;
        books.waiting = books.waiting.saturating_sub(1);
        wallet::credit(storage, self.payee, &scene.market.denom, m.fee)?;
        wallet::credit(storage, &m.account, &scene.market.denom, mandate::more(m))?;
        if m.kind.reducing() {
            mandate::unlink(storage, &scene.id, m)?;
        }
        Ok(mandate::remove(storage, &scene.id, m)?)
    }
}

/// A size with the sign of its side.
pub fn signed(side: Side, size: cosmwasm_std::Uint128) -> Result<Size, ContractError> {
    let size = Size(Amount::of(size)?.0);
    Ok(match side {
        Side::Long => size,
        Side::Short => size.negated()?,
    })
}

/// Reductions fill at the median; in Uncertain at the edge that is worse for them.
fn exit_price(side: Side, round: &Round) -> Price {
    match (round.status, side) {
        (Status::Valid | Status::Degraded, _) => round.price,
        (_, Side::Long) => round.low,
        (_, Side::Short) => round.high,
    }
}

/// What is closed: at most the position, and all of it when only dust would be left.
fn part(
    held: &Size,
    wanted: Option<Size>,
    (index, dust): (Price, Amount),
) -> Result<Size, ContractError> {
    let Some(wanted) = wanted else {
        return Ok(*held);
    };
    if wanted.abs()? >= held.abs()? {
        return Ok(*held);
    }
    let left = held.minus(wanted)?;
    Ok(if left.notional_down(index)? < dust {
        *held
    } else {
        wanted
    })
}
