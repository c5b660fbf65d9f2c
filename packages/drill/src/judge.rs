//! What is judged, and by which definitions. The judge asks the contracts only what anyone can ask
//! and reads events; prices it judges by are the reference's.
//!
//! | figure | means |
//! |---|---|
//! | insolvent blocks | blocks after which the bank holds less than the books owe |
//! | wrongful, late liquidations | see [`liquidations`] |
//! | exits refused | see [`exits`] |
//! | trips, seconds at each level | see [`levels`] |
//! | bad debt | losses beyond margin; of them, what insurance paid |
//! | haircut | what claimants of a market that was wound up were not paid of their gains, and what the vault and insurance lack, at the end, of the traders' net gain |
//! | paced | the longest time from the first liquidation held back by the market's pace to a crank that held none |
//! | ADL events | times that winners were scaled down |
//! | LP profit | the vault's value at the last reference price less what was put in |

pub mod exits;
pub mod heads;
pub mod levels;
pub mod liquidations;
pub mod pacing;
pub mod rule;

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use math::units::{Amount, Price, Ratio, Side};
use types::{
    engine::{Liquidated, MarketState, PositionState},
    level::Level,
    oracle::Snapshot,
};

use self::{
    exits::Exits, heads::Heads, levels::Levels, liquidations::Waits, pacing::Pacing, rule::Rule,
};
use crate::{bug::Bug, fault::Part, news::News, plan::Plan, stage::Stage};

/// Heads looked at where the first may be liquidated.
const HEADS: u32 = 30;

/// Everything judged so far.
pub struct Judge {
    /// Exits.
    pub exits: Exits,
    /// Levels.
    pub levels: Levels,
    /// Late liquidations.
    pub waits: Waits,
    /// Liquidations, each part counted.
    pub liquidations: u64,
    /// Liquidations that were wrong.
    pub wrongful: u64,
    /// Blocks after which something owed was not there.
    pub insolvent_blocks: u64,
    /// Orders that changed a position.
    pub filled: u64,
    /// Times that winners were scaled down.
    pub deleveraged: u64,
    /// What of gains was not paid, to the unit, where the market was wound up.
    pub cut: Amount,
    /// The market's pace.
    pub pacing: Pacing,
    /// What went wrong, in words.
    pub notes: Vec<String>,
    /// Positions before the crank, where any of them might be liquidated by it.
    before: BTreeMap<Addr, PositionState>,
    heads: Heads,
    mm: Ratio,
    /// Whether something owed was not there when last looked.
    short: bool,
}

/// What is in force in a block, before the keeper cranks.
pub struct Force {
    /// Prices.
    pub prices: Snapshot,
    /// The market's books.
    pub books: MarketState,
    /// Block time, seconds.
    pub now: u64,
}

impl Force {
    /// Ask.
    pub fn ask(stage: &mut Stage) -> Result<Self, Bug> {
        Ok(Self {
            prices: stage.prices(),
            books: stage.books()?,
            now: stage.now(),
        })
    }

    /// The newest round's price.
    pub fn index(&self) -> Option<Price> {
        self.prices.newest.map(|pair| pair.round.price)
    }

    fn rule(&self, side: Side) -> Rule {
        let level = self.books.stance.level;
        Rule::of(side, level, (&self.prices, self.now), self.books.terms.mm)
    }
}

impl Judge {
    /// Nothing has happened yet.
    pub fn new(plan: &Plan) -> Self {
        Self {
            exits: Exits::default(),
            levels: Levels::new(plan.block_time, plan.failure),
            waits: Waits::default(),
            liquidations: 0,
            wrongful: 0,
            insolvent_blocks: 0,
            filled: 0,
            deleveraged: 0,
            cut: Amount::ZERO,
            pacing: Pacing::default(),
            notes: Vec::new(),
            before: BTreeMap::new(),
            heads: Heads::default(),
            mm: Ratio::ZERO,
            short: false,
        }
    }

    /// Prices are made and the crank is next: note the level, the round, and who might be liquidated.
    pub fn before(&mut self, force: &Force, stage: &Stage, now: u64) -> Result<(), Bug> {
        self.levels.see(force.books.stance.level, now);
        self.mm = force.books.terms.mm;
        let longest = pacing::longest(&stage.params, force.prices.variance, self.mm)?;
        let paced = self.pacing.see(force.books.paced_since, longest, force.now);
        self.waits.paced(paced);
        self.before.clear();
        let Some(pair) = force.prices.newest else {
            return Ok(());
        };
        self.exits.round(&pair.round, force.prices.max_future, now);
        for side in Side::BOTH {
            let price = pair.round.price;
            if self.heads.near((side, stage), price, self.mm)? {
                let all = stage.positions().into_iter();
                self.before = all.map(|held| (held.account.clone(), held)).collect();
                break;
            }
        }
        Ok(())
    }

    /// A transaction happened.
    pub fn hear(&mut self, news: &[News], plan: &Plan, now: u64) -> Result<(), Bug> {
        self.exits.hear(news, now);
        for one in news {
            match one {
                News::Changed(changed) => {
                    self.filled = self.filled.saturating_add(1);
                    self.heads.forget();
                    self.waits.gone(&changed.account);
                }
                News::Liquidated(liquidated) => self.liquidated(liquidated, plan, now)?,
                News::Scaled(_) => {
                    self.deleveraged = self.deleveraged.saturating_add(1);
                    self.heads.forget();
                }
                News::Settled(settled) => self.cut = self.cut.plus(settled.cut)?,
                News::Shared(shared) => self.cut = self.cut.plus(shared.cut)?,
                News::Round(_)
                | News::Ended(_)
                | News::Order(_)
                | News::Debt(_)
                | News::Priced(_)
                | News::Served(_) => {}
            }
        }
        Ok(())
    }

    fn liquidated(&mut self, what: &Liquidated, plan: &Plan, now: u64) -> Result<(), Bug> {
        self.liquidations = self.liquidations.saturating_add(1);
        self.heads.forget();
        self.waits.gone(&what.account);
        let Some(held) = self.before.get(&what.account) else {
            let who = &what.account;
            self.wrong(format!(
                "{now}: {who} was liquidated and was healthy before the crank"
            ));
            return Ok(());
        };
        if liquidations::wrongful(held, self.mm, &plan.reference, now)? {
            let (who, size) = (&what.account, held.size.0);
            let (margin, cost, mm) = (held.margin.0, held.cost.0, self.mm.0);
            self.wrong(format!(
                "{now}: {who} was liquidated at {} (size {size}, margin {margin}, cost {cost}, MM {mm})",
                what.price.0
            ));
        }
        Ok(())
    }

    fn wrong(&mut self, note: String) {
        self.wrongful = self.wrongful.saturating_add(1);
        self.notes.push(note);
    }

    /// The keeper has cranked: who that may be liquidated is still there?
    pub fn after(&mut self, force: &Force, stage: &Stage, now: u64) -> Result<(), Bug> {
        let Some(pair) = force.prices.newest else {
            return Ok(());
        };
        for side in Side::BOTH {
            let near = self.heads.near((side, stage), pair.round.price, self.mm)?;
            let heads = if near {
                stage.ladder(side, HEADS)
            } else {
                vec![]
            };
            let rule = force.rule(side);
            self.waits.look((side, now), &rule, &heads)?;
        }
        Ok(())
    }

    /// The block is over; whether people acted in it, or it is time to look at the bank anyway.
    pub fn close(&mut self, stage: &Stage, (acted, look): (bool, bool), now: u64) {
        self.heads.age();
        // A dead engine tells of no heads: what was heard of it says nothing.
        if acted || stage.is_dead(Part::Engine) {
            self.heads.forget();
        }
        if stage.is_dead(Part::Market) {
            self.exits.miss(|who, order| stage.waits(who, order), now);
        }
        self.exits.close(now);
        self.waits.close(now);
        if acted || look {
            let surplus = stage.exchange.surplus();
            if surplus < 0 && !self.short {
                self.notes
                    .push(format!("{now}: {surplus} is missing in the bank"));
            }
            self.short = surplus < 0;
        }
        if self.short {
            self.insolvent_blocks = self.insolvent_blocks.saturating_add(1);
        }
    }

    /// Seconds at a level.
    pub fn seconds(&self, level: Level) -> u64 {
        self.levels.seconds(level)
    }

    /// Everything that went wrong, in words.
    pub fn notes(&self) -> impl Iterator<Item = &String> {
        self.notes
            .iter()
            .chain(&self.exits.notes)
            .chain(&self.waits.notes)
    }
}

/// What the traders have gained together and not realised, at a price.
pub fn net_gain(held: &[PositionState], price: Price) -> Result<Amount, Bug> {
    held.iter().try_fold(Amount::ZERO, |sum, position| {
        let gain = rule::loose(position)
            .equity(price)?
            .minus(position.margin)?;
        Ok(sum.plus(gain)?)
    })
}
