//! Replacing code: what a module says of itself, and what must not have become worse.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use cw2::ContractVersion;
use thiserror::Error;

/// The question every module answers, whichever it is.
#[cw_serde]
pub enum Ask {
    /// The same as its own query of that name.
    SelfCheck {},
}

/// What every contract calls itself, whatever its version, so that others know what took over.
pub const ENGINE: &str = "bulkhead:margin-engine";
/// The same of the oracle.
pub const ORACLE: &str = "bulkhead:oracle-aggregator";
/// The same of the breaker.
pub const BREAKER: &str = "bulkhead:breaker-governance";
/// The same of an order book.
pub const MARKET: &str = "bulkhead:market";

/// What a module says of itself.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct SelfCheck {
    /// Parts of it of which something is not there, does not read, is out of bounds or does not balance.
    pub failing: u32,
    /// What its books claim beyond the coins it has, units of every coin together.
    pub imbalance: Uint128,
}

impl SelfCheck {
    /// A module, or a part of one, that holds no coins.
    pub const fn of(sound: bool) -> Self {
        Self {
            failing: if sound { 0 } else { 1 },
            imbalance: Uint128::zero(),
        }
    }

    /// A module, or a part of one, of which not even this can be told.
    pub const UNREADABLE: Self = Self {
        failing: u32::MAX,
        imbalance: Uint128::MAX,
    };

    /// Whether nothing of it fails.
    pub const fn sound(&self) -> bool {
        self.failing == 0
    }

    /// Of two parts of a module; sums beyond a number count as the greatest.
    pub fn and(self, other: Self) -> Self {
        Self {
            failing: self.failing.saturating_add(other.failing),
            imbalance: self.imbalance.saturating_add(other.imbalance),
        }
    }
}

/// Other code has made it worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Worse {
    /// It answered.
    #[error("it said how it was and does not any more")]
    Silent,
    /// Less of it failed.
    #[error("{after} of its parts fail, {before} before")]
    Failing {
        /// How many did.
        before: u32,
        /// How many do now.
        after: u32,
    },
    /// Its books claimed less.
    #[error("its books claim {after} beyond what is there, {before} before")]
    Imbalance {
        /// How much they claimed.
        before: Uint128,
        /// How much they claim now.
        after: Uint128,
    },
}

/// Hold a module's answer after a change of code against its answer before; none where it gave none. Answers whether
/// it still fails: what failed before may, or two broken modules could never be repaired.
pub fn compare(before: Option<SelfCheck>, after: Option<SelfCheck>) -> Result<bool, Worse> {
    let Some(before) = before else {
        return Ok(!after.is_some_and(|check| check.sound()));
    };
    let after = after.ok_or(Worse::Silent)?;
    if after.failing > before.failing {
        let (before, after) = (before.failing, after.failing);
        return Err(Worse::Failing { before, after });
    }
    if after.imbalance > before.imbalance {
        let (before, after) = (before.imbalance, after.imbalance);
        return Err(Worse::Imbalance { before, after });
    }
    Ok(!after.sound())
}

/// A change of code that is none.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("it is not {contract} in another version: `{version}`")]
pub struct NotMoved {
    /// What it has to be.
    pub contract: &'static str,
    /// What it says it is; nothing where that does not read.
    pub version: String,
}

/// Whether code of this contract in another version has taken over. What the code before said of itself may be anything,
/// or not be there: it may be why it goes. (Which versions may follow which, the code that takes over says itself.)
pub fn moved(
    contract: &'static str,
    before: Option<&ContractVersion>,
    after: Option<&ContractVersion>,
) -> Result<(), NotMoved> {
    if let Some(after) = after {
        if after.contract == contract && before != Some(after) {
            return Ok(());
        }
    }
    let version = after.map_or_else(String::new, |after| {
        let ContractVersion { contract, version } = after;
        format!("{contract} {version}")
    });
    Err(NotMoved { contract, version })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn says(failing: u32, imbalance: u128) -> Option<SelfCheck> {
        let imbalance = Uint128::new(imbalance);
        Some(SelfCheck { failing, imbalance })
    }

    #[test]
    fn no_more_fails_than_before_and_who_answered_answers() {
        assert_eq!(compare(says(0, 0), says(0, 0)), Ok(false));
        let more = |before, after| Err(Worse::Failing { before, after });
        assert_eq!(compare(says(0, 0), says(1, 0)), more(0, 1));
        // What is broken elsewhere hides nothing.
        assert_eq!(compare(says(1, 0), says(2, 0)), more(1, 2));
        for before in [says(0, 0), says(3, 5)] {
            assert_eq!(compare(before, None), Err(Worse::Silent));
        }
    }

    #[test]
    fn what_failed_before_may_fail_and_may_be_repaired() {
        assert_eq!(compare(None, None), Ok(true));
        assert_eq!(compare(None, says(2, 9)), Ok(true));
        assert_eq!(compare(says(2, 5), says(2, 5)), Ok(true));
        for before in [None, says(2, 5)] {
            assert_eq!(compare(before, says(0, 0)), Ok(false));
        }
    }

    #[test]
    fn what_does_not_read_is_worse_than_all_that_does() {
        let unreadable = Some(SelfCheck::UNREADABLE);
        assert!(compare(says(3, 9), unreadable).is_err());
        assert_eq!(compare(unreadable, says(3, 9)), Ok(true));
        assert_eq!(compare(unreadable, unreadable), Ok(true));
    }

    #[test]
    fn an_imbalance_never_grows() {
        let grown = Worse::Imbalance {
            before: Uint128::new(5),
            after: Uint128::new(6),
        };
        assert_eq!(compare(says(1, 5), says(1, 6)), Err(grown));
        assert_eq!(compare(says(0, 5), says(0, 6)), Err(grown));
        assert_eq!(compare(says(0, 5), says(0, 4)), Ok(false));
    }

    #[test]
    fn code_that_takes_over_is_the_same_contract_in_another_version() {
        let of = |contract: &str, version: &str| ContractVersion {
            contract: contract.into(),
            version: version.into(),
        };
        let (old, new) = (of(MARKET, "0.1.0"), of(MARKET, "0.2.0"));
        assert_eq!(moved(MARKET, Some(&old), Some(&new)), Ok(()));
        // Code that goes cannot stay by what it says, or by saying nothing.
        for before in [None, Some(&of("other", "9")), Some(&of("", ""))] {
            assert_eq!(moved(MARKET, before, Some(&new)), Ok(()));
        }
        for after in [Some(&old), Some(&of(ENGINE, "0.2.0")), None] {
            assert!(moved(MARKET, Some(&old), after).is_err());
        }
    }

    #[test]
    fn every_module_is_asked_in_the_same_words() {
        let asked = cosmwasm_std::to_json_vec(&Ask::SelfCheck {}).unwrap();
        let own = [
            cosmwasm_std::to_json_vec(&crate::engine::QueryMsg::SelfCheck {}),
            cosmwasm_std::to_json_vec(&crate::oracle::QueryMsg::SelfCheck {}),
            cosmwasm_std::to_json_vec(&crate::market::QueryMsg::SelfCheck {}),
            cosmwasm_std::to_json_vec(&crate::breaker::QueryMsg::SelfCheck {}),
        ];
        for own in own {
            assert_eq!(own.unwrap(), asked);
        }
    }
}
