//! Anchors: who speaks when the primary sources cannot.

use cw_multi_test::App;
use types::{
    oracle::{FallbackChanged, FeedSetup, Origin, Round, SourceSetup, Status, Tier},
    wire::Wire,
};

use crate::suite::{usd, Suite, NAMES};

const ANCHORS: [&str; 2] = ["xen", "yan"];

fn anchored(feed: &mut FeedSetup) {
    let app = App::default();
    feed.sources
        .extend((10u32..).zip(ANCHORS).map(|(group, who)| SourceSetup {
            origin: Origin::Reporter {
                address: app.api().addr_make(who).into_string(),
            },
            tier: Tier::Anchor,
            group,
            ..SourceSetup::reporter(String::new(), 600)
        }));
}

fn suite() -> Suite {
    Suite::calm().shape(anchored).build()
}

/// So long that half an hour is covered.
fn warm() -> Suite {
    let mut s = suite();
    for _ in 0..150 {
        s.tick(10, usd(2_000));
    }
    s
}

/// Ten seconds later these say this, and a refresh.
fn say(s: &mut Suite, said: &[(&str, u128)]) -> Option<Round> {
    s.later(10);
    for (who, price) in said {
        s.says(who, usd(*price), s.now());
    }
    let before = s.number();
    s.refresh();
    (s.number() > before).then(|| s.newest())
}

/// The primary sources have been silent for as long as their reports count.
fn silence(s: &mut Suite) {
    s.later(61);
}

#[test]
fn anchors_are_not_listened_to_while_the_primary_sources_speak() {
    let mut s = warm();
    for (who, price) in [("xen", 1_900), ("yan", 1_901)] {
        s.says(who, usd(price), s.now());
    }
    let round = s.tick(10, usd(2_001));
    assert_eq!((round.price, round.status), (usd(2_001), Status::Valid));
    // Nor while they have a quorum that has nothing new to say.
    assert_eq!(say(&mut s, &[("xen", 2_000), ("yan", 2_000)]), None);
}

#[test]
fn without_a_primary_quorum_the_anchors_make_degraded_rounds() {
    let mut s = warm();
    silence(&mut s);
    s.later(10);
    let now = s.now();
    s.says("ann", usd(2_000), now);
    s.says("xen", usd(2_002), now - 3);
    s.says("yan", usd(2_004), now);
    let made = s.refresh();
    let changed = FallbackChanged::find(&made.events).unwrap();
    assert!(changed.len() == 1 && changed[0].anchored);
    let round = s.newest();
    // Quorum, mean and round time are theirs: both hold two thirds only together.
    assert_eq!((round.price, round.status), (usd(2_003), Status::Degraded));
    assert_eq!(round.at.time, now - 3);
    assert_eq!(s.heard().status, Status::Degraded);
}

#[test]
fn one_anchor_alone_is_no_quorum() {
    let mut s = warm();
    silence(&mut s);
    assert_eq!(say(&mut s, &[("xen", 2_000)]), None);
}

#[test]
fn anchors_away_from_the_half_hour_average_are_not_believed() {
    let mut s = warm();
    silence(&mut s);
    // 5 % and a little.
    assert_eq!(say(&mut s, &[("xen", 2_101), ("yan", 2_000)]), None);
    assert_eq!(say(&mut s, &[("xen", 1_890), ("yan", 1_890)]), None);
    let near = say(&mut s, &[("xen", 2_050), ("yan", 2_050)]).unwrap();
    assert_eq!(near.status, Status::Degraded);
}

#[test]
fn the_primary_sources_return_after_five_rounds_within_one_percent() {
    let mut s = warm();
    silence(&mut s);
    say(&mut s, &[("xen", 2_000), ("yan", 2_000)]).unwrap();
    let both = |s: &mut Suite, primary: u128| {
        let mut said: Vec<_> = NAMES.map(|who| (who, primary)).to_vec();
        said.extend([("xen", 2_000), ("yan", 2_000)]);
        say(s, &said).unwrap()
    };
    for _ in 0..3 {
        assert_eq!(both(&mut s, 2_010).price, usd(2_000));
    }
    // More than 1 % apart: from the beginning.
    assert_eq!(both(&mut s, 2_021).price, usd(2_000));
    for _ in 0..5 {
        let round = both(&mut s, 2_010);
        assert_eq!((round.price, round.status), (usd(2_000), Status::Degraded));
    }
    let round = both(&mut s, 2_010);
    assert_eq!((round.price, round.status), (usd(2_010), Status::Valid));
}

#[test]
fn where_the_anchors_fall_silent_the_primary_sources_speak_on_probation() {
    let mut s = warm();
    silence(&mut s);
    say(&mut s, &[("xen", 2_000), ("yan", 2_000)]).unwrap();
    let primary: Vec<_> = NAMES.map(|who| (who, 2_001)).to_vec();
    for _ in 0..5 {
        let round = say(&mut s, &primary).unwrap();
        assert_eq!((round.price, round.status), (usd(2_001), Status::Degraded));
    }
    assert_eq!(say(&mut s, &primary).unwrap().status, Status::Valid);
}

#[test]
fn without_a_half_hour_average_two_rounds_of_the_anchors_confirm_each_other() {
    let mut s = suite();
    for _ in 0..20 {
        s.tick(10, usd(2_000));
    }
    silence(&mut s);
    let both = |s: &mut Suite, price| say(s, &[("xen", price), ("yan", price)]).unwrap();
    // Nothing vouches for the first; the second, ten seconds later, agrees with it.
    assert_eq!(both(&mut s, 2_000).status, Status::Uncertain);
    assert_eq!(both(&mut s, 2_020).status, Status::Degraded);
    // One that leaves the band of the one before is doubted again.
    assert_eq!(both(&mut s, 2_200).status, Status::Uncertain);
}

#[test]
fn without_anchors_no_quorum_is_no_round() {
    let mut s = Suite::calm().build();
    s.warm(usd(2_000));
    silence(&mut s);
    assert_eq!(say(&mut s, &[("ann", 2_000)]), None);
    s.later(30);
    assert_eq!(s.status(), Status::Stale);
}

#[test]
fn stale_reads_hold_the_half_hour_average_beside_the_last_round() {
    let mut s = suite();
    for i in 0..160u128 {
        // A drift of 1.6 % in the last minutes, which the half hour has not followed.
        s.tick(10, usd(2_000 + i.saturating_sub(128)));
    }
    let fresh = s.snapshot(None).band.unwrap();
    let half_hour = s.settle().unwrap().price;
    assert!(half_hour < fresh.low);
    s.later(91);
    let (status, stale) = (s.status(), s.snapshot(None).band.unwrap());
    // Read as Uncertain; but nothing is done at a price that has passed.
    assert_eq!((status, stale.status), (Status::Stale, Status::Uncertain));
    assert!(stale.low < half_hour && stale.high > fresh.high);
}

#[test]
fn margin_reads_end_an_hour_after_the_last_round_whatever_the_feed_allows() {
    let mut s = Suite::calm().params(|p| p.max_age = 600).build();
    for _ in 0..150 {
        s.tick(10, usd(2_000));
    }
    s.later(3_600);
    assert_eq!(s.status(), Status::Stale);
    assert!(s.snapshot(None).band.is_some());
    s.later(1);
    assert_eq!(s.status(), Status::Stale);
    assert_eq!(s.snapshot(None).band, None);
}

/// What the feed says may be done, and what a margin read counts as.
fn reads(s: &Suite) -> (Status, Option<Status>) {
    (s.status(), s.snapshot(None).band.map(|band| band.status))
}

/// The feed whose every stage has a time of its own: rounds count for ten minutes.
fn slow() -> Suite {
    let mut s = Suite::calm()
        .shape(anchored)
        .params(|p| p.max_age = 600)
        .build();
    for _ in 0..200 {
        s.tick(10, usd(2_000));
    }
    s
}

/// From everybody to nobody, to the second, and back.
#[test]
fn the_whole_chain_of_fallbacks() {
    use Status::{Degraded, Invalid, Stale, Uncertain, Valid};
    let mut s = slow();
    assert_eq!(reads(&s), (Valid, Some(Valid)), "three of three");
    // The reports of who is silent count for a minute.
    silence(&mut s);
    let two = say(&mut s, &[("ann", 2_000), ("ben", 2_000)]).unwrap();
    assert_eq!(
        (two.price, two.status),
        (usd(2_000), Degraded),
        "two of three"
    );
    assert_eq!(reads(&s), (Degraded, Some(Degraded)));
    silence(&mut s);
    assert_eq!(
        say(&mut s, &[("ann", 2_000)]),
        None,
        "one of three is no quorum"
    );
    assert_eq!(
        reads(&s),
        (Degraded, Some(Degraded)),
        "the last round counts"
    );
    let anchors = [("xen", 2_002), ("yan", 2_002)];
    let made = say(&mut s, &anchors).unwrap();
    assert_eq!(
        (made.price, made.status),
        (usd(2_002), Degraded),
        "the anchors"
    );
    assert_eq!(say(&mut s, &anchors[..1]), None, "one anchor is no quorum");

    // Nobody. The last round counts for `max_age`, the half-hour average serves margin reads for a quarter of an hour,
    // the last round for an hour; after ten times `max_age` nothing is known.
    let steps = [
        (600, (Degraded, Some(Degraded))),
        (601, (Stale, Some(Uncertain))),
        (900, (Stale, Some(Uncertain))),
        (901, (Stale, Some(Stale))),
        (3_600, (Stale, Some(Stale))),
        (3_601, (Stale, None)),
        (6_000, (Stale, None)),
        (6_001, (Invalid, None)),
    ];
    for (age, expected) in steps {
        let wait = made.at.time + age - s.now();
        s.later(wait);
        s.refresh();
        assert_eq!(reads(&s), expected, "{age} s");
        assert_eq!(
            s.heard().status,
            expected.0,
            "what the breaker hears: {age} s"
        );
        assert_eq!(s.newest(), made, "no round is made of nothing");
    }

    // Everybody is back; nobody vouches for the primary sources but themselves, five times.
    let all = NAMES.map(|who| (who, 2_010)).to_vec();
    for _ in 0..5 {
        let made = say(&mut s, &all).unwrap();
        assert!(
            made.status == Degraded || made.status == Uncertain,
            "{made:?}"
        );
    }
    say(&mut s, &all).unwrap();
    assert_eq!(reads(&s), (Valid, Some(Valid)));
}

/// With a major's settings the quarter of an hour is also ten times `max_age`.
#[test]
fn a_majors_half_hour_average_serves_until_nothing_is_known() {
    let mut s = warm();
    let last = s.newest().at.time;
    let steps = [
        (90, (Status::Valid, Some(Status::Valid))),
        (91, (Status::Stale, Some(Status::Uncertain))),
        (900, (Status::Stale, Some(Status::Uncertain))),
        (901, (Status::Invalid, None)),
    ];
    for (age, expected) in steps {
        let wait = last + age - s.now();
        s.later(wait);
        assert_eq!(reads(&s), expected, "{age} s");
    }
}
