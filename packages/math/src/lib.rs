//! Units and formulas of Bulkhead. Knows no chain: no storage, no queries, no clock; time and
//! prices are arguments. Every inexact operation names its direction.

pub mod funding;
pub mod ledger;
pub mod liquidation;
pub mod margin;
pub mod pricing;
pub mod units;
pub mod vault;
pub mod wide;
pub mod aggregate;
pub mod jump;
pub mod median;
pub mod twap;
pub mod volatility;
