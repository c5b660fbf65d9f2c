//! The chain as it was: from one scene to many continuations.

use cosmwasm_std::{BlockInfo, Order, Record, Storage};

use crate::exchange::Exchange;

/// Everything stored on the chain at one time, and the block.
#[derive(Clone)]
pub struct Snapshot {
    records: Vec<Record>,
    block: BlockInfo,
}

impl Exchange {
    /// Remember the chain as it is.
    pub fn snapshot(&self) -> Snapshot {
        let all = self.app().storage().range(None, None, Order::Ascending);
        Snapshot {
            records: all.collect(),
            block: self.app().block_info(),
        }
    }

    /// Make the chain what it was. What is no chain state, such as faults on purpose, stays as it is.
    pub fn return_to(&mut self, then: &Snapshot) {
        let storage = self.app_mut().storage_mut();
        let all = storage.range(None, None, Order::Ascending);
        let keys: Vec<Vec<u8>> = all.map(|(key, _)| key).collect();
        for key in keys {
            storage.remove(&key);
        }
        for (key, value) in &then.records {
            storage.set(key, value);
        }
        self.app_mut().set_block(then.block.clone());
    }
}

#[cfg(test)]
mod tests {
    use types::Side;

    use super::*;

    #[test]
    fn the_same_continuation_comes_to_the_same() {
        let mut x = Exchange::calm().build();
        let then = x.snapshot();
        let before = x.state_hash();
        let after: Vec<String> = (0..2)
            .map(|_| {
                x.return_to(&then);
                assert_eq!(x.state_hash(), before);
                x.opened("alice", Side::Long, ("3", 1_500), "2000");
                x.state_hash()
            })
            .collect();
        assert_eq!(after[0], after[1]);
        assert!(after[0] != before);
    }
}
