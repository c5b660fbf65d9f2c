//! Liquidity that leaves: first come, first served between batches, pro rata inside one, each served when the
//! vault can spare it, at the price of the round it is served at.
//!
//! Shares that leave stand in one line. A batch owns a stretch of it, `start..start + shares`. The line is
//! served from its front; the log knows how much money had been paid when so much of the line was served, and
//! between two entries it grew in proportion. What a stretch has earned is the difference of two readings,
//! whatever the number of servings and owners.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Order, StdResult, Storage, Uint128};
use math::{margin::floor_for, units::OutOfRange, vault, wide::Round as Rounding};
use store::{Bound, Map};
use types::{Amount, Price, Ratio, Side};

use crate::{key, scene::Scene, ContractError};

/// The line.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq, Default)]
pub struct Line {
    /// Shares that have ever joined.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub joined: Uint128,
    /// Of these, served.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub served: Uint128,
    /// Money paid for them.
    pub paid: Amount,
}

/// A batch's stretch of the line.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Stretch {
    /// Where it begins.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub start: Uint128,
    /// How long it is.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub shares: Uint128,
}

/// `(market, line served) -> money paid until then`.
const SERVED: Map<(&str, u128), Amount> = Map::new(key::SERVED);

impl Line {
    /// Shares that wait.
    pub fn waiting(&self) -> Uint128 {
        self.joined.saturating_sub(self.served)
    }

    /// A batch joins at the end.
    pub fn join(&mut self, shares: Uint128) -> Result<Stretch, OutOfRange> {
        let start = self.joined;
        self.joined = start.checked_add(shares).map_err(|_| OutOfRange)?;
        Ok(Stretch { start, shares })
    }
}

const STRETCHES: Map<(&str, u64), Owned> = Map::new(key::STRETCHES);

/// A stretch, and the shares of it whose owners have not collected everything.
#[cw_serde]
#[derive(Copy, Eq)]
struct Owned {
    stretch: Stretch,
    open: Uint128,
}

/// A batch has joined the line.
pub fn open(
    storage: &mut dyn Storage,
    market: &str,
    batch: u64,
    stretch: Stretch,
) -> StdResult<()> {
    let open = stretch.shares;
    STRETCHES.save(storage, (market, batch), &Owned { stretch, open })
}

/// A batch's stretch, once its round has come.
pub fn stretch(storage: &dyn Storage, market: &str, batch: u64) -> StdResult<Option<Stretch>> {
    Ok(STRETCHES
        .may_load(storage, (market, batch))?
        .map(|owned| owned.stretch))
}

/// An owner has collected everything; the last one closes the stretch.
pub fn finished(
    storage: &mut dyn Storage,
    (market, batch): (&str, u64),
    shares: Uint128,
) -> Result<(), ContractError> {
    let mut owned = STRETCHES.load(storage, (market, batch))?;
    owned.open = owned.open.checked_sub(shares)?;
    if owned.open.is_zero() {
        STRETCHES.remove(storage, (market, batch));
        return Ok(());
    }
    Ok(STRETCHES.save(storage, (market, batch), &owned)?)
}

/// Serve as much of the line as the vault can spare at these edges of a round; returns shares and money.
pub fn serve(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    edges: (Price, Price),
) -> Result<(Uint128, Amount), ContractError> {
    let waiting = scene.books.lp.line.waiting();
    let none = (Uint128::zero(), Amount::ZERO);
    if waiting.is_zero() {
        return Ok(none);
    }
    let nav = scene.nav_low(edges.0, edges.1)?;
    if nav <= Amount::ZERO {
        return Ok(none);
    }
    let (shares, money) = served(scene, (waiting, nav), edges)?;
    paid(scene, storage, (shares, money))
}

/// Serve all of the line from what is left of a market that is wound up.
pub fn serve_rest(
    scene: &mut Scene,
    storage: &mut dyn Storage,
) -> Result<(Uint128, Amount), ContractError> {
    let (shares, cash) = (scene.books.lp.line.waiting(), scene.books.book.cash);
    let money = vault::worth(shares, cash, scene.books.lp.shares)?;
    paid(scene, storage, (shares, money))
}

/// These shares leave the front of the line for this money.
fn paid(
    scene: &mut Scene,
    storage: &mut dyn Storage,
    (shares, money): (Uint128, Amount),
) -> Result<(Uint128, Amount), ContractError> {
    if shares.is_zero() {
        return Ok((Uint128::zero(), Amount::ZERO));
    }
    let books = &mut scene.books;
    books.lp.shares = books.lp.shares.checked_sub(shares)?;
    books.book.cash = books.book.cash.minus(money)?;
    books.lp.leaving = books.lp.leaving.plus(money)?;
    let line = &mut books.lp.line;
    line.served = line.served.checked_add(shares)?;
    line.paid = line.paid.plus(money)?;
    SERVED.save(storage, (&scene.id, line.served.u128()), &line.paid)?;
    Ok((shares, money))
}

/// All that waits, or the part whose worth the vault can spare: rounded down, against who leaves.
fn served(
    scene: &Scene,
    (waiting, nav): (Uint128, Amount),
    edges: (Price, Price),
) -> Result<(Uint128, Amount), OutOfRange> {
    let supply = scene.books.lp.shares;
    let whole = vault::worth(waiting, nav, supply)?;
    let spare = spare(scene, nav, edges)?;
    if whole <= spare {
        return Ok((waiting, whole));
    }
    let part = vault::part(waiting, spare.max(Amount::ZERO), whole)?;
    Ok((part, vault::worth(part, nav, supply)?))
}

/// What may leave: the vault must go on carrying the open interest of the greater side, and traders' net gain
/// must stay below its threshold of the cash.
fn spare(scene: &Scene, nav: Amount, (low, high): (Price, Price)) -> Result<Amount, OutOfRange> {
    let params = &scene.market.params;
    let book = &scene.books.book;
    let mut interest = Amount::ZERO;
    for side in Side::BOTH {
        interest = interest.max(book.side(side).size()?.notional_up(high)?);
    }
    let floor = floor_for(interest, params.side_share, params.gap, scene.mm()?)?;
    let gain = book.gain(low)?.max(book.gain(high)?).max(Amount::ZERO);
    let held = gain.pro_rata(
        Ratio::ONE.wide(),
        params.exits.gain_limit.wide(),
        Rounding::Up,
    )?;
    Ok(nav
        .minus(floor)?
        .min(book.cash.minus(held)?)
        .max(Amount::ZERO))
}

/// Money paid for the first `x` shares of the line, rounded down; `x` beyond what is served counts as served.
pub fn paid_until(
    storage: &dyn Storage,
    market: &str,
    line: &Line,
    x: Uint128,
) -> Result<Amount, ContractError> {
    let x = x.min(line.served);
    if x.is_zero() {
        return Ok(Amount::ZERO);
    }
    let log = SERVED.prefix(market);
    let first =
        |min: Option<Bound<'static, u128>>, max, order| -> StdResult<Option<(u128, Amount)>> {
            log.range(storage, min, max, order).next().transpose()
        };
    let above = first(Some(Bound::inclusive(x.u128())), None, Order::Ascending)?;
    let (to, paid) = above.unwrap_or((line.served.u128(), line.paid));
    let below = first(None, Some(Bound::exclusive(x.u128())), Order::Descending)?;
    let (from, before) = below.unwrap_or_default();
    let part = |n: u128| Int256::from(n);
    let grown = paid.minus(before)?.pro_rata(
        part(x.u128().saturating_sub(from)),
        part(to.saturating_sub(from)),
        Rounding::Down,
    )?;
    Ok(before.plus(grown)?)
}

/// What a stretch has earned so far.
pub fn earned(
    storage: &dyn Storage,
    market: &str,
    line: &Line,
    stretch: Stretch,
) -> Result<Amount, ContractError> {
    let end = stretch.start.checked_add(stretch.shares)?;
    let to = paid_until(storage, market, line, end)?;
    let from = paid_until(storage, market, line, stretch.start)?;
    Ok(to.minus(from)?)
}

/// Whether all of a stretch is served.
pub fn is_done(line: &Line, stretch: Stretch) -> bool {
    stretch
        .start
        .checked_add(stretch.shares)
        .is_ok_and(|end| end <= line.served)
}
