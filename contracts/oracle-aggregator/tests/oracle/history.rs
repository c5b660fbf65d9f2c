//! Rounds are kept, found, and evicted.

use proptest::prelude::*;
use types::{
    oracle::{PriceAnswer, QueryMsg, Round, RoundAfter, Snapshot, Status},
    Ratio,
};

use crate::suite::{usd, Suite, FEED};

fn after(s: &Suite, round: &Round) -> RoundAfter {
    s.after(round.at.time, round.at.height)
}

#[test]
fn the_first_later_round_is_found_wherever_it_is() {
    let mut s = Suite::calm().build();
    assert_eq!(s.after(0, 0), RoundAfter::NotYet {});
    let rounds: Vec<Round> = (0..40).map(|i| s.tick(7, usd(2_000 + i))).collect();
    assert_eq!(s.after(0, 0), RoundAfter::Round(rounds[0]));
    for pair in rounds.windows(2) {
        assert_eq!(after(&s, &pair[0]), RoundAfter::Round(pair[1]));
        let just_before = s.after(pair[1].at.time - 1, pair[1].at.height - 1);
        assert_eq!(just_before, RoundAfter::Round(pair[1]));
    }
    let last = rounds[39];
    assert_eq!(after(&s, &last), RoundAfter::NotYet {});
    // Both must be later: an old time does not help a new height, nor the other way round.
    assert_eq!(
        s.after(0, rounds[9].at.height),
        RoundAfter::Round(rounds[10])
    );
    assert_eq!(
        s.after(rounds[19].at.time, 0),
        RoundAfter::Round(rounds[20])
    );
    assert_eq!(s.after(0, last.at.height), RoundAfter::NotYet {});
}

#[test]
fn old_rounds_go_two_at_a_time_and_the_boundary_is_exact() {
    let mut s = Suite::calm().build();
    let old: Vec<Round> = (0..6).map(|i| s.tick(30, usd(2_000 + i))).collect();
    let kept = |s: &Suite, r: &Round| -> Option<Round> {
        s.ask(&QueryMsg::Round {
            feed: FEED.into(),
            number: r.number,
        })
    };
    // Exactly as old as the history: kept. One second more: the two oldest go.
    let next = s.tick(21_600 - 150, usd(2_000));
    assert!(kept(&s, &old[0]).is_some());
    let later = s.tick(1, usd(2_000));
    assert!(kept(&s, &old[0]).is_none());
    assert!(kept(&s, &old[1]).is_some());
    assert_eq!(s.after(0, 0), RoundAfter::Evicted {});
    assert_eq!(s.after(old[0].at.time - 1, 0), RoundAfter::Evicted {});
    assert_eq!(after(&s, &old[0]), RoundAfter::Round(old[1]));
    assert_eq!(after(&s, &next), RoundAfter::Round(later));
    // After long silence at most two go per round, and the two newest stay.
    let first = s.tick(200_000, usd(2_000));
    assert_eq!(after(&s, &old[1]), RoundAfter::Evicted {});
    assert_eq!(after(&s, &old[2]), RoundAfter::Round(old[3]));
    let mut last = first;
    for _ in 0..4 {
        last = s.tick(200_000, usd(2_000));
    }
    let newest = s.snapshot(None).newest.unwrap();
    assert_eq!(newest.round, last);
    assert_eq!(newest.before.unwrap().number, last.number - 1);
}

#[test]
fn a_named_round_comes_with_the_one_before() {
    let mut s = Suite::calm().build();
    let rounds: Vec<Round> = (0..5).map(|_| s.tick(7, usd(2_000))).collect();
    let named = s.snapshot(Some(3)).named.unwrap();
    assert_eq!((named.round, named.before), (rounds[2], Some(rounds[1])));
    let first = s.snapshot(Some(1)).named.unwrap();
    assert_eq!((first.round, first.before), (rounds[0], None));
    assert_eq!(s.snapshot(Some(6)).named, None);
    assert_eq!(s.snapshot(Some(0)).named, None);
}

#[test]
fn an_unknown_feed_is_an_answer() {
    let s = Suite::calm().build();
    let feed = || "no-such".to_owned();
    let price: PriceAnswer = s.ask(&QueryMsg::Price { feed: feed() });
    assert_eq!((price.status, price.round), (Status::Invalid, None));
    let feeds = vec![feed(); 40];
    let prices: Vec<PriceAnswer> = s.ask(&QueryMsg::Prices { feeds });
    assert_eq!(prices.len(), 16);
    let round: Option<Round> = s.ask(&QueryMsg::Round {
        feed: feed(),
        number: 1,
    });
    assert_eq!(round, None);
    let setup: Option<types::oracle::FeedSetup> = s.ask(&QueryMsg::Feed { feed: feed() });
    assert_eq!(setup, None);
    let snapshot: Snapshot = s.ask(&QueryMsg::Snapshot {
        feed: feed(),
        round: Some(1),
    });
    assert_eq!((snapshot.status, snapshot.band), (Status::Invalid, None));
    assert_eq!(snapshot.variance.slow, Ratio::ZERO);
    let (time, height) = (0, 0);
    let after: RoundAfter = s.ask(&QueryMsg::RoundAfter {
        feed: feed(),
        time,
        height,
    });
    assert_eq!(after, RoundAfter::NotYet {});
}

#[test]
fn a_feed_is_described_as_it_was_set_up() {
    let s = Suite::calm().build();
    let setup: Option<types::oracle::FeedSetup> = s.ask(&QueryMsg::Feed { feed: FEED.into() });
    let given = crate::suite::setup(&s.app, FEED, types::oracle::FeedParams::major(), [1, 2, 3]);
    assert_eq!(setup, Some(given));
}

/// What is kept, found one by one.
fn scan(s: &Suite) -> Vec<Round> {
    (1..=s.number())
        .filter_map(|number| {
            s.ask(&QueryMsg::Round {
                feed: FEED.into(),
                number,
            })
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn halving_finds_what_a_scan_finds(
        gaps in proptest::collection::vec(prop_oneof![5 => 1u64..60, 1 => 5_000u64..30_000], 1..25),
        asks in proptest::collection::vec((0u64..150_000, 0u64..40), 20),
    ) {
        let mut s = Suite::calm().build();
        let start = s.tick(1, usd(2_000));
        let all: Vec<Round> = std::iter::once(start)
            .chain(gaps.into_iter().map(|gap| s.tick(gap, usd(2_000))))
            .collect();
        let kept = scan(&s);
        prop_assert!(all.ends_with(&kept) && kept.len() >= all.len().min(2));
        for (time, height) in asks {
            let (time, height) = (start.at.time - 5 + time, start.at.height - 2 + height);
            let later = |r: &&Round| r.at.time > time && r.at.height > height;
            let expected = match all.iter().find(later) {
                None => RoundAfter::NotYet {},
                Some(r) if kept.contains(r) => RoundAfter::Round(*r),
                Some(_) => RoundAfter::Evicted {},
            };
            prop_assert_eq!(s.after(time, height), expected);
        }
    }
}
