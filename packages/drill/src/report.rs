//! The report: the same figures for programs ([`Report`], as JSON) and for people
//! ([`summary`] in a terminal, [`html`] in a browser).
//! Nothing in it depends on when or where it was made.

pub mod html;
pub mod summary;
mod targets;

use math::units::Amount;
use serde::Serialize;
use types::level::Level;

use crate::{attack::Takings, bug::Bug, plan::Plan, run::Outcome};

/// What a run came to, for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The scenario's name, or the reference's.
    pub scenario: String,
    /// What everything random followed from.
    pub seed: u64,
    /// Who reported prices.
    pub sources: Vec<SourceLabel>,
    /// The price everything was judged against.
    pub reference: String,
    /// Blocks played.
    pub blocks: u64,
    /// A digest of every contract's storage at the end.
    pub state_hash: String,
    /// What happened on Bulkhead.
    pub bulkhead: Figures,
    /// What happened on a naive protocol, the same day.
    pub naive: Figures,
    /// What was demanded, and whether it was met.
    pub targets: Vec<Target>,
}

/// Who reported prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLabel {
    /// Its name.
    pub name: String,
    /// Whether it follows the reference instead of a recording of its own.
    pub derived: bool,
}

/// Seconds at each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LevelSeconds {
    /// At Normal.
    pub normal: u64,
    /// At Guarded.
    pub guarded: u64,
    /// At ReduceOnly.
    pub reduce_only: u64,
    /// At Protected.
    pub protected: u64,
    /// At Settlement.
    pub settlement: u64,
}

/// The figures of one protocol. Money is in USD, as text; what never happened is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Blocks after which something owed was not there.
    pub insolvent_blocks: u64,
    /// Losses beyond margin.
    pub bad_debt: String,
    /// What the vault and insurance lack, at the end, of the traders' net gain.
    pub haircut: String,
    /// What insurance paid of the bad debt.
    pub insurance_used: String,
    /// Liquidations, each part counted.
    pub liquidations: u64,
    /// Liquidations of what was healthy at the reference.
    pub wrongful_liquidations: u64,
    /// Positions that stood too long.
    pub late_liquidations: u64,
    /// Exits refused, or kept waiting too long.
    pub exits_refused: u64,
    /// The longest wait from signing a reduction to its fill.
    pub exit_wait_max_s: u64,
    /// Seconds at each level.
    pub level_seconds: LevelSeconds,
    /// Entries into ReduceOnly or above.
    pub trips: u64,
    /// From the failure to the first trip.
    pub detect_s: Option<u64>,
    /// From the failure's end to Normal.
    pub recover_s: Option<u64>,
    /// What attackers took together.
    pub attacker_profit: String,
    /// What each took.
    pub attackers: Vec<Attacker>,
    /// The vault's value at the last reference price less what was put in.
    pub lp_profit: String,
    /// Automatic deleveragings.
    pub adl_events: u64,
    /// Orders that changed a position.
    pub orders_filled: u64,
    /// The longest a liquidation was paced.
    pub paced_max_s: u64,
}

/// What one attacker took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attacker {
    /// Which.
    pub name: &'static str,
    /// By the definition in [`crate::attack`].
    pub profit: String,
    /// What they hold at the end, at the reference, less what they brought.
    pub equity: String,
    /// Fills.
    pub fills: u64,
    /// Orders called back.
    pub cancelled: u64,
}

/// One thing demanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Of which figure.
    pub name: &'static str,
    /// What it must be.
    pub goal: String,
    /// What it is.
    pub value: String,
    /// Whether it is what it must be.
    pub met: bool,
}

impl Report {
    /// What a run came to.
    pub fn of(plan: &Plan, outcome: &Outcome) -> Self {
        let bulkhead = figures(outcome);
        let label = |source: &crate::source::Source| SourceLabel {
            name: source.name().to_owned(),
            derived: source.is_derived(),
        };
        Self {
            scenario: plan.name.clone(),
            seed: plan.seed,
            sources: plan.sources.iter().map(label).collect(),
            reference: plan.reference.name().to_owned(),
            blocks: outcome.blocks,
            state_hash: outcome.state_hash.clone(),
            targets: targets::of(&bulkhead, outcome, plan),
            bulkhead,
            naive: ordinary(plan, &outcome.naive),
        }
    }

    /// Whether every target was met.
    pub fn all_met(&self) -> bool {
        self.targets.iter().all(|target| target.met)
    }

    /// As JSON, with a line break at the end.
    pub fn json(&self) -> Result<String, Bug> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

fn figures(outcome: &Outcome) -> Figures {
    let judge = &outcome.judge;
    let seconds = |level| outcome.seconds(level);
    Figures {
        insolvent_blocks: judge.insolvent_blocks,
        bad_debt: usd(outcome.money.bad_debt),
        haircut: usd(outcome.money.haircut),
        insurance_used: usd(outcome.money.insurance_used),
        liquidations: judge.liquidations,
        wrongful_liquidations: judge.wrongful,
        late_liquidations: judge.waits.late,
        exits_refused: judge.exits.refused,
        exit_wait_max_s: judge.exits.longest,
        level_seconds: LevelSeconds {
            normal: seconds(Level::Normal),
            guarded: seconds(Level::Guarded),
            reduce_only: seconds(Level::ReduceOnly),
            protected: seconds(Level::Protected),
            settlement: seconds(Level::Settlement),
        },
        trips: judge.levels.trips,
        detect_s: judge.levels.detect_s,
        recover_s: judge.levels.recover_s,
        attacker_profit: usd(taken(&outcome.takings)),
        attackers: attackers(&outcome.takings),
        lp_profit: usd(outcome.money.lp_profit),
        adl_events: judge.deleveraged,
        orders_filled: judge.filled,
        paced_max_s: judge.pacing.most,
    }
}

/// The figures of the naive twin: always at Normal, nothing ever trips.
fn ordinary(plan: &Plan, twin: &crate::naive::Outcome) -> Figures {
    Figures {
        insolvent_blocks: twin.insolvent_blocks,
        bad_debt: usd(twin.money.bad_debt),
        haircut: usd(twin.money.haircut),
        insurance_used: usd(twin.money.insurance_used),
        liquidations: twin.liquidations,
        wrongful_liquidations: twin.wrongful,
        late_liquidations: twin.waits.late,
        exits_refused: twin.exits.refused,
        exit_wait_max_s: twin.exits.longest,
        level_seconds: LevelSeconds {
            normal: twin.blocks.saturating_mul(plan.block_time),
            guarded: 0,
            reduce_only: 0,
            protected: 0,
            settlement: 0,
        },
        trips: 0,
        detect_s: None,
        recover_s: None,
        attacker_profit: usd(taken(&twin.takings)),
        attackers: attackers(&twin.takings),
        lp_profit: usd(twin.money.lp_profit),
        adl_events: 0,
        orders_filled: twin.filled,
        paced_max_s: 0,
    }
}

/// What attackers took together.
fn taken(takings: &[Takings]) -> Amount {
    let sum = takings.iter().map(|t| t.profit.0.i128());
    Amount::raw(sum.fold(0, i128::saturating_add))
}

fn attackers(takings: &[Takings]) -> Vec<Attacker> {
    let one = |t: &Takings| Attacker {
        name: t.name,
        profit: usd(t.profit),
        equity: usd(t.equity),
        fills: t.fills,
        cancelled: t.cancelled,
    };
    takings.iter().map(one).collect()
}

/// Money as text: dollars with the millionths that are there.
pub fn usd(amount: Amount) -> String {
    let millionths = amount.0.i128();
    let sign = if millionths < 0 { "-" } else { "" };
    let all = millionths.unsigned_abs();
    let (dollars, rest) = (all / 1_000_000, all % 1_000_000);
    if rest == 0 {
        return format!("{sign}{dollars}");
    }
    let digits = format!("{rest:06}");
    format!("{sign}{dollars}.{}", digits.trim_end_matches('0'))
}

/// A share in percent with two places, rounded up.
pub fn percent(part: u64, whole: u64) -> String {
    let bps = u128::from(part).saturating_mul(10_000);
    let bps = bps.div_ceil(u128::from(whole.max(1)));
    format!("{}.{:02} %", bps / 100, bps % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_exactly() {
        let cases = [
            (0, "0"),
            (1, "0.000001"),
            (-1_500_000, "-1.5"),
            (12_345_678_900, "12345.6789"),
        ];
        for (millionths, text) in cases {
            assert_eq!(usd(Amount::raw(millionths)), text);
        }
    }

    #[test]
    fn shares_round_up() {
        assert_eq!(percent(1, 1_000_000), "0.01 %");
        assert_eq!(percent(1, 3), "33.34 %");
        assert_eq!(percent(0, 0), "0.00 %");
        assert_eq!(percent(5, 5), "100.00 %");
    }
}
