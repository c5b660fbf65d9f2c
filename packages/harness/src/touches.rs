//! A chain's storage that counts how often it is touched: the measure of what a message costs that no native run
//! can see as gas.

use std::{cell::Cell, ops::Sub, rc::Rc};

use cosmwasm_std::{
    testing::{MockApi, MockStorage},
    Order, Record, Storage,
};
use cw_multi_test::{App, BankKeeper};

use crate::exchange::Exchange;

/// How often storage was touched. What a message reads again after writing it is not counted: that is still in the
/// message's own hands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Touches {
    /// Keys asked for.
    pub reads: u64,
    /// Keys written.
    pub writes: u64,
    /// Keys removed.
    pub removes: u64,
    /// Steps of iterators.
    pub steps: u64,
    /// Length of all values that were read, stepped over or written: a list that grows under one key shows here.
    pub bytes: u64,
}

impl Touches {
    /// Of every kind together; bytes are no touches.
    pub fn all(self) -> u64 {
        self.reads + self.writes + self.removes + self.steps
    }
}

impl Sub for Touches {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            reads: self.reads - before.reads,
            writes: self.writes - before.writes,
            removes: self.removes - before.removes,
            steps: self.steps - before.steps,
            bytes: self.bytes - before.bytes,
        }
    }
}

/// Storage that counts.
#[derive(Default)]
pub struct Counted {
    storage: MockStorage,
    touches: Rc<Cell<Touches>>,
}

/// What the embedded chain is made of.
pub type Native = App<BankKeeper, MockApi, Counted>;

fn note(touches: &Cell<Touches>, what: impl FnOnce(&mut Touches)) {
    let mut now = touches.get();
    what(&mut now);
    touches.set(now);
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).expect("a length")
}

impl Counted {
    /// Since the chain began.
    pub fn touches(&self) -> Touches {
        self.touches.get()
    }
}

impl Storage for Counted {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let found = self.storage.get(key);
        note(&self.touches, |t| {
            t.reads += 1;
            t.bytes += length(found.as_ref().map_or(0, Vec::len));
        });
        found
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let rows = self.storage.range(start, end, order);
        Box::new(rows.inspect(|(_, value)| {
            note(&self.touches, |t| {
                t.steps += 1;
                t.bytes += length(value.len());
            });
        }))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        note(&self.touches, |t| {
            t.writes += 1;
            t.bytes += length(value.len());
        });
        self.storage.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        note(&self.touches, |t| t.removes += 1);
        self.storage.remove(key);
    }
}

impl Exchange {
    /// How often the whole chain's storage was touched by what `act` does, and what came of it. Without audits: they
    /// read everything.
    pub fn touched<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> (Touches, T) {
        let audited = std::mem::replace(&mut self.audited, false);
        let before = self.app().storage().touches();
        let done = act(self);
        let touches = self.app().storage().touches() - before;
        self.audited = audited;
        (touches, done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_touch_is_counted_once_and_a_failing_message_writes_nothing() {
        let mut s = Counted::default();
        s.set(b"a", b"123");
        s.set(b"b", b"45");
        assert_eq!(s.get(b"a"), Some(b"123".to_vec()));
        assert_eq!(s.get(b"none"), None);
        // An iterator costs what it is asked for.
        assert_eq!(s.range(None, None, Order::Ascending).take(1).count(), 1);
        assert_eq!(s.range_keys(None, None, Order::Descending).count(), 2);
        s.remove(b"a");
        let want = Touches {
            reads: 2,
            writes: 2,
            removes: 1,
            steps: 3,
            bytes: 3 + 2 + 3 + 3 + 3 + 2,
        };
        assert_eq!(s.touches(), want);
        let mut x = Exchange::calm().young().build();
        let (touches, ()) = x.touched(|x| drop(x.withdraw("nobody", 1).unwrap_err()));
        assert!(touches.reads > 0, "{touches:?}");
        assert_eq!((touches.writes, touches.removes), (0, 0));
        assert!(x.audited);
    }
}
