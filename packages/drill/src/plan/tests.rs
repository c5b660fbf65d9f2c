#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::cli::NamedFile;
use crate::source::Report;
use crate::testing::{data, each_file};

const SCENARIO: &str = "name = \"day\"\ntitle = \"A day\"\ndescription = \"\"\ncitations = []\n\
    start = 600\nend = 600\nnoise_bps = 20\n\
    [[waypoint]]\nat = 0\nprice = 100\n[[waypoint]]\nat = 600\nprice = 90\n\
    [[source]]\nname = \"a\"\n[[source]]\nname = \"b\"\n\
    [[fault]]\nsource = \"x\"\nkind = \"drop\"\nfrom = 0\nto = 60\n";

fn bars(from: u64, step: u64, count: u64) -> String {
    let rows: String = (0..count)
        .map(|n| format!("{},10{d},11{d},9{d},1,x\n", from + n * step, d = n % 10))
        .collect();
    format!("timestamp_unix,price,high,low,volume,source\n{rows}")
}

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn prices(files: &[(&str, &str)]) -> RunArgs {
    let named = |(name, file): &(&str, &str)| NamedFile {
        name: (*name).into(),
        file: (*file).into(),
    };
    RunArgs {
        scenario: None,
        prices: files.iter().map(named).collect(),
        ..RunArgs::default()
    }
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.sources.iter().map(Source::name).collect()
}

fn refused(args: &RunArgs) -> String {
    let text = Plan::load(args).unwrap_err().to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    text.rsplit_once('/')
        .map_or(text.clone(), |(_, text)| text.to_owned())
}

#[test]
fn nothing_is_black_thursday() {
    let plan = Plan::load(&RunArgs::default()).unwrap();
    assert_eq!(plan, Plan::load(&prices(&[])).unwrap());
    assert_eq!(plan.name, DEFAULT);
    assert_eq!(names(&plan), ["push-feed", "venue-a", "venue-b"]);
    assert!(plan.failure.is_some() && plan.sources.iter().all(Source::is_derived));
    assert!(plan.reference.at(plan.start).is_some() && plan.reference.at(plan.end).is_some());
    let counts: Vec<usize> = plan
        .sources
        .iter()
        .map(|source| source.reports(plan.start, plan.end).len())
        .collect();
    assert!(counts[0] < counts[1], "{counts:?}");
    let args = RunArgs {
        traders: Some(7),
        seed: 9,
        ..RunArgs::default()
    };
    let other = Plan::load(&args).unwrap();
    assert_eq!((other.market.traders, other.seed), (7, 9));
    assert_ne!(
        other.reference.at(plan.start + 1000),
        plan.reference.at(plan.start + 1000)
    );
}

#[test]
fn one_recorded_source_is_completed_by_two_derived_ones() {
    let desk = Desk::new();
    let file = desk.file("a.csv", &bars(600, 60, 10));
    let plan = Plan::load(&prices(&[("a", &file)])).unwrap();
    assert_eq!(names(&plan), ["a", "derived-1", "derived-2"]);
    assert_eq!((plan.start, plan.end, plan.failure), (600, 1200, None));
    let derived: Vec<bool> = plan.sources.iter().map(Source::is_derived).collect();
    assert_eq!(derived, [false, true, true]);
    let reports: Vec<Vec<Report>> = plan.sources.iter().map(|s| s.reports(600, 1200)).collect();
    assert!(reports.iter().all(|r| r.len() >= 39));
    assert!(reports[0]
        .iter()
        .all(|r| plan.reference.at(r.publish_time) == Some(r.price)));
}

#[test]
fn a_coarse_file_may_be_the_reference_and_never_a_source() {
    let desk = Desk::new();
    let coarse = desk.file("hours.csv", &bars(0, 3600, 3));
    let fine = desk.file("fine.csv", &bars(0, 60, 100));
    let alone = Plan::load(&prices(&[("h", &coarse)])).unwrap();
    assert_eq!(names(&alone), ["derived-1", "derived-2", "derived-3"]);
    let args = prices(&[("f", &fine), ("h", &coarse)]);
    assert_eq!(
        refused(&args),
        "hours.csv:0: bars of 3600 s cannot be a source (at most 300 s), only the reference"
    );
    let args = RunArgs {
        reference: Some("h".into()),
        ..args
    };
    let plan = Plan::load(&args).unwrap();
    assert_eq!(names(&plan), ["f", "derived-1", "derived-2"]);
    assert_eq!((plan.start, plan.end), (0, 10_800));
}

#[test]
fn recorded_prices_join_or_replace_a_scenarios_sources() {
    let desk = Desk::new();
    let day = desk.file("day.toml", &SCENARIO.replace("\"x\"", "\"b\""));
    let file = desk.file("b.csv", &bars(600, 60, 20));
    let with = |name: &str| RunArgs {
        scenario: Some(day.clone()),
        ..prices(&[(name, &file)])
    };
    assert_eq!(names(&Plan::load(&with("c")).unwrap()), ["a", "b", "c"]);
    let plan = Plan::load(&with("b")).unwrap();
    assert_eq!(names(&plan), ["a", "b", "derived-1"]);
    assert_eq!(
        (plan.reference.name(), plan.sources[1].is_derived()),
        ("day", false)
    );
    assert!(plan.sources[1]
        .reports(0, 1200)
        .iter()
        .all(|r| r.publish_time >= 660));
    let plan = Plan::load(&RunArgs {
        reference: Some("b".into()),
        ..with("b")
    })
    .unwrap();
    assert_eq!(
        (plan.reference.name(), plan.start, plan.end),
        ("b", 600, 1200)
    );
}

#[test]
fn bad_plans_are_refused_in_one_line() {
    let desk = Desk::new();
    let file = desk.file("a.csv", &bars(600, 60, 5));
    let late = desk.file("late.csv", &bars(9000, 60, 5));
    let one = desk.file("one.csv", "timestamp_unix,price,source\n5,1,x\n");
    let day = desk.file("day.toml", SCENARIO);
    let sound = desk.file("sound.toml", &SCENARIO.replace("\"x\"", "\"a\""));
    let of = |scenario: &str, files: &[(&str, &str)], reference: Option<&str>| RunArgs {
        scenario: Some(scenario.to_owned()).filter(|s| !s.is_empty()),
        reference: reference.map(str::to_owned),
        ..prices(files)
    };
    let cases = [
        (of("", &[("a", "none.csv")], None), "none.csv:0: there is no such file"),
        (of("", &[("a", &file), ("a", &file)], None), "--prices:0: the name \"a\" is there twice"),
        (of("", &[("derived-1", &file)], None), "--prices:0: names that start with \"derived-\" are kept for derived reporters: \"derived-1\""),
        (of("", &[("a", &file)], Some("z")), "--reference:0: nothing is named \"z\"; known: a"),
        (of("", &[("a", &file), ("b", &late)], None), "late.csv:0: the prices run from 9000 to 9300; needed: 600 to 900"),
        (of("", &[("a", &one)], None), "one.csv:0: the end 5 is not after the start 5"),
        (of(&day, &[], None), "day.toml:18: nothing is named \"x\"; known: a, b, derived-1"),
        (of(&sound, &[("c", &file)], Some("c")), "a.csv:0: the prices run from 600 to 900; needed: 600 to 1200"),
        (of(&sound, &[("c", &late)], None), "late.csv:0: the prices run from 9000 to 9300; needed: 600 to 1200"),
        (of(&sound, &[], Some("c")), "--reference:0: nothing is named \"c\"; known: "),
        (of("none.toml", &[], None), "none.toml:0: there is no such file"),
    ];
    for (args, message) in cases {
        assert_eq!(refused(&args), message);
    }
}

#[test]
fn every_recorded_file_makes_a_plan() {
    each_file(|name, file| {
        let plan = Plan::load(&prices(&[("a", file)])).unwrap();
        assert!(plan.sources.len() == 3 && plan.start < plan.end, "{name}");
        let middle = plan.start + (plan.end - plan.start) / 2;
        let recorded = plan.sources.iter().filter(|s| !s.is_derived()).count();
        let coarse = plan.reference.step().is_some_and(|step| step > 300);
        assert_eq!(recorded, usize::from(!coarse), "{name}");
        for source in plan.sources.iter().filter(|s| s.is_derived()) {
            assert!(!source.reports(middle, middle + 60).is_empty(), "{name}");
        }
    });
}

#[test]
fn simultaneous_recordings_make_one_plan() {
    let files = [
        ("spot", data("aug2023_BTC_binance-spot-3m.csv")),
        ("perp", data("aug2023_BTC_binance-perp-5m.csv")),
        ("push", data("aug2023_BTC_chainlink-eth-mainnet.csv")),
    ];
    let found: Vec<(&str, &str)> = files
        .iter()
        .filter_map(|(n, f)| Some((*n, f.as_deref()?)))
        .collect();
    if found.len() < files.len() {
        return;
    }
    let plan = Plan::load(&prices(&found)).unwrap();
    assert_eq!(names(&plan), ["spot", "perp", "push"]);
    let ages: Vec<bool> = plan
        .sources
        .iter()
        .map(|s| s.source_max_age().is_some())
        .collect();
    assert_eq!(ages, [false, false, true]);
    assert_eq!(plan.sources[2].reports(plan.start, plan.end).len(), 103);
}
