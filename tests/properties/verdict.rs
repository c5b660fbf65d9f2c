//! Whether one liquidation was right: the step alone in exact numbers, and beside the model.

use math::{
    ledger::Loose,
    liquidation::Borne,
    units::{Amount, Ratio, Size},
};
use num_traits::{Signed, Zero};

use crate::{
    exact::{int, near, units, Exact, Q},
    liquidation::{BUFFER, DUST, FEE},
    world::World,
};

/// A position about to be liquidated: taken out, the market's skew still with it.
pub struct Case {
    pub held: Loose,
    pub skew: Size,
}

/// What became of it.
pub struct Done {
    pub part: Size,
    pub left: Loose,
    pub fee: Amount,
    pub bounty: Amount,
    pub borne: Borne,
}

impl World {
    /// The step alone, exactly: nothing that came before blurs it. Every rounding is against the position.
    pub fn judge(&self, case: &Case, done: &Done) {
        let index = &self.model.index;
        let (size, part) = (case.held.size.exact(), done.part.exact());
        let equity = case.held.margin.exact() + &size * index - case.held.cost.exact();
        let (notional, closed) = (size.abs() * index, part.abs() * index);
        let skew = case.skew.exact();
        let moved = self.model.potential(&(&skew - &size)) - self.model.potential(&skew);
        let premium = (moved / size.abs()).max(Q::zero());
        let (target, drain) = (self.mm.exact() + BUFFER.exact(), FEE.exact() + premium);
        let per = &target - &drain;
        // Notional and equity are each rounded by a unit against it, and their shares by one more.
        let slack = units(4);
        let whole = done.left.size.is_zero();
        if per.is_positive() && equity > &notional * &drain + &slack {
            let least = (&target * &notional - &equity) / &per;
            let most = &least + &slack / &per + &closed / int(1_000_000_000_000);
            assert!(
                closed >= least.clone().max(Q::zero()),
                "too little is closed"
            );
            if whole {
                let left = &notional - most;
                assert!(left <= DUST.exact() + &slack, "a part would have done");
            } else {
                assert!(
                    closed <= most.max(units(1) / &per + &slack),
                    "too much is closed"
                );
            }
        } else if per.is_positive() && equity < &notional * &drain {
            assert!(whole, "no part can help");
        }
        let clears = self.model.potential(&(&skew - &part)) - self.model.potential(&skew);
        let remaining = &equity - clears * index;
        let fee =
            (&closed * FEE.exact()).min(remaining.max(Q::zero()) * Ratio::percent(95).exact());
        near(done.fee, &fee, &units(3), "fee");
        if !whole {
            self.healed(&done.left, (&equity / &notional, &target));
        }
        let owed = done.left.margin.negated().unwrap().max(Amount::ZERO);
        let Borne { insurance, vault } = done.borne;
        let owed = if whole { owed } else { Amount::ZERO };
        assert_eq!(insurance.plus(vault).unwrap(), owed, "a loss to the unit");
    }

    /// A part restores the target, and is healthier than before.
    fn healed(&self, left: &Loose, (before, target): (Q, &Q)) {
        let index = &self.model.index;
        let (size, index) = (left.size.exact(), index);
        let equity = left.margin.exact() + &size * index - left.cost.exact();
        let notional = size.abs() * index;
        assert!(
            &equity + units(4) >= target * &notional,
            "the target is missed"
        );
        assert!(equity / notional > before, "it must improve");
    }

    /// The model closes the same part; all money goes where it goes.
    pub fn compare(&mut self, who: u8, waited: u64, done: &Done) {
        let whole = done.left.size.is_zero();
        let part = if whole {
            self.model.held[&who].size.clone()
        } else {
            done.part.exact()
        };
        let now = self.when();
        let (fee, bounty) = self.model.liquidate(who, &part, (waited, now));
        near(done.fee, &fee, &(self.money() * int(2)), "fee");
        near(done.bounty, &bounty, &(self.money() * int(2)), "bounty");
    }

    pub fn check_pots(&self) {
        let (pots, want) = (&self.pots, &self.model.pots);
        for (got, want, what) in [
            (pots.insurance, &want.insurance, "insurance"),
            (pots.treasury, &want.treasury, "treasury"),
            (pots.owners, &want.owners, "owners"),
            (pots.bounties, &want.bounties, "bounties"),
            (pots.insured, &want.insured, "insured"),
            (pots.borne, &want.borne, "the vault's part"),
        ] {
            near(got, want, &(self.whole() * int(2)), what);
        }
    }
}
