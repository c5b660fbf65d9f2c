//! Releases that are kept: their wasm, and an exchange's life with it in their own words.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use harness::{Exchange, Files, Story};
use lzma_rust2::XzReader;
use sha2::{Digest, Sha256};

/// The story's file.
pub const STORY: &str = "story.json";

/// One release.
pub struct Release {
    /// Its version.
    pub version: String,
    files: Files,
    story: Story,
}

impl Release {
    /// The exchange it left behind: its own wasm, everything that happened.
    pub fn exchange(&self) -> Exchange {
        self.story.retold(self.files.clone())
    }

    /// Its wasm.
    pub fn files(&self) -> &Files {
        &self.files
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The digests that `sha256sum` wrote, by file.
fn checksums(at: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(at).unwrap_or_else(|e| panic!("{}: {e}", at.display()));
    let line = |line: &str| {
        let (digest, name) = line.split_once("  ").expect("a digest and a name");
        (name.to_owned(), digest.to_owned())
    };
    text.lines().map(line).collect()
}

/// Every file of an archive, each what its digest says, and none beside them.
fn unpacked(archive: &Path, checksums: &BTreeMap<String, String>) -> BTreeMap<String, Vec<u8>> {
    let packed = fs::read(archive).unwrap_or_else(|e| panic!("{}: {e}", archive.display()));
    let mut tar = Vec::new();
    let mut xz = XzReader::new(Cursor::new(packed), false);
    xz.read_to_end(&mut tar).unwrap();
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(Cursor::new(tar)).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            checksums.get(&name),
            Some(&digest),
            "{name} of {}",
            archive.display()
        );
        files.insert(name, bytes);
    }
    assert!(files.keys().eq(checksums.keys()), "{}", archive.display());
    files
}

fn release(version: &str) -> Release {
    let from = folder().join(version);
    let all = unpacked(
        &from.join("release.tar.xz"),
        &checksums(&from.join("checksums.txt")),
    );
    let to = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("release-{version}-{}", std::process::id()));
    fs::create_dir_all(&to).unwrap();
    for (name, bytes) in &all {
        fs::write(to.join(name), bytes).unwrap();
    }
    Release {
        version: version.to_owned(),
        files: Files::built().of(&to),
        story: serde_json::from_slice(&all[STORY]).unwrap(),
    }
}

/// Every release there is.
pub fn releases() -> &'static [Release] {
    static ALL: OnceLock<Vec<Release>> = OnceLock::new();
    ALL.get_or_init(|| {
        let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let mut versions: Vec<String> = folders
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        versions.sort();
        assert!(!versions.is_empty(), "a release to migrate from");
        versions.iter().map(|version| release(version)).collect()
    })
}
