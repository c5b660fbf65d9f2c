//! Positions and the ladder they stand on: the one place that writes either.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage};
use math::{ledger, liquidation::Borne, units::OutOfRange};
use store::{Bound, Map};
use types::{clock::Moment, Amount, PerUnit, Side};

use crate::{cells, compartment::Compartment, key, ContractError};

/// Late additions of margin remembered while orders wait; more are merged into the newest.
const MAX_ADDED: usize = 8;

/// A stored position.
#[cw_serde]
pub struct Position {
    /// As the books know it.
    pub book: ledger::Position,
    /// Prepaid for its liquidation.
    pub reserve: Amount,
    /// The width it is filed with in the cells of its side.
    pub cell: u8,
    /// Moved in from the wallet less moved out at once: what may leave without queueing.
    pub paid_in: Amount,
    /// Liquidations of it that failed in a row.
    pub strikes: u8,
    /// What the waterfall has provided for it where it is stuck: it stands beside the ladder then.
    pub provided: Option<Borne>,
    /// Margin added while orders of the account were waiting: ignored when judging those due before.
    pub added: Vec<Added>,
}

/// Margin added by hand.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Added {
    /// When.
    pub at: Moment,
    /// How much.
    pub amount: Amount,
}

/// `(market, account)`: who stands beside the ladder.
const STUCK: Map<(&str, &Addr), Empty> = Map::new(key::STUCK);
const POSITIONS: Map<(&str, &Addr), Position> = Map::new(key::POSITIONS);
/// `(market, side | order-preserving key | account)`: ascending is head first on both sides.
const LADDER: Map<(&str, &[u8]), Addr> = Map::new(key::LADDER);

/// Signed order becomes byte order; a long's is turned round, since the highest bankruptcy price is
/// the worst.
fn rung(side: Side, place: PerUnit, account: &Addr) -> Vec<u8> {
    let mut bytes = key::ordered(place.0);
    if side == Side::Long {
        for byte in &mut bytes {
            *byte = !*byte;
        }
    }
    let mut rung = vec![key::side(side)];
    rung.extend_from_slice(&bytes);
    rung.extend_from_slice(account.as_bytes());
    rung
}

/// Read a rung back: its key.
fn place(side: Side, rung: &[u8]) -> Result<PerUnit, OutOfRange> {
    let mut bytes: [u8; 32] = rung
        .get(1..33)
        .and_then(|b| b.try_into().ok())
        .ok_or(OutOfRange)?;
    if side == Side::Long {
        for byte in &mut bytes {
            *byte = !*byte;
        }
    }
    Ok(PerUnit(key::read_ordered(bytes)))
}

/// A position, if there is one.
pub fn load(storage: &dyn Storage, market: &str, account: &Addr) -> StdResult<Option<Position>> {
    POSITIONS.may_load(storage, (market, account))
}

/// Put a position where it belongs: in the map, and on the ladder or, if it is stuck, beside it.
pub fn insert(
    storage: &mut dyn Storage,
    (market, books): (&str, &mut Compartment),
    account: &Addr,
    position: &Position,
) -> Result<(), ContractError> {
    books.reconciliation.enter(account, position);
    if position.provided.is_some() {
        STUCK.save(storage, (market, account), &Empty {})?;
    } else {
        let rung = rung(position.book.side()?, position.book.key()?, account);
        LADDER.save(storage, (market, &rung), account)?;
        cells::enter(storage, market, (&position.book, position.cell))?;
    }
    Ok(POSITIONS.save(storage, (market, account), position)?)
}

/// Take it out of both.
pub fn remove(
    storage: &mut dyn Storage,
    (market, books): (&str, &mut Compartment),
    account: &Addr,
    position: &Position,
) -> Result<(), ContractError> {
    books.reconciliation.leave(account, position);
    if position.provided.is_some() {
        STUCK.remove(storage, (market, account));
    } else {
        let rung = rung(position.book.side()?, position.book.key()?, account);
        LADDER.remove(storage, (market, &rung));
        cells::leave(storage, market, (&position.book, position.cell))?;
    }
    POSITIONS.remove(storage, (market, account));
    Ok(())
}

/// Remember a failed liquidation; nothing else about the position changes.
pub fn strike(
    storage: &mut dyn Storage,
    (market, account): (&str, &Addr),
    position: &Position,
) -> StdResult<()> {
    POSITIONS.save(storage, (market, account), position)
}

/// A position that is where it belongs: on the ladder under its key, or beside it. `None` if it is not.
pub fn filed(
    storage: &dyn Storage,
    market: &str,
    account: &Addr,
) -> Result<Option<Position>, ContractError> {
    let Some(held) = load(storage, market, account)? else {
        return Ok(None);
    };
    let found = if held.provided.is_some() {
        STUCK.has(storage, (market, account))
    } else {
        let rung = rung(held.book.side()?, held.book.key()?, account);
        LADDER.has(storage, (market, &rung))
    };
    Ok(found.then_some(held))
}

/// Whose positions a market has, in the order of accounts; nothing of them is read.
pub fn accounts(
    storage: &dyn Storage,
    market: &str,
    start_after: Option<&Addr>,
    limit: usize,
) -> StdResult<Vec<Addr>> {
    POSITIONS
        .prefix(market)
        .keys(
            storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(limit)
        .collect()
}

/// Accounts whose positions stand beside the ladder.
pub fn stuck(storage: &dyn Storage, market: &str, limit: usize) -> StdResult<Vec<Addr>> {
    STUCK
        .prefix(market)
        .keys(storage, None, None, Order::Ascending)
        .take(limit)
        .collect()
}

/// The head of a side: whose it is and its key.
pub fn head(
    storage: &dyn Storage,
    market: &str,
    side: Side,
) -> Result<Option<(Addr, PerUnit)>, ContractError> {
    Ok(ladder(storage, market, side, 1)?.into_iter().next())
}

/// The first `limit` rungs of a side, head first.
pub fn ladder(
    storage: &dyn Storage,
    market: &str,
    side: Side,
    limit: usize,
) -> Result<Vec<(Addr, PerUnit)>, ContractError> {
    let from: &[u8] = &[key::side(side)];
    let to: &[u8] = &[key::side(side).saturating_add(1)];
    LADDER
        .prefix(market)
        .range(
            storage,
            Some(Bound::inclusive(from)),
            Some(Bound::exclusive(to)),
            Order::Ascending,
        )
        .take(limit)
        .map(|row| {
            let (rung, account) = row?;
            Ok((account, place(side, &rung)?))
        })
        .collect()
}

/// Whose rungs come after `from`, and where to go on; from the head again when the end was reached.
pub fn rungs(
    storage: &dyn Storage,
    (market, side): (&str, Side),
    from: Option<Vec<u8>>,
    limit: usize,
) -> StdResult<(Vec<Addr>, Option<Vec<u8>>)> {
    let head: &[u8] = &[key::side(side)];
    let to: &[u8] = &[key::side(side).saturating_add(1)];
    let from = match &from {
        Some(rung) => Bound::exclusive(rung.as_slice()),
        None => Bound::inclusive(head),
    };
    let to = Some(Bound::exclusive(to));
    let rows: Vec<(Vec<u8>, Addr)> = LADDER
        .prefix(market)
        .range(storage, Some(from), to, Order::Ascending)
        .take(limit)
        .collect::<StdResult<_>>()?;
    let more = rows.len() == limit;
    let last = rows.last().filter(|_| more).map(|(rung, _)| rung.clone());
    Ok((rows.into_iter().map(|(_, account)| account).collect(), last))
}

/// Positions of a market in the order of accounts.
pub fn page(
    storage: &dyn Storage,
    market: &str,
    start_after: Option<&Addr>,
    limit: usize,
) -> StdResult<Vec<(Addr, Position)>> {
    POSITIONS
        .prefix(market)
        .range(
            storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(limit)
        .collect()
}

impl Position {
    /// Remember margin added while orders wait.
    pub fn remember(&mut self, at: Moment, amount: Amount) -> Result<(), OutOfRange> {
        if self.added.len() < MAX_ADDED {
            self.added.push(Added { at, amount });
            return Ok(());
        }
        if let Some(last) = self.added.last_mut() {
            last.at = at;
            last.amount = last.amount.plus(amount)?;
        }
        Ok(())
    }

    /// Margin added at or after the block that accepted a round: it does not count for orders due then.
    pub fn added_since(&self, height: u64) -> Result<Amount, OutOfRange> {
        self.added
            .iter()
            .filter(|a| a.at.height >= height)
            .try_fold(Amount::ZERO, |sum, a| sum.plus(a.amount))
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use cosmwasm_std::Int256;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn byte_order_is_head_first_and_reads_back(a in any::<i128>(), b in any::<i128>()) {
            let account = Addr::unchecked("x");
            let (pa, pb) = (PerUnit(Int256::from(a)), PerUnit(Int256::from(b)));
            let short = |p| rung(Side::Short, p, &account);
            let long = |p| rung(Side::Long, p, &account);
            prop_assert_eq!(a.cmp(&b), short(pa).cmp(&short(pb)));
            prop_assert_eq!(b.cmp(&a), long(pa).cmp(&long(pb)));
            prop_assert_eq!(place(Side::Long, &long(pa)).unwrap(), pa);
            prop_assert_eq!(place(Side::Short, &short(pb)).unwrap(), pb);
        }
    }
}
