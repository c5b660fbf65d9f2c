//! Files that lie beside the checkout, which the project does not contain: recorded prices at `../shared/data`, exact
//! vectors at `../shared/vectors`. What reads them skips loudly where they are absent, and fails where
//! `BULKHEAD_SHARED=required` says that they must be there. Every test that reads them finds them here.

use std::path::{Path, PathBuf};

/// Says whether absence fails: `required` or nothing.
pub const DEMAND: &str = "BULKHEAD_SHARED";

/// Recorded prices of this name, or `None`, loudly.
#[allow(dead_code)]
pub fn data(name: &str) -> Option<PathBuf> {
    present(folder("BULKHEAD_DATA", "data").join(name))
}

/// The exact vectors of this name, or `None`, loudly.
#[allow(dead_code)]
pub fn vectors(name: &str) -> Option<PathBuf> {
    present(folder("BULKHEAD_VECTORS", "vectors").join(format!("{name}.json")))
}

/// Beside the checkout, which is where the lock file is, unless a variable says where.
fn folder(variable: &str, name: &str) -> PathBuf {
    let beside = || {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here
            .ancestors()
            .find(|dir| dir.join("Cargo.lock").is_file());
        root.unwrap_or(here).join("../shared").join(name)
    };
    std::env::var_os(variable).map_or_else(beside, PathBuf::from)
}

fn present(path: PathBuf) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    absent(&path, std::env::var(DEMAND).ok().as_deref());
    None
}

/// Nothing is there: say so, or fail.
pub fn absent(path: &Path, demand: Option<&str>) {
    let path = path.display();
    match demand {
        None => eprintln!("SKIPPED: {path} is not there"),
        Some("required") => panic!("{path} is not there, and {DEMAND} requires it"),
        Some(other) => panic!("{DEMAND}: `required` or nothing, not `{other}`"),
    }
}
