use cosmwasm_std::{StdResult, Storage};
use serde::{de::DeserializeOwned, Serialize};

use crate::{missing, pack, unpack};

/// One value under one key.
pub struct Item<T>(cw_storage_plus::Item<T>);

impl<T: Serialize + DeserializeOwned> Item<T> {
    /// Under this key.
    pub const fn new(key: &'static str) -> Self {
        Self(cw_storage_plus::Item::new(key))
    }

    /// Write it.
    pub fn save(&self, storage: &mut dyn Storage, value: &T) -> StdResult<()> {
        storage.set(self.0.as_slice(), &pack(value)?);
        Ok(())
    }

    /// Read it; none is an error.
    pub fn load(&self, storage: &dyn Storage) -> StdResult<T> {
        self.may_load(storage)?
            .ok_or_else(|| missing(self.0.as_slice()))
    }

    /// Read it, if it is there.
    pub fn may_load(&self, storage: &dyn Storage) -> StdResult<Option<T>> {
        let bytes = storage.get(self.0.as_slice());
        bytes.map(|bytes| unpack(&bytes)).transpose()
    }

    /// Is it there?
    pub fn exists(&self, storage: &dyn Storage) -> bool {
        self.0.exists(storage)
    }

    /// Forget it.
    pub fn remove(&self, storage: &mut dyn Storage) {
        self.0.remove(storage);
    }
}
