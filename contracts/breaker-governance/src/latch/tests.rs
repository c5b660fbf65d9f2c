//! The machine by example, and its properties against a naive judge.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

fn params() -> Params {
    Params::default()
}

fn tick(now: u64) -> Tick {
    Tick {
        now,
        round_time: now,
    }
}

/// The same demand every 30 seconds in `from..=until`.
fn feed(mut latch: Latch, demand: Demand, from: u64, until: u64) -> Latch {
    for now in (from..=until).step_by(30) {
        latch = step(latch, demand, tick(now), &params());
    }
    latch
}

const CALM: Demand = Demand::at(Level::Normal);

#[test]
fn thresholds_are_entered_from_and_left_at_65_percent() {
    let t = params().dispersion;
    let at = |bps: u64| Demand::of(Ratio::bps(bps), &t);
    assert_eq!(at(99).level(), Level::Normal);
    assert_eq!(at(100).level(), Level::Guarded);
    assert_eq!(at(250).level(), Level::ReduceOnly);
    assert_eq!(at(500).level(), Level::Protected);
    assert!(at(65).good_for(Level::Guarded));
    assert!(!at(66).good_for(Level::Guarded));
    assert!(!at(326).good_for(Level::Protected));
    assert!(at(325).good_for(Level::Protected));
    assert!(!at(325).good_for(Level::ReduceOnly));
}

#[test]
fn a_level_without_a_threshold_is_never_entered_and_left_like_the_next_lower_one() {
    let t = Thresholds {
        guarded: None,
        reduce_only: Some(Ratio::bps(100)),
        protected: None,
    };
    let at = |bps: u64| Demand::of(Ratio::bps(bps), &t);
    assert_eq!(at(99).level(), Level::Normal);
    assert_eq!(at(10_000).level(), Level::ReduceOnly);
    assert!(!at(66).good_for(Level::Protected));
    assert!(at(65).good_for(Level::Protected));
    assert!(at(0).good_for(Level::Guarded));
}

#[test]
fn it_falls_a_level_at_a_time_each_after_its_own_dwell() {
    let at = step(
        fresh(Reason::Jump),
        Demand::at(Level::Protected),
        tick(1_000),
        &params(),
    );
    assert_eq!(at.level, Level::Protected);
    let at = feed(at, CALM, 1_030, 4_570);
    assert_eq!(at.level, Level::Protected);
    let at = feed(at, CALM, 4_600, 4_600);
    assert_eq!((at.level, at.since, at.good), (Level::ReduceOnly, 4_600, 0));
    let at = feed(at, CALM, 4_630, 5_470);
    assert_eq!(at.level, Level::ReduceOnly);
    let at = feed(at, CALM, 5_500, 5_500);
    assert_eq!(at.level, Level::Guarded);
    let at = feed(at, CALM, 5_530, 5_800);
    assert_eq!((at.level, at.guarded.left_at), (Level::Normal, 5_800));
    assert_eq!(at.reduce_only.left_at, 5_500);
    assert_eq!(at.protected.left_at, 4_600);
}

#[test]
fn a_re_trip_doubles_the_dwell_up_to_the_limit_and_is_forgotten_after_the_window() {
    let mut at = fresh(Reason::Jump);
    let mut now = 1_000_000;
    for trip in 0..7_u32 {
        at = step(at, Demand::at(Level::Guarded), tick(now), &params());
        let retrips = trip.min(4);
        assert_eq!(at.guarded.retrips, retrips);
        let dwell = 300 * 2_u64.pow(retrips);
        at = feed(at, CALM, now + 30, now + dwell - 30);
        assert_eq!(at.level, Level::Guarded);
        at = feed(at, CALM, now + dwell, now + dwell);
        assert_eq!(at.level, Level::Normal);
        now += dwell + 60;
    }
    let late = tick(at.guarded.left_at + params().retrip_window + 1);
    assert_eq!(
        step(at, Demand::at(Level::Guarded), late, &params())
            .guarded
            .retrips,
        0
    );
}

#[test]
fn re_trips_of_one_level_do_not_lengthen_the_dwell_of_another() {
    let mut at = fresh(Reason::Jump);
    let mut now = 1_000_000;
    for _ in 0..6 {
        at = step(at, Demand::at(Level::Guarded), tick(now), &params());
        now += dwell(&at, &params()).unwrap();
        at = feed(at, CALM, now - 90, now);
        assert_eq!(at.level, Level::Normal);
        now += 60;
    }
    at = step(at, Demand::at(Level::Protected), tick(now), &params());
    assert_eq!((at.guarded.retrips, at.protected.retrips), (4, 0));
    assert_eq!(dwell(&at, &params()), Some(3_600));
    at = feed(at, CALM, now + 30, now + 3_600);
    assert_eq!(at.level, Level::ReduceOnly);
    let again = step(
        at.clone(),
        Demand::at(Level::Protected),
        tick(now + 3_700),
        &params(),
    );
    assert_eq!(
        dwell(&again, &params()),
        Some(7_200),
        "that one was a re-trip"
    );
    at = feed(at, CALM, now + 3_630, now + 4_500);
    assert_eq!(
        (at.level, dwell(&at, &params())),
        (Level::Guarded, Some(4_800))
    );
}

#[test]
fn what_people_decide_about_is_not_healed() {
    for reason in Reason::ALL.into_iter().filter(|r| !r.heals()) {
        let at = step(
            fresh(reason),
            Demand::at(Level::Guarded),
            tick(1_000),
            &params(),
        );
        assert_eq!(feed(at.clone(), CALM, 1_030, 1_000_000), at);
        let worse = step(at, Demand::at(Level::Protected), tick(1_030), &params());
        assert_eq!(worse.level, Level::Protected);
        let set = set(worse, Level::Guarded, 2_000);
        assert_eq!((set.level, set.since), (Level::Guarded, 2_000));
        assert_eq!((set.protected.left_at, set.guarded.left_at), (2_000, 0));
    }
}

#[test]
fn where_lower_is_worse_exit_lies_above_enter() {
    let t = params().cover;
    let at = |percent: u64| Demand::below(Ratio::percent(percent), &t);
    assert_eq!(at(150).level(), Level::Normal);
    assert_eq!(at(149).level(), Level::Guarded);
    assert_eq!(at(99).level(), Level::ReduceOnly);
    assert_eq!(at(25).level(), Level::ReduceOnly);
    assert_eq!(at(24).level(), Level::Protected);
    assert!(!at(230).good_for(Level::Guarded));
    assert!(at(231).good_for(Level::Guarded));
    assert!(!at(38).good_for(Level::Protected));
    assert!(at(39).good_for(Level::Protected));
}

#[test]
fn a_standing_chain_is_judged_in_seconds() {
    let t = params().block_gap;
    let at = |gap| Demand::standing(gap, &t);
    let rows = [
        (59, Level::Normal),
        (60, Level::Guarded),
        (300, Level::ReduceOnly),
        (1_800, Level::Protected),
        (u64::MAX, Level::Protected),
    ];
    for (gap, level) in rows {
        assert_eq!(at(gap).level(), level);
    }
    assert!(at(39).good_for(Level::Guarded));
    assert!(!at(40).good_for(Level::Guarded));
    assert!(at(1_170).good_for(Level::Protected));
    assert!(!at(1_171).good_for(Level::Protected));
}

#[test]
fn rounds_too_close_or_repeated_do_not_count() {
    let at = step(
        fresh(Reason::Jump),
        Demand::at(Level::Guarded),
        tick(1_000),
        &params(),
    );
    let mut same = at.clone();
    for now in (1_030..10_000).step_by(30) {
        let tick = Tick {
            now,
            round_time: 1_030,
        };
        same = step(same, CALM, tick, &params());
    }
    assert_eq!((same.level, same.good), (Level::Guarded, 1));
    let close = step(at, CALM, tick(1_029), &params());
    assert_eq!(close.good, 0);
}

#[test]
fn a_reading_between_exit_and_enter_starts_the_count_again() {
    let held = step(
        fresh(Reason::Jump),
        Demand::at(Level::Guarded),
        tick(1_000),
        &params(),
    );
    let two = feed(held, CALM, 1_030, 1_060);
    assert_eq!(two.good, 2);
    let between = Demand::of(Ratio::bps(80), &params().dispersion);
    let again = step(two, between, tick(1_090), &params());
    assert_eq!((again.level, again.good), (Level::Guarded, 0));
}

#[test]
fn settlement_never_moves() {
    let at = Latch {
        level: Level::Settlement,
        ..fresh(Reason::Governance)
    };
    assert_eq!(feed(at.clone(), CALM, 0, 1_000_000), at);
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(&Level::ALL[..4])
}

fn demand() -> impl Strategy<Value = Demand> {
    prop_oneof![
        3 => Just(CALM),
        1 => level().prop_map(Demand::at),
        2 => (0_u64..700).prop_map(|bps| Demand::of(Ratio::bps(bps), &params().dispersion)),
    ]
}

fn latch() -> impl Strategy<Value = Latch> {
    (
        level(),
        0_u64..5_000,
        0_u32..4,
        0_u64..5_000,
        (0_u32..5, 0_u64..5_000),
    )
        .prop_map(|(level, since, good, good_at, (retrips, left_at))| Latch {
            level,
            since,
            good,
            good_at,
            guarded: Memory { retrips, left_at },
            protected: Memory { retrips, left_at },
            ..fresh(Reason::Dispersion)
        })
}

/// What arrives: a demand, how much later, and how much newer its round is.
fn history() -> impl Strategy<Value = Vec<(Demand, u64, u64)>> {
    prop::collection::vec((demand(), 1_u64..400, 0_u64..60), 1..120)
}

/// One reading of a history, as a naive judge remembers it.
struct Seen {
    demand: Demand,
    round_time: u64,
}

/// Whether the readings since the last change contain, at their end and without a bad one among
/// them, enough good rounds far enough apart.
fn earned(seen: &[Seen], held: Level) -> bool {
    let streak = seen.iter().rev().take_while(|s| s.demand.good_for(held));
    let mut rounds: Vec<u64> = streak.map(|s| s.round_time).collect();
    rounds.sort_unstable();
    let mut spaced: Vec<u64> = vec![];
    for round in rounds {
        if spaced
            .last()
            .is_none_or(|last| round >= last + params().reading_gap)
        {
            spaced.push(round);
        }
    }
    spaced.len() >= usize::try_from(params().good_readings).unwrap()
}

proptest! {
    #[test]
    fn it_falls_only_after_dwell_and_enough_good_readings(history in history()) {
        let (mut at, mut now, mut round_time) = (fresh(Reason::Dispersion), 10_000, 10_000);
        let mut seen: Vec<Seen> = vec![];
        let mut changed_at = now;
        for (demand, dt, dround) in history {
            now += dt;
            round_time += dround;
            seen.push(Seen { demand, round_time });
            let before = at.clone();
            at = step(at, demand, Tick { now, round_time }, &params());
            prop_assert!(at.level >= demand.level());
            if at.level < before.level {
                let dwell = dwell(&before, &params()).unwrap();
                prop_assert!(now >= changed_at + dwell);
                prop_assert!(earned(&seen, before.level));
                prop_assert_eq!(before.level, Level::ALL[1 + Level::ALL.iter().position(|l| *l == at.level).unwrap()]);
            }
            if at.level != before.level {
                changed_at = now;
                seen.clear();
            }
        }
    }

    #[test]
    fn a_single_reading_after_a_trip_never_lowers(d in level(), calm in demand(), later in 0_u64..1_000_000) {
        let tripped = step(fresh(Reason::Jump), Demand::at(d), tick(1_000), &params());
        let after = step(tripped, calm, tick(1_000 + later), &params());
        prop_assert!(after.level >= d);
    }

    #[test]
    fn a_worse_reading_never_leaves_a_lower_level(at in latch(), a in 0_u64..700, b in 0_u64..700, now in 5_000_u64..20_000) {
        let of = |bps| Demand::of(Ratio::bps(bps), &params().dispersion);
        let (calm, bad) = (a.min(b), a.max(b));
        let [calm, bad] = [calm, bad].map(|bps| step(at.clone(), of(bps), tick(now), &params()));
        prop_assert!(bad.level >= calm.level);
        if bad.level == calm.level {
            prop_assert!(bad.good <= calm.good);
        }
    }

    #[test]
    fn a_demand_never_holds_less_than_it_enters(bps in 0_u64..2_000, held in level()) {
        let demand = Demand::of(Ratio::bps(bps), &params().dispersion);
        prop_assert!(!(demand.level() >= held && demand.good_for(held)));
    }

    #[test]
    fn lower_cover_never_demands_less(a in 0_u64..400, b in 0_u64..400, held in level()) {
        let of = |percent| Demand::below(Ratio::percent(percent), &params().cover);
        let (thin, thick) = (of(a.min(b)), of(a.max(b)));
        prop_assert!(thin.level() >= thick.level());
        prop_assert!(thick.good_for(held) || !thin.good_for(held));
        prop_assert!(!(thin.level() >= held && thin.good_for(held)));
    }

    #[test]
    fn a_longer_gap_never_demands_less(a in 0_u64..3_000, b in 0_u64..3_000, held in level()) {
        let of = |gap| Demand::standing(gap, &params().block_gap);
        let (short, long) = (of(a.min(b)), of(a.max(b)));
        prop_assert!(long.level() >= short.level());
        prop_assert!(short.good_for(held) || !long.good_for(held));
        prop_assert!(!(long.level() >= held && long.good_for(held)));
    }

    #[test]
    fn the_worse_of_two_demands_is_as_strict_as_each(a in demand(), b in demand(), held in level()) {
        let both = a.or(b);
        prop_assert_eq!(both.level(), a.level().max(b.level()));
        prop_assert_eq!(both.good_for(held), a.good_for(held) && b.good_for(held));
    }

    #[test]
    fn counters_stay_in_bounds(at in latch(), demand in demand(), now in 5_000_u64..20_000) {
        let after = step(at, demand, tick(now), &params());
        prop_assert!(after.good <= params().good_readings);
        for memory in [after.guarded, after.reduce_only, after.protected] {
            prop_assert!(memory.retrips <= params().max_doublings);
        }
        prop_assert!(after.since <= now);
    }
}
