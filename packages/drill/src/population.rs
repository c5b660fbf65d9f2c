//! Who trades: a seeded crowd of varied side, size, leverage and nerve, alternating between long and
//! short so that the skew stays inside its cap, their sizes spread by a power law. Each side's first
//! positions come to [`SIDE_PERCENT`] % of the vault together, and nobody's to more than
//! [`LARGEST_PERCENT`] %. They enter one after the other over the first eighth of the run, at most
//! two hours, and leave and come back at times drawn beforehand. Each protocol has a crowd of its own, of
//! the same people with the same wishes.

mod desk;
mod schedule;
mod trader;
mod view;

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Int256};
use math::units::{Amount, OutOfRange, Side, Size};
use math::wide::Round;

use self::trader::{Trader, Traits};
pub use self::view::View;
use crate::{
    bug::Bug,
    judge::exits::Exits,
    news::News,
    noise::{Dice, Seed},
    plan::Plan,
    traffic::Entered,
    venue::{Person, Venue},
};

/// The notional of one side's first positions, in percent of the vault.
pub const SIDE_PERCENT: u64 = 100;
/// The notional of one trader, in percent of the vault, at most.
pub const LARGEST_PERCENT: u64 = 8;
/// The last trader enters this long after the first, seconds, at most.
const ENTRY_S: u64 = 7_200;
const USD: u64 = 1_000_000;

/// The crowd.
pub struct Population {
    traders: Vec<Trader>,
    numbers: BTreeMap<Addr, usize>,
    orders: BTreeMap<u64, usize>,
}

impl Population {
    /// The crowd of a run; `person` knows everybody's address.
    pub fn of(plan: &Plan, person: &dyn Fn(&str) -> Person) -> Result<Self, Bug> {
        let seed = Seed::of(plan.seed, "trader", &plan.name);
        let mut cast: Vec<Dice> = (0..plan.market.traders)
            .map(|n| Dice::of(seed, n))
            .collect();
        let weights: Vec<u64> = cast.iter_mut().map(weight).collect();
        let length = plan.end.saturating_sub(plan.start);
        let entry = (length / 8).min(ENTRY_S);
        let mut traders = Vec::new();
        for ((dice, weight), n) in cast.into_iter().zip(&weights).zip(0u64..) {
            let all = side_weight(&weights, n.is_multiple_of(2));
            let later = entry.saturating_mul(n).checked_div(plan.market.traders);
            traders.push(Trader::new(
                Traits {
                    who: person(&format!("trader-{n}")),
                    side: if n.is_multiple_of(2) {
                        Side::Long
                    } else {
                        Side::Short
                    },
                    notional: notional(plan.market.nav_usd, *weight, all)?,
                    enters: plan.start.saturating_add(later.unwrap_or_default()),
                },
                dice,
            ));
        }
        let numbers = traders
            .iter()
            .map(|t| t.who.addr.clone())
            .zip(0..)
            .collect();
        Ok(Self {
            traders,
            numbers,
            orders: BTreeMap::new(),
        })
    }

    /// Everybody by what they were born with: who, which way, how much, at which leverage.
    #[cfg(test)]
    pub fn born(&self) -> Vec<(&str, Side, Amount, u64)> {
        let all = self.traders.iter();
        all.map(|t| (t.who.name.as_str(), t.side, t.notional, t.leverage))
            .collect()
    }

    /// Hear what a transaction did.
    pub fn hear(&mut self, news: &[News], venue: &dyn Venue, now: u64) {
        for one in news {
            let (number, size) = match one {
                News::Changed(changed) => (self.numbers.get(&changed.account), Some(changed.size)),
                News::Liquidated(l) => (self.numbers.get(&l.account), Some(l.size)),
                News::Settled(s) => (self.numbers.get(&s.account), Some(Size::ZERO)),
                News::Ended(ended) => (self.orders.get(&ended.order), None),
                News::Round(_)
                | News::Order(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_)
                | News::Scaled(_)
                | News::Shared(_) => continue,
            };
            let Some(trader) = number.and_then(|n| self.traders.get_mut(*n)) else {
                continue;
            };
            match size {
                Some(size) if size.is_zero() => trader.went_flat(),
                Some(_) => trader.holds(venue.held(&trader.who)),
                None => trader.was_refused(now),
            }
        }
        self.orders.retain(|order, _| {
            let ended = |one: &News| matches!(one, News::Order(done) if done.order == *order);
            !news.iter().any(ended)
        });
    }

    /// Everyone makes up their mind; the numbers of those who want something.
    pub fn wish(&mut self, view: &View) -> Vec<u64> {
        let all = self.traders.iter_mut().zip(0u64..);
        all.filter_map(|(trader, number)| trader.wishes(view).then_some(number))
            .collect()
    }

    /// Those whose transactions entered do what they want.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        (view, entered): (&View, &Entered),
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        for (trader, number) in self.traders.iter_mut().zip(0u64..) {
            if !entered.lets(number) {
                continue;
            }
            let Some(wish) = trader.wanted() else {
                continue;
            };
            if let Some(order) = desk::serve(venue, (trader, wish), view, exits)? {
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                self.orders.insert(order, number);
            }
        }
        Ok(())
    }
}

/// A power law: many small, few large.
fn weight(dice: &mut Dice) -> u64 {
    let thrown = dice.between(1, 1_000).saturating_add(25);
    100_000u64.checked_div(thrown).unwrap_or(1)
}

fn side_weight(weights: &[u64], even: bool) -> u64 {
    let side = weights.iter().zip(0u64..);
    side.filter(|(_, n)| n.is_multiple_of(2) == even)
        .map(|(w, _)| *w)
        .sum()
}

fn notional(nav_usd: u64, weight: u64, all: u64) -> Result<Amount, OutOfRange> {
    let nav = Amount::raw(i128::from(nav_usd).saturating_mul(USD.into()));
    let percent = |n: u64| nav.pro_rata(Int256::from(n), Int256::from(100u64), Round::Down);
    let part = percent(SIDE_PERCENT)?.pro_rata(
        Int256::from(weight),
        Int256::from(all.max(1)),
        Round::Down,
    )?;
    Ok(part.min(percent(LARGEST_PERCENT)?))
}
