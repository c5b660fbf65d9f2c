//! Deleveraging in O(1) is deleveraging of each, a hundred times in a row.

use math::units::{Amount, Ratio, Side, Size};
use proptest::prelude::*;

use crate::{
    cases,
    world::{sides, Op, World, UNIT},
};

const USD: i128 = 1_000_000;

/// Longs and shorts to be worn down.
fn crowd() -> World {
    let mut world = World::new(Amount::raw(50_000_000 * USD));
    for (who, size, margin) in [
        (0u8, 400, 90_000),
        (1, 333, 70_001),
        (2, -250, 60_000),
        (3, 299, 500_000),
    ] {
        let margin = Amount::raw(margin * USD + 1);
        world.trade(who, Size::raw(size * UNIT + 7), margin);
    }
    world
}

#[test]
fn a_hundred_times_the_same() {
    for side in [Side::Long, Side::Short] {
        for keep in [60, 77, 95] {
            let mut world = crowd();
            for _ in 0..100 {
                world.steps += 1;
                world.scale(side, Ratio::percent(keep));
                world.check();
            }
        }
    }
}

/// What comes between two steps.
fn between() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (0u8..5, 1i128..400_000, 0i128..90_000).prop_map(|(who, by, margin)| Op::Trade {
            who, by: by * 1_000_000_001, margin: margin * USD,
        }),
        1 => (5u8..7, 1i128..400_000, 0i128..90_000).prop_map(|(who, by, margin)| Op::Trade {
            who, by: by * -1_000_000_001, margin: margin * USD,
        }),
        1 => (-900_000i128..900_000).prop_map(|by| Op::Fund { by }),
        1 => (150_000u128..250_000).prop_map(|cents| Op::Price { cents }),
        1 => (0u8..7).prop_map(|who| Op::Touch { who }),
    ]
}

/// Scale a side again and again, and compare everything each time.
fn worn_down(side: Side, steps: Vec<(u64, Op)>) {
    let mut world = crowd();
    for (keep, op) in steps {
        world.run(&op);
        world.scale(side, Ratio::percent(keep));
        world.check();
    }
}

fn step() -> impl Strategy<Value = (u64, Op)> {
    (60u64..=95, between())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_few_times_with_people_coming_and_prices_moving(
        steps in prop::collection::vec(step(), 1..10), side in sides(),
    ) {
        worn_down(side, steps);
    }
}

proptest! {
    #![proptest_config(cases(12))]

    /// The side never empties, so `A` falls through all of them, down to 1e-22; newcomers enter at each.
    #[test]
    fn a_hundred_times_with_people_coming_and_prices_moving(
        steps in prop::collection::vec(step(), 100), side in sides(),
    ) {
        worn_down(side, steps);
    }
}
