//! Reporters push what they observed.

use cosmwasm_std::{Addr, Response, Storage};
use types::{
    clock::Moment,
    level::Action,
    oracle::{FeedParams, Report, ReportIgnored, Unfit},
    wire::Wire,
};

use crate::{
    feed, limit,
    source::{self, Said, Source},
    ContractError,
};

/// What becomes of one report.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is the source's newest.
    Kept(Said),
    /// It is the one already known.
    Same,
    /// It can never count, so the last one stays.
    Ignored(Unfit),
}

/// Keep what can count. A report that cannot is data, not an error: the others of the message
/// belong to other feeds.
pub fn push(
    storage: &mut dyn Storage,
    now: Moment,
    sender: &Addr,
    reports: Vec<Report>,
) -> Result<Response, ContractError> {
    limit::check(reports.iter().map(|r| &r.feed), limit::ITEMS)?;
    let mut response = Response::new();
    for report in reports {
        if let Some(why) = learn(storage, now, sender, &report)? {
            let ignored = ReportIgnored {
                feed: report.feed,
                reporter: sender.clone(),
                why,
            };
            response = response.add_event(ignored.write());
        }
    }
    Ok(response)
}

fn learn(
    storage: &mut dyn Storage,
    now: Moment,
    sender: &Addr,
    report: &Report,
) -> Result<Option<Unfit>, ContractError> {
    let mut feed = feed::load(storage, &report.feed)?;
    let params = feed.params.clone();
    let pushes = |s: &&mut Source| !s.origin.is_asked() && s.origin.voice() == sender;
    let Some(source) = feed.sources.iter_mut().find(pushes) else {
        return Err(ContractError::NotReporter {
            sender: sender.clone(),
            feed: report.feed.clone(),
            action: Action::Learn,
        });
    };
    let said = Said {
        price: report.price,
        conf: report.conf,
        publish_time: report.publish_time,
    };
    match fate(&params, now.time, source.last, said) {
        Fate::Ignored(why) => {
            if why == Unfit::Old && source.recall(said) {
                feed::save(storage, &report.feed, &feed)?;
            }
            Ok(Some(why))
        }
        Fate::Same => Ok(None),
        Fate::Kept(said) => {
            source.keep(said, now.time);
            feed::save(storage, &report.feed, &feed)?;
            Ok(None)
        }
    }
}

/// A report too wide to count is kept: it is the source's word that it no longer knows. Of two that differ at one
/// publish time the less confident counts, of equal confidence the higher: whoever carries them chooses nothing by
/// their order.
pub fn fate(params: &FeedParams, now: u64, last: Option<Said>, said: Said) -> Fate {
    if said.price.0.is_zero() {
        return Fate::Ignored(Unfit::NotPositive);
    }
    if !source::inside(params, said.price) {
        return Fate::Ignored(Unfit::OutOfBounds);
    }
    if said.publish_time > now.saturating_add(params.max_future) {
        return Fate::Ignored(Unfit::Future);
    }
    let rank = |s: Said| (s.publish_time, s.conf, s.price);
    match last {
        Some(last) if said.publish_time < last.publish_time => Fate::Ignored(Unfit::Old),
        Some(last) if rank(said) <= rank(last) => Fate::Same,
        Some(_) | None => Fate::Kept(said),
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use types::Price;

    const NOW: u64 = 1_000;

    fn said(dollars: u128, publish_time: u64) -> Said {
        Said {
            price: Price::raw(dollars * 1_000_000_000_000_000_000),
            conf: Price::ZERO,
            publish_time,
        }
    }

    fn fate_of(price: Price, publish_time: u64) -> Fate {
        fate_after(said(7, 900), price, publish_time)
    }

    fn fate_after(last: Said, price: Price, publish_time: u64) -> Fate {
        let conf = Price::ZERO;
        let said = Said {
            price,
            conf,
            publish_time,
        };
        fate(&FeedParams::major(), NOW, Some(last), said)
    }

    #[test]
    fn later_is_kept_equal_is_the_same_older_is_ignored() {
        let p = said(8, 0).price;
        assert_eq!(fate_of(p, 901), Fate::Kept(said(8, 901)));
        assert_eq!(fate_of(said(7, 0).price, 900), Fate::Same);
        assert_eq!(fate_of(p, 899), Fate::Ignored(Unfit::Old));
    }

    #[test]
    fn of_two_at_one_time_the_same_one_stays_in_either_order() {
        let reports = [said(7, 900), said(8, 900)];
        let wide = Said {
            conf: said(1, 0).price,
            ..said(5, 900)
        };
        let end = |order: &[Said]| {
            order.iter().fold(said(9, 899), |last, next| {
                match fate(&FeedParams::major(), NOW, Some(last), *next) {
                    Fate::Kept(said) => said,
                    Fate::Same => last,
                    Fate::Ignored(why) => panic!("{why:?}"),
                }
            })
        };
        let [a, b] = reports;
        for order in [[a, b, wide], [b, wide, a], [wide, a, b], [wide, b, a]] {
            assert_eq!(end(&order), wide);
        }
        assert_eq!(end(&[a, b]), end(&[b, a]));
    }

    #[test]
    fn what_can_never_count_does_not_replace_the_last() {
        let params = FeedParams::major();
        assert_eq!(fate_of(Price::ZERO, 950), Fate::Ignored(Unfit::NotPositive));
        for edge in [
            params.lower_bound,
            params.upper_bound,
            Price::raw(u128::MAX),
        ] {
            assert_eq!(fate_of(edge, 950), Fate::Ignored(Unfit::OutOfBounds));
        }
        let ahead = NOW + params.max_future;
        assert_eq!(fate_of(said(8, 0).price, ahead), Fate::Kept(said(8, ahead)));
        assert_eq!(
            fate_of(said(8, 0).price, ahead + 1),
            Fate::Ignored(Unfit::Future)
        );
        assert_eq!(
            fate_of(said(8, 0).price, u64::MAX),
            Fate::Ignored(Unfit::Future)
        );
    }
}
