//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use harness::Kind;

use crate::input::is_name;
use crate::limits::MAX_BLOCK_TIME;
use crate::overrides::Override;
use crate::scenario::{Control, DEFAULT};

/// The seed where none is given.
pub const DEFAULT_SEED: u64 = 1;
/// Seconds between blocks where none are given.
pub const DEFAULT_BLOCK_TIME: u64 = 6;

const EXIT_CODES: &str = "\
Exit codes:
  0  every target was met
  1  a target was missed (the report is written all the same)
  2  bad input; one line on the error output names the file and the line
  3  a bug in the drill or in the contracts; please report it";

/// Replays a bad day of a market against the whole suite and reports who was hurt. Without a command it runs the scenario black-thursday-2020.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "drill", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run one drill and report on it
    #[command(after_help = EXIT_CODES)]
    Run(Box<RunArgs>),
    /// List the scenarios that come with the program, one a line
    List,
}

impl Cli {
    /// The command; without one, a run of the default scenario.
    pub fn chosen(self) -> Command {
        self.command.unwrap_or_else(|| Command::Run(Box::default()))
    }
}

/// What to run, and where the report goes.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RunArgs {
    /// A scenario: the name of one that comes with the program (see `drill list`), or a file that
    /// ends with .toml. Without it and without --prices: black-thursday-2020
    #[arg(value_name = "SCENARIO|FILE.toml")]
    pub scenario: Option<String>,

    /// A price source from recorded data: a name of your choice and a CSV file with the columns
    /// `timestamp_unix,price[,high,low,volume],source`. May be given several times, once for each
    /// venue that quoted the same instrument. With a scenario, it replaces the scenario's source
    /// of the same name or joins the others. Sets of fewer than three sources are completed by
    /// reporters that follow the reference price
    #[arg(long, value_name = "NAME=FILE.csv", value_parser = named_file)]
    pub prices: Vec<NamedFile>,

    /// Which of the --prices is the truth that every outcome is judged against. Without it: the
    /// scenario's own price path, or the first --prices. The reference may have bars longer than
    /// five minutes; it is then no source
    #[arg(long, value_name = "NAME")]
    pub reference: Option<String>,

    /// Everything random (traders, the walk inside a bar, the noise of reporters) follows from
    /// this number; the same number gives the same report
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    pub seed: u64,

    /// How many traders hold positions. Without it: what the scenario says
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub traders: Option<u64>,

    /// Seconds between two blocks of the chain. Without it: what the scenario says, or 6
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=MAX_BLOCK_TIME))]
    pub block_time: Option<u64>,

    /// Directory for the reports, SCENARIO.json and SCENARIO.html; created if it does not exist
    #[arg(long, value_name = "DIR")]
    pub out: Option<String>,

    /// Write the figures as JSON to this file, for other programs
    #[arg(long, value_name = "FILE")]
    pub json: Option<String>,

    /// Write a page for people to this file: the price, the levels under it, the figures, the targets
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,

    /// A setting of the market other than a major's default, such as gap=0.6 for a long-tail instrument.
    /// May be given several times; a wrong name lists them all
    #[arg(long, value_name = "FIELD=VALUE", value_parser = setting)]
    pub set: Vec<Override>,

    /// Let attackers in, on both protocols: a front runner, a skew pumper with four accounts, an LP timer, a picker
    /// of updates, a griefer and a canceller. In the scenarios that come with the program they always are
    #[arg(long)]
    pub attackers: bool,

    /// What it plays on. `embedded`: the contracts as native code, in memory. `wasmd`: their wasm on the stock chain's
    /// own software in another process, which `scripts/build-wasm` and `scripts/build-chain` make; fifty times slower,
    /// and every figure is the same
    #[arg(long, value_enum, default_value_t = OnChain::Embedded)]
    pub chain: OnChain,

    /// This is a control: the report demands that nothing trips in it, and that it stays at Normal for all
    /// but 0.1 % of a quiet time, or but for two episodes where there was news
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true,
          default_missing_value = "quiet")]
    pub control: Option<Control>,

    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self {
            scenario: Some(DEFAULT.to_owned()),
            prices: Vec::new(),
            reference: None,
            seed: DEFAULT_SEED,
            traders: None,
            block_time: None,
            out: None,
            json: None,
            html: None,
            set: Vec::new(),
            attackers: false,
            chain: OnChain::Embedded,
            control: None,
            quiet: false,
        }
    }
}

/// A chain to play on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnChain {
    /// In memory, the contracts as native code.
    Embedded,
    /// The stock chain's own software, the contracts as wasm.
    Wasmd,
}

impl OnChain {
    /// As the harness calls it.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Embedded => Kind::Embedded,
            Self::Wasmd => Kind::Wasmd,
        }
    }
}

/// A file and what the user calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The name.
    pub name: String,
    /// The file.
    pub file: String,
}

fn setting(text: &str) -> Result<Override, String> {
    match text.split_once('=') {
        Some((field, value)) if !field.is_empty() && !value.is_empty() => Ok(Override {
            field: field.to_owned(),
            value: value.to_owned(),
        }),
        Some(_) | None => Err("write FIELD=VALUE, such as gap=0.6".to_owned()),
    }
}

fn named_file(text: &str) -> Result<NamedFile, String> {
    match text.split_once('=') {
        Some((name, file)) if is_name(name) && !file.is_empty() => Ok(NamedFile {
            name: name.to_owned(),
            file: file.to_owned(),
        }),
        Some(_) | None => Err(
            "write NAME=FILE.csv, the name in lower-case letters, digits, - or _ (at most 40)"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn run(args: &[&str]) -> Result<RunArgs, clap::Error> {
        let all = ["drill", "run"].iter().chain(args);
        match Cli::try_parse_from(all)?.chosen() {
            Command::Run(args) => Ok(*args),
            Command::List => panic!("not a run"),
        }
    }

    #[test]
    fn the_definition_is_sound_and_the_help_names_the_exit_codes() {
        Cli::command().debug_assert();
        for mut command in [
            Cli::command(),
            Cli::command().find_subcommand("run").unwrap().clone(),
        ] {
            let help = command.render_long_help().to_string();
            for line in EXIT_CODES.lines() {
                assert!(help.contains(line.trim()), "{help}");
            }
        }
    }

    #[test]
    fn nothing_runs_the_default_scenario() {
        let none = Cli::try_parse_from(["drill"]).unwrap().chosen();
        assert_eq!(none, Command::Run(Box::default()));
        assert_eq!(run(&[DEFAULT]).unwrap(), RunArgs::default());
        assert_eq!(
            Cli::try_parse_from(["drill", "list"]).unwrap().chosen(),
            Command::List
        );
    }

    #[test]
    fn every_option_is_read() {
        let text = "day.toml --prices a=x.csv --prices b-2=y=z.csv --reference a --seed 7 \
                    --traders 12 --block-time 2 --out o --json j --html h --set gap=0.6 --control=news --attackers --chain wasmd --quiet";
        let args = run(&text.split_whitespace().collect::<Vec<_>>()).unwrap();
        let file = |name: &str, file: &str| NamedFile {
            name: name.into(),
            file: file.into(),
        };
        let want = RunArgs {
            scenario: Some("day.toml".into()),
            prices: vec![file("a", "x.csv"), file("b-2", "y=z.csv")],
            reference: Some("a".into()),
            seed: 7,
            traders: Some(12),
            block_time: Some(2),
            out: Some("o".into()),
            json: Some("j".into()),
            html: Some("h".into()),
            set: vec![Override {
                field: "gap".into(),
                value: "0.6".into(),
            }],
            attackers: true,
            chain: OnChain::Wasmd,
            control: Some(Control::News),
            quiet: true,
        };
        assert_eq!(args, want);
    }

    #[test]
    fn bad_arguments_exit_with_two() {
        let cases: [&[&str]; 13] = [
            &["--set", "gap"],
            &["--set", "gap="],
            &["--control=loud"],
            &["--prices", "x.csv"],
            &["--prices", "=x.csv"],
            &["--prices", "a="],
            &["--prices", "A b=x.csv"],
            &["--seed", "-1"],
            &["--traders", "0"],
            &["--block-time", "0"],
            &["--block-time", "61"],
            &["--chain", "moon"],
            &["--unknown"],
        ];
        for args in cases {
            assert_eq!(run(args).unwrap_err().exit_code(), 2, "{args:?}");
        }
        assert_eq!(run(&["--help"]).unwrap_err().exit_code(), 0);
    }
}
