//! Liquidation from the ladder: a crank walks from the head and stops at the first healthy position.

use cosmwasm_std::{Addr, Event, Storage};
use math::{
    liquidation::{Borne, Cut, Patient},
    units::OutOfRange,
    wide::{mul_div, pow10, Round as Rounding},
};
use types::{
    engine::{BadDebt, Liquidated},
    oracle::Round,
    wire::Wire,
    Amount, Price, Size,
};

use crate::{
    fill::{self, Closed, Held},
    heads::worst,
    pace, position,
    scene::Scene,
    wallet, ContractError,
};

/// A head waits this long for its bounty to be the whole reserve, seconds.
const FULL_BOUNTY: u64 = 60;

/// What a pass did.
#[derive(Default)]
pub struct Pass {
    /// What happened.
    pub events: Vec<Event>,
    /// Positions liquidated.
    pub done: u32,
    /// Whether more of the kind remain.
    pub more: bool,
    /// Whether the next one waits for the pace.
    pub held: bool,
}

/// Clear up to `limit` bankrupt heads that may be liquidated now: nobody leaves with gains that losers
/// cannot pay. A bankrupt head the rule still protects blocks nothing.
pub fn bankrupt(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    limit: u32,
    payee: &Addr,
) -> Result<Pass, ContractError> {
    pass(scene, storage, (limit, true), payee)
}

/// Liquidate up to `limit` heads, bankrupt ones first.
pub fn worst_first(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    limit: u32,
    payee: &Addr,
) -> Result<Pass, ContractError> {
    pass(scene, storage, (limit, false), payee)
}

fn pass(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (limit, only_bankrupt): (u32, bool),
    payee: &Addr,
) -> Result<Pass, ContractError> {
    let mut pass = Pass::default();
    let Some(round) = scene.newest() else {
        return Ok(pass);
    };
    pace::refill(scene, round.price)?;
    let longest = pace::longest(scene)?;
    loop {
        let head = worst(scene, storage)?.filter(|h| h.bankrupt || !only_bankrupt);
        let Some(head) = head else {
            return Ok(pass);
        };
        if pass.done >= limit {
            pass.more = true;
            return Ok(pass);
        }
        if !head.bankrupt && scene.books.pace.holds(scene.now.time, longest) {
            pass.held = true;
            return Ok(pass);
        }
        pass.events
            .extend(one(scene, storage, (&head.account, &round), payee)?);
        pass.done = pass.done.saturating_add(1);
    }
}

/// Liquidate one position at the newest round's price on the curve.
pub fn one(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (account, round): (&Addr, &Round),
    payee: &Addr,
) -> Result<Vec<Event>, ContractError> {
    let position = position::load(storage, &scene.id, account)?.ok_or(ContractError::NoPosition)?;
    let skew = scene.books.book.skew()?;
    let mut held = fill::take(scene, storage, account, position)?;
    let patient = patient(scene, &held, (skew, round.price))?;
    let part = sized(&patient, scene, &held, round.price)?;
    let whole = part == held.loose.size;
    let closed = fill::close(scene, held.loose, part, (skew, round.price))?;
    held.loose = closed.left;
    scene.books.pace.spend(closed.notional)?;
    let remaining = held.loose.equity(round.price)?;
    let fee = patient.fee_on(closed.notional, remaining)?;
    let bounty = pay(scene, storage, (&mut held, whole), (fee, payee))?;
    let left = held.loose.size;
    let after = fill::put(scene, storage, held)?;
    let borne = after.borne;
    let event = event(scene, account, &closed, (left, fee, bounty, borne))?;
    let mut events = vec![event];
    events.extend(bad_debt(&scene.id, borne));
    events.extend(after.queued);
    Ok(events)
}

fn patient(
    scene: &Scene,
    held: &Held,
    (skew, index): (Size, Price),
) -> Result<Patient, OutOfRange> {
    let params = &scene.market.params;
    Ok(Patient {
        notional: held.loose.size.notional_up(index)?,
        equity: held.loose.equity(index)?,
        target: scene.mm()?.plus(params.buffer)?,
        fee: params.fees.liquidation,
        premium: scene.curve.closing_premium(skew, held.loose.size)?,
    })
}

/// The size to close, with the position's sign: the notional asked for, rounded up.
fn sized(patient: &Patient, scene: &Scene, held: &Held, index: Price) -> Result<Size, OutOfRange> {
    let dust = Amount::of(scene.market.params.sums.dust)?;
    let Cut::Part(notional) = patient.cut(dust)? else {
        return Ok(held.loose.size);
    };
    let one = cosmwasm_std::Int256::try_from(pow10(24)?).map_err(|_| OutOfRange)?;
    let size = mul_div(
        notional.wide(),
        one,
        index.wide().unsigned_abs(),
        Rounding::Up,
    )?;
    let size = Size(math::units::narrow(size)?).min(held.loose.size.abs()?);
    if held.loose.size.is_negative() {
        size.negated()
    } else {
        Ok(size)
    }
}

/// The fee out of what is left, the bounty to the cranker. A whole liquidation pays the bounty out of the
/// position's reserve and gives the rest of it to insurance; a partial one pays it out of the fee.
fn pay(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (held, whole): (&mut Held, bool),
    (fee, payee): (Amount, &Addr),
) -> Result<Amount, ContractError> {
    let earned = bounty(scene, held.reserve)?;
    held.loose.margin = held.loose.margin.minus(fee)?;
    let (bounty, fee) = if whole {
        let books = &mut scene.books;
        books.reserves = books.reserves.minus(held.reserve)?;
        books.insurance = books.insurance.plus(held.reserve.minus(earned)?)?;
        held.reserve = Amount::ZERO;
        (earned, fee)
    } else {
        let bounty = earned.min(fee);
        (bounty, fee.minus(bounty)?)
    };
    wallet::credit(storage, payee, &scene.market.denom, bounty)?;
    crate::fees::collect(&mut scene.books, &scene.market.params, fee)?;
    Ok(bounty)
}

/// Half of the reserve at once, all of it when the head has waited a minute.
fn bounty(scene: &Scene, reserve: Amount) -> Result<Amount, OutOfRange> {
    let waited = scene
        .books
        .watch
        .head_since
        .map_or(0, |since| scene.now.time.saturating_sub(since))
        .min(FULL_BOUNTY);
    let parts = FULL_BOUNTY.saturating_add(waited);
    reserve.pro_rata(
        cosmwasm_std::Int256::from(parts),
        cosmwasm_std::Int256::from(FULL_BOUNTY.saturating_mul(2)),
        Rounding::Down,
    )
}

fn event(
    scene: &Scene,
    account: &Addr,
    closed: &Closed,
    (left, fee, bounty, borne): (Size, Amount, Amount, Borne),
) -> Result<Event, OutOfRange> {
    Ok(Liquidated {
        market: scene.id.clone(),
        account: account.clone(),
        by: closed.by,
        size: left,
        price: closed.price,
        fee,
        bounty,
        bad_debt: borne.insurance.plus(borne.vault)?,
    }
    .write())
}

/// The event of a loss beyond margin, if there was one.
pub fn bad_debt(market: &str, borne: Borne) -> Option<Event> {
    (borne != Borne::default()).then(|| {
        BadDebt {
            market: market.to_owned(),
            insurance: borne.insurance,
            vault: borne.vault,
        }
        .write()
    })
}
