//! Units and formulas of Bulkhead. Knows no chain: no storage, no queries, no clock; time and
//! prices are arguments. Every inexact operation names its direction.

pub mod adl;
pub mod aggregate;
pub mod bucket;
pub mod budget;
pub mod fallback;
pub mod funding;
pub mod grace;
pub mod jump;
pub mod lateness;
pub mod ledger;
pub mod liquidation;
pub mod margin;
pub mod median;
pub mod outflow;
pub mod packed;
pub mod phi;
pub mod pricing;
pub mod quarantine;
pub mod settlement;
pub mod spread;
pub mod stress;
pub mod twap;
pub mod units;
pub mod vault;
pub mod volatility;
pub mod wide;
