//! The same scenarios on both chains: the same figures, the same bytes of state.

use drill::{
    cli::{OnChain, RunArgs},
    plan::Plan,
    report::Report,
    run::run,
};

/// Few people and long blocks: the story, its faults and its attackers are the scenario's own.
fn figures(scenario: &str, (block_time, chain): (u64, OnChain)) -> String {
    let args = RunArgs {
        scenario: Some(scenario.into()),
        traders: Some(20),
        block_time: Some(block_time),
        chain,
        ..RunArgs::default()
    };
    let plan = Plan::load(&args).unwrap();
    let outcome = run(&plan).unwrap();
    serde_json::to_string_pretty(&Report::of(&plan, &outcome)).unwrap()
}

fn same(scenario: &str, block_time: u64) {
    let native = figures(scenario, (block_time, OnChain::Embedded));
    assert!(native.contains("state_hash"));
    let real = figures(scenario, (block_time, OnChain::Wasmd));
    assert_eq!(native, real, "{scenario}");
}

#[test]
fn a_crash() {
    same("black-thursday-2020", 60);
}

#[test]
fn a_halt() {
    same("chain-halt", 60);
}

#[test]
fn dead_modules() {
    same("module-fault", 60);
}

#[test]
fn a_stolen_key() {
    same("stolen-reporter", 60);
}

#[test]
fn a_coin_that_dies() {
    same("luna-2022", 60);
}

#[test]
fn an_exchange_that_dies() {
    same("ftx-2022", 60);
}

#[test]
fn a_source_that_lies() {
    same("single-outlier", 20);
}

/// At its own half a minute a week would take an hour.
#[test]
fn a_calm_week() {
    same("calm-week", 300);
}
