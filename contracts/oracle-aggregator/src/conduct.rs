//! How sources behave: who falls behind, who keeps falling out, who has come to agree again.

use math::{aggregate::VALID_DISPERSION, jump::distance};
use types::{
    oracle::{Standing, StandingChanged, Status, Tier},
    Price,
};

use crate::{feed::Feed, learn::Step, panel};

/// Take the weight of primary sources that lie too far behind the newest of them; whether that is news.
pub fn fall_behind(feed: &mut Feed) -> bool {
    let primary = feed.tier(Tier::Primary);
    let newest = primary.filter_map(|s| s.last).map(|l| l.publish_time).max();
    let mut news = false;
    if let Some(newest) = newest {
        for source in feed.sources.iter_mut().filter(|s| s.tier == Tier::Primary) {
            news |= source.fall_behind(newest);
        }
    }
    news
}

/// Enter every new report into its source's record: dropped or not, or of a quarantined source whether it is within
/// 1 % of the round. Where no round is made, a quarantined source is measured by the others, since they may need it
/// for their quorum. Whether anything was entered.
pub fn judge(feed: &mut Feed, step: Option<&Step>, now: u64) -> bool {
    let quarantined = feed.sources.iter().any(|s| !s.record.counts());
    let reference = match step.map(|s| s.newest.pair.round) {
        Some(round) => (round.status <= Status::Degraded).then_some(round.price),
        None if quarantined => panel::middle(feed, now),
        None => return false,
    };
    let Feed {
        params, sources, ..
    } = feed;
    let mut entered = false;
    for (n, source) in sources.iter_mut().enumerate() {
        let Some(said) = source.fit(params, now).filter(|_| !source.judged) else {
            continue;
        };
        let astray = if source.record.counts() {
            step.and_then(|s| s.panel.dropped(n))
        } else {
            reference.map(|price| apart(said.price, price))
        };
        if let Some(astray) = astray {
            source.record = source.record.after(astray);
            source.judged = true;
            entered = true;
        }
    }
    entered
}

fn apart(price: Price, from: Price) -> bool {
    distance(price, from).map_or(true, |away| away > VALID_DISPERSION)
}

/// How every source stands.
pub fn standings(feed: &Feed) -> Vec<Standing> {
    feed.sources.iter().map(|s| s.standing()).collect()
}

/// What changed since.
pub fn changes(name: &str, feed: &Feed, before: &[Standing]) -> Vec<StandingChanged> {
    let pairs = feed.sources.iter().zip(before);
    pairs
        .filter(|(source, before)| source.standing() != **before)
        .map(|(source, _)| StandingChanged {
            feed: name.into(),
            source: source.origin.voice().clone(),
            standing: source.standing(),
        })
        .collect()
}
