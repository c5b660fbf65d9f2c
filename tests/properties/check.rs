//! The shipped books compared with the model's, and how far they may be apart.

use std::collections::BTreeMap;

use math::{
    adl::Standing,
    ledger::Loose,
    settlement::Tally,
    units::{Amount, Ratio, Side},
    vault,
    wide::Round,
};
use num_traits::{Signed, Zero};

use crate::{
    exact::{grains, int, near, units, Exact, Q},
    world::{curve, World},
};

impl World {
    /// What a position's money may be off by: a few roundings for everything that has happened.
    pub fn money(&self) -> Q {
        units(3 * (self.steps + 2))
    }

    /// What a sum may be off by: that for each position.
    pub fn whole(&self) -> Q {
        self.money() * int(i128::try_from(self.held.len()).unwrap() + 2)
    }

    /// What a share of the vault may be off by.
    pub(crate) fn lots(&self, worth: &Q) -> Q {
        self.whole() + worth / int(1_000_000_000)
    }

    fn size(&self) -> Q {
        grains(self.steps + 2)
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
        self.check_pots();
    }

    /// What a bankruptcy price may be off by: its money, and the last place of its size.
    pub(crate) fn place(&self, who: u8) -> Q {
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
