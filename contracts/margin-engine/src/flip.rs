//! A flip: a close and an increase on the other side, signed as one. Two mandates of one moment, so both are due at
//! one round, where the reducing lane goes first. The close is a close like any other and knows nothing of the
//! increase; the increase fills only if the close has filled, and is refused and refunded else.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use types::{engine::Order, Amount};

use crate::{
    compartment, fees,
    order::{self, Wish},
    peers, wallet, ContractError,
};

/// Sign both; the wish is the increase. Its margin and the fees of both leave the wallet.
#[inline(never)]
pub fn sign(
    deps: DepsMut,
    env: &Env,
    account: &Addr,
    wish: Wish,
) -> Result<Response, ContractError> {
    let id = wish.market.as_str();
    let setup = peers::market(deps.storage, id)?;
    order::checked(&wish, &setup.params, env.block.time.seconds())?;
    let mut books = compartment::load(deps.storage, id)?;
    let first = fees::base(&setup.params, books.waiting)?;
    let second = fees::base(&setup.params, books.waiting.saturating_add(1))?;
    let margin = order::margin(&wish.order)?;
    let needed = margin.plus(first)?.plus(second)?;
    wallet::debit(deps.storage, account, &setup.denom, needed)?;
    let side = wish.order.side().opposite();
    let closing = Wish {
        market: wish.market.clone(),
        order: Order::Close { side },
        ..wish
    };
    let at = (id, &setup);
    let mut close = order::draft((env, account), &closing, (Amount::ZERO, first));
    let mut increase = order::draft((env, account), &wish, (margin, second));
    let number = books.orders_made.saturating_add(1);
    increase.linked = Some(number);
    close.linked = Some(number.saturating_add(1));
    let first = order::enter(deps.storage, at, &mut books, close)?;
    let second = order::enter(deps.storage, at, &mut books, increase)?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new()
        .add_submessage(first)
        .add_submessage(second)
        .set_data(cosmwasm_std::to_json_binary(&number)?))
}
