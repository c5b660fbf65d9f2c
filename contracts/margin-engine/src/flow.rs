//! The border every theft must cross: realised profit and liquidity leave a compartment through its own bucket.
//! What fits passes to the wallet, the rest queues with a ready time that nothing moves; nothing is refused.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Event, Storage};
use math::{
    bucket::{Limit, Pair},
    units::OutOfRange,
};
use types::{
    engine::ProfitQueued,
    level::{Action, Level, Verdict},
    params::MarketParams,
    wire::Wire,
    Amount,
};

use crate::{
    compartment::Compartment,
    queue::{self, Door},
    smooth::Smoothed,
    wallet, ContractError,
};

/// What a compartment knows of its border.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Flow {
    /// Hour and day; none before anything has left.
    pair: Option<Pair>,
    /// The vault's value, which the limits are shares of.
    base: Smoothed,
    /// Money that waits in the queue.
    pub queued: Amount,
    /// Number of the newest entry.
    entries: u64,
}

/// Whose money leaves which market, under which terms.
pub struct Exit<'a> {
    /// From which market.
    pub market: &'a str,
    /// In which coin.
    pub denom: &'a str,
    /// Whose.
    pub account: &'a Addr,
    /// The market's settings.
    pub params: &'a MarketParams,
    /// The level in force.
    pub level: Level,
    /// Block time, seconds.
    pub now: u64,
}

/// A half at ReduceOnly, a quarter at Protected and above.
fn limits(base: Amount, exit: &Exit) -> Result<[Limit; 2], OutOfRange> {
    let part = match exit.level.verdict(Action::TakeProfit) {
        Verdict::Yes | Verdict::Stricter => 1,
        _ if exit.level <= Level::ReduceOnly => 2,
        Verdict::Queued | Verdict::AtSettlement | Verdict::No => 4,
    };
    let base = base.max(Amount::ZERO);
    let limit = |share, window| -> Result<Limit, OutOfRange> {
        let whole = base.share_down(share)?;
        let amount = whole.pro_rata(
            cosmwasm_std::Int256::one(),
            cosmwasm_std::Int256::from(part),
            math::wide::Round::Down,
        )?;
        Ok(Limit { amount, window })
    };
    Ok([
        limit(exit.params.exits.hour, 3_600)?,
        limit(exit.params.exits.day, 86_400)?,
    ])
}

impl Flow {
    /// What the vault is worth, or has been on a day's average where that is more: who has left already makes those who
    /// follow no greater, and a vault that has just been filled is not small.
    pub fn usual(&self) -> Amount {
        self.base.greatest()
    }

    /// The vault is worth this now.
    pub fn observe(&mut self, nav: Amount, now: u64) -> Result<(), OutOfRange> {
        self.base.observe(nav, now)
    }
}

/// Money that left the books of a market goes to the wallet as far as the bucket allows; the rest queues.
pub fn out(
    storage: &mut dyn Storage,
    books: &mut Compartment,
    exit: &Exit,
    amount: Amount,
) -> Result<Option<Event>, ContractError> {
    if amount <= Amount::ZERO {
        return Ok(None);
    }
    if exit.level == Level::Settlement {
        // What the vault still owes is shared by the terms of the settlement, not by pace.
        wallet::credit(storage, exit.account, exit.denom, amount)?;
        return Ok(None);
    }
    let flow = &mut books.flow;
    let limits = limits(flow.base.least(), exit)?;
    let pair = match flow.pair {
        Some(pair) => pair,
        None => Pair::full(limits, exit.now)?,
    };
    let (pair, passage) = pair.request(limits, exit.params.exits.delay, exit.now, amount)?;
    flow.pair = Some(pair);
    wallet::credit(storage, exit.account, exit.denom, passage.passes)?;
    let Some(entry) = passage.queued else {
        return Ok(None);
    };
    flow.entries = flow.entries.checked_add(1).ok_or(OutOfRange)?;
    flow.queued = flow.queued.plus(entry.amount)?;
    let at = (Door::Market(exit.market), exit.account);
    queue::join(storage, at, flow.entries, entry)?;
    let event = ProfitQueued {
        market: exit.market.to_owned(),
        account: exit.account.clone(),
        amount: entry.amount,
        ready: queue::seconds(entry.ready),
    };
    Ok(Some(event.write()))
}

/// Collect what of the own queue is free now.
pub fn claim(
    storage: &mut dyn Storage,
    books: &mut Compartment,
    (market, denom): (&str, &str),
    (account, now): (&Addr, u64),
) -> Result<(), ContractError> {
    let sum = queue::collect(storage, (Door::Market(market), account), now)?;
    books.flow.queued = books.flow.queued.minus(sum)?;
    wallet::credit(storage, account, denom, sum)
}
