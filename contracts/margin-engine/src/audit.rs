//! What must hold after every message, from raw state. Tests and drills call it; the chain never does.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, Storage};
use math::{stress::Place, units::OutOfRange, wide::Round};
use types::{Amount, Side, Size};

use crate::{
    cells,
    compartment::{self, Compartment},
    custody, lp, mandate, outflow, peers, position,
    queue::{self, Door},
    reconcile, wallet, ContractError,
};

/// More positions of one market than any test makes.
const ALL: usize = 1_000_000;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which invariant of the specification.
    pub invariant: u32,
    /// Where and how, with the numbers.
    pub how: String,
}

/// What the books say must be in the bank, for one denom: wallets and all compartments.
pub fn claims(storage: &dyn Storage, denom: &str) -> Result<Amount, ContractError> {
    let mut sum = Amount::ZERO;
    for ((_, coin), amount) in wallet::all(storage)? {
        if coin == denom {
            sum = sum.plus(amount)?;
        }
    }
    sum = sum.plus(custody::sums(storage, denom)?.1)?;
    for (id, market) in peers::markets(storage)? {
        if market.denom == denom {
            let books = compartment::load(storage, &id)?;
            sum = sum.plus(books.coins_beside_margins()?)?;
            for side in Side::BOTH {
                sum = sum.plus(margins(books.book.side(side))?)?;
            }
        }
    }
    Ok(sum)
}

/// Margins of a side: what is stored, and what ADL has paid since where there was any.
fn margins(side: &math::ledger::SideSums) -> Result<Amount, OutOfRange> {
    if side.proceeds.is_zero() {
        Ok(side.margin)
    } else {
        side.margins()
    }
}

/// Coins brought and not taken out cover every claim, and the queue of each denom is its owners'.
fn custody(storage: &dyn Storage, broken: &mut Vec<Broken>) -> Result<(), ContractError> {
    for denom in custody::denoms(storage)? {
        let (held, queued) = custody::sums(storage, &denom)?;
        let claims = claims(storage, &denom)?;
        expect(broken, 1, held >= claims, || {
            format!("{denom}: {held:?} brought, {claims:?} claimed")
        });
        let owned = queue::waiting(storage, Door::Denom(&denom))?;
        expect(broken, 5, owned == queued, || {
            format!("{denom}: {queued:?} queued, owners' {owned:?}")
        });
    }
    Ok(())
}

/// Every invariant of every market.
pub fn audit(storage: &dyn Storage) -> Result<Vec<Broken>, ContractError> {
    let mut broken = Vec::new();
    custody(storage, &mut broken)?;
    for ((account, denom), amount) in wallet::all(storage)? {
        if amount <= Amount::ZERO {
            broken.push(Broken {
                invariant: 2,
                how: format!("wallet of {account} holds {amount:?} {denom}"),
            });
        }
    }
    for (id, _) in peers::markets(storage)? {
        let books = compartment::load(storage, &id)?;
        coins(&id, &books, &mut broken);
        positions(storage, &id, &books, &mut broken)?;
        orders(storage, &id, &books, &mut broken)?;
        liquidity(storage, &id, &books, &mut broken)?;
        let clean = reconcile::would_be_clean(storage, (&id, &books))?;
        expect(&mut broken, 3, clean, || {
            format!("{id}: a pass over the positions would find the books wrong")
        });
    }
    Ok(broken)
}

fn expect(broken: &mut Vec<Broken>, invariant: u32, holds: bool, how: impl FnOnce() -> String) {
    if !holds {
        let how = how();
        broken.push(Broken { invariant, how });
    }
}

fn coins(id: &str, books: &Compartment, broken: &mut Vec<Broken>) {
    let pots = [
        ("insurance", books.insurance),
        ("fees", books.fees),
        ("reserves", books.reserves),
        ("orders", books.orders),
        ("requests", books.lp.requests),
        ("leaving", books.lp.leaving),
        ("queued", books.flow.queued),
    ];
    for (name, pot) in pots {
        expect(broken, 2, !pot.is_negative(), || {
            format!("{id}: {name} is {pot:?}")
        });
    }
}

/// Sums over positions of one side.
struct Sums {
    size: Size,
    cost: Amount,
    owed: Amount,
    margin: Amount,
    count: u64,
}

fn positions(
    storage: &dyn Storage,
    id: &str,
    books: &Compartment,
    broken: &mut Vec<Broken>,
) -> Result<(), ContractError> {
    let held = position::page(storage, id, None, ALL)?;
    let mut reserves = Amount::ZERO;
    for side in Side::BOTH {
        let sums = books.book.side(side);
        let mut total = Sums {
            size: Size::ZERO,
            cost: Amount::ZERO,
            owed: Amount::ZERO,
            margin: Amount::ZERO,
            count: 0,
        };
        let mut keys = BTreeSet::new();
        for (account, p) in &held {
            expect(broken, 5, !p.book.size.is_zero(), || {
                format!("{id}: {account} holds a flat position")
            });
            if p.book.side()? != side {
                continue;
            }
            let (now, owed) = p.book.synced(sums, books.book.funding)?;
            total.size = total.size.plus(now.size)?;
            total.cost = total.cost.plus(now.cost)?;
            total.owed = total.owed.plus(owed)?;
            total.margin = total.margin.plus(now.margin)?.plus(owed)?;
            total.count = total.count.saturating_add(1);
            reserves = reserves.plus(p.reserve)?;
            keys.insert((account.clone(), p.book.key()?.0));
        }
        let ladder: Vec<_> = position::ladder(storage, id, side, ALL)?
            .into_iter()
            .map(|(a, k)| (a, k.0))
            .collect();
        let once = ladder.len() == keys.len() && ladder.iter().all(|r| keys.contains(r));
        expect(broken, 4, once, || {
            format!("{id}: ladder of {side:?} differs")
        });
        sums_agree(id, (side, sums, &total), books, broken)?;
    }
    filed(storage, id, &held, broken)?;
    expect(broken, 5, reserves == books.reserves, || {
        format!(
            "{id}: reserves {:?}, positions' {reserves:?}",
            books.reserves
        )
    });
    Ok(())
}

/// Every position of the ladder is in its cell, and nothing else is.
fn filed(
    storage: &dyn Storage,
    id: &str,
    held: &[(Addr, position::Position)],
    broken: &mut Vec<Broken>,
) -> Result<(), ContractError> {
    let mut left = cells::all(storage, id)?;
    for (account, p) in held.iter().filter(|(_, p)| p.provided.is_none()) {
        let (side, at) = (p.book.side()?, Place::of(p.book.key()?, p.cell)?);
        match left
            .iter_mut()
            .find(|(s, place, _)| *s == side && *place == at)
        {
            Some((_, _, cell)) => {
                cell.shares = cell.shares.checked_sub(p.book.shares()?)?;
                cell.count = cell.count.saturating_sub(1);
            }
            None => broken.push(Broken {
                invariant: 4,
                how: format!("{id}: {account} is in no cell"),
            }),
        }
    }
    let clear = left
        .iter()
        .all(|(_, _, c)| c.shares.is_zero() && c.count == 0);
    expect(broken, 4, clear, || {
        format!("{id}: cells hold more than positions")
    });
    Ok(())
}

fn sums_agree(
    id: &str,
    (side, sums, total): (Side, &math::ledger::SideSums, &Sums),
    books: &Compartment,
    broken: &mut Vec<Broken>,
) -> Result<(), ContractError> {
    let slack = Amount::of(cosmwasm_std::Uint128::from(total.count))?.plus(Amount::raw(2))?;
    let near =
        |a: Amount, b: Amount| -> Result<bool, OutOfRange> { Ok(a.minus(b)?.abs()? <= slack) };
    let rows = [
        ("size", Amount(sums.size()?.0), Amount(total.size.0)),
        ("cost", sums.cost(Round::Up)?, total.cost),
        (
            "owed",
            sums.owed(books.book.funding, Round::Up)?,
            total.owed,
        ),
        ("margin", sums.margins()?, total.margin),
    ];
    for (what, sum, positions) in rows {
        expect(broken, 3, near(sum, positions)?, || {
            format!("{id} {side:?}: {what} {sum:?}, positions' {positions:?}")
        });
    }
    expect(broken, 3, sums.count == total.count, || {
        format!("{id} {side:?}: counts {} of {}", sums.count, total.count)
    });
    Ok(())
}

fn orders(
    storage: &dyn Storage,
    id: &str,
    books: &Compartment,
    broken: &mut Vec<Broken>,
) -> Result<(), ContractError> {
    let all = mandate::all(storage, id, ALL)?;
    let mut reserved = Amount::ZERO;
    let mut accounts: BTreeSet<&Addr> = BTreeSet::new();
    for m in &all {
        reserved = reserved.plus(mandate::reserve(m)?)?;
        accounts.insert(&m.account);
        let listed = mandate::open(storage, id, &m.account)?.contains(&m.order);
        expect(broken, 5, listed, || {
            format!("{id}: order {} is not listed", m.order)
        });
    }
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    expect(broken, 5, count == books.waiting, || {
        format!("{id}: {count} orders, {} counted", books.waiting)
    });
    expect(broken, 5, reserved == books.orders, || {
        format!(
            "{id}: orders reserve {:?}, mandates {reserved:?}",
            books.orders
        )
    });
    Ok(())
}

fn liquidity(
    storage: &dyn Storage,
    id: &str,
    books: &Compartment,
    broken: &mut Vec<Broken>,
) -> Result<(), ContractError> {
    let shares = lp::outstanding(storage, id, books)?;
    expect(broken, 5, shares == books.lp.shares, || {
        format!("{id}: {} shares, owners' {shares}", books.lp.shares)
    });
    let unpriced = lp::unpriced(storage, id)?;
    expect(broken, 5, unpriced == books.lp.requests, || {
        format!(
            "{id}: requests {:?}, owners' {unpriced:?}",
            books.lp.requests
        )
    });
    let waiting = queue::waiting(storage, Door::Market(id))?;
    expect(broken, 5, waiting == books.flow.queued, || {
        format!("{id}: queued {:?}, owners' {waiting:?}", books.flow.queued)
    });
    let asked = outflow::owners(storage, id, &books.outflow)?;
    expect(broken, 5, asked == books.outflow, || {
        format!("{id}: outflow {:?}, owners' {asked:?}", books.outflow)
    });
    let owed = lp::uncollected(storage, id, books)?;
    expect(broken, 5, owed <= books.lp.leaving, || {
        format!("{id}: leaving {:?}, owners' {owed:?}", books.lp.leaving)
    });
    Ok(())
}
