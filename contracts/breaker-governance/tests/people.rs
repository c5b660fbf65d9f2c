//! What guardians and the DAO may do, what neither may, and how long it takes.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use breaker_governance::{change, guardian, ContractError, Counted, Role};
use cosmwasm_std::Addr;
use suite::{assert_refused, feed, market, module, registered, Suite};
use types::{
    breaker::{
        Change, ChangeAnnounced, ChangeDone, ChangePostponed, Config, Content, DaoMsg, ExecuteMsg,
        FeedReading, Guardian, QueryMsg, RaiseEnded, Raised, Registered,
    },
    level::Level,
    scope::{Reason, Scope},
    wire::Wire,
    Ratio,
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const GLOBAL: Scope = Scope::Global {};

fn raise(scope: Scope, level: Level, hours: u32) -> ExecuteMsg {
    ExecuteMsg::Raise {
        scope,
        level,
        hours,
    }
}

fn govern(scope: Scope, level: Level) -> DaoMsg {
    DaoMsg::Govern { scope, level }
}

fn register(name: &str, feed: &str) -> DaoMsg {
    DaoMsg::Register {
        market: registered(name, feed),
        clearing: None,
    }
}

fn deregister(name: &str) -> DaoMsg {
    DaoMsg::Deregister {
        market: name.into(),
    }
}

fn set(s: &Suite, names: &[&str]) -> DaoMsg {
    DaoMsg::SetGuardians {
        guardians: names.iter().map(|n| s.who(n).into_string()).collect(),
    }
}

fn execute(change: u64) -> ExecuteMsg {
    ExecuteMsg::Execute { change }
}

fn veto(change: u64) -> ExecuteMsg {
    ExecuteMsg::Veto { change }
}

fn open() -> Suite {
    let mut s = Suite::calm();
    fresh(&mut s);
    s
}

fn fresh(s: &mut Suite) {
    let both = vec![s.quiet("eth-usd"), s.quiet("btc-usd")];
    s.report(both);
}

/// Whole days with a report now and then, and guardians alive.
fn days(s: &mut Suite, days: u64) {
    for _ in 0..days * 4 {
        s.wait(6 * HOUR);
        fresh(s);
    }
}

/// Seconds, with both feeds fresh throughout.
fn awake(s: &mut Suite, seconds: u64) {
    let end = s.now() + seconds;
    while s.now() < end {
        let step = (end - s.now()).min(300);
        s.app.update_block(|block| {
            block.height += 1 + step / 6;
            block.time = block.time.plus_seconds(step);
        });
        fresh(s);
    }
}

fn changes(s: &Suite) -> Vec<Change> {
    s.ask(&QueryMsg::Changes {})
}

fn guardian_of(s: &Suite, name: &str) -> Guardian {
    let all: Vec<Guardian> = s.ask(&QueryMsg::Guardians {});
    let who = s.who(name);
    all.into_iter().find(|g| g.guardian == who).unwrap()
}

#[test]
fn a_guardian_holds_any_scope_above_a_market_and_every_market_under_it_hears_at_once() {
    let all = vec!["eth-perp", "eth-mini", "btc-perp"];
    let s = open();
    let rows = [
        (GLOBAL, all.clone()),
        (market("eth-perp"), vec!["eth-perp"]),
        (feed("eth-usd"), vec!["eth-perp", "eth-mini"]),
        (module(&s.engine), all.clone()),
        (module(&s.oracle), all.clone()),
    ];
    for (scope, under) in rows {
        let mut s = open();
        let res = s
            .sent("ann", &raise(scope.clone(), Level::Protected, 1))
            .unwrap();
        let until = s.now() + HOUR;
        let raised = Raised::find(&res.events).unwrap();
        assert_eq!((raised.len(), raised[0].until), (1, until));
        assert_eq!(s.level(scope.clone()), Level::Protected);
        assert_eq!(s.latches(scope)[0].reason, Reason::Guardian);
        for name in &all {
            let held = if under.contains(name) {
                Level::Protected
            } else {
                Level::Normal
            };
            assert_eq!(s.told_level(name), Some(held), "{name}");
        }
    }
}

#[test]
fn a_raise_expires_by_itself_and_nothing_else_heals_it() {
    let mut s = open();
    s.sent("ann", &raise(GLOBAL, Level::ReduceOnly, 2)).unwrap();
    awake(&mut s, 2 * HOUR);
    assert_eq!(s.level(GLOBAL), Level::ReduceOnly);
    assert_eq!(s.told_level("eth-perp"), Some(Level::ReduceOnly));
    awake(&mut s, 1);
    assert_eq!(s.level(GLOBAL), Level::Normal);
    assert_eq!(s.latches(GLOBAL), []);
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
    let caps = s.told("eth-perp").last().unwrap().caps;
    assert_eq!(caps, Ratio::percent(10), "it reopens in steps");
}

#[test]
fn one_raise_each_then_a_rest_of_twice_what_was_asked_for() {
    let mut s = open();
    let start = s.now();
    let again = raise(market("eth-perp"), Level::Guarded, 1);
    s.sent("ann", &raise(GLOBAL, Level::Guarded, 2)).unwrap();
    let until = start + 2 * HOUR;
    let holding = ContractError::Holding { until };
    assert_refused("second", s.sent("ann", &again), &holding);
    s.sent("bob", &again).unwrap();
    s.wait(HOUR);
    let res = s.sent("ann", &ExecuteMsg::Withdraw {}).unwrap();
    assert!(!RaiseEnded::find(&res.events).unwrap()[0].lifted);
    assert_eq!(s.level(GLOBAL), Level::Normal);
    let until = start + HOUR + 4 * HOUR;
    let cooling = ContractError::Cooling { until };
    assert_refused("rest", s.sent("ann", &again), &cooling);
    s.wait(4 * HOUR - 1);
    assert_refused("rest", s.sent("ann", &again), &cooling);
    s.wait(1);
    s.sent("ann", &again).unwrap();
}

#[test]
fn a_raise_that_ran_out_is_followed_by_the_same_rest() {
    let mut s = open();
    let start = s.now();
    let msg = raise(GLOBAL, Level::Guarded, 72);
    s.sent("ann", &msg).unwrap();
    s.wait(72 * HOUR + 1);
    let nothing = ContractError::NoRaise {
        guardian: s.who("ann"),
    };
    assert_refused("over", s.sent("ann", &ExecuteMsg::Withdraw {}), &nothing);
    let until = start + 3 * 72 * HOUR;
    assert_refused(
        "rest",
        s.sent("ann", &msg),
        &ContractError::Cooling { until },
    );
    s.wait(144 * HOUR - 1);
    s.sent("ann", &msg).unwrap();
}

#[test]
fn the_highest_raise_counts_and_ending_one_leaves_the_others() {
    let mut s = open();
    s.sent("ann", &raise(GLOBAL, Level::Protected, 1)).unwrap();
    s.sent("bob", &raise(GLOBAL, Level::Guarded, 72)).unwrap();
    assert_eq!(s.level(GLOBAL), Level::Protected);
    s.sent("ann", &ExecuteMsg::Withdraw {}).unwrap();
    assert_eq!(s.level(GLOBAL), Level::Guarded);
}

#[test]
fn a_guardian_without_a_sign_of_life_for_thirty_days_is_powerless_until_it_gives_one() {
    let mut s = open();
    let start = s.now();
    let msg = raise(GLOBAL, Level::Guarded, 1);
    s.order(register("sol-perp", "sol-usd")).unwrap();
    days(&mut s, 30);
    s.sent("ann", &msg).unwrap();
    s.wait(1);
    let powerless = ContractError::Powerless {
        since: start + 30 * DAY,
    };
    assert_refused("late", s.sent("bob", &msg), &powerless);
    assert_refused("veto", s.sent("bob", &veto(1)), &powerless);
    s.sent("bob", &ExecuteMsg::Heartbeat {}).unwrap();
    assert_eq!(guardian_of(&s, "bob").heartbeat, s.now());
    s.sent("bob", &msg).unwrap();
}

#[test]
fn the_dao_lifts_a_raise_at_once_and_it_alone() {
    let mut s = open();
    s.sent("ann", &raise(GLOBAL, Level::Protected, 72)).unwrap();
    s.sent("bob", &raise(market("eth-perp"), Level::Guarded, 72))
        .unwrap();
    s.heal("eth-usd", 180);
    s.heal("btc-usd", 180);
    s.reconciled("btc-perp");
    s.reconciled("eth-perp");
    let lift = |scope, who: &Addr| DaoMsg::Lift {
        scope,
        guardian: who.to_string(),
    };
    let (ann, bob) = (s.who("ann"), s.who("bob"));
    let nothing = ContractError::NoRaise {
        guardian: ann.clone(),
    };
    let elsewhere = s.order(lift(market("eth-perp"), &ann));
    assert_refused("another scope", elsewhere, &nothing);
    let res = s.order(lift(GLOBAL, &ann)).unwrap();
    assert!(RaiseEnded::find(&res.events).unwrap()[0].lifted);
    assert_eq!(s.told_level("btc-perp"), Some(Level::Normal));
    assert_eq!(
        s.told_level("eth-perp"),
        Some(Level::Guarded),
        "bob's holds"
    );
    let until = s.now() + 2 * 72 * HOUR;
    assert_eq!(guardian_of(&s, "ann").free_at, until);
    s.order(lift(market("eth-perp"), &bob)).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
}

#[test]
fn the_chain_s_governance_speaks_for_the_dao() {
    let mut s = open();
    let breaker = s.breaker.clone();
    let order = govern(market("btc-perp"), Level::Protected);
    s.app.wasm_sudo(breaker, &order).unwrap();
    assert_eq!(s.told_level("btc-perp"), Some(Level::Protected));
    assert_eq!(s.told_level("eth-perp"), Some(Level::Normal));
}

#[test]
fn governance_raises_and_lowers_its_own_latch_and_no_reading_heals_it() {
    let mut s = open();
    s.order(govern(feed("eth-usd"), Level::ReduceOnly)).unwrap();
    awake(&mut s, 2 * DAY);
    assert_eq!(s.told_level("eth-mini"), Some(Level::ReduceOnly));
    assert_eq!(s.told_level("btc-perp"), Some(Level::Normal));
    s.order(govern(feed("eth-usd"), Level::Guarded)).unwrap();
    assert_eq!(s.told_level("eth-mini"), Some(Level::Guarded));
    s.order(govern(feed("eth-usd"), Level::Normal)).unwrap();
    assert_eq!(s.told_level("eth-mini"), Some(Level::Normal));
}

#[test]
fn nobody_lowers_what_readings_hold() {
    let mut s = open();
    let wide = FeedReading {
        dispersion: Ratio::percent(3),
        ..s.quiet("eth-usd")
    };
    s.report(vec![wide]);
    let scope = || feed("eth-usd");
    s.sent("ann", &raise(scope(), Level::Protected, 1)).unwrap();
    s.sent("ann", &ExecuteMsg::Withdraw {}).unwrap();
    s.order(govern(scope(), Level::Protected)).unwrap();
    s.order(govern(scope(), Level::Normal)).unwrap();
    assert_eq!(s.level(scope()), Level::ReduceOnly);
    assert!(s.stance("eth-perp").level >= Level::ReduceOnly);
}

#[test]
fn settlement_waits_a_week_at_protected_and_is_for_ever() {
    let mut s = open();
    let scope = || market("eth-perp");
    let settle = || govern(scope(), Level::Settlement);
    let early = |from| ContractError::SettlementTooEarly { from };
    assert_refused("at Normal", s.order(settle()), &early(None));
    s.order(govern(scope(), Level::ReduceOnly)).unwrap();
    days(&mut s, 8);
    assert_refused("at ReduceOnly", s.order(settle()), &early(None));
    s.order(govern(scope(), Level::Protected)).unwrap();
    let from = s.now() + 7 * DAY;
    days(&mut s, 6);
    s.order(govern(scope(), Level::Protected)).unwrap();
    s.wait(DAY - 1);
    assert_refused("almost", s.order(settle()), &early(Some(from)));
    s.wait(1);
    s.order(settle()).unwrap();
    assert_eq!(s.told_level("eth-perp"), Some(Level::Settlement));
    let settled = ContractError::Settled { scope: scope() };
    for level in [Level::Normal, Level::Protected] {
        assert_refused("back", s.order(govern(scope(), level)), &settled);
    }
    days(&mut s, 2);
    assert_eq!(s.told_level("eth-perp"), Some(Level::Settlement));
    assert!(s.told_level("btc-perp") < Some(Level::Settlement));
}

#[test]
fn a_guardian_s_raise_does_not_bring_settlement_nearer() {
    let mut s = open();
    s.sent("ann", &raise(GLOBAL, Level::Protected, 72)).unwrap();
    s.wait(3 * DAY);
    let settle = s.order(govern(GLOBAL, Level::Settlement));
    let early = ContractError::SettlementTooEarly { from: None };
    assert_refused("raised", settle, &early);
}

#[test]
fn a_market_is_registered_by_anyone_once_its_time_has_come() {
    let mut s = open();
    let res = s.order(register("sol-perp", "sol-usd")).unwrap();
    let ready = s.now() + 72 * HOUR;
    let announced = ChangeAnnounced::find(&res.events).unwrap();
    assert_eq!((announced[0].change, announced[0].ready), (1, ready));
    assert_eq!(changes(&s).len(), 1);
    awake(&mut s, 72 * HOUR - 1);
    let early = ContractError::TooEarly { ready };
    assert_refused("early", s.sent("anyone", &execute(1)), &early);
    assert_eq!(s.stance("sol-perp").until, 0);
    awake(&mut s, 1);
    let res = s.sent("anyone", &execute(1)).unwrap();
    assert!(ChangeDone::find(&res.events).unwrap()[0].executed);
    assert_eq!(changes(&s), []);
    let again = s.sent("anyone", &execute(1));
    assert_refused("again", again, &ContractError::NoChange { change: 1 });
    let config: Config = s.ask(&QueryMsg::Config {});
    assert_eq!(config.markets.len(), 4);
    s.report_quiet("sol-usd");
    assert_eq!(s.told_level("sol-perp"), Some(Level::Normal));
}

#[test]
fn a_market_that_is_deregistered_lapses_and_its_latches_wait_for_its_return() {
    let mut s = open();
    s.order(govern(market("btc-perp"), Level::Guarded)).unwrap();
    s.order(deregister("btc-perp")).unwrap();
    awake(&mut s, 72 * HOUR);
    s.sent("anyone", &execute(1)).unwrap();
    let unknown = s.stance("btc-perp");
    assert_eq!((unknown.level, unknown.until), (Level::ReduceOnly, 0));
    let told = s.told("btc-perp").len();
    s.report_quiet("btc-usd");
    assert_eq!(s.told("btc-perp").len(), told, "its feed is not known");
    s.order(register("btc-perp", "btc-usd")).unwrap();
    awake(&mut s, 72 * HOUR);
    s.sent("anyone", &execute(2)).unwrap();
    s.report_quiet("btc-usd");
    assert_eq!(s.told_level("btc-perp"), Some(Level::Guarded));
}

#[test]
fn a_feed_is_forgotten_only_with_its_last_market() {
    let mut s = open();
    s.order(deregister("eth-mini")).unwrap();
    s.wait(72 * HOUR);
    s.sent("anyone", &execute(1)).unwrap();
    s.report_quiet("eth-usd");
    assert!(s.told_level("eth-perp").is_some());
    s.order(deregister("eth-perp")).unwrap();
    s.order(deregister("btc-perp")).unwrap();
    s.wait(168 * HOUR);
    s.sent("anyone", &execute(2)).unwrap();
    let last = s.sent("anyone", &execute(3));
    let (of, got, max) = (Counted::Markets, 0, 32);
    assert_refused("the last one", last, &ContractError::Count { of, got, max });
}

#[test]
fn there_are_thirty_two_markets_at_most() {
    let markets = (0..31)
        .map(|n| registered(&format!("m-{n}"), "eth-usd"))
        .collect();
    let mut s = Suite::with(markets, types::breaker::Params::default());
    s.order(register("m-31", "eth-usd")).unwrap();
    s.order(register("m-32", "eth-usd")).unwrap();
    s.wait(168 * HOUR);
    s.sent("anyone", &execute(1)).unwrap();
    let (of, got, max) = (Counted::Markets, 33, 32);
    let full = || ContractError::Count { of, got, max };
    assert_refused("full", s.sent("anyone", &execute(2)), &full());
    assert_eq!(changes(&s).len(), 1, "it still waits");
    assert_refused("full", s.order(register("m-33", "eth-usd")), &full());
    s.order(DaoMsg::Cancel { change: 2 }).unwrap();
}

#[test]
fn what_is_changed_while_the_exchange_is_closed_takes_a_week() {
    let mut s = open();
    s.order(govern(market("btc-perp"), Level::ReduceOnly))
        .unwrap();
    s.order(deregister("btc-perp")).unwrap();
    s.order(deregister("eth-mini")).unwrap();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    s.order(govern(GLOBAL, Level::ReduceOnly)).unwrap();
    s.order(register("doge-perp", "doge-usd")).unwrap();
    let delays: Vec<u64> = changes(&s).iter().map(|c| c.ready - c.announced).collect();
    assert_eq!(delays, [7 * DAY, 3 * DAY, 3 * DAY, 7 * DAY]);
}

#[test]
fn a_change_is_announced_once_and_eight_wait_at_most() {
    let mut s = open();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    let waiting = ContractError::Waiting { change: 1 };
    let again = s.order(register("sol-perp", "sol-usd"));
    assert_refused("again", again, &waiting);
    for n in 2..=8 {
        s.order(register("sol-perp", &format!("sol-{n}"))).unwrap();
    }
    let more = s.order(register("sol-perp", "sol-9"));
    assert_refused("more", more, &ContractError::TooManyChanges { max: 8 });
    let res = s.order(DaoMsg::Cancel { change: 3 }).unwrap();
    assert!(!ChangeDone::find(&res.events).unwrap()[0].executed);
    s.order(register("sol-perp", "sol-9")).unwrap();
    assert_eq!(changes(&s).last().unwrap().id, 9, "numbers are not reused");
}

#[test]
fn two_rival_registrations_end_with_one_market() {
    let mut s = open();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    s.order(register("sol-perp", "sol-2")).unwrap();
    s.wait(72 * HOUR);
    s.sent("anyone", &execute(2)).unwrap();
    let known = ContractError::KnownMarket {
        market: "sol-perp".into(),
    };
    assert_refused("taken", s.sent("anyone", &execute(1)), &known);
    let config: Config = s.ask(&QueryMsg::Config {});
    let sol: Vec<&Registered> = config
        .markets
        .iter()
        .filter(|m| m.market == "sol-perp")
        .collect();
    assert_eq!(sol, [&registered("sol-perp", "sol-2")]);
}

#[test]
fn a_veto_postpones_by_a_week_once_per_guardian_and_content_and_voids_nothing() {
    let mut s = open();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    let ready = s.now() + 3 * DAY;
    s.wait(3 * DAY - 1);
    let res = s.sent("ann", &veto(1)).unwrap();
    let postponed = ChangePostponed::find(&res.events).unwrap();
    assert_eq!(postponed[0].ready, ready + 7 * DAY);
    let before = ContractError::VetoedBefore { change: 1 };
    assert_refused("twice", s.sent("ann", &veto(1)), &before);
    s.sent("bob", &veto(1)).unwrap();
    let ready = ready + 14 * DAY;
    assert_eq!(
        (changes(&s)[0].ready, changes(&s)[0].postponed),
        (ready, 14 * DAY)
    );
    s.wait(14 * DAY + 1);
    let late = ContractError::VetoTooLate { ready };
    assert_refused("late", s.sent("cid", &veto(1)), &late);
    s.sent("anyone", &execute(1)).unwrap();
    let config: Config = s.ask(&QueryMsg::Config {});
    assert_eq!(config.markets.len(), 4);
}

#[test]
fn announcing_the_same_again_neither_escapes_a_veto_nor_renews_it() {
    let mut s = open();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    let ready = s.now() + 10 * DAY;
    s.sent("ann", &veto(1)).unwrap();
    s.order(DaoMsg::Cancel { change: 1 }).unwrap();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    assert_eq!(changes(&s)[0].ready, ready, "what was postponed stays so");
    let before = ContractError::VetoedBefore { change: 2 };
    assert_refused("again", s.sent("ann", &veto(2)), &before);
    s.wait(10 * DAY);
    s.sent("anyone", &execute(2)).unwrap();
    // Executed, it is over: the next one of the same content is another change.
    s.order(deregister("sol-perp")).unwrap();
    s.wait(7 * DAY);
    s.sent("anyone", &execute(3)).unwrap();
    s.order(register("sol-perp", "sol-usd")).unwrap();
    s.sent("ann", &veto(4)).unwrap();
}

#[test]
fn guardians_are_replaced_after_a_week_and_the_removed_keep_their_veto_for_another() {
    let mut s = open();
    let msg = raise(GLOBAL, Level::Guarded, 72);
    let order = set(&s, &["dan", "ann", "eve"]);
    s.order(order).unwrap();
    s.wait(7 * DAY - 1);
    assert!(s.sent("anyone", &execute(1)).is_err());
    s.sent("bob", &msg).unwrap();
    s.wait(1);
    s.sent("anyone", &execute(1)).unwrap();
    let removed_at = s.now();
    assert_eq!(guardian_of(&s, "bob").removed_at, Some(removed_at));
    assert_eq!(s.level(GLOBAL), Level::Guarded, "what he raised runs on");
    let nobody = ContractError::Unauthorised {
        needed: Role::Guardian,
    };
    assert_refused("removed", s.sent("cid", &msg), &nobody);
    let heartbeat = s.sent("cid", &ExecuteMsg::Heartbeat {});
    assert_refused("removed", heartbeat, &nobody);
    s.order(register("sol-perp", "sol-usd")).unwrap();
    s.sent("dan", &veto(2)).unwrap();
    s.wait(7 * DAY - 1);
    s.sent("cid", &veto(2)).unwrap();
    s.wait(1);
    assert_refused("a week later", s.sent("bob", &veto(2)), &nobody);
    s.sent("dan", &msg).unwrap();
}

#[test]
fn guardians_do_not_defend_their_own_seats_nor_the_list_for_ever() {
    let mut s = open();
    let order = set(&s, &["bob", "cid", "dan", "eve"]);
    s.order(order).unwrap();
    let rival = set(&s, &["dan"]);
    let waiting = ContractError::Waiting { change: 1 };
    assert_refused("another list", s.order(rival), &waiting);
    let own = ContractError::OwnRemoval { change: 1 };
    assert_refused("its own removal", s.sent("ann", &veto(1)), &own);
    s.sent("bob", &veto(1)).unwrap();
    s.sent("cid", &veto(1)).unwrap();
    assert_eq!(changes(&s)[0].postponed, 14 * DAY);

    let mut s = open();
    let more = set(&s, &["ann", "bob", "cid", "dan"]);
    s.order(more).unwrap();
    s.wait(7 * DAY);
    s.sent("anyone", &execute(1)).unwrap();
    let order = set(&s, &["ann", "bob", "cid", "dan", "eve"]);
    s.order(order).unwrap();
    for who in ["ann", "bob", "cid"] {
        s.sent(who, &veto(2)).unwrap();
    }
    let enough = ContractError::PostponedEnough { most: 21 * DAY };
    assert_refused("a fourth", s.sent("dan", &veto(2)), &enough);
}

#[test]
fn the_same_guardians_in_another_order_are_the_same_change() {
    let mut s = open();
    let order = set(&s, &["dan", "bob"]);
    s.order(order).unwrap();
    let Content::SetGuardians { guardians } = &changes(&s)[0].content else {
        panic!("a list of guardians");
    };
    let mut sorted = guardians.clone();
    sorted.sort();
    assert_eq!(*guardians, sorted);
    s.sent("bob", &veto(1)).unwrap();
    s.order(DaoMsg::Cancel { change: 1 }).unwrap();
    let order = set(&s, &["bob", "dan"]);
    s.order(order).unwrap();
    let before = ContractError::VetoedBefore { change: 2 };
    assert_refused("the same", s.sent("bob", &veto(2)), &before);
}

#[test]
fn a_breaker_does_not_start_with_too_many_guardians_or_one_twice() {
    let of = Counted::Guardians;
    let mut s = Suite::bare();
    let names = |s: &Suite, names: &[String]| names.iter().map(|n| s.who(n).into()).collect();
    let ten: Vec<String> = (0..10).map(|n| format!("g{n}")).collect();
    let mut msg = s.setup(suite::markets(), types::breaker::Params::default());
    msg.guardians = names(&s, &ten);
    let (got, max) = (10, guardian::MAX);
    assert_refused(
        "ten",
        s.start(&msg, &[]),
        &ContractError::Count { of, got, max },
    );
    msg.guardians = names(&s, &[ten[0].clone(), ten[0].clone()]);
    let name = msg.guardians[0].clone();
    let twice = ContractError::Duplicate { of, name };
    assert_refused("twice", s.start(&msg, &[]), &twice);
    msg.guardians = vec!["nobody".into()];
    assert!(s.start(&msg, &[]).is_err());
    msg.guardians = names(&s, &ten[..9]);
    s.start(&msg, &[]).unwrap();
    msg.guardians = vec![];
    s.start(&msg, &[]).unwrap();
}

/// A key held for an hour or a day: it can close the exchange for a while, and open nothing.
#[test]
fn a_stolen_key_costs_no_more_than_its_own_rule() {
    let mut s = open();
    s.sent("ann", &raise(GLOBAL, Level::Protected, 72)).unwrap();
    for level in [Level::Guarded, Level::ReduceOnly, Level::Protected] {
        assert!(s.sent("ann", &raise(market("eth-perp"), level, 1)).is_err());
    }
    for order in [govern(GLOBAL, Level::Normal), deregister("eth-perp")] {
        assert!(s.sent("ann", &ExecuteMsg::Dao { order }).is_err());
    }
    let wide = FeedReading {
        dispersion: Ratio::percent(6),
        ..s.quiet("btc-usd")
    };
    s.report(vec![wide]);
    s.order(govern(GLOBAL, Level::Protected)).unwrap();
    for order in [
        govern(GLOBAL, Level::Settlement),
        govern(feed("btc-usd"), Level::Settlement),
    ] {
        assert!(s.order(order).is_err(), "the DAO's key for a day");
    }
    let order = set(&s, &["eve"]);
    s.order(order).unwrap();
    s.order(deregister("btc-perp")).unwrap();
    s.wait(DAY);
    for change in [1, 2] {
        assert!(s.sent("eve", &execute(change)).is_err());
    }
    assert_eq!(changes(&s).len(), 2);
    const { assert!(change::DELAY == 72 * HOUR && change::LONG_DELAY == 7 * DAY) };
}
