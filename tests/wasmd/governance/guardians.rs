//! Other guardians by vote.

use harness::{Exchange, Module};
use types::{
    breaker::{self, ChangeAnnounced, DaoMsg, ExecuteMsg, Guardian},
    level::Level,
    wire::Wire,
};

use super::{announced, bare, eth, executed_when_ready, feed, refused, veto, By, DAY};

fn guardians(x: &Exchange) -> Vec<Guardian> {
    x.ask(Module::Breaker, &breaker::QueryMsg::Guardians {})
}

pub fn they_are_handed_over(by: By) {
    let (mut x, governor) = bare(by);
    let list = ["second", "third"].map(|who| x.person(who).into_string());
    let order = DaoMsg::SetGuardians {
        guardians: list.to_vec(),
    };
    let done = governor.order(&mut x, order).unwrap();
    let [(change, ready)] = announced(&x, &done, 7 * DAY)[..] else {
        panic!("it is announced");
    };
    refused(veto(&mut x, "guardian", change), "removes this guardian");
    let later = veto(&mut x, "second", change).unwrap();
    assert_eq!(later, ready + 7 * DAY);
    executed_when_ready(&mut x, (change, later));

    // Who came holds scopes at once; who went holds none, and keeps its veto for a week.
    let raise = ExecuteMsg::Raise {
        scope: eth(),
        level: Level::Guarded,
        hours: 1,
    };
    x.tell_breaker("third", &raise).unwrap();
    refused(x.tell_breaker("guardian", &raise), "only the Guardian");
    let removed = guardians(&x).into_iter().find(|g| g.removed_at.is_some());
    assert_eq!(removed.unwrap().guardian, x.person("guardian"));
    let gone = x.now();
    for (name, may) in [("sol-usd", true), ("doge-usd", false)] {
        let order = feed(&x, name);
        let done = governor.order(&mut x, order).unwrap();
        let said = ChangeAnnounced::find(&done.events).unwrap();
        let (change, ready) = (said[0].change, said[0].ready);
        let vetoed = veto(&mut x, "guardian", change);
        if may {
            assert!(x.now() < gone + 7 * DAY);
            assert_eq!(vetoed.unwrap(), ready + 7 * DAY);
            x.at(gone + 7 * DAY);
        } else {
            refused(vetoed, "only the Guardian");
        }
        x.assert_sound();
    }
}
