//! An exchange in the middle of everything: what a release leaves to the next.

use std::{env, fs};

use cosmwasm_std::Uint128;
use harness::{dollars, increase, reduce, Exchange, Module};
use types::{
    breaker::{self, Change, DaoMsg, Latch},
    engine::{ExecuteMsg, Mandate, QueryMsg},
    level::Level,
    scope::{Reason, Scope},
    Side,
};

use super::{contracts, everything};

/// A minute later: a round of every feed at its price and a crank of every market.
pub fn minute(x: &mut Exchange, prices: [&str; 2]) {
    x.wait(60);
    for (market, price) in prices.into_iter().enumerate() {
        x.quote_on(market, price);
        x.crank_in(market, "keeper", 20).unwrap();
    }
}

pub fn market(x: &Exchange, n: usize) -> Scope {
    let market = x.markets[n].id.clone();
    Scope::Market { market }
}

/// Feeds that have lived for an hour, vaults of a million each whose shares may leave, and a whale whose money is two days
/// old.
fn opened() -> Exchange {
    let mut x = Exchange::calm().markets(2).recorded().bare();
    x.deposit("whale", 10_000_000);
    x.wait(2 * 86_400);
    x.deposit("insurer", 200_000);
    x.deposit("lp", 2_000_000);
    minute(&mut x, ["2000"; 2]);
    for market in 0..2 {
        x.lp_deposit("lp", market, 1_000_000).unwrap();
    }
    minute(&mut x, ["2000"; 2]);
    for n in 0..2 {
        let market = x.markets[n].id.clone();
        x.tell(
            "lp",
            &ExecuteMsg::LpClaim {
                market: market.clone(),
            },
        )
        .unwrap();
        let amount = Uint128::new(dollars(100_000));
        x.tell("insurer", &ExecuteMsg::FundInsurance { market, amount })
            .unwrap();
    }
    for _ in 0..40 {
        x.wait(90);
        (0..2).for_each(|market| x.quote_on(market, "2000"));
    }
    x
}

/// The second market calm and Guarded by a guardian, the first after a jump: Protected, its winner's profit queued. In both
/// positions, an order that waits and a request into the vault; a large withdrawal and a change of guardians wait.
pub fn told() -> Exchange {
    let mut x = opened();
    for (who, side, margin) in [("alice", Side::Long, 5_000), ("bob", Side::Short, 8_000)] {
        x.deposit(who, 40_000);
        for market in 0..2 {
            x.increase_in(market, who, (side, "10"), margin).unwrap();
        }
    }
    x.deposit("winner", 60_000);
    x.increase_in(0, "winner", (Side::Long, "100"), 50_000)
        .unwrap();
    minute(&mut x, ["2000"; 2]);
    x.close_in(0, "winner", Side::Long).unwrap();
    minute(&mut x, ["2600", "2000"]);
    x.withdraw("whale", 9_000_000).unwrap();
    let raise = breaker::ExecuteMsg::Raise {
        scope: market(&x, 1),
        level: Level::Guarded,
        hours: 72,
    };
    x.tell_breaker("guardian", &raise).unwrap();
    let guardians = ["guardian", "second"].map(|who| x.person(who).into_string());
    x.order(DaoMsg::SetGuardians {
        guardians: guardians.to_vec(),
    })
    .unwrap();
    x.place("alice", 0, reduce(Side::Long, "4"), None).unwrap();
    x.place("alice", 1, reduce(Side::Long, "4"), None).unwrap();
    x.place("bob", 1, increase(Side::Short, "1", 1_000), None)
        .unwrap();
    x.deposit("lender", 50_000);
    x.lp_deposit("lender", 1, 20_000).unwrap();
    let shares = x.lp(0, "lp").shares.checked_div(Uint128::new(10)).unwrap();
    x.lp_withdraw("lp", shares).unwrap();
    x.next_block();
    x
}

/// All of it is there.
pub fn assert_in_the_middle_of_everything(x: &Exchange) {
    for n in 0..2 {
        assert!(x.position_in(n, "alice").is_some() && x.position_in(n, "bob").is_some());
        assert!(!mandates(x, n, "alice").is_empty());
        let queue = x.queue(n);
        assert_eq!((queue.reducing, queue.increasing), (1, [0, 1][n]));
    }
    assert!(!x.profit_queue("winner").is_empty());
    assert!(!x.withdrawal_queue("whale").is_empty());
    assert!(x.lp(0, "lp").leaving.is_some() && x.lp(1, "lender").pending.is_some());
    assert_eq!(raised(x, 0, Reason::Jump), Level::Protected);
    assert_eq!(raised(x, 1, Reason::Guardian), Level::Guarded);
    let changes: Vec<Change> = x.ask(Module::Breaker, &breaker::QueryMsg::Changes {});
    assert_eq!(changes.len(), 1);
}

/// The level of a latch of a market or its feed.
pub fn raised(x: &Exchange, n: usize, reason: Reason) -> Level {
    let feed = x.markets[n].feed.clone();
    let scopes = [market(x, n), Scope::Feed { feed }];
    let latches = scopes.into_iter().flat_map(|scope| {
        x.ask::<_, Vec<Latch>>(Module::Breaker, &breaker::QueryMsg::Latches { scope })
    });
    let mut of = latches.filter(|latch| latch.reason == reason);
    of.next().map_or(Level::Normal, |latch| latch.level)
}

pub fn mandates(x: &Exchange, n: usize, who: &str) -> Vec<Mandate> {
    let query = QueryMsg::Mandates {
        market: x.markets[n].id.clone(),
        account: x.person(who).into_string(),
    };
    x.ask(Module::Engine, &query)
}

/// With `BULKHEAD_STORY` it is written there: what `scripts/fixture` keeps of a release.
#[test]
fn a_story_that_is_told_again_comes_to_the_same_bytes() {
    let x = told();
    x.assert_sound();
    assert_in_the_middle_of_everything(&x);
    let story = x.story();
    if let Some(path) = env::var_os("BULKHEAD_STORY") {
        fs::write(path, serde_json::to_string(&story).unwrap()).unwrap();
    }
    let again = story.retold(harness::Files::built());
    assert_eq!(contracts(&again), contracts(&x));
    assert!(everything(&again) == everything(&x));
    assert_eq!((again.height(), again.now()), (x.height(), x.now()));
}
