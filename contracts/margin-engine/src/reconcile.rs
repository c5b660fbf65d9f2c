//! Holding every position against the books, page by page, while trading goes on. Whatever changes a position that has
//! been counted changes the count with it, so what is compared at the end is all positions as they are then.
//!
//! Nothing here can hold up what it watches: a position that does not read makes the pass unclean, not impossible.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Event, Storage};
use math::{ledger::Totals, units::OutOfRange};
use types::{engine::Reconciled, level::Level, wire::Wire, Amount};

use crate::{
    compartment::{self, Compartment},
    crank,
    position::{self, Position},
    ContractError,
};

/// At Protected, and after an unclean pass, a crank begins a new one when the last began so long ago, seconds.
const AGAIN: u64 = 300;

/// What has been found, and how far the pass under way has come.
#[cw_serde]
#[derive(Default)]
pub struct Reconciliation {
    /// The newest complete pass.
    pub found: Option<Found>,
    pass: Option<Box<Pass>>,
}

/// What a complete pass has found.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Found {
    /// When it began, block time in seconds.
    pub began: u64,
    /// Whether the books say what the positions do.
    pub clean: bool,
}

/// A pass under way.
#[cw_serde]
struct Pass {
    began: u64,
    /// The last account counted.
    after: Option<Addr>,
    totals: Totals,
    reserves: Amount,
    /// Whether something did not read, or was not where it belongs.
    wrong: bool,
}

impl Pass {
    fn new(began: u64) -> Result<Self, OutOfRange> {
        Ok(Self {
            began,
            after: None,
            totals: Totals::empty()?,
            reserves: Amount::ZERO,
            wrong: false,
        })
    }

    fn has_counted(&self, account: &Addr) -> bool {
        self.after.as_ref().is_some_and(|after| account <= after)
    }

    fn enter(&mut self, position: &Position) -> Result<(), OutOfRange> {
        self.totals.enter(&position.book)?;
        self.reserves = self.reserves.plus(position.reserve)?;
        Ok(())
    }

    fn leave(&mut self, position: &Position) -> Result<(), OutOfRange> {
        self.totals.leave(&position.book)?;
        self.reserves = self.reserves.minus(position.reserve)?;
        Ok(())
    }

    /// Count a page; whether it was the last one.
    fn page(&mut self, storage: &dyn Storage, market: &str, limit: usize) -> bool {
        let Ok(page) = position::accounts(storage, market, self.after.as_ref(), limit) else {
            self.wrong = true;
            return true;
        };
        for account in &page {
            let read = position::filed(storage, market, account);
            let counted = read.ok().flatten().map(|position| self.enter(&position));
            self.wrong |= !matches!(counted, Some(Ok(())));
        }
        let last = page.len() < limit;
        self.after = page.into_iter().next_back().or(self.after.take());
        last
    }

    fn found(&self, books: &Compartment) -> Found {
        Found {
            began: self.began,
            clean: !self.wrong && self.totals.agree(&books.book) && self.reserves == books.reserves,
        }
    }
}

impl Reconciliation {
    /// Whether the newest pass has found that the books are wrong.
    pub fn found_wrong(&self) -> bool {
        self.found.is_some_and(|found| !found.clean)
    }

    /// A position is stored.
    pub fn enter(&mut self, account: &Addr, position: &Position) {
        self.follow(account, |pass| pass.enter(position));
    }

    /// A position is taken out.
    pub fn leave(&mut self, account: &Addr, position: &Position) {
        self.follow(account, |pass| pass.leave(position));
    }

    /// Numbers that do not add up make the pass unclean and stop nobody.
    fn follow(&mut self, account: &Addr, change: impl FnOnce(&mut Pass) -> Result<(), OutOfRange>) {
        if let Some(pass) = self.pass.as_mut().filter(|p| p.has_counted(account)) {
            pass.wrong |= change(pass).is_err();
        }
    }

    /// Whether a crank at this level goes on with it. What a pass has found wrong is looked at again at any level: else
    /// books that have been repaired would be settled for it.
    fn is_due(&self, level: Level, now: u64) -> bool {
        let looks = level == Level::Protected || (level < Level::Protected && self.found_wrong());
        looks
            && (self.pass.is_some()
                || self
                    .found
                    .is_none_or(|found| now >= found.began.saturating_add(AGAIN)))
    }
}

/// Go on with the pass under way, or begin one.
pub fn advance(
    (id, books): (&str, &mut Compartment),
    storage: &dyn Storage,
    limit: u32,
    now: u64,
) -> Result<Option<Event>, ContractError> {
    let mut pass = match books.reconciliation.pass.take() {
        Some(pass) => pass,
        None => Box::new(Pass::new(now)?),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if !pass.page(storage, id, limit) {
        books.reconciliation.pass = Some(pass);
        return Ok(None);
    }
    let found = pass.found(books);
    books.reconciliation.found = Some(found);
    let event = Reconciled {
        market: id.to_owned(),
        began: found.began,
        clean: found.clean,
    };
    Ok(Some(event.write()))
}

/// Whether a pass that goes on from here would find the books right, as it must at any time; for audits.
pub fn would_be_clean(
    storage: &dyn Storage,
    (id, books): (&str, &Compartment),
) -> Result<bool, ContractError> {
    let mut pass = match &books.reconciliation.pass {
        Some(pass) => pass.clone(),
        None => Box::new(Pass::new(0)?),
    };
    Ok(pass.page(storage, id, usize::MAX) && pass.found(books).clean)
}

/// At Protected, which a market leaves only after a pass, and after an unclean one, every crank takes a page.
pub fn crank(
    (id, books): (&str, &mut Compartment),
    storage: &dyn Storage,
    (level, limit): (Level, u32),
    now: u64,
) -> Result<Option<Event>, ContractError> {
    if !books.reconciliation.is_due(level, now) {
        return Ok(None);
    }
    advance((id, books), storage, limit, now)
}

/// Anyone's wish for a page, at any level.
pub fn asked(
    storage: &mut dyn Storage,
    (id, limit): (&str, u32),
    now: u64,
) -> Result<Option<Event>, ContractError> {
    crank::check_limit(limit)?;
    let mut books = compartment::load(storage, id)?;
    let event = advance((id, &mut books), storage, limit, now)?;
    compartment::save(storage, id, &books)?;
    Ok(event)
}
