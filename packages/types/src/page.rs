//! Paging: how many rows a query answers at most.

/// Rows when none are asked for.
pub const DEFAULT: u32 = 10;
/// Rows at most.
pub const MAX: u32 = 30;

/// The number of rows to answer.
pub fn size(asked: Option<u32>) -> usize {
    let rows = asked.unwrap_or(DEFAULT).min(MAX);
    usize::try_from(rows).unwrap_or(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_longer_than_the_maximum() {
        assert_eq!(size(None), 10);
        assert_eq!(size(Some(7)), 7);
        assert_eq!(size(Some(u32::MAX)), 30);
    }
}
