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

pub use shared::data as recorded;

/// Every target of a report is met.
#[track_caller]
pub fn assert_all_met(report: &Value) {
    let targets = report["targets"].as_array().unwrap();
    assert!(targets.len() >= 5);
    for target in targets {
        assert_eq!(target["met"], Value::Bool(true), "{target}");
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
