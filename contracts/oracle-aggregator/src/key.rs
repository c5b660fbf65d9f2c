//! Every storage key, once.

/// Who binds, and whom readings go to.
pub const BINDING: &str = "binding";
/// Feed name -> feed.
pub const FEEDS: &str = "feeds";
/// (feed name, place of a source) -> what it answered when it was asked.
pub const FETCHED: &str = "fetched";
/// Feed name -> what is posted of it, for others to read.
pub const POSTED: &str = "posted_1";
/// (feed name, number) -> round, for others to read.
pub const ROUNDS: &str = "rounds";

/// Every key of this contract; cw2 adds `contract_info`.
pub const ALL: [&str; 5] = [BINDING, FEEDS, FETCHED, POSTED, ROUNDS];

#[cfg(test)]
mod tests {
    use super::*;
    use types::oracle::posted;

    #[test]
    fn no_two_keys_are_equal() {
        for (i, a) in ALL.iter().enumerate() {
            assert_ne!(*a, "contract_info");
            assert!(!ALL[..i].contains(a), "{a}");
        }
    }

    #[test]
    fn what_is_posted_lies_where_others_read() {
        assert_eq!((POSTED, ROUNDS), (posted::KEY, posted::ROUNDS_KEY));
    }
}
