//! What reporters and keepers send.

use harness::{increase, price, Exchange, Module};
use types::{
    breaker,
    engine::ExecuteMsg,
    market,
    oracle::{self, Report},
    Price, Side,
};

use crate::{
    real::{Call, Scale},
    scene::{calm, member, signed, typical},
    table::Row,
};

const GROUP: &str = "keeper";

/// What a keeper sends: at most fifty orders and liquidations.
pub fn crank(x: &Exchange) -> Call {
    let market = x.markets[0].id.clone();
    Call::of(
        x,
        "keeper",
        Module::Engine,
        &ExecuteMsg::Crank { market, limit: 50 },
    )
}

/// So many orders that are due, each an increase of somebody new.
pub fn due(x: &mut Exchange, orders: u32) {
    for n in 0..orders {
        let side = if n % 2 == 0 { Side::Long } else { Side::Short };
        let who = format!("new-{}", member(n));
        signed(x, &who, increase(side, "0.5", 200), 300);
    }
    x.round("2000");
}

/// So many positions that are due to be liquidated, all alike.
pub fn weak(x: &mut Exchange, positions: u32) {
    for n in 0..positions {
        signed(
            x,
            &format!("weak-{n}"),
            increase(Side::Long, "0.5", 60),
            100,
        );
    }
    x.round("2000");
    x.crank();
    x.walk("2000", "1880", 12);
    x.next_block();
    x.quote("1880");
}

/// Sources of a feed, how many of them have news, and whether Pyth is one more that is asked. A feed has two at least.
const FEEDS: [(usize, usize, bool); 4] =
    [(3, 1, false), (3, 3, false), (7, 7, false), (3, 3, true)];

/// A price reported to the oracle, and rounds made of what sources say.
fn prices() -> Vec<Row> {
    let mut rows = Vec::new();
    for (sources, speak, pyth) in FEEDS {
        let builder = || {
            let builder = calm().sources(sources);
            if pyth {
                builder.pyth()
            } else {
                builder
            }
        };
        let mut x = builder().build();
        let mut scale = Scale::new(builder());
        x.next_block();
        let (feed, now) = (x.markets[0].feed.clone(), x.now());
        if rows.is_empty() {
            let report = Report {
                feed: feed.clone(),
                price: price("2000.5"),
                conf: Price::ZERO,
                publish_time: now,
            };
            let reports = vec![report];
            let push = oracle::ExecuteMsg::Push { reports };
            let call = Call::of(&x, "source-0", Module::Oracle, &push);
            rows.push(scale.row(GROUP, "report a price", &x, &call));
        }
        for source in 0..speak {
            x.report(source, &feed, (price("2000.5"), Price::ZERO), now)
                .expect("a reporter may report");
        }
        if pyth {
            let said = (200_050, 0, -2);
            x.pyth_says(0, said, now);
            scale.x.pyth_says(0, said, now);
        }
        let refresh = oracle::ExecuteMsg::Refresh { feeds: vec![feed] };
        let call = Call::of(&x, "keeper", Module::Oracle, &refresh);
        let name = match (speak, pyth) {
            (1, _) => format!("refresh a feed of {sources} sources, 1 with news"),
            (_, true) => format!("refresh a feed of {sources} sources and Pyth"),
            (_, false) => format!("refresh a feed of {sources} sources"),
        };
        rows.push(scale.row(GROUP, &name, &x, &call));
    }
    rows
}

fn cranks() -> Vec<Row> {
    let mut x = typical();
    let mut scale = Scale::new(calm());
    let then = x.snapshot();
    let mut rows = Vec::new();
    for orders in [0, 1, 10, 50] {
        x.return_to(&then);
        due(&mut x, orders);
        let call = crank(&x);
        let name = match orders {
            0 => "crank, nothing due".to_owned(),
            1 => "crank 1 order".to_owned(),
            n => format!("crank {n} orders"),
        };
        rows.push(scale.row(GROUP, &name, &x, &call));
    }
    x.return_to(&then);
    due(&mut x, 1);
    let msg = market::ExecuteMsg::Crank {
        limit: 1,
        payee: None,
    };
    let call = Call::of(&x, "keeper", Module::Market(0), &msg);
    rows.push(scale.row(GROUP, "crank the order book alone, 1 order", &x, &call));
    for positions in [1, 10, 50] {
        x.return_to(&then);
        weak(&mut x, positions);
        let call = crank(&x);
        let s = if positions == 1 { "" } else { "s" };
        rows.push(scale.row(
            GROUP,
            &format!("crank {positions} liquidation{s}"),
            &x,
            &call,
        ));
    }
    rows
}

fn others() -> Vec<Row> {
    let x = typical();
    let mut scale = Scale::new(calm());
    let markets = vec![x.markets[0].id.clone()];
    let push = breaker::ExecuteMsg::Push {
        markets: markets.clone(),
    };
    let poke = breaker::ExecuteMsg::Poke { markets };
    let market = x.markets[0].id.clone();
    let page = ExecuteMsg::Reconcile { market, limit: 50 };
    let calls = [
        (
            "renew a lease",
            Call::of(&x, "keeper", Module::Breaker, &push),
        ),
        (
            "have the books looked at",
            Call::of(&x, "keeper", Module::Breaker, &poke),
        ),
        (
            "hold 50 positions against the books",
            Call::of(&x, "keeper", Module::Engine, &page),
        ),
    ];
    let weighed = calls
        .into_iter()
        .map(|(name, call)| scale.row(GROUP, name, &x, &call));
    weighed.collect()
}

/// All of them.
pub fn rows() -> Vec<Row> {
    [prices(), cranks(), others()].concat()
}
