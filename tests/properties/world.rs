//! The shipped books, moved in step with the model.

use std::collections::BTreeMap;

use cosmwasm_std::{Int256, Uint128};
use math::{
    adl::{self, Outcome, Standing, Step},
    ledger::{Book, Loose, Position},
    pricing::Curve,
    settlement::Tally,
    units::{Amount, PerUnit, Price, Ratio, Side, Size, E18},
    vault,
    wide::Round,
};
use num_traits::{Signed, Zero};
use proptest::prelude::*;

use crate::{
    exact::{grains, int, near, units, Exact, Q},
    model::Model,
};

pub const UNIT: i128 = 1_000_000_000_000;
const USD: i128 = 1_000_000;
/// Below this value a vault sells and buys nothing here: shares of next to nothing have no price.
const LEAST_NAV: i128 = 1_000_000 * USD;

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Op {
    /// Increase, or reduce what stands against it; a trade that would flip closes.
    Trade { who: u8, by: i128, margin: i128 },
    /// Add margin, or take it away.
    Margin { who: u8, by: i128 },
    /// Take a position out and put it back.
    Touch { who: u8 },
    /// Move the funding index, millionths of a dollar per base unit.
    Fund { by: i128 },
    /// Move the price.
    Price { cents: u128 },
    /// Scale a side.
    Scale { side: Side, keep: u64 },
    /// Set the cash to where the gain is so many hundredths of it, and do what is due.
    Due { percent: i128 },
    /// Liquidity comes.
    Provide { who: u8, amount: i128 },
    /// Liquidity goes, so many hundredths of it.
    Redeem { who: u8, part: u64 },
}

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

pub fn op() -> impl Strategy<Value = Op> {
    let size = prop_oneof![
        4 => -900_000i128..900_000,
        1 => prop_oneof![Just(300_000i128), Just(-300_000), Just(1), Just(-1)],
    ];
    // Much, or so little that funding makes it a debt.
    let margin = prop_oneof![0i128..9_000_000_000_000, 0i128..500_000_000];
    prop_oneof![
        8 => (0u8..7, size, margin)
            .prop_map(|(who, by, margin)| Op::Trade { who, by: by * 1_000_000_001, margin }),
        2 => (0u8..7, -1_000_000_000i128..1_000_000_000).prop_map(|(who, by)| Op::Margin { who, by }),
        1 => (0u8..7).prop_map(|who| Op::Touch { who }),
        2 => (-5_000_000i128..5_000_000).prop_map(|by| Op::Fund { by }),
        2 => (50_000u128..400_000).prop_map(|cents| Op::Price { cents }),
        1 => (sides(), 60u64..95).prop_map(|(side, keep)| Op::Scale { side, keep }),
        1 => (86i128..99).prop_map(|percent| Op::Due { percent }),
        1 => (0u8..3, USD..5_000_000 * USD).prop_map(|(who, amount)| Op::Provide { who, amount }),
        1 => (0u8..3, 1u64..=100).prop_map(|(who, part)| Op::Redeem { who, part }),
    ]
}

/// Both accounts of one market.
pub struct World {
    pub book: Book,
    pub held: BTreeMap<u8, Position>,
    pub index: Price,
    shares: BTreeMap<u8, Uint128>,
    pub model: Model,
    /// Operations so far: each leaves a few roundings behind.
    pub steps: i128,
}

pub fn curve() -> Curve {
    Curve {
        cap: Size::raw(1_500 * UNIT),
        scale: Size::raw(150_000 * UNIT),
    }
}

impl World {
    /// An empty market whose vault one owner has filled.
    pub fn new(cash: Amount) -> Self {
        let index = Price::raw(2_000 * E18);
        let model = Model {
            held: BTreeMap::new(),
            cash: Q::zero(),
            index: index.exact(),
            cap: curve().cap.exact(),
            scale: curve().scale.exact(),
            shares: BTreeMap::new(),
        };
        let mut world = Self {
            book: Book::empty().unwrap(),
            held: BTreeMap::new(),
            index,
            shares: BTreeMap::new(),
            model,
            steps: 0,
        };
        world.buy(9, cash, Amount::ZERO);
        world
    }

    pub fn run(&mut self, op: &Op) {
        self.steps += 1;
        match *op {
            Op::Trade { who, by, margin } => self.trade(who, Size::raw(by), Amount::raw(margin)),
            Op::Margin { who, by } => self.change(who, Amount::raw(by)),
            Op::Touch { who } => self.change(who, Amount::ZERO),
            Op::Fund { by } => self.fund(by),
            Op::Price { cents } => {
                self.index = Price::raw(cents * E18 / 100);
                self.model.index = self.index.exact();
            }
            Op::Scale { side, keep } => self.scale(side, Ratio::percent(keep)),
            Op::Due { percent } => self.due(percent),
            Op::Provide { who, amount } => self.provide(who, Amount::raw(amount)),
            Op::Redeem { who, part } => self.redeem(who, part),
        }
    }

    fn take(&mut self, who: u8) -> Loose {
        let held = self.held.remove(&who);
        held.map_or_else(Loose::default, |p| self.book.take(&p).unwrap())
    }

    pub fn trade(&mut self, who: u8, by: Size, margin: Amount) {
        if by.is_zero() {
            return;
        }
        let skew = self.book.skew().unwrap();
        let mut loose = self.take(who);
        if loose.size.side().is_none_or(|side| Some(side) == by.side()) {
            let cost = curve().cost(skew, by, self.index).unwrap();
            loose.size = loose.size.plus(by).unwrap();
            loose.cost = loose.cost.plus(cost).unwrap();
            loose.margin = loose.margin.plus(margin).unwrap();
            self.model.increase(who, &by.exact(), &margin.exact());
        } else {
            let whole = by.abs().unwrap() >= loose.size.abs().unwrap();
            let part = if whole {
                loose.size
            } else {
                by.negated().unwrap()
            };
            let paid = curve()
                .cost(skew, part.negated().unwrap(), self.index)
                .unwrap();
            let out = self
                .book
                .realise(loose, part, paid.negated().unwrap())
                .unwrap();
            if whole {
                let want = self.model.close(who);
                near(out.left.margin, &want, &self.money(), "taken away");
                return;
            }
            loose = out.left;
            self.model.reduce(who, &part.exact());
        }
        self.held.insert(who, self.book.put(loose).unwrap());
    }

    fn change(&mut self, who: u8, by: Amount) {
        if !self.held.contains_key(&who) {
            return;
        }
        let mut loose = self.take(who);
        loose.margin = loose.margin.plus(by).unwrap();
        self.held.insert(who, self.book.put(loose).unwrap());
        self.model.held.get_mut(&who).unwrap().margin += by.exact();
    }

    pub fn fund(&mut self, by: i128) {
        let by = PerUnit(Int256::from(by) * Int256::from(10u128.pow(30)));
        self.book.funding = self.book.funding.plus(by).unwrap();
        self.model.fund(&by.exact());
    }

    pub fn scale(&mut self, side: Side, keep: Ratio) {
        if self.book.side(side).size().unwrap().abs().unwrap() <= Size::raw(1_000_000) {
            return;
        }
        self.book
            .deleverage(side, keep, (curve(), self.index))
            .unwrap();
        self.model.deleverage(side, &keep.exact());
    }

    /// Set the vault's cash.
    fn fill(&mut self, cash: i128) {
        let by = Amount::raw(cash)
            .minus(self.book.settled_cash().unwrap())
            .unwrap();
        self.book.cash = self.book.cash.plus(by).unwrap();
        self.model.cash += by.exact();
    }

    fn due(&mut self, percent: i128) {
        let gain = Standing::of(&self.book, self.index).unwrap().gain;
        if gain < Amount::raw(USD) {
            return;
        }
        self.fill(gain.0.i128() * 100 / percent);
        let Step { winners, keep } = match adl::plan(&self.book, curve(), self.index).unwrap() {
            Outcome::Scale(step) => step,
            Outcome::Exhausted => return self.check_exhausted(),
            Outcome::Calm => panic!("{percent} is above the trigger"),
            Outcome::Below => return,
        };
        let before = self.model.gain() / &self.model.cash;
        for side in winners.sides() {
            self.book
                .deleverage(*side, keep, (curve(), self.index))
                .unwrap();
            self.model.deleverage(*side, &keep.exact());
        }
        let (gain, cash) = (self.model.gain(), self.model.cash.clone());
        let target = adl::TARGET.exact() * &cash;
        assert!(cash.is_positive() && &gain / &cash < before, "it improves");
        assert!(
            (target - gain).abs() <= self.whole() * int(2),
            "to the target and no further"
        );
    }

    /// Only where the premium of closing may take all that cash exceeds the gain by.
    fn check_exhausted(&self) {
        let open: Q = self.model.held.values().map(|h| h.size.abs()).sum();
        let premium = open * &self.model.index * &self.model.cap / &self.model.scale;
        let free = &self.model.cash - self.model.gain();
        assert!(
            free <= premium + self.whole(),
            "closing would have been enough"
        );
    }

    fn provide(&mut self, who: u8, amount: Amount) {
        let nav = self.book.nav(curve(), self.index).unwrap();
        if nav < Amount::raw(LEAST_NAV) {
            return;
        }
        self.buy(who, amount, nav);
    }

    fn buy(&mut self, who: u8, amount: Amount, nav: Amount) {
        let got = vault::shares_for(amount, nav, self.supply()).unwrap();
        *self.shares.entry(who).or_default() += got;
        self.book.cash = self.book.cash.plus(amount).unwrap();
        self.model.provide(who, &amount.exact());
    }

    fn redeem(&mut self, who: u8, part: u64) {
        let nav = self.book.nav(curve(), self.index).unwrap();
        let Some(mine) = self.shares.get(&who).copied() else {
            return;
        };
        if nav < Amount::raw(LEAST_NAV) {
            return;
        }
        let shares = mine.multiply_ratio(part, 100u64);
        let out = vault::worth(shares, nav, self.supply()).unwrap();
        self.shares.insert(who, mine - shares);
        self.book.cash = self.book.cash.minus(out).unwrap();
        let want = self.model.redeem(who, &Q::new(part.into(), 100.into()));
        near(out, &want, &self.lots(&want), "redeemed");
    }

    fn supply(&self) -> Uint128 {
        self.shares.values().copied().sum()
    }

    /// What a position's money may be off by: a few roundings for everything that has happened.
    pub fn money(&self) -> Q {
        units(3 * (self.steps + 2))
    }

    /// What a sum may be off by: that for each position.
    pub fn whole(&self) -> Q {
        self.money() * int(i128::try_from(self.held.len()).unwrap() + 2)
    }

    /// What a share of the vault may be off by.
    fn lots(&self, worth: &Q) -> Q {
        self.whole() + worth / int(1_000_000_000)
    }

    fn size(&self) -> Q {
        grains(self.steps + 2)
    }

    pub fn now(&self, p: &Position) -> (Loose, Amount) {
        let side = self.book.side(p.side().unwrap());
        p.synced(side, self.book.funding).unwrap()
    }

    /// Everything, compared.
    pub fn check(&self) {
        let (money, whole) = (self.money(), self.whole());
        assert!(self.held.keys().eq(self.model.held.keys()));
        for (who, p) in &self.held {
            let ((now, _), want) = (self.now(p), &self.model.held[who]);
            near(now.size, &want.size, &self.size(), "size");
            near(now.cost, &want.cost, &money, "cost");
            near(now.margin, &want.margin, &money, "margin");
            let equity = now.equity(self.index).unwrap();
            near(
                equity,
                &want.equity(&self.model.index),
                &(&money * int(2)),
                "equity",
            );
            let side = self.book.side(p.side().unwrap());
            let read = side
                .bankruptcy(p.key().unwrap(), self.book.funding)
                .unwrap();
            near(
                read,
                &want.bankruptcy(),
                &self.place(*who),
                "bankruptcy price",
            );
        }
        for side in Side::BOTH {
            self.check_side(side);
        }
        near(
            self.book.skew().unwrap(),
            &self.model.skew(),
            &self.size(),
            "skew",
        );
        near(
            self.book.settled_cash().unwrap(),
            &self.model.cash,
            &whole,
            "cash",
        );
        near(
            self.book.nav(curve(), self.index).unwrap(),
            &self.model.nav(),
            &(whole * int(2)),
            "NAV",
        );
        self.check_shares();
    }

    /// What a bankruptcy price may be off by: its money, and the last place of its size.
    fn place(&self, who: u8) -> Q {
        let want = &self.model.held[&who];
        let off = self.money() * int(2) + want.bankruptcy().abs() * self.size();
        off / want.size.abs()
    }

    /// Sums are what positions add up to, and the ladder is in the order of the eager one.
    fn check_side(&self, side: Side) {
        let mine = self.held.iter().filter(|(_, p)| p.side().unwrap() == side);
        let mut ladder: Vec<_> = mine.map(|(who, p)| (p.key().unwrap(), *who)).collect();
        ladder.sort();
        if side == Side::Long {
            ladder.reverse();
        }
        let want = self.model.ladder(side);
        for ((_, who), right) in ladder.iter().zip(&want) {
            // Who stands in another's place is as good as equal to it.
            let gap = self.model.held[who].bankruptcy() - self.model.held[right].bankruptcy();
            assert!(
                gap.abs() <= self.place(*who) + self.place(*right),
                "{side:?} {ladder:?} {want:?}"
            );
        }
        let sums = self.book.side(side);
        let count = i128::from(sums.count);
        assert_eq!(ladder.len(), usize::try_from(count).unwrap());
        let total = |f: fn(&Loose, &Amount) -> Q| -> Q {
            let rows = ladder.iter().map(|(_, who)| self.now(&self.held[who]));
            rows.map(|(l, owed)| f(&l, &owed)).sum()
        };
        // One unit per position since its sync, and the reading's own.
        near(
            sums.size().unwrap(),
            &total(|l, _| l.size.exact()),
            &grains(count + 1),
            "sum of sizes",
        );
        let slack = units(count + 1);
        near(
            sums.cost(Round::Up).unwrap(),
            &total(|l, _| l.cost.exact()),
            &slack,
            "sum of costs",
        );
        let owed = sums.owed(self.book.funding, Round::Up).unwrap();
        near(owed, &total(|_, o| o.exact()), &slack, "sum of funding");
        let margins = total(|l, owed| l.margin.exact() + owed.exact());
        near(
            sums.margins().unwrap(),
            &margins,
            &units(2 * count + 1),
            "sum of margins",
        );
    }

    fn check_shares(&self) {
        let nav = self.book.nav(curve(), self.index).unwrap();
        for (who, shares) in &self.shares {
            let want = self.model.worth(&self.model.shares[who]);
            let got = vault::worth(*shares, nav, self.supply()).unwrap();
            near(got, &want, &(self.lots(&want) * int(2)), "worth of shares");
        }
    }

    /// Settle everything now, with cash of so many hundredths of the gain, and compare who is paid what.
    pub fn settle(&mut self, insurance: Amount, percent: i128) {
        let gain = Standing::of(&self.book, self.index).unwrap().gain;
        self.fill(gain.0.i128() / 100 * percent);
        let add = |tally: Tally, (loose, owed)| tally.with(loose, owed).unwrap();
        let rows: BTreeMap<_, _> = self.held.iter().map(|(w, p)| (*w, self.now(p))).collect();
        let tally = rows.values().copied().fold(Tally::at(self.index), add);
        let terms = tally.terms(self.book.cash, insurance).unwrap();
        let (want, share) = self.model.settled(&insurance.exact());
        if terms.margins < Ratio::ONE {
            // The model has no such rule: it is judged by what there is, beside the function.
            assert!(share.is_zero() || tally.gains.is_zero());
            return;
        }
        for (who, (loose, _)) in rows {
            let got = terms.payout(loose).unwrap();
            let got = got.margin.plus(got.gain).unwrap();
            let spread = self.whole() * int(4);
            near(got, &want[&who], &spread, "settled");
        }
    }
}
