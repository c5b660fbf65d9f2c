//! Liquidations are paced to the market's depth, so that they do not feed themselves; but no longer than a position
//! stays solvent: insolvency is worse than impact. Bankrupt heads are never paced.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Storage};
use math::{liquidation::patience, margin::variance, units::OutOfRange, wide::Round as Rounding};
use types::{Amount, Price, Ratio, Side};

use crate::{position, scene::Scene, ContractError};

/// Rungs of a side that are looked at to tell how much waits.
const LOOK: usize = 15;

/// The token bucket of a market's liquidations, in notional.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Pace {
    /// What may be liquidated now. Negative after a position larger than that.
    tokens: Amount,
    /// When that was counted, seconds; 0 before the first time.
    at: u64,
    /// Notional that waited when it was last looked at, as far as was looked.
    pub queue: Amount,
    /// Since when liquidations wait for tokens.
    pub since: Option<u64>,
}

/// What may pass at once: the notional of the greatest skew.
pub fn capacity(scene: &Scene, index: Price) -> Result<Amount, OutOfRange> {
    scene.curve.cap.notional_down(index)
}

/// How long a liquidation may wait for tokens at today's volatility, seconds.
pub fn longest(scene: &Scene) -> Result<u64, OutOfRange> {
    let params = &scene.market.params;
    let v = scene.prices.variance;
    let v = variance(
        params.variance.floor,
        v.fast,
        v.slow,
        params.variance.stress,
    )?;
    patience(scene.mm()?, params.fees.liquidation, v)
}

/// Count the tokens at now: the capacity refills over the window, and faster where the queue could not be
/// cleared in time.
pub fn refill(scene: &mut Scene, index: Price) -> Result<(), OutOfRange> {
    let full = capacity(scene, index)?;
    let longest = longest(scene)?;
    let window = scene.market.params.pace_window;
    let now = scene.now.time;
    let pace = &mut scene.books.pace;
    let elapsed = now.saturating_sub(pace.at);
    let per = |whole: Amount, seconds: u64| {
        whole.pro_rata(
            Int256::from(elapsed),
            Int256::from(seconds.max(1)),
            Rounding::Down,
        )
    };
    let refilled = pace
        .tokens
        .plus(per(full, window)?)?
        .plus(per(pace.queue, longest)?)?;
    pace.tokens = if pace.at == 0 {
        full
    } else {
        refilled.min(full)
    };
    pace.at = now;
    Ok(())
}

impl Pace {
    /// Whether the next liquidation has to wait: no tokens, and not waited too long already.
    pub fn holds(&self, now: u64, longest: u64) -> bool {
        let over = self
            .since
            .is_some_and(|since| now.saturating_sub(since) >= longest);
        self.tokens <= Amount::ZERO && !over
    }

    /// So much has been liquidated.
    pub fn spend(&mut self, notional: Amount) -> Result<(), OutOfRange> {
        self.tokens = self.tokens.minus(notional)?;
        Ok(())
    }
}

/// Remember what waits, and since when it waits for tokens.
pub fn note(
    scene: &mut Scene,
    storage: &dyn Storage,
    (held, more): (bool, bool),
) -> Result<(), ContractError> {
    let queue = if held || more {
        queue(scene, storage)?
    } else {
        Amount::ZERO
    };
    let now = scene.now.time;
    let pace = &mut scene.books.pace;
    pace.queue = queue;
    pace.since = held.then(|| pace.since.unwrap_or(now));
    Ok(())
}

/// Notional of the positions that may be liquidated now, fifteen of each side at most.
fn queue(scene: &Scene, storage: &dyn Storage) -> Result<Amount, ContractError> {
    let Some(round) = scene.newest() else {
        return Ok(Amount::ZERO);
    };
    let mm = scene.mm()?;
    let book = &scene.books.book;
    let mut sum = Amount::ZERO;
    for side in Side::BOTH {
        let verdict = scene.verdict(side);
        for (account, key) in position::ladder(storage, &scene.id, side, LOOK)? {
            let b = book.side(side).bankruptcy(key, book.funding)?;
            if !verdict.condemns(b, mm)? {
                break;
            }
            if let Some(held) = position::load(storage, &scene.id, &account)? {
                let (now, _) = held.book.synced(book.side(side), book.funding)?;
                sum = sum.plus(now.size.notional_up(round.price)?)?;
            }
        }
    }
    Ok(sum)
}

/// What waits over what passes at once.
pub fn backlog(scene: &Scene, index: Price) -> Result<Ratio, OutOfRange> {
    let full = capacity(scene, index)?;
    if full.is_zero() {
        return Ok(Ratio::ZERO);
    }
    scene.books.pace.queue.over(full, Rounding::Up)
}
