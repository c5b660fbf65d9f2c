//! Recorded prices: one CSV file, one series.
//!
//! Columns, in any order: `timestamp_unix,price[,high,low,volume],source`.
//! - **Bars** have `high` and `low`, are stamped at their open, and `price` is the close: it is
//!   known at `timestamp_unix + step`, never before. The step is the smallest distance between
//!   two timestamps; a larger distance is a gap.
//! - **Closes** are bars without `high` and `low`. What tells them from oracle rows is that their
//!   `source` ends with a step, such as `-1h` or `-5m`.
//! - **Oracle** rows are single updates, each at its own time. Two may share a second.
//!
//! `volume` is not used; it must be a number or empty.

mod columns;

use math::units::Price;

use self::columns::Columns;
use crate::input::{self, Flaw, InputError};

/// The columns a price file may have.
pub const COLUMNS: [&str; 6] = ["timestamp_unix", "price", "high", "low", "volume", "source"];
/// One line of a price file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// A bar's open, an oracle update's own time.
    pub time: u64,
    /// A bar's close, an oracle update's price.
    pub price: Price,
    /// A bar's highest price; `price` where the file has none.
    pub high: Price,
    /// A bar's lowest price; `price` where the file has none.
    pub low: Price,
}

/// One recorded series, sorted by time, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What the user calls it.
    pub name: String,
    /// The length of a bar in seconds; `None` for oracle rows.
    pub step: Option<u64>,
    /// Whether the bars have a high and a low.
    pub ranged: bool,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Series {
    /// Read a file.
    pub fn load(name: &str, file: &str) -> Result<Self, InputError> {
        Self::parse(name, file, &input::read(file)?)
    }

    /// Read a text; `file` is what errors name.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, InputError> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|_| not_text(file))?.clone();
        let columns = Columns::of(&headers).map_err(|flaw| {
            let line = if flaw == Flaw::Empty { 0 } else { 1 };
            InputError::at(file, line, flaw)
        })?;
        let mut rows: Vec<Row> = Vec::new();
        let mut label = String::new();
        let mut record = csv::StringRecord::new();
        while reader
            .read_record(&mut record)
            .map_err(|_| not_text(file))?
        {
            let row = columns
                .row(&record)
                .and_then(|row| columns.in_order(rows.last(), row, &label))
                .map_err(|flaw| InputError::at(file, line(text, &record), flaw))?;
            if rows.is_empty() {
                columns
                    .field(&record, columns.source)
                    .clone_into(&mut label);
            }
            rows.push(row);
        }
        columns
            .series(name, rows, &label)
            .map_err(|flaw| InputError::whole(file, flaw))
    }
}

/// The text is known to be UTF-8 and in memory, so that reading it cannot fail otherwise.
fn not_text(file: &str) -> InputError {
    InputError::whole(file, Flaw::NotText)
}

/// The line a record starts on: the reader's position is where it began to look for it.
fn line(text: &str, record: &csv::StringRecord) -> u64 {
    let from = record.position().map_or(0, csv::Position::byte);
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let breaks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    input::line_of(text.as_bytes(), from.saturating_add(breaks.count()))
}

/// The seconds from each row to the next.
pub(crate) fn gaps(rows: &[Row]) -> impl Iterator<Item = u64> + '_ {
    rows.iter()
        .zip(rows.iter().skip(1))
        .map(|(row, next)| next.time.saturating_sub(row.time))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BARS: &str = "timestamp_unix,price,high,low,volume,source\n";
    const ORACLE: &str = "timestamp_unix,price,source\n";

    fn parse(text: &str) -> Result<Series, InputError> {
        Series::parse("eth", "eth.csv", text)
    }

    fn cents(n: u128) -> Price {
        Price::raw(n * 10_000_000_000_000_000)
    }

    #[test]
    fn bars_are_read_with_their_step() {
        let text =
            format!("{BARS}60,2,3,1,0,x-1m\n120,2.5,2.5,2,,x-1m\n240,4e-02,1,1e-2,7.5,x-1m\n");
        let series = parse(&text).unwrap();
        assert_eq!(
            (series.step, series.ranged, series.rows.len()),
            (Some(60), true, 3)
        );
        let first = Row {
            time: 60,
            price: cents(200),
            high: cents(300),
            low: cents(100),
        };
        assert_eq!(series.rows[0], first);
        assert_eq!(series.rows[2].price, cents(4));
    }

    #[test]
    fn columns_may_come_in_any_order_quoted_and_with_windows_line_ends() {
        let text =
            "source, low ,price,timestamp_unix,high\r\n\"x\",1,\"2\",60,3\r\n\r\nx,1,2,120,3\r\n";
        let series = parse(text).unwrap();
        assert_eq!((series.step, series.rows.len()), (Some(60), 2));
        assert_eq!(series.rows[0].high, cents(300));
    }

    #[test]
    fn oracle_rows_have_no_step_and_may_share_a_second() {
        let series = parse(&format!("{ORACLE}60,2,chainlink-eth\n60,3,chainlink-eth\n")).unwrap();
        assert_eq!((series.step, series.rows.len()), (None, 2));
    }

    #[test]
    fn closes_are_bars_and_not_oracle_rows() {
        let series = parse(&format!("{ORACLE}3600,2,x-close-1h\n7200,3,x-close-1h\n")).unwrap();
        assert_eq!((series.step, series.ranged), (Some(3600), false));
        assert_eq!(
            parse(&format!("{ORACLE}0,2,x-5m\n")).unwrap().step,
            Some(300)
        );
        let error = parse(&format!("{ORACLE}60,2,x-1m\n60,3,x-1m\n")).unwrap_err();
        assert_eq!((error.line, error.flaw), (3, Flaw::RepeatedTime(60)));
    }

    #[test]
    fn bad_files_are_refused_in_one_line() {
        let cases = [
            ("", "0: the file is empty: it holds no data"),
            ("\n\n", "0: the file is empty: it holds no data"),
            (BARS, "0: the file is empty: it holds no data"),
            ("timestamp_unix,price,source,close\n", "1: unknown column \"close\"; known: timestamp_unix, price, high, low, volume, source"),
            ("timestamp_unix,price,price,source\n", "1: the column \"price\" is there twice"),
            ("timestamp_unix,source\n", "1: the column \"price\" is missing"),
            ("price,source\n", "1: the column \"timestamp_unix\" is missing"),
            ("timestamp_unix,price\n", "1: the column \"source\" is missing"),
            ("timestamp_unix,price,high,source\n", "1: the column \"low\" is missing"),
            ("timestamp_unix,price,low,source\n", "1: the column \"high\" is missing"),
            ("timestamp_unix,price,source\n1,2\n", "2: 2 fields where the header has 3"),
            ("timestamp_unix,price,source\n1,2,x,y\n", "2: 4 fields where the header has 3"),
            ("timestamp_unix,price,source\nsoon,2,x\n", "2: timestamp_unix \"soon\" is not a time in whole Unix seconds"),
            ("timestamp_unix,price,source\n1.5,2,x\n", "2: timestamp_unix \"1.5\" is not a time in whole Unix seconds"),
            ("timestamp_unix,price,source\n-1,2,x\n", "2: timestamp_unix \"-1\" is not a time in whole Unix seconds"),
            ("timestamp_unix,price,source\n253402300800,2,x\n", "2: timestamp_unix \"253402300800\" is not a time in whole Unix seconds"),
            ("timestamp_unix,price,source\n1,2,x\n2,abc,x\n", "3: price \"abc\" is not a number"),
            ("timestamp_unix,price,source\n1,,x\n", "2: price \"\" is not a number"),
            ("timestamp_unix,price,source\n1,NaN,x\n", "2: price \"NaN\" is not a number (NaN)"),
            ("timestamp_unix,price,source\n1,inf,x\n", "2: price \"inf\" is infinite"),
            ("timestamp_unix,price,source\n1,-2,x\n", "2: price \"-2\" is negative"),
            ("timestamp_unix,price,source\n1,0,x\n", "2: price \"0\" is zero"),
            ("timestamp_unix,price,source\n1,1e15,x\n", "2: price \"1e15\" is 10^15 or more"),
            ("timestamp_unix,price,source\n5,1,x\n4,1,x\n", "3: time 4 comes after 5: not in order"),
            ("timestamp_unix,price,source\r\n5,1,x\r\n\r\n\r\n4,1,x\r\n", "5: time 4 comes after 5: not in order"),
            ("timestamp_unix,price,high,low,source\n1,2,3,1,x\n1,2,3,1,x\n", "3: time 1 is there twice"),
            ("timestamp_unix,price,high,low,source\n1,2,1,3,x\n", "2: low 3 is above high 1"),
            ("timestamp_unix,price,high,low,source\n1,4,3,1,x\n", "2: price 4 is outside 1 to 3"),
            ("timestamp_unix,price,high,low,source\n1,2,x,1,x\n", "2: high \"x\" is not a number"),
            ("timestamp_unix,price,high,low,source\n1,2,3,-1,x\n", "2: low \"-1\" is negative"),
            ("timestamp_unix,price,high,low,source\n1,2,3,1,x\n", "0: one bar alone does not tell how long it is"),
            ("timestamp_unix,price,volume,source\n1,2,much,x\n", "2: volume \"much\" is not a number"),
            ("timestamp_unix,price,volume,source\n1,2,nan,x\n", "2: volume \"nan\" is not a number (NaN)"),
            ("timestamp_unix,price,source\n\"1\n2\",3,x\n", "2: timestamp_unix \"1\\n2\" is not a time in whole Unix seconds"),
        ];
        for (text, message) in cases {
            let error = parse(text).unwrap_err().to_string();
            assert_eq!(error, format!("eth.csv:{message}"), "{text:?}");
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Series::load("eth", "no/such.csv").unwrap_err();
        assert_eq!(error.to_string(), "no/such.csv:0: there is no such file");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "(timestamp_unix,price,source\n)?[0-9a-z,.\"\r\n-]{0,80}") {
            if let Err(error) = parse(&text) {
                prop_assert_eq!(error.to_string().lines().count(), 1);
            }
        }
    }
}
