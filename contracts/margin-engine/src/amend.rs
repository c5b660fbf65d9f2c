//! Amending: other terms for an order that waits. Like a calling back they bind only rounds later than their own time
//! plus `max_future`: an order that is due executes as it was signed, or amending would be a free option on a known
//! price. At the first round they do bind they replace what was signed, and the order lines up anew.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage};
use math::units::OutOfRange;
use types::{
    clock::Moment,
    engine::{Amended, Mandate, Order, Settlement},
    market::{self, NewOrder},
    pending::Pending,
    Amount,
};

use crate::{
    compartment, gas, mandate,
    order::{self, Wish},
    peers,
    reply::Awaiting,
    scene::Scene,
    settle, wallet, ContractError,
};

/// Sign other terms: what they need more is reserved now, what they need less goes back when they bind.
#[inline(never)]
pub fn sign(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    (number, wish): (u64, Wish),
) -> Result<Response, ContractError> {
    let id = wish.market.as_str();
    let setup = peers::market(deps.storage, id)?;
    order::checked(&wish, &setup.params, env.block.time.seconds())?;
    let mut m = mandate::own(deps.storage, id, number, account)?;
    may(&m, &wish.order)?;
    let more = order::margin(&wish.order)?
        .minus(m.margin)?
        .max(Amount::ZERO);
    if more > Amount::ZERO {
        wallet::debit(deps.storage, account, &setup.denom, more)?;
        let mut books = compartment::load(deps.storage, id)?;
        books.orders = books.orders.plus(more)?;
        compartment::save(deps.storage, id, &books)?;
    }
    let amended = Amended {
        at: Moment::placing(env),
        kind: wish.order,
        limit: wish.limit,
        expiry: wish.expiry,
        more,
    };
    let order = would_be(&m, &amended);
    m.amended = Some(amended);
    mandate::update(deps.storage, id, &m)?;
    if m.kind.reducing() {
        // A market takes a reduction in any terms, so an exit asks nobody.
        return Ok(Response::new());
    }
    let tell = setup
        .venue
        .tell(&market::ExecuteMsg::Amend { order }, vec![])?;
    let awaiting = Awaiting::Amendment { order: number };
    Ok(Response::new().add_submessage(awaiting.contained(tell, gas::ACCEPT)?))
}

/// One amendment at a time, of a whole order that has not been called back, to one like it.
fn may(m: &Mandate, to: &Order) -> Result<(), ContractError> {
    let order = m.order;
    if m.cancelled.is_some() {
        return Err(ContractError::AlreadyCancelled { order });
    }
    if m.amended.is_some() {
        return Err(ContractError::AlreadyAmended { order });
    }
    if m.linked.is_some() {
        return Err(ContractError::Linked { order });
    }
    if m.kind.reducing() != to.reducing() || m.kind.side() != to.side() {
        return Err(ContractError::OtherOrder { order });
    }
    Ok(())
}

fn would_be(m: &Mandate, to: &Amended) -> NewOrder {
    NewOrder {
        order: m.order,
        account: m.account.clone(),
        reducing: to.kind.reducing(),
        size: to.kind.size(),
        limit: to.limit,
        placed: to.at,
    }
}

/// Put the other terms in force: the order is as if placed when they were signed. Answers what they need less, which
/// is the owner's; a reduction reserves nothing that could come back.
pub fn adopt(m: &mut Mandate) -> Result<Amount, OutOfRange> {
    let Some(to) = m.amended.take() else {
        return Ok(Amount::ZERO);
    };
    let margin = order::margin(&to.kind)?;
    let back = m.margin.plus(to.more)?.minus(margin)?;
    m.margin = margin;
    m.kind = to.kind;
    m.limit = to.limit;
    m.expiry = to.expiry;
    m.placed = to.at;
    Ok(back)
}

/// Its round has come and the other terms bind it: the order loses its place in the queue.
pub fn line_up(
    storage: &mut dyn Storage,
    mut scene: Scene,
    mut m: Mandate,
) -> Result<Response, ContractError> {
    let back = adopt(&mut m)?;
    scene.books.orders = scene.books.orders.minus(back)?;
    wallet::credit(storage, &m.account, &scene.market.denom, back)?;
    mandate::update(storage, &scene.id, &m)?;
    scene.save(storage)?;
    let placed = m.placed;
    settle::answer(Response::new(), &Settlement::Rearmed { placed })
}
