//! From the command line to a report on disk and on the screen, and to an exit code.

use std::{fs, io::Write, path::Path, time::Instant};

use clap::{error::ErrorKind, Parser};

use crate::{
    bug::Bug,
    cli::{Cli, Command, RunArgs},
    input::{self, Flaw, InputError},
    opening,
    plan::Plan,
    report::{html::page, summary::summary, Report},
    run::{self, Outcome},
    scenario::{self, Scenario},
};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Every target was met.
    Met,
    /// A target was missed.
    Missed,
    /// What was handed in is not usable.
    BadInput,
    /// A mistake in the drill or in the contracts.
    Bug,
}

impl End {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Met => 0,
            Self::Missed => 1,
            Self::BadInput => 2,
            Self::Bug => 3,
        }
    }
}

/// What stops a run.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Bug(#[from] Bug),
}

/// Do what the command line says.
pub fn play(args: impl IntoIterator<Item = std::ffi::OsString>) -> End {
    let args: Vec<_> = args.into_iter().collect();
    let plain = args.len() < 2;
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return explained(&error),
    };
    match cli.chosen() {
        Command::List => listed(),
        Command::Run(args) => {
            let end = ended(drill(&args));
            if plain && end.code() < End::BadInput.code() {
                say(HINT);
            }
            end
        }
    }
}

const HINT: &str = "
Other days: `drill list`, or your own prices: `drill run --prices venue=bars.csv --out reports`.
Everything else it can do: `drill run --help`.
";

/// Help goes to the output; a mistake is one line on the error output.
fn explained(error: &clap::Error) -> End {
    let asked = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    if asked.contains(&error.kind()) {
        say(&error.to_string());
        End::Met
    } else {
        complain(&input::one_line(&error.to_string()));
        End::BadInput
    }
}

fn listed() -> End {
    for (name, _) in scenario::shipped() {
        let title = Scenario::load(name).map_or_else(|e| e.to_string(), |s| s.title);
        say(&format!("{name}  {title}\n"));
    }
    End::Met
}

fn ended(done: Result<bool, Stop>) -> End {
    match done {
        Ok(true) => End::Met,
        Ok(false) => End::Missed,
        Err(Stop::Input(error)) => {
            complain(&error.to_string());
            End::BadInput
        }
        Err(Stop::Bug(bug)) => {
            complain(&format!("a bug: {}", input::one_line(&bug.to_string())));
            End::Bug
        }
    }
}

/// Load, play, report; whether every target was met. Files are written last.
fn drill(args: &RunArgs) -> Result<bool, Stop> {
    let plan = Plan::load(args)?;
    opening::check(&plan)?;
    if let Some(dir) = &args.out {
        fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))?;
    }
    let start = Instant::now();
    let outcome = run::run(&plan)?;
    let took = start.elapsed().as_millis().max(1);
    let report = Report::of(&plan, &outcome);
    write(args, &plan, (&outcome, &report))?;
    if !args.quiet {
        say(&summary(&plan, &outcome, &report));
        let speed = u128::from(outcome.blocks)
            .saturating_mul(1_000)
            .checked_div(took);
        let speed = speed.unwrap_or_default();
        let (blocks, seconds) = (outcome.blocks, took / 1_000);
        complain(&format!(
            "{blocks} blocks in {seconds} s: {speed} blocks a second"
        ));
    }
    Ok(report.all_met())
}

fn write(args: &RunArgs, plan: &Plan, (outcome, report): (&Outcome, &Report)) -> Result<(), Stop> {
    let (json, html) = (report.json()?, page(plan, outcome, report));
    if let Some(dir) = &args.out {
        save(&Path::new(dir).join(format!("{}.json", plan.name)), &json)?;
        save(&Path::new(dir).join(format!("{}.html", plan.name)), &html)?;
    }
    if let Some(file) = &args.json {
        save(Path::new(file), &json)?;
    }
    if let Some(file) = &args.html {
        save(Path::new(file), &html)?;
    }
    Ok(())
}

fn save(file: &Path, text: &str) -> Result<(), Stop> {
    fs::write(file, text).map_err(|e| unwritable(&file.display().to_string(), &e).into())
}

fn unwritable(file: &str, error: &std::io::Error) -> InputError {
    InputError::whole(file, Flaw::Unwritable(error.kind()))
}

/// A reader that has gone away is no mistake.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
