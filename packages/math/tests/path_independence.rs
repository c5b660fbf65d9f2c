//! Nobody profits from the shape of the curve: at a constant index, whatever a few accounts do and in
//! whatever order they end flat, together they have paid their roundings and fees, and nobody was ever
//! bankrupt. (The loop of December 2025: one account pumps the skew, another cashes it.)
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use math::{
    ledger::{Book, Loose, Position},
    liquidation::{Cut, Patient},
    pricing::Curve,
    units::{Amount, Price, Ratio, Size, E18},
};
use proptest::prelude::*;

const ACCOUNTS: usize = 4;
/// Trades of an exhaustive sequence before everybody closes.
const TRADES: usize = 5;
const UNIT: i128 = 1_000_000_000_000;
/// `K_net`, base units in trillionths.
const CAP: i128 = 1_500 * UNIT;
/// Seven tenths of the cap and odd, so that two increases do not fit and every share of it is rounded.
const S: i128 = 1_050 * UNIT - 1;
/// What every account brings, millionths of a dollar.
const BROUGHT: i128 = 1_000_000_000_000_000;
/// One fill rounds three times at most: its cost, its share of the cost, an equity.
const PER_FILL: i128 = 3;
/// Roundings an account sets aside beside its closing cost: no sequence here fills it more often.
const SPARE: i128 = PER_FILL * 16;

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

/// What an account may wish for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Trade this much: opens or enlarges, or shrinks what stands against it.
    Trade(i128),
    /// Close whatever is there.
    Close,
    /// Be liquidated as far as the rule of partial liquidation says.
    Liquidated,
    /// Be liquidated whole, whatever that rule says.
    Seized,
}

/// What a wish comes to; sizes carry the sign of the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deal {
    Increase(Size),
    Reduce(Size),
    Liquidate(Size),
}

/// One market and four accounts.
#[derive(Debug, Clone)]
struct Venue {
    book: Book,
    held: [Option<Position>; ACCOUNTS],
    wallets: [Amount; ACCOUNTS],
    /// Fees paid by the liquidated.
    fees: Amount,
    fills: i128,
    /// How far the skew has been from zero.
    furthest: Size,
    /// Whether somebody has been liquidated in part.
    parted: bool,
}

impl Venue {
    fn new() -> Self {
        Self {
            book: Book::empty().unwrap(),
            held: [const { None }; ACCOUNTS],
            wallets: [Amount::raw(BROUGHT); ACCOUNTS],
            fees: Amount::ZERO,
            fills: 0,
            furthest: Size::ZERO,
            parted: false,
        }
    }

    /// The position of an account as plain numbers.
    fn loose(&self, who: usize) -> Loose {
        self.held[who].as_ref().map_or_else(Loose::default, |p| {
            p.synced(self.book.side(p.side().unwrap()), self.book.funding)
                .unwrap()
                .0
        })
    }

    fn patient(&self, loose: Loose) -> Patient {
        Patient {
            notional: loose.size.notional_up(index()).unwrap(),
            equity: loose.equity(index()).unwrap(),
            target: Ratio::percent(3),
            fee: Ratio::bps(50),
            premium: curve()
                .closing_premium(self.book.skew().unwrap(), loose.size)
                .unwrap(),
        }
    }

    /// What a wish comes to now; nothing where it is refused or empty.
    fn resolve(&self, who: usize, wish: Wish) -> Option<Deal> {
        let loose = self.loose(who);
        let open = !loose.size.is_zero();
        match wish {
            Wish::Close => open.then_some(Deal::Reduce(loose.size)),
            Wish::Seized => open.then_some(Deal::Liquidate(loose.size)),
            Wish::Liquidated => open.then(|| Deal::Liquidate(self.cut(loose))),
            Wish::Trade(by) => {
                let by = Size::raw(by);
                if open && loose.size.is_negative() != by.is_negative() {
                    let most = by.abs().unwrap() >= loose.size.abs().unwrap();
                    let part = if most {
                        loose.size
                    } else {
                        by.negated().unwrap()
                    };
                    return Some(Deal::Reduce(part));
                }
                let skew = self.book.skew().unwrap();
                let fits = curve().admits(skew, skew.plus(by).unwrap()).unwrap();
                fits.then_some(Deal::Increase(by))
            }
        }
    }

    /// The size the rule of liquidation closes, rounded up to a trillionth of the size.
    fn cut(&self, loose: Loose) -> Size {
        match self.patient(loose).cut(Amount::raw(10_000_000)).unwrap() {
            Cut::Whole => loose.size,
            Cut::Part(notional) => {
                let all = loose.size.notional_up(index()).unwrap();
                let part = Amount(loose.size.0)
                    .pro_rata(notional.wide(), all.wide(), math::wide::Round::Zero)
                    .unwrap();
                Size(part.0)
            }
        }
    }

    fn apply(&mut self, who: usize, deal: Deal) {
        let skew = self.book.skew().unwrap();
        let mut loose = self.held[who]
            .take()
            .map_or_else(Loose::default, |p| self.book.take(&p).unwrap());
        match deal {
            Deal::Increase(by) => self.increase(who, &mut loose, skew, by),
            Deal::Reduce(part) => self.reduce(&mut loose, skew, part),
            Deal::Liquidate(part) => self.liquidate(&mut loose, skew, part),
        }
        self.fills += 1;
        let equity = loose.equity(index()).unwrap();
        assert!(
            !equity.is_negative(),
            "bankrupt at a constant index: {equity:?}, {deal:?}"
        );
        if loose.size.is_zero() {
            assert!(!loose.margin.is_negative(), "bad debt {:?}", loose.margin);
            self.wallets[who] = self.wallets[who].plus(loose.margin).unwrap();
        } else {
            self.held[who] = Some(self.book.put(loose).unwrap());
        }
        let skew = self.book.skew().unwrap().abs().unwrap();
        self.furthest = self.furthest.max(skew);
    }

    /// Pay the curve and put up what makes equity the closing cost of the whole, and not a millionth more.
    fn increase(&mut self, who: usize, loose: &mut Loose, skew: Size, by: Size) {
        loose.cost = loose
            .cost
            .plus(curve().cost(skew, by, index()).unwrap())
            .unwrap();
        loose.size = loose.size.plus(by).unwrap();
        let needed = loose
            .size
            .notional_up(index())
            .unwrap()
            .share_up(curve().max_premium().unwrap())
            .unwrap()
            .plus(Amount::raw(SPARE))
            .unwrap();
        let missing = needed.minus(loose.equity(index()).unwrap()).unwrap();
        let missing = missing.max(Amount::ZERO);
        self.wallets[who] = self.wallets[who].minus(missing).unwrap();
        loose.margin = loose.margin.plus(missing).unwrap();
    }

    fn reduce(&mut self, loose: &mut Loose, skew: Size, part: Size) {
        let by = part.negated().unwrap();
        let cost = curve().cost(skew, by, index()).unwrap();
        let out = self
            .book
            .realise(*loose, part, cost.negated().unwrap())
            .unwrap();
        *loose = out.left;
    }

    fn liquidate(&mut self, loose: &mut Loose, skew: Size, part: Size) {
        let patient = self.patient_at(*loose, skew);
        self.parted |= part != loose.size;
        self.reduce(loose, skew, part);
        let closed = part.notional_up(index()).unwrap();
        let remaining = loose.equity(index()).unwrap();
        let fee = patient.fee_on(closed, remaining).unwrap();
        loose.margin = loose.margin.minus(fee).unwrap();
        self.book.cash = self.book.cash.plus(fee).unwrap();
        self.fees = self.fees.plus(fee).unwrap();
    }

    /// The patient whose position has been taken out of a book of this skew.
    fn patient_at(&self, loose: Loose, skew: Size) -> Patient {
        Patient {
            premium: curve().closing_premium(skew, loose.size).unwrap(),
            ..self.patient(loose)
        }
    }

    fn open(&self) -> impl Iterator<Item = usize> + '_ {
        (0..ACCOUNTS).filter(|who| self.held[*who].is_some())
    }

    /// Everybody is flat: what must hold, and the best result of a single account.
    fn judge(&self) -> Amount {
        assert_eq!(self.book.skew().unwrap(), Size::ZERO);
        let raw = |a: Amount| a.0.i128();
        let gains = self.wallets.map(|w| raw(w) - BROUGHT);
        let together: i128 = gains.iter().sum();
        let paid = -together - raw(self.fees);
        assert!(
            together <= 0,
            "the accounts have gained {together} together: {gains:?}"
        );
        assert_eq!(
            raw(self.book.cash),
            -together,
            "the vault has what they have not"
        );
        assert!(
            (0..=PER_FILL * self.fills).contains(&paid),
            "beside fees they have paid {paid} in {} fills",
            self.fills
        );
        for gain in gains {
            let lost_by_others = gain - together;
            assert!(
                gain <= lost_by_others.max(0),
                "{gain} out of nothing: {gains:?}"
            );
        }
        Amount::raw(gains.into_iter().max().unwrap())
    }
}

/// What an exhaustive search has seen.
#[derive(Debug, Default)]
struct Seen {
    /// Sequences of trades.
    sequences: u64,
    /// Endings: each sequence closed in each order.
    endings: u64,
    /// Sequences that took the skew beyond its cap.
    beyond: u64,
    /// Sequences with a partial liquidation.
    parted: u64,
    /// The most a single account has gained at the others' expense.
    gain: Amount,
}

struct Search<'a> {
    wishes: &'a [Wish],
    /// How positions are ended.
    ends: &'a [Wish],
    /// Whether they are ended in every order, or only in that of the accounts and its reverse.
    every_order: bool,
    seen: Seen,
}

impl Search<'_> {
    /// Every sequence of up to `left` more trades. Accounts are numbered in the order of their first
    /// trade, and wishes that come to the same deal are one.
    fn explore(&mut self, venue: &Venue, left: usize, acted: usize) {
        self.seen.sequences += 1;
        if venue.furthest > curve().cap {
            self.seen.beyond += 1;
        }
        self.seen.parted += u64::from(venue.parted);
        for end in self.ends {
            if self.every_order {
                self.end(venue, *end);
            } else {
                self.end_in(venue.clone(), *end, venue.open());
                let back: Vec<_> = venue.open().collect();
                self.end_in(venue.clone(), *end, back.into_iter().rev());
            }
        }
        if left == 0 {
            return;
        }
        for who in 0..ACCOUNTS.min(acted + 1) {
            let mut tried = Vec::new();
            for wish in self.wishes {
                let Some(deal) = venue.resolve(who, *wish) else {
                    continue;
                };
                if !tried.contains(&deal) {
                    tried.push(deal);
                    let mut next = venue.clone();
                    next.apply(who, deal);
                    self.explore(&next, left - 1, acted.max(who + 1));
                }
            }
        }
    }

    /// Everybody leaves, in every order.
    fn end(&mut self, venue: &Venue, end: Wish) {
        let open: Vec<_> = venue.open().collect();
        if open.is_empty() {
            self.note(venue);
        }
        for who in open {
            let mut next = venue.clone();
            next.apply(who, next.resolve(who, end).unwrap());
            self.end(&next, end);
        }
    }

    fn end_in(&mut self, mut venue: Venue, end: Wish, order: impl Iterator<Item = usize>) {
        for who in order {
            venue.apply(who, venue.resolve(who, end).unwrap());
        }
        self.note(&venue);
    }

    fn note(&mut self, venue: &Venue) {
        self.seen.endings += 1;
        self.seen.gain = self.seen.gain.max(venue.judge());
    }
}

const TRADING: [Wish; 5] = [
    Wish::Trade(S),
    Wish::Trade(-S),
    Wish::Trade(S / 2),
    Wish::Trade(-S / 2),
    Wish::Close,
];

const LIQUIDATING: [Wish; 6] = [
    Wish::Trade(S),
    Wish::Trade(-S),
    Wish::Trade(S / 2),
    Wish::Trade(-S / 2),
    Wish::Liquidated,
    Wish::Seized,
];

fn search(wishes: &[Wish], ends: &[Wish], every_order: bool) -> Seen {
    let mut search = Search {
        wishes,
        ends,
        every_order,
        seen: Seen::default(),
    };
    search.explore(&Venue::new(), TRADES, 0);
    search.seen
}

#[test]
fn no_sequence_of_trades_pays_all_accounts_together() {
    let seen = search(&TRADING, &[Wish::Close], true);
    assert_eq!((seen.sequences, seen.endings), (13_505, 78_641));
    // The search is not blind: the skew has left its cap, and one account has cashed what others paid.
    assert!(seen.beyond > 500);
    assert!(seen.gain > Amount::raw(10_000_000_000));
}

#[test]
fn no_liquidation_in_between_changes_that() {
    let seen = search(&LIQUIDATING, &[Wish::Close, Wish::Seized], false);
    assert_eq!((seen.sequences, seen.endings), (36_991, 147_964));
    assert!(seen.parted > 10_000);
    assert!(seen.beyond > 500);
    assert!(seen.gain > Amount::raw(10_000_000_000));
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        8 => (-CAP..CAP).prop_filter("nothing", |by| *by != 0).prop_map(Wish::Trade),
        2 => (-1_000i128..1_000).prop_filter("nothing", |by| *by != 0).prop_map(Wish::Trade),
        2 => Just(Wish::Close),
        1 => Just(Wish::Liquidated),
        1 => Just(Wish::Seized),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn eight_trades_of_any_size_pay_nobody_together(
        trades in prop::collection::vec((0..ACCOUNTS, wish()), 8),
        order in Just([0, 1, 2, 3]).prop_shuffle(),
        ends in prop::array::uniform4(prop_oneof![Just(Wish::Close), Just(Wish::Seized)]),
    ) {
        let mut venue = Venue::new();
        for (who, wish) in trades {
            if let Some(deal) = venue.resolve(who, wish) {
                venue.apply(who, deal);
            }
        }
        for who in order {
            if let Some(deal) = venue.resolve(who, ends[who]) {
                venue.apply(who, deal);
            }
        }
        venue.judge();
    }
}
