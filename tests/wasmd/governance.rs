//! Governing for real. The same stories under three governors: the chain's own governance (x/gov) as a sender, the same
//! through `sudo`, and a DAO DAO of three people (core 2.6.0, proposal-single, a cw4 group). Delays are waited for in block
//! time.
//!
//! A new story is a function of [`By`] in a room of its subject, named once in `stories!` below.

mod code;
mod guardians;
mod handover;
mod levels;
mod registration;
mod settings;
mod votes;

use harness::{AppResponse, ChainVote, DaoDao, Exchange, Failed, Governor, Kind, Module};
use types::{
    breaker::{self, Change, ChangeAnnounced, ChangeDone, ChangePostponed, DaoMsg, ExecuteMsg},
    level::Level,
    oracle::{FeedParams, FeedSetup, SourceSetup},
    scope::Scope,
    wire::Wire,
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// The prices of all markets, the one registered on the way the last.
const PRICES: [&str; 3] = ["2000", "2000", "150"];
const MEMBERS: [&str; 3] = ["ann", "ben", "cleo"];

/// Who governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Sender,
    Sudo,
    DaoDao,
}

impl By {
    /// The governor; where its vote takes minutes, this happens in each.
    fn governor(self, minute: fn(&mut Exchange)) -> Box<dyn Governor> {
        let sudo = self == Self::Sudo;
        match self {
            Self::Sender | Self::Sudo => Box::new(ChainVote { sudo, minute }),
            Self::DaoDao => Box::new(DaoDao::of(&MEMBERS)),
        }
    }
}

/// Every story under every governor.
macro_rules! stories {
    (mod $governor:ident, $by:ident: $($room:ident::$story:ident),+) => {
        mod $governor {
            $(#[test]
            fn $story() {
                super::$room::$story(super::By::$by);
            })+
        }
    };
    ($($room:ident::$story:ident),+ $(,)?) => {
        stories!(mod by_the_chains_vote, Sender: $($room::$story),+);
        stories!(mod by_the_chains_vote_through_sudo, Sudo: $($room::$story),+);
        stories!(mod by_a_dao_dao, DaoDao: $($room::$story),+);
    };
}

stories!(
    code::a_dead_breaker_is_replaced_through_the_engine,
    code::code_that_is_not_sound_changes_nothing,
    code::each_module_is_upgraded_alone,
    guardians::they_are_handed_over,
    handover::another_governor_takes_over,
    levels::a_level_is_ordered_and_a_guardian_overruled,
    settings::they_move_by_steps,
    registration::a_market_is_registered_and_trades,
    votes::a_bad_message_takes_the_good_ones_along,
    votes::a_lost_vote_orders_nothing,
    votes::only_the_governor_orders,
);

/// Nobody says anything for a minute.
fn silence(x: &mut Exchange) {
    x.wait(60);
}

/// A minute of an exchange that lives: a round of every market.
fn alive(x: &mut Exchange) {
    rounds(x, 60);
}

/// So many seconds, then a round of every market.
fn rounds(x: &mut Exchange, seconds: u64) {
    x.wait(seconds);
    for (market, price) in PRICES.iter().enumerate().take(x.markets.len()) {
        x.quote_on(market, price);
    }
}

/// After a silence: rounds as they are expected, a keeper at work, until every market reads Normal.
fn healed(x: &mut Exchange) {
    let normal = |x: &Exchange| {
        let mut markets = 0..x.markets.len();
        markets.all(|n| x.books(n).stance.level == Level::Normal)
    };
    for _ in 0..600 {
        if normal(x) {
            return;
        }
        rounds(x, 30);
        for market in 0..x.markets.len() {
            x.crank_in(market, "keeper", 10).unwrap();
        }
    }
    panic!("not in five hours");
}

/// So many markets that trade, two guardians, this governor.
fn scene(by: By, markets: usize) -> (Exchange, Box<dyn Governor>) {
    let governor = by.governor(alive);
    let builder = Exchange::calm().on(Kind::Wasmd).dao(governor.seat());
    let builder = builder.guardians(vec!["guardian", "second"]);
    let x = builder.markets(markets).build();
    (x, governor)
}

/// Contracts that nobody has told a price yet, and a governor who leaves it at that.
fn bare(by: By) -> (Exchange, Box<dyn Governor>) {
    let governor = by.governor(silence);
    let builder = Exchange::calm().on(Kind::Wasmd).dao(governor.seat());
    let builder = builder.guardians(vec!["guardian", "second"]);
    (builder.markets(2).bare(), governor)
}

fn eth() -> Scope {
    let market = "eth-perp".into();
    Scope::Market { market }
}

fn govern(scope: Scope, level: Level) -> DaoMsg {
    DaoMsg::Govern { scope, level }
}

/// What the breaker itself says of a scope.
fn level(x: &Exchange, scope: Scope) -> Level {
    x.ask(Module::Breaker, &breaker::QueryMsg::Level { scope })
}

fn changes(x: &Exchange) -> Vec<Change> {
    x.ask(Module::Breaker, &breaker::QueryMsg::Changes {})
}

fn execute(x: &mut Exchange, change: u64) -> Result<AppResponse, Failed> {
    x.tell_breaker("anyone", &ExecuteMsg::Execute { change })
}

fn veto(x: &mut Exchange, who: &str, change: u64) -> Result<u64, Failed> {
    let done = x.tell_breaker(who, &ExecuteMsg::Veto { change })?;
    let postponed = ChangePostponed::find(&done.events).unwrap();
    x.assert_sound();
    Ok(postponed[0].ready)
}

/// Refused for this reason, as the chain tells it.
#[track_caller]
fn refused<T>(done: Result<T, Failed>, why: &str) {
    let text = done.err().expect("it is refused").text;
    assert!(text.contains(why), "{text}");
}

/// The order has been announced and waits so long: its number, and when it is ready.
#[track_caller]
fn announced(x: &Exchange, done: &AppResponse, delay: u64) -> Vec<(u64, u64)> {
    x.assert_sound();
    let said = ChangeAnnounced::find(&done.events).unwrap();
    let waits = said.iter().map(|said| {
        let all = changes(x);
        let change = all.iter().find(|c| c.id == said.change).unwrap();
        assert_eq!(change.ready, said.ready);
        assert_eq!(change.ready - change.announced, delay);
        (said.change, said.ready)
    });
    waits.collect()
}

/// Executed by anyone, once, and not before its time.
#[track_caller]
fn executed_when_ready(x: &mut Exchange, (change, ready): (u64, u64)) {
    if x.now() < ready {
        x.at(ready - 1);
        refused(execute(x, change), &ready.to_string());
        x.at(ready);
    }
    let done = execute(x, change).unwrap();
    let said = ChangeDone::find(&done.events).unwrap();
    assert_eq!((said[0].change, said[0].executed), (change, true));
    refused(execute(x, change), &format!("no change {change}"));
    x.assert_sound();
}

/// A feed of every reporter.
fn feed(x: &Exchange, name: &str) -> DaoMsg {
    let reporters = x.sources.reporters.iter().zip(0..);
    let sources = reporters.map(|(reporter, group)| {
        let source = SourceSetup::reporter(reporter.to_string(), 90);
        SourceSetup { group, ..source }
    });
    let setup = FeedSetup {
        feed: name.into(),
        sources: sources.collect(),
        params: FeedParams::major(),
    };
    let setup = Box::new(setup);
    DaoMsg::AddFeed { setup }
}
