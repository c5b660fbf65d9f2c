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

/// What a module says of itself.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct SelfCheck {
    /// Everything that must be there is there and reads, settings are inside their bounds, books balance.
    pub sound: bool,
    /// What its books claim beyond the coins it has, units of every coin together.
    pub imbalance: Uint128,
}

impl SelfCheck {
    /// A module that holds no coins.
    pub const fn of(sound: bool) -> Self {
        Self {
            sound,
            imbalance: Uint128::zero(),
        }
    }

    /// Of two parts of a module; sums beyond a number count as the greatest.
    pub fn and(self, other: Self) -> Self {
        Self {
            sound: self.sound && other.sound,
            imbalance: self.imbalance.saturating_add(other.imbalance),
        }
    }
}

/// Other code has made it worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Worse {
    /// It was sound.
    #[error("it was sound and is not any more")]
    Unsound,
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
    let sound = |check: Option<SelfCheck>| check.is_some_and(|check| check.sound);
    if sound(before) && !sound(after) {
        return Err(Worse::Unsound);
    }
    if let (Some(before), Some(after)) = (before, after) {
        let (before, after) = (before.imbalance, after.imbalance);
        if after > before {
            return Err(Worse::Imbalance { before, after });
        }
    }
    Ok(!sound(after))
}

/// A change of code that is none.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("it is still {contract} {version}, or not that contract any more")]
pub struct NotMoved {
    /// What it was.
    pub contract: String,
    /// Which version.
    pub version: String,
}

/// Whether code of another version of the same contract has taken over. (Which versions may follow which, the code that
/// takes over says itself.)
pub fn moved(before: &ContractVersion, after: &ContractVersion) -> Result<(), NotMoved> {
    if before.contract == after.contract && before.version != after.version {
        return Ok(());
    }
    Err(NotMoved {
        contract: before.contract.clone(),
        version: before.version.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn says(sound: bool, imbalance: u128) -> Option<SelfCheck> {
        let imbalance = Uint128::new(imbalance);
        Some(SelfCheck { sound, imbalance })
    }

    #[test]
    fn what_was_sound_stays_sound() {
        assert_eq!(compare(says(true, 0), says(true, 0)), Ok(false));
        assert_eq!(compare(says(true, 0), says(false, 0)), Err(Worse::Unsound));
        assert_eq!(compare(says(true, 0), None), Err(Worse::Unsound));
    }

    #[test]
    fn what_failed_before_may_fail_and_may_be_repaired() {
        for before in [None, says(false, 5)] {
            assert_eq!(compare(before, None), Ok(true));
            assert_eq!(compare(before, says(false, 5)), Ok(true));
            assert_eq!(compare(before, says(true, 0)), Ok(false));
        }
    }

    #[test]
    fn an_imbalance_never_grows() {
        let grown = Worse::Imbalance {
            before: Uint128::new(5),
            after: Uint128::new(6),
        };
        assert_eq!(compare(says(false, 5), says(false, 6)), Err(grown));
        assert_eq!(compare(says(true, 5), says(true, 6)), Err(grown));
        assert_eq!(compare(says(true, 5), says(true, 4)), Ok(false));
    }

    #[test]
    fn code_that_takes_over_is_the_same_contract_in_another_version() {
        let of = |contract: &str, version: &str| ContractVersion {
            contract: contract.into(),
            version: version.into(),
        };
        let before = of("bulkhead:market", "0.1.0");
        assert_eq!(moved(&before, &of("bulkhead:market", "0.2.0")), Ok(()));
        for after in [of("bulkhead:market", "0.1.0"), of("other", "0.2.0")] {
            assert!(moved(&before, &after).is_err());
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
