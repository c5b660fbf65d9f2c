//! Runs the program as a user would.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

#[path = "../../../../tests/shared.rs"]
mod shared;

/// The program with these arguments.
pub fn drill<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_drill"))
        .args(args)
        .output()
        .unwrap()
}

/// Standard error as text.
pub fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A report that was written.
pub fn report(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[allow(unused_imports)]
pub use shared::data as recorded;

/// What is demanded of every run.
const ALWAYS: [&str; 5] = [
    "insolvent_blocks",
    "wrongful_liquidations",
    "late_liquidations",
    "exits_refused",
    "attacker_profit",
];

/// Every target of a report is met: those of every run, these beside them, in this order, and no others.
#[track_caller]
pub fn assert_met(report: &Value, beside: &[&str]) {
    let targets = report["targets"].as_array().unwrap();
    let names: Vec<&str> = targets
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, [&ALWAYS, beside].concat());
    for target in targets {
        assert_eq!(target["met"], Value::Bool(true), "{target}");
    }
}

/// The same, of a run that was attacked: all eight attackers are in it, they traded, and the best of them took nothing.
#[track_caller]
pub fn assert_attacked(report: &Value, beside: &[&str]) {
    assert_met(report, &[&["best_attacker"], beside].concat());
    for side in ["bulkhead", "naive"] {
        let all = report[side]["attackers"].as_array().unwrap();
        let eight = all.iter().filter(|one| one["name"] != "thief");
        assert_eq!(eight.count(), 8, "{side}");
        let traded = all.iter().filter(|one| count(one, "fills") > 0).count();
        assert!(traded >= 4, "{side}: {all:?}");
    }
}

/// A count among the figures of one protocol.
#[track_caller]
pub fn count(figures: &Value, name: &str) -> u64 {
    figures[name].as_u64().unwrap()
}

/// Money among them, in whole dollars.
#[track_caller]
pub fn usd(figures: &Value, name: &str) -> i64 {
    let text = figures[name].as_str().unwrap();
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.parse().unwrap()
}
