//! Nobody is paid by the shape of the curve: every sequence of at most eight trades by at most four
//! accounts, in a few sizes, that leaves every account as it was. All of them, not a sample: at one index
//! what the accounts pay together is the sum of the fills' costs, and a fill's cost depends on nothing but
//! the skew, so the cheapest way into a state is all that has to be remembered of the ways there.

use std::collections::{HashMap, HashSet};

use math::{
    ledger::{Book, Loose, Position},
    pricing::Curve,
    units::{Amount, Price, Ratio, Size, E18},
};
use proptest::prelude::*;

use crate::cases;

const UNIT: i128 = 1_000_000_000_000;
const ACCOUNTS: usize = 4;
const TRADES: usize = 8;
/// `K_net`.
const CAP: i128 = 1_500 * UNIT;
/// Half of the great size: two great ones exceed the cap, and neither divides it.
const HALF: i128 = 525 * UNIT - 1;
const SIZES: [i128; 6] = [UNIT, -UNIT, HALF, -HALF, 2 * HALF, -2 * HALF];

fn curve() -> Curve {
    Curve {
        cap: Size::raw(CAP),
        scale: Size::raw(150_000 * UNIT),
    }
}

/// An index that divides nothing.
fn index() -> Price {
    Price::raw(2_000 * E18 + 123_456_789_012_345_677)
}

/// Positions of all accounts, in ascending order: who holds which does not matter.
type State = [i128; ACCOUNTS];

fn moves(state: State) -> impl Iterator<Item = (i128, i128, State)> {
    (0..ACCOUNTS).flat_map(move |who| {
        SIZES.into_iter().map(move |by| {
            let mut next = state;
            next[who] += by;
            next.sort_unstable();
            (state[who], by, next)
        })
    })
}

/// States at most so many trades from flat; by symmetry, also those from which flat is as near.
fn within(trades: usize) -> HashSet<State> {
    let mut all = HashSet::from([[0; ACCOUNTS]]);
    for _ in 0..trades {
        let next: Vec<_> = all.iter().flat_map(|s| moves(*s)).map(|m| m.2).collect();
        all.extend(next);
    }
    all
}

/// Costs by skew and size; a trade through zero is two fills.
struct Costs {
    others: i128,
    known: HashMap<(i128, i128), i128>,
}

impl Costs {
    fn fill(&mut self, skew: i128, by: i128) -> i128 {
        *self.known.entry((skew, by)).or_insert_with(|| {
            let cost = curve().cost(Size::raw(skew), Size::raw(by), index());
            cost.unwrap().0.i128()
        })
    }

    fn trade(&mut self, state: State, held: i128, by: i128) -> i128 {
        let skew = self.others + state.iter().sum::<i128>();
        let flips = held != 0 && (held + by) != 0 && held.signum() != (held + by).signum();
        if flips {
            self.fill(skew, -held) + self.fill(skew - held, held + by)
        } else {
            self.fill(skew, by)
        }
    }
}

/// The least and the most that any sequence back to flat has paid.
fn extremes(others: i128, near: &[HashSet<State>]) -> (i128, i128) {
    let mut costs = Costs {
        others,
        known: HashMap::new(),
    };
    let flat = [0; ACCOUNTS];
    let mut now = HashMap::from([(flat, (0i128, 0i128))]);
    let (mut least, mut most) = (i128::MAX, i128::MIN);
    for done in 1..=TRADES {
        let mut next: HashMap<State, (i128, i128)> = HashMap::new();
        for (state, (low, high)) in now {
            for (held, by, to) in moves(state) {
                // The first half of the way is always short enough to go back.
                if !near[(TRADES - done).min(TRADES / 2)].contains(&to) {
                    continue;
                }
                let cost = costs.trade(state, held, by);
                let (l, h) = next.entry(to).or_insert((i128::MAX, i128::MIN));
                (*l, *h) = ((*l).min(low + cost), (*h).max(high + cost));
            }
        }
        if let Some((low, high)) = next.get(&flat) {
            (least, most) = (least.min(*low), most.max(*high));
        }
        now = next;
    }
    (least, most)
}

#[test]
fn no_way_back_to_flat_is_paid_for() {
    let near: Vec<_> = (0..=TRADES / 2).map(within).collect();
    // In an empty market, beside others near the cap, and beside others far beyond it.
    for others in [0, CAP * 9 / 10 + 1, -2 * CAP] {
        let (least, most) = extremes(others, &near);
        assert!(least >= 0, "somebody was paid {least}");
        // Nor does anybody pay more than the roundings of twice eight fills.
        assert!(most <= 16, "{most}");
    }
}

/// What accounts own together, in and outside of the books.
struct Club {
    book: Book,
    held: [Option<Position>; ACCOUNTS],
    wallets: i128,
    fees: i128,
}

impl Club {
    fn trade(&mut self, who: usize, by: Size) {
        let skew = self.book.skew().unwrap();
        let loose = match self.held[who].take() {
            Some(p) => self.book.take(&p).unwrap(),
            None => Loose::default(),
        };
        let cost = curve().cost(skew, by, index()).unwrap();
        let against = loose.size.side().is_some_and(|s| Some(s) != by.side());
        let rate = if against {
            Ratio::bps(3)
        } else {
            Ratio::bps(5)
        };
        let fee = by.notional_up(index()).unwrap().share_up(rate).unwrap();
        self.fees += fee.0.i128();
        let after = if against {
            let part = by.negated().unwrap();
            let proceeds = cost.negated().unwrap();
            self.book.realise(loose, part, proceeds).unwrap().left
        } else {
            Loose {
                size: loose.size.plus(by).unwrap(),
                cost: loose.cost.plus(cost).unwrap(),
                margin: loose.margin.plus(Amount::raw(100_000_000_000)).unwrap(),
            }
        };
        if !against {
            self.wallets -= 100_000_000_000;
        }
        self.wallets -= fee.0.i128();
        if after.size.is_zero() {
            self.wallets += after.margin.0.i128();
        } else {
            self.held[who] = Some(self.book.put(after).unwrap());
        }
    }

    fn size(&self, who: usize) -> i128 {
        self.held[who].as_ref().map_or(0, |p| p.size.0.i128())
    }
}

proptest! {
    #![proptest_config(cases(20_000))]

    /// The same through the books: what the accounts own at the end is what they brought, less fees, less
    /// the costs counted above.
    #[test]
    fn the_books_pay_what_the_fills_cost(
        trades in prop::collection::vec((0..ACCOUNTS, 0..SIZES.len()), 1..=TRADES),
    ) {
        let mut club = Club { book: Book::empty().unwrap(), held: [const { None }; ACCOUNTS], wallets: 0, fees: 0 };
        let mut paid = 0;
        let mut fill = |club: &mut Club, who: usize, by: i128| {
            let cost = curve().cost(club.book.skew().unwrap(), Size::raw(by), index()).unwrap();
            paid += cost.0.i128();
            club.trade(who, Size::raw(by));
        };
        for (who, size) in trades {
            let (held, by) = (club.size(who), SIZES[size]);
            if held != 0 && held.signum() != by.signum() && by.abs() > held.abs() {
                fill(&mut club, who, -held);
                fill(&mut club, who, held + by);
            } else {
                fill(&mut club, who, by);
            }
        }
        for who in 0..ACCOUNTS {
            if club.size(who) != 0 {
                let by = -club.size(who);
                fill(&mut club, who, by);
            }
        }
        prop_assert_eq!(club.wallets, -club.fees - paid);
        prop_assert!((0..=20).contains(&paid), "{paid}");
        // And what they paid is the vault's.
        prop_assert_eq!(club.book.cash.0.i128(), paid);
    }
}
