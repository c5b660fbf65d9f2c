//! The report as one page without dependencies: the price, the levels under it, the figures, the targets.

use std::fmt::{self, Write};

use math::units::Price;
use types::level::Level;

use super::{
    summary::{rows, short, word},
    Report,
};
use crate::{clock, plan::Plan, run::Outcome};

/// Points of the price line, and of the level band under it.
const POINTS: u64 = 600;
/// Height of the price line.
const HEIGHT: u128 = 220;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse}\
td{padding:.2rem 1.2rem .2rem 0;border-bottom:1px solid #dde3ea}td+td{text-align:right;font-variant-numeric:tabular-nums}\
svg{width:100%;height:auto;background:#f6f8fa}.met{color:#1a7f37}.missed{color:#b42318;font-weight:bold}\
.key span{display:inline-block;width:.9em;height:.9em;margin:0 .35em 0 1em;vertical-align:-.1em}small{color:#57636f}";

/// A page of HTML.
pub fn page(plan: &Plan, outcome: &Outcome, report: &Report) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, (plan, outcome, report));
    page
}

fn write(page: &mut String, (plan, outcome, report): (&Plan, &Outcome, &Report)) -> fmt::Result {
    let title = escaped(&plan.title);
    writeln!(
        page,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>{title}</h1>\n<p>{}</p>",
        escaped(&plan.description)
    )?;
    writeln!(
        page,
        "<p><small>{}: {} traders, {} liquidity providers, {} blocks of {} s, seed {}; judged against {}. \
         State {}.</small></p>",
        escaped(&report.scenario),
        plan.market.traders,
        plan.market.lps,
        report.blocks,
        plan.block_time,
        report.seed,
        escaped(&report.reference),
        report.state_hash
    )?;
    chart(page, plan, outcome)?;
    figures(page, plan, report)?;
    targets(page, report)?;
    writeln!(page, "</body></html>")
}

/// The reference's path with the level in force below it.
fn chart(page: &mut String, plan: &Plan, outcome: &Outcome) -> fmt::Result {
    let (Some(low), Some(high)) = (outcome.story.low, outcome.story.high) else {
        return Ok(());
    };
    writeln!(
        page,
        "<svg viewBox=\"0 0 {POINTS} 250\" role=\"img\" aria-label=\"price and level over time\">"
    )?;
    let span = plan.end.saturating_sub(plan.start);
    let mut line = String::new();
    for x in 0..=POINTS {
        let past = span
            .saturating_mul(x)
            .checked_div(POINTS)
            .unwrap_or_default();
        if let Some(price) = plan.reference.at(plan.start.saturating_add(past)) {
            write!(line, "{x},{} ", height(price, (low.price, high.price)))?;
        }
    }
    writeln!(
        page,
        "<polyline points=\"{line}\" fill=\"none\" stroke=\"#1f4e79\" stroke-width=\"1\"/>"
    )?;
    band(page, &outcome.judge.levels.line)?;
    let (low, high) = (short(low.price), short(high.price));
    writeln!(
        page,
        "<text x=\"{POINTS}\" y=\"10\" font-size=\"9\" text-anchor=\"end\">high {high}</text>\
         <text x=\"4\" y=\"216\" font-size=\"9\">low {low}</text></svg>"
    )?;
    let (start, end) = (clock::text(plan.start), clock::text(plan.end));
    write!(page, "<p class=\"key\"><small>{start} to {end}")?;
    for level in Level::ALL {
        let (colour, word) = (colour(level), word(level));
        write!(page, "<span style=\"background:{colour}\"></span>{word}")?;
    }
    writeln!(page, "</small></p>")
}

/// Pixels from the top.
fn height(price: Price, (low, high): (Price, Price)) -> u128 {
    let atomics = |p: Price| p.0.atomics().u128();
    let range = atomics(high.minus_floored(low)).max(1);
    let above = atomics(price.minus_floored(low)).min(range);
    let up = above
        .checked_mul(HEIGHT)
        .and_then(|n| n.checked_div(range))
        .unwrap_or(HEIGHT);
    HEIGHT.saturating_sub(up)
}

/// One rectangle for every point of the price line above it; its colour is the highest level within.
fn band(page: &mut String, line: &[Level]) -> fmt::Result {
    let points = usize::try_from(POINTS).unwrap_or(1);
    let edge = |x: usize| line.len().saturating_mul(x).checked_div(points);
    for x in 0..points {
        let (from, to) = (edge(x).unwrap_or(0), edge(x.saturating_add(1)).unwrap_or(0));
        let part = line.get(from..to.max(from.saturating_add(1)));
        let level = part.and_then(|p| p.iter().copied().max());
        writeln!(
            page,
            "<rect x=\"{x}\" y=\"232\" width=\"1.1\" height=\"16\" fill=\"{}\"/>",
            colour(level.unwrap_or(Level::Normal))
        )?;
    }
    Ok(())
}

const fn colour(level: Level) -> &'static str {
    match level {
        Level::Normal => "#b7d7c2",
        Level::Guarded => "#f2d479",
        Level::ReduceOnly => "#ef9f5a",
        Level::Protected => "#d9534f",
        Level::Settlement => "#5b2333",
    }
}

fn figures(page: &mut String, plan: &Plan, report: &Report) -> fmt::Result {
    writeln!(
        page,
        "<h2>What happened</h2>\n<table><tr><td></td><td>Bulkhead</td><td>naive twin</td></tr>"
    )?;
    for row in rows(report, plan.failure.is_some()) {
        let indent = if row.what.starts_with(' ') {
            "&emsp;"
        } else {
            ""
        };
        writeln!(
            page,
            "<tr><td>{indent}{}</td><td>{}</td><td>{}</td></tr>",
            escaped(row.what.trim_start()),
            escaped(&row.ours),
            escaped(&row.naive)
        )?;
    }
    writeln!(page, "</table>")
}

fn targets(page: &mut String, report: &Report) -> fmt::Result {
    writeln!(page, "<h2>Targets</h2>\n<table>")?;
    for target in &report.targets {
        let (class, mark) = if target.met {
            ("met", "\u{2713}")
        } else {
            ("missed", "\u{2717}")
        };
        writeln!(
            page,
            "<tr><td class=\"{class}\">{mark} {}</td><td>{}</td><td>{}</td></tr>",
            target.name.replace('_', " "),
            escaped(&target.value),
            escaped(&target.goal)
        )?;
    }
    writeln!(page, "</table>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_as_long_as_the_price_line_whatever_the_number_of_blocks() {
        for blocks in [1usize, 599, 600, 601, 13_201] {
            let mut line = vec![Level::Normal; blocks];
            line[blocks - 1] = Level::Protected;
            let mut page = String::new();
            band(&mut page, &line).unwrap();
            assert_eq!(page.matches("<rect").count(), 600);
            assert!(page.contains(&format!(
                "x=\"599\" y=\"232\" width=\"1.1\" height=\"16\" fill=\"{}\"",
                colour(Level::Protected)
            )));
        }
    }

    #[test]
    fn the_highest_price_is_at_the_top_and_text_cannot_become_markup() {
        let (low, high) = (Price::raw(100), Price::raw(300));
        assert_eq!(height(high, (low, high)), 0);
        assert_eq!(height(low, (low, high)), HEIGHT);
        assert_eq!(height(Price::raw(200), (low, high)), HEIGHT / 2);
        assert_eq!(escaped("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
    }
}
