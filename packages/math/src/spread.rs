//! How far reports lie apart, once the moments they speak of are allowed for: a move is not a disagreement.

use std::cmp::Reverse;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Decimal;

use crate::{
    aggregate::Report,
    units::{Price, Ratio},
    wide::Round,
};

/// Something a source said.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Word {
    /// USD per base unit.
    pub price: Price,
    /// Plus or minus, in USD.
    pub conf: Price,
    /// When it was observed, seconds.
    pub publish_time: u64,
}

impl Word {
    /// The first of a stretch, and of one moment the one that counts as a report: the less confident, then the
    /// higher.
    const fn order(&self) -> (u64, Reverse<(Price, Price)>) {
        (self.publish_time, Reverse((self.conf, self.price)))
    }

    fn stretch(&self) -> Option<u64> {
        self.publish_time.checked_div(STRETCH)
    }
}

/// Seconds of which one word is kept: three reach back some half a minute, however often a source reports.
const STRETCH: u64 = 10;
/// Fewer reports than this name nobody and move the price themselves: they are taken at their word.
const MANY: usize = 3;
/// Further than this from the middle, what a source said before excuses nothing.
pub const EXCUSED: Ratio = Ratio::percent(5);

/// What a source said before its newest report: the first word of each of the three newest stretches, whatever the
/// order in which words came.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Past {
    /// Just before.
    last: Option<Word>,
    /// Before that.
    second: Option<Word>,
    /// Before that.
    third: Option<Word>,
}

impl Past {
    /// This was said too.
    #[must_use]
    pub fn with(self, word: Word) -> Self {
        let mut words: Vec<Word> = self.words().chain([word]).collect();
        words.sort_by_key(Word::order);
        words.dedup_by_key(|w| w.stretch());
        let mut newest = words.into_iter().rev();
        Self {
            last: newest.next(),
            second: newest.next(),
            third: newest.next(),
        }
    }

    /// Newest first.
    fn words(self) -> impl Iterator<Item = Word> + Clone {
        [self.last, self.second, self.third].into_iter().flatten()
    }

    /// The words from the last one at or before `time` on; none where that is unknown or from before `since`.
    fn after(self, time: u64, since: u64) -> impl Iterator<Item = Word> {
        let later = self.words().filter(|w| w.publish_time > time).count();
        let reached = self.words().nth(later);
        let known = reached.is_some_and(|w| w.publish_time >= since);
        let few = if known { later.saturating_add(1) } else { 0 };
        self.words().take(few)
    }
}

/// Greatest distance between any two prices.
pub fn range(reports: &[Report]) -> Price {
    let prices = || reports.iter().map(|r| r.price);
    match (prices().max(), prices().min()) {
        (Some(max), Some(min)) => max.distance(min),
        _ => Price::ZERO,
    }
}

/// The greatest disagreement of any two reports published at or after `since`, over `m`. Rounded up; what is
/// too wide to write reads as the widest. A source that only speaks when the price has moved trails the others
/// by its own step, which is lateness and not disagreement about the present.
pub fn dispersion(survivors: &[Report], since: u64, m: Price) -> Ratio {
    let timely = survivors.iter().filter(|r| r.publish_time >= since);
    let timely: Vec<Report> = timely.copied().collect();
    let apart = if timely.len() < MANY {
        range(&timely)
    } else {
        widest(&timely, since)
    };
    apart.over(m, Round::Up).unwrap_or(Ratio(Decimal::MAX))
}

/// A feed has a handful of sources, so that every pair may be looked at.
fn widest(reports: &[Report], since: u64) -> Price {
    let pairs = (1usize..)
        .zip(reports)
        .flat_map(|(next, a)| reports.iter().skip(next).map(move |b| apart(a, b, since)));
    pairs.max().unwrap_or(Price::ZERO)
}

/// How far the older report lies outside what the newer one's source went through: from its last word at or
/// before the older report's moment to now. Where that word is not known, the plain distance.
pub fn apart(a: &Report, b: &Report, since: u64) -> Price {
    let (older, newer) = if a.publish_time <= b.publish_time {
        (a, b)
    } else {
        (b, a)
    };
    let (mut low, mut high) = (newer.price, newer.price);
    if older.publish_time < newer.publish_time {
        for word in newer.past.after(older.publish_time, since) {
            (low, high) = (low.min(word.price), high.max(word.price));
        }
    }
    older.price.distance(older.price.max(low).min(high))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::E18;

    fn word(cents: u128, publish_time: u64) -> Word {
        Word {
            price: Price::raw(cents * E18 / 100),
            conf: Price::ZERO,
            publish_time,
        }
    }

    /// Cents, when, and what was said before that, the oldest first.
    fn report(cents: u128, publish_time: u64, past: &[(u128, u64)]) -> Report {
        let said = past.iter().map(|(cents, time)| word(*cents, *time));
        Report {
            price: word(cents, 0).price,
            weight: 1,
            publish_time,
            conf: Price::ZERO,
            past: said.fold(Past::default(), Past::with),
        }
    }

    fn spread(reports: &[Report], since: u64) -> Ratio {
        dispersion(reports, since, Price::raw(100 * E18))
    }

    /// As on 13 December 2022 at 13:30:42: three venues rise by 3 % in half a minute, each reports every 15 s,
    /// in turn.
    #[test]
    fn venues_that_follow_one_move_do_not_disagree() {
        let reports = [
            report(10_036, 30, &[(10_020, 15)]),
            report(10_160, 35, &[(9_988, 20)]),
            report(10_336, 40, &[(10_095, 25)]),
        ];
        assert_eq!(range(&reports), Price::raw(3 * E18));
        assert_eq!(spread(&reports, 0), Ratio::bps(59));
        // What nobody knows explains nothing.
        let bare = reports.map(|r| Report {
            past: Past::default(),
            ..r
        });
        assert_eq!(spread(&bare, 0), Ratio::percent(3));
        assert_eq!(spread(&reports, 26), Ratio::percent(3));
    }

    /// As on 12 March 2020 at 10:47:30: two of three deliver late.
    #[test]
    fn a_report_is_held_against_the_words_of_its_own_moment() {
        let reports = [
            report(13_514, 50, &[(14_042, 20), (13_897, 35)]),
            report(13_764, 40, &[(14_249, 10), (14_006, 25)]),
            report(13_954, 30, &[(14_413, 0), (14_236, 15)]),
        ];
        assert_eq!(range(&reports), Price::raw(440 * E18 / 100));
        assert_eq!(spread(&reports, 0), Ratio::ZERO);
    }

    #[test]
    fn a_source_that_stays_where_it_is_disagrees_at_its_second_report() {
        let still = |time| report(10_000, time, &[(10_000, time - 15)]);
        let first = [still(30), still(35), report(10_300, 40, &[(10_000, 25)])];
        assert_eq!(spread(&first, 0), Ratio::ZERO);
        let moved = report(10_300, 55, &[(10_000, 25), (10_300, 40)]);
        assert_eq!(spread(&[still(45), still(50), moved], 0), Ratio::percent(3));
    }

    #[test]
    fn a_word_of_after_the_older_report_explains_nothing_nor_does_one_of_the_same_moment() {
        let old = report(10_000, 30, &[]);
        let fast = report(10_200, 40, &[(10_100, 31)]);
        assert_eq!(spread(&[old, old, fast], 0), Ratio::percent(2));
        let fast = report(10_200, 40, &[(10_100, 30)]);
        assert_eq!(spread(&[old, old, fast], 0), Ratio::percent(1));
        let same = report(10_200, 30, &[(10_000, 20)]);
        assert_eq!(spread(&[old, old, same], 0), Ratio::percent(2));
    }

    #[test]
    fn of_two_each_is_taken_at_its_word() {
        let old = report(10_000, 30, &[]);
        let new = report(10_200, 40, &[(10_000, 25)]);
        assert_eq!(spread(&[old, new], 0), Ratio::percent(2));
        let late = report(10_000, 5, &[]);
        assert_eq!(spread(&[late, old, new], 20), Ratio::percent(2));
    }

    #[test]
    fn the_first_word_of_each_of_three_stretches_is_kept() {
        let said = (3u64..40).map(|n| word(u128::from(n) + 1, n));
        let kept = said.fold(Past::default(), Past::with).words();
        let times: Vec<u64> = kept.map(|w| w.publish_time).collect();
        assert_eq!(times, [30, 20, 10]);
    }

    #[test]
    fn of_one_moment_the_less_confident_word_is_kept_then_the_higher() {
        let unsure = Word {
            conf: Price::raw(1),
            ..word(90, 5)
        };
        for said in [[word(100, 5), unsure], [unsure, word(100, 5)]] {
            let past = said.into_iter().fold(Past::default(), Past::with);
            assert_eq!(past.last, Some(unsure));
        }
        let past = Past::default().with(word(100, 5)).with(word(101, 5));
        assert_eq!(past.last, Some(word(101, 5)));
    }

    fn reports() -> impl Strategy<Value = Vec<Report>> {
        let past = proptest::collection::vec((9_000u128..11_000, 0u64..10), 0..4);
        let one = (9_000u128..11_000, 30u64..60, past).prop_map(|(cents, time, past)| {
            let past: Vec<_> = (0u64..)
                .zip(past)
                .map(|(n, (c, t))| (c, 10 * n + t))
                .collect();
            report(cents, time, &past)
        });
        proptest::collection::vec(one, 3..8)
    }

    proptest! {
        #[test]
        fn the_order_in_which_words_come_does_not_matter(
            said in proptest::collection::vec((1u128..4, 0u64..70), 1..9).prop_shuffle(), turn in 0usize..9,
        ) {
            let past = |said: &[(u128, u64)]| {
                let words = said.iter().map(|(cents, time)| word(*cents, *time));
                words.fold(Past::default(), Past::with)
            };
            let mut turned = said.clone();
            turned.rotate_left(turn % said.len());
            prop_assert_eq!(past(&said), past(&turned));
            turned.reverse();
            prop_assert_eq!(past(&said), past(&turned));
            turned.extend(said.iter().copied());
            prop_assert_eq!(past(&said), past(&turned));
        }

        #[test]
        fn it_never_exceeds_the_plain_range_and_is_that_without_a_past(rs in reports()) {
            let plain = range(&rs).over(Price::raw(100 * E18), Round::Up).unwrap();
            prop_assert!(spread(&rs, 0) <= plain);
            let bare: Vec<_> = rs.iter().map(|r| Report { past: Past::default(), ..*r }).collect();
            prop_assert_eq!(spread(&bare, 0), plain);
        }

        #[test]
        fn a_source_hides_no_disagreement_but_its_own(
            rs in reports(), lie in 1u128..1_000_000, past in 1u128..1_000_000,
        ) {
            let mut more = rs.clone();
            more.push(report(lie, 60, &[(past, 29)]));
            prop_assert!(spread(&more, 0) >= spread(&rs, 0));
        }

        #[test]
        fn the_order_of_reports_does_not_matter(rs in reports(), turn in 0usize..7) {
            let mut turned = rs.clone();
            turned.rotate_left(turn % rs.len());
            prop_assert_eq!(spread(&rs, 0), spread(&turned, 0));
        }
    }
}
