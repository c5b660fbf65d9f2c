//! How much one message may carry.

use crate::ContractError;

/// Feeds an oracle has at most.
pub const FEEDS: usize = 32;
/// Items one message or query carries at most.
pub const ITEMS: usize = 16;

/// A list of feeds: not empty, not longer than `max`, none named twice.
pub fn check<'a, I>(feeds: I, max: usize) -> Result<(), ContractError>
where
    I: ExactSizeIterator<Item = &'a String>,
{
    let got = feeds.len();
    if got == 0 || got > max {
        return Err(ContractError::Count { got, max });
    }
    let mut seen = Vec::with_capacity(got);
    for feed in feeds {
        if seen.contains(&feed) {
            let feed = feed.clone();
            return Err(ContractError::Duplicate { feed });
        }
        seen.push(feed);
    }
    Ok(())
}
