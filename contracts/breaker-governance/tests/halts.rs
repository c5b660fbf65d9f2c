//! The chain stands still, or nobody speaks.
#![allow(missing_docs, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod suite;

use suite::{feed, module, Suite};
use types::{
    breaker::{LatchChanged, Pace, Params, QueryMsg},
    level::Level,
    scope::{Reason, Scope},
    wire::Wire,
};

const GLOBAL: Scope = Scope::Global {};

/// So many blocks of six seconds with both feeds reporting.
fn run(s: &mut Suite, blocks: u64) {
    for _ in 0..blocks {
        s.wait(6);
        let both = vec![s.quiet("eth-usd"), s.quiet("btc-usd")];
        s.report(both);
    }
}

fn warm() -> Suite {
    let mut s = Suite::calm();
    run(&mut s, 201);
    s
}

#[test]
fn a_halt_trips_by_its_length_in_the_first_message_after_it_whoever_sends_that() {
    let rows = [
        (71, Level::Normal),
        (72, Level::Guarded),
        (312, Level::ReduceOnly),
        (1_812, Level::Protected),
        (28_800, Level::Protected),
    ];
    for (halt, level) in rows {
        let mut s = warm();
        s.wait(halt);
        let res = s.push(&["eth-perp"]).unwrap();
        assert_eq!(s.level(GLOBAL), level, "{halt} s");
        let changed = LatchChanged::find(&res.events).unwrap();
        assert_eq!(changed.len(), usize::from(level > Level::Normal));
        let expected = level.max(if halt > 900 { Level::ReduceOnly } else { level });
        assert_eq!(s.told_level("eth-perp"), Some(expected));
    }
}

#[test]
fn a_halt_tells_every_market_in_the_first_report() {
    let mut s = warm();
    s.wait(400);
    s.report_quiet("eth-usd");
    for market in ["eth-perp", "eth-mini", "btc-perp"] {
        assert_eq!(s.told_level(market), Some(Level::ReduceOnly), "{market}");
    }
}

#[test]
fn the_first_block_after_a_halt_may_carry_an_old_time() {
    let mut s = warm();
    s.wait(6);
    s.report_quiet("eth-usd");
    assert_eq!(s.level(GLOBAL), Level::Normal, "its time is from before");
    s.wait(28_800);
    s.report_quiet("eth-usd");
    assert_eq!(s.level(GLOBAL), Level::Protected);
}

#[test]
fn a_halt_heals_like_anything_else() {
    let mut s = warm();
    s.wait(400);
    run(&mut s, 149);
    assert_eq!(s.level(GLOBAL), Level::ReduceOnly, "it dwells");
    run(&mut s, 2);
    assert_eq!(s.level(GLOBAL), Level::Guarded);
    run(&mut s, 51);
    assert_eq!(s.level(GLOBAL), Level::Normal);
}

#[test]
fn a_young_chain_is_not_judged_and_many_messages_in_a_block_teach_nothing() {
    let mut s = Suite::calm();
    run(&mut s, 150);
    for _ in 0..200 {
        s.push(&["eth-perp"]).unwrap();
    }
    let pace: Pace = s.ask(&QueryMsg::Pace {});
    assert_eq!((pace.blocks, pace.interval), (150, 6_000_000));
    s.wait(28_800);
    s.report_quiet("eth-usd");
    assert_eq!(s.level(GLOBAL), Level::Normal);
}

#[test]
fn rare_messages_on_a_living_chain_are_no_halt() {
    let mut s = warm();
    s.app.update_block(|block| {
        block.height += 1_000;
        block.time = block.time.plus_seconds(6_000);
    });
    s.report_quiet("eth-usd");
    assert_eq!(s.level(GLOBAL), Level::Normal);
}

#[test]
fn an_oracle_silent_for_longer_than_a_lapse_is_a_fault_when_it_speaks_again() {
    for (silence, level) in [(1_800, Level::Normal), (1_801, Level::ReduceOnly)] {
        let mut s = Suite::calm();
        s.report_quiet("eth-usd");
        s.wait(silence);
        s.push(&["eth-perp"]).unwrap();
        assert_eq!(
            s.level(module(&s.oracle)),
            Level::Normal,
            "not before it ends"
        );
        s.report_quiet("eth-usd");
        assert_eq!(s.level(module(&s.oracle)), level, "after {silence} s");
        assert_eq!(s.level(feed("eth-usd")), level, "after {silence} s");
    }
}

#[test]
fn one_silent_feed_is_its_own_trouble() {
    let mut s = Suite::calm();
    s.report_quiet("btc-usd");
    s.report_quiet("eth-usd");
    for _ in 0..61 {
        s.wait(30);
        s.report_quiet("btc-usd");
    }
    s.report_quiet("eth-usd");
    assert_eq!(s.level(feed("eth-usd")), Level::ReduceOnly);
    assert_eq!(s.latches(feed("eth-usd"))[0].reason, Reason::ModuleFault);
    assert_eq!(s.level(module(&s.oracle)), Level::Normal);
    assert_eq!(s.stance("btc-perp").level, Level::Normal);
    s.heal("eth-usd", 900);
    assert_eq!(s.level(feed("eth-usd")), Level::Guarded);
    s.heal("eth-usd", 330);
    assert_eq!(s.level(feed("eth-usd")), Level::Normal);
}

#[test]
fn the_oracle_is_trusted_again_after_its_dwell() {
    let mut s = Suite::calm();
    s.report_quiet("eth-usd");
    s.wait(2_000);
    s.report_quiet("eth-usd");
    s.heal("eth-usd", 870);
    assert_eq!(s.level(module(&s.oracle)), Level::ReduceOnly);
    s.heal("eth-usd", 30);
    assert_eq!(s.level(module(&s.oracle)), Level::Guarded);
    s.heal("eth-usd", 330);
    assert_eq!(s.level(module(&s.oracle)), Level::Normal);
}

#[test]
fn a_silence_without_an_end_is_not_a_latch() {
    let s = Suite::with(suite::markets(), Params::default());
    assert_eq!(s.level(module(&s.oracle)), Level::Normal);
    assert_eq!(s.stance("eth-perp").level, Level::ReduceOnly);
}
