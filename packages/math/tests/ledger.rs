//! Properties of the books over random sequences: money is conserved, sums are what positions add up to,
//! the ladder's constant keys stay in the order of the bankruptcy prices.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use std::collections::BTreeMap;

use cosmwasm_std::Int256;
use math::{
    ledger::{Book, Loose, Position},
    pricing::Curve,
    units::{Amount, PerUnit, Price, Ratio, Side, Size, E18},
    wide::Round,
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Op {
    Trade { who: u8, by: i128, margin: i128 },
    Fund { by: i128 },
    Price { cents: u128 },
    Deleverage { side: Side, keep: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let unit = 1_000_000_000i128;
    prop_oneof![
        6 => (0u8..5, -900_000i128..900_000, 0i128..9_000_000_000).prop_map(move |(who, by, margin)| {
            Op::Trade { who, by: by * unit, margin }
        }),
        2 => (-5_000_000i128..5_000_000).prop_map(|by| Op::Fund { by }),
        2 => (50_000u128..400_000).prop_map(|cents| Op::Price { cents }),
        1 => (prop::bool::ANY, 60u64..95).prop_map(|(long, keep)| Op::Deleverage {
            side: if long { Side::Long } else { Side::Short },
            keep,
        }),
    ]
}

struct World {
    book: Book,
    held: BTreeMap<u8, Position>,
    index: Price,
    /// Everything that came in less everything that went out.
    inside: Amount,
    /// Operations so far: each may leave a unit behind per position.
    steps: i128,
}

fn curve() -> Curve {
    Curve {
        cap: Size::raw(1_500_000_000_000_000),
        scale: Size::raw(150_000_000_000_000_000),
    }
}

impl World {
    fn new() -> Self {
        let mut book = Book::empty().unwrap();
        book.cash = Amount::raw(10_000_000_000_000);
        Self {
            inside: book.cash,
            book,
            held: BTreeMap::new(),
            index: Price::raw(2_000 * E18),
            steps: 0,
        }
    }

    fn run(&mut self, op: &Op) {
        self.steps += 1;
        match op {
            Op::Trade { who, by, margin } => self.trade(*who, Size::raw(*by), Amount::raw(*margin)),
            Op::Fund { by } => {
                let by = PerUnit(Int256::from(*by) * Int256::from(10u128.pow(30)));
                self.book.funding = self.book.funding.plus(by).unwrap();
            }
            Op::Price { cents } => self.index = Price::raw(cents * E18 / 100),
            Op::Deleverage { side, keep } => {
                if self.book.side(*side).size().unwrap().abs().unwrap() > Size::raw(1_000_000) {
                    let at = (curve(), self.index);
                    self.book
                        .deleverage(*side, Ratio::percent(*keep), at)
                        .unwrap();
                }
            }
        }
    }

    /// Increase or reduce; a trade that would flip closes instead.
    fn trade(&mut self, who: u8, by: Size, margin: Amount) {
        if by.is_zero() {
            return;
        }
        let skew = self.book.skew().unwrap();
        let loose = match self.held.remove(&who) {
            Some(p) => self.book.take(&p).unwrap(),
            None => Loose::default(),
        };
        let against = loose.size.side().is_some_and(|s| Some(s) != by.side());
        let after = if against {
            let part = if by.abs().unwrap() < loose.size.abs().unwrap() {
                by.negated().unwrap()
            } else {
                loose.size
            };
            let cost = curve()
                .cost(skew, part.negated().unwrap(), self.index)
                .unwrap();
            self.book
                .realise(loose, part, cost.negated().unwrap())
                .unwrap()
                .left
        } else {
            self.inside = self.inside.plus(margin).unwrap();
            Loose {
                size: loose.size.plus(by).unwrap(),
                cost: loose
                    .cost
                    .plus(curve().cost(skew, by, self.index).unwrap())
                    .unwrap(),
                margin: loose.margin.plus(margin).unwrap(),
            }
        };
        if after.size.is_zero() {
            self.inside = self.inside.minus(after.margin).unwrap();
        } else {
            self.held.insert(who, self.book.put(after).unwrap());
        }
    }

    fn now(&self, p: &Position) -> (Loose, Amount) {
        p.synced(self.book.side(p.side().unwrap()), self.book.funding)
            .unwrap()
    }

    fn check(&self) {
        let mut money = self.book.cash;
        for side in Side::BOTH {
            let sums = self.book.side(side);
            let mine: Vec<_> = self
                .held
                .values()
                .filter(|p| p.side().unwrap() == side)
                .collect();
            let total = |f: fn(&(Loose, Amount)) -> i128| -> i128 {
                mine.iter().map(|p| f(&self.now(p))).sum()
            };
            let slack = i128::try_from(mine.len()).unwrap() + 2;
            let near = |a: i128, b: i128| assert!((a - b).abs() <= slack, "{side:?} {a} {b}");
            near(
                sums.size().unwrap().0.i128(),
                total(|(l, _)| l.size.0.i128()),
            );
            near(
                sums.cost(Round::Up).unwrap().0.i128(),
                total(|(l, _)| l.cost.0.i128()),
            );
            near(
                sums.owed(self.book.funding, Round::Up).unwrap().0.i128(),
                total(|(_, owed)| owed.0.i128()),
            );
            near(
                sums.margins().unwrap().0.i128(),
                total(|(l, owed)| l.margin.0.i128() + owed.0.i128()),
            );
            money = money.plus(sums.margins().unwrap()).unwrap();
            self.ladder_is_ordered(&mine);
        }
        // Roundings stay inside: never more is claimed than came in, and hardly less.
        let gap = self.inside.minus(money).unwrap().0.i128();
        assert!(
            gap >= -2 && gap <= 8 * self.steps,
            "conserved to the roundings: {gap}"
        );
    }

    /// Constant keys sort like the bankruptcy prices they stand for.
    fn ladder_is_ordered(&self, mine: &[&Position]) {
        let mut rows: Vec<_> = mine
            .iter()
            .map(|p| {
                let side = self.book.side(p.side().unwrap());
                let key = p.key().unwrap();
                let read = side.bankruptcy(key, self.book.funding).unwrap();
                let (loose, _) = self.now(p);
                (key, read, loose)
            })
            .collect();
        rows.sort_by_key(|(key, _, _)| *key);
        assert!(rows.windows(2).all(|w| w[0].1 <= w[1].1));
        for (_, read, loose) in rows {
            // A few units of money, spread over the size, and a unit of the size itself.
            let size = loose.size.abs().unwrap();
            let money = PerUnit::of(Amount::raw(4 + self.steps), size, Round::Up).unwrap();
            let unit = read.abs().unwrap().0 / size.wide() * Int256::from(2);
            let gap = read
                .minus(loose.bankruptcy().unwrap())
                .unwrap()
                .abs()
                .unwrap();
            assert!(gap.0 <= money.0 + unit, "{gap:?} {loose:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn books_stay_books(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        for op in &ops {
            world.run(op);
            world.check();
        }
    }

    #[test]
    fn a_trade_at_one_index_never_takes_value_from_the_vault(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = World::new();
        for op in &ops {
            let before = world.book.nav(curve(), world.index).unwrap();
            world.run(op);
            let after = world.book.nav(curve(), world.index).unwrap();
            let same_index = matches!(op, Op::Trade { .. } | Op::Deleverage { .. });
            prop_assert!(!same_index || after.0.i128() + 12 >= before.0.i128(), "{before:?} {after:?}");
        }
    }
}

#[test]
fn a_hundred_deleveragings_in_a_row_keep_the_ladder() {
    let mut world = World::new();
    for (who, margin) in [(0u8, 90_000_000i128), (1, 200_000_000), (2, 5_000_000_000)] {
        world.trade(
            who,
            Size::raw(400_000_000_000_000),
            Amount::raw(margin * 100),
        );
    }
    for n in 0..100u64 {
        world.steps += 1;
        let keep = Ratio::percent(60 + n * 35 / 100);
        if world.book.long.size().unwrap() < Size::raw(1_000_000) {
            break;
        }
        let at = (curve(), world.index);
        world.book.deleverage(Side::Long, keep, at).unwrap();
        world.check();
    }
}
