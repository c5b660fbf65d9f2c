//! Helpers of the tests beside the code.

use math::units::Price;

/// A price in cents.
#[allow(clippy::arithmetic_side_effects)]
pub fn cents(n: u128) -> Price {
    Price::raw(n * 10_000_000_000_000_000)
}

/// A file of recorded prices, which the project does not contain; says so where it is absent.
pub fn data(name: &str) -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let dir = std::env::var("BULKHEAD_DATA").unwrap_or_else(|_| beside.to_owned());
    let file = format!("{dir}/{name}");
    if std::path::Path::new(&file).exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: no recorded prices at {file} (set BULKHEAD_DATA)");
    None
}

/// Each file of recorded prices, with its name.
pub fn each_file(check: impl Fn(&str, &str)) {
    let Some(dir) = data("") else { return };
    let mut names: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no .csv files in {dir}");
    for name in names {
        check(name.trim_end_matches(".csv"), &format!("{dir}/{name}"));
    }
}
