//! Everything that may break, once each through the contracts and the naive twin, with attackers in it, beside a
//! second market: a price falls by a twentieth while one source, two of three sources, the chain, the keeper or a
//! contract is not what it was. The books' invariants are checked from raw state in every run.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use drill::{
    attack::Takings,
    cli::RunArgs,
    plan::Plan,
    run::{run, Outcome},
};
use types::{level::Level, Amount, Size};

const SOURCES: [&str; 3] = ["first", "second", "third"];
/// A thousandth of the vault, USD: what two of three sources, or a thief, may let somebody take.
const BOUND: i128 = 10_000;

/// What the twin, which reads the first source alone, suffers of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Twin {
    /// Nothing that would not have happened anyway, or nothing to speak of.
    Nothing,
    /// Attackers are paid.
    Robbed,
    /// Healthy people are liquidated and millions are owed that nobody has.
    Ruined,
    /// It liquidates too late.
    Late,
}

/// What two sources of three can do that tell the same tale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Two {
    /// They are not heard: no rounds, and so nothing is done to anybody.
    Silence,
    /// They are believed, and not far off.
    Drift,
    /// They are believed.
    Lie,
}

const KINDS: [(&str, Twin, Two); 13] = [
    ("kind = \"drop\"", Twin::Robbed, Two::Silence),
    ("kind = \"delay\"\nby_s = 300", Twin::Robbed, Two::Silence),
    // It looks at no times.
    (
        "kind = \"misdate\"\nby_s = 300",
        Twin::Nothing,
        Two::Silence,
    ),
    ("kind = \"misdate\"\nby_s = 30", Twin::Nothing, Two::Drift),
    (
        "kind = \"future\"\nby_s = 3600",
        Twin::Nothing,
        Two::Silence,
    ),
    ("kind = \"future\"\nby_s = 10", Twin::Nothing, Two::Drift),
    ("kind = \"spike\"\nfactor = \"0.5\"", Twin::Ruined, Two::Lie),
    ("kind = \"spike\"\nfactor = \"2\"", Twin::Ruined, Two::Lie),
    (
        "kind = \"spike\"\nfactor = \"0.988\"",
        Twin::Nothing,
        Two::Drift,
    ),
    (
        "kind = \"clip\"\nfloor = \"1990\"",
        Twin::Robbed,
        Two::Drift,
    ),
    ("kind = \"invert\"", Twin::Ruined, Two::Silence),
    // It takes no zero for a price either: to it the source is silent.
    ("kind = \"zero\"", Twin::Robbed, Two::Silence),
    ("kind = \"freeze\"", Twin::Robbed, Two::Drift),
];

/// Play the scenario beside this file with these lines added.
fn played(lines: &str) -> Outcome {
    let day = include_str!("scenarios/faulty.toml");
    let stolen = lines.contains("stolen");
    let bound = format!("attackers = true\nattacker_bound_usd = {BOUND}");
    let day = if stolen {
        day.replace("attackers = true", &bound)
    } else {
        day.to_owned()
    };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("faulty.toml");
    std::fs::write(&file, format!("{day}\n{lines}")).unwrap();
    let args = RunArgs {
        scenario: Some(file.to_str().unwrap().to_owned()),
        ..RunArgs::default()
    };
    run(&Plan::load(&args).unwrap()).unwrap()
}

/// What these words describe befalls the first so many sources for a quarter of an hour.
fn of_sources(how: &str, many: usize) -> Outcome {
    let one =
        |source: &&str| format!("[[fault]]\nsource = \"{source}\"\nfrom = 900\nto = 1800\n{how}\n");
    played(&SOURCES[..many].iter().map(one).collect::<String>())
}

fn of_chain(how: &str) -> Outcome {
    // What the last rounds say stays readable while the oracle is dead: nothing closes before the leases lapse.
    let to = if how.contains("oracle") { 1_860 } else { 1_800 };
    played(&format!("[[fault]]\nfrom = 900\nto = {to}\n{how}\n"))
}

/// What attackers took together, and what the best of them did, in millionths of a dollar.
fn taken(all: &[Takings]) -> (i128, i128) {
    let each = all.iter().map(|t| t.profit.0.i128());
    (each.clone().sum(), each.max().unwrap())
}

/// Seconds at ReduceOnly or above.
fn closed(outcome: &Outcome) -> u64 {
    let levels = [Level::ReduceOnly, Level::Protected, Level::Settlement];
    levels.map(|level| outcome.seconds(level)).iter().sum()
}

/// Nobody healthy is liquidated, nobody late, nothing is lost, nobody is kept in.
#[track_caller]
fn unhurt(how: &str, outcome: &Outcome) {
    let notes: Vec<&String> = outcome.judge.notes().collect();
    assert!(notes.is_empty(), "{how}: {notes:?}");
    assert_eq!(outcome.judge.insolvent_blocks, 0, "{how}");
    let money = outcome.money;
    assert_eq!(
        (money.bad_debt, money.haircut),
        (Amount::ZERO, Amount::ZERO),
        "{how}"
    );
}

/// Nor does anybody who attacks take anything, together or alone.
#[track_caller]
fn untouched(how: &str, outcome: &Outcome) {
    let (sum, best) = taken(&outcome.takings);
    assert!(sum < 0 && best <= 0, "{how}: {sum} {best}");
}

/// The market beside it never leaves Normal, and who is in it stays in it.
#[track_caller]
fn beside(how: &str, outcome: &Outcome) {
    let beside = outcome.beside.unwrap();
    assert_eq!(
        (beside.disturbed, beside.worst),
        (0, Level::Normal),
        "{how}"
    );
    assert_eq!(beside.held, Size::raw(10_000_000_000_000), "{how}");
}

#[track_caller]
fn suffers(how: &str, outcome: &Outcome, what: Twin) {
    let naive = &outcome.naive;
    let (robbed, _) = taken(&naive.takings);
    match what {
        Twin::Nothing => {}
        Twin::Robbed => assert!(robbed > 0, "{how}: the twin's attackers took {robbed}"),
        Twin::Ruined => {
            let debt = naive.money.bad_debt.0.i128() / 1_000_000;
            let wrongful = naive.wrongful;
            assert!(
                wrongful >= 30 && debt > 3_000_000,
                "{how}: {wrongful} {debt}"
            );
            assert!(robbed > 200_000_000_000, "{how}: {robbed}");
        }
        Twin::Late => assert_eq!(naive.waits.late, 1, "{how}"),
    }
}

#[test]
fn a_day_on_which_nothing_breaks_hurts_nobody() {
    let outcome = played("");
    unhurt("nothing", &outcome);
    untouched("nothing", &outcome);
    beside("nothing", &outcome);
    assert!(outcome.judge.liquidations > 0 && outcome.judge.filled > 40);
    let (robbed, _) = taken(&outcome.naive.takings);
    assert!(robbed <= 0 && outcome.naive.wrongful == 0);
}

#[test]
fn whatever_one_source_does_hurts_nobody() {
    for (how, twin, _) in KINDS {
        let outcome = of_sources(how, 1);
        unhurt(how, &outcome);
        untouched(how, &outcome);
        beside(how, &outcome);
        suffers(how, &outcome, twin);
    }
}

/// Two of three are a majority: what they agree on is the price. It opens nothing for whoever knows better, trips the
/// market where it is far off, and keeps nobody in; and it stays in one market.
#[test]
fn two_sources_of_three_that_break_alike_pay_nobody_and_keep_nobody_in() {
    let usual = closed(&played(""));
    for (how, _, two) in KINDS {
        let outcome = of_sources(how, 2);
        beside(how, &outcome);
        let judge = &outcome.judge;
        assert_eq!(
            (judge.exits.refused, judge.insolvent_blocks),
            (0, 0),
            "{how}"
        );
        let (sum, best) = taken(&outcome.takings);
        let shut = closed(&outcome);
        eprintln!("{how:?}: closed {shut} s, usually {usual}; best {best}, all {sum}");
        match two {
            Two::Silence => {
                unhurt(how, &outcome);
                untouched(how, &outcome);
                assert_eq!(
                    judge.liquidations, 0,
                    "{how}: without a price nobody is liquidated"
                );
                assert!(shut > usual, "{how}: {shut}");
            }
            Two::Drift => {
                unhurt(how, &outcome);
                assert!(sum < 0 && best <= BOUND * 1_000_000, "{how}: {sum} {best}");
                assert!(judge.levels.trips > 0, "{how}");
            }
            // Healthy people are liquidated at it: that is what two thirds of a price may do to those who hold on,
            // less than one source does to the twin.
            Two::Lie => {
                untouched(how, &outcome);
                assert!(
                    outcome.seconds(Level::Protected) > 0 && shut > usual,
                    "{how}: {shut}"
                );
                let naive = &outcome.naive;
                assert!(judge.wrongful < naive.wrongful, "{how}");
                assert!(outcome.money.bad_debt < naive.money.bad_debt, "{how}");
                assert_eq!(outcome.money.haircut, Amount::ZERO, "{how}");
            }
        }
    }
}

#[test]
fn a_stolen_key_takes_no_more_than_its_bound() {
    let how = "kind = \"stolen\"\nby_bps = 140";
    let outcome = of_sources(how, 1);
    unhurt(how, &outcome);
    beside(how, &outcome);
    let (sum, best) = taken(&outcome.takings);
    assert!(sum.max(best) <= BOUND * 1_000_000, "{sum} {best}");
    let thief = outcome.takings.iter().find(|t| t.name == "thief").unwrap();
    assert!(thief.fills > 0, "it was tried");
    let (robbed, _) = taken(&outcome.naive.takings);
    assert!(
        robbed > BOUND * 1_000_000,
        "the twin's attackers took {robbed}"
    );
}

/// What befalls the whole chain befalls both markets; but nobody is hurt by it in either.
#[test]
fn what_befalls_the_chain_the_keeper_or_a_contract_hurts_nobody() {
    let everywhere = [
        ("kind = \"halt\"", Twin::Nothing),
        ("kind = \"dead_keeper\"", Twin::Late),
        (
            "kind = \"dead_module\"\nmodule = \"breaker\"",
            Twin::Nothing,
        ),
        ("kind = \"dead_module\"\nmodule = \"oracle\"", Twin::Nothing),
    ];
    let here = [
        ("kind = \"congestion\"\nper_block = 2", Twin::Nothing),
        (
            "kind = \"congestion\"\nper_block = 4\nkeepers = false",
            Twin::Late,
        ),
        ("kind = \"dead_module\"\nmodule = \"market\"", Twin::Robbed),
    ];
    for (how, twin) in everywhere.into_iter().chain(here) {
        let outcome = of_chain(how);
        unhurt(how, &outcome);
        untouched(how, &outcome);
        suffers(how, &outcome, twin);
        let seen = outcome.beside.unwrap();
        assert_eq!(seen.held, Size::raw(10_000_000_000_000), "{how}");
        if here.contains(&(how, twin)) {
            beside(how, &outcome);
        } else {
            assert_eq!(seen.worst, Level::ReduceOnly, "{how}");
        }
    }
}

/// A quarter of an hour without a block, the first of which carries a time from before it.
#[test]
fn the_first_block_after_a_halt_carries_an_old_time_and_the_next_one_trips() {
    let outcome = of_chain("kind = \"halt\"");
    assert_eq!(outcome.blocks, 401 - 150);
    let line = &outcome.judge.levels.line;
    // Blocks 0 to 149, that of the old time, and the next, whose crank comes after the look at the level.
    assert_eq!(line[..151].iter().max(), Some(&Level::Normal));
    assert!(
        line[151..153].iter().max() >= Some(&Level::ReduceOnly),
        "{:?}",
        &line[148..156]
    );
}

/// Who holds the money is dead: exits are refused while it is, by whoever asks, and by nobody after.
#[test]
fn a_dead_engine_refuses_exits_only_while_it_is_dead() {
    let outcome = of_chain("kind = \"dead_module\"\nmodule = \"engine\"");
    let start = 1_704_067_200;
    for note in outcome.judge.notes() {
        let time: u64 = note.split(':').next().unwrap().parse().unwrap();
        assert!((start + 900..start + 1_800).contains(&time), "{note}");
    }
    let judge = &outcome.judge;
    assert_eq!(
        (judge.exits.refused, judge.wrongful, judge.waits.late),
        (5, 0, 0)
    );
    assert_eq!(judge.insolvent_blocks, 0);
    let money = outcome.money;
    assert_eq!(
        (money.bad_debt, money.haircut),
        (Amount::ZERO, Amount::ZERO)
    );
    untouched("a dead engine", &outcome);
    assert_eq!(outcome.beside.unwrap().held, Size::raw(10_000_000_000_000));
    suffers("a dead engine", &outcome, Twin::Robbed);
}
