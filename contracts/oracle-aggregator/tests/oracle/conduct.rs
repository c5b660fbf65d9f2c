//! Sources that fall behind, and sources that keep falling out.

use types::{
    oracle::{Standing, StandingChanged, Status},
    wire::Wire,
    Ratio,
};

use crate::suite::{usd, Suite, NAMES};

use Standing::{Late, Quarantined, Trusted};

/// Three reporters every ten seconds, expected every fifteen.
fn punctual() -> Suite {
    Suite::calm()
        .shape(|feed| {
            for source in &mut feed.sources {
                source.expected_gap = 15;
            }
        })
        .build()
}

/// Ten seconds later these report, and a refresh.
fn tick(s: &mut Suite, who: &[&str]) -> (Status, Vec<Standing>) {
    s.later(10);
    for who in who {
        s.says(who, usd(2_000), s.now());
    }
    s.refresh();
    (s.newest().status, s.standings())
}

#[test]
fn a_source_three_gaps_behind_loses_its_weight_until_two_reports_are_on_time() {
    let mut s = punctual();
    tick(&mut s, &NAMES);
    for _ in 0..4 {
        // Up to forty seconds behind, and its report still fresh.
        assert_eq!(
            tick(&mut s, &["ann", "ben"]),
            (Status::Valid, vec![Trusted; 3])
        );
    }
    s.later(10);
    s.says("ann", usd(2_000), s.now());
    s.says("ben", usd(2_000), s.now());
    let changed = StandingChanged::find(&s.refresh().events).unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!(
        (&changed[0].source, changed[0].standing),
        (&s.addr("cid"), Late)
    );
    assert_eq!(s.newest().status, Status::Degraded);
    let late = vec![Trusted, Trusted, Late];
    assert_eq!(tick(&mut s, &NAMES), (Status::Degraded, late));
    let back = tick(&mut s, &NAMES);
    assert_eq!(back, (Status::Valid, vec![Trusted; 3]));
}

#[test]
fn reports_that_arrive_late_do_not_count_as_on_time() {
    let mut s = punctual();
    tick(&mut s, &NAMES);
    for _ in 0..5 {
        tick(&mut s, &["ann", "ben"]);
    }
    for _ in 0..6 {
        s.later(10);
        s.says("ann", usd(2_000), s.now());
        s.says("ben", usd(2_000), s.now());
        // Each is news, and each is older than three gaps.
        s.says("cid", usd(2_000), s.now() - 46);
        s.refresh();
        assert_eq!(s.standings()[2], Late);
    }
    tick(&mut s, &NAMES);
    tick(&mut s, &NAMES);
    assert_eq!(s.standings(), vec![Trusted; 3]);
}

#[test]
fn when_all_are_silent_nobody_is_late() {
    let mut s = punctual();
    tick(&mut s, &NAMES);
    s.later(28_800);
    s.refresh();
    assert_eq!(tick(&mut s, &NAMES), (Status::Valid, vec![Trusted; 3]));
}

#[test]
fn a_late_source_still_counts_in_what_a_quorum_needs() {
    let mut s = punctual();
    tick(&mut s, &NAMES);
    for _ in 0..6 {
        tick(&mut s, &["ann", "ben"]);
    }
    let number = s.number();
    // One of three is trusted and fresh: the configured weight is still three.
    s.later(55);
    s.says("ann", usd(2_000), s.now());
    s.says("cid", usd(2_000), s.now());
    s.refresh();
    assert_eq!(s.number(), number);
}

#[test]
fn lateness_of_the_feed_is_its_smoothed_gap() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    assert_eq!(s.heard().lateness, Ratio::ONE);
    for _ in 0..40 {
        s.tick(30, usd(2_000));
        assert_eq!(s.heard().lateness, Ratio::ONE);
    }
    s.tick(150, usd(2_000));
    assert_eq!(s.heard().lateness, Ratio::percent(200));
    for _ in 0..30 {
        s.tick(90, usd(2_000));
    }
    let slow = s.heard().lateness;
    assert!(Ratio::percent(299) < slow && slow < Ratio::percent(301));
    // A halt is ten gaps, however long.
    s.tick(28_800, usd(2_000));
    assert!(s.heard().lateness < Ratio::percent(476));
    for _ in 0..40 {
        s.tick(6, usd(2_000));
    }
    assert!(s.heard().lateness < Ratio::percent(21));
}

fn with(s: &mut Suite, cid: u128) -> (Status, Standing) {
    s.later(10);
    for (who, price) in [("ann", 2_000), ("ben", 2_000), ("cid", cid)] {
        s.says(who, usd(price), s.now());
    }
    s.refresh();
    (s.newest().status, s.standings()[2])
}

#[test]
fn three_outliers_in_eight_reports_are_quarantined() {
    let mut s = Suite::calm().build();
    for cid in [2_100, 2_000, 2_000, 2_100, 2_000, 2_000] {
        assert_eq!(with(&mut s, cid).1, Trusted);
    }
    assert_eq!(with(&mut s, 1_900), (Status::Degraded, Quarantined));
    // In no round, whatever it says, until five reports in a row agree within 1 %.
    assert_eq!(with(&mut s, 2_000), (Status::Degraded, Quarantined));
    assert_eq!(with(&mut s, 2_021), (Status::Degraded, Quarantined));
    for _ in 0..4 {
        assert_eq!(with(&mut s, 2_020), (Status::Degraded, Quarantined));
    }
    assert_eq!(with(&mut s, 2_020), (Status::Degraded, Trusted));
    assert_eq!(with(&mut s, 2_000), (Status::Valid, Trusted));
}

#[test]
fn one_report_is_one_offence_however_many_rounds_it_stands() {
    let mut s = Suite::calm().build();
    with(&mut s, 2_100);
    for _ in 0..5 {
        s.later(10);
        s.says("ann", usd(2_000), s.now());
        s.says("ben", usd(2_000), s.now());
        s.refresh();
        assert_eq!(
            (s.newest().status, s.standings()[2]),
            (Status::Degraded, Trusted)
        );
    }
}

#[test]
fn of_two_nobody_is_named() {
    let mut s = Suite::calm().build();
    for _ in 0..6 {
        s.later(61);
        s.says("ann", usd(2_000), s.now());
        s.says("ben", usd(2_100), s.now());
        s.refresh();
        assert_eq!(
            (s.newest().status, s.standings()),
            (Status::Uncertain, vec![Trusted; 3])
        );
    }
}

#[test]
fn a_quarantined_source_may_earn_its_voice_back_where_the_others_have_no_quorum() {
    // Four sources: one is quarantined, then another dies. The two left hold half the weight.
    let mut s = Suite::calm()
        .shape(|feed| {
            let mut fourth = feed.sources[0].clone();
            let address = cw_multi_test::App::default().api().addr_make("dan");
            fourth.origin = types::oracle::Origin::Reporter {
                address: address.into_string(),
            };
            feed.sources.push(fourth);
        })
        .build();
    let round = |s: &mut Suite, cid: u128, dan: bool| {
        s.later(10);
        for (who, price) in [("ann", 2_000), ("ben", 2_000), ("cid", cid)] {
            s.says(who, usd(price), s.now());
        }
        if dan {
            s.says("dan", usd(2_000), s.now());
        }
        s.refresh();
    };
    for _ in 0..3 {
        round(&mut s, 2_100, true);
    }
    assert_eq!(s.standings()[2], Quarantined);
    s.later(61);
    let number = s.number();
    for _ in 0..5 {
        assert_eq!(s.standings()[2], Quarantined);
        round(&mut s, 2_000, false);
        assert_eq!(s.number(), number);
    }
    assert_eq!(s.standings()[2], Trusted);
    round(&mut s, 2_000, false);
    assert_eq!(s.number(), number + 1);
}
