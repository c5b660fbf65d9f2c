//! How an order ends without a fill: refused, evicted, or failed on by a module. Who is refunded what.

use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage};
use types::{
    clock::Moment,
    engine::{Mandate, MandateDone, Refusal, Settlement},
    level::Level,
    oracle::RoundAfter,
    wire::Wire,
    Amount,
};

use crate::{
    amend, fees, mandate, peers,
    scene::{querier, Scene},
    settle::{answer, signed, Outcome},
    wallet, ContractError,
};

/// End a mandate without a fill: margin back to the wallet, fee to whoever removes it.
pub fn refuse(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (m, payee): (&Mandate, &Addr),
    reason: Refusal,
) -> Result<Outcome, ContractError> {
    wallet::credit(storage, payee, &scene.market.denom, m.fee)?;
    let done = refund(scene, storage, m, (reason, m.margin))?;
    Ok((vec![done], Settlement::Refused { reason }))
}

/// The market is wound up: the order is void, and all of its reserve goes back.
pub fn void(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    m: &Mandate,
) -> Result<Event, ContractError> {
    let whole = m.margin.plus(m.fee)?;
    refund(scene, storage, m, (Refusal::Settled, whole))
}

/// [`void`], answered to the venue.
pub fn voided(
    mut scene: Scene,
    storage: &mut dyn Storage,
    m: &Mandate,
) -> Result<Response, ContractError> {
    let event = void(&mut scene, storage, m)?;
    scene.save(storage)?;
    let reason = Refusal::Settled;
    answer(
        Response::new().add_event(event),
        &Settlement::Refused { reason },
    )
}

/// Give `back` of a mandate's reserve to its owner, and all that is reserved for other terms; the rest of the reserve
/// has gone elsewhere.
pub fn refund(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    m: &Mandate,
    (reason, back): (Refusal, Amount),
) -> Result<Event, ContractError> {
    let books = &mut scene.books;
    books.orders = books.orders.minus(mandate::reserve(m)?)?;
    let back = back.plus(mandate::more(m))?;
    books.waiting = books.waiting.saturating_sub(1);
    wallet::credit(storage, &m.account, &scene.market.denom, back)?;
    mandate::remove(storage, &scene.id, m)?;
    Ok(MandateDone {
        market: scene.id.clone(),
        order: m.order,
        reason,
        refund: back,
    }
    .write())
}

/// The round that bound this order is no longer kept: a reduction waits for the next one, an increase is
/// refunded less taker fee and base fee, so that starving keepers is no free option.
pub fn evict(
    mut deps: DepsMut,
    env: &Env,
    market: &str,
    order: u64,
    payee: &Addr,
) -> Result<Response, ContractError> {
    let Some(mut m) = mandate::load(deps.storage, market, order)? else {
        return answer(
            Response::new(),
            &Settlement::Refused {
                reason: Refusal::Gone,
            },
        );
    };
    let scene = Scene::load(deps.as_ref(), env, market, None)?;
    if scene.stance.level == Level::Settlement {
        return voided(scene, deps.storage, &m);
    }
    let after = mandate::after(&m, scene.prices.max_future);
    let oracle = peers::peers(deps.storage)?.oracle;
    let found = oracle.round_after(&querier(&deps), &scene.market.feed, after)?;
    if !matches!(found, RoundAfter::Evicted {}) {
        return answer(Response::new(), &Settlement::NotDue {});
    }
    if m.kind.reducing() {
        // Whatever binds it next is later than anything its owner has signed.
        amend::adopt(&mut m)?;
        m.placed = Moment::placing(env);
        mandate::update(deps.storage, market, &m)?;
        let placed = m.placed;
        return answer(Response::new(), &Settlement::Rearmed { placed });
    }
    late(&mut deps, scene, &m, payee)
}

/// An increase that a dead order book left lying at its round: what was called back or has expired in time is refused,
/// the rest came too late.
pub fn undone(
    deps: &mut DepsMut,
    mut scene: Scene,
    (m, round): (&Mandate, Moment),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let Some(reason) = mandate::revoked(m, round, scene.prices.max_future) else {
        return late(deps, scene, m, payee);
    };
    let (events, settlement) = refuse(&mut scene, deps.storage, (m, payee), reason)?;
    scene.save(deps.storage)?;
    answer(Response::new().add_events(events), &settlement)
}

/// Refund an increase that came too late, less taker fee and base fee.
fn late(
    deps: &mut DepsMut,
    mut scene: Scene,
    m: &Mandate,
    payee: &Addr,
) -> Result<Response, ContractError> {
    let taker = taker_fee(&scene, m)?;
    fees::collect(&mut scene.books, &scene.market.params, taker)?;
    wallet::credit(deps.storage, payee, &scene.market.denom, m.fee)?;
    let reason = Refusal::Evicted;
    let back = m.margin.minus(taker)?;
    let done = refund(&mut scene, deps.storage, m, (reason, back))?;
    scene.save(deps.storage)?;
    answer(
        Response::new().add_event(done),
        &Settlement::Refused { reason },
    )
}

fn taker_fee(scene: &Scene, m: &Mandate) -> Result<Amount, ContractError> {
    let (Some(round), Some(size)) = (scene.newest(), m.kind.size()) else {
        return Ok(Amount::ZERO);
    };
    let size = signed(m.kind.side(), size)?;
    let fee = size
        .notional_up(round.price)?
        .share_up(scene.market.params.fees.increase)?;
    Ok(fee.min(m.margin))
}

/// Settling an increase failed and is not the user's fault: all of its reserve goes back.
pub fn fault(
    deps: DepsMut,
    env: &Env,
    market: &str,
    order: u64,
) -> Result<Response, ContractError> {
    let reason = Refusal::Faulted;
    let Some(m) = mandate::load(deps.storage, market, order)? else {
        return answer(Response::new(), &Settlement::Refused { reason });
    };
    if m.kind.reducing() {
        return answer(Response::new(), &Settlement::NotDue {});
    }
    let mut scene = Scene::load(deps.as_ref(), env, market, None)?;
    let back = m.margin.plus(m.fee)?;
    let done = refund(&mut scene, deps.storage, &m, (reason, back))?;
    scene.save(deps.storage)?;
    answer(
        Response::new().add_event(done),
        &Settlement::Refused { reason },
    )
}
