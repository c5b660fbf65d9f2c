//! Doors. Check who comes and what is brought, ask the stance, route; nothing is decided here.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response};
use types::{
    clock::Moment,
    engine::{ExecuteMsg, InstantiateMsg, MigrateMsg, Order, QueryMsg},
    level::Action,
    strict::Strict,
};

use crate::{
    amend, check, crank, fees, flip, funds,
    funds::{nonpayable, nonzero},
    internal, lp, margin, migrate as migration, order,
    order::Wish,
    peers, query as answers,
    queue::{self, Door},
    reconcile, reply as replies, stance, upgrade, windup, ContractError,
};

/// cw2 name, used by `instantiate` and `migrate` alike.
pub const NAME: &str = types::upgrade::ENGINE;
/// cw2 version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Remember who may bind.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Strict(msg): Strict<InstantiateMsg>,
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

/// What every message needs: coins only where they are taken, a bound engine, a market that exists, and a
/// level that permits the action. Coins brought are in the sender's wallet afterwards. (Messages between
/// contracts check their sender where they are handled.)
fn enter(
    deps: &mut DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: &ExecuteMsg,
) -> Result<(), ContractError> {
    if !msg.takes_funds() {
        nonpayable(info)?;
    }
    if msg.action() == Action::Internal {
        return Ok(());
    }
    peers::peers(deps.storage)?;
    let Some(market) = msg.market() else {
        return Ok(());
    };
    let setup = peers::market(deps.storage, market)?;
    let now = Moment::now(env).time;
    let stance = stance::now(deps.storage, market, now)?;
    stance.level.ensure(msg.action())?;
    funds::receive(deps, info, (&setup.denom, now))
}

/// Route a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    mut deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Strict(msg): Strict<ExecuteMsg>,
) -> Result<Response, ContractError> {
    enter(&mut deps, &env, &info, &msg)?;
    let who = &info.sender;
    let now = Moment::now(&env).time;
    match msg {
        ExecuteMsg::Deposit {} => funds::deposit(deps, &info, now),
        ExecuteMsg::Withdraw { denom, amount } => funds::withdraw(deps, who, (&denom, amount), now),
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
            order::place(deps, &env, who, wish)
        }
        ExecuteMsg::Flip {
            market,
            side,
            size,
            margin,
            limit,
            expiry,
        } => {
            let side = side.opposite();
            let wish = Wish {
                market,
                order: Order::Increase { side, size, margin },
                limit,
                expiry,
            };
            flip::sign(deps, &env, who, wish)
        }
        ExecuteMsg::AmendOrder {
            market,
            order,
            to,
            limit,
            expiry,
        } => {
            let wish = Wish {
                market,
                order: to,
                limit,
                expiry,
            };
            amend::sign(deps, &env, who, (order, wish))
        }
        ExecuteMsg::CancelOrder { market, order } => {
            order::cancel(deps, &env, who, (&market, order))
        }
        ExecuteMsg::Release { market, order } => order::release(deps, &env, (&market, order), who),
        ExecuteMsg::AddMargin { market, amount } => {
            margin::add(deps, &env, who, (&market, nonzero(amount)?))
        }
        ExecuteMsg::RemoveMargin { market, amount } => {
            margin::remove(deps, &env, who, (&market, nonzero(amount)?))
        }
        ExecuteMsg::LpDeposit { market, amount } => lp::deposit(deps, &env, who, (&market, amount)),
        ExecuteMsg::LpWithdraw { market, shares } => {
            lp::withdraw(deps, &env, who, (&market, shares))
        }
        ExecuteMsg::LpClaim { market } => lp::claim(deps, &env, who, &market),
        ExecuteMsg::ClaimProfit { market } => margin::claim(deps, &env, who, &market),
        ExecuteMsg::ClaimWithdrawal { denom } => funds::claim(deps, who, &denom, now),
        ExecuteMsg::FundInsurance { market, amount } => {
            fees::insure(deps, who, (&market, nonzero(amount)?))
        }
        ExecuteMsg::ClaimFees { market } => fees::claim(deps, who, &market),
        ExecuteMsg::Crank { market, limit } => crank::start(deps, (&market, limit), who),
        ExecuteMsg::Reconcile { market, limit } => {
            let found = reconcile::asked(deps.storage, (&market, limit), now)?;
            Ok(Response::new().add_events(found))
        }
        ExecuteMsg::Bind {
            breaker,
            oracle,
            dao,
            markets,
        } => internal::bind(deps, who, (breaker, oracle, dao), markets),
        ExecuteMsg::AddMarket { setup } => internal::add_market(deps, who, *setup),
        ExecuteMsg::SetParams {
            market,
            params,
            how,
            announced,
        } => internal::set_params(deps, &env, who, (&market, *params, (how, announced))),
        ExecuteMsg::SetDao { dao } => internal::set_dao(deps, who, &dao),
        ExecuteMsg::MigrateBreaker { code, msg } => {
            internal::migrate_breaker(deps, who, (code, msg))
        }
        ExecuteMsg::ReplaceBreaker { code, msg } => {
            upgrade::announce(deps.storage, who, (code, msg), now)
        }
        ExecuteMsg::KeepBreaker {} => upgrade::keep(deps.storage, who),
        ExecuteMsg::ExecuteReplacement {} => upgrade::execute(deps, now),
        ExecuteMsg::SetStance { market, stance } => {
            internal::set_stance(deps, who, (&market, stance))
        }
        ExecuteMsg::Work {
            market,
            limit,
            payee,
        } => internal::work(deps, &env, who, (market, limit, payee)),
        ExecuteMsg::Liquidate {
            market,
            account,
            payee,
        } => internal::liquidate(deps, &env, who, (market, account, payee)),
        ExecuteMsg::TakeOver {
            market,
            order,
            payee,
        } => internal::take_over(deps, &env, who, (market, order, payee)),
        ExecuteMsg::Settle {
            order,
            round,
            after,
            payee,
        } => internal::settle(deps, &env, who, (order, round, after, payee)),
        ExecuteMsg::Evict { order, payee } => internal::evict(deps, &env, who, (order, payee)),
        ExecuteMsg::Fault { order } => internal::fault(deps, &env, who, order),
        ExecuteMsg::SetFunding { terms } => internal::set_funding(deps, &env, who, terms),
    }
}

/// Go on where a contained message has come back.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    replies::resume(deps, &env, reply)
}

/// Answer.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Strict(msg): Strict<QueryMsg>) -> Result<Binary, ContractError> {
    let valid = |a: String| deps.api.addr_validate(&a);
    let now = Moment::now(&env).time;
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&answers::config(deps.storage)?),
        QueryMsg::SelfCheck {} => to_json_binary(&check::myself(deps, &env)),
        QueryMsg::Settings { market } => to_json_binary(&answers::settings(deps.storage, &market)?),
        QueryMsg::Replacement {} => to_json_binary(&upgrade::replacement(deps.storage)?),
        QueryMsg::Wallet { account, denom } => {
            to_json_binary(&answers::wallet(deps.storage, &valid(account)?, &denom)?)
        }
        QueryMsg::Market { market } => to_json_binary(&answers::market(deps, &env, &market)?),
        QueryMsg::Stuck { market, limit } => {
            to_json_binary(&answers::stuck(deps, &env, (&market, limit))?)
        }
        QueryMsg::WindUp { market } => to_json_binary(&windup::state(deps.storage, &market)?),
        QueryMsg::Vitals { market } => to_json_binary(&answers::vitals(deps, &env, &market)?),
        QueryMsg::Position { market, account } => {
            to_json_binary(&answers::position(deps, &env, (&market, valid(account)?))?)
        }
        QueryMsg::Positions {
            market,
            start_after,
            limit,
        } => {
            let after = start_after.map(valid).transpose()?;
            to_json_binary(&answers::positions(deps, &env, (&market, after, limit))?)
        }
        QueryMsg::Ladder {
            market,
            side,
            limit,
        } => to_json_binary(&answers::ladder(deps, &env, (&market, side, limit))?),
        QueryMsg::Mandates { market, account } => {
            to_json_binary(&answers::mandates(deps.storage, &market, &valid(account)?)?)
        }
        QueryMsg::ProfitQueue { market, account } => {
            let at = (Door::Market(&market), &valid(account)?);
            to_json_binary(&queue::states(deps.storage, at, now)?)
        }
        QueryMsg::WithdrawalQueue { account, denom } => {
            let at = (Door::Denom(&denom), &valid(account)?);
            to_json_binary(&queue::states(deps.storage, at, now)?)
        }
        QueryMsg::Lp { market, account } => {
            to_json_binary(&answers::lp(deps.storage, &market, &valid(account)?)?)
        }
    };
    Ok(answer?)
}

/// Move to this version.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _msg: Strict<MigrateMsg>,
) -> Result<Response, ContractError> {
    migration::run(deps)
}
