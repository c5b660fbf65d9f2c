//! A market comes by vote: announced, vetoed once, executed once, and traded in.

use cosmwasm_std::{to_json_binary, Addr};
use harness::{dollars, units, usd, Exchange, MarketAt, New, Part, DENOM};
use types::{
    breaker::{Clearing, DaoMsg, Registered},
    engine,
    handle::Handle,
    market,
    params::MarketParams,
    wire::Wire,
    Side,
};

use super::{
    announced, changes, execute, executed_when_ready, feed, healed, refused, rounds, scene, veto,
    By, DAY, HOUR, PRICES,
};

/// The market registered on the way.
const SOL: usize = 2;

/// A new order book.
fn book(x: &mut Exchange) -> Addr {
    let msg = market::InstantiateMsg {
        market: "sol-perp".into(),
        feed: "sol-usd".into(),
        engine: Handle::new(x.engine.to_string()),
        oracle: Handle::new(x.oracle.to_string()),
        params: market::Params::major(),
    };
    let deployer = x.person("deployer");
    let new = New {
        code: x.chain.store(Part::Market),
        sender: &deployer,
        msg: to_json_binary(&msg).unwrap(),
        label: "sol",
        admin: Some(&deployer),
    };
    x.chain.instantiate(new).unwrap()
}

/// The market of that book, cleared.
fn registration(book: &Addr) -> DaoMsg {
    let clearing = Clearing {
        denom: DENOM.into(),
        venue: Handle::new(book.to_string()),
        params: MarketParams::major(150, 1_000_000),
    };
    DaoMsg::Register {
        market: Registered {
            market: "sol-perp".into(),
            feed: "sol-usd".into(),
            peg: None,
        },
        clearing: Some(Box::new(clearing)),
    }
}

/// Every order of a market is filled at its next round.
fn filled(x: &mut Exchange, market: usize) {
    x.round_on(market, PRICES[market]);
    let done = x.crank_in(market, "keeper", 10).unwrap();
    let dropped = engine::MandateDone::find(&done.events).unwrap();
    assert!(dropped.is_empty(), "{dropped:?}");
}

fn held(x: &Exchange, market: usize, who: &str) -> String {
    let position = x.position_in(market, who);
    position.map_or("nothing".into(), |p| format!("{:?}", p.size))
}

pub fn a_market_is_registered_and_trades(by: By) {
    let (mut x, governor) = scene(by, 2);
    let traders = [(0, "alice", Side::Long), (1, "bob", Side::Short)];
    for (market, who, side) in traders {
        x.deposit(who, 16_000);
        x.increase_in(market, who, (side, "10"), 15_000).unwrap();
        filled(&mut x, market);
    }
    let sizes = traders.map(|(market, who, _)| held(&x, market, who));
    assert!(!sizes.contains(&"nothing".to_owned()), "{sizes:?}");

    let addr = book(&mut x);
    let orders = vec![feed(&x, "sol-usd"), registration(&addr)];
    let done = governor.orders(&mut x, orders).unwrap();
    let [opens, clears] = announced(&x, &done, 72 * HOUR)[..] else {
        panic!("both are announced");
    };

    // A guardian who is in doubt an hour before the end gets a week, once.
    refused(execute(&mut x, clears.0), &clears.1.to_string());
    x.at(clears.1 - HOUR);
    let later = veto(&mut x, "guardian", clears.0).unwrap();
    assert_eq!(later, clears.1 + 7 * DAY);
    refused(veto(&mut x, "guardian", clears.0), "before");
    executed_when_ready(&mut x, opens);
    x.at(clears.1);
    refused(execute(&mut x, clears.0), &later.to_string());
    executed_when_ready(&mut x, (clears.0, later));
    assert!(changes(&x).is_empty());

    let (id, feed) = ("sol-perp".into(), "sol-usd".into());
    x.markets.push(MarketAt { id, feed, addr });
    // As long as the new feed needs for a half-hour average.
    for _ in 0..80 {
        rounds(&mut x, 30);
    }
    healed(&mut x);
    x.assert_sound();
    assert_eq!(sizes, traders.map(|(market, who, _)| held(&x, market, who)));

    trades(&mut x);
    for (market, who, side) in traders {
        x.close_in(market, who, side).unwrap();
        filled(&mut x, market);
        assert_eq!(held(&x, market, who), "nothing");
        x.withdraw(who, 12_000).unwrap();
    }
    x.assert_sound();
}

/// The new market has liquidity, and somebody goes in and out.
fn trades(x: &mut Exchange) {
    x.deposit("lp", 100_000);
    x.lp_deposit("lp", SOL, 100_000).unwrap();
    filled(x, SOL);
    let market = x.markets[SOL].id.clone();
    x.tell("lp", &engine::ExecuteMsg::LpClaim { market })
        .unwrap();
    assert!(x.books(SOL).cash > usd(99_000));
    x.deposit("carol", 2_000);
    let long = (Side::Long, "10");
    x.increase_in(SOL, "carol", long, 500).unwrap();
    filled(x, SOL);
    let size = x.position_in(SOL, "carol").unwrap().size;
    assert_eq!(size, units("10"));
    x.close_in(SOL, "carol", Side::Long).unwrap();
    filled(x, SOL);
    assert_eq!(held(x, SOL, "carol"), "nothing");
    x.withdraw("carol", 1_900).unwrap();
    let carol = x.person("carol");
    assert_eq!(x.bank(&carol, DENOM), dollars(1_900));
    x.assert_sound();
}
