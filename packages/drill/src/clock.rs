//! Times as text: RFC 3339 in UTC, whole seconds.

/// The last second of the year 9999: no later time is accepted anywhere.
pub const LAST: u64 = 253_402_300_799;

/// `YYYY-MM-DDTHH:MM:SSZ` as Unix seconds; `None` if it is anything else or before 1970.
pub fn utc(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'Z'),
    ];
    if bytes.len() != 20 || marks.iter().any(|(at, mark)| bytes.get(*at) != Some(mark)) {
        return None;
    }
    let (year, month, day) = (
        number(text, 0, 4)?,
        number(text, 5, 7)?,
        number(text, 8, 10)?,
    );
    let time = [(11, 24), (14, 60), (17, 60)];
    let mut seconds = days(year, month, day)?;
    for ((from, below), unit) in time.into_iter().zip([24u64, 60, 60]) {
        let n = number(text, from, from.checked_add(2)?).filter(|n| *n < below)?;
        seconds = seconds.checked_mul(unit)?.checked_add(n)?;
    }
    Some(seconds)
}

/// Unix seconds as `YYYY-MM-DD HH:MM` in UTC, the seconds cut off.
pub fn text(time: u64) -> String {
    let (mut day, second) = (time / 86_400, time % 86_400);
    let mut year = 1970;
    while day >= year_length(year) && year < 10_000 {
        day = day.saturating_sub(year_length(year));
        year = year.saturating_add(1);
    }
    let mut month = 1;
    while day >= month_length(year, month) && month < 12 {
        day = day.saturating_sub(month_length(year, month));
        month = month.saturating_add(1);
    }
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let day = day.saturating_add(1);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

fn number(text: &str, from: usize, to: usize) -> Option<u64> {
    let digits = text.get(from..to)?;
    let all = digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=month_length(year, month)).contains(&day)
    {
        return None;
    }
    let years: u64 = (1970..year).map(year_length).sum();
    let months: u64 = (1..month).map(|m| month_length(year, m)).sum();
    years.checked_add(months)?.checked_add(day.checked_sub(1)?)
}

fn year_length(year: u64) -> u64 {
    if is_leap(year) {
        366
    } else {
        365
    }
}

fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

fn month_length(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2020-03-12T10:40:00Z", 1_584_009_600),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", LAST),
        ];
        for (text, seconds) in cases {
            assert_eq!(utc(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn instants_are_written_to_the_minute() {
        let cases = [
            (0, "1970-01-01 00:00"),
            (951_868_799, "2000-02-29 23:59"),
            (1_584_009_600, "2020-03-12 10:40"),
            (4_107_542_400, "2100-03-01 00:00"),
            (LAST, "9999-12-31 23:59"),
        ];
        for (seconds, written) in cases {
            assert_eq!(text(seconds), written);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            "",
            "2020-03-12",
            "2020-03-12T10:40:00",
            "2020-03-12 10:40:00Z",
            "2020-03-12T10:40:00+01:00",
            "2020-13-12T10:40:00Z",
            "2020-00-12T10:40:00Z",
            "2021-02-29T10:40:00Z",
            "2100-02-29T10:40:00Z",
            "2020-03-32T10:40:00Z",
            "2020-03-00T10:40:00Z",
            "2020-03-12T24:00:00Z",
            "2020-03-12T10:60:00Z",
            "2020-03-12T10:40:60Z",
            "1969-12-31T23:59:59Z",
            "2020-03-12T1é:40:0Z",
            "+020-03-12T10:40:00Z",
        ];
        for text in cases {
            assert_eq!(utc(text), None, "{text}");
        }
    }
}
