//! The lazily synced ledger is the eager one: in thousands of short histories, and in some long ones. Exactness costs more
//! with every step, since the numbers of the model grow longer.

use math::units::Amount;
use proptest::prelude::*;

use crate::{
    cases,
    world::{op, Op, World},
};

/// Each step compared, then everything settled.
fn compared(ops: &[Op], cash: i128, (insurance, percent): (i128, i128)) {
    let mut world = World::new(Amount::raw(cash * 1_000_000 + 1));
    for op in ops {
        world.run(op);
        world.check();
    }
    world.settle(Amount::raw(insurance * 1_000_000), percent);
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn every_number_of_the_books_is_that_of_the_model(
        ops in prop::collection::vec(op(), 1..16), cash in 1_000_000i128..20_000_000,
        insurance in 0i128..300_000, percent in -50i128..150,
    ) {
        compared(&ops, cash, (insurance, percent));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn and_stays_it_through_a_long_history(
        ops in prop::collection::vec(op(), 16..50), cash in 1_000_000i128..20_000_000,
        insurance in 0i128..300_000, percent in -50i128..150,
    ) {
        compared(&ops, cash, (insurance, percent));
    }
}
