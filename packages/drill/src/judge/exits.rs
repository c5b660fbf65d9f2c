//! Exits: whoever reduces risk or takes out what is their own is let out, in time. A refused attempt
//! counts, and so does a closing order that waits longer than [`GRACE_S`] beyond the first round that
//! binds it. A reduction whose position was liquidated meanwhile had nothing left to let out.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::Addr;
use types::{clock::Moment, engine::Refusal, oracle::Round, Size};

use crate::{news::News, venue::No};

/// Beyond the first round that binds it, an exit may wait this long, seconds.
pub const GRACE_S: u64 = 60;

/// A reduction that waits.
struct Waiting {
    account: Addr,
    /// Chain time: what binds it.
    placed: Moment,
    /// When it was signed.
    signed: u64,
    /// Block time at which the first round that binds it was accepted.
    due: Option<u64>,
    overdue: bool,
}

/// The judge of exits.
#[derive(Default)]
pub struct Exits {
    waiting: BTreeMap<u64, Waiting>,
    holders: BTreeSet<Addr>,
    /// Whose position an order has changed in this block.
    changed: BTreeSet<Addr>,
    /// Attempts refused, or kept waiting too long.
    pub refused: u64,
    /// The longest wait from signing a reduction to its fill, seconds.
    pub longest: u64,
    /// What went wrong, in words.
    pub notes: Vec<String>,
}

impl Exits {
    /// Somebody tried something that must work at once.
    pub fn tried(&mut self, what: &str, who: &str, now: u64, no: Option<No>) {
        if let Some(No(why)) = no {
            self.refuse(format!("{now}: {what} of {who} was refused: {why}"));
        }
    }

    /// Somebody signed a reduction, at this moment of the chain, when it was this late.
    pub fn signed(&mut self, order: u64, account: Addr, (placed, now): (Moment, u64)) {
        let waiting = Waiting {
            account,
            placed,
            signed: now,
            due: None,
            overdue: false,
        };
        self.waiting.insert(order, waiting);
    }

    /// A round was made: it may be the first that binds an exit.
    pub fn round(&mut self, round: &Round, max_future: u64, now: u64) {
        for waiting in self.waiting.values_mut() {
            if waiting.due.is_none() && waiting.placed.binds(round.at, max_future) {
                waiting.due = Some(now);
            }
        }
    }

    /// Hear what a transaction did, all of it before any order of it is judged.
    pub fn hear(&mut self, news: &[News], now: u64) {
        for one in news {
            match one {
                News::Changed(changed) => {
                    self.holds(&changed.account, changed.size);
                    self.changed.insert(changed.account.clone());
                }
                News::Liquidated(l) => self.holds(&l.account, l.size),
                News::Settled(s) => self.holds(&s.account, Size::ZERO),
                News::Round(_)
                | News::Ended(_)
                | News::Order(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_)
                | News::Scaled(_)
                | News::Shared(_) => {}
            }
        }
        for one in news {
            match one {
                News::Order(done) => self.done(done.order, done.refused, now),
                News::Ended(ended) => self.done(ended.order, Some(ended.reason), now),
                News::Round(_)
                | News::Changed(_)
                | News::Liquidated(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_)
                | News::Scaled(_)
                | News::Settled(_)
                | News::Shared(_) => {}
            }
        }
    }

    fn holds(&mut self, account: &Addr, size: Size) {
        if size.is_zero() {
            self.holders.remove(account);
        } else {
            self.holders.insert(account.clone());
        }
    }

    fn done(&mut self, order: u64, refused: Option<Refusal>, now: u64) {
        let Some(waiting) = self.waiting.remove(&order) else {
            return;
        };
        match refused {
            None => {
                let waited = now.saturating_sub(waiting.signed);
                self.longest = self.longest.max(waited);
            }
            Some(_) if !self.holders.contains(&waiting.account) => {}
            Some(reason) => self.refuse(format!(
                "{now}: reduction {order} of {} died: {}",
                waiting.account,
                reason.name()
            )),
        }
    }

    /// A dead order book tells nobody what became of its orders, so whether they still wait is asked. One that
    /// does not was executed if its owner's position has changed in this block.
    pub fn miss(&mut self, waits: impl Fn(&Addr, u64) -> bool, now: u64) {
        let gone: Vec<(u64, Addr)> = self
            .waiting
            .iter()
            .filter(|(order, waiting)| !waits(&waiting.account, **order))
            .map(|(order, waiting)| (*order, waiting.account.clone()))
            .collect();
        for (order, account) in gone {
            let done = self.changed.contains(&account);
            self.done(order, (!done).then_some(Refusal::Gone), now);
        }
    }

    /// The block is over: who has waited too long?
    pub fn close(&mut self, now: u64) {
        self.changed.clear();
        let mut late = Vec::new();
        for (order, waiting) in &mut self.waiting {
            let since = waiting.due.filter(|due| now > due.saturating_add(GRACE_S));
            if let Some(due) = since.filter(|_| !waiting.overdue) {
                waiting.overdue = true;
                late.push(format!("{now}: reduction {order} is due since {due}"));
            }
        }
        for note in late {
            self.refuse(note);
        }
    }

    fn refuse(&mut self, note: String) {
        self.refused = self.refused.saturating_add(1);
        self.notes.push(note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::mock_dependencies;
    use types::{engine::PositionChanged, market::OrderDone, oracle::Status, Amount, Price};

    fn who() -> Addr {
        mock_dependencies().api.addr_make("who")
    }

    fn round(time: u64, height: u64) -> Round {
        Round {
            number: 1,
            at: Moment { time, height },
            status: Status::Valid,
            price: Price::raw(1),
            conf: Price::ZERO,
            low: Price::raw(1),
            high: Price::raw(1),
            twap: None,
            surcharge: Price::ZERO,
            averaged: true,
        }
    }

    fn done(refused: Option<Refusal>) -> News {
        News::Order(OrderDone {
            order: 7,
            round: 1,
            filled: Size::ZERO,
            refused,
        })
    }

    fn waiting() -> Exits {
        let mut exits = Exits::default();
        let placed = Moment {
            time: 100,
            height: 10,
        };
        exits.signed(7, who(), (placed, 100));
        exits.holds(&who(), Size::raw(1));
        exits
    }

    #[test]
    fn the_clock_of_an_exit_starts_with_the_first_round_that_binds_it() {
        let mut exits = waiting();
        exits.close(1_000);
        exits.round(&round(112, 12), 12, 1_000);
        exits.close(1_100);
        assert_eq!(exits.refused, 0, "no round has bound it");
        exits.round(&round(113, 13), 12, 1_100);
        exits.close(1_160);
        assert_eq!(exits.refused, 0);
        exits.close(1_161);
        exits.close(1_200);
        assert_eq!(exits.refused, 1, "counted once");
        exits.hear(&[done(None)], 1_201);
        assert_eq!((exits.refused, exits.longest), (1, 1_101));
    }

    #[test]
    fn where_the_order_book_is_dead_an_order_that_waits_no_more_was_executed_if_the_position_changed(
    ) {
        let changed = |by: i128, size: i128| {
            News::Changed(PositionChanged {
                market: String::new(),
                account: who(),
                by: Size::raw(by),
                size: Size::raw(size),
                price: Price::raw(1),
                fee: Amount::ZERO,
            })
        };
        let mut exits = waiting();
        exits.miss(|_, _| true, 118);
        exits.hear(&[changed(-1, 1)], 124);
        exits.miss(|account, order| (account, order) != (&who(), 7), 124);
        assert_eq!((exits.refused, exits.longest), (0, 24));
        let mut exits = waiting();
        exits.hear(&[changed(1, 2)], 118);
        exits.close(118);
        exits.miss(|_, _| false, 124);
        assert_eq!(exits.refused, 1, "it went and nothing came of it");
    }

    #[test]
    fn a_refusal_counts_unless_the_position_is_gone() {
        let mut exits = waiting();
        exits.hear(&[done(Some(Refusal::Price))], 120);
        assert_eq!(exits.refused, 1);
        let mut exits = waiting();
        exits.holds(&who(), Size::ZERO);
        exits.hear(&[done(Some(Refusal::NoPosition))], 120);
        assert_eq!(exits.refused, 0);
        exits.tried("cancel", "who", 120, Some(No("no".into())));
        exits.tried("cancel", "who", 120, None);
        assert_eq!(exits.refused, 1);
    }
}
