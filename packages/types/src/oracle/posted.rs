//! What the oracle posts of each feed in its own storage, for others to read there: a reader enters none of its code,
//! so a price costs one read, and an oracle whose code fails or burns gas takes nobody along. Its records are believed as far
//! as its answers were: what does not read, or stands under another number, is no round.
//!
//! Keys and forms below are an interface. Another form of either comes with another key of the first, and whoever no
//! longer keeps a record up to date removes it: where there is none, readers ask.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::StdResult;
use math::{units::OutOfRange, volatility::sigma, wide::Round as Rounding};
use store::Map;

use super::{Band, Pair, Round, RoundAfter, SettlePrice, Snapshot, Status, Variance};
use crate::{clock::Moment, Price};

/// Feed -> what is posted of it, from its first round on.
pub const POSTED: Map<&str, Posted> = Map::new(KEY);
/// (feed, number) -> round, as far back as rounds are kept.
pub const ROUNDS: Map<(&str, u64), Round> = Map::new(ROUNDS_KEY);
/// Where the former lie: the number is that of the form.
pub const KEY: &str = "posted_1";
/// Where the latter lie.
pub const ROUNDS_KEY: &str = "rounds";

/// A round is Stale up to this many times `max_age`, then Invalid.
pub const STALE_FACTOR: u64 = 10;
/// A stale feed's band is widened by this many sigma over its age.
pub const STALE_SIGMAS: u64 = 4;
/// The half-hour average serves margin reads for this long after the newest round, seconds.
pub const AVERAGE_SERVES: u64 = 900;
/// The newest round serves them for this long, seconds.
pub const LAST_GOOD_SERVES: u64 = 3_600;

/// All that changes of a feed with a round only; the rest is the clock.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Posted {
    /// The two newest rounds.
    pub newest: Pair,
    /// The half-hour average up to the newest, when its window is covered.
    pub average: Option<Price>,
    /// Volatility.
    pub variance: Variance,
    /// The feed's tolerance for source clocks, seconds.
    pub max_future: u64,
    /// The feed's `max_age`, seconds.
    pub max_age: u64,
    /// After an outage: until this block time only deep positions are liquidated, seconds.
    pub grace_until: u64,
    /// What a market would settle at, once there is a price good enough.
    pub settle: Option<SettlePrice>,
    /// How far back its rounds are kept.
    pub kept: Kept,
}

/// How far back rounds are kept.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Kept {
    /// Number of the oldest round kept; 0 before the first.
    pub oldest: u64,
    /// When the newest round no longer kept was.
    pub evicted: Option<Moment>,
}

impl Posted {
    /// Everything a clearing house needs, at `now`.
    pub fn at(&self, now: u64, named: Option<Pair>) -> Snapshot {
        Snapshot {
            status: self.status(now),
            newest: Some(self.newest),
            named,
            band: self.band(now),
            variance: self.variance,
            max_future: self.max_future,
            max_age: self.max_age,
            grace_until: self.grace_until,
        }
    }

    /// The status of this moment.
    pub fn status(&self, now: u64) -> Status {
        self.newest.round.status(self.max_age, now)
    }

    /// The newest round's low and high; of a stale feed, what its fallbacks allow. None when Invalid.
    fn band(&self, now: u64) -> Option<Band> {
        let round = self.newest.round;
        match self.status(now) {
            status @ (Status::Valid | Status::Degraded | Status::Uncertain) => Some(Band {
                low: round.low,
                high: round.high,
                status,
            }),
            Status::Stale => self.stale(round.age(now)),
            Status::Invalid => None,
        }
    }

    /// The last round for an hour; for a quarter of one also the half-hour average, whichever edge is worse. A margin
    /// read is Uncertain with the average and Stale without; the feed is Stale with both: who acts by Uncertain would
    /// act on rounds that have passed.
    fn stale(&self, age: u64) -> Option<Band> {
        if age > LAST_GOOD_SERVES {
            return None;
        }
        let round = self.newest.round;
        let average = self.average.filter(|_| age <= AVERAGE_SERVES);
        let status = average.map_or(Status::Stale, |_| Status::Uncertain);
        let average = average.unwrap_or(round.price);
        let held = Band {
            low: round.low.min(average.minus_floored(round.conf)),
            high: round.high.max(average.plus(round.conf).ok()?),
            status,
        };
        self.widened(held, age).ok()
    }

    /// By [`STALE_SIGMAS`] of the greater sigma over the age of the round; rounded outwards.
    fn widened(&self, held: Band, age: u64) -> Result<Band, OutOfRange> {
        let greater = self.variance.fast.max(self.variance.slow);
        let by = sigma(greater, age).scaled(STALE_SIGMAS, 1, Rounding::Up)?;
        let reach = self.newest.round.price.times(by, Rounding::Up)?;
        Ok(Band {
            low: held.low.minus_floored(reach),
            high: held.high.plus(reach)?,
            ..held
        })
    }
}

impl Round {
    /// Seconds since.
    pub const fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.at.time)
    }

    /// What a feed's status is while this is its newest round: the round's while it is fresh, then Stale, then Invalid.
    pub const fn status(&self, max_age: u64, now: u64) -> Status {
        let age = self.age(now);
        if age <= max_age {
            self.status
        } else if age <= max_age.saturating_mul(STALE_FACTOR) {
            Status::Stale
        } else {
            Status::Invalid
        }
    }
}

/// The rounds of a feed, by number; wherever they lie.
pub struct History<'a> {
    /// What is posted of it.
    pub posted: &'a Posted,
    /// Reads one that is not among the two newest.
    pub read: &'a dyn Fn(u64) -> StdResult<Option<Round>>,
}

impl History<'_> {
    /// One round, if it is kept.
    pub fn get(&self, number: u64) -> StdResult<Option<Round>> {
        let Pair { round, before } = self.posted.newest;
        let at_hand = [Some(round), before];
        match at_hand.into_iter().flatten().find(|r| r.number == number) {
            Some(found) => Ok(Some(found)),
            None => Ok((self.read)(number)?.filter(|r| r.number == number)),
        }
    }

    /// One round and the one before it.
    pub fn pair(&self, number: u64) -> StdResult<Option<Pair>> {
        let Some(round) = self.get(number)? else {
            return Ok(None);
        };
        let before = match number.checked_sub(1) {
            Some(previous) => self.get(previous)?,
            None => None,
        };
        Ok(Some(Pair { round, before }))
    }

    /// The first round later than `after` in both time and height. Both rise with the number, so the
    /// newest is looked at first (mostly it is the one, or there is none yet), then halves.
    pub fn after(&self, after: Moment) -> StdResult<RoundAfter> {
        let later = |at: Moment| at.time > after.time && at.height > after.height;
        let Posted { newest, kept, .. } = self.posted;
        if !later(newest.round.at) {
            return Ok(RoundAfter::NotYet {});
        }
        if kept.evicted.is_some_and(later) {
            return Ok(RoundAfter::Evicted {});
        }
        // `found` is later; everything below `low` is not.
        let (mut low, mut found) = (kept.oldest, newest.round);
        if newest.before.is_some_and(|b| !later(b.at)) {
            low = found.number;
        }
        while low < found.number {
            let middle = low.midpoint(found.number);
            let Some(round) = self.get(middle)? else {
                return Ok(RoundAfter::Evicted {});
            };
            if later(round.at) {
                found = round;
            } else {
                low = middle.saturating_add(1);
            }
        }
        Ok(RoundAfter::Round(found))
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing
)]
mod tests {
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
}
