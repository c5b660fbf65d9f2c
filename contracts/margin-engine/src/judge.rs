//! Whether an increasing order fills at its round, and how: numbers in, numbers out.

use math::{
    adl::Standing,
    ledger::Loose,
    margin::{asked, side_cap},
    pricing::Curve,
    units::OutOfRange,
    wide::Round as Rounding,
};
use types::{
    engine::Refusal,
    level::{Action, Verdict},
    oracle::{Round, Status},
    Amount, PerUnit, Price, Ratio, Side, Size,
};

use crate::{cells, scene::Scene};

/// An increasing order at its round.
pub struct Ask<'a> {
    /// The round it is due at.
    pub round: &'a Round,
    /// Signed size.
    pub by: Size,
    /// Margin reserved by the mandate.
    pub margin: Amount,
    /// The worst acceptable price.
    pub limit: Option<Price>,
    /// The position as it is, empty if there is none.
    pub held: Loose,
    /// Margin of it that does not count: added when the round was known.
    pub late: Amount,
    /// What a new position prepays for its liquidation.
    pub reserve: Amount,
}

/// How it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The position after.
    pub after: Loose,
    /// Paid for the size.
    pub cost: Amount,
    /// Clearing price, rounded against the trader.
    pub price: Price,
    /// Taker fee.
    pub fee: Amount,
    /// What more than before the position would owe beyond its margin after a sudden move.
    pub exposed: Amount,
}

/// Whether a fill price is within the order's limit: a buyer pays at most, a seller gets at least.
pub fn within(limit: Option<Price>, by: Size, price: Price) -> bool {
    match (limit, by.side()) {
        (Some(limit), Some(Side::Long)) => price <= limit,
        (Some(limit), Some(Side::Short)) => price >= limit,
        (None, _) | (_, None) => true,
    }
}

/// A clearing price as a [`Price`], rounded against the trader.
pub fn shown(cost: Amount, by: Size) -> Result<Price, OutOfRange> {
    let round = if by.is_negative() {
        Rounding::Down
    } else {
        Rounding::Up
    };
    PerUnit::of(cost, by, round)?.price(round)
}

impl Ask<'_> {
    /// Decide. The order is judged at its own round; the level and the terms are those in force.
    pub fn decide(&self, scene: &Scene) -> Result<Result<Entry, Refusal>, OutOfRange> {
        if let Some(refusal) = self.forbidden(scene)? {
            return Ok(Err(refusal));
        }
        let entry = self.entry(scene)?;
        if !within(self.limit, self.by, entry.price) {
            return Ok(Err(Refusal::Limit));
        }
        if let Some(refusal) = self.uncovered(scene, &entry)? {
            return Ok(Err(refusal));
        }
        if self.trips(scene, &entry)? {
            return Ok(Err(Refusal::Gain));
        }
        if self.uninsures(scene, &entry)? {
            return Ok(Err(Refusal::Cover));
        }
        Ok(Ok(entry))
    }

    fn forbidden(&self, scene: &Scene) -> Result<Option<Refusal>, OutOfRange> {
        if scene.stance.level.verdict(Action::Increase) < Verdict::Stricter {
            return Ok(Some(Refusal::Level));
        }
        if self.round.status > Status::Degraded {
            return Ok(Some(Refusal::Price));
        }
        if !self.round.averaged {
            return Ok(Some(Refusal::NoAverage));
        }
        if self
            .held
            .size
            .side()
            .is_some_and(|s| Some(s) != self.by.side())
        {
            return Ok(Some(Refusal::NoPosition));
        }
        let skew = scene.books.book.skew()?;
        let curve = Curve {
            cap: Size(Amount(scene.curve.cap.0).share_down(scene.stance.caps)?.0),
            ..scene.curve
        };
        let admitted = curve.admits(skew, skew.plus(self.by)?)?;
        Ok((!admitted).then_some(Refusal::SkewCap))
    }

    /// The cost is the curve's, and at least the round's surcharge: a stale median is no free trade.
    fn entry(&self, scene: &Scene) -> Result<Entry, OutOfRange> {
        let skew = scene.books.book.skew()?;
        let index = self.round.price;
        let cost = scene.curve.cost(skew, self.by, index)?.max(self.floor()?);
        let fee = self
            .by
            .notional_up(index)?
            .share_up(scene.market.params.fees.increase)?;
        let margin = self
            .held
            .margin
            .plus(self.margin)?
            .minus(self.reserve)?
            .minus(fee)?;
        let after = Loose {
            size: self.held.size.plus(self.by)?,
            cost: self.held.cost.plus(cost)?,
            margin,
        };
        let side = self.by.side().ok_or(OutOfRange)?;
        let exposed = |held| cells::exposed(scene, side, (held, index));
        Ok(Entry {
            after,
            exposed: exposed(after)?.minus(exposed(self.held)?)?,
            cost,
            price: shown(cost, self.by)?,
            fee,
        })
    }

    /// The least cost: where the round asks a surcharge, the size at the surcharged price.
    fn floor(&self) -> Result<Amount, OutOfRange> {
        let surcharge = self.round.surcharge;
        if surcharge == Price::ZERO {
            return Ok(Amount(cosmwasm_std::Int128::MIN));
        }
        let worse = if self.by.is_negative() {
            self.round.price.minus_floored(surcharge)
        } else {
            self.round.price.plus(surcharge)?
        };
        self.by.value(worse, Rounding::Up)
    }

    /// Margin, caps and dust.
    fn uncovered(&self, scene: &Scene, entry: &Entry) -> Result<Option<Refusal>, OutOfRange> {
        let params = &scene.market.params;
        let caution = self.caution(scene);
        let index = self.round.price;
        let nav = scene.nav_low(self.round.low, self.round.high)?;
        let mm = scene.books.mm.at(self.round.at.time)?;
        let cap = side_cap(nav, params.side_share, params.gap, mm)?;
        let cap = cap
            .share_down(Ratio::ONE.minus_floored(caution.scaled(1, 2, Rounding::Up)?))?
            .share_down(scene.stance.caps)?;
        let side = self.by.side().ok_or(OutOfRange)?;
        let interest = scene.books.book.side(side).size()?.plus(self.by)?;
        let interest = interest.notional_up(index)?;
        if interest > cap {
            return Ok(Some(Refusal::SideCap));
        }
        let own = entry.after.size.notional_up(index)?;
        if own > cap.share_down(params.account_share)? {
            return Ok(Some(Refusal::Concentration));
        }
        if entry.after.size.notional_down(index)? < Amount::of(params.sums.dust)? {
            return Ok(Some(Refusal::Dust));
        }
        let share = interest.over(cap, Rounding::Up)?;
        let add_on = params.oi_add_on.times(share, Rounding::Up)?;
        let im = asked(scene.books.im, caution, add_on)?;
        let im = im.max(mm.plus(params.buffer)?);
        let worse = match side {
            Side::Long => self.round.low,
            Side::Short => self.round.high,
        };
        let equity = entry.after.equity(worse)?.minus(self.late)?;
        let needed = entry
            .after
            .size
            .notional_up(worse.max(index))?
            .share_up(im)?;
        let short = equity < needed || entry.after.margin.is_negative();
        Ok(short.then_some(Refusal::Margin))
    }

    /// Whether the fill would push traders' net gain over its threshold of the vault's cash: a reading that a trade
    /// can move is no reading that a trade may trip.
    fn trips(&self, scene: &Scene, entry: &Entry) -> Result<bool, OutOfRange> {
        let before = Standing::of(&scene.books.book, self.round.price)?;
        let won = self.by.value(self.round.price, Rounding::Up)?;
        let after = Standing {
            gain: before.gain.plus(won)?.minus(entry.cost)?,
            ..before
        };
        Ok(after.reading() > before.reading().max(scene.market.params.exits.gain_limit))
    }

    /// The same of the insurance fund over what a sudden move would cost it.
    fn uninsures(&self, scene: &Scene, entry: &Entry) -> Result<bool, OutOfRange> {
        let (stress, fund) = (scene.books.watch.stress, scene.books.insurance);
        let side = self.by.side().ok_or(OutOfRange)?;
        let Some(after) = stress.with(side, entry.exposed)?.cover(fund)? else {
            return Ok(false);
        };
        let before = stress.cover(fund)?;
        let worse = before.is_none_or(|before| after < before);
        Ok(worse && after < scene.market.params.exits.cover_limit)
    }

    /// A Degraded round trades on Guarded terms.
    fn caution(&self, scene: &Scene) -> Ratio {
        if self.round.status == Status::Degraded {
            scene.stance.caution.max(Ratio::percent(50))
        } else {
            scene.stance.caution
        }
    }
}
