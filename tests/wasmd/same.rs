//! The same scenarios on both chains: the same figures, the same bytes of state.

use drill::{
    cli::{OnChain, RunArgs},
    plan::Plan,
    report::Report,
    run::run,
};

/// Few people and long blocks: the story, its faults and its attackers are the scenario's own.
fn figures(scenario: &str, chain: OnChain) -> String {
    let args = RunArgs {
        scenario: Some(scenario.into()),
        traders: Some(20),
        block_time: Some(60),
        chain,
        ..RunArgs::default()
    };
    let plan = Plan::load(&args).unwrap();
    let outcome = run(&plan).unwrap();
    serde_json::to_string_pretty(&Report::of(&plan, &outcome)).unwrap()
}

fn same(scenario: &str) {
    let native = figures(scenario, OnChain::Embedded);
    assert!(native.contains("state_hash"));
    assert_eq!(native, figures(scenario, OnChain::Wasmd), "{scenario}");
}

#[test]
fn a_crash() {
    same("black-thursday-2020");
}

#[test]
fn a_halt() {
    same("chain-halt");
}

#[test]
fn dead_modules() {
    same("module-fault");
}

#[test]
fn a_stolen_key() {
    same("stolen-reporter");
}
