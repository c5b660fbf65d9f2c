//! The report for people: what happened, at a glance.

use std::fmt::{self, Write};

use math::units::Price;
use types::level::Level;

use super::{percent, Figures, Report};
use crate::{clock, plan::Plan, run::Outcome, story::Seen};

/// Columns of the line of levels.
const COLUMNS: usize = 60;
/// Notes on what went wrong, at most.
const NOTES: usize = 10;

/// A page of text.
pub fn summary(plan: &Plan, outcome: &Outcome, report: &Report) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, (plan, outcome, report));
    page
}

fn write(page: &mut String, (plan, outcome, report): (&Plan, &Outcome, &Report)) -> fmt::Result {
    head(page, plan, report)?;
    price(page, outcome)?;
    levels(page, plan, outcome)?;
    figures(page, report, plan.failure.is_some())?;
    writeln!(page, "\nTargets")?;
    for target in &report.targets {
        let mark = if target.met { "\u{2713}" } else { "\u{2717}" };
        let name = target.name.replace('_', " ");
        writeln!(
            page,
            "  {mark} {name}: {} (goal: {})",
            target.value, target.goal
        )?;
    }
    notes(page, outcome)
}

fn head(page: &mut String, plan: &Plan, report: &Report) -> fmt::Result {
    writeln!(page, "{}", plan.title)?;
    let market = plan.market;
    writeln!(
        page,
        "{}: {} traders, {} liquidity providers, {} USD in the vault, {} blocks of {} s, seed {}",
        plan.name,
        market.traders,
        market.lps,
        grouped(&market.nav_usd.to_string()),
        grouped(&report.blocks.to_string()),
        plan.block_time,
        plan.seed
    )?;
    let label = |s: &super::SourceLabel| {
        let kind = if s.derived { " (derived)" } else { "" };
        format!("{}{kind}", s.name)
    };
    let sources: Vec<String> = report.sources.iter().map(label).collect();
    writeln!(
        page,
        "Sources {}; judged against {}\n",
        sources.join(", "),
        report.reference
    )
}

fn price(page: &mut String, outcome: &Outcome) -> fmt::Result {
    let story = &outcome.story;
    let show = |seen: Option<Seen>| seen.map_or(String::new(), |s| short(s.price));
    let when = |seen: Option<Seen>| seen.map_or(String::new(), |s| clock::text(s.time));
    let (first, last) = (show(story.first), show(story.last));
    writeln!(page, "Price   first {first}, last {last}")?;
    writeln!(
        page,
        "        low {} at {}",
        show(story.low),
        when(story.low)
    )?;
    writeln!(
        page,
        "        high {} at {}",
        show(story.high),
        when(story.high)
    )?;
    let worst = story.worst;
    let sign = if worst.down { "-" } else { "+" };
    let (whole, tenth) = (worst.bps / 100, worst.bps / 10 % 10);
    let until = clock::text(worst.until);
    writeln!(
        page,
        "        worst 5 minutes {sign}{whole}.{tenth} %, until {until}"
    )
}

fn levels(page: &mut String, plan: &Plan, outcome: &Outcome) -> fmt::Result {
    let line = &outcome.judge.levels.line;
    let all = plan.block_time.saturating_mul(outcome.blocks);
    writeln!(page, "\nLevels  {}", bar(line))?;
    writeln!(
        page,
        "        {} to {}",
        clock::text(plan.start),
        clock::text(plan.end)
    )?;
    for level in Level::ALL {
        let seconds = outcome.seconds(level);
        if seconds > 0 {
            let (name, share) = (word(level), percent(seconds, all));
            writeln!(page, "        {} {name} {share}", sign(level))?;
        }
    }
    Ok(())
}

/// Each column shows the highest level within its part of the run.
fn bar(line: &[Level]) -> String {
    let width = line.len().div_ceil(COLUMNS).max(1);
    let parts = line.chunks(width);
    parts
        .map(|part| sign(part.iter().copied().max().unwrap_or(Level::Normal)))
        .collect()
}

const fn sign(level: Level) -> char {
    match level {
        Level::Normal => '\u{b7}',
        Level::Guarded => '\u{2591}',
        Level::ReduceOnly => '\u{2592}',
        Level::Protected => '\u{2593}',
        Level::Settlement => '\u{2588}',
    }
}

pub(super) const fn word(level: Level) -> &'static str {
    match level {
        Level::Normal => "normal",
        Level::Guarded => "guarded",
        Level::ReduceOnly => "reduce only",
        Level::Protected => "protected",
        Level::Settlement => "settlement",
    }
}

fn figures(page: &mut String, report: &Report, failed: bool) -> fmt::Result {
    writeln!(page, "\n{:<48}{:>18}{:>18}", "", "Bulkhead", "naive twin")?;
    for row in rows(report, failed) {
        writeln!(page, "  {:<46}{:>18}{:>18}", row.what, row.ours, row.naive)?;
    }
    Ok(())
}

/// One figure of both.
pub(super) struct Row {
    /// Its name.
    pub what: &'static str,
    /// Ours.
    pub ours: String,
    /// The naive twin's.
    pub naive: String,
}

/// The figures in plain words; how long a failure took to be seen only where one is marked.
pub(super) fn rows(report: &Report, failed: bool) -> Vec<Row> {
    let ours = column(&report.bulkhead, failed);
    let naive = column(&report.naive, failed);
    let pairs = ours.into_iter().zip(naive);
    pairs
        .map(|((what, ours), (_, naive))| Row { what, ours, naive })
        .collect()
}

fn column(r: &Figures, failed: bool) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (
            "Blocks in which something owed was not there",
            r.insolvent_blocks.to_string(),
        ),
        ("Losses beyond margin, USD", money(&r.bad_debt)),
        ("  of which insurance paid, USD", money(&r.insurance_used)),
        (
            "Gains that could not be paid at the end, USD",
            money(&r.haircut),
        ),
        ("Profit of liquidity providers, USD", money(&r.lp_profit)),
        ("Orders filled", r.orders_filled.to_string()),
        ("Liquidations", r.liquidations.to_string()),
        (
            "  of healthy positions",
            r.wrongful_liquidations.to_string(),
        ),
        ("  that came too late", r.late_liquidations.to_string()),
        ("Exits refused or stuck", r.exits_refused.to_string()),
        (
            "Longest wait to get out",
            format!("{} s", r.exit_wait_max_s),
        ),
        ("Trips to reduce-only or above", r.trips.to_string()),
    ];
    if !r.attackers.is_empty() {
        let (what, who) = ("What attackers took, USD", money(&r.attacker_profit));
        rows.push((what, who));
        for attacker in &r.attackers {
            rows.push((plain(attacker.name), money(&attacker.profit)));
        }
    }
    if failed {
        rows.push(("From the failure to the trip", seconds(r.detect_s)));
        rows.push(("From its end back to normal", seconds(r.recover_s)));
    }
    rows
}

/// An attacker's name, indented.
fn plain(name: &str) -> &'static str {
    match name {
        "front_runner" => "  front runner on the slowest source",
        "front_runner_50" => "  front runner, 50 bp of lag or more",
        "front_runner_150" => "  front runner, 150 bp of lag or more",
        "skew_pumper" => "  skew pumper",
        "lp_timer" => "  LP timer",
        "update_picker" => "  picker of updates",
        "griefer" => "  griefer",
        "canceller" => "  canceller",
        "thief" => "  thief with a reporter's key",
        _ => "  another",
    }
}

fn seconds(s: Option<u64>) -> String {
    s.map_or("never".to_owned(), |s| format!("{s} s"))
}

fn money(text: &str) -> String {
    grouped(&cents(text))
}

fn notes(page: &mut String, outcome: &Outcome) -> fmt::Result {
    let all = outcome.judge.notes().count();
    if all > 0 {
        writeln!(page, "\nWhat went wrong (block time, what)")?;
    }
    for note in outcome.judge.notes().take(NOTES) {
        writeln!(page, "  {note}")?;
    }
    if let Some(more) = all.checked_sub(NOTES).filter(|more| *more > 0) {
        writeln!(page, "  and {more} more")?;
    }
    Ok(())
}

/// A price with at most six digits that matter.
pub(super) fn short(price: Price) -> String {
    let text = price.0.to_string();
    let Some((whole, fraction)) = text.split_once('.') else {
        return text;
    };
    let zeros = fraction
        .len()
        .saturating_sub(fraction.trim_start_matches('0').len());
    let keep = if whole == "0" {
        zeros.saturating_add(4)
    } else {
        2
    };
    let fraction = fraction.get(..keep).unwrap_or(fraction);
    format!("{whole}.{fraction}")
}

/// Money cut to cents.
fn cents(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{whole}.{}", fraction.get(..2).unwrap_or(fraction)),
        None => text.to_owned(),
    }
}

/// A number with its thousands set apart.
fn grouped(text: &str) -> String {
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, String::new()), |(w, f)| (w, format!(".{f}")));
    let mut out = String::new();
    for (digit, left) in whole.chars().zip((0..whole.len()).rev()) {
        out.push(digit);
        if left > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
    }
    format!("{sign}{out}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped("1234567.89"), "1,234,567.89");
        assert_eq!(grouped("-123"), "-123");
        assert_eq!(cents("1.239999"), "1.23");
        assert_eq!(short(Price::raw(50_123_456_000_000)), "0.00005012");
        assert_eq!(short(Price::raw(171_500_000_000_000_000_000)), "171.5");
    }

    #[test]
    fn the_bar_shows_the_worst_of_each_part() {
        let mut line = vec![Level::Normal; 600];
        line[5] = Level::ReduceOnly;
        line[599] = Level::Guarded;
        let bar = bar(&line);
        assert_eq!(bar.chars().count(), 60);
        assert!(bar.starts_with("\u{2592}\u{b7}") && bar.ends_with("\u{b7}\u{2591}"));
    }
}
