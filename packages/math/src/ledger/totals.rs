//! What a reconciliation adds up, position by position, to hold it against the books.

use cosmwasm_schema::cw_serde;

use super::{Book, Position, SideSums};
use crate::units::{OutOfRange, Side};

/// Sums over some of the positions of a market. Every stored position adds exactly what it once added to the sums of
/// its side, so over all of them the two are equal, without a unit of slack.
#[cw_serde]
pub struct Totals {
    long: SideSums,
    short: SideSums,
}

impl Totals {
    /// Over none.
    pub fn empty() -> Result<Self, OutOfRange> {
        Ok(Self {
            long: SideSums::empty()?,
            short: SideSums::empty()?,
        })
    }

    fn side_mut(&mut self, side: Side) -> &mut SideSums {
        match side {
            Side::Long => &mut self.long,
            Side::Short => &mut self.short,
        }
    }

    /// One position more.
    pub fn enter(&mut self, position: &Position) -> Result<(), OutOfRange> {
        let contribution = position.contribution()?;
        self.side_mut(position.side()?)
            .enter(&contribution, position.margin)
    }

    /// One position less, which is among them.
    pub fn leave(&mut self, position: &Position) -> Result<(), OutOfRange> {
        let contribution = position.contribution()?;
        self.side_mut(position.side()?)
            .leave(&contribution, position.margin)
    }

    /// Whether the books hold the same of both sides. Scale and proceeds are the books' own.
    pub fn agree(&self, book: &Book) -> bool {
        self.long.holds_as_much_as(&book.long) && self.short.holds_as_much_as(&book.short)
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Int128;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ledger::Loose,
        pricing::Curve,
        units::{Amount, Price, Ratio, Size},
    };

    fn loose(size: i64, cost: i64, margin: i64) -> Loose {
        Loose {
            size: Size(Int128::from(size)),
            cost: Amount(Int128::from(cost)),
            margin: Amount(Int128::from(margin)),
        }
    }

    proptest! {
        #[test]
        fn all_positions_add_up_to_the_books_whatever_has_happened_to_them(
            sizes in prop::collection::vec((-9_000_000_000_i64..9_000_000_000, -9_000_000_i64..9_000_000), 1..12),
            keep in 1_u64..100, index in 1_u64..5_000, closed in any::<prop::sample::Index>(),
        ) {
            let mut book = Book::empty().unwrap();
            let mut held: Vec<Position> = vec![];
            for (size, cost) in sizes.iter().filter(|(size, _)| *size != 0) {
                book.funding = book.funding.plus(crate::units::PerUnit(cosmwasm_std::Int256::from(*cost))).unwrap();
                held.push(book.put(loose(*size, *cost, cost.saturating_add(7))).unwrap());
            }
            prop_assume!(!held.is_empty());
            let curve = Curve {
                cap: Size(Int128::from(i64::MAX)),
                scale: Size(Int128::from(i64::MAX)),
            };
            let index = Price(cosmwasm_std::Decimal::from_ratio(index, 1_u64));
            let side = held[0].side().unwrap();
            // Scaling a side changes nothing that was added, and leaving takes out what entered.
            let _ = book.deleverage(side, Ratio::percent(keep), (curve, index));
            let gone = held.swap_remove(closed.index(held.len()));
            book.take(&gone).unwrap();
            let mut totals = Totals::empty().unwrap();
            for position in &held {
                totals.enter(position).unwrap();
            }
            prop_assert!(totals.agree(&book));
            // One unit anywhere is seen.
            if let Some(first) = held.first() {
                totals.leave(first).unwrap();
                prop_assert!(!totals.agree(&book));
                let mut wrong = first.clone();
                wrong.margin = wrong.margin.plus(Amount::raw(1)).unwrap();
                totals.enter(&wrong).unwrap();
                prop_assert!(!totals.agree(&book));
            }
        }
    }
}
