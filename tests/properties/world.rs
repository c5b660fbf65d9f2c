//! The shipped books, moved in step with the model.

use std::collections::BTreeMap;

use cosmwasm_std::{Int256, Uint128};
use math::{
    adl::{self, Outcome, Standing, Step},
    ledger::{Book, Loose, Position},
    pricing::Curve,
    units::{Amount, PerUnit, Price, Ratio, Side, Size, E18},
    vault,
};
use num_traits::{Signed, Zero};
use proptest::prelude::*;

use crate::{
    exact::{int, near, Exact, Q},
    liquidation::MM,
    losses::Losses,
    model::{Model, Pots},
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
    /// Give a position an equity of so many hundredths of a hundredth of its notional.
    Strain { who: u8, bps: i128 },
    /// Liquidate a side from its head, when that has waited for so many seconds.
    Liquidate {
        side: Side,
        waited: u64,
        limit: usize,
    },
    /// So many blocks and seconds later.
    Wait { later: (u64, u64) },
    /// Somebody pays into insurance.
    Insure { amount: i128 },
}

/// One side or the other.
pub fn sides() -> impl Strategy<Value = Side> {
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
        3 => pressure(),
    ]
}

/// Somebody comes near his end, and a crank comes by.
pub fn pressure() -> impl Strategy<Value = Op> {
    let waited = prop_oneof![Just(0u64), 0u64..120];
    prop_oneof![
        3 => (0u8..7, -200i128..350).prop_map(|(who, bps)| Op::Strain { who, bps }),
        3 => (sides(), waited, 1usize..4)
            .prop_map(|(side, waited, limit)| Op::Liquidate { side, waited, limit }),
        1 => (0i128..20_000 * USD).prop_map(|amount| Op::Insure { amount }),
        1 => (1u64..3, 1u64..60_000).prop_map(|later| Op::Wait { later }),
    ]
}

/// Both accounts of one market.
pub struct World {
    pub book: Book,
    pub held: BTreeMap<u8, Position>,
    pub index: Price,
    pub(crate) shares: BTreeMap<u8, Uint128>,
    /// Money beside positions and vault.
    pub pots: Pots<Amount>,
    pub losses: Losses,
    /// Maintenance.
    pub mm: Ratio,
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
            pots: Pots::default(),
            paid: Vec::new(),
        };
        let mut world = Self {
            book: Book::empty().unwrap(),
            held: BTreeMap::new(),
            index,
            shares: BTreeMap::new(),
            pots: Pots::default(),
            losses: Losses::none(),
            mm: MM,
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
            Op::Strain { who, bps } => self.strain(who, bps),
            Op::Liquidate {
                side,
                waited,
                limit,
            } => self.liquidate(side, waited, limit),
            Op::Wait { later } => self.wait(later),
            Op::Insure { amount } => self.insure(Amount::raw(amount)),
        }
    }

    pub(crate) fn take(&mut self, who: u8) -> Loose {
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

    pub(crate) fn change(&mut self, who: u8, by: Amount) {
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
    pub(crate) fn fill(&mut self, cash: i128) {
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

    pub(crate) fn supply(&self) -> Uint128 {
        self.shares.values().copied().sum()
    }

    pub fn now(&self, p: &Position) -> (Loose, Amount) {
        let side = self.book.side(p.side().unwrap());
        p.synced(side, self.book.funding).unwrap()
    }
}
