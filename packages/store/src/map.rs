use std::marker::PhantomData;

use cosmwasm_std::{Addr, Empty, Order, QuerierWrapper, StdResult, Storage};
use cw_storage_plus::{
    range_with_prefix, Bound, Key, KeyDeserialize, Path, Prefixer, PrimaryKey, RawBound,
};
use serde::{de::DeserializeOwned, Serialize};

use crate::{missing, pack, unpack};

/// Rows in the order of their keys.
type Rows<'s, T> = Box<dyn Iterator<Item = StdResult<T>> + 's>;

/// Many values, each under its key.
pub struct Map<K, T> {
    namespace: &'static str,
    holds: PhantomData<fn() -> (K, T)>,
}

/// The rows of a map whose keys begin alike; `K` is what remains of the key.
pub struct Prefix<K, T> {
    bare: Bare,
    holds: PhantomData<fn() -> (K, T)>,
}

/// A prefix whatever its keys and values: one copy of its code.
type Bare = cw_storage_plus::Prefix<Vec<u8>, Empty>;

fn path(namespace: &str, key: &[Key]) -> Vec<u8> {
    let parts: Vec<&[u8]> = key.iter().map(Key::as_ref).collect();
    Path::<Empty>::new(namespace.as_bytes(), &parts).to_vec()
}

impl<K, T> Map<K, T> {
    /// In this namespace.
    pub const fn new(namespace: &'static str) -> Self {
        Self {
            namespace,
            holds: PhantomData,
        }
    }

    fn beginning<S>(&self, parts: &[Key]) -> Prefix<S, T> {
        let namespace = self.namespace.as_bytes();
        Prefix {
            bare: Bare::new(namespace, parts),
            holds: PhantomData,
        }
    }
}

impl<'a, K: PrimaryKey<'a>, T: Serialize + DeserializeOwned> Map<K, T> {
    /// Write the value of a key.
    pub fn save(&self, storage: &mut dyn Storage, key: K, value: &T) -> StdResult<()> {
        storage.set(&path(self.namespace, &key.key()), &pack(value)?);
        Ok(())
    }

    /// Read the value of a key; none is an error.
    pub fn load(&self, storage: &dyn Storage, key: K) -> StdResult<T> {
        let path = path(self.namespace, &key.key());
        match storage.get(&path) {
            Some(bytes) => unpack(&bytes),
            None => Err(missing(&path)),
        }
    }

    /// Read the value of a key, if it has one.
    pub fn may_load(&self, storage: &dyn Storage, key: K) -> StdResult<Option<T>> {
        let bytes = storage.get(&path(self.namespace, &key.key()));
        bytes.map(|bytes| unpack(&bytes)).transpose()
    }

    /// Read the value of a key in the storage of another contract, if it has one. Only where that contract says that it
    /// lies there for others: none of its code is entered.
    #[allow(clippy::disallowed_methods)]
    pub fn query(&self, querier: &QuerierWrapper, contract: &Addr, key: K) -> StdResult<Option<T>> {
        let path = path(self.namespace, &key.key());
        let bytes = querier.query_wasm_raw(contract.as_str(), path)?;
        bytes.map(|bytes| unpack(&bytes)).transpose()
    }

    /// Has the key a value?
    pub fn has(&self, storage: &dyn Storage, key: K) -> bool {
        storage.get(&path(self.namespace, &key.key())).is_some()
    }

    /// Forget a key.
    pub fn remove(&self, storage: &mut dyn Storage, key: K) {
        storage.remove(&path(self.namespace, &key.key()));
    }

    /// The rows whose keys begin with all parts but the last.
    pub fn prefix(&self, parts: K::Prefix) -> Prefix<K::Suffix, T> {
        self.beginning(&parts.prefix())
    }

    /// The rows whose keys begin with the first part.
    pub fn sub_prefix(&self, part: K::SubPrefix) -> Prefix<K::SuperSuffix, T> {
        self.beginning(&part.prefix())
    }

    /// All rows.
    pub fn all(&self) -> Prefix<K, T> {
        self.beginning(&[])
    }
}

impl<'b, K: KeyDeserialize + PrimaryKey<'b>, T: DeserializeOwned> Prefix<K, T> {
    /// The rows between two bounds.
    pub fn range<'s>(
        &self,
        storage: &'s dyn Storage,
        min: Option<Bound<'b, K>>,
        max: Option<Bound<'b, K>>,
        order: Order,
    ) -> Rows<'s, (K::Output, T)>
    where
        K::Output: 's,
        T: 's,
    {
        let rows = range_with_prefix(storage, &self.bare, raw(min), raw(max), order);
        Box::new(rows.map(|(key, value)| Ok((K::from_vec(key)?, unpack(&value)?))))
    }

    /// Their keys.
    pub fn keys<'s>(
        &self,
        storage: &'s dyn Storage,
        min: Option<Bound<'b, K>>,
        max: Option<Bound<'b, K>>,
        order: Order,
    ) -> Rows<'s, K::Output>
    where
        K::Output: 's,
    {
        let again = |bound| match bound {
            RawBound::Inclusive(key) => Bound::InclusiveRaw(key),
            RawBound::Exclusive(key) => Bound::ExclusiveRaw(key),
        };
        let (min, max) = (raw(min).map(again), raw(max).map(again));
        Box::new(
            self.bare
                .keys_raw(storage, min, max, order)
                .map(|key| K::from_vec(key)),
        )
    }
}

fn raw<'b, K: PrimaryKey<'b>>(bound: Option<Bound<'b, K>>) -> Option<RawBound> {
    bound.map(|bound| bound.to_raw_bound())
}
