//! The twin's day: the same blocks, judged by the same judge.

use math::units::{Amount, Price, Side};
use types::{clock::Moment, level::Level};

use super::{books::Books, IM, MM};
use crate::{
    attack::{Gang, Sight, Takings, Tampering},
    bug::Bug,
    fault::Part,
    judge::{
        exits::Exits,
        liquidations::{wrongful, Waits},
        rule::Rule,
    },
    news::News,
    opening,
    plan::Plan,
    population::{Population, View},
    run::Money,
    stage::CRANK,
    tick::Tick,
    traffic::{Entered, Traffic},
    venue::Person,
};

/// The naive protocol and its people.
pub struct Twin<'p> {
    plan: &'p Plan,
    books: Books,
    people: Population,
    traffic: Traffic,
    gang: Gang<'p>,
    /// What people saw last.
    view: Option<View>,
    provided: Amount,
    outcome: Outcome,
}

/// What became of it.
#[derive(Default)]
pub struct Outcome {
    /// Blocks played, all at Normal.
    pub blocks: u64,
    /// Blocks after which positions were owed more than was there.
    pub insolvent_blocks: u64,
    /// Liquidations.
    pub liquidations: u64,
    /// Liquidations that were wrong.
    pub wrongful: u64,
    /// Late liquidations.
    pub waits: Waits,
    /// Exits.
    pub exits: Exits,
    /// Orders that changed a position.
    pub filled: u64,
    /// What money came to.
    pub money: Money,
    /// What attackers took.
    pub takings: Vec<Takings>,
}

impl<'p> Twin<'p> {
    /// Before the first block.
    pub fn open(plan: &'p Plan, person: &dyn Fn(&str) -> Person) -> Result<Self, Bug> {
        Ok(Self {
            plan,
            books: Books::open(plan)?,
            people: Population::of(plan, person)?,
            traffic: Traffic::of(plan),
            gang: Gang::of(plan, person, Tampering::First),
            view: None,
            provided: opening::provided(plan)?,
            outcome: Outcome::default(),
        })
    }

    /// Who trades on it.
    #[cfg(test)]
    pub fn people(&self) -> &Population {
        &self.people
    }

    /// One block: the print, the keeper, the people.
    pub fn block(&mut self, tick: &Tick) -> Result<(), Bug> {
        self.books.moment = Moment {
            time: tick.time,
            height: self.books.moment.height.saturating_add(1),
        };
        let all_of_it = [Part::Market, Part::Engine];
        self.books.dead = all_of_it.iter().any(|part| tick.dead.contains(part));
        let wishes = self.wishes(tick);
        let mut entered = self.traffic.admit(tick, &wishes);
        self.gang.tamper(&mut entered.reports, tick.real)?;
        let mut prints = entered.reports.first().into_iter().flatten();
        let newest = prints.rfind(|r| r.price > Price::ZERO);
        let deaf = self.books.dead || tick.dead.contains(&Part::Oracle);
        if let Some(report) = newest.filter(|_| !deaf) {
            self.books.print = Some(report.price);
        }
        if entered.crank {
            self.keep(tick)?;
        }
        self.act(tick, &entered)?;
        self.judge(tick.real)
    }

    /// In a congested block people sign before it, by what they saw last.
    fn wishes(&mut self, tick: &Tick) -> Vec<u64> {
        match (tick.room, &self.view) {
            (Some(_), Some(view)) => self.people.wish(view),
            (Some(_) | None, _) => Vec::new(),
        }
    }

    fn keep(&mut self, tick: &Tick) -> Result<(), Bug> {
        let now = tick.real;
        for done in self.books.liquidate(CRANK)? {
            let out = &mut self.outcome;
            out.liquidations = out.liquidations.saturating_add(1);
            if wrongful(&done.held, MM, &self.plan.reference, now)? {
                out.wrongful = out.wrongful.saturating_add(1);
            }
            self.hear(&[News::Liquidated(done.what)], tick)?;
        }
        Ok(())
    }

    fn act(&mut self, tick: &Tick, entered: &Entered) -> Result<(), Bug> {
        let now = tick.real;
        let Some(print) = self.books.print else {
            return Ok(());
        };
        let view = View::with((now, Level::Normal), print, (IM, MM))?;
        if tick.room.is_none() {
            self.people.wish(&view);
        }
        self.view = Some(view);
        let exits = &mut self.outcome.exits;
        self.people.act(&mut self.books, (&view, entered), exits)?;
        self.attack(tick, &view, print)?;
        let news = self.books.heard();
        self.hear(&news, tick)
    }

    fn attack(&mut self, tick: &Tick, view: &View, print: Price) -> Result<(), Bug> {
        if self.gang.is_idle() {
            return Ok(());
        }
        let sight = Sight {
            now: tick.real,
            reference: tick.reference,
            index: print,
            // The print is all it reads, however old.
            slow: print,
            level: Level::Normal,
            entry: view.entry,
            skew: self.books.skew(),
            nav: self.provided,
        };
        let exits = &mut self.outcome.exits;
        self.gang.act(&mut self.books, &sight, exits)
    }

    fn hear(&mut self, news: &[News], tick: &Tick) -> Result<(), Bug> {
        let now = tick.real;
        let fills = news.iter().filter(|one| matches!(one, News::Changed(_)));
        let fills = u64::try_from(fills.count()).unwrap_or(u64::MAX);
        self.outcome.filled = self.outcome.filled.saturating_add(fills);
        self.outcome.exits.hear(news, now);
        self.people.hear(news, &self.books, now);
        self.gang.hear(news, &mut self.books, now)
    }

    fn judge(&mut self, now: u64) -> Result<(), Bug> {
        let out = &mut self.outcome;
        if let Some(print) = self.books.print {
            let rule = Rule::at(print, MM);
            for side in Side::BOTH {
                let heads = self.books.condemned(side);
                out.waits.look((side, now), &rule, &heads)?;
            }
        }
        out.waits.close(now);
        out.exits.close(now);
        out.blocks = out.blocks.saturating_add(1);
        if self.books.lack()? > Amount::ZERO {
            out.insolvent_blocks = out.insolvent_blocks.saturating_add(1);
        }
        Ok(())
    }

    /// The sums at the end.
    pub fn finish(mut self) -> Result<Outcome, Bug> {
        let end = self.plan.end;
        let price = self.plan.reference.at(end).ok_or(Bug::NoPrice(end))?;
        let books = &self.books;
        let gain = books.gain(price)?;
        let there = books.cash.plus(books.insurance)?;
        let debt = books.bad_debt;
        self.outcome.money = Money {
            bad_debt: debt.insurance.plus(debt.vault)?,
            insurance_used: debt.insurance,
            haircut: gain.minus(there)?.max(Amount::ZERO),
            lp_profit: books
                .cash
                .minus(gain)?
                .minus(self.provided)?
                .minus(self.gang.provided())?,
        };
        self.outcome.takings = self.gang.finish(&mut self.books, price)?;
        Ok(self.outcome)
    }
}
