//! Same state, new code: from the same contract, never backwards.

use cosmwasm_std::{Response, Storage};

use crate::{
    contract::{NAME, VERSION},
    feed, round, ContractError,
};

/// Move the version forward. What is posted of a feed is written anew: 0.1.0 posted nothing.
pub fn migrate(storage: &mut dyn Storage) -> Result<Response, ContractError> {
    cw2::ensure_from_older_version(storage, NAME, VERSION)?;
    for (name, feed) in feed::all(storage)? {
        round::post(storage, &name, &feed)?;
    }
    Ok(Response::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    #[test]
    fn only_from_itself_and_only_forward() {
        let from = |name: &str, version: &str| {
            let mut storage = MockStorage::new();
            cw2::set_contract_version(&mut storage, name, version).unwrap();
            migrate(&mut storage).map(|_| cw2::get_contract_version(&storage).unwrap().version)
        };
        assert_eq!(from(NAME, "0.0.1").unwrap(), VERSION);
        assert_eq!(from(NAME, VERSION).unwrap(), VERSION);
        assert!(from(NAME, "9.0.0").is_err());
        assert!(from("bulkhead:market", "0.0.1").is_err());
    }
}
