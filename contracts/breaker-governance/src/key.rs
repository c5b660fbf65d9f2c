//! Every storage key of this contract, and how a scope is written in one.

use types::scope::Scope;

/// Who is who, and the settings.
pub const SETTINGS: &str = "settings";
/// The known feeds and when each last reported.
pub const FEEDS: &str = "feeds";
/// The markets and what each was last leased.
pub const LEASES: &str = "leases";
/// The latches, by scope and reason.
pub const LATCHES: &str = "latches";

/// The chain's pace.
pub const PACE: &str = "pace";
/// The engine's newest calls.
pub const CALLS: &str = "calls";
/// When the oracle last reported.
pub const HEARD: &str = "heard";
/// The guardians.
pub const GUARDIANS: &str = "guardians";
/// Announced changes.
pub const CHANGES: &str = "changes";
/// The number of the next change.
pub const NEXT: &str = "next";
/// Vetoes, by content.
pub const VETOES: &str = "vetoes";

/// Every key.
pub const ALL: [&str; 11] = [
    SETTINGS, FEEDS, LEASES, LATCHES, PACE, CALLS, HEARD, GUARDIANS, CHANGES, NEXT, VETOES,
];

/// A scope as a storage key: its kind's stable number, then its name. Never the Debug form.
pub fn scope(scope: &Scope) -> Vec<u8> {
    let (kind, name) = parts(scope);
    let mut key = vec![kind];
    key.extend_from_slice(name.as_bytes());
    key
}

/// The way back; `None` for bytes that no scope is written as.
pub fn parse(key: &[u8]) -> Option<Scope> {
    let (kind, name) = key.split_first()?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    match (kind, name.is_empty()) {
        (0, true) => Some(Scope::Global {}),
        (1, _) => Some(Scope::Market { market: name }),
        (2, _) => Some(Scope::Feed { feed: name }),
        (3, _) => Some(Scope::Module { module: name }),
        (4, _) => Some(Scope::Remote { channel: name }),
        _ => None,
    }
}

/// A scope in events, as `feed:eth-usd`.
pub fn label(scope: &Scope) -> String {
    let kind = match scope {
        Scope::Global {} => return "global".into(),
        Scope::Market { .. } => "market",
        Scope::Feed { .. } => "feed",
        Scope::Module { .. } => "module",
        Scope::Remote { .. } => "remote",
    };
    format!("{kind}:{}", parts(scope).1)
}

fn parts(scope: &Scope) -> (u8, &str) {
    match scope {
        Scope::Global {} => (0, ""),
        Scope::Market { market } => (1, market),
        Scope::Feed { feed } => (2, feed),
        Scope::Module { module } => (3, module),
        Scope::Remote { channel } => (4, channel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn every_kind() -> [Scope; 5] {
        [
            Scope::Global {},
            Scope::Market { market: "x".into() },
            Scope::Feed { feed: "x".into() },
            Scope::Module { module: "x".into() },
            Scope::Remote {
                channel: "x".into(),
            },
        ]
    }

    #[test]
    fn keys_are_distinct() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
    }

    #[test]
    fn scopes_of_one_name_have_distinct_keys_that_read_back() {
        let keys: BTreeSet<_> = every_kind().iter().map(scope).collect();
        assert_eq!(keys.len(), 5);
        for s in every_kind() {
            assert_eq!(parse(&scope(&s)), Some(s));
        }
        assert_eq!(
            scope(&Scope::Feed { feed: "eth".into() }),
            [2, b'e', b't', b'h']
        );
    }

    #[test]
    fn other_bytes_are_no_scope() {
        for bytes in [&[][..], &[0, 1], &[5, 1], &[1, 255]] {
            assert_eq!(parse(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn labels_name_kind_and_name() {
        let labels = every_kind().map(|s| label(&s));
        assert_eq!(
            labels,
            ["global", "market:x", "feed:x", "module:x", "remote:x"]
        );
    }
}
