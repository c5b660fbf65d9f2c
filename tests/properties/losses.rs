//! What insurance bears of a loss in a block and in a day: from a log of all it has paid, as one would write it down,
//! beside the two sums that the books keep.

use math::{
    budget::{Budget, Shares, When},
    liquidation::Borne,
    units::{Amount, Ratio},
};
use num_traits::{ToPrimitive, Zero};

use crate::{
    exact::{int, Exact, Q},
    model::Model,
    world::World,
};

/// What one block and one day may cost the fund.
const SHARES: Shares = Shares {
    block: Ratio::percent(75),
    day: Ratio::percent(90),
};
const DAY: u64 = 86_400;

/// When it is, what the books know of losses, and every payment.
pub struct Losses {
    when: When,
    budget: Budget,
    log: Vec<(When, Amount)>,
}

impl Losses {
    pub fn none() -> Self {
        Self {
            when: When {
                height: 1,
                time: 20_000 * DAY,
            },
            budget: Budget::default(),
            log: Vec::new(),
        }
    }
}

/// What may still be paid out of a fund, if this is what it has paid and when.
fn left(fund: &Q, log: &[(When, Q)], now: When) -> Q {
    let sum = |in_span: &dyn Fn(When) -> bool| -> Q {
        let rows = log.iter().filter(|(when, _)| in_span(*when));
        rows.map(|(_, paid)| paid).sum()
    };
    let block = sum(&|when| when.height == now.height);
    let day = sum(&|when| when.time / DAY == now.time / DAY);
    let block = (fund + &block) * SHARES.block.exact() - block;
    let day = (fund + &day) * SHARES.day.exact() - day;
    block.min(day).min(fund.clone()).max(Q::zero())
}

impl World {
    pub fn wait(&mut self, (blocks, seconds): (u64, u64)) {
        self.losses.when.height += blocks;
        self.losses.when.time += seconds;
    }

    pub fn when(&self) -> When {
        self.losses.when
    }

    /// A flat position is paid out, or what it owes is borne: by insurance exactly what the log allows, rounded down
    /// to the unit, and by the vault the rest.
    pub fn pay_out(&mut self, margin: Amount) -> Borne {
        let (losses, pots) = (&mut self.losses, &mut self.pots);
        let loss = margin.negated().unwrap();
        let asked = (loss, pots.insurance);
        let borne = losses.budget.bear(asked, SHARES, losses.when).unwrap();
        let log: Vec<_> = losses.log.iter().map(|(w, a)| (*w, a.exact())).collect();
        let most = left(&pots.insurance.exact(), &log, losses.when) * int(1_000_000);
        let most = most.floor().to_integer().to_i128().unwrap();
        let owed = loss.max(Amount::ZERO).0.i128();
        assert_eq!(borne.insurance.0.i128(), owed.min(most), "insurance first");
        losses.budget = losses.budget.paid(borne.insurance, losses.when).unwrap();
        losses.log.push((losses.when, borne.insurance));
        pots.insurance = pots.insurance.minus(borne.insurance).unwrap();
        pots.insured = pots.insured.plus(borne.insurance).unwrap();
        pots.borne = pots.borne.plus(borne.vault).unwrap();
        pots.owners = pots.owners.plus(margin.max(Amount::ZERO)).unwrap();
        let cash = self.book.cash.plus(borne.insurance).unwrap();
        self.book.cash = cash.plus(margin.min(Amount::ZERO)).unwrap();
        borne
    }
}

impl Model {
    /// The same, unrounded.
    pub fn pay_out(&mut self, margin: Q, now: When) {
        let loss = (-&margin).max(Q::zero());
        let paid = loss
            .clone()
            .min(left(&self.pots.insurance, &self.paid, now));
        self.paid.push((now, paid.clone()));
        self.pots.insurance -= &paid;
        self.pots.insured += &paid;
        self.pots.borne += &loss - &paid;
        self.pots.owners += margin.max(Q::zero());
        self.cash += paid - loss;
    }
}
