//! The columns of a price file, and what a row of it says.

use math::units::Price;

use super::{gaps, Row, Series, COLUMNS};
use crate::input::{self, Flaw};
use crate::{clock, decimal};

/// The columns a price file must have.
const REQUIRED: [&str; 3] = ["timestamp_unix", "price", "source"];

/// Where the columns are.
pub(super) struct Columns {
    count: usize,
    time: usize,
    price: usize,
    pub source: usize,
    range: Option<(usize, usize)>,
    volume: Option<usize>,
}

impl Columns {
    pub fn of(headers: &csv::StringRecord) -> Result<Self, Flaw> {
        if headers.iter().all(str::is_empty) {
            return Err(Flaw::Empty);
        }
        for (index, column) in headers.iter().enumerate() {
            if !COLUMNS.contains(&column) {
                return Err(Flaw::UnknownColumn(input::excerpt(column)));
            }
            if headers.iter().take(index).any(|other| other == column) {
                return Err(Flaw::RepeatedColumn(column.to_owned()));
            }
        }
        let find = |column: &str| headers.iter().position(|other| other == column);
        let need = |column| find(column).ok_or(Flaw::MissingColumn(column));
        let [time, price, source] = REQUIRED.map(need);
        let range = match (find("high"), find("low")) {
            (Some(high), Some(low)) => Some((high, low)),
            (None, None) => None,
            (None, Some(_)) => return Err(Flaw::MissingColumn("high")),
            (Some(_), None) => return Err(Flaw::MissingColumn("low")),
        };
        Ok(Self {
            count: headers.len(),
            time: time?,
            price: price?,
            source: source?,
            range,
            volume: find("volume"),
        })
    }

    pub fn field<'r>(&self, record: &'r csv::StringRecord, index: usize) -> &'r str {
        record.get(index).unwrap_or_default()
    }

    pub fn row(&self, record: &csv::StringRecord) -> Result<Row, Flaw> {
        if record.len() != self.count {
            return Err(Flaw::FieldCount {
                expected: self.count,
                found: record.len(),
            });
        }
        let time = time(self.field(record, self.time))?;
        let price = positive("price", self.field(record, self.price))?;
        self.check_volume(record)?;
        let Some((high, low)) = self.range else {
            return Ok(Row {
                time,
                price,
                high: price,
                low: price,
            });
        };
        let high = positive("high", self.field(record, high))?;
        let low = positive("low", self.field(record, low))?;
        if low > high {
            return Err(Flaw::LowAboveHigh { low, high });
        }
        if price < low || price > high {
            return Err(Flaw::PriceOutside { price, low, high });
        }
        Ok(Row {
            time,
            price,
            high,
            low,
        })
    }

    fn check_volume(&self, record: &csv::StringRecord) -> Result<(), Flaw> {
        let text = self.volume.map_or("", |index| self.field(record, index));
        if text.is_empty() {
            return Ok(());
        }
        decimal::quantity(text).map_err(|why| number("volume", text, why))
    }

    pub fn in_order(&self, last: Option<&Row>, row: Row, label: &str) -> Result<Row, Flaw> {
        match last {
            Some(last) if row.time < last.time => Err(Flaw::Unsorted {
                previous: last.time,
                time: row.time,
            }),
            Some(last) if row.time == last.time && self.are_bars(label) => {
                Err(Flaw::RepeatedTime(row.time))
            }
            Some(_) | None => Ok(row),
        }
    }

    fn are_bars(&self, label: &str) -> bool {
        self.range.is_some() || labelled_step(label).is_some()
    }

    pub fn series(&self, name: &str, rows: Vec<Row>, label: &str) -> Result<Series, Flaw> {
        if rows.is_empty() {
            return Err(Flaw::Empty);
        }
        let step = if self.are_bars(label) {
            let between = gaps(&rows).min();
            Some(between.or(labelled_step(label)).ok_or(Flaw::NoStep)?)
        } else {
            None
        };
        Ok(Series {
            name: name.to_owned(),
            step,
            ranged: self.range.is_some(),
            rows,
        })
    }
}

/// The step a source's label ends with, in seconds: `-1m`, `-5m`, `-1h`.
fn labelled_step(label: &str) -> Option<u64> {
    let (_, last) = label.rsplit_once('-')?;
    let (unit, seconds) = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)]
        .into_iter()
        .find(|(unit, _)| last.ends_with(*unit))?;
    let count: u64 = last.strip_suffix(unit)?.parse().ok()?;
    count.checked_mul(seconds).filter(|step| *step > 0)
}

fn time(text: &str) -> Result<u64, Flaw> {
    let time = text.parse().ok().filter(|time| *time <= clock::LAST);
    time.ok_or_else(|| Flaw::NotATime(input::excerpt(text)))
}

fn positive(column: &'static str, text: &str) -> Result<Price, Flaw> {
    decimal::price(text).map_err(|why| number(column, text, why))
}

fn number(column: &'static str, text: &str, why: decimal::NotAPrice) -> Flaw {
    Flaw::Number {
        column,
        text: input::excerpt(text),
        why,
    }
}
