//! What the faults of a scenario file say: each kind has what it needs and nothing else.

use math::units::{Price, Ratio};

use super::check::{At, Span};
use super::file::{Fault as Raw, File, Kind};
use super::Befalls;
use crate::decimal;
use crate::fault::{Fault, FaultKind, Outage, OutageKind};
use crate::input::{self, excerpt, Flaw};
use crate::limits::{bounded, MAX_DELAY_S, MAX_PER_BLOCK, MAX_STOLEN_BPS};

/// The largest multiple of a spike.
const MAX_FACTOR: Ratio = Ratio::percent(100_000_000);

/// A fault of a source or of the chain.
enum Either {
    Source(String, FaultKind),
    Chain(OutageKind),
}

/// Faults of sources, and of the chain. Whether a source exists is known only once `--prices` are.
pub(super) fn all(raw: &File, span: Span, text: &str) -> Result<(Vec<Befalls>, Vec<Outage>), At> {
    let (mut faults, mut outages) = (Vec::new(), Vec::new());
    for raw in &raw.fault {
        let at = raw.span().start;
        let raw = raw.get_ref();
        let window = span.window(raw.from, raw.to).map_err(|flaw| (at, flaw))?;
        match either(raw).map_err(|flaw| (at, flaw))? {
            Either::Source(source, kind) => faults.push(Befalls {
                source,
                fault: Fault { window, kind },
                line: input::line_of(text.as_bytes(), at),
            }),
            Either::Chain(kind) => outages.push(Outage { window, kind }),
        }
    }
    Ok((faults, outages))
}

fn either(raw: &Raw) -> Result<Either, Flaw> {
    let kind = word(raw.kind);
    let needs = needed(raw.kind);
    for (field, there) in given(raw) {
        let needed = needs.contains(&field);
        if needed && !there {
            return Err(Flaw::FaultNeeds { kind, field });
        }
        if !needed && there && !(field == "keepers" && raw.kind == Kind::Congestion) {
            return Err(Flaw::FaultHasNo { kind, field });
        }
    }
    if let Some(kind) = outage(raw)? {
        return Ok(Either::Chain(kind));
    }
    let source = raw.source.clone().unwrap_or_default();
    Ok(Either::Source(source, of_source(raw)?))
}

fn of_source(raw: &Raw) -> Result<FaultKind, Flaw> {
    let by_s = || bounded("by_s", raw.by_s.unwrap_or(0), 1, MAX_DELAY_S);
    Ok(match raw.kind {
        Kind::Delay => FaultKind::Delay { by_s: by_s()? },
        Kind::Misdate => FaultKind::Misdate { by_s: by_s()? },
        Kind::Future => FaultKind::Future { by_s: by_s()? },
        Kind::Spike => FaultKind::Spike {
            factor: factor(raw.factor.as_deref().unwrap_or_default())?,
        },
        Kind::Clip => FaultKind::Clip {
            floor: raw.floor.map_or(Price::ZERO, |floor| floor.0),
        },
        Kind::Invert => FaultKind::Invert,
        Kind::Zero => FaultKind::Zero,
        Kind::Freeze => FaultKind::Freeze,
        Kind::Stolen => {
            let by_bps = raw.by_bps.unwrap_or(0);
            let by_bps = bounded("by_bps", by_bps, 1, MAX_STOLEN_BPS)?;
            FaultKind::Stolen { by_bps }
        }
        Kind::Drop | Kind::Halt | Kind::Congestion | Kind::DeadKeeper | Kind::DeadModule => {
            FaultKind::Drop
        }
    })
}

fn outage(raw: &Raw) -> Result<Option<OutageKind>, Flaw> {
    Ok(match raw.kind {
        Kind::Halt => Some(OutageKind::Halt),
        Kind::Congestion => {
            let per_block = raw.per_block.unwrap_or(0);
            Some(OutageKind::Congestion {
                per_block: bounded("per_block", per_block, 0, MAX_PER_BLOCK)?,
                keepers: raw.keepers.unwrap_or(true),
            })
        }
        Kind::DeadKeeper => Some(OutageKind::DeadKeeper),
        Kind::DeadModule => raw.module.map(|module| OutageKind::DeadModule { module }),
        Kind::Drop
        | Kind::Delay
        | Kind::Misdate
        | Kind::Future
        | Kind::Spike
        | Kind::Clip
        | Kind::Invert
        | Kind::Zero
        | Kind::Freeze
        | Kind::Stolen => None,
    })
}

fn given(raw: &Raw) -> [(&'static str, bool); 8] {
    [
        ("source", raw.source.is_some()),
        ("by_s", raw.by_s.is_some()),
        ("by_bps", raw.by_bps.is_some()),
        ("factor", raw.factor.is_some()),
        ("floor", raw.floor.is_some()),
        ("per_block", raw.per_block.is_some()),
        ("keepers", raw.keepers.is_some()),
        ("module", raw.module.is_some()),
    ]
}

const fn needed(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Drop | Kind::Invert | Kind::Zero | Kind::Freeze => &["source"],
        Kind::Delay | Kind::Misdate | Kind::Future => &["source", "by_s"],
        Kind::Spike => &["source", "factor"],
        Kind::Clip => &["source", "floor"],
        Kind::Stolen => &["source", "by_bps"],
        Kind::Halt | Kind::DeadKeeper => &[],
        Kind::Congestion => &["per_block"],
        Kind::DeadModule => &["module"],
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Drop => "drop",
        Kind::Delay => "delay",
        Kind::Misdate => "misdate",
        Kind::Future => "future",
        Kind::Spike => "spike",
        Kind::Clip => "clip",
        Kind::Invert => "invert",
        Kind::Zero => "zero",
        Kind::Freeze => "freeze",
        Kind::Stolen => "stolen",
        Kind::Halt => "halt",
        Kind::Congestion => "congestion",
        Kind::DeadKeeper => "dead_keeper",
        Kind::DeadModule => "dead_module",
    }
}

fn factor(text: &str) -> Result<Ratio, Flaw> {
    let factor = decimal::price(text).map(|price| Ratio(price.0));
    let factor = factor.ok().filter(|factor| *factor <= MAX_FACTOR);
    factor.ok_or_else(|| Flaw::BadFactor(excerpt(text)))
}
