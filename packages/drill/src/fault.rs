//! What breaks: faults act on the reports a source publishes within a window.

/// A stretch of time, `from <= t < to`, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first second.
    pub from: u64,
    /// The second after its last.
    pub to: u64,
}

impl Window {
    /// Whether `time` is inside.
    pub fn contains(self, time: u64) -> bool {
        self.from <= time && time < self.to
    }
}

/// Something that happens to the reports a source publishes within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// When.
    pub window: Window,
    /// What.
    pub kind: FaultKind,
}

/// What happens to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It is lost.
    Drop,
    /// It arrives later, with the publish time it had.
    Delay {
        /// Seconds later.
        by_s: u64,
    },
}

impl Fault {
    /// When a report that would arrive at `deliver_at` arrives; `None` if it never does.
    pub(crate) fn delivery(&self, publish_time: u64, deliver_at: u64) -> Option<u64> {
        if !self.window.contains(publish_time) {
            return Some(deliver_at);
        }
        match self.kind {
            FaultKind::Drop => None,
            FaultKind::Delay { by_s } => Some(deliver_at.saturating_add(by_s)),
        }
    }

    /// The longest it can hold a report back.
    pub(crate) fn longest_delay(&self) -> u64 {
        match self.kind {
            FaultKind::Drop => 0,
            FaultKind::Delay { by_s } => by_s,
        }
    }
}
