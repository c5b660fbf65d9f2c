//! What is demanded of a run.

use math::units::Amount;

use super::{percent, taken, usd, Figures, LevelSeconds, Target};
use crate::{attack::Takings, plan::Plan, run::Outcome, scenario::Control};

/// Everything demanded, and whether it was met.
pub fn of(r: &Figures, outcome: &Outcome, plan: &Plan) -> Vec<Target> {
    let none = |name, value: u64| Target {
        name,
        goal: "0".to_owned(),
        value: value.to_string(),
        met: value == 0,
    };
    let mut targets = vec![
        none("insolvent_blocks", r.insolvent_blocks),
        none("wrongful_liquidations", r.wrongful_liquidations),
        none("late_liquidations", r.late_liquidations),
        none("exits_refused", r.exits_refused),
    ];
    targets.extend(attacked(&outcome.takings, plan.attacker_bound_usd));
    // What befalls a source of one market is no other's; what befalls the chain is.
    if let Some(beside) = outcome.beside.filter(|_| plan.outages.is_empty()) {
        targets.push(none("neighbour_disturbed", beside.disturbed));
    }
    let Some(control) = plan.control else {
        return targets;
    };
    targets.push(none("trips", r.trips));
    match control {
        Control::Quiet => targets.push(guarded_share(r.level_seconds)),
        Control::News => {
            let episodes = outcome.judge.levels.episodes;
            targets.push(Target {
                name: "guarded_episodes",
                goal: "at most 2".to_owned(),
                value: episodes.to_string(),
                met: episodes <= 2,
            });
        }
    }
    targets
}

/// What all attackers took together, and what the best of them did: nobody's gain hides behind others' losses.
fn attacked(takings: &[Takings], bound_usd: u64) -> Vec<Target> {
    let bound = Amount::raw(i128::from(bound_usd).saturating_mul(1_000_000));
    let goal = if bound_usd > 0 {
        format!("at most {bound_usd}, a key being stolen")
    } else {
        "at most 0".to_owned()
    };
    let all = taken(takings);
    let mut targets = vec![Target {
        name: "attacker_profit",
        goal: goal.clone(),
        value: usd(all),
        met: all <= bound,
    }];
    if let Some(best) = takings.iter().max_by_key(|t| t.profit) {
        targets.push(Target {
            name: "best_attacker",
            goal,
            value: format!("{} ({})", usd(best.profit), best.name.replace('_', " ")),
            met: best.profit <= bound,
        });
    }
    targets
}

fn guarded_share(s: LevelSeconds) -> Target {
    let all = [
        s.normal,
        s.guarded,
        s.reduce_only,
        s.protected,
        s.settlement,
    ];
    let all = all.into_iter().fold(0u64, u64::saturating_add);
    Target {
        name: "guarded_share",
        goal: "at most 0.1 %".to_owned(),
        value: percent(s.guarded, all),
        met: s.guarded.saturating_mul(1_000) <= all,
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[test]
    fn one_attackers_gain_does_not_hide_behind_anothers_loss() {
        let took = |name, profit: i128| Takings {
            name,
            profit: Amount::raw(profit * 1_000_000),
            equity: Amount::ZERO,
            fills: 1,
            cancelled: 0,
        };
        let met = |takings: &[Takings], bound| -> Vec<bool> {
            attacked(takings, bound).iter().map(|t| t.met).collect()
        };
        let mixed = [took("griefer", -50), took("lp_timer", 10)];
        assert_eq!(met(&mixed, 0), [true, false]);
        assert_eq!(met(&mixed, 10), [true, true]);
        assert_eq!(met(&mixed[..1], 0), [true, true]);
        assert_eq!(met(&[], 0), [true], "nobody attacked");
        let text = &attacked(&mixed, 0)[1].value;
        assert_eq!(text, "10 (lp timer)");
    }
}
