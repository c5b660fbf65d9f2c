//! Losses beyond margin: insurance bears them within its budget of a block and of a day, the vault the rest, and both
//! are on record.

use math::{
    budget::{Shares, When},
    liquidation::Borne,
    units::OutOfRange,
};
use types::{clock::Moment, Amount};

use crate::{compartment::Compartment, scene::Scene};

const fn when(now: Moment) -> When {
    When {
        height: now.height,
        time: now.time,
    }
}

/// A loss goes down the waterfall, to the unit; less than none is none.
pub fn bear(scene: &mut Scene, loss: Amount) -> Result<Borne, OutOfRange> {
    let (books, terms) = (&mut scene.books, scene.market.params.losses);
    let shares = Shares {
        block: terms.block,
        day: terms.day,
    };
    let asked = (loss, books.insurance);
    let borne = books.budget.bear(asked, shares, when(scene.now))?;
    move_over(books, borne, scene.now)?;
    Ok(borne)
}

/// What was borne comes back: to the budget as well, in the block and on the day that it was spent.
pub fn undo(scene: &mut Scene, borne: Borne) -> Result<(), OutOfRange> {
    let back = Borne {
        insurance: borne.insurance.negated()?,
        vault: borne.vault.negated()?,
    };
    move_over(&mut scene.books, back, scene.now)
}

/// Insurance becomes cash of the vault, and the loss is recorded.
fn move_over(books: &mut Compartment, borne: Borne, now: Moment) -> Result<(), OutOfRange> {
    books.budget = books.budget.paid(borne.insurance, when(now))?;
    books.insurance = books.insurance.minus(borne.insurance)?;
    books.book.cash = books.book.cash.plus(borne.insurance)?;
    let sum = &mut books.bad_debt;
    sum.insurance = sum.insurance.plus(borne.insurance)?;
    sum.vault = sum.vault.plus(borne.vault)?;
    Ok(())
}
