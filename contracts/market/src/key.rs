//! Every storage key of this contract, once.

/// Who is who, and the settings.
pub const CONFIG: &str = "config";
/// Waiting orders, by lane, block and sequence.
pub const LANES: &str = "lanes";
/// Waiting orders of each account.
pub const COUNTS: &str = "counts";
/// How many wait, and what the engine has been told.
pub const DESK: &str = "desk";

/// All of them.
pub const ALL: [&str; 4] = [CONFIG, LANES, COUNTS, DESK];
