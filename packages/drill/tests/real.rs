//! Recorded markets through all four contracts. Reads the files where they are, skips loudly where they
//! are not. A replay takes a minute or two in release.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use common::{assert_all_met, complaint, drill, recorded, report};
use serde_json::Value;

/// Replay these files; the first is the reference.
fn replay(files: &[(&str, &str)], extra: &[&str]) -> Option<Value> {
    let mut args = vec!["run".to_owned(), "--quiet".to_owned()];
    for (name, file) in files {
        args.push("--prices".to_owned());
        args.push(format!("{name}={}", recorded(file)?.display()));
    }
    let dir = tempfile::tempdir().unwrap();
    let json = dir.path().join("report.json");
    args.extend(["--json".to_owned(), json.to_str().unwrap().to_owned()]);
    args.extend(["--reference".to_owned(), files[0].0.to_owned()]);
    args.extend(extra.iter().map(|e| (*e).to_owned()));
    let output = drill(&args);
    let said = complaint(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    let report = report(&json);
    eprintln!("{report:#}\n{said}");
    Some(report)
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn ether_in_march_2020_hurts_nobody_it_should_not() {
    let files = [("binance-spot", "blackthursday2020_ETH_binance-spot-5m.csv")];
    let Some(report) = replay(&files, &[]) else {
        return;
    };
    assert_all_met(&report);
    let ours = &report["bulkhead"];
    assert!(ours["liquidations"].as_u64().unwrap() > 100);
    assert!(ours["trips"].as_u64().unwrap() > 0);
    assert_eq!(report["sources"].as_array().unwrap().len(), 3);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn a_calm_week_trips_nothing() {
    let files = [
        ("binance-spot", "calm2023_BTC_binance-spot-5m.csv"),
        ("binance-perp", "calm2023_BTC_binance-perp-5m.csv"),
        ("chainlink", "calm2023_BTC_chainlink-eth-mainnet.csv"),
    ];
    let Some(report) = replay(&files, &["--control"]) else {
        return;
    };
    assert_all_met(&report);
    assert_eq!(report["bulkhead"]["trips"], Value::from(0));
}
