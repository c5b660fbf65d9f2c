//! Everything one run needs, from the command line.
//!
//! With a scenario, the scenario's path is the reference, unless `--reference` names one of the
//! `--prices`, which must then cover the whole scenario. Without one, the reference is the named
//! or the first of the `--prices`, and the run lasts as long as it does.

use std::sync::Arc;

use crate::cli::RunArgs;
use crate::input::{Flaw, InputError};
use crate::path::Path;
use crate::scenario::{MarketSetup, Reporter, Scenario, DEFAULT};
use crate::series::Series;
use crate::source::{self, Source, SourceKind, SourceSpec, Window};

/// The fewest sources a run has.
const FEWEST: usize = 3;
/// Seconds by which each further derived reporter delivers later.
const LATENCY_STEP_S: u64 = 4;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The scenario's name, or the reference's.
    pub name: String,
    /// One line on it.
    pub title: String,
    /// What happened; empty for recorded prices alone.
    pub description: String,
    /// The public sources of its facts; empty for recorded prices alone.
    pub citations: Vec<String>,
    /// The first second, Unix.
    pub start: u64,
    /// The last second, Unix.
    pub end: u64,
    /// The price every outcome is judged against; it has a price at every second of the run.
    pub reference: Arc<Path>,
    /// Who reports prices; at least three.
    pub sources: Vec<Source>,
    /// What everything random follows from.
    pub seed: u64,
    /// Seconds between blocks.
    pub block_time: u64,
    /// The failure that detection and recovery are timed from.
    pub failure: Option<Window>,
    /// What the market holds: its value, traders and liquidity providers.
    pub market: MarketSetup,
}

impl Plan {
    /// Read everything the command line names.
    pub fn load(args: &RunArgs) -> Result<Self, InputError> {
        let recorded = recorded(args)?;
        let mut plan = match &args.scenario {
            None if !recorded.is_empty() => Self::of_prices(args, &recorded)?,
            None => Self::of_scenario(args, Scenario::load(DEFAULT)?, &recorded)?,
            Some(named) => Self::of_scenario(args, Scenario::load(named)?, &recorded)?,
        };
        plan.market.traders = args.traders.unwrap_or(plan.market.traders);
        Ok(plan)
    }

    fn of_prices(args: &RunArgs, recorded: &[Recorded]) -> Result<Self, InputError> {
        let first = recorded.first();
        let reference = chosen(args, recorded)?
            .or(first)
            .ok_or_else(|| InputError::whole("--prices", Flaw::Empty))?;
        let path = reference.path.clone();
        let (from, to) = (path.start(), path.end());
        if from >= to {
            return Err(InputError::whole(
                &reference.file,
                Flaw::Backwards { from, to },
            ));
        }
        let mut specs = specs_of_recorded(recorded, &path, Window { from, to })?;
        complete(&mut specs, &path);
        Ok(Self {
            name: path.name().to_owned(),
            title: format!("Recorded prices, judged against {}", path.name()),
            description: String::new(),
            citations: Vec::new(),
            start: from,
            end: to,
            sources: sources(specs, args.seed)?,
            reference: path,
            seed: args.seed,
            block_time: args.block_time,
            failure: None,
            market: MarketSetup::default(),
        })
    }

    fn of_scenario(
        args: &RunArgs,
        scenario: Scenario,
        recorded: &[Recorded],
    ) -> Result<Self, InputError> {
        let span = Window {
            from: scenario.start,
            to: scenario.end,
        };
        let path = match chosen(args, recorded)? {
            Some(reference) => covering(reference, span)?,
            None => {
                let way = scenario.path.clone();
                Arc::new(Path::through(&scenario.name, way, args.seed))
            }
        };
        let recorded = specs_of_recorded(recorded, &path, span)?;
        let mut specs: Vec<Specified> = scenario
            .sources
            .iter()
            .filter(|reporter| {
                recorded
                    .iter()
                    .all(|other| other.spec.name != reporter.name)
            })
            .map(|reporter| specified(&scenario.file, derived(reporter, &path)))
            .collect();
        specs.extend(recorded);
        complete(&mut specs, &path);
        befall(&mut specs, &scenario)?;
        Ok(Self {
            start: scenario.start,
            end: scenario.end,
            sources: sources(specs, args.seed)?,
            reference: path,
            seed: args.seed,
            block_time: args.block_time,
            failure: scenario.failure,
            market: scenario.market,
            name: scenario.name,
            title: scenario.title,
            description: scenario.description,
            citations: scenario.citations,
        })
    }
}

/// A series from the command line.
struct Recorded {
    file: String,
    path: Arc<Path>,
}

/// A source still to be made, and the file to name if it cannot be.
struct Specified {
    file: String,
    spec: SourceSpec,
}

fn specified(file: &str, spec: SourceSpec) -> Specified {
    Specified {
        file: file.to_owned(),
        spec,
    }
}

fn recorded(args: &RunArgs) -> Result<Vec<Recorded>, InputError> {
    let mut recorded: Vec<Recorded> = Vec::new();
    for named in &args.prices {
        let refuse = |flaw| InputError::whole("--prices", flaw);
        source::check_name(&named.name).map_err(refuse)?;
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
fn chosen<'r>(
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

fn covering(series: &Recorded, span: Window) -> Result<Arc<Path>, InputError> {
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
fn specs_of_recorded(
    recorded: &[Recorded],
    reference: &Arc<Path>,
    span: Window,
) -> Result<Vec<Specified>, InputError> {
    let mut specs = Vec::new();
    for (series, index) in recorded.iter().zip(0u64..) {
        let path = &series.path;
        let coarse = path.step().is_some_and(|step| step > source::MAX_STEP_S);
        if coarse && Arc::ptr_eq(path, reference) {
            continue;
        }
        if path.end() < span.from || path.start() > span.to {
            return Err(InputError::whole(&series.file, not_covered(path, span)));
        }
        let spec = SourceSpec {
            name: path.name().to_owned(),
            kind: SourceKind::Series(path.clone()),
            interval_s: source::MAX_INTERVAL_S,
            offset_s: source::phase(index, source::MAX_INTERVAL_S),
            faults: Vec::new(),
        };
        specs.push(specified(&series.file, spec));
    }
    Ok(specs)
}

fn derived(reporter: &Reporter, reference: &Arc<Path>) -> SourceSpec {
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
fn complete(specs: &mut Vec<Specified>, reference: &Arc<Path>) {
    let missing = FEWEST.saturating_sub(specs.len());
    for (number, _) in (1u64..).zip(0..missing) {
        let reporter = Reporter {
            name: format!("{}{number}", source::DERIVED),
            latency_s: number.saturating_mul(LATENCY_STEP_S),
            noise_bps: source::DEFAULT_NOISE_BPS,
            interval_s: source::MAX_INTERVAL_S,
            offset_s: source::phase(number, source::MAX_INTERVAL_S),
        };
        specs.push(specified(reference.name(), derived(&reporter, reference)));
    }
}

fn befall(specs: &mut [Specified], scenario: &Scenario) -> Result<(), InputError> {
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

fn sources(specs: Vec<Specified>, seed: u64) -> Result<Vec<Source>, InputError> {
    let made = specs.into_iter().map(|Specified { file, spec }| {
        Source::new(spec, seed).map_err(|flaw| InputError::whole(&file, flaw))
    });
    made.collect()
}

#[cfg(test)]
mod tests;
