//! The chain's own pace: how far apart its blocks usually are, and whether it has just stood still.

use cosmwasm_std::{StdResult, Storage};
use store::Item;
use types::{
    breaker::{LatchChanged, Pace, Params},
    clock::Moment,
    scope::{Reason, Scope},
};

use crate::{
    audit::Broken,
    key,
    latch::{Demand, Tick},
    latches::{self, Evidence},
};

/// Nothing is called a gap before this many blocks were learned from.
pub const WARM_UP: u64 = 200;
/// The interval is an average over about this many blocks.
const WINDOW: u64 = 1_000;
/// One message counts for a tenth of the average at most, once warm.
const AT_ONCE: u64 = 10;
/// Microseconds in a second.
const SECOND: u64 = 1_000_000;
/// Bounds of the learned interval, microseconds: a tenth of a second to a minute.
const BOUNDS: (u64, u64) = (100_000, 60 * SECOND);

const PACE: Item<Pace> = Item::new(key::PACE);

/// The first block seen.
pub fn start(storage: &mut dyn Storage, now: Moment) -> StdResult<()> {
    let pace = Pace {
        seen: now,
        ..Pace::default()
    };
    PACE.save(storage, &pace)
}

/// What is known.
pub fn pace(storage: &dyn Storage) -> StdResult<Pace> {
    PACE.load(storage)
}

/// A message has come: learn the pace, and move the latch of the whole exchange. A second message
/// in a block teaches nothing.
pub fn observe(
    storage: &mut dyn Storage,
    params: &Params,
    now: Moment,
) -> StdResult<Option<LatchChanged>> {
    let before = PACE.load(storage)?;
    let Some((after, gap)) = step(before, now) else {
        return Ok(None);
    };
    PACE.save(storage, &after)?;
    let Some(gap) = gap else {
        return Ok(None);
    };
    let evidence = Evidence {
        reason: Reason::BlockGap,
        demand: Demand::standing(gap, &params.block_gap),
    };
    let tick = Tick::at(now.time);
    latches::apply(storage, &Scope::Global {}, evidence, tick, params)
}

/// The pace after a block, and how long the chain stood still before it: none while it is too young
/// to tell. `gap = max(0, dt - 2*dheight*interval)`, rounded up. A halt shows in the first block
/// whose *time* is later, which need not be the first block: until then nothing is amiss.
fn step(pace: Pace, now: Moment) -> Option<(Pace, Option<u64>)> {
    let blocks = now.height.saturating_sub(pace.seen.height);
    if blocks == 0 {
        return None;
    }
    let passed = now.time.saturating_sub(pace.seen.time);
    let warm = pace.blocks >= WARM_UP;
    let usual = pace.interval.saturating_mul(blocks).saturating_mul(2);
    let gap = passed.saturating_sub(usual.saturating_div(SECOND));
    let after = Pace {
        seen: now,
        interval: learned(pace, blocks, passed),
        blocks: pace.blocks.saturating_add(blocks).min(WINDOW),
    };
    Some((after, warm.then_some(gap)))
}

/// A plain average at first, then one over about [`WINDOW`] blocks. Once warm a halt counts as twice
/// the usual interval at most, so it hardly moves what the next halt is measured by.
fn learned(pace: Pace, blocks: u64, passed: u64) -> u64 {
    let (least, most) = BOUNDS;
    let warm = pace.blocks >= WARM_UP;
    let cap = if warm {
        pace.interval.saturating_mul(2)
    } else {
        most
    };
    let each = passed.saturating_mul(SECOND).checked_div(blocks);
    let sample = each.unwrap_or(0).min(cap).clamp(least, most);
    let of = pace.blocks.saturating_add(blocks).min(WINDOW);
    let weight = blocks.min(if warm { of.saturating_div(AT_ONCE) } else { of });
    let old = pace.interval.saturating_mul(of.saturating_sub(weight));
    let sum = old.saturating_add(sample.saturating_mul(weight));
    sum.checked_div(of).unwrap_or(sample).clamp(least, most)
}

/// What must hold after every message. Tests call it; the chain never does.
pub fn audit(storage: &dyn Storage) -> StdResult<Option<Broken>> {
    let pace = PACE.load(storage)?;
    let (least, most) = BOUNDS;
    let fits = pace.blocks == 0 || (least..=most).contains(&pace.interval);
    Ok((!fits || pace.blocks > WINDOW).then_some(Broken::Pace { pace }))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(time: u64, height: u64) -> Moment {
        Moment { time, height }
    }

    /// So many blocks of six seconds, a message in each.
    fn steady(blocks: u64) -> Pace {
        let start = Pace {
            seen: at(1_000_000, 1),
            ..Pace::default()
        };
        (1..=blocks).fold(start, |pace, n| {
            step(pace, at(1_000_000 + 6 * n, 1 + n)).unwrap().0
        })
    }

    fn later(pace: Pace, seconds: u64, blocks: u64) -> Moment {
        at(pace.seen.time + seconds, pace.seen.height + blocks)
    }

    #[test]
    fn the_interval_is_learned_and_nothing_is_said_before_it_is() {
        let young = steady(199);
        assert_eq!((young.interval, young.blocks), (6_000_000, 199));
        assert_eq!(step(young, later(young, 28_800, 1)).unwrap().1, None);
        let warm = steady(200);
        let gap = step(warm, later(warm, 28_800, 1)).unwrap().1;
        assert_eq!(gap, Some(28_788));
    }

    #[test]
    fn a_second_message_in_a_block_teaches_nothing() {
        let warm = steady(300);
        assert_eq!(step(warm, warm.seen), None);
    }

    #[test]
    fn the_first_block_after_a_halt_may_carry_an_old_time() {
        let warm = steady(300);
        let (first, gap) = step(warm, later(warm, 6, 1)).unwrap();
        assert_eq!(gap, Some(0));
        let (_, gap) = step(first, later(first, 28_800, 1)).unwrap();
        assert_eq!(gap, Some(28_788));
        let (_, gap) = step(warm, later(warm, 28_806, 2)).unwrap();
        assert_eq!(gap, Some(28_782), "nobody sent a message in between");
    }

    #[test]
    fn many_blocks_between_two_messages_are_no_halt() {
        let warm = steady(300);
        let (_, gap) = step(warm, later(warm, 6_000, 1_000)).unwrap();
        assert_eq!(gap, Some(0));
        let (_, gap) = step(warm, later(warm, 12_060, 1_000)).unwrap();
        assert_eq!(gap, Some(60));
    }

    #[test]
    fn a_halt_hardly_moves_the_measure_and_a_slower_chain_is_followed() {
        let warm = steady(1_000);
        let (after, _) = step(warm, later(warm, 28_800, 1)).unwrap();
        assert_eq!(after.interval, 6_006_000);
        let (after, _) = step(warm, later(warm, 100_000, 5_000)).unwrap();
        assert_eq!(
            after.interval, 6_600_000,
            "a hundred blocks at twice the pace, no more"
        );
        let slower = (0..5_000).fold(warm, |pace, _| step(pace, later(pace, 10, 1)).unwrap().0);
        assert!(
            (9_900_000..=10_000_000).contains(&slower.interval),
            "{slower:?}"
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_the_pace_stays_in_bounds(moves in prop::collection::vec((0_u64..100_000, 0_u64..5_000), 1..60)) {
            let mut pace = steady(150);
            for (seconds, blocks) in moves {
                let Some((after, gap)) = step(pace, later(pace, seconds, blocks)) else {
                    prop_assert_eq!(blocks, 0);
                    continue;
                };
                prop_assert!((BOUNDS.0..=BOUNDS.1).contains(&after.interval));
                prop_assert!(after.blocks <= WINDOW);
                prop_assert!(gap.unwrap_or(0) <= seconds);
                if pace.blocks >= WARM_UP {
                    prop_assert!(after.interval <= pace.interval + pace.interval / 10 + 1);
                }
                pace = after;
            }
        }

        #[test]
        fn a_halt_is_never_hidden_by_who_sends_a_message_first(halt in 400_u64..50_000, old in 0_u64..4) {
            let mut pace = steady(400);
            for _ in 0..old {
                let (after, gap) = step(pace, later(pace, 6, 1)).unwrap();
                prop_assert_eq!(gap, Some(0));
                pace = after;
            }
            let (_, gap) = step(pace, later(pace, halt, 1)).unwrap();
            prop_assert!(gap.unwrap() >= halt - 13);
        }
    }
}
