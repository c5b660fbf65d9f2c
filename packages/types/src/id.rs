//! Names of markets and feeds: short, lower case, safe in storage keys, events and URLs.

use thiserror::Error;

/// The longest name.
pub const MAX: usize = 24;

/// A name that is empty, too long or has other characters than `a-z 0-9 -`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a name: 1 to 24 of a-z, 0-9 and -")]
pub struct BadName(pub String);

/// Check a name.
pub fn check(name: &str) -> Result<(), BadName> {
    let fits = (1..=MAX).contains(&name.len());
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits && plain {
        Ok(())
    } else {
        Err(BadName(name.chars().take(MAX).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        assert!(check("eth-perp").is_ok());
        for bad in [
            "",
            "ETH",
            "eth perp",
            "eth/usd",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
