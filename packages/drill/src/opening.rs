//! Before the first second: the contracts are deployed, every source quotes the run's first price
//! until averages are covered and new risk is taken, liquidity providers fill the vault and somebody the insurance fund.

use cosmwasm_std::Uint128;
use harness::Exchange;
use math::units::{Amount, Price, Ratio};
use math::wide::Round;
use types::{engine::ExecuteMsg, oracle::FeedParams, params::MarketParams};

use crate::{
    bug::Bug,
    input::{Flaw, InputError},
    overrides,
    plan::Plan,
    source::Report,
    stage::Stage,
    venue::Venue,
};

/// Chain time before the first second of the run: beyond the half hour that an average takes.
pub const OPENING_S: u64 = 2_400;
/// Of it, the end has a block every `block_time` seconds; before, one a minute does.
const PACED_S: u64 = 600;
const MINUTE_S: u64 = 60;
/// Sources a feed may have.
const MAX_SOURCES: u64 = 7;
/// The longest a source's report may count.
const MAX_SOURCE_AGE_S: u64 = 604_800;
/// The smallest vault, in USD.
const MIN_NAV: u64 = 10_000;
/// Prices a feed may start at: `10^-12` to `10^9` USD.
const LOWEST: Price = Price::raw(1_000_000);
const HIGHEST: Price = Price::raw(1_000_000_000_000_000_000_000_000_000);
/// A feed believes prices within a million times either way of its first.
const REACH: u128 = 1_000_000;
/// The insurance fund, as a share of the vault, in percent.
const INSURANCE_PERCENT: u64 = 5;
const USD: u128 = 1_000_000;

/// Whether a chain can play this plan at all.
pub fn check(plan: &Plan) -> Result<(), InputError> {
    if let Some(file) = plan.chain.missing() {
        let file = file.display().to_string();
        return Err(InputError::whole(&file, Flaw::NotBuilt));
    }
    let refuse = |flaw| Err(InputError::whole(&plan.file, flaw));
    let count = u64::try_from(plan.sources.len()).unwrap_or(u64::MAX);
    let rows = [
        ("sources", count, 1, MAX_SOURCES),
        ("start", plan.start, OPENING_S, crate::clock::LAST),
        ("nav_usd", plan.market.nav_usd, MIN_NAV, u64::MAX),
    ];
    for (field, value, min, max) in rows {
        if value < min || value > max {
            return refuse(Flaw::OutOfBounds {
                field,
                value,
                min,
                max,
            });
        }
    }
    if let Some(price) = plan.reference.at(plan.start) {
        params(plan, price).map_err(|flaw| InputError::whole(&plan.file, flaw))?;
    }
    match plan.reference.at(plan.start) {
        Some(price) if price < LOWEST || price > HIGHEST => refuse(Flaw::PriceOutside {
            price,
            low: LOWEST,
            high: HIGHEST,
        }),
        _ => Ok(()),
    }
}

/// The market's settings.
fn params(plan: &Plan, price: Price) -> Result<MarketParams, Flaw> {
    let major = MarketParams::major_at(price, plan.market.nav_usd.into());
    overrides::apply(&major, &plan.overrides)
}

/// The name of a liquidity provider.
pub fn provider(n: u64) -> String {
    format!("provider-{n}")
}

/// Deploy, quote, fund. The next block is the run's first.
pub fn open(plan: &Plan) -> Result<Stage, Bug> {
    let price = plan
        .reference
        .at(plan.start)
        .ok_or(Bug::NoPrice(plan.start))?;
    let params = params(plan, price)?;
    let mut stage = Stage::on(exchange(plan, price, &params), params, price);
    let first = plan.start.saturating_sub(OPENING_S);
    let mut now = first;
    while now < plan.start {
        stage.exchange.at(now);
        quote(&mut stage, plan.sources.len(), price)?;
        stage.crank()?;
        stage.quote_beside(true)?;
        if now == first {
            provide(&mut stage, plan)?;
            stage.provide_beside()?;
        }
        now = now.saturating_add(opening_step(plan, now));
    }
    for n in 0..plan.market.lps {
        let claim = |market, _| ExecuteMsg::LpClaim { market };
        let who = stage.person(&provider(n));
        stage.set_up(&who, claim, Uint128::zero())?;
    }
    insure(&mut stage, plan)?;
    stage.people_beside()?;
    stage.audit()?;
    Ok(stage)
}

/// Seconds from this block of the opening to the next.
fn opening_step(plan: &Plan, now: u64) -> u64 {
    let step = plan.block_time.max(1);
    let paced = now.saturating_add(PACED_S) >= plan.start;
    if paced {
        step
    } else {
        step.max(MINUTE_S)
    }
}

fn exchange(plan: &Plan, price: Price, params: &MarketParams) -> Exchange {
    let feed = feed(plan.block_time, price);
    let ages = plan.sources.iter().map(|source| {
        let own = source.source_max_age();
        own.unwrap_or(feed.max_age).min(MAX_SOURCE_AGE_S)
    });
    let picked = plan.attackers;
    Exchange::calm()
        .on(plan.chain)
        .markets(if plan.neighbour { 2 } else { 1 })
        .sources(plan.sources.len())
        .source_max_age(ages.collect())
        .clock(plan.start.saturating_sub(OPENING_S), plan.block_time)
        .feed(feed)
        .params(params.clone())
        .shape(move |setup| {
            // What an attacker delivers or withholds is open to everybody, and the oracle knows that.
            if let Some(last) = setup.sources.last_mut().filter(|_| picked) {
                last.pushable = true;
            }
        })
        .unaudited()
        .bare()
}

/// Tolerances follow the length of a block.
fn feed(block_time: u64, price: Price) -> FeedParams {
    let atomics = price.0.atomics().u128();
    FeedParams {
        max_age: block_time.saturating_mul(3).max(90),
        max_future: block_time.saturating_mul(2).max(6),
        lower_bound: Price::raw((atomics / REACH).max(1)),
        upper_bound: Price::raw(atomics.saturating_mul(REACH))
            .min(Price::raw(HIGHEST.0.atomics().u128().saturating_mul(1_000))),
        ..FeedParams::major()
    }
}

fn quote(stage: &mut Stage, sources: usize, price: Price) -> Result<(), Bug> {
    let now = stage.now();
    let report = Report {
        publish_time: now,
        deliver_at: now,
        price,
        conf: price.times(Ratio::bps(5), Round::Up)?,
    };
    for source in 0..sources {
        stage.push(source, &[report])?;
    }
    stage.refresh().map(|_| ())
}

fn provide(stage: &mut Stage, plan: &Plan) -> Result<(), Bug> {
    let all = u128::from(plan.market.nav_usd).saturating_mul(USD);
    let each = all.checked_div(plan.market.lps.into()).unwrap_or_default();
    for n in 0..plan.market.lps {
        let amount = Uint128::new(each);
        let who = stage.person(&provider(n));
        // A dollar more pays for the request.
        let brought = Amount::of(amount)?.plus(Amount::of(Uint128::new(USD))?)?;
        stage.bring(&who, brought)?;
        let deposit = |market, amount| ExecuteMsg::LpDeposit { market, amount };
        stage.set_up(&who, deposit, amount)?;
    }
    Ok(())
}

/// What liquidity providers put in together.
pub fn provided(plan: &Plan) -> Result<Amount, Bug> {
    let all = u128::from(plan.market.nav_usd).saturating_mul(USD);
    let each = all.checked_div(plan.market.lps.into()).unwrap_or_default();
    let sum = each.saturating_mul(plan.market.lps.into());
    Ok(Amount::of(Uint128::new(sum))?)
}

/// What the insurance fund starts with.
pub fn insured(plan: &Plan) -> Result<Amount, Bug> {
    let cents = plan.market.nav_usd.saturating_mul(INSURANCE_PERCENT);
    let amount = Uint128::new(u128::from(cents).saturating_mul(USD / 100));
    Ok(Amount::of(amount)?)
}

fn insure(stage: &mut Stage, plan: &Plan) -> Result<(), Bug> {
    let amount = insured(plan)?;
    let who = stage.person("insurer");
    stage.bring(&who, amount)?;
    let fund = |market, amount| ExecuteMsg::FundInsurance { market, amount };
    stage.set_up(&who, fund, amount.coins()?)
}
