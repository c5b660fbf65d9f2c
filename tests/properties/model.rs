//! A market as one would write it down: every position by itself, everything settled at once.

use std::collections::BTreeMap;

use math::{
    budget::When,
    units::{Ratio, Side},
};
use num_traits::{Signed, Zero};

use crate::{
    exact::{int, units, Exact, Q},
    liquidation::{FEE, INSURANCE, RESERVE, TREASURY},
};

/// Shares that stand for the virtual millionth of a dollar.
const VIRTUAL_SHARES: i128 = 1_000_000;

/// One position.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub size: Q,
    pub cost: Q,
    pub margin: Q,
}

impl Held {
    pub fn side(&self) -> Side {
        if self.size.is_negative() {
            Side::Short
        } else {
            Side::Long
        }
    }

    pub fn equity(&self, index: &Q) -> Q {
        &self.margin + &self.size * index - &self.cost
    }

    /// The index price at which nothing is left.
    pub fn bankruptcy(&self) -> Q {
        (&self.cost - &self.margin) / &self.size
    }
}

/// Money beside positions and vault.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pots<T> {
    pub insurance: T,
    pub treasury: T,
    /// What owners got out of liquidations.
    pub owners: T,
    /// What cranks earned by them.
    pub bounties: T,
    /// Bad debt that insurance paid.
    pub insured: T,
    /// Bad debt that was the vault's.
    pub borne: T,
}

/// One market.
#[derive(Debug, Clone)]
pub struct Model {
    pub held: BTreeMap<u8, Held>,
    pub cash: Q,
    pub index: Q,
    pub cap: Q,
    pub scale: Q,
    /// Vault shares by owner.
    pub shares: BTreeMap<u8, Q>,
    /// Money beside positions and vault.
    pub pots: Pots<Q>,
    /// What insurance has paid, and when.
    pub paid: Vec<(When, Q)>,
}

impl Model {
    pub fn potential(&self, skew: &Q) -> Q {
        let (s, k) = (skew.abs(), &self.cap);
        let twice = if s <= *k {
            &s * &s
        } else {
            int(2) * k * &s - k * k
        };
        twice / (int(2) * &self.scale)
    }

    pub fn skew(&self) -> Q {
        self.held.values().map(|h| &h.size).sum()
    }

    /// What a fill of `by` costs now.
    pub fn cost(&self, by: &Q) -> Q {
        let skew = self.skew();
        let moved = self.potential(&(&skew + by)) - self.potential(&skew);
        &self.index * (by + moved)
    }

    pub fn increase(&mut self, who: u8, by: &Q, margin: &Q) {
        let cost = self.cost(by);
        let held = self.held.entry(who).or_default();
        held.size += by;
        held.cost += cost;
        held.margin += margin;
    }

    /// Close `part`, of the sign of the position.
    pub fn reduce(&mut self, who: u8, part: &Q) {
        let proceeds = -self.cost(&-part);
        let held = self.held.get_mut(&who).unwrap();
        let cost = &held.cost * part / &held.size;
        let gain = proceeds - &cost;
        held.size -= part;
        held.cost -= cost;
        held.margin += &gain;
        self.cash -= gain;
    }

    /// Close everything; what the account takes away.
    pub fn close(&mut self, who: u8) -> Q {
        let whole = self.held[&who].size.clone();
        self.reduce(who, &whole);
        self.held.remove(&who).unwrap().margin
    }

    pub fn fund(&mut self, by: &Q) {
        for held in self.held.values_mut() {
            let owed = &held.size * by;
            held.margin -= &owed;
            self.cash += owed;
        }
    }

    pub fn side(&self, side: Side) -> Q {
        let mine = self.held.values().filter(|h| h.side() == side);
        mine.map(|h| &h.size).sum()
    }

    /// Close the same share of every position of one side at the clearing price of the whole.
    pub fn deleverage(&mut self, side: Side, keep: &Q) {
        let gone = int(1) - keep;
        let by = -(self.side(side) * &gone);
        let price = self.cost(&by) / &by;
        for held in self.held.values_mut().filter(|h| h.side() == side) {
            let gain = &gone * (&held.size * &price - &held.cost);
            held.size *= keep;
            held.cost *= keep;
            held.margin += &gain;
            self.cash -= gain;
        }
    }

    /// Traders' gain.
    pub fn gain(&self) -> Q {
        let paid: Q = self.held.values().map(|h| &h.cost).sum();
        self.skew() * &self.index - paid
    }

    pub fn nav(&self) -> Q {
        &self.cash - self.gain() - &self.index * self.potential(&self.skew())
    }

    pub fn supply(&self) -> Q {
        self.shares.values().sum()
    }

    pub fn provide(&mut self, who: u8, amount: &Q) {
        let per = (self.supply() + int(VIRTUAL_SHARES)) / (self.nav() + units(1));
        *self.shares.entry(who).or_default() += amount * per;
        self.cash += amount;
    }

    pub fn worth(&self, shares: &Q) -> Q {
        if !self.nav().is_positive() {
            return Q::zero();
        }
        self.nav() * shares / (self.supply() + int(VIRTUAL_SHARES))
    }

    pub fn redeem(&mut self, who: u8, part: &Q) -> Q {
        let shares = &self.shares[&who] * part;
        let out = self.worth(&shares);
        *self.shares.get_mut(&who).unwrap() -= shares;
        self.cash -= &out;
        out
    }

    /// A side's accounts, worst first.
    pub fn ladder(&self, side: Side) -> Vec<u8> {
        let mine = self.held.iter().filter(|(_, h)| h.side() == side);
        let mut rows: Vec<_> = mine.map(|(who, h)| (h.bankruptcy(), *who)).collect();
        rows.sort();
        if side == Side::Long {
            rows.reverse();
        }
        rows.into_iter().map(|(_, who)| who).collect()
    }

    /// What each account is paid when the market settles at the index, and `h`: margins whole, losers pay
    /// up to theirs, winners share the rest.
    pub fn settled(&self, insurance: &Q) -> (BTreeMap<u8, Q>, Q) {
        let (mut there, mut claims) = (self.cash.clone(), Q::zero());
        let mut parts = BTreeMap::new();
        for (who, held) in &self.held {
            let result = &held.size * &self.index - &held.cost;
            let loss = result.clone().min(Q::zero());
            let left = (&held.margin + loss).max(Q::zero());
            let gain = (result + held.margin.clone().min(Q::zero())).max(Q::zero());
            there += &held.margin - &left;
            claims += &gain;
            parts.insert(*who, (left, gain));
        }
        let there = (there + insurance).max(Q::zero());
        let share = if there >= claims {
            int(1)
        } else {
            there / claims
        };
        let pay = parts.into_iter();
        let pay = pay.map(|(who, (left, gain))| (who, left + gain * &share));
        (pay.collect(), share)
    }

    /// Close `part` of a position and split what it pays; fee and bounty.
    pub fn liquidate(&mut self, who: u8, part: &Q, (waited, now): (u64, When)) -> (Q, Q) {
        let whole = *part == self.held[&who].size;
        let closed = part.abs() * &self.index;
        self.reduce(who, part);
        let held = self.held.get_mut(&who).unwrap();
        let remaining = held.equity(&self.index).max(Q::zero());
        let fee = (closed * FEE.exact()).min(remaining * Ratio::percent(95).exact());
        held.margin -= &fee;
        let reserve = RESERVE.exact();
        let earned = &reserve * int(60 + i128::from(waited.min(60))) / int(120);
        let pots = &mut self.pots;
        let (bounty, shared) = if whole {
            pots.insurance += reserve - &earned;
            (earned, fee.clone())
        } else {
            let bounty = earned.min(fee.clone());
            (bounty.clone(), &fee - bounty)
        };
        pots.bounties += &bounty;
        pots.insurance += &shared * INSURANCE.exact();
        pots.treasury += &shared * TREASURY.exact();
        self.cash += shared * (int(1) - INSURANCE.exact() - TREASURY.exact());
        if whole {
            let margin = self.held.remove(&who).unwrap().margin;
            self.pay_out(margin, now);
        }
        (fee, bounty)
    }
}
