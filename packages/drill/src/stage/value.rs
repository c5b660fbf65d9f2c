//! What the vault is worth at a price of the judge's choosing.

use math::pricing::Curve;
use math::units::{Amount, Price, Size};
use math::wide::Round;

use super::Stage;
use crate::{bug::Bug, judge::net_gain};

impl Stage {
    /// `cash - gain - unwinding the skew`, every position valued at this price.
    pub fn nav(&mut self, price: Price) -> Result<Amount, Bug> {
        let books = self.books()?;
        let gain = net_gain(&self.positions(), price)?;
        let size = |n| Amount::of(n).map(|n| Size(n.0));
        let curve = Curve {
            cap: size(self.params.skew_cap)?,
            scale: size(self.params.skew_scale)?,
        };
        let skew = books.long.plus(books.short)?;
        let unwinding = curve.unwind(skew, price, Round::Up)?;
        Ok(books.cash.minus(gain)?.minus(unwinding)?)
    }
}
