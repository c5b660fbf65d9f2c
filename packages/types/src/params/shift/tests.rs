use serde_json::Value;

use super::*;

const NOW: u64 = 1_000 * DAY;

fn major() -> MarketParams {
    MarketParams::major(2_000, 10_000_000)
}

fn with(change: impl FnOnce(&mut MarketParams)) -> MarketParams {
    let mut params = major();
    change(&mut params);
    params
}

fn mm(percent: u64) -> MarketParams {
    with(|p| p.mm_share = Ratio::percent(percent))
}

fn account(percent: u64) -> MarketParams {
    with(|p| p.account_share = Ratio::percent(percent))
}

fn past(days_ago: u64, loosened: bool, params: MarketParams) -> Past {
    Past {
        until: NOW - days_ago * DAY,
        loosened,
        params,
    }
}

fn leaves(prefix: &str, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                leaves(&name, value, out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            out.push(prefix.into());
        }
    }
}

fn change(value: &mut Value, path: &str) {
    let pointer = format!("/{}", path.replace('.', "/"));
    let leaf = value.pointer_mut(&pointer).unwrap();
    *leaf = match &*leaf {
        Value::String(text) if text.contains('.') => Value::String(format!("{text}1")),
        Value::String(text) => Value::String(format!("{text}1")),
        Value::Number(n) => Value::from(n.as_u64().unwrap() + 1),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            panic!("{path} is no number")
        }
    };
}

/// A setting added later without a row here would move without a rule.
#[test]
fn every_setting_has_one_row_that_reads_it_and_no_other() {
    let json = serde_json::to_value(major()).unwrap();
    let mut names = vec![];
    leaves("", &json, &mut names);
    names.sort();
    let mut rows: Vec<String> = FIELDS.iter().map(|f| f.name.into()).collect();
    rows.sort();
    assert_eq!(names, rows);
    for name in names {
        let mut changed = json.clone();
        change(&mut changed, &name);
        let changed: MarketParams = serde_json::from_value(changed).unwrap();
        let seen: Vec<_> = FIELDS
            .iter()
            .filter(|f| (f.read)(&changed) != (f.read)(&major()))
            .map(|f| f.name)
            .collect();
        assert_eq!(seen, [name.as_str()]);
    }
}

#[test]
fn a_tightening_moves_by_a_step_and_loosens_nothing() {
    let judge = |to: MarketParams| judge(Shift::Tighten, (&major(), &to), &[], (NOW, NOW));
    assert_eq!(judge(mm(55)), Ok((vec!["mm_share"], false)));
    assert_eq!(
        judge(mm(56)),
        Err(BadShift::TooFar {
            field: "mm_share",
            to: Ratio::percent(56).0.atomics(),
            least: Ratio::percent(50).0.atomics(),
            most: Ratio::percent(55).0.atomics(),
        })
    );
    assert!(matches!(
        judge(mm(49)),
        Err(BadShift::Looser {
            field: "mm_share",
            ..
        })
    ));
    assert_eq!(judge(account(25)), Ok((vec!["account_share"], false)));
    assert!(matches!(judge(account(24)), Err(BadShift::TooFar { .. })));
    let both = with(|p| {
        p.account_share = Ratio::percent(40);
        p.mm_share = Ratio::percent(45);
    });
    assert!(matches!(judge(both), Err(BadShift::Looser { .. })));
    assert_eq!(judge(major()), Err(BadShift::Nothing));
}

/// Otherwise an hour of orders would be a step each.
#[test]
fn all_tightenings_of_a_day_together_are_one_step() {
    let from = mm(55);
    let judge = |days, to| {
        judge(
            Shift::Tighten,
            (&from, &to),
            &[past(days, false, major())],
            (NOW, NOW),
        )
    };
    assert!(matches!(judge(0, mm(56)), Err(BadShift::TooFar { .. })));
    assert!(matches!(judge(1, mm(56)), Err(BadShift::TooFar { .. })));
    assert_eq!(judge(2, mm(60)), Ok((vec!["mm_share"], false)));
}

#[test]
fn a_loosening_is_a_tenth_of_what_was_in_force_within_three_days() {
    let judge = |days, to| {
        let past = [past(days, true, major())];
        judge(Shift::Loosen, (&mm(45), &to), &past, (NOW, NOW))
    };
    for days in 0..=3 {
        assert!(matches!(judge(days, mm(44)), Err(BadShift::TooFar { .. })));
    }
    assert_eq!(judge(4, mm(41)), Ok((vec!["mm_share"], true)));
    assert!(matches!(judge(4, mm(40)), Err(BadShift::TooFar { .. })));
}

#[test]
fn where_neither_way_is_stricter_any_change_is_a_loosening() {
    let window = |n| with(|p| p.pace_window = n);
    for n in [599, 601] {
        let tighten = judge(Shift::Tighten, (&major(), &window(n)), &[], (NOW, NOW));
        assert!(matches!(tighten, Err(BadShift::Looser { .. })));
    }
    let loosen = |n| judge(Shift::Loosen, (&major(), &window(n)), &[], (NOW, NOW));
    for n in [540, 660] {
        assert_eq!(loosen(n), Ok((vec!["pace_window"], true)));
    }
    for n in [539, 661] {
        assert!(matches!(loosen(n), Err(BadShift::TooFar { .. })));
    }
}

#[test]
fn what_was_in_force_within_a_week_may_come_back_and_no_more() {
    let judge = |days, to| {
        let past = [past(days, false, mm(40))];
        judge(Shift::Restore, (&mm(60), &to), &past, (NOW, NOW))
    };
    assert_eq!(judge(7, mm(40)), Ok((vec!["mm_share"], true)));
    assert_eq!(judge(7, mm(50)), Ok((vec!["mm_share"], true)));
    assert!(matches!(judge(7, mm(39)), Err(BadShift::TooFar { .. })));
    assert!(matches!(judge(8, mm(59)), Err(BadShift::TooFar { .. })));
}

/// It waits a day, a week at ReduceOnly, and weeks more where guardians object: the week is that of its announcement.
#[test]
fn what_may_come_back_does_not_lapse_while_it_waits() {
    let past = [past(30, false, mm(40)), past(5, false, mm(50))];
    let judge = |announced: u64, to| {
        let at = (NOW - announced * DAY, NOW);
        judge(Shift::Restore, (&mm(60), &to), &past, at)
    };
    assert_eq!(judge(23, mm(40)), Ok((vec!["mm_share"], true)));
    assert!(matches!(judge(22, mm(40)), Err(BadShift::TooFar { .. })));
    // What came in between may come back too.
    assert_eq!(judge(22, mm(50)), Ok((vec!["mm_share"], true)));
}

#[test]
fn what_prices_every_position_does_not_move() {
    let to = with(|p| p.skew_scale += Uint128::one());
    for how in [Shift::Tighten, Shift::Loosen, Shift::Restore] {
        let judged = judge(how, (&major(), &to), &[], (NOW, NOW));
        assert_eq!(
            judged,
            Err(BadShift::Fixed {
                field: "skew_scale"
            })
        );
    }
}

#[test]
fn three_loosenings_and_four_tightenings_a_day_and_neither_uses_up_the_other() {
    let judge = |how, to, past: &[Past]| judge(how, (&major(), &to), past, (NOW, NOW));
    let three = vec![past(1, true, major()); LOOSENED];
    let max = LOOSENED;
    for how in [Shift::Loosen, Shift::Restore] {
        let judged = judge(how, mm(49), &three);
        let often = Err(BadShift::TooOften { max });
        assert!(judged == often || matches!(judged, Err(BadShift::TooFar { .. })));
    }
    assert!(judge(Shift::Tighten, mm(51), &three).is_ok());
    assert!(judge(Shift::Loosen, mm(49), &three[1..]).is_ok());
    let four = vec![past(1, false, major()); TIGHTENED];
    let max = TIGHTENED;
    assert_eq!(
        judge(Shift::Tighten, mm(51), &four),
        Err(BadShift::TooOften { max })
    );
    assert!(judge(Shift::Loosen, mm(49), &four).is_ok());
    assert!(judge(Shift::Tighten, mm(51), &four[1..]).is_ok());
}

#[test]
fn the_newest_are_remembered_and_all_that_three_days_can_hold() {
    let mut all = vec![];
    for n in 0..100 {
        let newest = Past {
            until: n,
            ..past(0, false, major())
        };
        all = remembered(all, newest);
    }
    assert_eq!(all.len(), KEPT);
    assert_eq!((all[0].until, all[KEPT - 1].until), (100 - 32, 99));
    // Both ends of three days count: four days' worth.
    const { assert!((LOOSENED + TIGHTENED) * 4 <= KEPT) };
}
