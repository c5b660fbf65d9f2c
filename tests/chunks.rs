//! Between two cranks of a compartment, neither when its order book is cranked, nor in how many parts, nor
//! by whom changes a fill or a position.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use cosmwasm_std::Uint128;
use cw_multi_test::AppResponse;
use harness::{dollars, price, Exchange};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use types::{
    engine::{ExecuteMsg, MandateDone, MarketState, Order, PositionChanged, PositionState},
    level::Level,
    market::OrderDone,
    wire::Wire,
    Amount, Price, Side,
};

const PEOPLE: [&str; 6] = ["ann", "ben", "cleo", "dan", "eli", "fay"];
/// They have nothing else to do here, so their wallets hold execution fees alone.
const CALLERS: [&str; 4] = ["keeper", "passer-by", "bot", "stranger"];
/// Orders of one kind an account may have waiting.
const WAITING: usize = 5;

/// What somebody does in a block.
#[derive(Debug, Clone)]
enum Deed {
    Place {
        order: Order,
        limit: Option<Price>,
    },
    /// Call back the newest own order, if one waits.
    Cancel,
    AddMargin(u128),
}

/// One block: what is done in it, and the price quoted after it, if any. Tenths of a dollar from 2,000.
#[derive(Debug, Clone)]
struct Block {
    deeds: Vec<(usize, Deed)>,
    quote: Option<i32>,
    /// Cranks of the book in this block: by whom, and how many orders at most.
    cranks: Vec<(usize, u32)>,
}

/// Blocks up to a crank of the compartment, the price of the round that makes everything due, and the
/// parts in which it is executed then.
#[derive(Debug, Clone)]
struct Period {
    blocks: Vec<Block>,
    last: i32,
    parts: Vec<(usize, u32)>,
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

/// Hundredths of a unit, in trillionths.
fn size() -> impl Strategy<Value = Uint128> {
    prop_oneof![
        6 => 1u128..3_000,
        2 => 3_000u128..60_000,
        1 => 60_000u128..160_000,
    ]
    .prop_map(|hundredths| Uint128::new(hundredths * 10_000_000_000))
}

fn limit() -> impl Strategy<Value = Option<Price>> {
    prop_oneof![
        3 => Just(None),
        1 => (19_850u32..20_150).prop_map(|tenths| {
            Some(price(&format!("{}.{}", tenths / 10, tenths % 10)))
        }),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        9 => (side(), size(), 3u128..40).prop_map(|(side, size, percent)| Order::Increase {
            side,
            size,
            // At 2,000 dollars; a few percent are not enough, most are.
            margin: Uint128::new(size.u128() / 1_000_000 * 2_000 * percent / 100 + dollars(2)),
        }),
        3 => (side(), size()).prop_map(|(side, size)| Order::Reduce { side, size }),
        2 => side().prop_map(|side| Order::Close { side }),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => (order(), limit()).prop_map(|(order, limit)| Deed::Place { order, limit }),
        1 => Just(Deed::Cancel),
        2 => (1u128..500).prop_map(Deed::AddMargin),
    ]
}

fn cranks(most: usize) -> impl Strategy<Value = Vec<(usize, u32)>> {
    prop::collection::vec((0..CALLERS.len(), 1u32..6), 0..=most)
}

/// Within four tenths of a percent: calm.
fn quote() -> impl Strategy<Value = i32> {
    -80i32..=80
}

fn block() -> impl Strategy<Value = Block> {
    (
        prop::collection::vec((0..PEOPLE.len(), deed()), 0..5),
        prop::option::of(quote()),
        cranks(2),
    )
        .prop_map(|(deeds, quote, cranks)| Block {
            deeds,
            quote,
            cranks,
        })
}

fn period() -> impl Strategy<Value = Period> {
    (prop::collection::vec(block(), 4..9), quote(), cranks(30)).prop_map(|(blocks, last, parts)| {
        Period {
            blocks,
            last,
            parts,
        }
    })
}

/// How the book is cranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// By the keeper, once, at the end of the period.
    AtOnce,
    /// By anyone in parts, at the end of the period.
    InParts,
    /// By anyone in parts, in every block.
    AtAnyTime,
}

/// What must not depend on the manner.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    taken: Vec<bool>,
    fills: Vec<PositionChanged>,
    done: Vec<OrderDone>,
    dead: Vec<MandateDone>,
    positions: Vec<Option<PositionState>>,
    books: MarketState,
}

/// One run of a history.
struct Run {
    x: Exchange,
    manner: Manner,
    taken: Vec<bool>,
    fills: Vec<PositionChanged>,
    done: Vec<OrderDone>,
    dead: Vec<MandateDone>,
    /// Orders of each kind an account has placed in this period.
    placed: BTreeMap<(usize, bool), usize>,
    /// Whether this is the first block of a period.
    opening: bool,
}

fn text(tenths: i32) -> String {
    let tenths = 20_000 + tenths;
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Run {
    fn new(manner: Manner) -> Self {
        let mut x = Exchange::calm().unaudited().build();
        for who in PEOPLE {
            x.deposit(who, 5_000_000);
        }
        Self {
            x,
            manner,
            taken: vec![],
            fills: vec![],
            done: vec![],
            dead: vec![],
            placed: BTreeMap::new(),
            opening: true,
        }
    }

    fn heard(&mut self, response: &AppResponse) {
        self.fills
            .extend(PositionChanged::find(&response.events).unwrap());
        self.done.extend(OrderDone::find(&response.events).unwrap());
        self.dead
            .extend(MandateDone::find(&response.events).unwrap());
    }

    fn crank(&mut self, (caller, limit): (usize, u32)) {
        let response = self.x.crank_book(0, CALLERS[caller], limit).unwrap();
        self.heard(&response);
    }

    fn act(&mut self, who: usize, deed: &Deed) {
        let name = PEOPLE[who];
        let result = match deed {
            Deed::Place { order, limit } => {
                // As many as may wait if none is executed before the end.
                let placed = self.placed.entry((who, order.reducing())).or_default();
                if *placed == WAITING {
                    return;
                }
                *placed += 1;
                self.x.place(name, 0, order.clone(), *limit)
            }
            Deed::Cancel => {
                // Of this block, so that it waits in every manner.
                let height = self.x.height();
                let waiting = self.x.mandates(name);
                let newest = waiting
                    .iter()
                    .rfind(|m| m.placed.height == height && m.cancelled.is_none());
                let Some(order) = newest.map(|m| m.order) else {
                    return;
                };
                self.x.cancel(name, order)
            }
            Deed::AddMargin(amount) => {
                // Only while nothing of this period can be due: a position's funding is rounded at
                // every sync, and there must be a position in every manner.
                if !self.opening {
                    return;
                }
                let market = self.x.markets[0].id.clone();
                let amount = Uint128::new(dollars(*amount));
                self.x.tell(name, &ExecuteMsg::AddMargin { market, amount })
            }
        };
        self.taken.push(result.is_ok());
    }

    fn block(&mut self, block: &Block) {
        self.x.next_block();
        if let Some(tenths) = block.quote {
            self.x.quote(&text(tenths));
        }
        for (who, deed) in &block.deeds {
            self.act(*who, deed);
        }
        if self.manner == Manner::AtAnyTime {
            for crank in &block.cranks {
                self.crank(*crank);
            }
        }
    }

    fn period(&mut self, period: &Period) -> (Outcome, MarketState) {
        self.placed.clear();
        for (n, block) in period.blocks.iter().enumerate() {
            self.opening = n == 0;
            self.block(block);
        }
        self.x.round(&text(period.last));
        self.finish(&period.parts);
        let queue = self.x.queue(0);
        assert_eq!(
            (queue.reducing, queue.increasing),
            (0, 0),
            "all that is due is executed"
        );
        assert_eq!(self.x.stance().level, Level::Normal);
        let outcome = self.outcome();
        let response = self.x.crank_in(0, "keeper", 50).unwrap();
        self.heard(&response);
        self.x.assert_sound();
        assert_eq!(
            self.x.books(0).bad_debt,
            types::engine::BadDebtSum::default()
        );
        (outcome, self.x.books(0))
    }

    /// Execute what is left: at once, or in the parts given and then in ones by the last caller.
    fn finish(&mut self, parts: &[(usize, u32)]) {
        if self.manner == Manner::AtOnce {
            self.crank((0, 50));
            self.crank((0, 50));
            return;
        }
        for part in parts {
            self.crank(*part);
        }
        for _ in 0..100 {
            let queue = self.x.queue(0);
            if queue.reducing + queue.increasing == 0 {
                break;
            }
            self.crank((CALLERS.len() - 1, 1));
        }
    }

    fn outcome(&self) -> Outcome {
        Outcome {
            taken: self.taken.clone(),
            fills: self.fills.clone(),
            done: self.done.clone(),
            dead: self.dead.clone(),
            positions: PEOPLE.iter().map(|who| self.x.position(who)).collect(),
            books: self.x.books(0),
        }
    }

    fn wallets(&self) -> Vec<Amount> {
        PEOPLE.iter().map(|who| self.x.wallet(who)).collect()
    }
}

/// What a comparison has seen.
#[derive(Debug, Default)]
struct Seen {
    histories: usize,
    fills: usize,
    refusals: BTreeSet<&'static str>,
}

/// Lives one history in three manners.
fn compare(history: &[Period], seen: &mut Seen) -> Result<(), TestCaseError> {
    let mut once = Run::new(Manner::AtOnce);
    let mut parts = Run::new(Manner::InParts);
    let mut any = Run::new(Manner::AtAnyTime);
    for (n, period) in history.iter().enumerate() {
        let wanted = once.period(period);
        prop_assert_eq!(&parts.period(period), &wanted, "in parts, period {}", n);
        prop_assert_eq!(&any.period(period), &wanted, "at any time, period {}", n);
        // Base fees rise with the queue, so they are the same only where the queue was.
        prop_assert_eq!(parts.wallets(), once.wallets(), "wallets, period {}", n);
    }
    seen.histories += 1;
    seen.fills += once.fills.len();
    seen.refusals
        .extend(once.dead.iter().map(|m| m.reason.name()));
    Ok(())
}

#[test]
fn chunks_callers_and_timing_of_book_cranks_change_no_fill_and_no_position() {
    let config = ProptestConfig {
        cases: 64,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = RefCell::new(Seen::default());
    TestRunner::new_with_rng(config, rng)
        .run(&prop::collection::vec(period(), 1..4), |history| {
            compare(&history, &mut seen.borrow_mut())
        })
        .unwrap_or_else(|e| panic!("{e}"));
    let seen = seen.into_inner();
    assert!(seen.histories == 64 && seen.fills > 300, "{seen:?}");
    for reason in ["cancelled", "limit", "margin", "no_position", "skew_cap"] {
        assert!(
            seen.refusals.contains(reason),
            "{reason} is missing: {seen:?}"
        );
    }
}

/// Shares a provider of a million gets whose request is due at the second round, beside an order that is due
/// at the first: the book is cranked between the two, or only after both.
fn shares_of_a_million(prompt: bool) -> Uint128 {
    let mut x = Exchange::calm().build();
    x.deposit("ann", 1_000_000);
    x.deposit("zoe", 1_000_000);
    x.increase("ann", Side::Long, "1000", 200_000).unwrap();
    x.round("2000");
    x.lp_deposit("zoe", 0, 1_000_000).unwrap();
    if prompt {
        x.crank_book(0, "keeper", 50).unwrap();
    }
    x.round("1992");
    x.crank_book(0, "keeper", 50).unwrap();
    x.crank();
    assert!(x.position("ann").is_some() && x.lp(0, "zoe").claimable);
    x.books(0).shares
}

#[test]
fn a_batch_is_priced_after_the_fills_of_earlier_rounds_whenever_they_are_executed() {
    assert_eq!(shares_of_a_million(true), shares_of_a_million(false));
}
