//! The program from outside: exit codes, one line for bad input, the same bytes for the same seed.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{assert_met, complaint, drill, report};
use serde_json::Value;

/// Two quiet hours with one fall of a tenth.
const SCENARIO: &str = r#"
name = "short"
title = "A short fall"
description = "Made up, for tests."
citations = ["made up"]
start = "2024-01-01T00:00:00Z"
end = "2024-01-01T02:00:00Z"
noise_bps = 2

[[waypoint]]
at = 0
price = "2000"

[[waypoint]]
at = 3600
price = "1990"

[[waypoint]]
at = 5400
price = "1800"

[[waypoint]]
at = 7200
price = "1820"
"#;

fn short(dir: &Path) -> String {
    let file = dir.join("short.toml");
    std::fs::write(&file, SCENARIO).unwrap();
    file.to_str().unwrap().to_owned()
}

fn run(dir: &Path, seed: &str, out: &str) -> (Vec<u8>, Value) {
    let json = dir.join(out);
    let html = dir.join(out).with_extension("html");
    let scenario = short(dir);
    let output = drill(&[
        "run",
        &scenario,
        "--seed",
        seed,
        "--traders",
        "40",
        "--quiet",
        "--json",
        json.to_str().unwrap(),
        "--html",
        html.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let page = std::fs::read_to_string(&html).unwrap();
    assert!(page.contains("<h1>A short fall</h1>") && page.contains("<polyline"));
    (std::fs::read(&json).unwrap(), report(&json))
}

#[test]
fn a_short_scenario_meets_every_target_and_the_same_seed_writes_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (first, value) = run(dir.path(), "7", "a.json");
    let (second, _) = run(dir.path(), "7", "b.json");
    let (other, _) = run(dir.path(), "8", "c.json");
    assert_eq!(first, second);
    assert_ne!(first, other);
    assert_met(&value, &[]);
    let figures = [
        "insolvent_blocks",
        "bad_debt",
        "haircut",
        "insurance_used",
        "liquidations",
        "wrongful_liquidations",
        "late_liquidations",
        "exits_refused",
        "exit_wait_max_s",
        "level_seconds",
        "trips",
        "detect_s",
        "recover_s",
        "attacker_profit",
        "attackers",
        "lp_profit",
        "adl_events",
        "orders_filled",
        "paced_max_s",
    ];
    let ours = value["bulkhead"].as_object().unwrap();
    assert_eq!(ours.len(), figures.len());
    assert!(figures.iter().all(|f| ours.contains_key(*f)));
    let naive = value["naive"].as_object().unwrap();
    assert!(naive.keys().eq(ours.keys()), "the same figures of both");
    assert!(
        ours["liquidations"].as_u64().unwrap() > 0,
        "something happened"
    );
    assert!(ours["orders_filled"].as_u64().unwrap() > 20);
    for key in [
        "scenario",
        "seed",
        "sources",
        "reference",
        "blocks",
        "state_hash",
    ] {
        assert!(value.get(key).is_some(), "{key}");
    }
}

#[test]
fn bad_input_is_one_line_naming_file_and_line_and_leaves_no_report() {
    let head = "timestamp_unix,price,high,low,volume,source\n";
    let rows = [
        ("empty", String::new(), "0"),
        (
            "unsorted",
            format!("{head}600,10,11,9,1,x-5m\n300,10,11,9,1,x-5m\n"),
            "3",
        ),
        ("word", format!("{head}300,ten,11,9,1,x-5m\n"), "2"),
        ("nan", format!("{head}300,NaN,11,9,1,x-5m\n"), "2"),
        ("negative", format!("{head}300,-10,11,9,1,x-5m\n"), "2"),
        ("inverted", format!("{head}300,10,9,11,1,x-5m\n"), "2"),
        (
            "column",
            "timestamp_unix,price,open,source\n300,10,9,x-5m\n".to_owned(),
            "1",
        ),
    ];
    for (name, text, line) in rows {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(format!("{name}.csv"));
        std::fs::write(&file, text).unwrap();
        let json = dir.path().join("report.json");
        let prices = format!("x={}", file.display());
        let output = drill(&["run", "--prices", &prices, "--json", json.to_str().unwrap()]);
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        assert!(
            said.contains(&format!("{name}.csv:{line}:")),
            "{name}: {said}"
        );
        assert!(output.stdout.is_empty(), "{name}");
        assert!(!json.exists(), "{name}");
    }
}

#[test]
fn a_missing_file_and_an_unknown_scenario_are_one_line_too() {
    for args in [
        vec!["run", "--prices", "x=nowhere.csv"],
        vec!["run", "nowhere.toml"],
        vec!["run", "no-such-scenario"],
    ] {
        let output = drill(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(complaint(&output).lines().count(), 1, "{args:?}");
    }
}

#[test]
fn the_list_names_what_is_shipped() {
    let output = drill(&["list"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = text
        .lines()
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let shipped = [
        "black-thursday-2020",
        "luna-2022",
        "ftx-2022",
        "calm-week",
        "single-outlier",
        "chain-halt",
        "module-fault",
        "stolen-reporter",
    ];
    assert_eq!(names, shipped);
}

#[test]
fn a_real_chain_that_nobody_has_built_is_bad_input() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_drill"))
        .args(["run", "single-outlier", "--chain", "wasmd"])
        .env("BULKHEAD_CHAIN", "/nowhere/chain")
        .env("BULKHEAD_ARTIFACTS", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = complaint(&output);
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(
        said.contains("/nowhere") && said.contains("scripts/build-chain"),
        "{said}"
    );
}
