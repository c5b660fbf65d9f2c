//! Liquidation, beside the eager model and against the exact result of each step: from the head of the ladder, in part
//! or whole, its fee and its bounty, and who bears what is owed beyond margin.

use math::{
    ledger::Reduction,
    liquidation::{Borne, Cut, Patient},
    units::{narrow, Amount, Ratio, Side, Size},
    wide::{mul_div, pow10, Round},
};
use num_traits::Signed;
use proptest::prelude::*;

use crate::{
    cases,
    exact::{int, units, Exact},
    verdict::{Case, Done},
    world::{curve, op, pressure, sides, Op, World},
};

/// Maintenance, what a part restores beyond it, the fee; the insurance's and the treasury's share of that.
pub const MM: Ratio = Ratio::bps(250);
pub const BUFFER: Ratio = Ratio::bps(50);
pub const FEE: Ratio = Ratio::bps(50);
pub const INSURANCE: Ratio = Ratio::percent(20);
pub const TREASURY: Ratio = Ratio::percent(10);
/// Every position has prepaid a dollar.
pub const RESERVE: Amount = Amount::raw(1_000_000);
pub const DUST: Amount = Amount::raw(10_000_000);

impl World {
    pub fn insure(&mut self, amount: Amount) {
        self.pots.insurance = self.pots.insurance.plus(amount).unwrap();
        self.model.pots.insurance += amount.exact();
    }

    /// Set what somebody has left to so many hundredths of a hundredth of the notional.
    pub fn strain(&mut self, who: u8, bps: i128) {
        let Some(p) = self.held.get(&who) else {
            return;
        };
        let (now, _) = self.now(p);
        let notional = now.size.notional_up(self.index).unwrap();
        let wanted = Amount::raw(notional.0.i128() * bps / 10_000);
        let by = wanted.minus(now.equity(self.index).unwrap()).unwrap();
        self.change(who, by);
    }

    fn head(&self, side: Side) -> Option<u8> {
        let mine = self.held.iter().filter(|(_, p)| p.side().unwrap() == side);
        let key = |(who, p): (&u8, &math::ledger::Position)| (p.key().unwrap(), *who);
        let mine = mine.map(key);
        let head = match side {
            Side::Long => mine.max_by_key(|m| m.0),
            Side::Short => mine.min_by_key(|m| m.0),
        };
        head.map(|(_, who)| who)
    }

    /// By the place on the ladder, as the clearing house decides.
    fn condemned(&self, side: Side, who: u8) -> bool {
        let key = self.held[&who].key().unwrap();
        let at = self.book.side(side).bankruptcy(key, self.book.funding);
        let at = at.unwrap();
        let edge = match side {
            Side::Long => self
                .index
                .times(Ratio::ONE.minus_floored(self.mm), Round::Down),
            Side::Short => self
                .index
                .times(Ratio::ONE.plus(self.mm).unwrap(), Round::Up),
        };
        let edge = edge.unwrap().per_unit().unwrap();
        match side {
            Side::Long => at > edge,
            Side::Short => at < edge,
        }
    }

    /// What the model says of the same, unless it is too close to say.
    fn sick(&self, who: u8) -> Option<bool> {
        let held = &self.model.held[&who];
        let missing =
            held.size.abs() * &self.model.index * self.mm.exact() - held.equity(&self.model.index);
        let close = self.place(who) * held.size.abs() * int(2) + units(2);
        (missing.abs() > close).then(|| missing.is_positive())
    }

    pub fn liquidate(&mut self, side: Side, waited: u64, limit: usize) {
        for _ in 0..limit {
            let Some(who) = self.head(side) else {
                return;
            };
            let condemned = self.condemned(side, who);
            assert!(self.sick(who).is_none_or(|sick| sick == condemned), "{who}");
            if !condemned {
                // A walk that stops at the first healthy position leaves no other behind it.
                let mine = self.model.held.iter().filter(|(_, h)| h.side() == side);
                let sick = |who: &u8| self.sick(*who) == Some(true);
                assert!(!mine.map(|(who, _)| who).any(sick), "behind {who}");
                return;
            }
            self.steps += 1;
            self.one(who, waited);
        }
    }

    /// Step for step what `margin_engine::liquidate::one` does.
    fn one(&mut self, who: u8, waited: u64) {
        let skew = self.book.skew().unwrap();
        let held = self.take(who);
        let case = Case { held, skew };
        let before = self.coins(held.margin.plus(RESERVE).unwrap());
        let patient = Patient {
            notional: held.size.notional_up(self.index).unwrap(),
            equity: held.equity(self.index).unwrap(),
            target: self.mm.plus(BUFFER).unwrap(),
            fee: FEE,
            premium: curve().closing_premium(skew, held.size).unwrap(),
        };
        let part = self.sized(&patient, held.size);
        let by = part.negated().unwrap();
        let paid = curve().cost(skew, by, self.index).unwrap();
        let Reduction { mut left, .. } = self
            .book
            .realise(held, part, paid.negated().unwrap())
            .unwrap();
        let closed = part.notional_up(self.index).unwrap();
        let remaining = left.equity(self.index).unwrap();
        let fee = patient.fee_on(closed, remaining).unwrap();
        left.margin = left.margin.minus(fee).unwrap();
        let whole = left.size.is_zero();
        let bounty = self.split((whole, waited), fee);
        let mut borne = Borne::default();
        if whole {
            borne = self.pay_out(left.margin);
        } else {
            self.held.insert(who, self.book.put(left).unwrap());
        }
        let stays = if whole {
            Amount::ZERO
        } else {
            left.margin.plus(RESERVE).unwrap()
        };
        assert_eq!(self.coins(stays), before, "money came or went");
        let done = Done {
            part,
            left,
            fee,
            bounty,
            borne,
        };
        self.judge(&case, &done);
        self.compare(who, waited, &done);
    }

    /// All money that a liquidation may move.
    fn coins(&self, position: Amount) -> Amount {
        let pots = &self.pots;
        [pots.insurance, pots.treasury, pots.owners, pots.bounties]
            .into_iter()
            .try_fold(self.book.cash.plus(position).unwrap(), Amount::plus)
            .unwrap()
    }

    fn sized(&self, patient: &Patient, size: Size) -> Size {
        let Cut::Part(notional) = patient.cut(DUST).unwrap() else {
            return size;
        };
        let one = cosmwasm_std::Int256::try_from(pow10(24).unwrap()).unwrap();
        let index = self.index.wide().unsigned_abs();
        let part = mul_div(notional.wide(), one, index, Round::Up).unwrap();
        let part = Size(narrow(part).unwrap()).min(size.abs().unwrap());
        if size.is_negative() {
            part.negated().unwrap()
        } else {
            part
        }
    }

    /// A whole one pays its bounty out of the reserve, whose rest is insurance's; a part out of its fee.
    fn split(&mut self, (whole, waited): (bool, u64), fee: Amount) -> Amount {
        let earned = Amount::raw(RESERVE.0.i128() * i128::from(60 + waited.min(60)) / 120);
        let pots = &mut self.pots;
        let (bounty, fee) = if whole {
            let rest = RESERVE.minus(earned).unwrap();
            pots.insurance = pots.insurance.plus(rest).unwrap();
            (earned, fee)
        } else {
            let bounty = earned.min(fee);
            (bounty, fee.minus(bounty).unwrap())
        };
        pots.bounties = pots.bounties.plus(bounty).unwrap();
        let insurance = fee.share_down(INSURANCE).unwrap();
        let treasury = fee.share_down(TREASURY).unwrap();
        let vault = fee.minus(insurance).unwrap().minus(treasury).unwrap();
        pots.insurance = pots.insurance.plus(insurance).unwrap();
        pots.treasury = pots.treasury.plus(treasury).unwrap();
        self.book.cash = self.book.cash.plus(vault).unwrap();
        bounty
    }
}

/// Mostly people near their end.
fn crowd() -> impl Strategy<Value = Op> {
    let size = (0u8..7, 1i128..900_000, 100i128..400, sides());
    prop_oneof![
        3 => size.prop_map(|(who, size, bps, side)| {
            let by = size * 1_000_000_001;
            let by = if side == Side::Long { by } else { -by };
            Op::Trade { who, by, margin: size * 2 * bps / 10 }
        }),
        3 => pressure(),
        1 => (190_000u128..210_000).prop_map(|cents| Op::Price { cents }),
        1 => op(),
    ]
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn who_is_liquidated_loses_what_the_model_says_and_nobody_else_does(
        ops in prop::collection::vec(crowd(), 1..25), cash in 1_000_000i128..20_000_000,
    ) {
        let mut world = World::new(Amount::raw(cash * 1_000_000 + 1));
        for op in &ops {
            world.run(op);
            world.check();
        }
    }
}

/// The sequences above are of use only if all of it happens in them.
#[test]
fn parts_wholes_and_bad_debt_on_both_sides_all_occur() {
    for side in Side::BOTH {
        for (bps, part, debt) in [(200, true, false), (55, false, false), (-300, false, true)] {
            // Nothing, less than the loss, more than it.
            for insurance in [0, 3_000_000_000, 1_000_000_000_000i128] {
                let mut world = World::new(Amount::raw(10_000_000_000_001));
                let by = Size::raw(if side == Side::Long { 1 } else { -1 } * 100_000_000_000_007);
                // A hundred units in the way, so that the one liquidated pays the premium.
                world.trade(1, by.negated().unwrap(), Amount::raw(50_000_000_000));
                world.trade(1, by.negated().unwrap(), Amount::raw(50_000_000_000));
                world.trade(0, by, Amount::raw(20_000_000_000));
                world.insure(Amount::raw(insurance));
                world.strain(0, bps);
                world.liquidate(side, 30, 1);
                world.check();
                assert_eq!(world.held.contains_key(&0), part, "{side:?} {bps}");
                let pots = &world.pots;
                let bad = pots.insured.plus(pots.borne).unwrap();
                assert_eq!(bad > Amount::ZERO, debt, "{side:?} {bps}");
                assert_eq!(
                    pots.borne > Amount::ZERO,
                    debt && insurance < 1_000_000_000_000
                );
                assert_eq!(pots.owners > Amount::ZERO, bps == 55);
                assert!(pots.bounties == Amount::raw(750_000));
            }
        }
    }
}
