//! One trader: what they hold, how they are, what they want next. Decides, does nothing itself. When they
//! want in and out is drawn beforehand; what happens to them decides only what they do close to
//! liquidation, and whether there is still anything to leave.

use math::units::{Amount, Side};
use types::{engine::PositionState, level::Action};

use super::{
    schedule::{Episode, Schedule},
    view::View,
};
use crate::{noise::Dice, venue::Person};

/// Who is kept out waits this long before trying again.
const KEPT_OUT_S: u64 = 300;
/// Times a trader adds margin to one position at most.
const TOP_UPS: u32 = 3;

/// What is decided before the run.
#[derive(Debug, Clone)]
pub struct Traits {
    /// Who.
    pub who: Person,
    /// Which way.
    pub side: Side,
    /// How much.
    pub notional: Amount,
    /// When they first enter.
    pub enters: u64,
}

/// What somebody close to liquidation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nerve {
    /// Nothing.
    Sleeps,
    /// Puts more margin behind the position.
    Defends,
    /// Closes.
    Runs,
}

/// Where a trader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// No position, no order.
    Out,
    /// An increase waits.
    Entering {
        /// The order.
        order: u64,
        /// Whether they think better of it.
        regrets: bool,
    },
    /// A position, no order.
    Holding,
    /// A reduction waits.
    Leaving,
}

/// What a trader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Open the position.
    Enter,
    /// Call back the order that waits.
    CallBack {
        /// Which.
        order: u64,
    },
    /// Close the position.
    Close,
    /// Close half of it.
    Halve,
    /// Put more margin behind it.
    TopUp,
    /// Take half of the free money home.
    CashOut,
}

/// One trader.
pub struct Trader {
    /// Who.
    pub who: Person,
    /// Which way.
    pub side: Side,
    /// How much.
    pub notional: Amount,
    /// Notional over margin that they aim at.
    pub leverage: u64,
    /// The position as last seen.
    pub held: Option<PositionState>,
    nerve: Nerve,
    standing: Standing,
    /// Not before this time.
    wake: u64,
    top_ups: u32,
    schedule: Schedule,
    episode: Episode,
    /// Half of this episode's position was closed, or the order to do it was signed.
    halved: bool,
    /// This episode's position is gone.
    over: bool,
    /// What is wanted and has not entered a block yet.
    wanted: Option<Wish>,
}

impl Trader {
    /// Somebody who has not traded yet.
    pub fn new(traits: Traits, mut dice: Dice) -> Self {
        let nerve = match dice.between(1, 10) {
            1..=4 => Nerve::Sleeps,
            5..=7 => Nerve::Defends,
            _ => Nerve::Runs,
        };
        let leverage = dice.between(2, 15);
        let mut schedule = Schedule::new(dice, traits.enters);
        Self {
            leverage,
            who: traits.who,
            side: traits.side,
            notional: traits.notional,
            wake: 0,
            held: None,
            nerve,
            standing: Standing::Out,
            top_ups: 0,
            episode: schedule.draw(),
            schedule,
            halved: false,
            over: false,
            wanted: None,
        }
    }

    /// Decide what is wanted now, unless something already is; whether anything is.
    pub fn wishes(&mut self, view: &View) -> bool {
        if self.wanted.is_none() {
            self.wanted = self.decide(view);
        }
        self.wanted.is_some()
    }

    /// What is wanted, now that it enters a block.
    pub fn wanted(&mut self) -> Option<Wish> {
        self.wanted.take()
    }

    fn decide(&mut self, view: &View) -> Option<Wish> {
        match self.standing {
            Standing::Entering {
                order,
                regrets: true,
            } => {
                self.standing = Standing::Entering {
                    order,
                    regrets: false,
                };
                Some(Wish::CallBack { order })
            }
            Standing::Entering { .. } | Standing::Leaving => None,
            Standing::Out if view.now >= self.episode.leaves => self.next_episode(),
            Standing::Out if self.over || view.now < self.wake.max(self.episode.enters) => None,
            Standing::Out if !view.level.permits(Action::Increase) => {
                self.wake = view.now.saturating_add(KEPT_OUT_S);
                None
            }
            Standing::Out => Some(Wish::Enter),
            Standing::Holding => self.mind(view),
        }
    }

    fn next_episode(&mut self) -> Option<Wish> {
        let cashes_out = self.episode.cashes_out && self.over;
        self.episode = self.schedule.draw();
        (self.over, self.halved) = (false, false);
        cashes_out.then_some(Wish::CashOut)
    }

    fn mind(&mut self, view: &View) -> Option<Wish> {
        if self.alarmed(view) {
            match self.nerve {
                Nerve::Sleeps => {}
                Nerve::Defends if self.top_ups < TOP_UPS => {
                    self.top_ups = self.top_ups.saturating_add(1);
                    return Some(Wish::TopUp);
                }
                Nerve::Defends => {}
                Nerve::Runs if view.now >= self.wake => return Some(Wish::Close),
                Nerve::Runs => {}
            }
        }
        if view.now < self.wake {
            return None;
        }
        if view.now >= self.episode.leaves {
            return Some(Wish::Close);
        }
        let halves = self.episode.halves.is_some_and(|at| view.now >= at);
        (halves && !self.halved).then(|| {
            self.halved = true;
            Wish::Halve
        })
    }

    fn alarmed(&self, view: &View) -> bool {
        self.held.as_ref().is_some_and(|held| match self.side {
            Side::Long => held.bankruptcy > view.long_alarm,
            Side::Short => held.bankruptcy < view.short_alarm,
        })
    }

    /// An order to enter waits; one in sixteen thinks better of it.
    pub fn enters(&mut self, order: u64) {
        let regrets = self.episode.regrets;
        self.standing = Standing::Entering { order, regrets };
    }

    /// An order to leave waits.
    pub fn leaves(&mut self) {
        self.standing = Standing::Leaving;
    }

    /// It did not work; another try later.
    pub fn thwarted(&mut self, now: u64) {
        self.wake = now.saturating_add(KEPT_OUT_S);
    }

    /// The position is gone.
    pub fn went_flat(&mut self) {
        self.wanted = None;
        self.held = None;
        self.standing = Standing::Out;
        self.over = true;
    }

    /// There is a position, as just seen.
    pub fn holds(&mut self, held: Option<PositionState>) {
        self.wanted = None;
        if matches!(self.standing, Standing::Entering { .. }) {
            self.top_ups = 0;
        }
        self.standing = Standing::Holding;
        self.held = held;
    }

    /// The position was seen again, nothing else changed.
    pub fn sees(&mut self, held: PositionState) {
        self.held = Some(held);
    }

    /// An order ended without a fill.
    pub fn was_refused(&mut self, now: u64) {
        self.wanted = None;
        self.standing = if self.held.is_some() {
            Standing::Holding
        } else {
            Standing::Out
        };
        self.thwarted(now);
    }
}
