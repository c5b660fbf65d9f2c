//! Governing for real. The same stories under three governors: the chain's own governance (x/gov) as a sender, the same
//! through `sudo`, and a DAO DAO of three people (core 2.6.0, proposal-single, a cw4 group). Delays are waited for in block
//! time.
//!
//! A new story is a function of [`By`], named once in [`stories`].

use cosmwasm_std::{to_json_binary, Addr};
use harness::{
    chain_governor, dollars, replace, sudo, tell, units, usd, AppResponse, ChainVote, DaoDao,
    Exchange, Failed, Governor, Kind, MarketAt, Module, New, Part, DENOM,
};
use types::{
    breaker::{
        self, Change, ChangeAnnounced, ChangeDone, ChangePostponed, Clearing, DaoMsg, ExecuteMsg,
        Guardian, Registered,
    },
    engine,
    handle::Handle,
    level::Level,
    market,
    oracle::{FeedParams, FeedSetup, SourceSetup},
    params::MarketParams,
    scope::Scope,
    wire::Wire,
    Side,
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// The market registered on the way, and the prices of all.
const SOL: usize = 2;
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
    (mod $governor:ident, $by:ident: $($story:ident),+) => {
        mod $governor {
            $(#[test]
            fn $story() {
                super::$story(super::By::$by);
            })+
        }
    };
    ($($story:ident),+ $(,)?) => {
        stories!(mod by_the_chains_vote, Sender: $($story),+);
        stories!(mod by_the_chains_vote_through_sudo, Sudo: $($story),+);
        stories!(mod by_a_dao_dao, DaoDao: $($story),+);
    };
}

stories!(
    a_level_is_ordered_and_a_guardian_overruled,
    a_bad_message_takes_the_good_ones_along,
    only_the_governor_orders,
    a_lost_vote_orders_nothing,
    a_market_is_registered_and_trades,
    guardians_are_handed_over,
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

fn a_level_is_ordered_and_a_guardian_overruled(by: By) {
    let (mut x, governor) = scene(by, 2);
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    let order = govern(eth(), Level::ReduceOnly);
    governor.order(&mut x, order).unwrap();
    x.assert_sound();
    assert_eq!(x.stance().level, Level::ReduceOnly);
    assert_eq!(x.books(1).stance.level, Level::Normal, "another market");
    refused(x.increase("alice", Side::Long, "1", 500), "ReduceOnly");
    x.reduce("alice", Side::Long, "4").unwrap();
    let order = govern(eth(), Level::Normal);
    governor.order(&mut x, order).unwrap();
    x.assert_sound();
    assert_eq!(x.stance().level, Level::Normal);
    x.increase("alice", Side::Long, "1", 500).unwrap();

    let raise = || ExecuteMsg::Raise {
        scope: Scope::Global {},
        level: Level::ReduceOnly,
        hours: 24,
    };
    x.tell_breaker("guardian", &raise()).unwrap();
    let levels = |x: &Exchange| [0, 1].map(|n| x.books(n).stance.level);
    assert_eq!(levels(&x), [Level::ReduceOnly; 2]);
    let lift = DaoMsg::Lift {
        scope: Scope::Global {},
        guardian: x.person("guardian").into(),
    };
    governor.order(&mut x, lift).unwrap();
    x.assert_sound();
    assert_eq!(levels(&x), [Level::Normal; 2]);
    refused(x.tell_breaker("guardian", &raise()), "it rests until");
}

fn a_bad_message_takes_the_good_ones_along(by: By) {
    let (mut x, governor) = bare(by);
    let good = || govern(eth(), Level::Guarded);
    let bad = || {
        let market = "no-perp".into();
        govern(Scope::Market { market }, Level::Guarded)
    };
    let before = x.state_hash();
    for orders in [vec![good(), bad()], vec![bad(), good()]] {
        assert!(governor.orders(&mut x, orders).is_err());
        assert!(x.state_hash() == before, "nothing at all has changed");
        assert_eq!(level(&x, eth()), Level::Normal);
    }
    // The same where the bad one is another contract's, which knows no DAO.
    let order = good();
    let good_msg = tell(&x.breaker, &ExecuteMsg::Dao { order });
    let fund = engine::ExecuteMsg::Deposit {};
    let bad_msg = tell(&x.engine, &fund);
    let mixed = governor.pass(&mut x, &[good_msg, bad_msg]);
    assert!(mixed.is_err() && x.state_hash() == before);
    x.assert_sound();
    governor.orders(&mut x, vec![good()]).unwrap();
    assert_eq!(level(&x, eth()), Level::Guarded);
    assert!(x.state_hash() != before, "it was the bad one");
    x.assert_sound();
}

fn only_the_governor_orders(by: By) {
    let (mut x, governor) = bare(by);
    let order = govern(eth(), Level::Protected);
    let before = x.state_hash();
    let people = [
        "stranger",
        "dao",
        "deployer",
        "validator",
        "ann",
        "guardian",
    ];
    for who in people {
        let dao = ExecuteMsg::Dao {
            order: order.clone(),
        };
        refused(x.tell_breaker(who, &dao), "only the Dao may do this");
        // The door past every sender, knocked at in one's own name, and in the chain's.
        let (own, breaker) = (x.person(who), x.breaker.clone());
        for (authority, why) in [(own.clone(), "unauthorized"), (chain_governor(), "signer")] {
            let msg = sudo(&authority, &breaker, &order);
            let chain = x.chain.wasmd_mut().unwrap();
            refused(chain.tx(&own, &[msg]), why);
        }
    }
    assert!(x.state_hash() == before);
    governor.order(&mut x, order).unwrap();
    assert_eq!(level(&x, eth()), Level::Protected);
    x.assert_sound();
}

fn a_lost_vote_orders_nothing(by: By) {
    let (mut x, _) = bare(by);
    let before = x.state_hash();
    let order = govern(eth(), Level::Protected);
    if by == By::DaoDao {
        let dao = ExecuteMsg::Dao { order };
        let msg = tell(&x.breaker, &dao);
        let proposal = DaoDao::propose(&mut x, "ann", &[msg]).unwrap();
        DaoDao::vote(&mut x, "ann", (proposal, true)).unwrap();
        assert!(DaoDao::execute(&mut x, "ann", proposal).is_err());
        for who in ["ben", "cleo"] {
            DaoDao::vote(&mut x, who, (proposal, false)).unwrap();
        }
        assert!(DaoDao::execute(&mut x, "ann", proposal).is_err());
        assert_eq!(DaoDao::status(&x, proposal), "rejected");
    } else {
        let msg = sudo(&chain_governor(), &x.breaker, &order);
        let chain = x.chain.wasmd_mut().unwrap();
        let proposal = chain.propose("validator", &[msg]).unwrap();
        chain.vote("validator", proposal, false).unwrap();
        for _ in 0..10 {
            silence(&mut x);
        }
        let ended = x.chain.wasmd().unwrap().ended(proposal).unwrap();
        refused(ended, "rejected");
    }
    assert!(x.state_hash() == before);
    assert_eq!(level(&x, eth()), Level::Normal);
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

/// A new order book.
fn book(x: &mut Exchange) -> Addr {
    let msg = market::InstantiateMsg {
        market: "sol-perp".into(),
        feed: "sol-usd".into(),
        engine: Handle::new(x.engine.to_string()),
        oracle: Handle::new(x.oracle.to_string()),
        params: market::Params::major(),
    };
    let deployer = x.person("deployer");
    let new = New {
        code: x.chain.store(Part::Market),
        sender: &deployer,
        msg: to_json_binary(&msg).unwrap(),
        label: "sol",
        admin: Some(&deployer),
    };
    x.chain.instantiate(new).unwrap()
}

/// The market of that book, cleared.
fn registration(book: &Addr) -> DaoMsg {
    let clearing = Clearing {
        denom: DENOM.into(),
        venue: Handle::new(book.to_string()),
        params: MarketParams::major(150, 1_000_000),
    };
    DaoMsg::Register {
        market: Registered {
            market: "sol-perp".into(),
            feed: "sol-usd".into(),
            peg: None,
        },
        clearing: Some(Box::new(clearing)),
    }
}

/// Every order of a market is filled at its next round.
fn filled(x: &mut Exchange, market: usize) {
    x.round_on(market, PRICES[market]);
    let done = x.crank_in(market, "keeper", 10).unwrap();
    let dropped = engine::MandateDone::find(&done.events).unwrap();
    assert!(dropped.is_empty(), "{dropped:?}");
}

fn held(x: &Exchange, market: usize, who: &str) -> String {
    let position = x.position_in(market, who);
    position.map_or("nothing".into(), |p| format!("{:?}", p.size))
}

fn a_market_is_registered_and_trades(by: By) {
    let (mut x, governor) = scene(by, 2);
    let traders = [(0, "alice", Side::Long), (1, "bob", Side::Short)];
    for (market, who, side) in traders {
        x.deposit(who, 16_000);
        x.increase_in(market, who, (side, "10"), 15_000).unwrap();
        filled(&mut x, market);
    }
    let sizes = traders.map(|(market, who, _)| held(&x, market, who));
    assert!(!sizes.contains(&"nothing".to_owned()), "{sizes:?}");

    let addr = book(&mut x);
    let orders = vec![feed(&x, "sol-usd"), registration(&addr)];
    let done = governor.orders(&mut x, orders).unwrap();
    let [opens, clears] = announced(&x, &done, 72 * HOUR)[..] else {
        panic!("both are announced");
    };
    x.assert_sound();

    // A guardian who is in doubt an hour before the end gets a week, once.
    refused(execute(&mut x, clears.0), &clears.1.to_string());
    x.at(clears.1 - HOUR);
    let later = veto(&mut x, "guardian", clears.0).unwrap();
    assert_eq!(later, clears.1 + 7 * DAY);
    refused(veto(&mut x, "guardian", clears.0), "before");
    executed_when_ready(&mut x, opens);
    x.at(clears.1);
    refused(execute(&mut x, clears.0), &later.to_string());
    executed_when_ready(&mut x, (clears.0, later));
    assert!(changes(&x).is_empty());

    let (id, feed) = ("sol-perp".into(), "sol-usd".into());
    x.markets.push(MarketAt { id, feed, addr });
    // As long as the new feed needs for a half-hour average.
    for _ in 0..80 {
        rounds(&mut x, 30);
    }
    healed(&mut x);
    x.assert_sound();
    assert_eq!(sizes, traders.map(|(market, who, _)| held(&x, market, who)));

    trades(&mut x);
    for (market, who, side) in traders {
        x.close_in(market, who, side).unwrap();
        filled(&mut x, market);
        assert_eq!(held(&x, market, who), "nothing");
        x.withdraw(who, 12_000).unwrap();
    }
    x.assert_sound();
}

/// The new market has liquidity, and somebody goes in and out.
fn trades(x: &mut Exchange) {
    x.deposit("lp", 100_000);
    x.lp_deposit("lp", SOL, 100_000).unwrap();
    filled(x, SOL);
    let market = x.markets[SOL].id.clone();
    x.tell("lp", &engine::ExecuteMsg::LpClaim { market })
        .unwrap();
    assert!(x.books(SOL).cash > usd(99_000));
    x.deposit("carol", 2_000);
    let long = (Side::Long, "10");
    x.increase_in(SOL, "carol", long, 500).unwrap();
    filled(x, SOL);
    let size = x.position_in(SOL, "carol").unwrap().size;
    assert_eq!(size, units("10"));
    x.close_in(SOL, "carol", Side::Long).unwrap();
    filled(x, SOL);
    assert_eq!(held(x, SOL, "carol"), "nothing");
    x.withdraw("carol", 1_900).unwrap();
    let carol = x.person("carol");
    assert_eq!(x.bank(&carol, DENOM), dollars(1_900));
    x.assert_sound();
}

fn guardians(x: &Exchange) -> Vec<Guardian> {
    x.ask(Module::Breaker, &breaker::QueryMsg::Guardians {})
}

fn guardians_are_handed_over(by: By) {
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
    let ready = {
        let later = veto(&mut x, "second", change).unwrap();
        assert_eq!(later, ready + 7 * DAY);
        later
    };
    executed_when_ready(&mut x, (change, ready));

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

/// The chain's own governance needs nobody's leave to replace code; a DAO DAO is nobody's admin here.
#[test]
fn new_code_comes_by_the_chains_vote() {
    for by in [By::Sender, By::DaoDao] {
        let (mut x, governor) = bare(by);
        let (engine, code) = (x.engine.clone(), x.chain.store(Part::Engine));
        let before = (x.chain.code_of(&engine), x.state_hash());
        assert!(before.0 != code);
        let order = govern(eth(), Level::Guarded);
        let told = tell(&x.breaker, &ExecuteMsg::Dao { order });
        let done = governor.pass(&mut x, &[told, replace(&engine, code)]);
        if by == By::DaoDao {
            assert!(done.is_err());
            assert_eq!((x.chain.code_of(&engine), x.state_hash()), before);
        } else {
            done.unwrap();
            assert_eq!(x.chain.code_of(&engine), code);
            assert_eq!(level(&x, eth()), Level::Guarded);
        }
        x.assert_sound();
    }
}
