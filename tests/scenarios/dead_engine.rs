//! The clearing house itself is dead for forty minutes. It holds the money, so nobody can do anything; but nothing is
//! lost by it, nothing else breaks, and when it is back everybody gets out.

use harness::{units, usd, Exchange, Fault, Module};
use types::{
    breaker::{self, Modules},
    engine::{ExecuteMsg, Order},
    level::Level,
    oracle, Amount, Side,
};

const MINUTES: u64 = 40;

/// Alice is long and Bob short in both of two markets; half of Alice's goes with the next round.
fn scene() -> Exchange {
    let mut x = Exchange::calm().markets(2).build();
    for (who, side) in [("alice", Side::Long), ("bob", Side::Short)] {
        x.deposit(who, 20_000);
        for market in 0..2 {
            x.increase_in(market, who, (side, "10"), 5_000).unwrap();
        }
    }
    for market in 0..2 {
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        let reduce = harness::reduce(Side::Long, "5");
        x.place("alice", market, reduce, None).unwrap();
    }
    x
}

/// A minute later both feeds say 2,000.
fn minute(x: &mut Exchange) {
    x.wait(60);
    for market in 0..2 {
        x.quote_on(market, "2000");
    }
}

fn everything_fails(x: &mut Exchange) {
    let market = x.markets[0].id.clone();
    let (amount, side) = (1_000_000u128.into(), Side::Long);
    let messages = [
        ExecuteMsg::AddMargin {
            market: market.clone(),
            amount,
        },
        ExecuteMsg::PlaceOrder {
            market: market.clone(),
            order: Order::Close { side },
            limit: None,
            expiry: None,
        },
        ExecuteMsg::CancelOrder {
            market: market.clone(),
            order: 5,
        },
        ExecuteMsg::Withdraw {
            denom: harness::DENOM.into(),
            amount,
        },
        ExecuteMsg::Crank { market, limit: 10 },
    ];
    for msg in messages {
        assert!(x.tell("alice", &msg).is_err(), "{msg:?}");
    }
}

/// The others answer, and none of their answers is an error.
fn the_others_answer(x: &Exchange) -> Modules {
    for market in 0..2 {
        assert_eq!(x.prices(market, None).status, oracle::Status::Valid);
        let waiting = x.queue(market);
        assert_eq!((waiting.reducing, waiting.increasing), (1, 0));
        let feed = x.markets[market].feed.clone();
        assert_eq!(x.latches(&feed), []);
    }
    x.ask(Module::Breaker, &breaker::QueryMsg::Modules {})
}

fn level(x: &Exchange, market: usize) -> Level {
    x.books(market).stance.level
}

/// Everything both own, in the bank, in wallets and behind positions.
fn owned(x: &Exchange) -> Vec<Amount> {
    let all = ["alice", "bob"].map(|who| {
        let held = (0..2).map(|m| x.position_in(m, who).unwrap().margin);
        held.fold(x.wallet(who), |sum, margin| sum.plus(margin).unwrap())
    });
    all.to_vec()
}

#[test]
fn nothing_works_and_nothing_is_lost_while_the_engine_is_dead() {
    for fault in [Fault::Dead, Fault::Panic, Fault::Garbage] {
        let mut x = scene();
        let before = owned(&x);
        let raw = |x: &Exchange| x.dump(Module::Engine);
        let bytes = raw(&x);
        x.fault(Module::Engine, fault);
        for n in 0..MINUTES {
            minute(&mut x);
            if fault != Fault::Garbage {
                everything_fails(&mut x);
            }
            let modules = the_others_answer(&x);
            // Each of two markets counts twice at most. Who takes every message and does nothing is not found out by it.
            let found = match (fault, n) {
                (Fault::None | Fault::Garbage, _) => 0,
                (Fault::Dead | Fault::Panic | Fault::Burn, 0) => 2,
                (Fault::Dead | Fault::Panic | Fault::Burn, _) => 4,
            };
            assert_eq!(modules.faults, found, "{fault:?}");
            // The order book finds out for itself, and keeps what it has.
            for market in 0..2 {
                x.crank_book(market, "keeper", 10).unwrap();
            }
        }
        assert_eq!(raw(&x), bytes, "{fault:?}: not a byte");
        x.fault(Module::Engine, Fault::None);
        assert_eq!(owned(&x), before, "{fault:?}");
        // What nobody renewed has lapsed.
        assert_eq!([0, 1].map(|m| level(&x, m)), [Level::ReduceOnly; 2]);
        everybody_gets_out(&mut x, fault);
    }
}

fn everybody_gets_out(x: &mut Exchange, fault: Fault) {
    for market in 0..2 {
        x.close_in(market, "bob", Side::Short).unwrap();
    }
    minute(x);
    for market in 0..2 {
        x.crank_in(market, "keeper", 10).unwrap();
        // The half that was due all the while, at the price it was due at.
        let alice = x.position_in(market, "alice").unwrap();
        assert_eq!(alice.size, units("5"), "{fault:?}");
        assert!(x.position_in(market, "bob").is_none(), "{fault:?}");
        x.close_in(market, "alice", Side::Long).unwrap();
    }
    minute(x);
    for market in 0..2 {
        x.crank_in(market, "keeper", 10).unwrap();
        assert!(x.position_in(market, "alice").is_none(), "{fault:?}");
    }
    for who in ["alice", "bob"] {
        // Fees of 16 in each market, and no more of the price than that.
        let free = x.wallet(who);
        assert!(free > usd(19_967) && free < usd(19_968), "{free:?}");
        let amount = free.coins().unwrap();
        let denom = harness::DENOM.into();
        x.tell(who, &ExecuteMsg::Withdraw { denom, amount })
            .unwrap();
    }
    // Four of the ten newest calls failed, and a lease is pushed every few minutes only: it takes a while to have ten
    // that did not.
    let mut minutes = 0;
    while (0..2).any(|m| level(x, m) > Level::Normal) {
        // The first leases after the silence arrive within three minutes.
        let most = if minutes < 3 {
            Level::ReduceOnly
        } else {
            Level::Guarded
        };
        assert!((0..2).all(|m| level(x, m) <= most), "{fault:?} {minutes}");
        minute(x);
        minutes += 1;
    }
    let healed = if fault == Fault::Garbage { 0 } else { 52 };
    assert_eq!(minutes, healed, "{fault:?}");
}
