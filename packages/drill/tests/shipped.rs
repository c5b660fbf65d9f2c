//! Every scenario that comes with the program, with attackers in it, meets every target; and what each is there to
//! show, beside the naive twin.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod common;

use common::{assert_attacked, complaint, count, drill, recorded, report, usd};
use serde_json::Value;
use std::path::Path;

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
fn met<'r>(report: &'r Value, beside: &[&str]) -> (&'r Value, &'r Value) {
    assert_attacked(report, beside);
    (&report["bulkhead"], &report["naive"])
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn black_thursday_ruins_the_twin_and_pays_its_attackers() {
    let report = run("black-thursday-2020");
    let (ours, naive) = met(&report, &[]);
    assert!(usd(naive, "bad_debt") > 10 * usd(ours, "bad_debt"));
    assert!(usd(naive, "attacker_profit") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn luna_costs_the_twin_more_than_half_its_vault() {
    let report = run("luna-2022");
    let (ours, naive) = met(&report, &[]);
    assert!(usd(naive, "bad_debt") > 5_000_000);
    assert!(usd(ours, "bad_debt") < 10_000);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn one_perpetual_a_quarter_below_the_rest_liquidates_healthy_people_only_where_it_is_all_there_is()
{
    let report = run("ftx-2022");
    let (_, naive) = met(&report, &[]);
    assert!(count(naive, "wrongful_liquidations") > 0);
    assert!(usd(naive, "attacker_profit") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_calm_week_is_a_control() {
    let report = run("calm-week");
    let (ours, naive) = met(&report, &["trips", "guarded_share"]);
    assert_eq!(usd(ours, "bad_debt") + usd(naive, "bad_debt"), 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn one_source_that_says_an_eighth_liquidates_healthy_people_only_where_it_is_all_there_is() {
    let report = run("single-outlier");
    assert_attacked(&report, &[]);
    let (ours, naive) = (&report["bulkhead"], &report["naive"]);
    assert_eq!(count(ours, "liquidations"), 0);
    assert!(count(naive, "wrongful_liquidations") > 50);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_chain_that_stands_still_trips_and_hurts_nobody() {
    let report = run("chain-halt");
    let (ours, _) = met(&report, &[]);
    assert!(count(ours, "trips") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn dead_modules_keep_nobody_in_where_a_dead_twin_keeps_everybody_in() {
    let report = run("module-fault");
    let (_, naive) = met(&report, &[]);
    assert!(count(naive, "exits_refused") > 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow: cargo test --release -p drill")]
fn a_stolen_key_costs_at_most_its_bound() {
    let report = run("stolen-reporter");
    met(&report, &[]);
    let targets = report["targets"].as_array().unwrap();
    let bounded = targets.iter().filter(|t| {
        let goal = t["goal"].as_str().unwrap();
        goal.contains("a key being stolen")
    });
    assert_eq!(bounded.count(), 2, "together, and the best of them");
}

/// Waypoints of a scenario, at most: what happened in a few figures, not a recording of it.
const WAYPOINTS: usize = 12;
/// So many successive waypoints that are successive rows of a recording are copied from it.
const COPIED: usize = 4;

/// Every scenario file, by name.
fn scenarios() -> Vec<(String, toml::Table)> {
    let mut all = Vec::new();
    for folder in ["scenarios", "tests/scenarios"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            all.push((path.display().to_string(), text.parse().unwrap()));
        }
    }
    assert!(all.len() >= 11, "{}", all.len());
    all
}

fn tables<'t>(of: &'t toml::Table, name: &str) -> Vec<&'t toml::Table> {
    let list = of.get(name).and_then(toml::Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one.as_table().unwrap()).collect()
}

/// A price as a number is written shortest: `100.50` is `100.5`.
fn shortest(price: &str) -> &str {
    match price.contains('.') {
        true => price.trim_end_matches('0').trim_end_matches('.'),
        false => price,
    }
}

fn waypoints(scenario: &toml::Table) -> Vec<&str> {
    let all = tables(scenario, "waypoint").into_iter();
    all.map(|one| shortest(one["price"].as_str().unwrap()))
        .collect()
}

/// A recording's columns of numbers but the time and the volume.
fn columns(text: &str) -> Vec<Vec<&str>> {
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let wanted = ["price", "open", "high", "low", "close"];
    let columns = (0..head.len()).filter(|n| wanted.contains(&head[*n]));
    let column = |n: usize| -> Vec<&str> {
        let cells = text.lines().skip(1).map(|line| line.split(',').nth(n));
        cells.map(|cell| shortest(cell.unwrap())).collect()
    };
    columns.map(column).collect()
}

/// Whether so many successive ones of the first are successive in the second.
fn copied(waypoints: &[&str], rows: &[&str]) -> bool {
    let mut runs = waypoints.windows(COPIED);
    runs.any(|run| rows.windows(COPIED).any(|rows| rows == run))
}

#[test]
fn scenarios_are_a_few_figures_each_and_name_no_recording() {
    const SOURCE: [&str; 5] = ["name", "latency_s", "noise_bps", "interval_s", "offset_s"];
    for (name, scenario) in scenarios() {
        let count = waypoints(&scenario).len();
        assert!(
            (1..=WAYPOINTS).contains(&count),
            "{name}: {count} waypoints"
        );
        for source in tables(&scenario, "source") {
            let known = source.keys().all(|key| SOURCE.contains(&key.as_str()));
            assert!(known, "{name}: {source}");
        }
        assert!(!scenario.to_string().contains(".csv"), "{name}");
    }
}

#[test]
fn no_scenario_repeats_rows_of_a_recording() {
    let rows = ["1", "2", "3", "4", "5", "6"];
    assert!(copied(&["9", "2", "3", "4", "5", "9"], &rows));
    assert!(!copied(&["2", "3", "4", "6"], &rows));
    let Some(folder) = recorded("") else { return };
    let scenarios = scenarios();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "csv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let columns = columns(&text);
        assert!(!columns.is_empty(), "{path:?}");
        for column in &columns {
            assert!(copied(&column[..COPIED], column), "{path:?}: itself");
            for (name, scenario) in &scenarios {
                assert!(!copied(&waypoints(scenario), column), "{name} of {path:?}");
            }
        }
        seen += 1;
    }
    assert!(seen > 0);
}
