//! Where the real chain's program and the wasm are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::chain::Part;

/// The program and the wasm files.
#[derive(Debug, Clone)]
pub struct Files {
    /// The chain's program.
    pub chain: PathBuf,
    /// The shipped wasm.
    pub artifacts: PathBuf,
    /// Wasm that only tests use.
    pub extras: PathBuf,
}

/// What the file of a part is called.
pub(super) fn name(part: Part) -> &'static str {
    match part {
        Part::Oracle => "oracle_aggregator",
        Part::Engine => "margin_engine",
        Part::Market => "market",
        Part::Breaker => "breaker_governance",
        Part::StandIn => "standin",
    }
}

impl Files {
    /// As `scripts/build-chain` and `scripts/build-wasm` leave them, unless `BULKHEAD_CHAIN` (a program) and
    /// `BULKHEAD_ARTIFACTS` (a folder) say otherwise.
    pub fn built() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let told = |name, or: PathBuf| env::var_os(name).map_or(or, PathBuf::from);
        let artifacts = told("BULKHEAD_ARTIFACTS", root.join("artifacts"));
        Self {
            chain: told("BULKHEAD_CHAIN", artifacts.join("test/chain")),
            extras: artifacts.join("test"),
            artifacts,
        }
    }

    /// The same program, with the shipped wasm of this folder: another release's.
    pub fn of(self, artifacts: &Path) -> Self {
        let artifacts = artifacts.to_owned();
        Self { artifacts, ..self }
    }

    /// The first file that is not there.
    pub fn missing(&self) -> Option<PathBuf> {
        let parts = [Part::Oracle, Part::Engine, Part::Market, Part::Breaker];
        let all = parts.map(|part| self.path(part)).into_iter();
        all.chain([self.chain.clone()]).find(|path| !path.exists())
    }

    fn path(&self, part: Part) -> PathBuf {
        let folder = match part {
            Part::Oracle | Part::Engine | Part::Market | Part::Breaker => &self.artifacts,
            Part::StandIn => &self.extras,
        };
        folder.join(name(part)).with_extension("wasm")
    }

    /// The wasm of a part.
    pub fn wasm(&self, part: Part) -> Vec<u8> {
        read(&self.path(part), "scripts/build-wasm")
    }

    /// The wasm of one of the contracts of a DAO DAO.
    pub(super) fn dao(&self, name: &str) -> Vec<u8> {
        let path = self.extras.join("dao").join(name);
        read(&path.with_extension("wasm"), "scripts/build-dao")
    }
}

fn read(path: &Path, made_by: &str) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}; {made_by}", path.display()))
}
