//! What is left of a market that was wound up, and what the report says of it.

use super::*;

const SURGE: &str = r#"
name = "surge"
title = "A price quadruples while nobody can act"
description = "Made up."
citations = ["made up"]
start = "2024-01-01T00:00:00Z"
end = 9000
noise_bps = 3
low = "1900"
high = "12000"

[[waypoint]]
at = 0
price = "2000"

[[waypoint]]
at = 1800
price = "2000"

[[waypoint]]
at = 3600
price = "2400"

[[waypoint]]
at = 5400
price = "9600"

[[waypoint]]
at = 9000
price = "9600"

[market]
nav_usd = 1_000_000
traders = 60
lps = 3
"#;

/// What claimants of a market that is wound up at this price have won, each of them, in millionths of a dollar: gains
/// of positions, and profit queued that was not ready when it began.
fn claims(run: &Run<'_>, state: &WindUpState) -> (Vec<i128>, Vec<i128>) {
    let price = i128::try_from(state.price.0.atomics().u128()).unwrap();
    let mut gains = Vec::new();
    for held in run.stage.positions() {
        assert!(!held.margin.is_negative(), "no debt of a margin takes gain");
        let value = (held.size.0.i128() * price).div_euclid(10i128.pow(24));
        gains.push((value - held.cost.0.i128()).max(0));
    }
    let mut queued = Vec::new();
    let traders = (0..run.plan.market.traders).map(|n| format!("trader-{n}"));
    for name in traders.chain(["winner".to_owned()]) {
        let account = run.stage.person(&name).addr.to_string();
        let market = run.stage.exchange.markets[0].id.clone();
        let query = QueryMsg::ProfitQueue { market, account };
        let all: Vec<QueuedState> = run.stage.exchange.ask(Module::Engine, &query);
        queued.extend(all.iter().map(|q| {
            let waits = q.amount.minus(q.taken).unwrap().minus(q.claimable).unwrap();
            waits.0.i128()
        }));
    }
    (gains, queued)
}

/// Somebody buys early and sells what has risen: more profit than leaves the market at once.
fn win(stage: &mut Stage, second: u64) {
    let who = stage.person("winner");
    let dollars = |n: i128| Amount::raw(n * 1_000_000);
    let order = match second {
        600 => {
            stage.bring(&who, dollars(25_000)).unwrap();
            let price = Price::raw(2_000 * 10u128.pow(18));
            Order::Increase {
                side: Side::Long,
                size: lots(dollars(100_000), price).unwrap(),
                margin: dollars(20_000).coins().unwrap(),
            }
        }
        3_480 => Order::Close { side: Side::Long },
        _ => return,
    };
    stage.place(&who, order).unwrap();
}

/// What each is not paid: their part is rounded down.
fn cut(claims: &[i128], h: Ratio) -> i128 {
    let h = i128::try_from(h.0.atomics().u128()).unwrap();
    claims.iter().map(|c| c - c * h / 10i128.pow(18)).sum()
}

/// Nothing is left of a market that was wound up: its positions are gone, and with them what they were not paid. It
/// stays in the report, to the unit.
#[test]
fn the_haircut_of_a_market_that_was_wound_up_is_what_claimants_were_not_paid() {
    let mut plan = Plan::of_test(Scenario::parse("surge.toml", SURGE).unwrap());
    plan.outages = vec![Outage {
        window: Window {
            from: plan.start + 3_600,
            to: plan.start + 6_600,
        },
        kind: OutageKind::DeadModule {
            module: Part::Engine,
        },
    }];
    let mut run = Run::open(&plan).unwrap();
    let mut ticks = Ticks::of(&plan);
    let mut begun = None;
    while let Some(tick) = ticks.draw().unwrap() {
        run.block(&tick).unwrap();
        win(&mut run.stage, tick.real - plan.start);
        if let Some(state) = run.stage.wound_up().filter(|_| begun.is_none()) {
            begun = Some((claims(&run, &state), state));
        }
    }
    let ((gains, queued), state) = begun.unwrap();
    assert_eq!(
        (state.cause, state.progress),
        (Cause::Gains, Progress::Counting)
    );
    let ended = run.stage.wound_up().unwrap();
    assert_eq!(ended.progress, Progress::Done);
    assert!(run.stage.positions().is_empty());
    let h = ended.gains.unwrap();
    assert!(h > Ratio::percent(20) && h < Ratio::percent(80), "{h:?}");
    assert!(gains.iter().filter(|g| **g > 0).count() > 5, "{gains:?}");
    assert!(queued.iter().sum::<i128>() > 0, "some profit still waited");
    let outcome = run.finish().unwrap();
    let lost = cut(&gains, h) + cut(&queued, h);
    assert_eq!(outcome.money.haircut, Amount::raw(lost));
    let report = Report::of(&plan, &outcome);
    assert_eq!(report.bulkhead.haircut, usd(Amount::raw(lost)));
    assert!(outcome.seconds(Level::Settlement) > 2_000);
    assert_eq!(
        outcome.judge.insolvent_blocks, 0,
        "cut, and nobody owed more"
    );
}
