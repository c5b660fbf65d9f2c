//! A market's settings change while it runs: stricter ones at once and by a step, looser ones announced; nobody becomes
//! liquidatable by it, and every exit stays open.

use breaker_governance::ContractError as Breaker;
use harness::{AppResponse, Exchange, Failed, Module};
use margin_engine::ContractError as Engine;
use types::{
    breaker::{ChangePostponed, ChangeRefused, DaoMsg, ExecuteMsg},
    engine::{self, ParamsSet},
    level::Level,
    params::{BadShift, MarketParams, Shift},
    scope::Scope,
    wire::Wire,
    Ratio, Side,
};

use crate::{registered::pass, upgrades::governed};

const DAY: u64 = 86_400;

fn in_force() -> MarketParams {
    MarketParams::major(2_000, 10_000_000)
}

fn with(change: impl FnOnce(&mut MarketParams)) -> MarketParams {
    let mut params = in_force();
    change(&mut params);
    params
}

fn set(x: &mut Exchange, params: MarketParams, how: Shift) -> Result<AppResponse, Failed> {
    x.order(DaoMsg::SetParams {
        market: "eth-perp".into(),
        params: Box::new(params),
        how,
    })
}

fn execute(x: &mut Exchange, change: u64) -> Result<AppResponse, Failed> {
    x.tell_breaker("anyone", &ExecuteMsg::Execute { change })
}

fn stored(x: &Exchange) -> MarketParams {
    let market = "eth-perp".into();
    let settings: Option<MarketParams> =
        x.ask(Module::Engine, &engine::QueryMsg::Settings { market });
    settings.unwrap()
}

#[test]
fn stricter_settings_are_in_force_at_once_and_liquidate_nobody() {
    let mut x = governed();
    let stricter = with(|p| {
        p.mm_share = Ratio::percent(55);
        p.fees.reduce = Ratio::raw(330_000_000_000_000);
        p.account_share = Ratio::percent(25);
        p.exits.delay = 660;
    });
    let before = x.books(0).terms;
    let done = set(&mut x, stricter.clone(), Shift::Tighten).unwrap();
    let said = &ParamsSet::find(&done.events).unwrap()[0];
    assert_eq!(
        (said.market.as_str(), said.fields.as_str()),
        ("eth-perp", "account_share,mm_share,fees.reduce,exits.delay")
    );
    assert_eq!(x.books(0).terms.mm, before.mm, "it moves along its ramp");
    assert_eq!(stored(&x), stricter);
    x.close_in(0, "alice", Side::Long).unwrap();
    x.round_on(0, "2000");
    x.crank_in(0, "keeper", 10).unwrap();
    assert!(x.position("alice").is_none());
    x.withdraw("alice", 5_000).unwrap();
}

/// A key held for a day moves what touches exits by a tenth.
#[test]
fn one_step_a_day_however_many_orders() {
    let mut x = governed();
    let at = |percent| with(|p| p.mm_share = Ratio::percent(percent));
    set(&mut x, at(53), Shift::Tighten).unwrap();
    set(&mut x, at(55), Shift::Tighten).unwrap();
    let no = set(&mut x, at(56), Shift::Tighten).unwrap_err();
    let Some(Engine::BadShift(BadShift::TooFar { field, .. })) = no.of() else {
        panic!("{no:?}")
    };
    assert_eq!(*field, "mm_share");
    pass(&mut x, DAY + 1);
    set(&mut x, at(56), Shift::Tighten).unwrap();
}

#[test]
fn looser_settings_wait_are_vetoed_once_and_executed_once() {
    let mut x = governed();
    let looser = with(|p| p.account_share = Ratio::percent(55));
    let no = set(&mut x, looser.clone(), Shift::Tighten).unwrap_err();
    assert!(matches!(
        no.of(),
        Some(Engine::BadShift(BadShift::Looser { .. }))
    ));
    set(&mut x, looser.clone(), Shift::Loosen).unwrap();
    let no = set(&mut x, with(|p| p.gap = Ratio::percent(24)), Shift::Loosen).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::Waiting { change: 1 })));
    let veto = ExecuteMsg::Veto { change: 1 };
    let done = x.tell_breaker("guardian", &veto).unwrap();
    let ready = ChangePostponed::find(&done.events).unwrap()[0].ready;
    assert_eq!(ready, x.now() + 10 * DAY);
    let no = x.tell_breaker("guardian", &veto).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::VetoedBefore { change: 1 })));
    pass(&mut x, 10 * DAY - 1);
    let no = execute(&mut x, 1).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::TooEarly { .. })));
    pass(&mut x, 1);
    execute(&mut x, 1).unwrap();
    assert_eq!(stored(&x), looser);
    let no = execute(&mut x, 1).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::NoChange { change: 1 })));
}

#[test]
fn a_step_too_far_is_refused_by_the_engine_and_waits_to_be_called_back() {
    let mut x = governed();
    set(
        &mut x,
        with(|p| p.account_share = Ratio::percent(60)),
        Shift::Loosen,
    )
    .unwrap();
    pass(&mut x, 3 * DAY);
    let done = execute(&mut x, 1).unwrap();
    let refused = ChangeRefused::find(&done.events).unwrap();
    assert_eq!(refused[0].module, x.engine);
    assert_eq!(stored(&x), in_force());
    x.order(DaoMsg::Cancel { change: 1 }).unwrap();
}

#[test]
fn what_was_tightened_by_mistake_is_back_after_a_day() {
    let mut x = governed();
    set(
        &mut x,
        with(|p| p.account_share = Ratio::percent(25)),
        Shift::Tighten,
    )
    .unwrap();
    set(&mut x, in_force(), Shift::Restore).unwrap();
    pass(&mut x, DAY - 1);
    assert!(execute(&mut x, 1).is_err());
    pass(&mut x, 1);
    execute(&mut x, 1).unwrap();
    assert_eq!(stored(&x), in_force());
}

/// At ReduceOnly or above everything looser takes a week; what is stricter takes none.
#[test]
fn an_alarmed_market_is_loosened_after_a_week() {
    let mut x = governed();
    x.order(DaoMsg::Govern {
        scope: Scope::Market {
            market: "eth-perp".into(),
        },
        level: Level::ReduceOnly,
    })
    .unwrap();
    set(
        &mut x,
        with(|p| p.account_share = Ratio::percent(45)),
        Shift::Tighten,
    )
    .unwrap();
    set(&mut x, in_force(), Shift::Restore).unwrap();
    pass(&mut x, 7 * DAY - 1);
    let no = execute(&mut x, 1).unwrap_err();
    assert!(matches!(no.of(), Some(Breaker::TooEarly { .. })), "{no:?}");
    pass(&mut x, 1);
    execute(&mut x, 1).unwrap();
    assert_eq!(stored(&x), in_force());
}

/// What guardians postpone is not lost by it; but what has been ready for a week is not kept to undo what is tightened
/// later.
#[test]
fn what_comes_back_waits_for_guardians_and_for_nobody_else() {
    let mut x = governed();
    let tighter = with(|p| p.account_share = Ratio::percent(45));
    set(&mut x, tighter.clone(), Shift::Tighten).unwrap();
    set(&mut x, in_force(), Shift::Restore).unwrap();
    let veto = ExecuteMsg::Veto { change: 1 };
    x.tell_breaker("guardian", &veto).unwrap();
    let ready = x.now() + 8 * DAY;
    pass(&mut x, 8 * DAY);
    execute(&mut x, 1).unwrap();
    assert_eq!(x.now(), ready);
    assert_eq!(stored(&x), in_force());

    set(&mut x, tighter.clone(), Shift::Tighten).unwrap();
    set(&mut x, in_force(), Shift::Restore).unwrap();
    let until = x.now() + 8 * DAY;
    pass(&mut x, 8 * DAY + 1);
    let no = execute(&mut x, 2).unwrap_err();
    let Some(Breaker::TooLate { until: said }) = no.of() else {
        panic!("{no:?}")
    };
    assert_eq!((*said, stored(&x)), (until, tighter));
    x.order(DaoMsg::Cancel { change: 2 }).unwrap();
}

fn rate(x: &Exchange) -> i128 {
    x.books(0).funding_rate.0.atomics().i128()
}

/// Funding has accrued on the old terms; from then on the stricter ones bind the market too.
#[test]
fn funding_terms_change_from_now_on() {
    let clamp = |n: u128| with(|p| p.funding.clamp = Ratio::raw(n));
    let mut x = Exchange::calm().params(clamp(10_000_000_000_000)).build();
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    set(&mut x, clamp(9_000_000_000_000), Shift::Loosen).unwrap();
    pass(&mut x, 3 * DAY);
    x.quote("2000");
    x.crank();
    assert_eq!(rate(&x), 10_000_000_000_000);
    execute(&mut x, 1).unwrap();
    x.round("2000");
    x.crank();
    assert_eq!(rate(&x), 9_000_000_000_000);
}
