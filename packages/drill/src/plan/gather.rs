//! The sources of a run: recorded, from a scenario, or added to make them enough.

use std::sync::Arc;

use crate::cli::RunArgs;
use crate::fault::Window;
use crate::input::{Flaw, InputError};
use crate::limits;
use crate::path::Path;
use crate::scenario::{Reporter, Scenario};
use crate::series::Series;
use crate::source::{Source, SourceKind, SourceSpec};

/// The fewest sources a run has.
const FEWEST: usize = 3;
/// Seconds by which each further derived reporter delivers later.
const LATENCY_STEP_S: u64 = 4;

/// A series from the command line.
pub(super) struct Recorded {
    pub file: String,
    pub path: Arc<Path>,
}

/// A source still to be made, and the file to name if it cannot be.
pub(super) struct Specified {
    pub file: String,
    pub spec: SourceSpec,
}

pub(super) fn specified(file: &str, spec: SourceSpec) -> Specified {
    Specified {
        file: file.to_owned(),
        spec,
    }
}

pub(super) fn recorded(args: &RunArgs) -> Result<Vec<Recorded>, InputError> {
    let mut recorded: Vec<Recorded> = Vec::new();
    for named in &args.prices {
        let refuse = |flaw| InputError::whole("--prices", flaw);
        limits::check_name(&named.name).map_err(refuse)?;
        if recorded.iter().any(|other| other.path.name() == named.name) {
            return Err(refuse(Flaw::RepeatedName(named.name.clone())));
        }
        let series = Series::load(&named.name, &named.file)?;
        recorded.push(Recorded {
            file: named.file.clone(),
            path: Arc::new(Path::of(series, args.seed)),
        });
    }
    Ok(recorded)
}

/// The series that `--reference` names.
pub(super) fn chosen<'r>(
    args: &RunArgs,
    recorded: &'r [Recorded],
) -> Result<Option<&'r Recorded>, InputError> {
    let Some(name) = &args.reference else {
        return Ok(None);
    };
    let found = recorded.iter().find(|series| series.path.name() == name);
    found.map(Some).ok_or_else(|| {
        let known = recorded.iter().map(|series| series.path.name().to_owned());
        let flaw = Flaw::UnknownName {
            name: name.clone(),
            known: known.collect(),
        };
        InputError::whole("--reference", flaw)
    })
}

pub(super) fn covering(series: &Recorded, span: Window) -> Result<Arc<Path>, InputError> {
    if series.path.start() <= span.from && span.to <= series.path.end() {
        return Ok(series.path.clone());
    }
    Err(InputError::whole(
        &series.file,
        not_covered(&series.path, span),
    ))
}

fn not_covered(path: &Path, span: Window) -> Flaw {
    Flaw::NotCovered {
        first: path.start(),
        last: path.end(),
        start: span.from,
        end: span.to,
    }
}

/// Recorded series as sources. One too coarse to be a source may still be the reference.
pub(super) fn specs_of_recorded(
    recorded: &[Recorded],
    reference: &Arc<Path>,
    span: Window,
) -> Result<Vec<Specified>, InputError> {
    let mut specs = Vec::new();
    for (series, index) in recorded.iter().zip(0u64..) {
        let path = &series.path;
        let coarse = path.step().is_some_and(|step| step > limits::MAX_STEP_S);
        if coarse && Arc::ptr_eq(path, reference) {
            continue;
        }
        if path.end() < span.from || path.start() > span.to {
            return Err(InputError::whole(&series.file, not_covered(path, span)));
        }
        let spec = SourceSpec {
            name: path.name().to_owned(),
            kind: SourceKind::Series(path.clone()),
            interval_s: limits::MAX_INTERVAL_S,
            offset_s: limits::phase(index, limits::MAX_INTERVAL_S),
            faults: Vec::new(),
        };
        specs.push(specified(&series.file, spec));
    }
    Ok(specs)
}

pub(super) fn derived(reporter: &Reporter, reference: &Arc<Path>) -> SourceSpec {
    SourceSpec {
        name: reporter.name.clone(),
        kind: SourceKind::Derived {
            of: reference.clone(),
            noise_bps: reporter.noise_bps,
            latency_s: reporter.latency_s,
        },
        interval_s: reporter.interval_s,
        offset_s: reporter.offset_s,
        faults: Vec::new(),
    }
}

/// Add derived reporters, each a little later than the one before, until there are enough.
pub(super) fn complete(specs: &mut Vec<Specified>, reference: &Arc<Path>) {
    let missing = FEWEST.saturating_sub(specs.len());
    for (number, _) in (1u64..).zip(0..missing) {
        let reporter = Reporter {
            name: format!("{}{number}", limits::DERIVED),
            latency_s: number.saturating_mul(LATENCY_STEP_S),
            noise_bps: limits::DEFAULT_NOISE_BPS,
            interval_s: limits::MAX_INTERVAL_S,
            offset_s: limits::phase(number, limits::MAX_INTERVAL_S),
        };
        specs.push(specified(reference.name(), derived(&reporter, reference)));
    }
}

pub(super) fn befall(specs: &mut [Specified], scenario: &Scenario) -> Result<(), InputError> {
    for befalls in &scenario.faults {
        let known: Vec<String> = specs.iter().map(|s| s.spec.name.clone()).collect();
        let source = specs.iter_mut().find(|s| s.spec.name == befalls.source);
        let source = source.ok_or_else(|| {
            let flaw = Flaw::UnknownName {
                name: befalls.source.clone(),
                known,
            };
            InputError::at(&scenario.file, befalls.line, flaw)
        })?;
        source.spec.faults.push(befalls.fault);
    }
    Ok(())
}

pub(super) fn sources(specs: Vec<Specified>, seed: u64) -> Result<Vec<Source>, InputError> {
    let made = specs.into_iter().map(|Specified { file, spec }| {
        Source::new(spec, seed).map_err(|flaw| InputError::whole(&file, flaw))
    });
    made.collect()
}
