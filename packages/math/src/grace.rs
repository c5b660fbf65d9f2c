//! Grace after an outage: while no price came, nobody could close or see what margin was worth. From the first Valid
//! round on, people have as long as the outage was, half an hour at most, before any but a deep position is liquidated.

use cosmwasm_schema::cw_serde;

/// The longest grace, seconds.
pub const LONGEST: u64 = 1_800;

/// What a feed remembers of its outages.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Grace {
    /// Seconds without a fresh round that no Valid round has ended yet.
    pub outage: u64,
    /// Nobody but the deep is liquidated before this, block time in seconds.
    pub until: u64,
}

impl Grace {
    /// A round came `gap` seconds after the one before, at block time `now`; what of the gap exceeds `max_age` was an
    /// outage. Only a Valid round starts the grace; a running one never becomes shorter.
    #[must_use]
    pub fn after(self, gap: u64, max_age: u64, valid: bool, now: u64) -> Self {
        let outage = self.outage.max(gap.saturating_sub(max_age));
        if !valid {
            return Self { outage, ..self };
        }
        let until = match outage.min(LONGEST) {
            0 => self.until,
            grace => self.until.max(now.saturating_add(grace)),
        };
        Self { outage: 0, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_long_as_the_outage_and_half_an_hour_at_most() {
        let g = Grace::default().after(90, 90, true, 1_000);
        assert_eq!(g, Grace::default());
        let g = g.after(390, 90, true, 2_000);
        assert_eq!((g.outage, g.until), (0, 2_300));
        let g = g.after(36_000, 90, true, 40_000);
        assert_eq!(g.until, 41_800);
    }

    #[test]
    fn it_starts_with_the_first_valid_round() {
        let g = Grace::default().after(690, 90, false, 1_000);
        assert_eq!((g.outage, g.until), (600, 0));
        let g = g.after(15, 90, false, 1_015).after(15, 90, true, 1_030);
        assert_eq!((g.outage, g.until), (0, 1_630));
    }

    proptest! {
        #[test]
        fn never_shorter_and_never_beyond_half_an_hour(gaps in prop::collection::vec((1u64..9_000, any::<bool>()), 1..20)) {
            let (mut g, mut now) = (Grace::default(), 1_000u64);
            for (gap, valid) in gaps {
                now = now.saturating_add(gap);
                let next = g.after(gap, 90, valid, now);
                prop_assert!(next.until >= g.until);
                prop_assert!(next.until <= now.saturating_add(LONGEST));
                g = next;
            }
        }
    }
}
