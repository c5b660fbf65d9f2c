//! Gas given to contained messages. A parent's own limit exceeds the sum of its children's.

/// For the market to take one order.
pub const ACCEPT: u64 = 400_000;
/// For the market to start a crank.
pub const CRANK_BASE: u64 = 500_000;
/// For each order of a crank: its settlement, and the refund where that fails.
pub const CRANK_EACH: u64 = 2_400_000;
