//! Automatic deleveraging: when it is due, on which side, and how much of that side is kept.
//!
//! Closing the share `x = 1 - keep` of a side of size `S`, cost `c` and gain `g = S*P - c` at skew `k`
//! leaves, all funding counted as settled,
//!
//! - gain `G - x*g`
//! - cash `C - x*g + P*(Phi(k - x*S) - Phi(k))`
//!
//! so `h(x) = target*cash - gain` is convex in `x` (`Phi` is) and below zero at nothing closed: it
//! crosses zero at most once, and a bisection over `keep` finds the greatest that brings the books to
//! the target (cash is positive there whenever the crossing means anything). It asks the books
//! themselves, so that what it promises holds with all their roundings, and it is bounded: 60 halvings
//! exhaust the 18 decimals of a ratio.
//!
//! Where both sides gain (the vault has lost to each, at different times), one of them may not be enough;
//! then both are scaled by the same factor. `g` is `G` then, and `h` has the same shape.

use cosmwasm_std::{Decimal, Int256, Uint256};

use crate::{
    ledger::Book,
    pricing::Curve,
    units::{Amount, OutOfRange, PerUnit, Price, Ratio, Side, E18},
    wide::{mul_div, Round},
};

/// Gain over cash above which a side is scaled.
pub const TRIGGER: Ratio = Ratio::percent(85);
/// Gain over cash it is scaled to: at most this, and no less than the next step above it.
pub const TARGET: Ratio = Ratio::percent(77);
/// The scale `A` below which a market settles instead: `1e-24`, 36 decimals.
pub const LEAST_SCALE: Uint256 = Uint256::new(1_000_000_000_000);
/// Halvings of the unit interval until its 18 decimals are exhausted.
const HALVINGS: u32 = 60;

/// Traders' net gain against the vault's cash, all funding counted as settled: when the books have
/// last touched a position changes neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// `G`, rounded up.
    pub gain: Amount,
    /// The vault's cash, rounded down. Signed.
    pub cash: Amount,
}

/// Whose positions are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winners {
    /// The side that gains more.
    One(Side),
    /// Both, where both gain and one is not enough.
    Both,
}

/// One step: keep this much of their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Whose.
    pub winners: Winners,
    /// `s` of [`Book::deleverage`].
    pub keep: Ratio,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is due.
    Calm,
    /// Scale.
    Scale(Step),
    /// The step that is due would take a scale below [`LEAST_SCALE`]: the market settles.
    Below,
    /// Not even closing all winners at their clearing price reaches the target.
    Exhausted,
}

impl Winners {
    /// The sides that are scaled, in the order they clear in.
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Self::One(Side::Long) => &[Side::Long],
            Self::One(Side::Short) => &[Side::Short],
            Self::Both => &Side::BOTH,
        }
    }
}

impl Step {
    /// Scale the books; each side and its clearing price. A potential makes the order of two sides
    /// indifferent to what both are paid together.
    pub fn apply(
        self,
        book: &mut Book,
        at: (Curve, Price),
    ) -> Result<Vec<(Side, PerUnit)>, OutOfRange> {
        let sides = self.winners.sides().iter();
        sides
            .map(|side| Ok((*side, book.deleverage(*side, self.keep, at)?)))
            .collect()
    }
}

impl Standing {
    /// How the books stand at `index`.
    pub fn of(book: &Book, index: Price) -> Result<Self, OutOfRange> {
        Ok(Self {
            gain: gain(book, Side::Long, index)?.plus(gain(book, Side::Short, index)?)?,
            cash: book.settled_cash()?,
        })
    }

    /// The reading gain/cash: their quotient, rounded up, where both are positive; else nothing while cash
    /// covers the gain; else above every threshold.
    pub fn reading(self) -> Ratio {
        let above = Ratio(Decimal::MAX);
        if self.gain > Amount::ZERO && self.cash > Amount::ZERO {
            self.gain.over(self.cash, Round::Up).unwrap_or(above)
        } else if self.cash >= self.gain {
            Ratio::ZERO
        } else {
            above
        }
    }

    /// `h >= 0`: unlike the reading, it has one crossing also where closing everything would leave both
    /// numbers negative.
    fn crosses(self) -> Result<bool, OutOfRange> {
        Ok(self.cash.share_down(TARGET)? >= self.gain)
    }

    /// Whether gains that can be collected exceed cash and insurance: the market settles by rule.
    pub fn settles(self, insurance: Amount) -> Result<bool, OutOfRange> {
        Ok(self.gain > self.cash.plus(insurance.max(Amount::ZERO))?)
    }
}

/// `size*P - cost` of one side, rounded up.
fn gain(book: &Book, side: Side, index: Price) -> Result<Amount, OutOfRange> {
    let sums = book.side(side);
    let value = sums.size()?.value(index, Round::Up)?;
    value.minus(sums.cost(Round::Down)?)
}

/// What is due on these books at `index`. Bankrupt heads must have been cleared before.
pub fn plan(book: &Book, curve: Curve, index: Price) -> Result<Outcome, OutOfRange> {
    if Standing::of(book, index)?.reading() <= TRIGGER {
        return Ok(Outcome::Calm);
    }
    let long = gain(book, Side::Long, index)?;
    let short = gain(book, Side::Short, index)?;
    let winner = if short > long {
        Side::Short
    } else {
        Side::Long
    };
    let one = scaled(book, Winners::One(winner), (curve, index))?;
    let scales = matches!(one, Outcome::Scale(_));
    if scales || long.min(short) <= Amount::ZERO {
        return Ok(one);
    }
    scaled(book, Winners::Both, (curve, index))
}

/// The step that scales these winners to the target.
fn scaled(book: &Book, winners: Winners, at: (Curve, Price)) -> Result<Outcome, OutOfRange> {
    let after = |keep| after(book, Step { winners, keep }, at);
    let crosses = |keep| match after(keep)? {
        Some(standing) => standing.crosses(),
        None => Ok(false),
    };
    let Some(keep) = greatest(crosses)? else {
        return Ok(Outcome::Exhausted);
    };
    let good = after(keep)?.is_some_and(|s| s.cash > Amount::ZERO && s.reading() <= TARGET);
    if !good {
        return Ok(Outcome::Exhausted);
    }
    for side in winners.sides() {
        if keep < least(book, *side)? {
            return Ok(Outcome::Below);
        }
    }
    Ok(Outcome::Scale(Step { winners, keep }))
}

/// The smallest `keep` that leaves the scale of a side at its floor or above, rounded up.
fn least(book: &Book, side: Side) -> Result<Ratio, OutOfRange> {
    let floor = Int256::try_from(LEAST_SCALE).map_err(|_| OutOfRange)?;
    let scale = book.side(side).scale;
    Ratio::from_wide(mul_div(floor, Int256::from(E18), scale, Round::Up)?)
}

/// How the books stand after this step; nothing where it is too small to close anything.
fn after(book: &Book, step: Step, at: (Curve, Price)) -> Result<Option<Standing>, OutOfRange> {
    let mut after = book.clone();
    match step.apply(&mut after, at) {
        Ok(_) => Standing::of(&after, at.1).map(Some),
        Err(OutOfRange) => Ok(None),
    }
}

/// The greatest `keep` below one at which `h` has crossed zero, if it does; it has at every smaller one.
fn greatest(
    crosses: impl Fn(Ratio) -> Result<bool, OutOfRange>,
) -> Result<Option<Ratio>, OutOfRange> {
    let (mut low, mut high) = (0u128, E18);
    if !crosses(Ratio::raw(low))? {
        return Ok(None);
    }
    for _ in 0..HALVINGS {
        let gap = high.saturating_sub(low);
        if gap <= 1 {
            break;
        }
        let middle = low.saturating_add(gap.checked_div(2).ok_or(OutOfRange)?);
        if crosses(Ratio::raw(middle))? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(Some(Ratio::raw(low)))
}

#[cfg(test)]
mod tests;
