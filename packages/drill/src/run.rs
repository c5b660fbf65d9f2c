//! The run: a block every `block_time` seconds from the first second to the last. In each block the
//! sources' reports that have arrived are pushed, the keeper refreshes the price and cranks, then
//! people act. Every [`AUDIT_EVERY`] blocks, and at the end, everything the contracts promise about
//! their books is checked from raw state; whether the bank covers what is owed, after every block
//! that moved money.

use math::units::Amount;
use types::level::Level;

use crate::{
    attack::{Gang, Sight, Takings, Tampering},
    bug::Bug,
    fault::Part,
    judge::{net_gain, Force, Judge},
    naive::{self, Twin},
    news::News,
    opening,
    plan::Plan,
    population::{Population, View},
    stage::{Beside, Stage},
    story::Story,
    tick::{Tick, Ticks},
    traffic::{Entered, Traffic},
};

/// Blocks between two audits.
pub const AUDIT_EVERY: u64 = 50;

/// What a run came to.
pub struct Outcome {
    /// Blocks played.
    pub blocks: u64,
    /// A digest of every contract's storage at the end.
    pub state_hash: String,
    /// What was judged.
    pub judge: Judge,
    /// What the price did.
    pub story: Story,
    /// What money came to.
    pub money: Money,
    /// What attackers took.
    pub takings: Vec<Takings>,
    /// What was seen of the market beside it, where there is one.
    pub beside: Option<Beside>,
    /// What the same day did to the naive twin.
    pub naive: naive::Outcome,
}

/// Sums at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Money {
    /// Losses beyond margin.
    pub bad_debt: Amount,
    /// Of them, what insurance paid.
    pub insurance_used: Amount,
    /// What of gains a wind-up has not paid, and what the vault and insurance lack of the traders' net gain.
    pub haircut: Amount,
    /// The vault's value at the last reference price less what was put in.
    pub lp_profit: Amount,
}

/// Play it.
pub fn run(plan: &Plan) -> Result<Outcome, Bug> {
    let mut run = Run::open(plan)?;
    let mut ticks = Ticks::of(plan);
    while let Some(tick) = ticks.draw()? {
        run.block(&tick)?;
        run.twin.block(&tick)?;
    }
    run.finish()
}

struct Run<'p> {
    plan: &'p Plan,
    stage: Stage,
    people: Population,
    judge: Judge,
    story: Story,
    blocks: u64,
    twin: Twin<'p>,
    traffic: Traffic,
    gang: Gang<'p>,
    provided: Amount,
    /// What people saw last.
    view: Option<View>,
}

impl<'p> Run<'p> {
    fn open(plan: &'p Plan) -> Result<Self, Bug> {
        let stage = opening::open(plan)?;
        let person = |name: &str| stage.person(name);
        Ok(Self {
            people: Population::of(plan, &person)?,
            twin: Twin::open(plan, &person)?,
            judge: Judge::new(plan),
            story: Story::new(plan.block_time),
            blocks: 0,
            traffic: Traffic::of(plan),
            gang: Gang::of(plan, &person, Tampering::Last),
            provided: opening::provided(plan)?,
            view: None,
            stage,
            plan,
        })
    }

    fn block(&mut self, tick: &Tick) -> Result<(), Bug> {
        let now = tick.real;
        self.stage.exchange.at(tick.time);
        self.story.see(now, tick.reference);
        self.stage.kill(&tick.dead);
        let wishes = self.wishes(tick);
        let mut entered = self.traffic.admit(tick, &wishes);
        self.gang.tamper(&mut entered.reports, now)?;
        for (reports, source) in entered.reports.iter().zip(0usize..) {
            self.stage.push(source, reports)?;
        }
        if entered.refresh {
            let news = self.stage.refresh()?;
            self.hear(&news, tick)?;
        }
        let force = Force::ask(&mut self.stage)?;
        self.judge.before(&force, &self.stage, now)?;
        let news = if entered.crank {
            self.stage.crank()?
        } else {
            Vec::new()
        };
        self.hear(&news, tick)?;
        self.judge.after(&force, &self.stage, now)?;
        self.stage.quote_beside(tick.keeper)?;
        self.stage.look_beside();
        let acted = self.act(&force, tick, &entered)?;
        self.blocks = self.blocks.saturating_add(1);
        let audit = self.blocks.is_multiple_of(AUDIT_EVERY);
        let look = audit || !news.is_empty();
        self.judge.close(&self.stage, (acted, look), now);
        if audit {
            self.stage.audit()?;
        }
        Ok(())
    }

    fn hear(&mut self, news: &[News], tick: &Tick) -> Result<(), Bug> {
        let now = tick.real;
        self.judge.hear(news, self.plan, now)?;
        self.people.hear(news, &self.stage, now);
        self.gang.hear(news, &mut self.stage, now)
    }

    fn attack(&mut self, tick: &Tick, force: &Force, view: &View) -> Result<(), Bug> {
        // Nothing reaches a dead engine, not even an attacker's money.
        if self.gang.is_idle() || self.stage.is_dead(Part::Engine) {
            return Ok(());
        }
        let sight = self.sight(tick, force, view)?;
        let exits = &mut self.judge.exits;
        self.gang.act(&mut self.stage, &sight, exits)
    }

    fn sight(&self, tick: &Tick, force: &Force, view: &View) -> Result<Sight, Bug> {
        let books = &force.books;
        Ok(Sight {
            now: tick.real,
            reference: tick.reference,
            index: view.index,
            slow: self.gang.slowest(tick.real).unwrap_or(view.index),
            level: view.level,
            entry: view.entry,
            skew: books.long.plus(books.short)?,
            nav: self.provided,
        })
    }

    /// In a congested block people sign before it, by what they saw last.
    fn wishes(&mut self, tick: &Tick) -> Vec<u64> {
        match (tick.room, &self.view) {
            (Some(_), Some(view)) => self.people.wish(view),
            (Some(_) | None, _) => Vec::new(),
        }
    }

    fn act(&mut self, force: &Force, tick: &Tick, entered: &Entered) -> Result<bool, Bug> {
        let Some(index) = force.index() else {
            return Ok(false);
        };
        let view = View::of(&force.books, index, tick.real)?;
        if tick.room.is_none() {
            self.people.wish(&view);
        }
        self.view = Some(view);
        let exits = &mut self.judge.exits;
        let before = self.stage.messages;
        self.people.act(&mut self.stage, (&view, entered), exits)?;
        self.attack(tick, force, &view)?;
        let news = self.stage.heard();
        self.hear(&news, tick)?;
        Ok(self.stage.messages > before)
    }

    fn finish(mut self) -> Result<Outcome, Bug> {
        self.stage.audit()?;
        let money = self.money()?;
        let end = self.plan.end;
        let price = self.plan.reference.at(end).ok_or(Bug::NoPrice(end))?;
        Ok(Outcome {
            takings: self.gang.finish(&mut self.stage, price)?,
            blocks: self.blocks,
            state_hash: self.stage.exchange.state_hash(),
            judge: self.judge,
            story: self.story,
            beside: self.stage.beside(),
            money,
            naive: self.twin.finish()?,
        })
    }

    fn money(&mut self) -> Result<Money, Bug> {
        let price = self.plan.reference.at(self.plan.end);
        let price = price.ok_or(Bug::NoPrice(self.plan.end))?;
        let books = self.stage.books()?;
        // A market that is wound up pays no other price than its own.
        let due = self.stage.settles_at().unwrap_or(price);
        let gain = net_gain(&self.stage.positions(), due)?;
        let there = books.cash.plus(books.insurance)?;
        let lack = gain.minus(there)?.max(Amount::ZERO);
        let nav = self.stage.nav(price)?;
        let debt = books.bad_debt;
        Ok(Money {
            bad_debt: debt.insurance.plus(debt.vault)?,
            insurance_used: debt.insurance,
            haircut: self.judge.cut.plus(lack)?,
            lp_profit: nav.minus(self.provided)?.minus(self.gang.provided())?,
        })
    }
}

impl Outcome {
    /// Seconds at a level.
    pub fn seconds(&self, level: Level) -> u64 {
        self.judge.seconds(level)
    }
}

#[cfg(test)]
mod tests;
