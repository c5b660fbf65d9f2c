//! Every scenario that comes with the program, with attackers in it, meets every target; and what each is there to
//! show, beside the naive twin.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use common::{assert_all_met, complaint, count, drill, report, usd};
use serde_json::Value;

/// Run it, as its user would.
fn run(name: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let json = dir.path().join("report.json");
    let output = drill(&["run", name, "--json", json.to_str().unwrap()]);
    let said = complaint(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    eprintln!("{}{said}", String::from_utf8(output.stdout).unwrap());
    report(&json)
}

/// Ours and the naive twin's, every target met.
#[track_caller]
fn met(report: &Value) -> (&Value, &Value) {
    assert_all_met(report);
    (&report["bulkhead"], &report["naive"])
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn black_thursday_ruins_the_twin_and_pays_its_attackers() {
    let report = run("black-thursday-2020");
    let (ours, naive) = met(&report);
    assert!(usd(naive, "bad_debt") > 10 * usd(ours, "bad_debt"));
    assert!(usd(naive, "attacker_profit") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn luna_costs_the_twin_more_than_half_its_vault() {
    let report = run("luna-2022");
    let (ours, naive) = met(&report);
    assert!(usd(naive, "bad_debt") > 5_000_000);
    assert!(usd(ours, "bad_debt") < 10_000);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn one_perpetual_a_quarter_below_the_rest_liquidates_healthy_people_only_where_it_is_all_there_is()
{
    let report = run("ftx-2022");
    let (_, naive) = met(&report);
    assert!(count(naive, "wrongful_liquidations") > 0);
    assert!(usd(naive, "attacker_profit") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_calm_week_is_a_control() {
    let report = run("calm-week");
    let (ours, naive) = met(&report);
    let targets = report["targets"].as_array().unwrap();
    for control in ["trips", "guarded_share"] {
        assert!(targets.iter().any(|t| t["name"] == control), "{control}");
    }
    assert_eq!(usd(ours, "bad_debt") + usd(naive, "bad_debt"), 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn one_source_that_says_an_eighth_liquidates_healthy_people_only_where_it_is_all_there_is() {
    let report = run("single-outlier");
    assert_all_met(&report);
    let (ours, naive) = (&report["bulkhead"], &report["naive"]);
    assert_eq!(count(ours, "liquidations"), 0);
    assert!(count(naive, "wrongful_liquidations") > 50);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_chain_that_stands_still_trips_and_hurts_nobody() {
    let report = run("chain-halt");
    let (ours, _) = met(&report);
    assert!(count(ours, "trips") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn dead_modules_keep_nobody_in_where_a_dead_twin_keeps_everybody_in() {
    let report = run("module-fault");
    let (_, naive) = met(&report);
    assert!(count(naive, "exits_refused") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_stolen_key_costs_at_most_its_bound() {
    let report = run("stolen-reporter");
    met(&report);
    let targets = report["targets"].as_array().unwrap();
    let bounded = targets.iter().filter(|t| {
        let goal = t["goal"].as_str().unwrap();
        goal.contains("a key being stolen")
    });
    assert_eq!(bounded.count(), 2, "together, and the best of them");
}
