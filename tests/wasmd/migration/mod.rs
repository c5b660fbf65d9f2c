//! The next release, rehearsed: every contract alone moves from the wasm of a release that is kept to the current build, in
//! the middle of everything. Its state is what it was to the byte, but for its version; no other contract's state is
//! touched; then life goes on. What may not take over a contract changes nothing.

mod fixture;
mod life;
mod refused;
mod scene;

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Record};
use harness::{Exchange, Failed, Files, Module, Part, Trial, DENOM};
use serde_json::json;

use self::fixture::{releases, Release};

/// The record of cw2: a contract's name and version.
const CW2: &[u8] = b"contract_info";
/// Where the oracle posts what it says of each feed: the name, after its length.
const POSTED: &[u8] = b"\x00\x08posted_1";
const CURRENT: &str = env!("CARGO_PKG_VERSION");
/// Gas of a trial.
const LIMIT: u64 = 100_000_000;

/// Every contract of an exchange.
fn contracts(x: &Exchange) -> Vec<Addr> {
    let all = [Module::Oracle, Module::Engine, Module::Breaker];
    let all = all
        .into_iter()
        .chain((0..x.markets.len()).map(Module::Market));
    all.map(|module| x.addr(module)).collect()
}

/// What a contract is: its code, its storage, its coins.
type Being = (u64, Vec<Record>, u128);

/// All contracts.
fn everything(x: &Exchange) -> BTreeMap<Addr, Being> {
    let chain = x.chain.wasmd().unwrap();
    let being = |at: Addr| {
        let is = (chain.running(&at), x.chain.dump(&at), x.bank(&at, DENOM));
        (at, is)
    };
    contracts(x).into_iter().map(being).collect()
}

/// The part a contract is made of.
fn part(module: Module) -> Part {
    match module {
        Module::Oracle => Part::Oracle,
        Module::Engine => Part::Engine,
        Module::Breaker => Part::Breaker,
        Module::Market(_) => Part::Market,
    }
}

/// Store a part of a release; what it is called.
fn stored(x: &mut Exchange, files: &Files, part: Part) -> u64 {
    let wasm = files.wasm(part);
    x.chain.wasmd_mut().unwrap().store_code(&wasm).unwrap()
}

fn migrated(x: &mut Exchange, module: Module, code: u64) -> Result<(), Failed> {
    let (admin, at) = (x.person("deployer"), x.addr(module));
    x.chain.migrate(&admin, &at, code).map(|_| ())
}

fn version(storage: &[Record]) -> String {
    let found = storage.iter().find(|(key, _)| key == CW2);
    let record: serde_json::Value = serde_json::from_slice(&found.unwrap().1).unwrap();
    record["version"].as_str().unwrap().to_owned()
}

/// All that is kept as it was: the version is not, and what the oracle posts was not there.
fn kept(storage: &[Record]) -> Vec<&Record> {
    let news = |key: &[u8]| key == CW2 || key.starts_with(POSTED);
    storage.iter().filter(|(key, _)| !news(key)).collect()
}

/// A contract moves to the current build.
#[track_caller]
fn move_to_current(x: &mut Exchange, module: Module) {
    let code = stored(x, &Files::built(), part(module));
    let (at, before) = (x.addr(module), everything(x));
    migrated(x, module, code).unwrap();
    let after = everything(x);
    for (contract, then) in &before {
        let now = &after[contract];
        if *contract != at {
            assert!(now == then, "{module:?} moves and {contract} changes");
            continue;
        }
        assert_eq!(now.0, code);
        assert!(kept(&now.1) == kept(&then.1), "{module:?}: state is kept");
        let news = now.1.len() - then.1.len();
        let feeds = if module == Module::Oracle { 2 } else { 0 };
        assert_eq!(news, feeds, "{module:?}: a record for each feed");
        assert_eq!(version(&now.1), CURRENT);
        assert!(version(&then.1) != CURRENT);
        assert_eq!(now.2, then.2);
    }
    x.assert_sound();
}

/// An exchange of a release, in the middle of everything.
fn left_by(release: &Release) -> Exchange {
    let x = release.exchange();
    scene::assert_in_the_middle_of_everything(&x);
    for (_, storage, _) in everything(&x).values() {
        assert_eq!(version(storage), release.version);
    }
    x.assert_sound();
    x
}

fn alone(module: Module) {
    for release in releases() {
        let mut x = left_by(release);
        move_to_current(&mut x, module);
        life::goes_on(&mut x);
    }
}

#[test]
fn the_oracle_alone() {
    alone(Module::Oracle);
}

#[test]
fn the_engine_alone() {
    alone(Module::Engine);
}

#[test]
fn the_breaker_alone() {
    alone(Module::Breaker);
}

#[test]
fn a_market_alone() {
    alone(Module::Market(0));
}

/// Every order in which so many things can be taken.
fn orders(of: usize) -> Vec<Vec<usize>> {
    let Some(rest) = of.checked_sub(1) else {
        return vec![vec![]];
    };
    let shorter = orders(rest);
    let with = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, rest);
        order
    };
    let longer = shorter
        .iter()
        .flat_map(|order| (0..of).map(move |at| with(order, at)));
    longer.collect()
}

#[test]
fn all_one_after_the_other_in_whatever_order_come_to_the_same() {
    for release in releases() {
        let mut x = left_by(release);
        let modules = [
            Module::Breaker,
            Module::Market(1),
            Module::Engine,
            Module::Market(0),
            Module::Oracle,
        ];
        let admin = x.person("deployer");
        let moves = modules.map(|module| {
            let code = stored(&mut x, &Files::built(), part(module));
            let at = x.addr(module);
            json!({
                "@type": "/cosmwasm.wasm.v1.MsgMigrateContract",
                "sender": admin, "contract": at, "code_id": code.to_string(), "msg": {},
            })
        });
        let chain = x.chain.wasmd().unwrap();
        let watched = |order: &[usize]| {
            let msgs = order.iter().map(|n| moves[*n].clone()).collect();
            let tried = chain.trial(&Trial::of(msgs).limit(LIMIT).watch(contracts(&x)));
            assert_eq!(tried.error, None, "{order:?}");
            tried.digest
        };
        let orders = orders(moves.len());
        let all = watched(&orders[0]);
        assert!(all != watched(&[]) && all != watched(&orders[0][1..]));
        for order in &orders {
            assert_eq!(watched(order), all, "{order:?}");
        }
        assert_eq!(orders.len(), 120);
        for module in modules {
            move_to_current(&mut x, module);
            scene::minute(&mut x, ["2600", "2000"]);
            x.assert_sound();
        }
        life::goes_on(&mut x);
    }
}

#[test]
fn the_current_build_is_newer_than_every_release_that_is_kept() {
    let parsed = |version: &str| -> Vec<u64> {
        version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect()
    };
    for release in releases() {
        assert!(
            parsed(&release.version) < parsed(CURRENT),
            "{}",
            release.version
        );
    }
}
