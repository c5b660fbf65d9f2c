//! What may not take over a contract: another contract's wasm, an older release, a build that fails on the way. Each
//! changes nothing: no byte of any contract, no code, no coin.

use harness::{Exchange, Failed, Fault, Files, Module, Part};

use super::{everything, fixture::releases, left_by, migrated, move_to_current, part, stored};

/// What a transaction may use: a build that burns all it gets is to end.
const LIMIT: u64 = 3_000_000;
const PARTS: [Part; 4] = [Part::Oracle, Part::Engine, Part::Market, Part::Breaker];
const MODULES: [Module; 4] = [
    Module::Oracle,
    Module::Engine,
    Module::Market(0),
    Module::Breaker,
];

/// It is refused, in these words, and nothing has changed.
#[track_caller]
fn refused(x: &mut Exchange, module: Module, code: u64, words: &str) {
    let before = everything(x);
    let Failed { text, .. } = migrated(x, module, code).unwrap_err();
    assert!(text.contains(words), "{module:?}: {text}");
    assert!(
        everything(x) == before,
        "{module:?}, {words}: nothing changes"
    );
}

#[test]
fn another_contracts_wasm() {
    let mut x = left_by(&releases()[0]);
    for other in PARTS {
        let code = stored(&mut x, &Files::built(), other);
        for module in MODULES.into_iter().filter(|module| part(*module) != other) {
            refused(&mut x, module, code, "Cannot migrate from bulkhead:");
        }
    }
}

#[test]
fn a_build_that_fails_on_the_way() {
    let mut x = left_by(&releases()[0]);
    x.chain.wasmd_mut().unwrap().limit(LIMIT);
    for (fault, words) in [
        (Fault::Dead, "the contract is dead"),
        (Fault::Panic, "unreachable"),
        (Fault::Burn, "out of gas"),
        (Fault::Garbage, "invalid character"),
    ] {
        let code = x.chain.wasmd_mut().unwrap().store_upgrade(fault);
        for module in MODULES {
            refused(&mut x, module, code, words);
        }
    }
}

#[test]
fn an_older_release_and_whoever_is_not_the_admin() {
    for release in releases() {
        let mut x = left_by(release);
        for module in MODULES {
            move_to_current(&mut x, module);
            let code = stored(&mut x, release.files(), part(module));
            refused(&mut x, module, code, "Cannot migrate from newer version");
            let (alice, at) = (x.person("alice"), x.addr(module));
            let before = everything(&x);
            x.chain.migrate(&alice, &at, code).unwrap_err();
            assert!(everything(&x) == before);
        }
    }
}
