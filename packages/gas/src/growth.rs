//! What messages cost in markets of a hundred, ten thousand and a hundred thousand positions.

use std::collections::BTreeMap;

use harness::{increase, Exchange};
use types::{engine::Deleveraged, params::MarketParams, wire::Wire, Side};

use crate::{
    keepers::{crank, due, weak},
    real::Scale,
    scene::{calm, crowd, member, signed},
    table::Growth,
};

const SIZES: [u32; 3] = [100, 10_000, 100_000];
/// Whole dollars in the vault: enough for all of them.
const NAV: u128 = 200_000_000;

fn builder() -> harness::Builder {
    calm().nav(NAV).params(MarketParams::major(2_000, NAV))
}

/// Gas of the n actions of one crank beyond that of one.
fn marginal(x: &mut Exchange, scale: &mut Scale, make: fn(&mut Exchange, u32)) -> u64 {
    let then = x.snapshot();
    let mut gas = |n| {
        make(x, n);
        let gas = scale.gas(x, &crank(x));
        x.return_to(&then);
        gas
    };
    let (one, eleven) = (gas(1), gas(11));
    (eleven - one) / 10
}

/// So many longs of a unit each against a vault of a thousand dollars for each, and a rise to where that side must be
/// deleveraged.
fn deleveraged(people: u32) -> u64 {
    let mut scale = Scale::new(thin(people));
    let mut x = thin(people).build();
    for n in 0..people {
        signed(&mut x, &member(n), increase(Side::Long, "1", 600), 610);
    }
    // All at one round: hours of funding would be paid while the last came in.
    x.round("2000");
    while x.queue(0).increasing > 0 {
        x.crank_in(0, "keeper", 50).expect("a crank works");
    }
    for at in (2_010..=2_820).step_by(10) {
        x.wait(60);
        x.quote(&at.to_string());
        x.crank();
    }
    x.next_block();
    x.quote("2900");
    let gas = scale.gas(&x, &crank(&x));
    let done = x.crank();
    let events = Deleveraged::find(&done.events).expect("events read");
    assert_eq!(events.len(), 1, "one event, whatever their number");
    gas
}

/// A vault a hundredth of what its market is made for, as well insured whatever its size: at Protected each crank also
/// holds a page of positions against the books.
fn thin(people: u32) -> harness::Builder {
    let nav = u128::from(people) * 1_000;
    let params = MarketParams::major(2_000, nav * 100);
    calm().nav(nav).insurance(nav * 5).params(params)
}

/// By action and number of positions.
pub fn measured() -> Growth {
    let mut growth: Growth = BTreeMap::new();
    let mut scale = Scale::new(builder());
    for people in SIZES {
        let mut x = builder().build();
        crowd(&mut x, people, "0.5", 200);
        let mut note = |action: &str, gas| {
            let by = growth.entry(action.to_owned()).or_default();
            by.insert(people.to_string(), gas);
        };
        note("an order in a batch", marginal(&mut x, &mut scale, due));
        note(
            "a liquidation in a batch",
            marginal(&mut x, &mut scale, weak),
        );
        note("a crank that deleverages a side", deleveraged(people));
    }
    growth
}
