//! Runs the program as a user would.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

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

/// A file of recorded market data, or `None`, loudly, where it is absent.
pub fn recorded(name: &str) -> Option<PathBuf> {
    let dir = std::env::var_os("BULKHEAD_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = dir.join(name);
    if path.is_file() {
        Some(path)
    } else {
        eprintln!("SKIPPED: no recorded data at {}", path.display());
        None
    }
}

/// Every target of a report is met.
#[track_caller]
pub fn assert_all_met(report: &Value) {
    let targets = report["targets"].as_array().unwrap();
    assert!(targets.len() >= 5);
    for target in targets {
        assert_eq!(target["met"], Value::Bool(true), "{target}");
    }
}

/// Every target is met but one that is known to be missed: whoever provides liquidity pays the edge of the round and
/// no fee on its size, so where the reference is beyond that edge the LP timer gains. Nobody else does, and it gains
/// less than this many dollars.
#[track_caller]
pub fn assert_only_the_lp_timer_gains(report: &Value, less_than: i64) {
    for target in report["targets"].as_array().unwrap() {
        let known = target["name"] == "best_attacker";
        assert!(known || target["met"] == Value::Bool(true), "{target}");
    }
    for attacker in report["bulkhead"]["attackers"].as_array().unwrap() {
        let most = if attacker["name"] == "lp_timer" {
            less_than.saturating_sub(1)
        } else {
            0
        };
        assert!(usd(attacker, "profit") <= most, "{attacker}");
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
