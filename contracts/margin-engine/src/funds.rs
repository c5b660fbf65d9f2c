//! Coins at the door: into wallets and out of them.

use cosmwasm_std::{Addr, BankMsg, Coin, DepsMut, MessageInfo, Response, Uint128};
use types::{engine::WalletChanged, wire::Wire, Amount};

use crate::{custody, peers, wallet, ContractError};

/// No coins may be along.
pub fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() {
        Ok(())
    } else {
        Err(ContractError::NonPayable)
    }
}

/// An amount that must not be zero.
pub fn nonzero(amount: Uint128) -> Result<Amount, ContractError> {
    if amount.is_zero() {
        return Err(ContractError::Zero { what: "amount" });
    }
    Ok(Amount::of(amount)?)
}

/// The one coin brought, if any, goes to the sender's wallet first.
pub fn receive(
    deps: &mut DepsMut,
    info: &MessageInfo,
    (denom, now): (&str, u64),
) -> Result<(), ContractError> {
    match info.funds.as_slice() {
        [] => Ok(()),
        [coin] if coin.denom == denom => {
            let by = money(coin)?;
            custody::receive(deps.storage, (&info.sender, denom), by, now)?;
            wallet::credit(deps.storage, &info.sender, denom, by)
        }
        _ => Err(ContractError::WrongFunds {
            denom: denom.to_owned(),
        }),
    }
}

fn money(coin: &Coin) -> Result<Amount, ContractError> {
    let amount = coin.amount;
    let coins = Uint128::try_from(amount).map_err(|_| ContractError::TooLarge { amount })?;
    Amount::of(coins).map_err(|_| ContractError::TooLarge { amount })
}

/// Coins into the sender's wallet.
pub fn deposit(deps: DepsMut, info: &MessageInfo, now: u64) -> Result<Response, ContractError> {
    let [coin] = info.funds.as_slice() else {
        return Err(ContractError::WrongFunds {
            denom: "one that a market settles in".into(),
        });
    };
    let markets = peers::markets(deps.storage)?;
    if !markets.iter().any(|(_, m)| m.denom == coin.denom) {
        return Err(ContractError::UnknownDenom {
            denom: coin.denom.clone(),
        });
    }
    let by = money(coin)?;
    custody::receive(deps.storage, (&info.sender, &coin.denom), by, now)?;
    wallet::credit(deps.storage, &info.sender, &coin.denom, by)?;
    let changed = WalletChanged {
        account: info.sender.clone(),
        denom: coin.denom.clone(),
        by,
    };
    Ok(Response::new().add_event(changed.write()))
}

/// Free money out of the sender's wallet: through the backstop, what does not fit queues.
pub fn withdraw(
    deps: DepsMut,
    who: &Addr,
    (denom, amount): (&str, Uint128),
    now: u64,
) -> Result<Response, ContractError> {
    let amount = nonzero(amount)?;
    wallet::debit(deps.storage, who, denom, amount)?;
    let leaving = custody::release(deps.storage, (who, denom), amount, now)?;
    let changed = WalletChanged {
        account: who.clone(),
        denom: denom.to_owned(),
        by: amount.negated()?,
    };
    let queued = leaving.queued.map(|q| q.write());
    Ok(Response::new()
        .add_event(changed.write())
        .add_events(queued)
        .add_messages(coins(who, (denom, leaving.passes))?))
}

/// Queued withdrawals of the sender that are free now.
pub fn claim(deps: DepsMut, who: &Addr, denom: &str, now: u64) -> Result<Response, ContractError> {
    let free = custody::claim(deps.storage, (who, denom), now)?;
    Ok(Response::new().add_messages(coins(who, (denom, free))?))
}

fn coins(who: &Addr, (denom, amount): (&str, Amount)) -> Result<Option<BankMsg>, ContractError> {
    if amount.is_zero() {
        return Ok(None);
    }
    Ok(Some(BankMsg::Send {
        to_address: who.to_string(),
        amount: vec![Coin::new(amount.coins()?, denom)],
    }))
}
