//! When somebody wants to be in the market: episodes drawn one after the other, at times that nothing
//! that happens to them can move. Every protocol sees the same wishes.

use crate::noise::Dice;

/// Seconds in an hour.
const HOUR: u64 = 3_600;

/// One stay in the market, as wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    /// When they want in.
    pub enters: u64,
    /// When they want to close half, if they do.
    pub halves: Option<u64>,
    /// When they want out.
    pub leaves: u64,
    /// Whether they think better of the order to enter, should it wait.
    pub regrets: bool,
    /// Whether they take half of their free money home afterwards.
    pub cashes_out: bool,
}

/// Episodes without end: 1 to 24 hours in the market, half an hour to six outside.
#[derive(Debug, Clone)]
pub struct Schedule {
    dice: Dice,
    free_at: u64,
}

impl Schedule {
    /// The first episode begins at `first`.
    pub fn new(dice: Dice, first: u64) -> Self {
        Self {
            dice,
            free_at: first,
        }
    }

    /// The next one. It costs the same number of throws whatever they show.
    pub fn draw(&mut self) -> Episode {
        let enters = self.free_at;
        let stay = self.dice.between(HOUR, HOUR.saturating_mul(24));
        let leaves = enters.saturating_add(stay);
        let rest = self.dice.between(HOUR / 2, HOUR.saturating_mul(6));
        self.free_at = leaves.saturating_add(rest);
        let halves = self.dice.one_in(3);
        Episode {
            enters,
            halves: halves.then(|| enters.saturating_add(stay / 2)),
            leaves,
            regrets: self.dice.one_in(16),
            cashes_out: self.dice.one_in(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Seed;

    #[test]
    fn episodes_follow_each_other_with_a_rest_between() {
        let dice = Dice::of(Seed::of(1, "trader", "test"), 3);
        let mut schedule = Schedule::new(dice, 1_000);
        let mut before = schedule.draw();
        assert_eq!(before.enters, 1_000);
        let mut halved = 0u32;
        for _ in 0..300 {
            let next = schedule.draw();
            let rest = next.enters.saturating_sub(before.leaves);
            assert!((HOUR / 2..=HOUR * 6).contains(&rest), "{rest}");
            let stay = next.leaves.saturating_sub(next.enters);
            assert!((HOUR..=HOUR * 24).contains(&stay), "{stay}");
            assert!(next
                .halves
                .is_none_or(|at| next.enters < at && at < next.leaves));
            halved += u32::from(next.halves.is_some());
            before = next;
        }
        assert!((60..140).contains(&halved), "{halved}");
    }
}
