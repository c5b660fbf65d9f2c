//! Placing, calling back, releasing: what a user signs, and how it is unsigned.

use cosmwasm_std::{Addr, DepsMut, Env, Event, Response, Storage, SubMsg};
use math::units::OutOfRange;
use types::{
    clock::Moment,
    engine::{Mandate, MandateDone, Order, Refusal},
    level::Level,
    market::{self, NewOrder},
    oracle::RoundAfter,
    params::MarketParams,
    pending::Pending,
    wire::Wire,
    Amount, Price,
};

use crate::{
    compartment::{self, Compartment},
    ending, fees, gas, mandate,
    peers::{self, Market},
    position::{self, Position},
    reply::Awaiting,
    scene::{querier, Scene},
    venue::SILENCE,
    wallet, ContractError,
};

/// What was asked for.
pub struct Wish {
    /// Where.
    pub market: String,
    /// What.
    pub order: Order,
    /// Worst acceptable price.
    pub limit: Option<Price>,
    /// Binds only later rounds.
    pub expiry: Option<u64>,
}

/// What no order may ask for.
pub fn checked(wish: &Wish, params: &MarketParams, now: u64) -> Result<(), ContractError> {
    if let Some(given) = wish.order.size().filter(|s| *s > params.skew_scale) {
        let most = params.skew_scale;
        return Err(ContractError::SizeTooLarge { given, most });
    }
    if wish.order.size().is_some_and(|s| s.is_zero()) {
        return Err(ContractError::Zero { what: "size" });
    }
    if wish.limit.is_some_and(|l| l == Price::ZERO) {
        return Err(ContractError::Zero { what: "limit" });
    }
    match wish.expiry {
        Some(expiry) if expiry <= now => Err(ContractError::Expired { expiry, now }),
        Some(_) | None => Ok(()),
    }
}

/// Margin that an order moves behind its position.
pub fn margin(order: &Order) -> Result<Amount, OutOfRange> {
    match order {
        Order::Increase { margin, .. } => Amount::of(*margin),
        Order::Reduce { .. } | Order::Close { .. } => Ok(Amount::ZERO),
    }
}

/// Sign an order: reserve margin and fee, write the mandate, hand it to the market.
pub fn place(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    wish: Wish,
) -> Result<Response, ContractError> {
    let id = wish.market.as_str();
    let setup = peers::market(deps.storage, id)?;
    checked(&wish, &setup.params, env.block.time.seconds())?;
    let mut books = compartment::load(deps.storage, id)?;
    let reducing = wish.order.reducing();
    let margin = margin(&wish.order)?;
    let fee = fees::base(&setup.params, books.waiting)?;
    let fee = if reducing && wallet::free(deps.storage, account, &setup.denom)? < fee {
        // An empty wallet closes no exit: the position pays.
        spare(deps.storage, (id, &mut books), account, fee)?
    } else {
        wallet::debit(deps.storage, account, &setup.denom, margin.plus(fee)?)?;
        fee
    };
    let signed = draft((env, account), &wish, (margin, fee));
    let told = enter(deps.storage, (id, &setup), &mut books, signed)?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new()
        .add_submessage(told)
        .set_data(cosmwasm_std::to_json_binary(&books.orders_made)?))
}

/// A mandate that has no number yet, paid for.
pub fn draft(
    (env, account): (&Env, &Addr),
    wish: &Wish,
    (margin, fee): (Amount, Amount),
) -> Mandate {
    Mandate {
        order: 0,
        account: account.clone(),
        kind: wish.order.clone(),
        limit: wish.limit,
        expiry: wish.expiry,
        placed: Moment::placing(env),
        cancelled: None,
        margin,
        fee,
        linked: None,
        amended: None,
    }
}

/// Number a mandate, write it down, and hand it to the market.
pub fn enter(
    storage: &mut dyn Storage,
    (id, setup): (&str, &Market),
    books: &mut Compartment,
    draft: Mandate,
) -> Result<SubMsg, ContractError> {
    books.orders = books.orders.plus(draft.margin)?.plus(draft.fee)?;
    books.orders_made = books.orders_made.checked_add(1).ok_or(OutOfRange)?;
    books.waiting = books.waiting.saturating_add(1);
    let signed = Mandate {
        order: books.orders_made,
        ..draft
    };
    mandate::insert(storage, id, &signed)?;
    let tell = setup.venue.tell(&accept(&signed), vec![])?;
    let awaiting = Awaiting::Acceptance {
        market: id.to_owned(),
        order: signed.order,
    };
    Ok(awaiting.contained(tell, gas::ACCEPT)?)
}

/// The execution fee out of the margin of the position that is to be reduced: as much as is there.
fn spare(
    storage: &mut dyn Storage,
    (id, books): (&str, &mut Compartment),
    account: &Addr,
    fee: Amount,
) -> Result<Amount, ContractError> {
    let held = position::load(storage, id, account)?.ok_or(ContractError::NoPosition)?;
    position::remove(storage, (id, books), account, &held)?;
    let mut loose = books.book.take(&held.book)?;
    let fee = fee.min(loose.margin.max(Amount::ZERO));
    loose.margin = loose.margin.minus(fee)?;
    let book = books.book.put(loose)?;
    position::insert(storage, (id, books), account, &Position { book, ..held })?;
    Ok(fee)
}

fn accept(signed: &Mandate) -> market::ExecuteMsg {
    market::ExecuteMsg::Accept {
        order: NewOrder {
            order: signed.order,
            account: signed.account.clone(),
            reducing: signed.kind.reducing(),
            size: signed.kind.size(),
            limit: signed.limit,
            placed: signed.placed,
        },
    }
}

/// The market failed on the order: an increase is refunded, a reduction is kept.
pub fn orphaned(deps: DepsMut, market: &str, order: u64) -> Result<Vec<Event>, ContractError> {
    let Some(m) = mandate::load(deps.storage, market, order)? else {
        return Ok(vec![]);
    };
    let mut books = compartment::load(deps.storage, market)?;
    books.venue.note(true);
    if m.kind.reducing() {
        compartment::save(deps.storage, market, &books)?;
        return Ok(vec![]);
    }
    let setup = peers::market(deps.storage, market)?;
    let back = mandate::reserve(&m)?;
    books.orders = books.orders.minus(back)?;
    books.waiting = books.waiting.saturating_sub(1);
    wallet::credit(deps.storage, &m.account, &setup.denom, back)?;
    mandate::remove(deps.storage, market, &m)?;
    compartment::save(deps.storage, market, &books)?;
    let done = MandateDone {
        market: market.to_owned(),
        order,
        reason: Refusal::Faulted,
        refund: back,
    };
    Ok(vec![done.write()])
}

/// Call an order back. It binds only rounds later than now plus `max_future`; the market needs not know.
pub fn cancel(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    (market, order): (&str, u64),
) -> Result<Response, ContractError> {
    peers::market(deps.storage, market)?;
    let mut m = mandate::own(deps.storage, market, order, account)?;
    if m.cancelled.is_some() {
        return Err(ContractError::AlreadyCancelled { order });
    }
    m.cancelled = Some(Moment::placing(env));
    mandate::update(deps.storage, market, &m)?;
    Ok(Response::new())
}

/// Release the reserve of an order that can execute no more: its round exists and its calling back or
/// expiry binds it, or no round can come any more that it would not bind.
pub fn release(
    deps: DepsMut,
    env: &Env,
    (market, order): (&str, u64),
    payee: &Addr,
) -> Result<Response, ContractError> {
    let m = mandate::load(deps.storage, market, order)?.ok_or(ContractError::NoOrder { order })?;
    let mut scene = Scene::load(deps.as_ref(), env, market, None)?;
    if scene.stance.level == Level::Settlement {
        return ending::voided(scene, deps.storage, &m);
    }
    let max_future = scene.prices.max_future;
    let after = mandate::after(&m, max_future);
    let oracle = peers::peers(deps.storage)?.oracle;
    let spent = max_future.saturating_add(scene.prices.max_age);
    let reason = match oracle.round_after(&querier(&deps), &scene.market.feed, after) {
        Ok(RoundAfter::Round(round)) => mandate::revoked(&m, round.at, max_future),
        Ok(RoundAfter::NotYet {}) => outlived(&m, scene.now.time, spent),
        Ok(RoundAfter::Evicted {}) => None,
        // Nobody can make an oracle fail, and it may never answer again: the reserve is not held for it.
        Err(_) => outlived(&m, scene.now.time, spent.max(SILENCE)),
    };
    let reason = reason.ok_or(ContractError::StillDue { order })?;
    let (events, _) = ending::refuse(&mut scene, deps.storage, (&m, payee), reason)?;
    scene.save(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// No round yet: once `max_future + max_age` has passed since the calling back (or the expiry), the next
/// round can only be one that it binds.
fn outlived(m: &Mandate, now: u64, spent: u64) -> Option<Refusal> {
    let over = |since: u64| now > since.saturating_add(spent);
    if m.cancelled.is_some_and(|c| over(c.time)) {
        Some(Refusal::Cancelled)
    } else if mandate::last_expiry(m).is_some_and(over) {
        Some(Refusal::Expired)
    } else {
        None
    }
}
