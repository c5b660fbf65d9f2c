//! What the breaker hears, and that nothing it does stops learning.

use types::{
    oracle::{ReadingsLost, Status},
    wire::Wire,
    Ratio,
};

use crate::suite::{usd, Suite, FEED};

#[test]
fn every_refresh_is_heard_round_or_not() {
    let mut s = Suite::calm().build();
    s.later(5);
    s.refresh();
    let none = s.heard();
    assert_eq!(
        (none.round, none.time, none.status),
        (0, 0, Status::Invalid)
    );
    let round = s.tick(5, usd(2_000));
    let heard = s.heard();
    assert_eq!(
        (heard.feed.as_str(), heard.round, heard.time),
        (FEED, 1, round.at.time)
    );
    assert_eq!(
        (heard.status, heard.dispersion),
        (Status::Valid, Ratio::ZERO)
    );
    // 2e-5 times the root of 300 seconds.
    assert_eq!(heard.sigma, Ratio::raw(346_410_161_513_775));
    s.later(91);
    s.refresh();
    assert_eq!((s.heard().round, s.heard().status), (1, Status::Stale));
    s.later(810);
    s.refresh();
    assert_eq!(s.heard().status, Status::Invalid);
}

#[test]
fn dispersion_is_reported() {
    let mut s = Suite::calm().build();
    s.later(5);
    let now = s.now();
    s.says("ann", usd(1_990), now);
    s.says("ben", usd(2_000), now);
    s.says("cid", usd(2_010), now);
    s.refresh();
    assert_eq!(s.heard().dispersion, Ratio::percent(1));
    assert_eq!(s.heard().status, Status::Valid);
}

#[test]
fn a_failing_breaker_stops_nothing() {
    let mut s = Suite::calm().failing_breaker().build();
    s.tick(5, usd(2_000));
    assert_eq!((s.number(), s.status()), (1, Status::Valid));
    s.later(5);
    let lost = ReadingsLost::find(&s.refresh().events).unwrap();
    assert_eq!(
        lost,
        [ReadingsLost {
            breaker: s.breaker.clone()
        }]
    );
}

#[test]
fn unbound_it_learns_and_tells_nobody() {
    let mut s = Suite::calm().unbound().build();
    s.tick(5, usd(2_000));
    assert_eq!((s.number(), s.status()), (1, Status::Valid));
}
