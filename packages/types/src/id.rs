//! Names of markets and feeds: short, lower case, safe in storage keys, events and URLs. And of coins, as the chain
//! has them.

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

/// The longest name of a coin a chain allows.
const LONGEST: usize = 128;

/// A coin's name that no chain allows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a denom: 3 to 128 letters, digits and /:._-, a letter first")]
pub struct BadDenom(pub String);

/// Check a coin's name.
pub fn denom(name: &str) -> Result<(), BadDenom> {
    let fits = (3..=LONGEST).contains(&name.len());
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/:._-".contains(&b));
    if fits && plain && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Ok(())
    } else {
        Err(BadDenom(name.chars().take(LONGEST).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_are_named_as_the_chain_names_them() {
        let ibc = format!("ibc/{}", "A".repeat(64));
        for good in ["uusd", "uosmo", ibc.as_str(), "factory/osmo1x/u.s:d_-"] {
            assert!(denom(good).is_ok(), "{good}");
        }
        let long = "a".repeat(129);
        for bad in ["", "u", "1usd", "u usd", "usd\n", long.as_str()] {
            assert!(denom(bad).is_err(), "{bad}");
        }
    }

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
