//! Everything a message about one market needs, read once and written once.

use cosmwasm_std::{Deps, Env, QuerierWrapper, Storage};
use math::{pricing::Curve, units::OutOfRange, wide::Round as Rounding};
use types::{
    clock::Moment,
    level::Level,
    oracle::{Pair, Round, Snapshot, Status},
    scope::Stance,
    Amount, Price, Ratio, Side,
};

use crate::{
    compartment::{self, Compartment},
    peers::{self, Market},
    stance, ContractError,
};

/// One market, now.
pub struct Scene {
    /// Its name.
    pub id: String,
    /// Its settings.
    pub market: Market,
    /// Its books.
    pub books: Compartment,
    /// Its depth.
    pub curve: Curve,
    /// What the breaker leases.
    pub stance: Stance,
    /// Its prices.
    pub prices: Snapshot,
    /// Block time and height.
    pub now: Moment,
}

impl Scene {
    /// Read a market, with its prices and, if wanted, a round by number.
    pub fn load(
        deps: Deps,
        env: &Env,
        id: &str,
        round: Option<u64>,
    ) -> Result<Self, ContractError> {
        let mut scene = Self::unpriced(deps, env, id)?;
        scene.ask(deps, round)?;
        Ok(scene)
    }

    /// Read a market without its prices: as if the oracle knew nothing. For messages that
    /// need none.
    pub fn unpriced(deps: Deps, env: &Env, id: &str) -> Result<Self, ContractError> {
        let market = peers::market(deps.storage, id)?;
        let now = Moment::now(env);
        Ok(Self {
            id: id.to_owned(),
            books: compartment::load(deps.storage, id)?,
            curve: compartment::curve(&market.params)?,
            stance: stance::now(deps.storage, id, now.time)?,
            prices: Snapshot::UNKNOWN,
            now,
            market,
        })
    }

    /// Ask the oracle, for a round by number too if wanted.
    pub fn ask(&mut self, deps: Deps, round: Option<u64>) -> Result<(), ContractError> {
        let oracle = peers::peers(deps.storage)?.oracle;
        // An oracle that fails is one that knows nothing: what needs no price goes on.
        self.prices = oracle
            .snapshot(&deps.querier, &self.market.feed, (round, self.now.time))
            .unwrap_or(Snapshot::UNKNOWN);
        Ok(())
    }

    /// Write the books back, with the vault's value as it is now.
    pub fn save(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        if let Some(round) = self.newest() {
            let nav = self.books.book.nav(self.curve, round.price)?;
            self.books.flow.observe(nav, self.now.time)?;
        }
        Ok(compartment::save(storage, &self.id, &self.books)?)
    }

    /// The newest round.
    pub fn newest(&self) -> Option<Round> {
        self.prices.newest.map(|p| p.round)
    }

    /// Maintenance margin now.
    pub fn mm(&self) -> Result<Ratio, OutOfRange> {
        self.books.mm.at(self.now.time)
    }

    /// The vault's value at the worse, for it, of a round's edges.
    pub fn nav_low(&self, low: Price, high: Price) -> Result<Amount, OutOfRange> {
        let at = |p| self.books.book.nav(self.curve, p);
        Ok(at(low)?.min(at(high)?))
    }

    /// The vault's value at the better of a round's edges: what newcomers pay.
    pub fn nav_high(&self, low: Price, high: Price) -> Result<Amount, OutOfRange> {
        let at = |p| self.books.book.nav(self.curve, p);
        Ok(at(low)?.max(at(high)?))
    }

    /// The prices at which one side may be liquidated now.
    pub fn verdict(&self, side: Side) -> Verdict {
        Verdict::of(side, self.stance.level, (&self.prices, self.now.time))
    }
}

/// The prices at which a side's positions are judged for liquidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    side: Side,
    /// Judged with the whole maintenance margin.
    pub regular: Option<Price>,
    /// Judged with half of it.
    pub deep: Option<Price>,
}

impl Verdict {
    /// The two-round and deep rules. Stale and Invalid: nobody. In the grace after an outage: the deep only.
    fn of(side: Side, level: Level, (prices, now): (&Snapshot, u64)) -> Self {
        let none = Self {
            side,
            regular: None,
            deep: None,
        };
        let usable = prices.status <= Status::Uncertain && level < Level::Settlement;
        match prices.newest {
            Some(pair) if usable => Self {
                regular: regular(side, level, pair).filter(|_| now >= prices.grace_until),
                deep: deep(side, pair),
                ..none
            },
            _ => none,
        }
    }

    /// Judged at this price alone.
    pub const fn at(side: Side, price: Price) -> Self {
        Self {
            side,
            regular: Some(price),
            deep: None,
        }
    }

    /// Whether the position with this bankruptcy price may be liquidated.
    pub fn condemns(self, bankruptcy: types::PerUnit, mm: Ratio) -> Result<bool, OutOfRange> {
        let half = mm.scaled(1, 2, Rounding::Down)?;
        Ok(self.unhealthy(self.regular, bankruptcy, mm)?
            || self.unhealthy(self.deep, bankruptcy, half)?)
    }

    /// Whether its equity is negative at a price it may be liquidated at.
    pub fn bankrupts(self, bankruptcy: types::PerUnit) -> Result<bool, OutOfRange> {
        self.condemns(bankruptcy, Ratio::ZERO)
    }

    fn unhealthy(
        self,
        price: Option<Price>,
        bankruptcy: types::PerUnit,
        mm: Ratio,
    ) -> Result<bool, OutOfRange> {
        let Some(price) = price else {
            return Ok(false);
        };
        let edge = match self.side {
            Side::Long => price.times(Ratio::ONE.minus_floored(mm), Rounding::Down)?,
            Side::Short => price.times(Ratio::ONE.plus(mm)?, Rounding::Up)?,
        };
        let edge = edge.per_unit()?;
        Ok(match self.side {
            Side::Long => bankruptcy > edge,
            Side::Short => bankruptcy < edge,
        })
    }
}

/// The friendlier of two prices for a trader on `side`.
fn friendlier(side: Side, a: Price, b: Price) -> Price {
    match side {
        Side::Long => a.max(b),
        Side::Short => a.min(b),
    }
}

/// Unhealthy at the friendlier of the two newest rounds, both Valid; where one is Degraded, also at
/// the average. At Protected both must be Valid.
fn regular(side: Side, level: Level, pair: Pair) -> Option<Price> {
    let before = pair.before?;
    let worst = pair.round.status.max(before.status);
    let price = friendlier(side, pair.round.price, before.price);
    match worst {
        Status::Valid => Some(price),
        Status::Degraded if level < Level::Protected => {
            pair.round.twap.map(|t| friendlier(side, price, t))
        }
        Status::Degraded | Status::Uncertain | Status::Stale | Status::Invalid => None,
    }
}

/// One Valid round is enough; in Degraded or Uncertain the friendlier of it and the average. Where the average is refused,
/// as after an outage, the friendliest of the last two rounds and the round's own edge: sources that dispute each other
/// from their first word on prove nothing that lies between them.
fn deep(side: Side, pair: Pair) -> Option<Price> {
    let price = pair.round.price;
    if pair.round.status == Status::Valid {
        return Some(price);
    }
    if let Some(average) = pair.round.twap {
        return Some(friendlier(side, price, average));
    }
    let edge = match side {
        Side::Long => pair.round.high,
        Side::Short => pair.round.low,
    };
    let other = friendlier(side, pair.before?.price, edge);
    Some(friendlier(side, price, other))
}

/// The querier, so that callers need not hold `Deps` twice.
pub fn querier<'a>(deps: &'a cosmwasm_std::DepsMut<'_>) -> QuerierWrapper<'a> {
    QuerierWrapper::new(&*deps.querier)
}
