//! Where fees go: vault, insurance, treasury. Roundings go to the vault.

use cosmwasm_std::{Addr, DepsMut, Response};
use math::units::OutOfRange;
use types::{params::MarketParams, Amount};

use crate::{
    compartment::{self, Compartment},
    peers, wallet, ContractError,
};

/// Money from a wallet into a market's insurance fund, for good.
pub fn insure(
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

/// The treasury collects its share into its wallet.
pub fn claim(deps: DepsMut, who: &Addr, id: &str) -> Result<Response, ContractError> {
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

/// Split a fee that has already left the payer.
pub fn collect(
    books: &mut Compartment,
    params: &MarketParams,
    fee: Amount,
) -> Result<(), OutOfRange> {
    if fee <= Amount::ZERO {
        return Ok(());
    }
    let insurance = fee.share_down(params.split.insurance)?;
    let kept = params.split.vault.plus(params.split.insurance)?;
    let treasury = fee.share_down(types::Ratio::ONE.minus_floored(kept))?;
    let vault = fee.minus(insurance)?.minus(treasury)?;
    books.insurance = books.insurance.plus(insurance)?;
    books.fees = books.fees.plus(treasury)?;
    books.book.cash = books.book.cash.plus(vault)?;
    Ok(())
}

/// What an order reserves for whoever executes or removes it: the base, and a fiftieth of it more for
/// every order that waits already.
pub fn base(params: &MarketParams, waiting: u64) -> Result<Amount, OutOfRange> {
    let base = Amount::of(params.sums.base_fee)?;
    let more = base.pro_rata(
        cosmwasm_std::Int256::from(waiting.min(500)),
        cosmwasm_std::Int256::from(50u64),
        math::wide::Round::Up,
    )?;
    base.plus(more)
}
