//! What can be wrong with what the user handed in. Always one line that names the file and the
//! line in it, so that it can be fixed without reading the program.

use math::units::Price;
use thiserror::Error;

use crate::decimal::NotAPrice;
use crate::limits::MAX_STEP_S;

/// Something wrong with a file or an argument.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {flaw}")]
pub struct InputError {
    /// The file, or the argument, as the user named it.
    pub file: String,
    /// The line in it, from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Flaw {
    /// The file does not exist.
    #[error("there is no such file")]
    Missing,
    /// What the real chain needs was not built.
    #[error("not there: scripts/build-wasm and scripts/build-chain make it, for --chain wasmd")]
    NotBuilt,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The report cannot be written there.
    #[error("the report cannot be written: {0}")]
    Unwritable(std::io::ErrorKind),
    /// The file is not text.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// The file is empty, or has a header and nothing else.
    #[error("the file is empty: it holds no data")]
    Empty,
    /// A column that no price file has.
    #[error("unknown column {0:?}; known: {known}", known = crate::series::COLUMNS.join(", "))]
    UnknownColumn(String),
    /// A column that every price file has.
    #[error("the column {0:?} is missing")]
    MissingColumn(&'static str),
    /// A column that is there twice.
    #[error("the column {0:?} is there twice")]
    RepeatedColumn(String),
    /// A row with more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A timestamp that is not whole Unix seconds up to the year 9999.
    #[error("timestamp_unix {0:?} is not a time in whole Unix seconds")]
    NotATime(String),
    /// A number that is not acceptable in its column.
    #[error("{column} {text:?} {why}")]
    Number {
        /// The column.
        column: &'static str,
        /// What stands there.
        text: String,
        /// Why it is refused.
        why: NotAPrice,
    },
    /// A bar whose low is above its high.
    #[error("low {} is above high {}", .low.0, .high.0)]
    LowAboveHigh {
        /// The bar's low.
        low: Price,
        /// The bar's high.
        high: Price,
    },
    /// A price outside the bounds stated for it.
    #[error("price {} is outside {} to {}", .price.0, .low.0, .high.0)]
    PriceOutside {
        /// The price.
        price: Price,
        /// The least it may be.
        low: Price,
        /// The most it may be.
        high: Price,
    },
    /// A time before the one above it.
    #[error("time {time} comes after {previous}: not in order")]
    Unsorted {
        /// The time in the row above.
        previous: u64,
        /// The time in this row.
        time: u64,
    },
    /// A time that is there twice where it may be only once.
    #[error("time {0} is there twice")]
    RepeatedTime(u64),
    /// Bars of unknown length.
    #[error("one bar alone does not tell how long it is")]
    NoStep,
    /// Bars too long for a price source.
    #[error("bars of {step} s cannot be a source (at most {MAX_STEP_S} s), only the reference")]
    TooCoarse {
        /// The length of a bar in seconds.
        step: u64,
    },
    /// Not TOML, an unknown or missing field, or a value of the wrong kind.
    #[error("{0}")]
    Toml(String),
    /// A whole number outside its bounds.
    #[error("{field} is {value}; it must be between {min} and {max}")]
    OutOfBounds {
        /// The field.
        field: &'static str,
        /// What it is.
        value: u64,
        /// The least it may be.
        min: u64,
        /// The most it may be.
        max: u64,
    },
    /// A name that is not lower-case letters, digits, `-` and `_`.
    #[error("the name {0:?} must be lower-case letters, digits, - or _, at most 40")]
    BadName(String),
    /// A name kept for the reporters that complete a set of sources.
    #[error("names that start with \"derived-\" are kept for derived reporters: {0:?}")]
    ReservedName(String),
    /// A name that is there twice.
    #[error("the name {0:?} is there twice")]
    RepeatedName(String),
    /// A name that nothing has.
    #[error("nothing is named {name:?}; known: {}", .known.join(", "))]
    UnknownName {
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A window whose end is not after its start.
    #[error("the end {to} is not after the start {from}")]
    Backwards {
        /// Its start.
        from: u64,
        /// Its end.
        to: u64,
    },
    /// A time outside the scenario.
    #[error("time {time} is outside the scenario, {start} to {end}")]
    OutsideScenario {
        /// The time.
        time: u64,
        /// The scenario's start.
        start: u64,
        /// The scenario's end.
        end: u64,
    },
    /// A path that does not run from the scenario's start to its end.
    #[error("the waypoints run from {first} to {last}, the scenario from {start} to {end}")]
    WaypointEnds {
        /// The first waypoint's time.
        first: u64,
        /// The last waypoint's time.
        last: u64,
        /// The scenario's start.
        start: u64,
        /// The scenario's end.
        end: u64,
    },
    /// A fault without something its kind needs.
    #[error("a fault of kind {kind:?} needs {field}")]
    FaultNeeds {
        /// Its kind.
        kind: &'static str,
        /// What is missing.
        field: &'static str,
    },
    /// A fault with something its kind does not have.
    #[error("a fault of kind {kind:?} has no {field}")]
    FaultHasNo {
        /// Its kind.
        kind: &'static str,
        /// What is too much.
        field: &'static str,
    },
    /// A stolen key without the most it may cost.
    #[error("a stolen key needs attacker_bound_usd: the most it may cost")]
    TheftWithoutBound,
    /// Something attackers may take although no key is stolen.
    #[error("attacker_bound_usd is for scenarios in which a key is stolen: nothing may be taken elsewhere")]
    BoundWithoutTheft,
    /// A multiple that is no positive number up to a million.
    #[error("factor {0:?} is not a positive number of at most a million")]
    BadFactor(String),
    /// A setting of the market that cannot be.
    #[error("{field} cannot be {text:?}: {why}")]
    BadSetting {
        /// The setting.
        field: String,
        /// What it was to be.
        text: String,
        /// Why not.
        why: String,
    },
    /// A series that ends before the run does, or starts after it.
    #[error("the prices run from {first} to {last}; needed: {start} to {end}")]
    NotCovered {
        /// The first price's time.
        first: u64,
        /// The last price's time.
        last: u64,
        /// The run's start.
        start: u64,
        /// The run's end.
        end: u64,
    },
}

impl InputError {
    /// `flaw` in `line` of `file`.
    pub fn at(file: &str, line: u64, flaw: Flaw) -> Self {
        Self {
            file: one_line(file),
            line,
            flaw,
        }
    }

    /// `flaw` in `file` as a whole.
    pub fn whole(file: &str, flaw: Flaw) -> Self {
        Self::at(file, 0, flaw)
    }
}

/// Whether `text` may name a source: lower-case letters, digits, `-` and `_`, at most 40.
pub fn is_name(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(known)
}

/// The text of a file.
pub fn read(file: &str) -> Result<String, InputError> {
    let bytes = std::fs::read(file).map_err(|error| {
        let flaw = if error.kind() == std::io::ErrorKind::NotFound {
            Flaw::Missing
        } else {
            Flaw::Unreadable(error.kind())
        };
        InputError::whole(file, flaw)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
        InputError::at(file, line, Flaw::NotText)
    })
}

/// The line, from 1, that the byte at `offset` is in.
pub fn line_of(text: &[u8], offset: usize) -> u64 {
    let before = text.get(..offset).unwrap_or(text);
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(breaks).unwrap_or(u64::MAX).saturating_add(1)
}

/// `text` on one line, cut to what is worth showing of a wrong value.
pub fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `text` with its line breaks made into "; " and other control characters dropped.
pub fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    lines
        .join("; ")
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_that_names_file_and_line() {
        let error = InputError::at("eth.csv", 7, Flaw::NotATime("a\nb".into()));
        let text = "eth.csv:7: timestamp_unix \"a\\nb\" is not a time in whole Unix seconds";
        assert_eq!(error.to_string(), text);
        let error = InputError::whole("a\nb.csv", Flaw::Missing);
        assert_eq!(error.to_string(), "a; b.csv:0: there is no such file");
    }

    #[test]
    fn a_file_that_cannot_be_read_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        assert_eq!(read(&path("none")).unwrap_err().flaw, Flaw::Missing);
        let error = read(dir.path().to_str().unwrap()).unwrap_err();
        assert!(matches!(error.flaw, Flaw::Unreadable(_)), "{error}");
        std::fs::write(path("binary"), b"a\nb\xff").unwrap();
        let error = read(&path("binary")).unwrap_err();
        assert_eq!((error.line, error.flaw), (2, Flaw::NotText));
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(line_of(b"", 0), 1);
        assert_eq!(line_of(b"a\nb", 1), 1);
        assert_eq!(line_of(b"a\nb", 2), 2);
        assert_eq!(line_of(b"a\nb", 99), 2);
    }
}
