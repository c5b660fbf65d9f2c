//! Each module's code is replaced alone, its state kept, with positions open; what was sound stays sound or nothing has
//! happened; and neither the breaker nor the engine can be lost by the other's bug.

use breaker_governance::ContractError as Breaker;
use cosmwasm_std::{Binary, Record};
use harness::{AppResponse, Exchange, Failed, Fault, Module, Next, Part};
use margin_engine::ContractError as Engine;
use types::{
    breaker::{ChangeRefused, DaoMsg, ExecuteMsg, ModuleUpgraded},
    engine::{self, BreakerMigrated, Replacement},
    upgrade::{SelfCheck, Worse},
    wire::Wire,
    Side,
};

use crate::registered::pass;

const MODULES: [(Module, Part); 4] = [
    (Module::Market(0), Part::Market),
    (Module::Engine, Part::Engine),
    (Module::Oracle, Part::Oracle),
    (Module::Breaker, Part::Breaker),
];
const DELAY: u64 = 72 * 3_600;

/// Two markets, a position in each, an order that waits; governed by the DAO alone.
pub(crate) fn governed() -> Exchange {
    let mut x = Exchange::calm().markets(2).build();
    x.hand_over();
    for (market, who, side) in [(0, "alice", Side::Long), (1, "bob", Side::Short)] {
        x.deposit(who, 6_000);
        x.increase_in(market, who, (side, "10"), 5_000).unwrap();
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
    }
    x.increase_in(1, "bob", (Side::Short, "1"), 500).unwrap();
    x
}

fn empty() -> Binary {
    Binary::from(b"{}")
}

fn upgrade(x: &mut Exchange, module: Module, code: u64) {
    let order = DaoMsg::Upgrade {
        module: x.addr(module).into_string(),
        code,
        msg: empty(),
    };
    x.order(order).unwrap();
    pass(x, DELAY);
}

fn execute(x: &mut Exchange) -> Result<AppResponse, Failed> {
    x.tell_breaker("anyone", &ExecuteMsg::Execute { change: 1 })
}

fn code_of(x: &Exchange, module: Module) -> u64 {
    x.chain.code_of(&x.addr(module))
}

fn waiting(x: &Exchange) -> usize {
    let changes: Vec<types::breaker::Change> =
        x.ask(Module::Breaker, &types::breaker::QueryMsg::Changes {});
    changes.len()
}

/// All it has stored but the name of its version and, at the breaker, changes and what it learns of the pace.
fn kept(x: &Exchange, module: Module) -> Vec<Record> {
    let own = ["contract_info", "changes", "vetoes", "pace", "clock"];
    let mut all = x.dump(module);
    all.retain(|(key, _)| {
        let beside = |name: &&str| key.windows(name.len()).any(|w| w == name.as_bytes());
        !own.iter().any(beside)
    });
    assert!(!all.is_empty());
    all
}

/// Both positions are closed, in either market, and the money leaves.
fn life_goes_on(x: &mut Exchange) {
    for (market, who, side) in [(0, "alice", Side::Long), (1, "bob", Side::Short)] {
        x.close_in(market, who, side).unwrap();
        x.quote_on(market, "2000");
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        assert!(x.position_in(market, who).is_none());
        x.withdraw(who, 5_000).unwrap();
    }
}

#[test]
fn each_module_is_upgraded_alone_and_the_others_do_not_notice() {
    for (module, part) in MODULES {
        let mut x = governed();
        let code = x.chain.store_next(part, Next::Sound);
        upgrade(&mut x, module, code);
        let others = MODULES.map(|(module, _)| module);
        let before = others.map(|module| kept(&x, module));
        let codes = others.map(|module| code_of(&x, module));
        let done = execute(&mut x).unwrap();
        assert_eq!(others.map(|module| kept(&x, module)), before, "{module:?}");
        for (other, was) in others.into_iter().zip(codes) {
            let is = if other == module { code } else { was };
            assert_eq!(code_of(&x, other), is, "{other:?}");
        }
        let upgraded = ModuleUpgraded::find(&done.events).unwrap();
        let migrated = BreakerMigrated::find(&done.events).unwrap();
        if module == Module::Breaker {
            assert_eq!((upgraded.len(), migrated[0].code), (0, code));
        } else {
            assert_eq!((upgraded[0].code, upgraded[0].failing), (code, 0));
            assert!(migrated.is_empty());
        }
        assert_eq!(waiting(&x), 0);
        assert!(matches!(
            execute(&mut x).unwrap_err().of(),
            Some(Breaker::NoChange { change: 1 })
        ));
        life_goes_on(&mut x);
    }
}

#[test]
fn code_that_does_not_say_how_it_is_is_undone() {
    for (module, part) in MODULES {
        let mut x = governed();
        let code = x.chain.store_next(part, Next::Mute);
        upgrade(&mut x, module, code);
        let before = (x.state_hash(), code_of(&x, module));
        let no = execute(&mut x).unwrap_err();
        if module == Module::Breaker {
            assert!(no.text.contains("mute"), "{}", no.text);
        } else {
            let Some(Breaker::Worse { module: at, worse }) = no.of() else {
                panic!("{no:?}")
            };
            assert_eq!((at, *worse), (&x.addr(module), Worse::Silent));
        }
        assert_eq!((x.state_hash(), code_of(&x, module)), before);
        assert_eq!(waiting(&x), 1);
        x.order(DaoMsg::Cancel { change: 1 }).unwrap();
        assert_eq!(waiting(&x), 0);
        life_goes_on(&mut x);
    }
}

#[test]
fn the_same_version_again_is_undone() {
    for (module, part) in MODULES {
        let mut x = governed();
        let code = x.chain.store(part);
        upgrade(&mut x, module, code);
        let before = x.state_hash();
        let no = execute(&mut x).unwrap_err();
        if module == Module::Breaker {
            assert!(matches!(no.of(), Some(Engine::NotMoved(_))), "{no:?}");
        } else {
            assert!(matches!(no.of(), Some(Breaker::NotMoved(_))), "{no:?}");
        }
        assert_eq!(x.state_hash(), before);
    }
}

#[test]
fn another_contracts_code_does_not_take_over_and_the_change_waits() {
    for (module, part) in MODULES {
        let mut x = governed();
        let (other, _) = if part == Part::Oracle {
            (Part::Engine, ())
        } else {
            (Part::Oracle, ())
        };
        let code = x.chain.store_next(other, Next::Sound);
        upgrade(&mut x, module, code);
        let before = (kept(&x, Module::Engine), code_of(&x, module));
        match execute(&mut x) {
            Ok(done) => {
                let refused = ChangeRefused::find(&done.events).unwrap();
                assert_eq!(refused[0].module, x.addr(module));
            }
            Err(no) => {
                assert_eq!(module, Module::Breaker);
                assert!(
                    matches!(no.of(), Some(Engine::NotMigrated { .. })),
                    "{no:?}"
                );
            }
        }
        assert_eq!((kept(&x, Module::Engine), code_of(&x, module)), before);
        assert_eq!(waiting(&x), 1);
    }
}

/// Otherwise two broken modules could never be repaired, one after the other.
#[test]
fn a_dead_module_is_repaired_while_another_is_dead_too() {
    let mut x = governed();
    let code = x.chain.store_next(Part::Market, Next::Sound);
    upgrade(&mut x, Module::Market(0), code);
    x.fault(Module::Market(0), Fault::Panic);
    x.fault(Module::Oracle, Fault::Dead);
    let done = execute(&mut x).unwrap();
    let upgraded = ModuleUpgraded::find(&done.events).unwrap();
    assert_eq!((upgraded[0].code, upgraded[0].failing), (code, 1));
    let check: SelfCheck = x.ask(Module::Market(0), &types::market::QueryMsg::SelfCheck {});
    assert!(check.sound());
    x.fault(Module::Oracle, Fault::None);
    life_goes_on(&mut x);
}

#[test]
fn only_the_breaker_and_its_engine_change_code_and_only_of_what_is_theirs() {
    let mut x = Exchange::calm().markets(2).build();
    let order = DaoMsg::Upgrade {
        module: x.markets[0].addr.to_string(),
        code: 9,
        msg: empty(),
    };
    let no = x.order(order.clone()).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::NotAdmin { .. })), "{no:?}");
    x.hand_over();
    x.order(order).unwrap();
    for (module, part) in MODULES {
        let code = x.chain.store_next(part, Next::Sound);
        for who in ["deployer", "dao", "guardian"] {
            let (who, at) = (x.person(who), x.addr(module));
            x.chain.migrate(&who, &at, code).unwrap_err();
        }
    }
}

fn replacement(x: &Exchange) -> Option<Replacement> {
    x.ask(Module::Engine, &engine::QueryMsg::Replacement {})
}

fn replace(x: &mut Exchange, who: &str, code: u64) -> Result<AppResponse, Failed> {
    let msg = empty();
    x.tell(who, &engine::ExecuteMsg::ReplaceBreaker { code, msg })
}

/// The breaker does not answer, so nothing it would have to order can happen: every way out of a market is open, and
/// the DAO has its code replaced at the engine.
#[test]
fn a_dead_breaker_is_replaced_through_the_engine() {
    let mut x = governed();
    x.fault(Module::Breaker, Fault::Panic);
    let code = x.chain.store_next(Part::Breaker, Next::Sound);
    for who in ["alice", "guardian", "deployer"] {
        let no = replace(&mut x, who, code).unwrap_err();
        assert!(matches!(
            no.of(),
            Some(Engine::Unauthorized { role: "dao" })
        ));
    }
    let at = x.now();
    replace(&mut x, "dao", code).unwrap();
    let waits = replacement(&x).unwrap();
    assert_eq!((waits.code, waits.ready), (code, at + 14 * 86_400));
    pass(&mut x, 14 * 86_400 - 1);
    let no = x
        .tell("anyone", &engine::ExecuteMsg::ExecuteReplacement {})
        .unwrap_err();
    assert!(matches!(no.of(), Some(Engine::TooEarly { .. })), "{no:?}");
    pass(&mut x, 1);
    x.add_margin("alice", 10).unwrap();
    let done = x
        .tell("anyone", &engine::ExecuteMsg::ExecuteReplacement {})
        .unwrap();
    assert_eq!(BreakerMigrated::find(&done.events).unwrap()[0].code, code);
    assert_eq!(code_of(&x, Module::Breaker), code);
    assert_eq!(replacement(&x), None);
    let check: SelfCheck = x.ask(Module::Breaker, &types::breaker::QueryMsg::SelfCheck {});
    assert!(check.sound());
    x.quote("2000");
    life_goes_on(&mut x);
}

#[test]
fn what_the_dao_announced_at_the_engine_it_can_call_back_and_unsound_code_is_undone() {
    let mut x = governed();
    let mute = x.chain.store_next(Part::Breaker, Next::Mute);
    replace(&mut x, "dao", mute).unwrap();
    let no = x
        .tell("alice", &engine::ExecuteMsg::KeepBreaker {})
        .unwrap_err();
    assert!(matches!(
        no.of(),
        Some(Engine::Unauthorized { role: "dao" })
    ));
    x.tell("dao", &engine::ExecuteMsg::KeepBreaker {}).unwrap();
    assert_eq!(replacement(&x), None);
    replace(&mut x, "dao", mute).unwrap();
    pass(&mut x, 14 * 86_400);
    let before = x.state_hash();
    let no = x
        .tell("anyone", &engine::ExecuteMsg::ExecuteReplacement {})
        .unwrap_err();
    assert!(no.text.contains("mute"), "{}", no.text);
    assert_eq!(x.state_hash(), before);
    assert_eq!(replacement(&x).unwrap().code, mute);
}
