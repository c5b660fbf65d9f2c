//! How alarmed a market is, and what that forbids: the whole policy in one table.

use cosmwasm_schema::cw_serde;
use thiserror::Error;

/// Ordered: a higher level never permits more.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Business as usual.
    Normal,
    /// New risk on stricter terms.
    Guarded,
    /// No new risk; every exit open.
    ReduceOnly,
    /// The same, profits leave slowly, liquidation on Valid prices only.
    Protected,
    /// The market is being wound up at a settlement price.
    Settlement,
}

impl Level {
    /// Every level, calmest first.
    pub const ALL: [Self; 5] = [
        Self::Normal,
        Self::Guarded,
        Self::ReduceOnly,
        Self::Protected,
        Self::Settlement,
    ];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Guarded => "guarded",
            Self::ReduceOnly => "reduce_only",
            Self::Protected => "protected",
            Self::Settlement => "settlement",
        }
    }
}

/// Not the name of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a level")]
pub struct NotALevel;

impl std::str::FromStr for Level {
    type Err = NotALevel;

    fn from_str(name: &str) -> Result<Self, NotALevel> {
        Self::ALL
            .into_iter()
            .find(|l| l.name() == name)
            .ok_or(NotALevel)
    }
}

/// What a message would do, whichever contract it is sent to.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Action {
    /// Put money into the own wallet.
    Deposit,
    /// Take the own free money out of the wallet.
    Withdraw,
    /// Put margin behind a position.
    AddMargin,
    /// Call back an order.
    Cancel,
    /// Collect what is already one's own.
    Claim,
    /// Shrink or close a position.
    Reduce,
    /// Open or enlarge a position.
    Increase,
    /// Take margin from a position.
    RemoveMargin,
    /// Realised profit leaves a compartment.
    TakeProfit,
    /// Provide liquidity.
    LpDeposit,
    /// Withdraw liquidity.
    LpWithdraw,
    /// Close somebody's unhealthy position.
    Liquidate,
    /// Learn prices, crank, heal, report, push: what anyone may do for all.
    Learn,
    /// Contract to contract, and the bootstrap.
    Internal,
    /// Make a rule stricter.
    Tighten,
    /// Make a rule looser, or change code.
    Loosen,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 16] = [
        Self::Deposit,
        Self::Withdraw,
        Self::AddMargin,
        Self::Cancel,
        Self::Claim,
        Self::Reduce,
        Self::Increase,
        Self::RemoveMargin,
        Self::TakeProfit,
        Self::LpDeposit,
        Self::LpWithdraw,
        Self::Liquidate,
        Self::Learn,
        Self::Internal,
        Self::Tighten,
        Self::Loosen,
    ];
}

/// What the table says. Ordered: less is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Refused.
    No,
    /// Only as a claim at the settlement price.
    AtSettlement,
    /// Accepted, paid out later.
    Queued,
    /// Accepted on stricter terms.
    Stricter,
    /// Accepted.
    Yes,
}

/// The refusal every contract returns when the table says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{action:?} is not permitted at level {level:?}")]
pub struct Forbidden {
    /// The level in force.
    pub level: Level,
    /// What was attempted.
    pub action: Action,
}

impl Level {
    /// The whole policy, in one table.
    pub const fn verdict(self, action: Action) -> Verdict {
        use Action as A;
        use Level as L;
        use Verdict as V;
        match (action, self) {
            (A::Withdraw | A::Cancel | A::Claim | A::Learn | A::Internal | A::Tighten, _) => V::Yes,
            (A::Deposit | A::AddMargin, L::Settlement) => V::No,
            (A::Deposit | A::AddMargin, _) => V::Yes,
            (A::Reduce, L::Settlement) => V::AtSettlement,
            (A::Reduce, _) => V::Yes,
            (A::Increase | A::RemoveMargin, L::Normal) => V::Yes,
            (A::Increase | A::RemoveMargin, L::Guarded) => V::Stricter,
            (A::Increase | A::RemoveMargin, _) => V::No,
            (A::TakeProfit, L::Normal | L::Guarded) => V::Yes,
            (A::TakeProfit, L::ReduceOnly | L::Protected) => V::Queued,
            (A::TakeProfit, L::Settlement) => V::AtSettlement,
            (A::LpDeposit, L::Normal | L::Guarded) => V::Yes,
            (A::LpDeposit, _) => V::No,
            (A::LpWithdraw, L::Normal) => V::Yes,
            (A::LpWithdraw, L::Guarded) => V::Stricter,
            (A::LpWithdraw, L::ReduceOnly | L::Protected) => V::Queued,
            (A::LpWithdraw, L::Settlement) => V::AtSettlement,
            (A::Liquidate, L::Settlement) => V::No,
            (A::Liquidate, L::Protected) => V::Stricter,
            (A::Liquidate, _) => V::Yes,
            (A::Loosen, L::Normal | L::Guarded) => V::Yes,
            (A::Loosen, _) => V::Stricter,
        }
    }

    /// Whether the action goes ahead now, on whatever terms.
    pub fn permits(self, action: Action) -> bool {
        self.verdict(action) >= Verdict::Queued
    }

    /// [`Level::permits`], as a gate.
    pub fn ensure(self, action: Action) -> Result<(), Forbidden> {
        if self.permits(action) {
            Ok(())
        } else {
            Err(Forbidden {
                level: self,
                action,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_level_never_permits_more() {
        for pair in Level::ALL.windows(2) {
            for action in Action::ALL {
                assert!(pair[0] < pair[1]);
                assert!(
                    pair[0].verdict(action) >= pair[1].verdict(action),
                    "{action:?}"
                );
            }
        }
    }

    #[test]
    fn exits_and_learning_are_open_at_every_level() {
        for level in Level::ALL {
            for action in [
                Action::Withdraw,
                Action::Cancel,
                Action::Claim,
                Action::Learn,
            ] {
                assert_eq!(level.verdict(action), Verdict::Yes);
            }
        }
        for level in [
            Level::Normal,
            Level::Guarded,
            Level::ReduceOnly,
            Level::Protected,
        ] {
            for action in [Action::Reduce, Action::AddMargin, Action::Deposit] {
                assert_eq!(level.verdict(action), Verdict::Yes);
            }
        }
    }

    #[test]
    fn new_risk_stops_at_reduce_only() {
        for level in [Level::ReduceOnly, Level::Protected, Level::Settlement] {
            for action in [Action::Increase, Action::RemoveMargin, Action::LpDeposit] {
                assert_eq!(level.ensure(action), Err(Forbidden { level, action }));
            }
        }
    }
}
