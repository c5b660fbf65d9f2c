//! The audit: every invariant of every contract, from raw state.

use cosmwasm_std::{Addr, Storage};
use types::{
    engine::{PositionState, QueryMsg, Vitals},
    oracle::{self, Status},
    Amount, Ratio, Side,
};

use crate::exchange::{Exchange, Module, DENOM};
use crate::wasmd::{stored, Tried};

/// A broken promise, with the numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

/// [I 1] The bank holds what the books claim.
fn custody(engine: &dyn Storage, held: u128) -> Option<Violation> {
    let claims = margin_engine::audit::claims(engine, DENOM).expect("the books read");
    let held = i128::try_from(held).expect("a balance");
    (claims.0.i128() > held)
        .then(|| Violation(format!("[I 1] claims {claims:?}, the bank holds {held}")))
}

impl Exchange {
    /// Everything that does not hold now.
    pub fn audit(&self) -> Vec<Violation> {
        self.audit_of(
            &|contract| self.chain.storage(contract),
            self.bank(&self.engine, DENOM),
        )
    }

    /// Everything that would not hold if the watched contracts were what a trial would make of them.
    pub fn audit_tried(&self, watched: &[Addr], tried: &Tried) -> Vec<Violation> {
        let of = |contract: &Addr| {
            let n = watched.iter().position(|at| at == contract);
            &tried.watched[n.expect("every contract is watched")]
        };
        self.audit_of(&|contract| stored(&of(contract).0), of(&self.engine).1)
    }

    fn audit_of<'a>(
        &self,
        stored: &dyn Fn(&Addr) -> Box<dyn Storage + 'a>,
        held: u128,
    ) -> Vec<Violation> {
        let mut found = Vec::new();
        let engine = stored(&self.engine);
        match margin_engine::audit::audit(&*engine) {
            Ok(broken) => found.extend(
                broken
                    .into_iter()
                    .map(|b| Violation(format!("[I {}] {}", b.invariant, b.how))),
            ),
            Err(e) => found.push(Violation(format!("the engine's books do not read: {e}"))),
        }
        found.extend(custody(&*engine, held));
        let oracle = stored(&self.oracle);
        let feeds = oracle_aggregator::feed::audit(&*oracle).expect("feeds read");
        found.extend(feeds.iter().map(|b| Violation(b.to_string())));
        let rounds = oracle_aggregator::round::audit(&*oracle).expect("rounds read");
        found.extend(rounds.iter().map(|b| Violation(b.to_string())));
        let breaker = stored(&self.breaker);
        let latches = breaker_governance::audit::at(&*breaker, self.now()).expect("latches read");
        found.extend(latches.iter().map(|b| Violation(format!("[I 10] {b:?}"))));
        for market in &self.markets {
            let storage = stored(&market.addr);
            let broken = market::queue::audit(&*storage).expect("the queue reads");
            found.extend(broken.into_iter().map(Violation));
        }
        found
    }

    /// [I 2] After a crank at a usable price, with heads clear, the vault's cash covers traders' net gain, or the market
    /// is wound up.
    #[track_caller]
    pub fn assert_covered(&self, market: usize) {
        let id = self.markets[market].id.clone();
        let feed = self.markets[market].feed.clone();
        let asked = oracle::QueryMsg::Snapshot { feed, round: None };
        let Ok(prices) = self.try_ask::<_, oracle::Snapshot>(Module::Oracle, &asked) else {
            return;
        };
        let Some(pair) = prices.newest.filter(|_| prices.status <= Status::Degraded) else {
            return;
        };
        let heads: Vec<PositionState> = Side::BOTH
            .into_iter()
            .flat_map(|side| {
                let (market, limit) = (id.clone(), Some(1));
                let query = QueryMsg::Ladder {
                    market,
                    side,
                    limit,
                };
                self.ask::<_, Vec<PositionState>>(Module::Engine, &query)
            })
            .collect();
        if heads
            .iter()
            .any(|h| h.equity.is_some_and(Amount::is_negative))
        {
            return;
        }
        let vitals: Option<Vitals> = self.ask(Module::Engine, &QueryMsg::Vitals { market: id });
        let vitals = vitals.expect("a market that exists");
        assert!(
            vitals.gain <= Ratio::ONE || vitals.settled.is_some(),
            "[I 2] at {:?} gains are {:?} of the vault's cash",
            pair.round.price,
            vitals.gain
        );
    }

    /// How much the bank holds beyond what the books claim: donations and roundings.
    pub fn surplus(&self) -> i128 {
        let storage = self.chain.storage(&self.engine);
        let claims = margin_engine::audit::claims(&*storage, DENOM).expect("the books read");
        i128::try_from(self.bank(&self.engine, DENOM)).expect("a balance") - claims.0.i128()
    }

    /// Fail, with everything that is broken, unless all holds.
    #[track_caller]
    pub fn assert_sound(&self) {
        let broken = self.audit();
        assert!(broken.is_empty(), "broken promises: {broken:#?}");
    }
}
