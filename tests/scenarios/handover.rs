//! The DAO hands over to another: announced, a week, and in force when that one says that it is there.

use breaker_governance::{ContractError as Breaker, Role};
use cosmwasm_std::Binary;
use harness::{AppResponse, Exchange, Failed, Module};
use margin_engine::ContractError as Engine;
use types::{
    breaker::{Config, DaoMsg, ExecuteMsg, QueryMsg},
    engine,
    level::Level,
    scope::Scope,
};

use crate::{registered::pass, upgrades::governed};

const WEEK: u64 = 7 * 86_400;

fn hand_over(x: &mut Exchange, to: &str) -> Result<AppResponse, Failed> {
    let dao = x.person(to).into_string();
    x.order(DaoMsg::HandOver { dao })
}

fn execute(x: &mut Exchange, who: &str) -> Result<AppResponse, Failed> {
    x.tell_breaker(who, &ExecuteMsg::Execute { change: 1 })
}

fn governs(x: &mut Exchange, who: &str) -> bool {
    let order = DaoMsg::Govern {
        scope: Scope::Global {},
        level: Level::Guarded,
    };
    x.tell_breaker(who, &ExecuteMsg::Dao { order }).is_ok()
}

#[test]
fn who_takes_over_says_so_and_both_contracts_know_from_then_on() {
    let mut x = governed();
    hand_over(&mut x, "council").unwrap();
    let no = hand_over(&mut x, "other").unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::Waiting { change: 1 })));
    pass(&mut x, WEEK - 1);
    let no = execute(&mut x, "council").unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::TooEarly { .. })));
    pass(&mut x, 1);
    for who in ["dao", "anyone", "guardian"] {
        let no = execute(&mut x, who).unwrap_err();
        let needed = Role::NextDao;
        let Some(Breaker::Unauthorised { needed: role }) = no.of() else {
            panic!("{no:?}")
        };
        assert_eq!(*role, needed);
    }
    assert!(governs(&mut x, "dao"));
    // What the DAO that goes has announced at the engine goes with it.
    let msg = Binary::from(b"{}");
    x.tell("dao", &engine::ExecuteMsg::ReplaceBreaker { code: 7, msg })
        .unwrap();
    execute(&mut x, "council").unwrap();
    let waits: Option<engine::Replacement> =
        x.ask(Module::Engine, &engine::QueryMsg::Replacement {});
    assert_eq!(waits, None);
    assert!(!governs(&mut x, "dao"));
    assert!(governs(&mut x, "council"));
    let config: Config = x.ask(Module::Breaker, &QueryMsg::Config {});
    assert_eq!(config.dao, x.person("council"));
    let config: engine::Config = x.ask(Module::Engine, &engine::QueryMsg::Config {});
    assert_eq!(config.dao, Some(x.person("council")));
    let no = x
        .tell("dao", &engine::ExecuteMsg::KeepBreaker {})
        .unwrap_err();
    assert!(matches!(
        no.of(),
        Some(Engine::Unauthorized { role: "dao" })
    ));
}

#[test]
fn a_handover_is_called_back_by_the_dao_and_postponed_by_a_guardian() {
    let mut x = governed();
    hand_over(&mut x, "council").unwrap();
    x.tell_breaker("guardian", &ExecuteMsg::Veto { change: 1 })
        .unwrap();
    pass(&mut x, WEEK);
    assert!(execute(&mut x, "council").is_err());
    x.order(DaoMsg::Cancel { change: 1 }).unwrap();
    pass(&mut x, WEEK);
    let no = execute(&mut x, "council").unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::NoChange { change: 1 })));
    assert!(governs(&mut x, "dao"));
}
