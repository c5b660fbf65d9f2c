//! The shipped contracts' liquidations, by the same verdict: what one crank does to one position, against the exact
//! result of the step, and every pot to the unit.

use harness::{usd, Exchange};
use math::{ledger::Loose, liquidation::Borne, wide::Round};
use proptest::prelude::*;
use types::{
    engine::{FundingTerms, Liquidated, MarketState},
    params::MarketParams,
    wire::Wire,
    Amount, Price, Ratio, Side,
};

use crate::{
    cases,
    exact::Exact,
    liquidation::{INSURANCE, RESERVE, TREASURY},
    verdict::{Case, Done},
    world::{sides, World},
};

/// Somebody and the other side of the market.
#[derive(Debug, Clone, Copy)]
struct Scene {
    side: Side,
    /// Units of his, and of others against him and beside him.
    sizes: (u64, u64, u64),
    /// Margin, and what the price leaves of it, in hundredths of a hundredth of the notional at first.
    margin: u64,
    left: i64,
    /// Of the fund, dollars.
    insurance: u128,
}

fn scene() -> impl Strategy<Value = Scene> {
    let left = prop_oneof![-150i64..0, 0i64..110, 100i64..245];
    let insurance = prop_oneof![0u128..2_000, 200_000u128..300_000];
    let sizes = (10u64..200, 0u64..400, 0u64..400);
    (sides(), sizes, 650u64..1_200, left, insurance).prop_map(
        |(side, sizes, margin, left, insurance)| Scene {
            side,
            sizes,
            margin,
            left,
            insurance,
        },
    )
}

impl Scene {
    fn opened(&self) -> Exchange {
        let mut params = MarketParams::major(2_000, 10_000_000);
        params.funding = FundingTerms {
            slope: Ratio::ZERO,
            clamp: Ratio::ZERO,
        };
        let x = Exchange::calm().params(params).insurance(self.insurance);
        let mut x = x.unaudited().build();
        let other = self.side.opposite();
        let (size, against, beside) = self.sizes;
        let rich = |n: u64| u128::from(n) * 1_500 + 100;
        for (who, side, n) in [("against", other, against), ("beside", self.side, beside)] {
            if n > 0 {
                x.opened(who, side, (&n.to_string(), rich(n)), "2000");
            }
        }
        let margin = u128::from(size * 2_000 * self.margin / 10_000);
        x.opened("who", self.side, (&size.to_string(), margin), "2000");
        x
    }

    /// The price that leaves so much of it.
    fn price(&self) -> Price {
        let moved = i64::try_from(self.margin).unwrap() - self.left;
        let moved = match self.side {
            Side::Long => -moved,
            Side::Short => moved,
        };
        let bps = u128::try_from(10_000 + moved).unwrap();
        Price::raw(bps * 2_000 * 100_000_000_000_000 + 7)
    }
}

/// What one account has got, in its wallet and waiting.
fn got(x: &Exchange, who: &str) -> Amount {
    let waiting = x.profit_queue(who);
    let waiting = waiting.iter().map(|q| q.amount);
    waiting.fold(x.wallet(who), |a, b| a.plus(b).unwrap())
}

fn skew(books: &MarketState) -> math::units::Size {
    books.long.plus(books.short).unwrap()
}

/// What insurance and treasury have more than before.
fn pots(before: &MarketState, after: &MarketState, done: &Done) {
    let whole = done.left.size.is_zero();
    let shared = if whole {
        done.fee
    } else {
        done.fee.minus(done.bounty).unwrap()
    };
    let rest = if whole {
        RESERVE.minus(done.bounty).unwrap()
    } else {
        Amount::ZERO
    };
    let insured = shared.share_down(INSURANCE).unwrap().plus(rest).unwrap();
    let fund = before.insurance.plus(insured).unwrap();
    let paid = done.borne.insurance;
    assert_eq!(after.insurance, fund.minus(paid).unwrap(), "insurance");
    let most = fund.share_down(Ratio::percent(75)).unwrap();
    assert!(
        done.borne.vault.is_zero() || paid == most,
        "insurance first"
    );
    let fees = shared.share_down(TREASURY).unwrap();
    assert_eq!(after.fees, before.fees.plus(fees).unwrap(), "treasury");
}

fn borne(before: &MarketState, after: &MarketState) -> Borne {
    let (a, b) = (after.bad_debt, before.bad_debt);
    Borne {
        insurance: a.insurance.minus(b.insurance).unwrap(),
        vault: a.vault.minus(b.vault).unwrap(),
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_shipped_liquidation_is_the_exact_one(scene in scene()) {
        let mut x = scene.opened();
        let at = scene.price();
        x.walk("2000", &at.0.to_string(), 25);
        x.next_block();
        x.quote(&at.0.to_string());
        let (held, before) = (x.position("who").unwrap(), x.books(0));
        let (owned, surplus) = (got(&x, "who"), x.surplus());
        let hunted = x.wallet("hunter");
        let res = x.crank_in(0, "hunter", 10).unwrap();
        let events = Liquidated::find(&res.events).unwrap();
        let value = held.size.value(at, Round::Down).unwrap();
        let equity = held.margin.plus(value).unwrap().minus(held.cost).unwrap();
        let mm = value.abs().unwrap().share_up(before.terms.mm).unwrap();
        prop_assume!(equity.minus(mm).unwrap().abs().unwrap() > usd(1));
        prop_assert_eq!(events.len(), usize::from(equity < mm));
        let Some(event) = events.first() else { return Ok(()) };
        let (after, rest) = (x.books(0), x.position("who"));
        let borne = borne(&before, &after);
        let paid = got(&x, "who").minus(owned).unwrap();
        let left = rest.map_or(
            Loose { margin: paid.minus(event.bad_debt).unwrap(), ..Loose::default() },
            |p| Loose { size: p.size, cost: p.cost, margin: p.margin },
        );
        let done = Done {
            part: event.by.negated().unwrap(), left, fee: event.fee, bounty: event.bounty, borne,
        };
        let case = Case {
            held: Loose { size: held.size, cost: held.cost, margin: held.margin },
            skew: skew(&before),
        };
        let mut world = World::new(Amount::raw(1_000_000_000_000));
        world.mm = before.terms.mm;
        world.model.index = at.exact();
        world.judge(&case, &done);
        pots(&before, &after, &done);
        prop_assert_eq!(x.wallet("hunter"), hunted.plus(done.bounty).unwrap());
        prop_assert_eq!(x.surplus(), surplus, "money came or went");
        x.assert_sound();
    }
}
