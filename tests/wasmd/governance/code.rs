//! Other code for the modules by vote, each alone, with positions open.

use cosmwasm_std::{Binary, Record};
use harness::{tell, AppResponse, Exchange, Fault, Governor, Module, Next, Part};
use types::{
    breaker::{DaoMsg, ExecuteMsg, ModuleUpgraded},
    engine::{self, BreakerMigrated},
    level::Level,
    upgrade::SelfCheck,
    wire::Wire,
    Side,
};

use super::{
    announced, bare, changes, eth, execute, executed_when_ready, govern, healed, level, refused,
    scene, By, DAY, HOUR, PRICES,
};

const MODULES: [(Module, Part); 4] = [
    (Module::Market(0), Part::Market),
    (Module::Engine, Part::Engine),
    (Module::Oracle, Part::Oracle),
    (Module::Breaker, Part::Breaker),
];

fn empty() -> Binary {
    Binary::from(b"{}")
}

/// Announced in one vote: the next version of every module, in the order of `MODULES`.
fn upgrades(x: &mut Exchange, governor: &dyn Governor, next: Next) -> Vec<(u64, u64, u64)> {
    let codes = MODULES.map(|(_, part)| x.chain.store_next(part, next));
    let orders = MODULES.iter().zip(codes).map(|((module, _), code)| {
        let module = x.addr(*module).into_string();
        let msg = empty();
        DaoMsg::Upgrade { module, code, msg }
    });
    let orders = orders.collect();
    let done = governor.orders(x, orders).unwrap();
    let waits = announced(x, &done, 72 * HOUR);
    let waits = waits.into_iter().zip(codes);
    waits
        .map(|((change, ready), code)| (change, ready, code))
        .collect()
}

/// All that a module has stored but what an upgrade is to change: its version, and the breaker's own list of changes.
fn kept(x: &Exchange, module: Module) -> Vec<Record> {
    let mut all = x.dump(module);
    all.retain(|(key, _)| {
        let has = |name: &str| key.windows(name.len()).any(|w| w == name.as_bytes());
        !["contract_info", "changes", "vetoes", "clock"]
            .into_iter()
            .any(has)
    });
    all
}

fn everything(x: &Exchange) -> Vec<(u64, Vec<Record>)> {
    let modules = MODULES.into_iter().map(|(module, _)| module);
    let all = modules.chain([Module::Market(1)]);
    let being = |module| (x.chain.code_of(&x.addr(module)), kept(x, module));
    all.map(being).collect()
}

fn filled(x: &mut Exchange, market: usize) -> AppResponse {
    x.round_on(market, PRICES[market]);
    x.crank_in(market, "keeper", 10).unwrap()
}

pub fn each_module_is_upgraded_alone(by: By) {
    let (mut x, governor) = scene(by, 2);
    x.hand_over();
    let traders = [(0, "alice", Side::Long), (1, "bob", Side::Short)];
    for (market, who, side) in traders {
        x.deposit(who, 16_000);
        x.increase_in(market, who, (side, "10"), 15_000).unwrap();
        filled(&mut x, market);
    }
    let waits = upgrades(&mut x, &*governor, Next::Sound);
    for ((change, ready, code), (module, _)) in waits.into_iter().zip(MODULES) {
        if x.now() < ready {
            x.at(ready);
        }
        // The breaker has noticed how long nothing was said before anything is compared.
        let markets = vec![x.markets[0].id.clone()];
        x.tell_breaker("anyone", &ExecuteMsg::Push { markets })
            .unwrap();
        let before = everything(&x);
        let done = execute(&mut x, change).unwrap();
        let after = everything(&x);
        for (n, (was, is)) in before.iter().zip(&after).enumerate() {
            assert!(is.1 == was.1, "{module:?}: the state of the {n}th changes");
            let moved = MODULES.get(n).is_some_and(|(other, _)| *other == module);
            assert_eq!(is.0, if moved { code } else { was.0 }, "{module:?}: {n}");
        }
        if module == Module::Breaker {
            let migrated = BreakerMigrated::find(&done.events).unwrap();
            assert_eq!(migrated[0].code, code);
        } else {
            let upgraded = ModuleUpgraded::find(&done.events).unwrap();
            assert_eq!((upgraded[0].code, upgraded[0].failing), (code, 0));
        }
        x.assert_sound();
    }
    assert!(changes(&x).is_empty());
    healed(&mut x);
    for (market, who, side) in traders {
        x.close_in(market, who, side).unwrap();
        filled(&mut x, market);
        assert!(x.position_in(market, who).is_none());
        x.withdraw(who, 12_000).unwrap();
    }
    x.assert_sound();
}

pub fn code_that_is_not_sound_changes_nothing(by: By) {
    let (mut x, governor) = bare(by);
    x.hand_over();
    let waits = upgrades(&mut x, &*governor, Next::Mute);
    for (change, ready, _) in waits {
        if x.now() < ready {
            x.at(ready);
        }
        let before = (everything(&x), x.state_hash());
        assert!(execute(&mut x, change).is_err());
        assert!((everything(&x), x.state_hash()) == before);
        governor.order(&mut x, DaoMsg::Cancel { change }).unwrap();
    }
    assert!(changes(&x).is_empty());
    x.assert_sound();
}

pub fn a_dead_breaker_is_replaced_through_the_engine(by: By) {
    let (mut x, governor) = bare(by);
    x.fault(Module::Breaker, Fault::Burn);
    x.hand_over();
    let code = x.chain.store_next(Part::Breaker, Next::Sound);
    let replace = engine::ExecuteMsg::ReplaceBreaker { code, msg: empty() };
    refused(x.tell("deployer", &replace), "only the dao");
    let order = tell(&x.engine.clone(), &replace);
    governor.pass(&mut x, &[order]).unwrap();
    let waits: Option<engine::Replacement> =
        x.ask(Module::Engine, &engine::QueryMsg::Replacement {});
    let ready = waits.unwrap().ready;
    let go = engine::ExecuteMsg::ExecuteReplacement {};
    x.at(ready - 1);
    assert!(ready > x.now() && ready >= 14 * DAY);
    refused(x.tell("anyone", &go), &ready.to_string());
    x.at(ready);
    let done = x.tell("anyone", &go).unwrap();
    assert_eq!(BreakerMigrated::find(&done.events).unwrap()[0].code, code);
    assert_eq!(x.chain.code_of(&x.breaker), code);
    let check: SelfCheck = x.ask(Module::Breaker, &types::breaker::QueryMsg::SelfCheck {});
    assert!(check.sound());
    refused(x.tell("anyone", &go), "no other code");
    governor
        .order(&mut x, govern(eth(), Level::Guarded))
        .unwrap();
    assert!(level(&x, eth()) >= Level::Guarded);
    x.assert_sound();
    // The upgrade that everybody can wait for works again, too.
    let waits = upgrades(&mut x, &*governor, Next::Sound);
    let (change, ready, _) = waits[0];
    executed_when_ready(&mut x, (change, ready));
}
