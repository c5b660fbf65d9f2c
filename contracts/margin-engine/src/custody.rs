//! All coins of one denom, and the loose backstop they leave through. What an account brought within a day leaves
//! outside it and does not use it, so going in and out costs others nothing.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use math::{
    bucket::{Limit, Pair},
    units::OutOfRange,
};
use store::Map;
use types::{engine::WithdrawalQueued, Amount, Ratio};

use crate::{
    key,
    queue::{self, Door},
    smooth::Smoothed,
    ContractError,
};

/// Share of custody that may leave in an hour, percent.
const HOURLY: u64 = 25;
/// In a day, percent.
const DAILY: u64 = 50;
/// What queues is free after this long at the earliest, seconds.
const DELAY: u64 = 600;
/// Money counts as fresh for so many hours.
const FRESH_HOURS: u64 = 24;

/// One denom.
#[cw_serde]
#[derive(Copy, Eq, Default)]
struct Custody {
    /// Coins brought and not taken out.
    held: Amount,
    base: Smoothed,
    pair: Option<Pair>,
    /// Of the coins held, those that wait in the queue.
    queued: Amount,
    entries: u64,
}

/// Money brought in one hour.
#[cw_serde]
#[derive(Copy, Eq)]
struct Brought {
    hour: u64,
    amount: Amount,
}

const CUSTODY: Map<&str, Custody> = Map::new(key::CUSTODY);
/// `(account, denom) -> hours`, oldest first.
const FRESH: Map<(&Addr, &str), Vec<Brought>> = Map::new(key::FRESH);

fn load(storage: &dyn Storage, denom: &str) -> StdResult<Custody> {
    Ok(CUSTODY.may_load(storage, denom)?.unwrap_or_default())
}

/// What an account brought within a day, oldest first.
fn fresh(
    storage: &dyn Storage,
    (account, denom): (&Addr, &str),
    now: u64,
) -> StdResult<Vec<Brought>> {
    let hour = now / 3_600;
    let mut brought = FRESH
        .may_load(storage, (account, denom))?
        .unwrap_or_default();
    brought.retain(|b| hour < b.hour.saturating_add(FRESH_HOURS));
    Ok(brought)
}

/// Coins come in.
pub fn receive(
    storage: &mut dyn Storage,
    (account, denom): (&Addr, &str),
    amount: Amount,
    now: u64,
) -> Result<(), ContractError> {
    let mut custody = load(storage, denom)?;
    custody.held = custody.held.plus(amount)?;
    custody.base.observe(custody.held, now)?;
    CUSTODY.save(storage, denom, &custody)?;
    let mut brought = fresh(storage, (account, denom), now)?;
    let hour = now / 3_600;
    match brought.last_mut() {
        Some(last) if last.hour == hour => last.amount = last.amount.plus(amount)?,
        Some(_) | None => brought.push(Brought { hour, amount }),
    }
    Ok(FRESH.save(storage, (account, denom), &brought)?)
}

/// What of a withdrawal is the account's own fresh money, which is used up by it.
fn spend(
    storage: &mut dyn Storage,
    at: (&Addr, &str),
    amount: Amount,
    now: u64,
) -> Result<Amount, ContractError> {
    let mut brought = fresh(storage, at, now)?;
    let mut left = amount;
    for b in &mut brought {
        let part = b.amount.min(left);
        b.amount = b.amount.minus(part)?;
        left = left.minus(part)?;
    }
    brought.retain(|b| !b.amount.is_zero());
    if brought.is_empty() {
        FRESH.remove(storage, at);
    } else {
        FRESH.save(storage, at, &brought)?;
    }
    Ok(amount.minus(left)?)
}

/// What may leave per hour and per day.
fn limits(base: Amount) -> Result<[Limit; 2], OutOfRange> {
    let limit = |percent, window| -> Result<Limit, OutOfRange> {
        let amount = base.max(Amount::ZERO).share_down(Ratio::percent(percent))?;
        Ok(Limit { amount, window })
    };
    Ok([limit(HOURLY, 3_600)?, limit(DAILY, 86_400)?])
}

/// What becomes of a withdrawal.
pub struct Leaving {
    /// Leaves now.
    pub passes: Amount,
    /// What queues, if anything.
    pub queued: Option<WithdrawalQueued>,
}

/// Money has left the wallet: what passes leaves now, the rest queues.
pub fn release(
    storage: &mut dyn Storage,
    (account, denom): (&Addr, &str),
    amount: Amount,
    now: u64,
) -> Result<Leaving, ContractError> {
    let own = spend(storage, (account, denom), amount, now)?;
    let mut custody = load(storage, denom)?;
    custody.base.observe(custody.held, now)?;
    let limits = limits(custody.base.least())?;
    let pair = match custody.pair {
        Some(pair) => pair,
        None => Pair::full(limits, now)?,
    };
    let (pair, passage) = pair.request(limits, DELAY, now, amount.minus(own)?)?;
    custody.pair = Some(pair);
    let passes = own.plus(passage.passes)?;
    custody.held = custody.held.minus(passes)?;
    let mut leaving = Leaving {
        passes,
        queued: None,
    };
    if let Some(entry) = passage.queued {
        custody.entries = custody.entries.checked_add(1).ok_or(OutOfRange)?;
        custody.queued = custody.queued.plus(entry.amount)?;
        let at = (Door::Denom(denom), account);
        queue::join(storage, at, custody.entries, entry)?;
        leaving.queued = Some(WithdrawalQueued {
            account: account.clone(),
            denom: denom.to_owned(),
            amount: entry.amount,
            ready: queue::seconds(entry.ready),
        });
    }
    CUSTODY.save(storage, denom, &custody)?;
    Ok(leaving)
}

/// Collect what of the own queued withdrawals is free now: the coins leave.
pub fn claim(
    storage: &mut dyn Storage,
    (account, denom): (&Addr, &str),
    now: u64,
) -> Result<Amount, ContractError> {
    let sum = queue::collect(storage, (Door::Denom(denom), account), now)?;
    let mut custody = load(storage, denom)?;
    custody.queued = custody.queued.minus(sum)?;
    custody.held = custody.held.minus(sum)?;
    custody.base.observe(custody.held, now)?;
    CUSTODY.save(storage, denom, &custody)?;
    Ok(sum)
}

/// Coins held and, of these, queued: for audits.
pub fn sums(storage: &dyn Storage, denom: &str) -> StdResult<(Amount, Amount)> {
    load(storage, denom).map(|custody| (custody.held, custody.queued))
}

/// Every denom there has been money of: for audits.
pub fn denoms(storage: &dyn Storage) -> StdResult<Vec<String>> {
    CUSTODY
        .all()
        .keys(storage, None, None, Order::Ascending)
        .collect()
}
