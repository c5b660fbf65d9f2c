//! The books of one market: per-side sums in O(1) and positions that sync lazily.
//!
//! A position stores what it was at its last sync; funding and ADL reach it through three running
//! numbers per side: the funding index `f`, the scale `A` and the ADL proceeds per share `R`. With
//! `u = size0/A0` and `c = cost0/size0 - f0`:
//!
//! - size `u*A`, cost `cost0*A/A0`, funding owed `size*(f - f0)`
//! - margin `margin0 + u*((R - R0) - c*(A0 - A)) - owed`
//! - bankruptcy price `B = f + (key - R)/A` with the constant `key = A0*(B0 - f0) + R0`
//!
//! Sums keep six linear contributions of every position, so a side's size, cost, owed funding and
//! margin are read without visiting anyone.

mod book;
mod position;
mod side;
mod totals;

pub use book::{Book, Reduction};
pub use position::{Loose, Position};
pub use side::SideSums;
pub use totals::Totals;
