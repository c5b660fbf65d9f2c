//! What the real engine's books read becomes a latch of the real breaker, in the crank that reads it.

use harness::{Exchange, Module};
use types::{
    breaker::{Latch, QueryMsg},
    level::Level,
    scope::{Reason, Scope},
    Ratio,
};

use crate::{deleverage::crowded, pace::heavy};

/// The level at which the first market's latch of a reason stands.
fn latched(x: &Exchange, reason: Reason) -> Level {
    let market = x.markets[0].id.clone();
    let scope = Scope::Market { market };
    let all: Vec<Latch> = x.ask(Module::Breaker, &QueryMsg::Latches { scope });
    let found = all.iter().find(|latch| latch.reason == reason);
    found.map_or(Level::Normal, |latch| latch.level)
}

#[test]
fn gains_beyond_seventy_per_cent_of_the_vaults_cash_guard_the_market() {
    let mut x = crowded();
    let limit = Ratio::percent(70);
    let mut seen = [0, 0];
    for at in (2_010..=2_780).step_by(10) {
        x.wait(60);
        x.quote(&at.to_string());
        x.crank();
        let beyond = x.vitals().gain >= limit;
        let want = if beyond {
            Level::Guarded
        } else {
            Level::Normal
        };
        assert_eq!(
            latched(&x, Reason::Gain),
            want,
            "{at}: {:?}",
            x.vitals().gain
        );
        seen[usize::from(beyond)] += 1;
    }
    assert!(x.stance().level >= Level::Guarded);
    assert!(seen.iter().all(|n| *n > 1), "{seen:?}");
}

#[test]
fn liquidations_that_wait_are_a_backlog_of_the_markets_capacity() {
    let mut x = heavy();
    x.walk("2000", "1880", 40);
    x.next_block();
    x.quote("1880");
    assert_eq!(latched(&x, Reason::Backlog), Level::Normal);
    x.crank();
    let waits = x.vitals().backlog;
    let want = [
        (300, Level::Protected),
        (100, Level::ReduceOnly),
        (50, Level::Guarded),
    ]
    .into_iter()
    .find(|(percent, _)| waits >= Ratio::percent(*percent));
    let want = want.map_or(Level::Normal, |(_, level)| level);
    assert!(want > Level::Normal, "{waits:?}");
    assert_eq!(latched(&x, Reason::Backlog), want, "{waits:?}");
    assert!(x.stance().level >= want);
}
