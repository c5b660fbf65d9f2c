//! Every storage key, once.

/// Who binds, and whom readings go to.
pub const BINDING: &str = "binding";
/// Feed name -> feed.
pub const FEEDS: &str = "feeds";
/// (feed name, place of a source) -> what it answered when it was asked.
pub const FETCHED: &str = "fetched";
/// (feed name, number) -> round.
pub const ROUNDS: &str = "rounds";

/// Every key of this contract; cw2 adds `contract_info`.
pub const ALL: [&str; 4] = [BINDING, FEEDS, FETCHED, ROUNDS];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_are_equal() {
        for (i, a) in ALL.iter().enumerate() {
            assert_ne!(*a, "contract_info");
            assert!(!ALL[..i].contains(a), "{a}");
        }
    }
}
