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
    source::{self, Said},
    ContractError,
};

/// What becomes of one report.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
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
    let Some(source) = feed.sources.iter_mut().find(|s| s.reporter == *sender) else {
        return Err(ContractError::NotReporter {
            sender: sender.clone(),
            feed: report.feed.clone(),
            action: Action::Learn,
        });
    };
    match fate(&params, now.time, source.last, report) {
        Fate::Ignored(why) => Ok(Some(why)),
        Fate::Same => Ok(None),
        Fate::Kept(said) => {
            source.last = Some(said);
            feed::save(storage, &report.feed, &feed)?;
            Ok(None)
        }
    }
}

/// A report too wide to count is kept: it is the source's word that it no longer knows.
fn fate(params: &FeedParams, now: u64, last: Option<Said>, report: &Report) -> Fate {
    let said = Said {
        price: report.price,
        conf: report.conf,
        publish_time: report.publish_time,
    };
    let known = last.map(|l| l.publish_time);
    if said.price.0.is_zero() {
        Fate::Ignored(Unfit::NotPositive)
    } else if !source::inside(params, said.price) {
        Fate::Ignored(Unfit::OutOfBounds)
    } else if said.publish_time > now.saturating_add(params.max_future) {
        Fate::Ignored(Unfit::Future)
    } else if known == Some(said.publish_time) {
        Fate::Same
    } else if known > Some(said.publish_time) {
        Fate::Ignored(Unfit::Old)
    } else {
        Fate::Kept(said)
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
        let report = Report {
            feed: "f".into(),
            price,
            conf: Price::ZERO,
            publish_time,
        };
        fate(&FeedParams::major(), NOW, Some(said(7, 900)), &report)
    }

    #[test]
    fn later_is_kept_equal_is_the_same_older_is_ignored() {
        let p = said(8, 0).price;
        assert_eq!(fate_of(p, 901), Fate::Kept(said(8, 901)));
        assert_eq!(fate_of(p, 900), Fate::Same);
        assert_eq!(fate_of(p, 899), Fate::Ignored(Unfit::Old));
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
