use super::*;
use crate::{handle::Handle, oracle::QueryMsg, Ratio};
use cosmwasm_std::{
    from_json, testing::MockQuerier, to_json_binary, Addr, Binary, ContractResult, Empty,
    QuerierWrapper, SystemResult, WasmQuery,
};
use proptest::prelude::*;

fn cents(n: u32) -> Price {
    Price(Ratio::percent(n.into()).0)
}

fn round(number: u64, time: u64) -> Round {
    Round {
        number,
        at: Moment {
            time,
            height: number * 3,
        },
        status: Status::Degraded,
        price: cents(1_000),
        conf: cents(1),
        low: cents(998),
        high: cents(1_002),
        twap: None,
        surcharge: Price::ZERO,
        averaged: false,
    }
}

fn posted(rounds: &[Round], kept: Kept) -> Posted {
    let at = |back: usize| rounds.len().checked_sub(back).map(|n| rounds[n]);
    let newest = Pair {
        round: at(1).unwrap(),
        before: at(2),
    };
    Posted {
        newest,
        average: Some(cents(900)),
        variance: crate::oracle::Variance {
            fast: Ratio::ZERO,
            slow: Ratio::ZERO,
        },
        max_future: 10,
        max_age: 90,
        grace_until: 7,
        settle: None,
        kept,
    }
}

#[test]
fn a_silent_feed_is_known_less_and_less() {
    let posted = posted(&[round(1, 1_000)], Kept::default());
    let edges = |now: u64| posted.at(now, None).band.map(|b| (b.low, b.high, b.status));
    let status = |now: u64| posted.at(now, None).status;
    let fresh = (cents(998), cents(1_002), Status::Degraded);
    // Half an hour's average, where it is lower, for a quarter of an hour.
    let averaged = (cents(899), cents(1_002), Status::Uncertain);
    let alone = (cents(998), cents(1_002), Status::Stale);
    let rows = [
        (0, Status::Degraded, Some(fresh)),
        (1_090, Status::Degraded, Some(fresh)),
        (1_091, Status::Stale, Some(averaged)),
        (1_900, Status::Stale, Some(averaged)),
        (1_901, Status::Invalid, None),
    ];
    for (now, expected, band) in rows {
        assert_eq!(status(now), expected, "{now}");
        assert_eq!(edges(now), band, "{now}");
    }
    let slow = Posted {
        max_age: 500,
        ..posted
    };
    let edges = |now: u64| slow.at(now, None).band.map(|b| (b.low, b.high, b.status));
    assert_eq!(edges(1_000 + AVERAGE_SERVES + 1), Some(alone));
    assert_eq!(edges(1_000 + LAST_GOOD_SERVES), Some(alone));
    assert_eq!(edges(1_000 + LAST_GOOD_SERVES + 1), None);
    assert_eq!(
        slow.at(1_000 + LAST_GOOD_SERVES + 1, None).status,
        Status::Stale
    );
}

#[test]
fn a_stale_band_widens_by_its_sigma() {
    let mut posted = posted(&[round(1, 1_000)], Kept::default());
    posted.average = None;
    posted.variance.slow = Ratio::raw(1_000_000_000_000);
    // Sigma is a thousandth of the root of the seconds: a hundredth over 100 s, four of which are 40 of 1,000 cents.
    let band = posted.at(1_100, None).band.unwrap();
    assert_eq!((band.low, band.high), (cents(958), cents(1_042)));
}

/// An oracle that has posted these bytes for `eth`, and knows the first two rounds; asked, it says something else.
fn oracle(bytes: Vec<u8>, rounds: Vec<Round>) -> MockQuerier {
    let mut chain: MockQuerier<Empty> = MockQuerier::default();
    chain.update_wasm(move |query| {
        let answer = if let WasmQuery::Raw { key, .. } = query {
            let wanted = |r: &&Round| key.ends_with(&r.number.to_be_bytes());
            let found = rounds.iter().find(wanted);
            match found {
                Some(round) => store::pack(round).unwrap().into(),
                None if key.ends_with(b"eth") => Binary::from(bytes.clone()),
                None => Binary::default(),
            }
        } else if let WasmQuery::Smart { msg, .. } = query {
            let asked: QueryMsg = from_json(msg).unwrap();
            let asked = matches!(asked, QueryMsg::Snapshot { .. });
            let snapshot = Snapshot {
                max_age: 77,
                ..Snapshot::UNKNOWN
            };
            if asked {
                to_json_binary(&snapshot).unwrap()
            } else {
                to_json_binary(&RoundAfter::Evicted {}).unwrap()
            }
        } else {
            unreachable!("{query:?}")
        };
        SystemResult::Ok(ContractResult::Ok(answer))
    });
    chain
}

#[test]
fn what_is_posted_is_read_and_where_nothing_is_the_oracle_is_asked() {
    let handle = Handle::<crate::oracle::Oracle>::new(Addr::unchecked("oracle"));
    let rounds = [round(1, 10), round(2, 20), round(3, 30), round(4, 40)];
    let mut said = posted(&rounds, Kept::default());
    said.kept.oldest = 1;
    said.settle = Some(SettlePrice {
        price: cents(990),
        time: 31,
        averaged: true,
        valid: true,
    });
    let chain = oracle(store::pack(&said).unwrap(), rounds.to_vec());
    let querier = QuerierWrapper::new(&chain);
    let read = handle.snapshot(&querier, "eth", (Some(2), 41)).unwrap();
    let (round, before) = (rounds[1], Some(rounds[0]));
    assert_eq!(read, said.at(41, Some(Pair { round, before })));
    let (time, height) = (15, 2);
    let after = handle.round_after(&querier, "eth", Moment { time, height });
    assert_eq!(after.unwrap(), RoundAfter::Round(rounds[1]));
    assert_eq!(handle.settle(&querier, "eth").unwrap(), said.settle);

    let chain = oracle(vec![], vec![]);
    let querier = QuerierWrapper::new(&chain);
    let asked = handle.snapshot(&querier, "eth", (None, 41)).unwrap();
    assert_eq!(asked.max_age, 77);
    let after = handle.round_after(&querier, "eth", Moment { time, height });
    assert_eq!(after.unwrap(), RoundAfter::Evicted {});

    // What does not read is no price.
    let chain = oracle(vec![9, 9], vec![]);
    let querier = QuerierWrapper::new(&chain);
    assert!(handle.snapshot(&querier, "eth", (None, 41)).is_err());
}

proptest! {
    #[test]
    fn the_first_later_round_is_found_whatever_is_kept(
        gaps in prop::collection::vec(1u64..40, 1..40),
        gone in 0usize..40,
        asked in 0u64..900,
        height in 0u64..130,
    ) {
        let mut time = 0;
        let rounds: Vec<Round> = (1..)
            .zip(&gaps)
            .map(|(number, gap)| {
                time += gap;
                round(number, time)
            })
            .collect();
        let gone = gone.min(rounds.len().saturating_sub(2));
        let kept = Kept {
            oldest: u64::try_from(gone).unwrap() + 1,
            evicted: gone.checked_sub(1).map(|n| rounds[n].at),
        };
        let posted = posted(&rounds, kept);
        let read = |number: u64| -> StdResult<Option<Round>> {
            let held = rounds[gone..].iter().find(|r| r.number == number);
            Ok(held.copied())
        };
        let history = History { posted: &posted, read: &read };
        let after = Moment { time: asked, height };
        let later = |r: &&Round| r.at.time > asked && r.at.height > height;
        let expected = match rounds.iter().find(later) {
            None => RoundAfter::NotYet {},
            Some(r) if r.number < kept.oldest => RoundAfter::Evicted {},
            Some(r) => RoundAfter::Round(*r),
        };
        prop_assert_eq!(history.after(after).unwrap(), expected);
        for r in &rounds {
            let here = r.number >= kept.oldest;
            let before = rounds.iter().find(|b| b.number + 1 == r.number);
            let before = before.filter(|b| b.number >= kept.oldest).copied();
            let pair = here.then_some(Pair { round: *r, before });
            prop_assert_eq!(history.pair(r.number).unwrap(), pair);
        }
        // A record under another number than its own is none, and the search ends.
        let last = *rounds.last().unwrap();
        let astray = |_| -> StdResult<Option<Round>> { Ok(Some(last)) };
        let history = History { posted: &posted, read: &astray };
        history.after(after).unwrap();
    }
}
