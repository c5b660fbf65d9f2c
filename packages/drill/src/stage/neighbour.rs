//! A second market on the same contracts, quiet and well all the time: what befalls the first must not reach it.
//! Somebody provides its vault, somebody insures it, and somebody is long in it all the while.

use cosmwasm_std::Uint128;
use harness::Module;
use math::units::{Amount, Price, Side, Size};
use types::{
    engine::{ExecuteMsg, MarketState, Order, PositionState, QueryMsg},
    level::Level,
    oracle::{self, Report},
};

use super::Stage;
use crate::{bug::Bug, venue::lots};

/// Its number on the chain.
const SECOND: usize = 1;
/// Who is long in it.
const HOLDER: &str = "neighbour";
const PROVIDER: &str = "neighbour-provider";
/// What its vault starts with, its insurance, the position's notional and the position's margin, USD.
const NAV_USD: u128 = 10_000_000;
const INSURED_USD: u128 = 500_000;
const NOTIONAL_USD: i128 = 20_000;
const MARGIN_USD: u128 = 5_000;
const USD: u128 = 1_000_000;

/// The second market.
pub struct Neighbour {
    market: String,
    feed: String,
    price: Price,
    seen: Beside,
}

/// What was seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// Blocks in which it was not at Normal.
    pub disturbed: u64,
    /// The worst it was at.
    pub worst: Level,
    /// What is held in it at the end.
    pub held: Size,
}

impl Neighbour {
    /// The second market of an exchange, at this price for ever.
    pub(super) fn of(exchange: &harness::Exchange, price: Price) -> Option<Self> {
        exchange.markets.get(SECOND).map(|market| Self {
            market: market.id.clone(),
            feed: market.feed.clone(),
            price,
            seen: Beside {
                disturbed: 0,
                worst: Level::Normal,
                held: Size::ZERO,
            },
        })
    }
}

impl Stage {
    /// Every source states its price, and, if there is a keeper, a round is made of it and its compartment cranked.
    pub fn quote_beside(&mut self, kept: bool) -> Result<(), Bug> {
        let Some(Neighbour { feed, price, .. }) = &self.neighbour else {
            return Ok(());
        };
        let (feed, price, publish_time) = (feed.clone(), *price, self.now());
        for reporter in self.exchange.sources.reporters.clone() {
            let report = Report {
                feed: feed.clone(),
                price,
                conf: Price::ZERO,
                publish_time,
            };
            let reports = vec![report];
            let msg = oracle::ExecuteMsg::Push { reports };
            let done = self.exchange.send(&reporter, Module::Oracle, &msg, &[]);
            self.events("a report beside", done)?;
        }
        if !kept {
            return Ok(());
        }
        let keeper = self.keeper.clone();
        let msg = oracle::ExecuteMsg::Refresh { feeds: vec![feed] };
        let done = self.exchange.send(&keeper, Module::Oracle, &msg, &[]);
        self.events("a refresh beside", done)?;
        let done = self.exchange.crank_in(SECOND, super::KEEPER, super::CRANK);
        self.events("a crank beside", done).map(|_| ())
    }

    /// The vault's request, at the beginning of the opening.
    pub fn provide_beside(&mut self) -> Result<(), Bug> {
        if self.neighbour.is_none() {
            return Ok(());
        }
        self.exchange.deposit(PROVIDER, NAV_USD);
        let done = self.exchange.lp_deposit(PROVIDER, SECOND, NAV_USD);
        self.events("liquidity beside", done).map(|_| ())
    }

    /// Insurance, and an order to open, at its end.
    pub fn people_beside(&mut self) -> Result<(), Bug> {
        let Some(Neighbour { market, price, .. }) = &self.neighbour else {
            return Ok(());
        };
        let (market, price) = (market.clone(), *price);
        self.exchange.deposit(PROVIDER, INSURED_USD);
        let amount = Uint128::new(INSURED_USD.saturating_mul(USD));
        let fund = ExecuteMsg::FundInsurance { market, amount };
        let done = self.exchange.tell(PROVIDER, &fund);
        self.events("insurance beside", done)?;
        self.exchange.deposit(HOLDER, MARGIN_USD.saturating_mul(2));
        let notional = Amount::raw(NOTIONAL_USD.saturating_mul(1_000_000));
        let order = Order::Increase {
            side: Side::Long,
            size: lots(notional, price)?,
            margin: Uint128::new(MARGIN_USD.saturating_mul(USD)),
        };
        let done = self.exchange.place(HOLDER, SECOND, order, None);
        self.events("an order beside", done).map(|_| ())
    }

    /// Look at it; a market that is not told of is as it was.
    pub fn look_beside(&mut self) {
        let Some(market) = self.neighbour.as_ref().map(|n| n.market.clone()) else {
            return;
        };
        let books: Option<Option<MarketState>> = self.told(&QueryMsg::Market {
            market: market.clone(),
        });
        let account = self.exchange.person(HOLDER).into_string();
        let held: Option<Option<PositionState>> =
            self.told(&QueryMsg::Position { market, account });
        let Some(neighbour) = &mut self.neighbour else {
            return;
        };
        if let Some(held) = held {
            neighbour.seen.held = held.map_or(Size::ZERO, |held| held.size);
        }
        if let Some(books) = books.flatten() {
            let (level, seen) = (books.stance.level, &mut neighbour.seen);
            seen.worst = seen.worst.max(level);
            if level > Level::Normal {
                seen.disturbed = seen.disturbed.saturating_add(1);
            }
        }
    }

    /// What was seen of it, if there is one.
    pub fn beside(&self) -> Option<Beside> {
        self.neighbour.as_ref().map(|n| n.seen)
    }
}
