//! The lazily synced ledger is the eager one.

use math::units::Amount;
use proptest::prelude::*;

use crate::{
    cases,
    world::{op, World},
};

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_number_of_the_books_is_that_of_the_model(
        ops in prop::collection::vec(op(), 1..50), cash in 1_000_000i128..20_000_000,
        insurance in 0i128..300_000, percent in -50i128..150,
    ) {
        let mut world = World::new(Amount::raw(cash * 1_000_000 + 1));
        for op in &ops {
            world.run(op);
            world.check();
        }
        world.settle(Amount::raw(insurance * 1_000_000), percent);
    }
}
