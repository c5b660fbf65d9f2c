//! When a round is made, of what, and how it ages.

use cosmwasm_std::Decimal;
use types::{
    oracle::{ExecuteMsg, Report, ReportIgnored, RoundMade, Status, Unfit},
    wire::Wire,
    Price, Ratio,
};

use crate::suite::{cents, usd, Suite, FEED, NAMES, SOURCE_AGE};

#[test]
fn three_agreeing_sources_make_a_valid_round() {
    let mut s = Suite::calm().build();
    assert_eq!(s.status(), Status::Invalid);
    s.later(5);
    let now = s.now();
    s.says("ann", usd(2_000), now);
    s.says("ben", usd(2_001), now - 1);
    s.says("cid", usd(2_002), now - 2);
    let made = RoundMade::find(&s.refresh().events).unwrap();
    assert_eq!(
        made,
        [RoundMade {
            feed: FEED.into(),
            round: 1,
            time: now - 1,
            price: usd(2_001),
            status: Status::Valid,
        }]
    );
    let round = s.newest();
    assert_eq!((round.low, round.high), (usd(2_000), usd(2_002)));
    assert_eq!(round.twap, None);
    // cid is older than the round: half the range of two dollars.
    assert_eq!(round.surcharge, usd(1));
}

#[test]
fn a_second_refresh_in_which_one_source_advanced_loses_no_quorum() {
    let mut s = Suite::calm().build();
    let first = s.tick(5, usd(2_000));
    s.later(5);
    s.says("ann", usd(2_004), s.now());
    // Two thirds of the weight is still as of the first round: no time advances, nothing is lost.
    s.refresh();
    assert_eq!(s.newest(), first);
    assert_eq!(s.status(), Status::Valid);
    s.later(5);
    s.says("ben", usd(2_006), s.now());
    s.refresh();
    let second = s.newest();
    assert_eq!(second.number, 2);
    assert_eq!(second.at.time, s.now() - 5);
    assert_eq!(second.price, usd(2_004));
    assert_eq!(second.status, Status::Valid);
    assert_eq!(second.surcharge, usd(3));
}

#[test]
fn an_equal_report_is_the_same_and_counts_until_its_age() {
    let mut s = Suite::calm().build();
    s.later(5);
    let start = s.now();
    s.says("cid", usd(2_000), start);
    s.says("ann", usd(2_000), start + 1);
    s.says("ben", usd(2_000), start + 1);
    s.refresh();
    s.later(SOURCE_AGE);
    let before = s.bytes();
    s.says("cid", usd(1_999), start);
    assert_eq!(s.bytes(), before);
    s.says("ann", usd(2_000), s.now());
    s.says("ben", usd(2_000), s.now());
    s.refresh();
    // cid's report of exactly SOURCE_AGE ago still counts: three live sources.
    assert_eq!((s.number(), s.status()), (2, Status::Valid));
    s.later(1);
    s.says("ann", usd(2_000), s.now());
    s.says("ben", usd(2_000), s.now());
    s.refresh();
    assert_eq!((s.number(), s.status()), (3, Status::Degraded));
}

#[test]
fn an_older_report_is_ignored() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    let sent = s.says("ann", usd(1), s.now() - 1);
    let ignored = ReportIgnored::find(&sent.events).unwrap();
    assert_eq!(ignored[0].why, Unfit::Old);
    assert_eq!(ignored[0].reporter, s.addr("ann"));
}

#[test]
fn an_outlier_is_dropped() {
    let mut s = Suite::calm().build();
    s.later(5);
    let now = s.now();
    s.says("ann", usd(2_000), now);
    s.says("ben", usd(2_002), now);
    s.says("cid", usd(2_000_000), now);
    s.refresh();
    let round = s.newest();
    assert_eq!(round.price, usd(2_001));
    assert_eq!(round.status, Status::Degraded);
}

#[test]
fn two_of_three_are_degraded_and_disagreement_is_uncertain() {
    for (other, status) in [
        (usd(2_000), Status::Degraded),
        (usd(2_048), Status::Degraded),
        (usd(2_060), Status::Uncertain),
    ] {
        let mut s = Suite::calm().build();
        s.later(5);
        s.says("ann", usd(2_000), s.now());
        s.says("ben", other, s.now());
        s.refresh();
        assert_eq!(s.status(), status);
    }
}

#[test]
fn one_of_three_is_no_quorum() {
    let mut s = Suite::calm().build();
    s.later(5);
    s.says("ann", usd(2_000), s.now());
    s.refresh();
    assert_eq!((s.number(), s.status()), (0, Status::Invalid));
}

#[test]
fn a_wide_report_is_kept_but_does_not_count() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    s.later(5);
    let now = s.now();
    let report = |conf| Report {
        feed: FEED.into(),
        price: usd(2_000),
        conf,
        publish_time: now,
    };
    for (who, conf) in [("ann", usd(40)), ("ben", cents(4_001)), ("cid", usd(1))] {
        let reports = vec![report(conf)];
        s.send(who, &ExecuteMsg::Push { reports }).unwrap();
    }
    s.refresh();
    let round = s.newest();
    assert_eq!((round.number, round.status), (2, Status::Degraded));
    // Of two, the lower median.
    assert_eq!(round.conf, usd(1));
}

#[test]
fn clocks_may_run_ahead_by_max_future_and_no_further() {
    let mut s = Suite::calm().build();
    s.later(5);
    let ahead = s.now() + 12;
    for who in NAMES {
        s.says(who, usd(2_000), ahead);
    }
    s.refresh();
    assert_eq!(s.newest().at.time, ahead);
    let sent = s.says("ann", usd(2_000), ahead + 1);
    assert_eq!(
        ReportIgnored::find(&sent.events).unwrap()[0].why,
        Unfit::Future
    );
    // The round's time lies ahead of the block; its age is zero.
    assert_eq!(s.status(), Status::Valid);
    s.later(6);
    s.refresh();
    assert_eq!(s.number(), 1);
}

#[test]
fn a_bad_item_does_not_fail_its_batch() {
    let mut s = Suite::calm().build();
    s.later(5);
    for (price, why) in [
        (Price::ZERO, Unfit::NotPositive),
        (Price::raw(1), Unfit::OutOfBounds),
        (Price(Decimal::MAX), Unfit::OutOfBounds),
    ] {
        let before = s.bytes();
        let sent = s.says("ann", price, s.now());
        assert_eq!(ReportIgnored::find(&sent.events).unwrap()[0].why, why);
        assert_eq!(s.bytes(), before);
    }
}

#[test]
fn one_round_per_block() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    for who in NAMES {
        s.says(who, usd(2_001), s.now() + 1);
    }
    s.refresh();
    assert_eq!(s.number(), 1);
    s.later(1);
    s.refresh();
    assert_eq!((s.number(), s.newest().price), (2, usd(2_001)));
}

#[test]
fn no_round_when_time_does_not_advance() {
    let mut s = Suite::calm().build();
    let first = s.tick(5, usd(2_000));
    s.later(5);
    let before = s.bytes();
    assert_eq!(RoundMade::find(&s.refresh().events).unwrap(), []);
    assert_eq!(s.bytes(), before);
    assert_eq!(s.newest(), first);
}

#[test]
fn no_round_of_reports_older_than_the_feed_allows() {
    let mut s = Suite::calm().params(|p| p.max_age = 30).build();
    s.later(5);
    let then = s.now();
    for who in NAMES {
        s.says(who, usd(2_000), then);
    }
    s.later(31);
    s.refresh();
    assert_eq!(s.number(), 0);
}

#[test]
fn a_round_ages_into_stale_and_invalid() {
    let mut s = Suite::calm().build();
    s.tick(5, usd(2_000));
    let fresh = s.snapshot(None).band.unwrap();
    s.later(90);
    assert_eq!(s.status(), Status::Valid);
    assert_eq!(s.snapshot(None).band, Some(fresh));
    s.later(1);
    assert_eq!(s.status(), Status::Stale);
    let stale = s.snapshot(None).band.unwrap();
    assert!(stale.low < fresh.low && stale.high > fresh.high);
    // One round has no half-hour average.
    assert_eq!((fresh.status, stale.status), (Status::Valid, Status::Stale));
    s.later(809);
    assert_eq!(s.status(), Status::Stale);
    let older = s.snapshot(None).band.unwrap();
    // 4 sigma of 2e-5 over the root of 900 seconds: 0.24 % of 2,000.
    assert_eq!((older.low, older.high), (cents(199_520), cents(200_480)));
    assert!(older.low < stale.low && older.high > stale.high);
    s.later(1);
    assert_eq!(s.status(), Status::Invalid);
    assert_eq!(s.snapshot(None).band, None);
    assert_eq!(s.newest().status, Status::Valid);
}

#[test]
fn volatility_is_learned_round_by_round() {
    let mut s = Suite::calm().build();
    let floor = s.snapshot(None).variance;
    assert_eq!(floor.fast, Ratio::raw(400_000_000));
    assert_eq!(floor.slow, floor.fast);
    for i in 0..60 {
        s.tick(60, usd(2_000 + 4 * (i % 2)));
    }
    let learned = s.snapshot(None).variance;
    assert!(learned.fast > floor.fast && learned.slow > floor.slow);
}
