//! Measures what each message costs on the stock chain's own software and writes the table: `schema/gas.json` and the
//! part of the README between its two marks. With `--check` it writes nothing and fails where a figure has grown by more
//! than two per cent, where the table is about other messages, or where it does not keep what it promises.
//!
//! Every state is made on the embedded chain, which is fast, and moved to the real one byte by byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod goals;
mod governance;
mod growth;
mod keepers;
mod real;
mod scene;
mod table;
mod users;

use std::{env, fs, path::PathBuf, process::ExitCode};

use table::Table;

/// Where the figures are kept.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

fn measured() -> Table {
    let mut rows = users::rows();
    rows.extend(keepers::rows());
    rows.extend(governance::rows());
    Table {
        rows,
        growth: growth::measured(),
    }
}

fn main() -> ExitCode {
    let check = env::args().skip(1).any(|arg| arg == "--check");
    let now = measured();
    let (json, readme) = (path("schema/gas.json"), path("README.md"));
    let page = fs::read_to_string(&readme).expect("a README");
    if !check {
        fs::write(json, now.json()).expect("schema/ is writable");
        fs::write(readme, table::within(&page, &now.markdown())).expect("it is writable");
        return ExitCode::SUCCESS;
    }
    let told = fs::read_to_string(json).expect("schema/gas.json");
    let before: Table = serde_json::from_str(&told).expect("a gas table");
    let mut wrong = now.grown(&before);
    if table::within(&page, &before.markdown()) != page {
        wrong.push("the README's table is not the one of schema/gas.json".to_owned());
    }
    wrong.extend(goals::missed(&now));
    for line in &wrong {
        eprintln!("{line}");
    }
    if wrong.is_empty() {
        println!("{} figures, none has grown", now.rows.len());
        return ExitCode::SUCCESS;
    }
    eprintln!("scripts/gas writes the table anew, where that is meant");
    ExitCode::FAILURE
}
