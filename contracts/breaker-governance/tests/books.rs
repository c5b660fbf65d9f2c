//! What a market's books read trips and heals its latches, told by the engine or asked for by anyone.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use cosmwasm_std::{
    from_json,
    testing::{message_info, mock_dependencies, mock_env},
    Reply, SubMsgResult,
};
use suite::{calm, market, module, Suite};
use types::strict::Strict;
use types::{
    breaker::{DaoMsg, ExecuteMsg, LatchChanged, ModuleFailed, Modules, QueryMsg, StanceLeased},
    engine::Vitals,
    handle::Handle,
    level::Level,
    scope::Reason,
    wire::Wire,
    Ratio,
};

const ETH: &str = "eth-perp";

/// Fed and told its first stance.
fn open() -> Suite {
    let mut s = Suite::calm();
    let both = vec![s.quiet("eth-usd"), s.quiet("btc-usd")];
    s.report(both);
    s
}

fn reason_of(s: &Suite, reason: Reason) -> Level {
    let held = s.latches(market(ETH));
    let held = held.iter().find(|l| l.reason == reason);
    held.map_or(Level::Normal, |l| l.level)
}

/// What is read, why it trips, and where it trips to.
fn table() -> Vec<(Vitals, Reason, Level)> {
    let outflow = |hour, day| Vitals {
        outflow_hour: Ratio::percent(hour),
        outflow_day: Ratio::percent(day),
        ..calm()
    };
    let cover = |percent| Vitals {
        cover: Some(Ratio::percent(percent)),
        ..calm()
    };
    let backlog = |percent| Vitals {
        backlog: Ratio::percent(percent),
        ..calm()
    };
    let gain = |percent| Vitals {
        gain: Ratio::percent(percent),
        ..calm()
    };
    let faults = |venue_faults| Vitals {
        venue_faults,
        ..calm()
    };
    let unbalanced = Vitals {
        balanced: false,
        ..calm()
    };
    use {Level as L, Reason as R};
    vec![
        (outflow(9, 24), R::Outflow, L::Normal),
        (outflow(10, 0), R::Outflow, L::Guarded),
        (outflow(0, 25), R::Outflow, L::Guarded),
        (outflow(500, 500), R::Outflow, L::Guarded),
        (cover(150), R::Cover, L::Normal),
        (cover(149), R::Cover, L::Guarded),
        (cover(99), R::Cover, L::ReduceOnly),
        (cover(24), R::Cover, L::Protected),
        (cover(0), R::Cover, L::Protected),
        (backlog(49), R::Backlog, L::Normal),
        (backlog(50), R::Backlog, L::Guarded),
        (backlog(100), R::Backlog, L::ReduceOnly),
        (backlog(300), R::Backlog, L::Protected),
        (gain(69), R::Gain, L::Normal),
        (gain(70), R::Gain, L::Guarded),
        (gain(85), R::Gain, L::ReduceOnly),
        (gain(100), R::Gain, L::Protected),
        (gain(u64::MAX), R::Gain, L::Protected),
        (faults(2), R::ModuleFault, L::Normal),
        (faults(3), R::ModuleFault, L::Guarded),
        (faults(6), R::ModuleFault, L::ReduceOnly),
        (faults(u32::MAX), R::ModuleFault, L::ReduceOnly),
        (unbalanced, R::Books, L::Protected),
    ]
}

#[test]
fn each_reading_trips_its_own_reason_on_its_own_market_and_the_engine_hears_of_it() {
    for (vitals, reason, level) in table() {
        let mut s = open();
        s.wait(6);
        let res = s.say(ETH, vitals);
        assert_eq!(reason_of(&s, reason), level, "{vitals:?}");
        assert_eq!(s.level(market(ETH)), level);
        assert_eq!(s.told_level(ETH), Some(level));
        let changed = LatchChanged::find(&res.events).unwrap();
        assert_eq!(changed.len(), usize::from(level > Level::Normal));
        for other in ["eth-mini", "btc-perp"] {
            assert_eq!(s.stance(other).level, Level::Normal, "{other}");
            assert_eq!(s.told(other).len(), 1, "{other}");
        }
    }
}

#[test]
fn nothing_to_cover_is_no_reading_against() {
    let mut s = open();
    let thin = Vitals {
        cover: Some(Ratio::percent(99)),
        ..calm()
    };
    s.say(ETH, thin);
    for _ in 0..60 {
        s.wait(30);
        s.report_quiet("eth-usd");
        s.say(ETH, calm());
    }
    assert_eq!(reason_of(&s, Reason::Cover), Level::Normal);
}

#[test]
fn cover_is_left_above_where_it_was_entered() {
    let mut s = open();
    let cover = |percent| Vitals {
        cover: Some(Ratio::percent(percent)),
        ..calm()
    };
    s.say(ETH, cover(149));
    for (percent, level) in [(230, Level::Guarded), (231, Level::Normal)] {
        for _ in 0..20 {
            s.wait(30);
            s.report_quiet("eth-usd");
            s.say(ETH, cover(percent));
        }
        assert_eq!(reason_of(&s, Reason::Cover), level, "{percent} %");
    }
}

#[test]
fn readings_count_for_healing_half_a_minute_apart_however_often_they_come() {
    let mut s = open();
    s.say(
        ETH,
        Vitals {
            backlog: Ratio::percent(50),
            ..calm()
        },
    );
    s.wait(330);
    for _ in 0..2 {
        s.say(ETH, calm());
        s.wait(29);
        s.say(ETH, calm());
        s.wait(1);
    }
    assert_eq!(reason_of(&s, Reason::Backlog), Level::Guarded, "two count");
    s.say(ETH, calm());
    assert_eq!(reason_of(&s, Reason::Backlog), Level::Normal);
}

#[test]
fn books_that_do_not_balance_are_healed_by_nothing_and_cleared_by_the_dao_once_they_do() {
    let mut s = open();
    let unbalanced = Vitals {
        balanced: false,
        ..calm()
    };
    let clear = || DaoMsg::ClearBooks { market: ETH.into() };
    s.say(ETH, unbalanced);
    assert!(s.order(clear()).is_err(), "they still do not balance");
    for _ in 0..200 {
        s.wait(60);
        s.report_quiet("eth-usd");
        s.say(ETH, calm());
    }
    s.reconciled(ETH);
    assert_eq!(s.told_level(ETH), Some(Level::Protected));
    s.order(clear()).unwrap();
    assert_eq!(s.told_level(ETH), Some(Level::Normal));
    assert!(s.order(clear()).is_err(), "nothing is held any more");
    s.say(ETH, unbalanced);
    assert_eq!(s.told_level(ETH), Some(Level::Protected));
}

#[test]
fn vitals_renew_a_lease_like_a_report_does() {
    let mut s = open();
    s.wait(450);
    let res = s.say(ETH, calm());
    assert_eq!(StanceLeased::find(&res.events).unwrap(), []);
    s.wait(1);
    let res = s.say(ETH, calm());
    let leased = StanceLeased::find(&res.events).unwrap();
    assert_eq!(leased.len(), 1, "half is spent: this market's, no other's");
    assert_eq!(leased[0].market, ETH);
}

#[test]
fn vitals_of_a_market_nobody_registered_are_passed_over() {
    let mut s = open();
    let before = s.state();
    let res = s.say(
        "doge-perp",
        Vitals {
            balanced: false,
            ..calm()
        },
    );
    assert_eq!(LatchChanged::find(&res.events).unwrap(), []);
    assert!(s.state() == before);
}

#[test]
fn anyone_has_the_engine_asked_and_the_answer_is_learned_and_leased_at_once() {
    let mut s = open();
    s.vitals(
        ETH,
        Some(Vitals {
            gain: Ratio::percent(90),
            ..calm()
        }),
    );
    s.vitals("btc-perp", Some(calm()));
    s.wait(6);
    let res = s.poke(&[ETH, "btc-perp", "eth-mini"]).unwrap();
    assert_eq!(s.told_level(ETH), Some(Level::ReduceOnly));
    assert_eq!(s.level(market("btc-perp")), Level::Normal);
    assert_eq!(s.level(market("eth-mini")), Level::Normal, "it is unknown");
    assert_eq!(ModuleFailed::find(&res.events).unwrap(), []);
}

#[test]
fn an_engine_that_does_not_answer_is_a_fault_of_the_engine_and_nothing_else() {
    let mut s = open();
    s.kill_engine(true);
    let res = s.poke(&[ETH, "btc-perp"]).unwrap();
    let failed = ModuleFailed::find(&res.events).unwrap();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|f| f.module == s.engine));
    assert_eq!(s.latches(market(ETH)), []);
    let modules: Modules = s.ask(&QueryMsg::Modules {});
    assert_eq!((modules.faults, modules.calls.len()), (2, 2));
    s.poke(&["eth-mini"]).unwrap();
    assert_eq!(s.level(module(&s.engine)), Level::Guarded);
    s.poke(&[ETH, "btc-perp", "eth-mini"]).unwrap();
    assert_eq!(s.level(module(&s.engine)), Level::ReduceOnly);
}

#[test]
fn poking_and_pushing_one_broken_market_a_hundred_times_touches_no_other() {
    let mut s = open();
    s.break_market(ETH, true);
    for _ in 0..50 {
        s.wait(6);
        s.poke(&[ETH]).unwrap();
        s.push(&[ETH]).unwrap();
    }
    assert_eq!(s.level(module(&s.engine)), Level::Normal);
    assert_eq!(s.stance("btc-perp").level, Level::Normal);
    assert_eq!(s.latches(market(ETH)), []);
}

#[test]
fn a_market_the_engine_never_knew_says_nothing_about_the_engine() {
    let mut s = Suite::calm();
    s.kill_engine(true);
    let both = vec![s.quiet("eth-usd"), s.quiet("btc-usd")];
    s.report(both);
    for _ in 0..20 {
        s.wait(6);
        let res = s.poke(&[ETH, "btc-perp", "eth-mini"]).unwrap();
        assert_eq!(ModuleFailed::find(&res.events).unwrap(), []);
    }
    assert_eq!(s.level(module(&s.engine)), Level::Normal);
}

#[test]
fn an_only_market_speaks_for_the_engine() {
    let only = vec![suite::registered(ETH, "eth-usd")];
    let mut s = Suite::with(only, types::breaker::Params::default());
    s.report_quiet("eth-usd");
    s.break_market(ETH, true);
    for (calls, level) in [
        (2, Level::Normal),
        (3, Level::Guarded),
        (6, Level::ReduceOnly),
    ] {
        let modules: Modules = s.ask(&QueryMsg::Modules {});
        for _ in modules.calls.len()..calls {
            s.poke(&[ETH]).unwrap();
        }
        assert_eq!(s.level(module(&s.engine)), level, "{calls} failures");
    }
}

#[test]
fn the_engine_is_trusted_again_after_enough_answers_and_its_dwell() {
    let mut s = open();
    let all = [ETH, "btc-perp", "eth-mini"];
    s.kill_engine(true);
    s.poke(&all).unwrap();
    s.poke(&all).unwrap();
    assert_eq!(s.level(module(&s.engine)), Level::ReduceOnly);
    s.kill_engine(false);
    for _ in 0..29 {
        s.wait(30);
        s.poke(&all).unwrap();
    }
    assert_eq!(s.level(module(&s.engine)), Level::ReduceOnly, "it dwells");
    for _ in 0..11 {
        s.wait(30);
        s.poke(&all).unwrap();
    }
    assert_eq!(s.level(module(&s.engine)), Level::Normal);
    let modules: Modules = s.ask(&QueryMsg::Modules {});
    assert_eq!((modules.faults, modules.calls), (0, vec![]));
}

/// On a chain, messages nested too deeply fail. Whoever makes a call of ours fail that way makes
/// the message that would count it fail as well.
#[test]
fn a_failure_that_cannot_be_counted_counts_for_nothing() {
    let mut deps = mock_dependencies();
    let (env, dao) = (mock_env(), deps.api.addr_make("dao"));
    let [oracle, engine] = ["oracle", "engine"].map(|n| deps.api.addr_make(n).to_string());
    let setup = types::breaker::InstantiateMsg {
        dao: dao.to_string(),
        oracle: Handle::new(oracle),
        engine: Handle::new(engine),
        markets: vec![suite::registered(ETH, "eth-usd")],
        guardians: vec![],
        params: types::breaker::Params::default(),
    };
    let nobody = message_info(&dao, &[]);
    breaker_governance::contract::instantiate(
        deps.as_mut(),
        env.clone(),
        nobody.clone(),
        Strict(setup),
    )
    .unwrap();
    let markets = vec![ETH.to_owned()];
    let msg = ExecuteMsg::Push { markets };
    let mut send = || {
        let execute = breaker_governance::contract::execute;
        let sent = execute(
            deps.as_mut(),
            env.clone(),
            nobody.clone(),
            Strict(msg.clone()),
        )
        .unwrap();
        #[allow(deprecated)]
        let reply = |result| Reply {
            id: 0,
            payload: sent.messages[0].payload.clone(),
            gas_used: 0,
            result,
        };
        let failed = reply(SubMsgResult::Err("codespace: wasm, code: 29".into()));
        let back = breaker_governance::contract::reply(deps.as_mut(), env.clone(), failed).unwrap();
        assert_eq!(back.messages.len(), 1, "one message to ourselves counts it");
        assert!(back.messages[0].gas_limit.is_some());
    };
    for _ in 0..10 {
        send();
    }
    let query = breaker_governance::contract::query;
    let asked = query(deps.as_ref(), env, Strict(QueryMsg::Modules {})).unwrap();
    let modules: Modules = from_json(asked).unwrap();
    assert_eq!((modules.faults, modules.calls), (0, vec![]));
}
