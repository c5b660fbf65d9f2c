//! The worst position of each side, remembered between blocks: asking for it costs more than anything
//! else the judge does. It is asked for again after anything changed a position, every
//! [`REMEMBER`] blocks because funding moves margins a little, and whenever it is near liquidation;
//! [`SLACK`] is far more than funding can move meanwhile.

use math::units::{OutOfRange, Price, Ratio, Side};
use types::engine::PositionState;

use super::rule::below;
use crate::stage::Stage;

/// Blocks for which heads are remembered at most.
pub const REMEMBER: u64 = 20;
/// A head this close above maintenance counts as near.
pub const SLACK: Ratio = Ratio::bps(10);

/// The worst position of each side.
#[derive(Default)]
pub struct Heads {
    known: Option<Known>,
}

struct Known {
    long: Option<PositionState>,
    short: Option<PositionState>,
    age: u64,
}

impl Heads {
    /// A position has changed: what is remembered may be wrong.
    pub fn forget(&mut self) {
        self.known = None;
    }

    /// A block later.
    pub fn age(&mut self) {
        if let Some(known) = &mut self.known {
            known.age = known.age.saturating_add(1);
        }
        self.known = self.known.take().filter(|known| known.age < REMEMBER);
    }

    /// Whether the worst position of a side could be liquidated at this price, or nearly.
    pub fn near(
        &mut self,
        (side, stage): (Side, &Stage),
        price: Price,
        mm: Ratio,
    ) -> Result<bool, OutOfRange> {
        let known = self.known.get_or_insert_with(|| Known {
            long: stage.ladder(Side::Long, 1).into_iter().next(),
            short: stage.ladder(Side::Short, 1).into_iter().next(),
            age: 0,
        });
        let head = match side {
            Side::Long => &known.long,
            Side::Short => &known.short,
        };
        match head {
            Some(head) => below(head, price, mm.plus(SLACK)?),
            None => Ok(false),
        }
    }
}
