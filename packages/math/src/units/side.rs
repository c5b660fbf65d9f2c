//! Long and short.

use cosmwasm_schema::cw_serde;

/// Which way a position or an order faces.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::Long, Self::Short];

    /// The other one.
    pub const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}
