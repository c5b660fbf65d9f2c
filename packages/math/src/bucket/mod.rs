//! Flow control: what may leave per window, and the queue of what does not fit. Nothing is refused.
//!
//! Capacity and refill are each half of the stated limit, so no window of its length passes more than
//! the limit. What fits passes; the rest queues and is freed along a line of the refill's slope. While
//! the queue runs the refill is the queue's, and whoever comes later joins it.
//!
//! The limit is an argument of every call: it follows a base that moves, and a level that halves it.
//! Tokens are money, not a share of the limit, so they never jump with it: a lower limit hides what
//! stands above its capacity, and only a passage under that limit forgets it.

mod limit;

pub use self::limit::Limit;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Uint128};

use self::limit::{parts, PARTS};
use crate::{
    units::{narrow, Amount, OutOfRange},
    wide::{mul_div, Round},
};

/// No entry waits longer than this, seconds: 7 days. What is left of it is free then.
pub const LONGEST_WAIT: u64 = 604_800;
/// Nanoseconds in a second.
const E9: u64 = 1_000_000_000;

/// One bucket, and the end of the queue behind it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Bucket {
    /// What may pass at once, in [`PARTS`].
    tokens: Uint128,
    /// When the tokens were counted, nanoseconds.
    updated_at: u64,
    /// When the last entry of the queue is free, nanoseconds, rounded up.
    tail_ready: u64,
    /// What was refilled by then since the exact moment, in [`PARTS`]: less than a nanosecond's refill.
    early: Uint128,
}

/// Two buckets of one door, with one queue: the smaller amount passes, the later `ready` counts.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Pair {
    /// The bucket of the first limit.
    pub first: Bucket,
    /// The bucket of the second limit.
    pub second: Bucket,
}

/// One place in the queue. Nothing moves it later.
#[cw_serde]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct Entry {
    /// What queues.
    pub amount: Amount,
    /// When its line starts, nanoseconds.
    pub from: u64,
    /// How long its line is, nanoseconds.
    #[serde(with = "crate::packed")]
    #[schemars(with = "Uint128")]
    pub span: Uint128,
    /// When all of it is free, nanoseconds, rounded up: the end of its line, or the longest wait.
    pub ready: u64,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// What leaves at once, rounded down.
    pub passes: Amount,
    /// The rest, if any.
    pub queued: Option<Entry>,
}

fn nanos(seconds: u64) -> Result<u64, OutOfRange> {
    seconds.checked_mul(E9).ok_or(OutOfRange)
}

impl Bucket {
    /// A full bucket without a queue.
    pub fn full(limit: Limit, now: u64) -> Result<Self, OutOfRange> {
        let now = nanos(now)?;
        Ok(Self {
            tokens: limit.capacity()?,
            updated_at: now,
            tail_ready: now,
            early: Uint128::zero(),
        })
    }

    /// Tokens counted at `now`. The refill before the end of the queue was the queue's; what stands
    /// above the capacity stays, and grows no further.
    fn refilled(self, limit: Limit, now: u64) -> Result<Self, OutOfRange> {
        let over = now >= self.tail_ready;
        let since = self.updated_at.max(self.tail_ready);
        let fresh = limit.refill(Uint128::from(now.saturating_sub(since)))?;
        let early = if over { self.early } else { Uint128::zero() };
        let raised = self.tokens.saturating_add(fresh).saturating_add(early);
        Ok(Self {
            tokens: raised.min(limit.capacity()?).max(self.tokens),
            updated_at: self.updated_at.max(now),
            early: self.early.saturating_sub(early),
            ..self
        })
    }

    /// Parts that could leave now, whoever queues.
    fn spendable(self, limit: Limit) -> Result<Uint128, OutOfRange> {
        Ok(self.tokens.min(limit.capacity()?))
    }

    fn spent(self, limit: Limit, passes: Amount) -> Result<Self, OutOfRange> {
        if passes.is_zero() {
            return Ok(self);
        }
        let left = self.spendable(limit)?.checked_sub(parts(passes)?);
        Ok(Self {
            tokens: left.map_err(|_| OutOfRange)?,
            ..self
        })
    }

    /// What would pass at once at `now`, rounded down; nothing while a queue runs.
    pub fn available(self, limit: Limit, now: u64) -> Result<Amount, OutOfRange> {
        available([(self, limit)], nanos(now)?)
    }

    /// Ask for `amount` to leave. What does not fit is free at
    /// `max(now + delay, tail_ready + amount/rate)`, at most [`LONGEST_WAIT`] ahead.
    pub fn request(
        self,
        limit: Limit,
        delay: u64,
        now: u64,
        amount: Amount,
    ) -> Result<(Self, Passage), OutOfRange> {
        let ([bucket], passage) = request([(self, limit)], (now, delay), amount)?;
        Ok((bucket, passage))
    }

    /// Take back what had passed and did not leave after all. Never above the capacity.
    pub fn returned(self, limit: Limit, now: u64, amount: Amount) -> Result<Self, OutOfRange> {
        let counted = self.refilled(limit, nanos(now)?)?;
        let raised = counted.tokens.saturating_add(parts(amount)?);
        Ok(Self {
            tokens: raised.min(limit.capacity()?).max(counted.tokens),
            ..counted
        })
    }

    /// When the last entry of the queue is free, nanoseconds; a time that has passed if nobody queues.
    pub const fn tail_ready(self) -> u64 {
        self.tail_ready
    }
}

impl Pair {
    /// Two full buckets without a queue.
    pub fn full(limits: [Limit; 2], now: u64) -> Result<Self, OutOfRange> {
        let [first, second] = limits;
        Ok(Self {
            first: Bucket::full(first, now)?,
            second: Bucket::full(second, now)?,
        })
    }

    const fn with(self, [first, second]: [Limit; 2]) -> [(Bucket, Limit); 2] {
        [(self.first, first), (self.second, second)]
    }

    /// What would pass both at once at `now`, rounded down; nothing while a queue runs.
    pub fn available(self, limits: [Limit; 2], now: u64) -> Result<Amount, OutOfRange> {
        available(self.with(limits), nanos(now)?)
    }

    /// Ask for `amount` to leave through both. The queue runs at the slower of the two refills.
    pub fn request(
        self,
        limits: [Limit; 2],
        delay: u64,
        now: u64,
        amount: Amount,
    ) -> Result<(Self, Passage), OutOfRange> {
        let ([first, second], passage) = request(self.with(limits), (now, delay), amount)?;
        Ok((Self { first, second }, passage))
    }

    /// Take back what had passed and did not leave after all. Neither above its capacity.
    pub fn returned(
        self,
        limits: [Limit; 2],
        now: u64,
        amount: Amount,
    ) -> Result<Self, OutOfRange> {
        let [first, second] = limits;
        Ok(Self {
            first: self.first.returned(first, now, amount)?,
            second: self.second.returned(second, now, amount)?,
        })
    }

    /// When the last entry of the queue is free, nanoseconds; a time that has passed if nobody queues.
    pub fn tail_ready(self) -> u64 {
        self.first.tail_ready.max(self.second.tail_ready)
    }
}

impl Entry {
    /// How much of it is free at `now`, rounded down; what was claimed before included.
    pub fn claimable(self, now: u64) -> Result<Amount, OutOfRange> {
        let now = nanos(now)?;
        if now >= self.ready {
            return Ok(self.amount);
        }
        let run = Int256::from(now.saturating_sub(self.from));
        let free = mul_div(self.amount.wide(), run, self.span.into(), Round::Down)?;
        Ok(Amount(narrow(free)?).min(self.amount))
    }
}

/// `N` is one or two.
fn available<const N: usize>(doors: [(Bucket, Limit); N], now: u64) -> Result<Amount, OutOfRange> {
    let mut least = Uint128::MAX;
    for (bucket, limit) in doors {
        if now < bucket.tail_ready {
            return Ok(Amount::ZERO);
        }
        least = least.min(bucket.refilled(limit, now)?.spendable(limit)?);
    }
    let whole = least.checked_div(Uint128::new(PARTS));
    Amount::of(whole.map_err(|_| OutOfRange)?)
}

/// One request through every door at once. `N` is one or two.
fn request<const N: usize>(
    mut doors: [(Bucket, Limit); N],
    (now, delay): (u64, u64),
    amount: Amount,
) -> Result<([Bucket; N], Passage), OutOfRange> {
    if amount.is_negative() {
        return Err(OutOfRange);
    }
    let at = nanos(now)?;
    let passes = available(doors, at)?.min(amount);
    for (bucket, limit) in &mut doors {
        *bucket = bucket.refilled(*limit, at)?.spent(*limit, passes)?;
    }
    let rest = amount.minus(passes)?;
    let mut queued = None;
    if !rest.is_zero() {
        queued = Some(joined(&mut doors, (at, nanos(delay)?), rest)?);
    }
    let buckets = doors.map(|(bucket, _)| bucket);
    Ok((buckets, Passage { passes, queued }))
}

/// The place of `rest` behind the queue, which ends with it. Its line starts no earlier than the queue
/// before it ends, so lines never overlap.
fn joined(
    doors: &mut [(Bucket, Limit)],
    (now, delay): (u64, u64),
    rest: Amount,
) -> Result<Entry, OutOfRange> {
    let tail = doors.iter().fold(now, |t, (b, _)| t.max(b.tail_ready));
    let (start, whole) = (Uint128::from(tail), parts(rest)?);
    let (mut span, mut full) = (Uint128::one(), Uint128::from(now.saturating_add(delay)));
    for (bucket, limit) in doors.iter() {
        span = span.max(limit.span(whole)?);
        let missing = limit.span(whole.saturating_sub(bucket.early))?;
        full = full.max(start.saturating_add(missing));
    }
    let bound = now.checked_add(nanos(LONGEST_WAIT)?).ok_or(OutOfRange)?;
    let narrow = |n: Uint128| u64::try_from(n.u128()).unwrap_or(u64::MAX);
    let ready = narrow(full).min(bound);
    for (bucket, limit) in doors {
        bucket.close_queue(*limit, (tail, ready), whole)?;
    }
    Ok(Entry {
        amount: rest,
        from: narrow(full.saturating_sub(span)).max(tail),
        span,
        ready,
    })
}

impl Bucket {
    /// End the queue at `ready`, an entry of `whole` parts after `tail`. What the last nanosecond
    /// refills beyond the entry is kept; where the delay, the bound or the other door decided the
    /// moment, nothing is.
    fn close_queue(
        &mut self,
        limit: Limit,
        (tail, ready): (u64, u64),
        whole: Uint128,
    ) -> Result<(), OutOfRange> {
        let run = Uint128::from(ready.saturating_sub(tail));
        let missing = whole.saturating_sub(self.early);
        self.early = if limit.span(missing)? == run {
            limit.refill(run)?.saturating_sub(missing)
        } else {
            Uint128::zero()
        };
        self.tail_ready = ready;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
