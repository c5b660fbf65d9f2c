#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::fault::{FaultKind, OutageKind, Part};
use crate::path::Path;
use crate::testing::cents;
use math::units::{Price, Ratio};

const GOOD: &str = r#"name = "two-drops"
title = "Two drops"
description = "What happened."
citations = ["https://example.org"]
start = "2020-03-12T08:00:00Z"
end = 3600
noise_bps = 20

[[waypoint]]
at = 0
price = "171"

[[waypoint]]
at = "2020-03-12T09:00:00Z"
price = 144

[[source]]
name = "a"

[[source]]
name = "b"
latency_s = 4
noise_bps = 6
interval_s = 10
offset_s = 3

[[fault]]
source = "a"
kind = "drop"
from = 60
to = 120

[[fault]]
source = "b"
kind = "delay"
from = 60
to = "2020-03-12T08:02:00Z"
by_s = 30

[failure]
from = 60
to = 120

[market]
nav_usd = 5
"#;
const START: u64 = 1_584_000_000;

fn parse(text: &str) -> Result<Scenario, InputError> {
    Scenario::parse("day.toml", text)
}

#[test]
fn every_field_is_read() {
    let scenario = parse(GOOD).unwrap();
    assert_eq!((scenario.start, scenario.end), (START, START + 3600));
    let points: Vec<_> = scenario
        .path
        .points
        .iter()
        .map(|p| (p.time, p.price))
        .collect();
    assert_eq!(
        points,
        [(START, cents(17_100)), (START + 3600, cents(14_400))]
    );
    assert_eq!(
        (scenario.path.low, scenario.path.high),
        (cents(7_200), cents(34_200))
    );
    let reporter = |name: &str, latency_s, noise_bps, interval_s, offset_s| Reporter {
        name: name.into(),
        latency_s,
        noise_bps,
        interval_s,
        offset_s,
    };
    let sources = [reporter("a", 0, 5, 15, 0), reporter("b", 4, 6, 10, 3)];
    assert_eq!(scenario.sources, sources);
    let window = Window {
        from: START + 60,
        to: START + 120,
    };
    let faults: Vec<_> = scenario
        .faults
        .iter()
        .map(|f| (&*f.source, f.fault))
        .collect();
    let fault = |kind| Fault { window, kind };
    assert_eq!(
        faults,
        [
            ("a", fault(FaultKind::Drop)),
            ("b", fault(FaultKind::Delay { by_s: 30 }))
        ]
    );
    assert_eq!(scenario.faults[1].line, 33);
    assert_eq!(scenario.failure, Some(window));
    assert_eq!(
        scenario.market,
        MarketSetup {
            nav_usd: 5,
            ..MarketSetup::default()
        }
    );
}

#[test]
fn bad_scenarios_are_refused_in_one_line() {
    let cases = [
        (
            "name = \"two-drops\"",
            "name = \"Two drops\"",
            "1: the name \"Two drops\" must be",
        ),
        ("title = \"Two drops\"\n", "", "1: missing field `title`"),
        ("title =", "titel =", "2: unknown field `titel`"),
        (
            "title = \"Two drops\"",
            "title = \"Two drops\"\ntitle = \"x\"",
            "3: duplicate key",
        ),
        ("title = \"Two drops\"", "title = \"Two drops", "2: "),
        (
            "start = \"2020-03-12T08:00:00Z\"",
            "start = \"yesterday\"",
            "5: \"yesterday\" is not a time",
        ),
        (
            "start = \"2020-03-12T08:00:00Z\"",
            "start = 1.5",
            "5: invalid type: floating point",
        ),
        (
            "end = 3600",
            "end = 0",
            "6: the end 1584000000 is not after the start 1584000000",
        ),
        ("end = 3600", "end = -5", "6: -5 is not a number of seconds"),
        (
            "end = 3600",
            "end = 7200",
            "9: the waypoints run from 1584000000 to 1584003600",
        ),
        (
            "noise_bps = 20",
            "noise_bps = 1001",
            "7: noise_bps is 1001; it must be between 0 and 1000",
        ),
        (
            "noise_bps = 20",
            "noise_bps = -1",
            "7: invalid value: integer `-1`",
        ),
        (
            "noise_bps = 20",
            "noise_bps = 20\nlow = \"150\"",
            "14: price 144 is outside 150 to 342",
        ),
        (
            "price = \"171\"",
            "price = 171.0",
            "11: invalid type: floating point",
        ),
        (
            "price = \"171\"",
            "price = \"much\"",
            "11: price \"much\" is not a number",
        ),
        (
            "price = \"171\"",
            "price = \"-1\"",
            "11: price \"-1\" is negative",
        ),
        (
            "price = \"171\"",
            "price = \"nan\"",
            "11: price \"nan\" is not a number (NaN)",
        ),
        (
            "price = \"171\"",
            "prize = \"171\"",
            "11: unknown field `prize`",
        ),
        (
            "at = \"2020-03-12T09:00:00Z\"",
            "at = 3601",
            "13: time 1584003601 is outside the scenario",
        ),
        (
            "at = \"2020-03-12T09:00:00Z\"",
            "at = 0",
            "13: time 1584000000 is there twice",
        ),
        ("at = 0", "at = 10", "9: the waypoints run from 1584000010"),
        (
            "name = \"a\"",
            "name = \"b\"",
            "20: the name \"b\" is there twice",
        ),
        (
            "name = \"a\"",
            "name = \"derived-1\"",
            "17: names that start with \"derived-\"",
        ),
        ("name = \"a\"", "name = \"\"", "17: the name \"\" must be"),
        (
            "latency_s = 4",
            "latency_s = 26",
            "20: latency_s is 26; it must be between 0 and 25",
        ),
        (
            "interval_s = 10",
            "interval_s = 16",
            "20: interval_s is 16; it must be between 1 and 15",
        ),
        (
            "offset_s = 3",
            "offset_s = 10",
            "20: offset_s is 10; it must be between 0 and 9",
        ),
        ("noise_bps = 6", "noise_bps = 1001", "20: noise_bps is 1001"),
        (
            "kind = \"drop\"",
            "kind = \"melt\"",
            "29: unknown variant `melt`, expected one of `drop`, `delay`",
        ),
        (
            "kind = \"drop\"",
            "kind = \"drop\"\nby_s = 3",
            "27: a fault of kind \"drop\" has no by_s",
        ),
        ("by_s = 30", "", "33: a fault of kind \"delay\" needs by_s"),
        ("by_s = 30", "by_s = 0", "33: by_s is 0"),
        (
            "from = 60\nto = 120\n\n[[fault]]",
            "from = 120\nto = 60\n\n[[fault]]",
            "27: the end 1584000060 is not after",
        ),
        (
            "[failure]\nfrom = 60",
            "[failure]\nfrom = 9999",
            "40: time 1584009999 is outside",
        ),
        ("nav_usd = 5", "nav_usd = 0", "44: nav_usd is 0"),
        ("nav_usd = 5", "nav = 5", "45: unknown field `nav`"),
        (
            "nav_usd = 5",
            "[market.set]\ngap = \"2\"",
            "46: gap cannot be \"2\"",
        ),
        (
            "nav_usd = 5",
            "[market.set]\ngab = \"0.6\"",
            "46: nothing is named \"gab\"",
        ),
        (
            "noise_bps = 20",
            "noise_bps = 20\ncontrol = \"loud\"",
            "8: unknown variant `loud`",
        ),
    ];
    for (old, new, message) in cases {
        assert!(GOOD.contains(old), "{old}");
        let error = parse(&GOOD.replacen(old, new, 1)).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("day.toml:{message}")),
            "{new}: {error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn settings_that_need_each_other_are_judged_together() {
    let set = |lines: &str| {
        let lines = format!("[market.set]\n{lines}");
        parse(&GOOD.replacen("nav_usd = 5", &lines, 1))
    };
    // The default of the one does not go with the other.
    let both = set("skew_cap = \"200\"\nskew_scale = \"20000\"").unwrap();
    assert_eq!(both.overrides.len(), 2);
    let error = set("skew_scale = \"20000\"").unwrap_err().to_string();
    assert!(
        error.contains(":46: skew_scale cannot be \"20000\""),
        "{error}"
    );
    let apart = set("im_max = \"0.2\"\nim_min = \"0.3\"").unwrap_err();
    let apart = apart.to_string();
    assert!(apart.contains(":46: im_max cannot be"), "{apart}");
}

/// The scenario with this fault in the place of its first.
fn with_fault(lines: &str) -> Result<Scenario, InputError> {
    let old = "source = \"a\"\nkind = \"drop\"\n";
    assert!(GOOD.contains(old));
    parse(&GOOD.replacen(old, lines, 1))
}

#[test]
fn every_kind_of_fault_is_read() {
    let of_source = |lines: &str| {
        let lines = format!("source = \"a\"\n{lines}\n");
        with_fault(&lines).unwrap().faults[0].fault.kind
    };
    let kinds = [
        (
            "kind = \"misdate\"\nby_s = 9",
            FaultKind::Misdate { by_s: 9 },
        ),
        ("kind = \"future\"\nby_s = 9", FaultKind::Future { by_s: 9 }),
        (
            "kind = \"spike\"\nfactor = \"0.12\"",
            FaultKind::Spike {
                factor: Ratio::percent(12),
            },
        ),
        (
            "kind = \"clip\"\nfloor = \"0.1\"",
            FaultKind::Clip { floor: cents(10) },
        ),
        ("kind = \"invert\"", FaultKind::Invert),
        ("kind = \"zero\"", FaultKind::Zero),
        ("kind = \"freeze\"", FaultKind::Freeze),
    ];
    for (lines, kind) in kinds {
        assert_eq!(of_source(lines), kind);
    }
    let dead = |module| OutageKind::DeadModule { module };
    let congestion = |keepers| OutageKind::Congestion {
        per_block: 2,
        keepers,
    };
    let outages = [
        ("kind = \"halt\"", OutageKind::Halt),
        ("kind = \"dead_keeper\"", OutageKind::DeadKeeper),
        (
            "kind = \"dead_module\"\nmodule = \"oracle\"",
            dead(Part::Oracle),
        ),
        (
            "kind = \"dead_module\"\nmodule = \"engine\"",
            dead(Part::Engine),
        ),
        ("kind = \"congestion\"\nper_block = 2", congestion(true)),
        (
            "kind = \"congestion\"\nper_block = 2\nkeepers = false",
            congestion(false),
        ),
    ];
    for (lines, kind) in outages {
        let scenario = with_fault(&format!("{lines}\n")).unwrap();
        assert_eq!(scenario.outages[0].kind, kind);
        assert_eq!(scenario.faults.len(), 1);
    }
}

/// With this line before the first table, and this fault.
fn with_line(line: &str, fault: &str) -> Result<Scenario, InputError> {
    let old = "source = \"a\"\nkind = \"drop\"\n";
    let text = GOOD.replacen(old, &format!("source = \"a\"\n{fault}\n"), 1);
    let noise = "noise_bps = 20\n";
    parse(&text.replacen(noise, &format!("{noise}{line}\n"), 1))
}

#[test]
fn a_stolen_key_says_what_it_may_cost_and_nothing_else_does() {
    let (stolen, dropped) = ("kind = \"stolen\"\nby_bps = 140", "kind = \"drop\"");
    let scenario = with_line("attacker_bound_usd = 5_000", stolen).unwrap();
    assert_eq!(
        scenario.faults[0].fault.kind,
        FaultKind::Stolen { by_bps: 140 }
    );
    assert_eq!(scenario.attacker_bound_usd, 5_000);
    assert_eq!(with_line("", dropped).unwrap().attacker_bound_usd, 0);
    let cases = [
        (
            "",
            stolen,
            "day.toml:28: a stolen key needs attacker_bound_usd",
        ),
        (
            "attacker_bound_usd = 1",
            dropped,
            "day.toml:8: attacker_bound_usd is for scenarios",
        ),
        (
            "attacker_bound_usd = 0",
            stolen,
            "day.toml:8: attacker_bound_usd",
        ),
        (
            "attacker_bound_usd = 1_000_000_001",
            stolen,
            "day.toml:8: attacker_bound_usd",
        ),
    ];
    for (line, fault, said) in cases {
        let error = with_line(line, fault).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn blocks_take_as_long_as_the_scenario_says_within_a_minute() {
    let dropped = "kind = \"drop\"";
    assert_eq!(with_line("", dropped).unwrap().block_time, None);
    let scenario = with_line("block_time = 30", dropped).unwrap();
    assert_eq!(scenario.block_time, Some(30));
    for wrong in [0, 61] {
        let error = with_line(&format!("block_time = {wrong}"), dropped).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with("day.toml:8: block_time"), "{said}");
    }
}

#[test]
fn a_fault_without_what_it_needs_or_with_what_it_has_not_names_its_line() {
    let cases = [
        ("kind = \"drop\"", "a fault of kind \"drop\" needs source"),
        (
            "kind = \"halt\"\nsource = \"a\"",
            "a fault of kind \"halt\" has no source",
        ),
        (
            "kind = \"spike\"\nsource = \"a\"",
            "a fault of kind \"spike\" needs factor",
        ),
        (
            "kind = \"spike\"\nsource = \"a\"\nfactor = \"-2\"",
            "factor \"-2\" is not a positive number",
        ),
        (
            "kind = \"spike\"\nsource = \"a\"\nfactor = \"1000001\"",
            "factor \"1000001\" is not a positive number",
        ),
        (
            "kind = \"clip\"\nsource = \"a\"",
            "a fault of kind \"clip\" needs floor",
        ),
        (
            "kind = \"misdate\"\nsource = \"a\"",
            "a fault of kind \"misdate\" needs by_s",
        ),
        (
            "kind = \"future\"\nsource = \"a\"\nby_s = 90000",
            "by_s is 90000; it must be between 1 and 86400",
        ),
        (
            "kind = \"stolen\"\nsource = \"a\"",
            "a fault of kind \"stolen\" needs by_bps",
        ),
        (
            "kind = \"stolen\"\nsource = \"a\"\nby_bps = 10001",
            "by_bps is 10001; it must be between 1 and 10000",
        ),
        (
            "kind = \"congestion\"",
            "a fault of kind \"congestion\" needs per_block",
        ),
        (
            "kind = \"congestion\"\nper_block = 10001",
            "per_block is 10001; it must be between 0 and 10000",
        ),
        (
            "kind = \"zero\"\nsource = \"a\"\nkeepers = true",
            "a fault of kind \"zero\" has no keepers",
        ),
        (
            "kind = \"dead_module\"",
            "a fault of kind \"dead_module\" needs module",
        ),
    ];
    for (lines, message) in cases {
        let error = with_fault(&format!("{lines}\n")).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("day.toml:27: {message}")),
            "{error}"
        );
    }
    let error = with_fault("kind = \"dead_module\"\nmodule = \"beacon\"\n");
    let error = error.unwrap_err().to_string();
    assert!(
        error.starts_with("day.toml:29: unknown variant `beacon`"),
        "{error}"
    );
}

#[test]
fn an_empty_or_missing_file_and_an_unknown_name_say_so() {
    assert_eq!(
        parse(" \n").unwrap_err().to_string(),
        "day.toml:0: the file is empty: it holds no data"
    );
    let error = Scenario::load("no/such.toml").unwrap_err().to_string();
    assert_eq!(error, "no/such.toml:0: there is no such file");
    let error = Scenario::load("black-friday").unwrap_err().to_string();
    assert_eq!(
        error,
        "scenario:0: nothing is named \"black-friday\"; known: \
         black-thursday-2020, luna-2022, ftx-2022, calm-week, single-outlier, chain-halt, \
         module-fault, stolen-reporter"
    );
}

#[test]
fn shipped_scenarios_are_sound_and_named_as_listed() {
    for (name, _) in shipped() {
        let scenario = Scenario::load(name).unwrap();
        assert_eq!(&scenario.name, name);
        assert!(
            scenario.failure.is_some() || scenario.control.is_some(),
            "{name}"
        );
        assert!(
            !scenario.citations.is_empty() && scenario.attackers,
            "{name}"
        );
        assert_eq!(scenario.title.lines().count(), 1);
    }
}

#[test]
fn black_thursday_falls_as_published() {
    let scenario = Scenario::load(DEFAULT).unwrap();
    let path = Path::through("eth", scenario.path.clone(), 1);
    let at = |seconds: u64| path.at(scenario.start + seconds).unwrap();
    let hour = 3600;
    let facts = [
        (0, 17_100),
        (2 * hour + 2400, 14_400),
        (3 * hour + 2400, 12_890),
        (15 * hour, 12_500),
        (16 * hour, 11_200),
        (18 * hour + 900, 8_600),
    ];
    for (seconds, price) in facts {
        assert_eq!(at(seconds), cents(price), "{seconds}");
    }
    let low = 18 * hour + 900;
    let fall = |seconds: u64| {
        let before = at(low - seconds).0.atomics().u128();
        (before - at(low).0.atomics().u128()) * 1000 / before
    };
    assert_eq!((fall(hour), fall(300)), (266, 133));
    let lowest = (0..=22 * hour).map(at).min();
    assert_eq!(lowest, Some(Price::raw(86 * 10u128.pow(18))));
}
