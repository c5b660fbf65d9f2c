//! Funding: the engine owns the rate and integrates it from its own skew, inside its own clamp.

use cosmwasm_std::{DepsMut, Env};
use math::{
    funding::{index_move, Velocity},
    units::OutOfRange,
};
use types::{engine::FundingTerms, level::Level, oracle::Round, Ratio};

use crate::{scene::Scene, ContractError};

/// New terms, inside the market's settings here; what has passed is accrued on the old ones first.
pub fn retune(
    deps: DepsMut,
    env: &Env,
    market: &str,
    terms: FundingTerms,
) -> Result<(), ContractError> {
    let mut scene = Scene::load(deps.as_ref(), env, market, None)?;
    if let Some(round) = scene.newest() {
        accrue(&mut scene, &round)?;
    }
    scene.books.funding = terms.capped(scene.market.params.funding);
    scene.save(deps.storage)
}

/// Accrue up to a round's time, never backwards, at that round's price. At Protected and above the rate
/// does not move; at Settlement nothing accrues.
pub fn accrue(scene: &mut Scene, round: &Round) -> Result<(), OutOfRange> {
    if scene.stance.level == Level::Settlement {
        return Ok(());
    }
    let books = &mut scene.books;
    let to = round.at.time;
    let seconds = to.saturating_sub(books.accrued_at);
    if books.accrued_at == 0 || seconds == 0 {
        books.accrued_at = books.accrued_at.max(to);
        return Ok(());
    }
    let frozen = scene.stance.level >= Level::Protected;
    let velocity = Velocity {
        slope: if frozen {
            Ratio::ZERO
        } else {
            books.funding.slope
        },
        clamp: books.funding.clamp,
        skew: books.book.skew()?,
        cap: scene.curve.cap,
    };
    let accrual = velocity.accrue(books.rate, seconds)?;
    let moved = index_move(accrual.ratio, round.price)?;
    books.book.funding = books.book.funding.plus(moved)?;
    books.rate = accrual.rate;
    books.accrued_at = to;
    Ok(())
}
