//! What each attacker took, as the report defines it.

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use math::units::{Amount, OutOfRange, Price, Size};
use math::wide::Round;

use crate::{news::News, path::Path};

/// Rounds remembered.
const ROUNDS: usize = 5_000;

/// What one attacker took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takings {
    /// Which attacker.
    pub name: &'static str,
    /// By the report's definition.
    pub profit: Amount,
    /// What they hold at the end, at the reference, less what they brought.
    pub equity: Amount,
    /// Fills.
    pub fills: u64,
    /// Orders called back.
    pub cancelled: u64,
}

/// Prices and times of rounds, and who takes what.
#[derive(Default)]
pub struct Ledger {
    /// By attacker.
    pub takings: Vec<Takings>,
    owners: BTreeMap<Addr, usize>,
    rounds: BTreeMap<u64, (u64, Price)>,
}

/// A fill.
struct Fill {
    by: Size,
    price: Price,
    fee: Amount,
}

impl Ledger {
    /// Another attacker with these accounts; its number.
    pub fn enter<'a>(
        &mut self,
        name: &'static str,
        accounts: impl Iterator<Item = &'a Addr>,
    ) -> usize {
        let number = self.takings.len();
        self.owners
            .extend(accounts.map(|account| (account.clone(), number)));
        self.takings.push(Takings {
            name,
            profit: Amount::ZERO,
            equity: Amount::ZERO,
            fills: 0,
            cancelled: 0,
        });
        number
    }

    /// Hear what happened. Where a fill has no round, it was due now, at the index.
    pub fn hear(
        &mut self,
        news: &[News],
        reference: &Path,
        (now, index): (u64, Price),
    ) -> Result<(), OutOfRange> {
        for (one, at) in news.iter().zip(1usize..) {
            let (account, fill) = match one {
                News::Round(round) => {
                    self.rounds.insert(round.round, (round.time, round.price));
                    while self.rounds.len() > ROUNDS {
                        self.rounds.pop_first();
                    }
                    continue;
                }
                News::Changed(c) => (&c.account, fill(c.by, c.price, c.fee)),
                News::Liquidated(l) => (&l.account, fill(l.by, l.price, l.fee)),
                News::Ended(_)
                | News::Order(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_)
                | News::Scaled(_)
                | News::Settled(_)
                | News::Shared(_) => continue,
            };
            let Some(number) = self.owners.get(account).copied() else {
                continue;
            };
            let due = self.due(one, news.get(at..).unwrap_or_default());
            let (time, index) = due.unwrap_or((now, index));
            let took = edge(&fill, reference.at(time).unwrap_or(index), index)?;
            self.credit(number, took)?;
        }
        Ok(())
    }

    /// The round of the order that ends next after this fill.
    fn due(&self, fill: &News, after: &[News]) -> Option<(u64, Price)> {
        if !matches!(fill, News::Changed(_)) {
            return None;
        }
        let round = after.iter().find_map(|one| match one {
            News::Order(done) => Some(done.round),
            News::Round(_)
            | News::Changed(_)
            | News::Liquidated(_)
            | News::Ended(_)
            | News::Debt(_)
            | News::Priced(_)
            | News::Served(_)
            | News::Scaled(_)
            | News::Settled(_)
            | News::Shared(_) => None,
        });
        self.rounds.get(&round?).copied()
    }

    fn credit(&mut self, number: usize, took: Amount) -> Result<(), OutOfRange> {
        if let Some(takings) = self.takings.get_mut(number) {
            takings.profit = takings.profit.plus(took)?;
            takings.fills = takings.fills.saturating_add(1);
        }
        Ok(())
    }

    /// Somebody's shares were worth so much more than was paid for them.
    pub fn gained(&mut self, name: &str, by: Amount) -> Result<(), OutOfRange> {
        let number = self.takings.iter().position(|t| t.name == name);
        self.credit(number.unwrap_or(usize::MAX), by)
    }
}

fn fill(by: Size, price: Price, fee: Amount) -> Fill {
    Fill { by, price, fee }
}

/// `size * (reference - the worse of fill and index) - fee`, rounded down.
fn edge(fill: &Fill, reference: Price, index: Price) -> Result<Amount, OutOfRange> {
    let worse = if fill.by.is_negative() {
        fill.price.min(index)
    } else {
        fill.price.max(index)
    };
    let value = fill.by.value(reference, Round::Down)?;
    let paid = fill.by.value(worse, Round::Up)?;
    value.minus(paid)?.minus(fill.fee)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::testing::cents;

    #[test]
    fn the_edge_is_measured_from_the_worse_of_fill_and_index() {
        let one = 1_000_000_000_000;
        let edge = |by: i128, price, reference, index| {
            let fill = fill(Size::raw(by * one), cents(price), Amount::raw(3));
            edge(&fill, cents(reference), cents(index))
                .unwrap()
                .0
                .i128()
        };
        // A buy at 101 with the index at 100 and the truth at 103: 2 less the fee.
        assert_eq!(edge(1, 10_100, 10_300, 10_000), 2_000_000 - 3);
        // Received premium is not counted: a sale at 101 counts at the index.
        assert_eq!(edge(-1, 10_100, 10_000, 10_000), -3);
        assert_eq!(edge(-2, 9_900, 9_500, 10_000), 8_000_000 - 3);
    }
}
