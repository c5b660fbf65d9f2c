//! What a market's books read now: evidence for the breaker.

use cosmwasm_std::Storage;
use math::adl::Standing;
use types::{engine::Vitals, Ratio};

use crate::{pace, scene::Scene, windup, ContractError};

/// Every reading of one market, at the newest round.
pub fn of(scene: &Scene, storage: &dyn Storage) -> Result<Vitals, ContractError> {
    let book = &scene.books.book;
    let (gain, backlog) = match scene.newest() {
        Some(round) => (
            Standing::of(book, round.price)?.reading(),
            pace::backlog(scene, round.price)?,
        ),
        None => (Ratio::ZERO, Ratio::ZERO),
    };
    let [outflow_hour, outflow_day] = scene.books.outflow.readings(scene.now.time)?;
    Ok(Vitals {
        gain,
        cover: scene.books.watch.stress.cover(scene.books.insurance)?,
        backlog,
        outflow_hour,
        outflow_day,
        balanced: scene.books.balance(),
        reconciled: scene.books.reconciliation.found.map_or(0, |f| f.began),
        settled: windup::cause(storage, &scene.id)?,
        venue_faults: scene.books.venue.faults(),
    })
}
