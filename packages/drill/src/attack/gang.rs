//! Every attacker of one protocol.

use math::units::{Amount, OutOfRange, Price};
use types::level::Action;

use super::{
    front_runner::{By, FrontRunner},
    griefer::Griefer,
    hand::Hand,
    ledger::{Ledger, Takings},
    lp_timer::LpTimer,
    pumper::Pumper,
    thief::Thief,
    whim::Canceller,
    Sight,
};
use crate::{
    bug::Bug,
    judge::exits::Exits,
    news::News,
    plan::Plan,
    source::Report,
    venue::{Person, Venue},
};

/// Which source the picker and the thief have in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tampering {
    /// The picker has the last source: on a protocol that asks several.
    Last,
    /// It has the first: on a protocol that asks only that.
    First,
}

/// Everyone who attacks on one protocol.
pub struct Gang<'p> {
    plan: &'p Plan,
    ledger: Ledger,
    crew: Option<Crew>,
    thief: Option<Thief>,
    picked: usize,
    index: Price,
    /// The time of the newest round, where there are rounds.
    round: Option<u64>,
    /// The newest report of each source.
    newest: Vec<Option<Report>>,
}

struct Crew {
    runners: [FrontRunner; 3],
    pumper: Pumper,
    timer: LpTimer,
    picker: FrontRunner,
    griefer: Griefer,
    canceller: Canceller,
}

/// The front runners and the basis points of lag that each finds worth a trade: who trades seldom must not hide
/// behind who trades often.
const RUNNERS: [(&str, u128); 3] = [
    ("front_runner", 15),
    ("front_runner_50", 50),
    ("front_runner_150", 150),
];
/// Basis points of lag that the picker finds worth a trade.
const PICKS_BPS: u128 = 15;
/// Reports of sources that are polled count this long, seconds.
const USUAL_AGE_S: u64 = 90;
/// The LP timer's name.
const TIMER: &str = "lp_timer";

impl<'p> Gang<'p> {
    /// Those the plan has; `person` knows everybody's address.
    pub fn of(plan: &'p Plan, person: &dyn Fn(&str) -> Person, tampering: Tampering) -> Self {
        let hand = |name: &str| Hand::new(person(name));
        let crew = plan.attackers.then(|| Crew {
            runners: RUNNERS.map(|(name, worth)| FrontRunner::new(hand(name), By::Slowest, worth)),
            pumper: Pumper::new([0, 1, 2, 3].map(|n| hand(&format!("skew-pumper-{n}")))),
            timer: LpTimer::new(hand("lp-timer")),
            picker: FrontRunner::new(hand("update-picker"), By::Index, PICKS_BPS),
            griefer: Griefer::new([0, 1].map(|n| hand(&format!("griefer-{n}")))),
            canceller: Canceller::new(hand("canceller")),
        });
        let stolen = plan.sources.iter().any(|source| source.has_thief());
        let thief = stolen.then(|| Thief::new(hand("thief")));
        let mut gang = Self {
            plan,
            ledger: Ledger::default(),
            picked: match tampering {
                Tampering::First => 0,
                Tampering::Last => plan.sources.len().saturating_sub(1),
            },
            index: Price::ZERO,
            round: None,
            newest: vec![None; plan.sources.len()],
            crew,
            thief,
        };
        for (name, accounts) in gang.names() {
            gang.ledger.enter(name, accounts.iter());
        }
        gang
    }

    fn names(&self) -> Vec<(&'static str, Vec<cosmwasm_std::Addr>)> {
        let addrs = |hands: &[&Hand]| hands.iter().map(|h| h.who.addr.clone()).collect();
        let all = self.hands();
        all.iter()
            .map(|(name, hands)| (*name, addrs(hands)))
            .collect()
    }

    fn hands(&self) -> Vec<(&'static str, Vec<&Hand>)> {
        let mut all = Vec::new();
        if let Some(crew) = &self.crew {
            let runners = RUNNERS.iter().zip(&crew.runners);
            all.extend(runners.map(|((name, _), runner)| (*name, vec![&runner.hand])));
            all.extend([
                ("skew_pumper", crew.pumper.hands.iter().collect()),
                (TIMER, vec![&crew.timer.hand]),
                ("update_picker", vec![&crew.picker.hand]),
                ("griefer", crew.griefer.hands.iter().collect()),
                ("canceller", vec![&crew.canceller.hand]),
            ]);
        }
        if let Some(thief) = &self.thief {
            all.push(("thief", vec![&thief.hand]));
        }
        all
    }

    /// Whether nobody attacks.
    pub fn is_idle(&self) -> bool {
        self.crew.is_none() && self.thief.is_none()
    }

    /// What becomes of the reports on their way to the chain.
    pub fn tamper(&mut self, reports: &mut [Vec<Report>], now: u64) -> Result<(), OutOfRange> {
        for ((reports, source), number) in reports.iter_mut().zip(&self.plan.sources).zip(0usize..)
        {
            if let Some(thief) = &self.thief {
                for report in reports.iter_mut() {
                    if let Some(by_bps) = source.stolen(report.publish_time) {
                        report.restate(thief.states(report.price, by_bps)?)?;
                    }
                }
            }
            if let Some(crew) = self.crew.as_ref().filter(|_| number == self.picked) {
                let index = self.index;
                reports.retain(|report| crew.picker.delivers(report.price, index, now));
            }
            let newest = reports.last().copied();
            if let Some(slot) = self.newest.get_mut(number) {
                *slot = newest.or(*slot);
            }
        }
        Ok(())
    }

    /// What the slowest of the sources that still count said last.
    pub fn slowest(&self, now: u64) -> Option<Price> {
        let known = self.plan.sources.iter().zip(&self.newest);
        let live = known.filter_map(|(source, newest)| {
            let newest = newest.as_ref()?;
            let age = source.source_max_age().unwrap_or(USUAL_AGE_S);
            (newest.publish_time.saturating_add(age) >= now).then_some(newest)
        });
        live.min_by_key(|report| report.publish_time)
            .map(|r| r.price)
    }

    /// Everyone does what they can.
    pub fn act(
        &mut self,
        venue: &mut dyn Venue,
        sight: &Sight,
        exits: &mut Exits,
    ) -> Result<(), Bug> {
        self.index = sight.index;
        if let Some(crew) = &mut self.crew {
            let open = sight.level.permits(Action::LpDeposit);
            crew.timer.act(venue, sight, (exits, open))?;
            for runner in &mut crew.runners {
                runner.act(venue, sight, exits)?;
            }
            crew.pumper.act(venue, sight, exits)?;
            crew.picker.act(venue, sight, exits)?;
            crew.griefer.act(venue, sight, exits)?;
            crew.canceller.act(venue, sight, exits)?;
        }
        if let Some(thief) = &mut self.thief {
            let mut sources = self.plan.sources.iter();
            let stolen = sources.any(|source| source.stolen(sight.now).is_some());
            thief.act(venue, sight, (exits, stolen))?;
        }
        Ok(())
    }

    /// Hear what a transaction did.
    pub fn hear(&mut self, news: &[News], venue: &mut dyn Venue, now: u64) -> Result<(), Bug> {
        if self.is_idle() || news.is_empty() {
            return Ok(());
        }
        for one in news {
            if let News::Round(round) = one {
                (self.index, self.round) = (round.price, Some(round.time));
            }
        }
        let at = (now, self.index);
        self.ledger.hear(news, &self.plan.reference, at)?;
        if let Some(thief) = &mut self.thief {
            thief.hand.hear(news, now);
        }
        let Some(crew) = &mut self.crew else {
            return Ok(());
        };
        let runners = crew.runners.iter_mut().map(|runner| &mut runner.hand);
        let single = [&mut crew.picker.hand, &mut crew.canceller.hand];
        let many = crew.pumper.hands.iter_mut().chain(&mut crew.griefer.hands);
        for hand in runners.chain(single).chain(many) {
            hand.hear(news, now);
        }
        let priced = |one: &News| matches!(one, News::Priced(_) | News::Served(_));
        if news.iter().any(priced) {
            // Liquidity is priced at the newest round: the reference counts as it was then.
            let at = self.round.unwrap_or(now);
            let reference = self.plan.reference.at(at).unwrap_or(self.index);
            if let Some(gain) = crew.timer.collect(venue, (reference, now), news)? {
                self.ledger.gained(TIMER, gain)?;
            }
        }
        Ok(())
    }

    /// Liquidity that attackers provided, less what they took out.
    pub fn provided(&self) -> Amount {
        let crew = self.crew.as_ref();
        crew.map_or(Amount::ZERO, |crew| crew.timer.paid)
    }

    /// What everyone took; what they hold at this price.
    pub fn finish(mut self, venue: &mut dyn Venue, price: Price) -> Result<Vec<Takings>, Bug> {
        let mut holdings = Vec::new();
        for (_, hands) in self.hands() {
            let (mut sum, mut cancelled) = (Amount::ZERO, 0u64);
            for hand in hands {
                sum = sum.plus(hand.worth(venue, price)?)?;
                cancelled = cancelled.saturating_add(hand.cancelled);
            }
            holdings.push((sum, cancelled));
        }
        let takings = &mut self.ledger.takings;
        for (takings, (equity, cancelled)) in takings.iter_mut().zip(holdings) {
            (takings.equity, takings.cancelled) = (equity, cancelled);
        }
        Ok(self.ledger.takings)
    }
}
