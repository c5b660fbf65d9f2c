//! Recorded markets through all four contracts, beside the naive twin. Reads the files where they are, skips
//! loudly where they are not. Everything together takes minutes in release.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use common::{assert_attacked, complaint, count, drill, recorded, report, usd};
use serde_json::Value;

/// Replay these files. The naive twin reads the first.
fn replay(reference: &str, files: &[(&str, &str)], extra: &[&str]) -> Option<Value> {
    let mut args = vec!["run".to_owned(), "--attackers".to_owned()];
    for (name, file) in files {
        args.push("--prices".to_owned());
        args.push(format!("{name}={}", recorded(file)?.display()));
    }
    let dir = tempfile::tempdir().unwrap();
    let json = dir.path().join("report.json");
    args.extend(["--json".to_owned(), json.to_str().unwrap().to_owned()]);
    args.extend(["--reference".to_owned(), reference.to_owned()]);
    args.extend(extra.iter().map(|e| (*e).to_owned()));
    let output = drill(&args);
    let said = complaint(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    let page = String::from_utf8(output.stdout).unwrap();
    eprintln!("{page}{said}");
    let report = report(&json);
    assert!(report["sources"].as_array().unwrap().len() >= 3);
    Some(report)
}

/// Ours and the naive twin's.
fn both(report: &Value) -> (&Value, &Value) {
    (&report["bulkhead"], &report["naive"])
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn ether_in_march_2020_hurts_nobody_it_should_not() {
    let files = [("binance-spot", "blackthursday2020_ETH_binance-spot-5m.csv")];
    let Some(report) = replay("binance-spot", &files, &[]) else {
        return;
    };
    assert_attacked(&report, &[]);
    let (ours, _) = both(&report);
    assert!(count(ours, "liquidations") > 100);
    assert!(count(ours, "trips") > 0);
}

/// To zero in days, with a push oracle that fell silent for 84 minutes and then for good: the twin reads it
/// alone, as the protocols of the day did.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn luna_in_may_2022_falls_to_zero_and_everybody_is_paid() {
    let files = [
        ("drift-pyth", "luna2022_LUNA_drift-pyth-oracle.csv"),
        ("binance-spot", "luna2022_LUNA_binance-spot-1m.csv"),
    ];
    let Some(report) = replay("binance-spot", &files, &["--set", "gap=0.6"]) else {
        return;
    };
    assert_attacked(&report, &[]);
    let (ours, naive) = both(&report);
    assert!(usd(naive, "bad_debt") > 100 * (usd(ours, "bad_debt") + 1_000));
    assert!(usd(naive, "lp_profit") < usd(ours, "lp_profit"));
    assert!(count(naive, "wrongful_liquidations") > 0);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn sol_in_november_2022_with_its_perpetual_a_quarter_below_spot() {
    let files = [
        ("okx-perp", "ftx2022_SOL_okx-perp-5m.csv"),
        ("binance-spot", "ftx2022_SOL_binance-spot-5m.csv"),
    ];
    let Some(report) = replay("binance-spot", &files, &[]) else {
        return;
    };
    assert_attacked(&report, &[]);
    let (ours, naive) = both(&report);
    assert_eq!(count(ours, "wrongful_liquidations"), 0);
    assert!(
        count(naive, "wrongful_liquidations") > 0,
        "one venue's wick"
    );
}

/// An oracle minutes late and 6 % off, which is all the twin has.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn bitcoin_in_august_2023_with_a_late_oracle() {
    let files = [
        ("chainlink", "aug2023_BTC_chainlink-eth-mainnet.csv"),
        ("binance-spot", "aug2023_BTC_binance-spot-3m.csv"),
        ("binance-perp", "aug2023_BTC_binance-perp-5m.csv"),
    ];
    let Some(report) = replay("binance-spot", &files, &[]) else {
        return;
    };
    assert_attacked(&report, &[]);
    let (ours, _) = both(&report);
    assert_eq!(count(ours, "trips"), 1);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn a_calm_week_trips_nothing_and_ruins_nobody() {
    let files = [
        ("chainlink", "calm2023_BTC_chainlink-eth-mainnet.csv"),
        ("binance-spot", "calm2023_BTC_binance-spot-5m.csv"),
        ("binance-perp", "calm2023_BTC_binance-perp-5m.csv"),
    ];
    let Some(report) = replay("binance-spot", &files, &["--control"]) else {
        return;
    };
    assert_attacked(&report, &["trips", "guarded_share"]);
    let (ours, naive) = both(&report);
    assert_eq!(count(ours, "trips"), 0);
    assert_eq!(usd(ours, "bad_debt"), 0);
    assert_eq!(count(naive, "insolvent_blocks"), 0);
    assert_eq!(usd(naive, "bad_debt"), 0);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes minutes: cargo test --release -p drill"
)]
fn a_jump_on_news_is_no_reason_to_trip() {
    let files = [
        (
            "binance-spot",
            "cpi20221213_BTC_binance-spot-btcbusd-1m.csv",
        ),
        ("bybit-spot", "cpi20221213_BTC_bybit-spot-1m.csv"),
        ("binance-coinm", "cpi20221213_BTC_binance-coinm-perp-1m.csv"),
        ("bybit-perp", "cpi20221213_BTC_bybit-perp-1m.csv"),
    ];
    let Some(report) = replay("binance-spot", &files, &["--control=news"]) else {
        return;
    };
    assert_attacked(&report, &["trips", "guarded_episodes"]);
    let (ours, naive) = both(&report);
    assert_eq!(count(ours, "trips"), 0);
    assert_eq!(count(naive, "insolvent_blocks"), 0);
    assert_eq!(usd(naive, "bad_debt"), 0);
}
