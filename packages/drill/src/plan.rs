//! Everything one run needs, from the command line.
//!
//! With a scenario, the scenario's path is the reference, unless `--reference` names one of the
//! `--prices`, which must then cover the whole scenario. Without one, the reference is the named
//! or the first of the `--prices`, and the run lasts as long as it does.

mod gather;

use std::sync::Arc;

use harness::Kind;

use self::gather::{
    befall, chosen, complete, covering, derived, recorded, sources, specified, specs_of_recorded,
    Recorded, Specified,
};
use crate::cli::{RunArgs, DEFAULT_BLOCK_TIME};
use crate::fault::{Outage, Window};
use crate::input::{Flaw, InputError};
use crate::overrides::Override;
use crate::path::Path;
use crate::scenario::{Control, MarketSetup, Scenario, DEFAULT};
use crate::source::Source;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The scenario's name, or the reference's.
    pub name: String,
    /// The file to name where something about the run as a whole is wrong.
    pub file: String,
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
    /// The chain it plays on.
    pub chain: Kind,
    /// Whether anybody attacks.
    pub attackers: bool,
    /// What attackers may take at most, USD: nothing, unless a key was stolen.
    pub attacker_bound_usd: u64,
    /// Whether a second market stands beside it.
    pub neighbour: bool,
    /// What befalls the chain.
    pub outages: Vec<Outage>,
    /// What the market holds: its value, traders and liquidity providers.
    pub market: MarketSetup,
    /// Settings of the market other than a major's.
    pub overrides: Vec<Override>,
    /// Whether it is a control: a time in which nothing may trip.
    pub control: Option<Control>,
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
        plan.attackers |= args.attackers;
        plan.chain = args.chain.kind();
        plan.control = args.control.or(plan.control);
        plan.overrides.extend(args.set.iter().cloned());
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
            file: reference.file.clone(),
            control: None,
            overrides: Vec::new(),
            title: format!("Recorded prices, judged against {}", path.name()),
            description: String::new(),
            citations: Vec::new(),
            start: from,
            end: to,
            sources: sources(specs, args.seed)?,
            reference: path,
            seed: args.seed,
            block_time: args.block_time.unwrap_or(DEFAULT_BLOCK_TIME),
            failure: None,
            outages: Vec::new(),
            chain: Kind::default(),
            attackers: false,
            neighbour: false,
            attacker_bound_usd: 0,
            market: MarketSetup::default(),
        })
    }

    /// A scenario with the default options.
    #[cfg(test)]
    pub(crate) fn of_test(scenario: Scenario) -> Self {
        Self::of_scenario(&RunArgs::default(), scenario, &[]).unwrap()
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
            block_time: args
                .block_time
                .or(scenario.block_time)
                .unwrap_or(DEFAULT_BLOCK_TIME),
            failure: scenario.failure,
            outages: scenario.outages,
            chain: Kind::default(),
            attackers: scenario.attackers,
            neighbour: scenario.neighbour,
            attacker_bound_usd: scenario.attacker_bound_usd,
            market: scenario.market,
            name: scenario.name,
            file: scenario.file,
            control: scenario.control,
            overrides: scenario.overrides,
            title: scenario.title,
            description: scenario.description,
            citations: scenario.citations,
        })
    }
}

#[cfg(test)]
mod tests;
