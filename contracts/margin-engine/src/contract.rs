//! Doors. Check who comes and what is brought, ask the stance, hand over; nothing is decided here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{
    to_json_binary, Addr, BankMsg, Binary, Coin, Deps, DepsMut, Env, MessageInfo, Reply,
    Response, Uint128,
};
use types::{
    clock::Moment,
    engine::{ExecuteMsg, InstantiateMsg, MigrateMsg, Peers, QueryMsg, WalletChanged},
    level::Action,
    wire::Wire,
    Amount,
};

use crate::{
    compartment, crank, funding, lp, margin, migrate as migration, order,
    order::{nonzero, Wish},
    peers, query as answers, reply as replies, settle, stance, wallet, ContractError,
};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = concat!("bulkhead:", env!("CARGO_PKG_NAME"));
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Remember who may bind.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    let config = peers::Config {
        instantiator: info.sender,
        treasury: deps.api.addr_validate(&msg.treasury)?,
    };
    peers::start(deps.storage, &config)?;
    Ok(Response::new())
}

/// Route a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    match msg.action() {
        Action::Internal => {
            nonpayable(&info)?;
            internal(deps, &env, &info.sender, msg)
        }
        _ => {
            peers::peers(deps.storage)?;
            user(deps, &env, info, msg)
        }
    }
}

/// Contract to contract. Every arm says whose word it takes.
fn internal(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Bind {
            breaker,
            oracle,
            markets,
        } => {
            if *sender != peers::config(deps.storage)?.instantiator {
                let role = "instantiator";
                return Err(ContractError::Unauthorized { role });
            }
            let bound = Peers {
                breaker: breaker.check(deps.api)?,
                oracle: oracle.check(deps.api)?,
            };
            peers::bind(deps.storage, deps.api, &bound, markets)?;
            Ok(Response::new())
        }
        ExecuteMsg::SetStance { market, stance } => {
            if sender != peers::peers(deps.storage)?.breaker.addr() {
                return Err(ContractError::Unauthorized { role: "breaker" });
            }
            peers::market(deps.storage, &market)?;
            stance::set(deps.storage, &market, &stance)?;
            Ok(Response::new())
        }
        other => venue(deps, env, sender, other),
    }
}

/// What only a market may say, and only about itself.
fn venue(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    let market = peers::of_venue(deps.storage, sender)?;
    match msg {
        ExecuteMsg::Settle {
            order,
            round,
            after,
            payee,
        } => {
            let call = settle::Call {
                order,
                round,
                after,
                payee: deps.api.addr_validate(&payee)?,
            };
            settle::settle(deps, env, &market, &call)
        }
        ExecuteMsg::Evict { order, payee } => {
            let payee = deps.api.addr_validate(&payee)?;
            settle::evict(deps, env, &market, order, &payee)
        }
        ExecuteMsg::Fault { order } => settle::fault(deps, env, &market, order),
        ExecuteMsg::SetFunding { terms } => {
            funding::retune(deps, env, &market, terms)?;
            Ok(Response::new())
        }
        _ => Err(ContractError::Unauthorized { role: "nobody" }),
    }
}

/// The users' doors.
fn user(
    mut deps: DepsMut,
    env: &Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    let who = &info.sender;
    match msg {
        ExecuteMsg::Deposit {} => deposit(deps, &info),
        ExecuteMsg::Withdraw { denom, amount } => {
            nonpayable(&info)?;
            withdraw(deps, who, &denom, nonzero(amount, "amount")?)
        }
        other => {
            let market = other.market().unwrap_or_default().to_owned();
            let setup = peers::market(deps.storage, &market)?;
            let now = Moment::now(env).time;
            stance::now(deps.storage, &market, now)?
                .level
                .ensure(other.action())?;
            if other.takes_funds() {
                receive(&mut deps, &info, &setup.denom)?;
            } else {
                nonpayable(&info)?;
            }
            in_market(deps, env, who, (&market, other))
        }
    }
}

/// Doors of one market; level and coins are dealt with.
fn in_market(
    deps: DepsMut,
    env: &Env,
    who: &Addr,
    (id, msg): (&str, ExecuteMsg),
) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::PlaceOrder {
            market,
            order,
            limit,
            expiry,
        } => {
            let wish = Wish {
                market,
                order,
                limit,
                expiry,
            };
            order::place(deps, env, who, wish)
        }
        ExecuteMsg::CancelOrder { order, .. } => order::cancel(deps, env, who, (id, order)),
        ExecuteMsg::Release { order, .. } => order::release(deps, env, (id, order), who),
        ExecuteMsg::AddMargin { amount, .. } => {
            margin::add(deps, env, who, (id, nonzero(amount, "amount")?))
        }
        ExecuteMsg::RemoveMargin { amount, .. } => {
            margin::remove(deps, env, who, (id, nonzero(amount, "amount")?))
        }
        ExecuteMsg::LpDeposit { amount, .. } => lp_deposit(deps, env, who, (id, amount)),
        ExecuteMsg::LpClaim { .. } => {
            lp::claim(deps.storage, id, who)?;
            Ok(Response::new())
        }
        ExecuteMsg::FundInsurance { amount, .. } => {
            fund_insurance(deps, who, (id, nonzero(amount, "amount")?))
        }
        ExecuteMsg::ClaimFees { .. } => claim_fees(deps, who, id),
        ExecuteMsg::Crank { limit, .. } => crank::start(deps, (id, limit), who),
        ExecuteMsg::Deposit {}
        | ExecuteMsg::Withdraw { .. }
        | ExecuteMsg::Bind { .. }
        | ExecuteMsg::Settle { .. }
        | ExecuteMsg::Evict { .. }
        | ExecuteMsg::Fault { .. }
        | ExecuteMsg::SetFunding { .. }
        | ExecuteMsg::SetStance { .. } => Err(ContractError::Unauthorized { role: "nobody" }),
    }
}

fn lp_deposit(
    deps: DepsMut,
    env: &Env,
    who: &Addr,
    (id, amount): (&str, Uint128),
) -> Result<Response, ContractError> {
    let setup = peers::market(deps.storage, id)?;
    if amount < setup.params.min_lp {
        return Err(ContractError::TooSmall {
            what: "deposit",
            given: amount,
            least: setup.params.min_lp,
        });
    }
    let amount = Amount::of(amount)?;
    wallet::debit(deps.storage, who, &setup.denom, amount)?;
    let mut books = compartment::load(deps.storage, id)?;
    lp::deposit(deps.storage, env, (id, &mut books), (who, amount))?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new())
}

fn fund_insurance(
    deps: DepsMut,
    who: &Addr,
    (id, amount): (&str, Amount),
) -> Result<Response, ContractError> {
    let setup = peers::market(deps.storage, id)?;
    wallet::debit(deps.storage, who, &setup.denom, amount)?;
    let mut books = compartment::load(deps.storage, id)?;
    books.insurance = books.insurance.plus(amount)?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new())
}

fn claim_fees(deps: DepsMut, who: &Addr, id: &str) -> Result<Response, ContractError> {
    if *who != peers::config(deps.storage)?.treasury {
        return Err(ContractError::Unauthorized { role: "treasury" });
    }
    let setup = peers::market(deps.storage, id)?;
    let mut books = compartment::load(deps.storage, id)?;
    let fees = std::mem::take(&mut books.fees);
    wallet::credit(deps.storage, who, &setup.denom, fees)?;
    compartment::save(deps.storage, id, &books)?;
    Ok(Response::new())
}

/// The one coin brought, if any, goes to the sender's wallet first.
fn receive(deps: &mut DepsMut, info: &MessageInfo, denom: &str) -> Result<(), ContractError> {
    match info.funds.as_slice() {
        [] => Ok(()),
        [coin] if coin.denom == denom => {
            wallet::credit(deps.storage, &info.sender, denom, money(coin)?)
        }
        _ => Err(ContractError::WrongFunds {
            denom: denom.to_owned(),
        }),
    }
}

fn money(coin: &Coin) -> Result<Amount, ContractError> {
    let amount = coin.amount;
    let coins =
        Uint128::try_from(amount).map_err(|_| ContractError::TooLarge { amount })?;
    Amount::of(coins).map_err(|_| ContractError::TooLarge { amount })
}

fn deposit(deps: DepsMut, info: &MessageInfo) -> Result<Response, ContractError> {
    let [coin] = info.funds.as_slice() else {
        return Err(ContractError::WrongFunds {
            denom: "one that a market settles in".into(),
        });
    };
    let known = peers::markets(deps.storage)?
        .iter()
        .any(|(_, m)| m.denom == coin.denom);
    if !known {
        return Err(ContractError::UnknownDenom {
            denom: coin.denom.clone(),
        });
    }
    let by = money(coin)?;
    wallet::credit(deps.storage, &info.sender, &coin.denom, by)?;
    let changed = WalletChanged {
        account: info.sender.clone(),
        denom: coin.denom.clone(),
        by,
    };
    Ok(Response::new().add_event(changed.write()))
}

fn withdraw(
    deps: DepsMut,
    who: &Addr,
    denom: &str,
    amount: Amount,
) -> Result<Response, ContractError> {
    wallet::debit(deps.storage, who, denom, amount)?;
    let changed = WalletChanged {
        account: who.clone(),
        denom: denom.to_owned(),
        by: amount.negated()?,
    };
    let send = BankMsg::Send {
        to_address: who.to_string(),
        amount: vec![Coin::new(amount.coins()?, denom)],
    };
    Ok(Response::new().add_event(changed.write()).add_message(send))
}

fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() {
        Ok(())
    } else {
        Err(ContractError::NonPayable)
    }
}

/// Go on where a contained message has come back.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    replies::resume(deps, &env, reply)
}

/// Answer.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let check = |a: String| deps.api.addr_validate(&a);
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&answers::config(deps.storage)?),
        QueryMsg::Wallet { account, denom } => {
            to_json_binary(&answers::wallet(deps.storage, &check(account)?, &denom)?)
        }
        QueryMsg::Market { market } => to_json_binary(&answers::market(deps, &env, &market)?),
        QueryMsg::Position { market, account } => {
            to_json_binary(&answers::position(deps, &env, (&market, check(account)?))?)
        }
        QueryMsg::Positions {
            market,
            start_after,
            limit,
        } => {
            let after = start_after.map(check).transpose()?;
            to_json_binary(&answers::positions(deps, &env, (&market, after, limit))?)
        }
        QueryMsg::Ladder {
            market,
            side,
            limit,
        } => to_json_binary(&answers::ladder(deps, &env, (&market, side, limit))?),
        QueryMsg::Mandates { market, account } => {
            to_json_binary(&answers::mandates(deps.storage, &market, &check(account)?)?)
        }
        QueryMsg::Lp { market, account } => {
            to_json_binary(&answers::lp(deps.storage, &market, &check(account)?)?)
        }
    };
    Ok(answer?)
}

/// Move to this version.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    migration::run(deps)
}
