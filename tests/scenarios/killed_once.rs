//! Everything that may die dies once: each source, the keepers, a market's order book, the breaker. In both of two
//! markets people still add margin, sign, call back, amend, close and withdraw, and what dies in one market changes no
//! byte of the other. The audit runs after every message.

use harness::{
    increase, price, reduce, usd, AppResponse, Exchange, Failed, Fault, Foreign, Module,
};
use types::{engine::ExecuteMsg, oracle, Price, Side};

/// What dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Nothing,
    /// A reporter says nothing any more.
    Source(usize),
    /// A contract that is asked for prices fails so.
    Asked(Foreign, Fault),
    /// Nobody refreshes or cranks for others.
    Keepers,
    /// A contract of ours.
    Contract(Module, Fault),
}

const FAULTS: [Fault; 3] = [Fault::Dead, Fault::Panic, Fault::Garbage];

fn victims() -> Vec<Victim> {
    let reporters = (0..3).map(Victim::Source);
    let asked = [Foreign::Pyth, Foreign::Band, Foreign::Chainlink];
    let asked = asked
        .into_iter()
        .flat_map(|who| FAULTS.into_iter().map(move |f| Victim::Asked(who, f)));
    let ours = [Module::Breaker, Module::Market(0), Module::Market(1)];
    let ours = ours
        .into_iter()
        .flat_map(|m| FAULTS.into_iter().map(move |f| Victim::Contract(m, f)));
    reporters
        .chain(asked)
        .chain(ours)
        .chain([Victim::Keepers])
        .collect()
}

/// Two markets, on three reporters, Pyth, Band and Chainlink each; Alice is long in both and has an increase waiting in both.
struct Scene {
    x: Exchange,
    victim: Victim,
}

impl Scene {
    fn new() -> Self {
        let mut x = Exchange::calm()
            .markets(2)
            .pyth()
            .band()
            .chainlink()
            .build();
        x.deposit("alice", 20_000);
        for market in 0..2 {
            x.increase_in(market, "alice", (Side::Long, "10"), 5_000)
                .unwrap();
        }
        let victim = Victim::Nothing;
        let mut scene = Self { x, victim };
        scene.round("2000");
        for market in 0..2 {
            scene.x.crank_in(market, "keeper", 10).unwrap();
            assert!(scene.x.position_in(market, "alice").is_some());
        }
        scene
    }

    fn dies(&mut self, victim: Victim) {
        match victim {
            Victim::Asked(who, fault) => self.x.foreign_fault(who, fault),
            Victim::Contract(module, fault) => self.x.fault(module, fault),
            Victim::Nothing | Victim::Source(_) | Victim::Keepers => {}
        }
        self.victim = victim;
    }

    /// Everybody still alive publishes in both markets, late enough to bind what has been signed.
    fn round(&mut self, text: &str) {
        self.x.wait(self.x.max_future() + 1);
        let (now, p) = (self.x.now(), price(text));
        for market in 0..2 {
            let feed = self.x.markets[market].feed.clone();
            for source in (0..3).filter(|n| self.victim != Victim::Source(*n)) {
                let said = (p, Price::ZERO);
                self.x.report(source, &feed, said, now).unwrap();
            }
            let cents = i64::try_from(p.0.atomics().u128() / 10_000_000_000_000_000).unwrap();
            self.x.pyth_says(market, (cents, 0, -2), now);
            self.x.band_says(market, p, now);
            self.x.chainlink_says(market, p, now);
        }
        let feeds = self.x.markets.iter().map(|m| m.feed.clone()).collect();
        let who = self.x.person(self.worker());
        let refresh = oracle::ExecuteMsg::Refresh { feeds };
        self.x.send(&who, Module::Oracle, &refresh, &[]).unwrap();
    }

    /// Who does the work that anyone may do.
    fn worker(&self) -> &'static str {
        if self.victim == Victim::Keepers {
            "alice"
        } else {
            "keeper"
        }
    }

    fn does(&mut self, msg: &ExecuteMsg) -> Result<AppResponse, Failed> {
        self.x.tell("alice", msg)
    }

    /// The number of the newest order of Alice's in a market.
    fn newest(&self, market: usize) -> u64 {
        let query = types::engine::QueryMsg::Mandates {
            market: self.x.markets[market].id.clone(),
            account: self.x.person("alice").into_string(),
        };
        let all: Vec<types::engine::Mandate> = self.x.ask(Module::Engine, &query);
        all.last().expect("one waits").order
    }

    /// Every exit of one market but the round itself.
    fn uses_every_door(&mut self, market: usize) {
        let said = format!("{:?}, market {market}", self.victim);
        let id = self.x.markets[market].id.clone();
        let add = ExecuteMsg::AddMargin {
            market: id.clone(),
            amount: 100_000_000u128.into(),
        };
        self.does(&add).expect(&said);
        let place = |order| ExecuteMsg::PlaceOrder {
            market: id.clone(),
            order,
            limit: None,
            expiry: None,
        };
        let side = Side::Long;
        self.does(&place(reduce(side, "4"))).expect(&said);
        let order = self.newest(market);
        let amend = ExecuteMsg::AmendOrder {
            market: id.clone(),
            order,
            to: reduce(side, "3"),
            limit: None,
            expiry: None,
        };
        self.does(&amend).expect(&said);
        let cancel = |order| ExecuteMsg::CancelOrder {
            market: id.clone(),
            order,
        };
        self.does(&cancel(order)).expect(&said);
        self.does(&place(types::engine::Order::Close { side }))
            .expect(&said);
        let withdraw = ExecuteMsg::Withdraw {
            denom: harness::DENOM.into(),
            amount: 500_000_000u128.into(),
        };
        self.does(&withdraw).expect(&said);
    }

    /// Prices and cranks until Alice is out of both, for a quarter of an hour at most.
    fn is_out(&mut self) {
        for _ in 0..36 {
            self.round("2001");
            for market in 0..2 {
                let who = self.worker();
                self.x.crank_in(market, who, 10).unwrap();
            }
            if (0..2).all(|m| self.x.position_in(m, "alice").is_none()) {
                return;
            }
            self.x.wait(12);
        }
        panic!("still in after {:?}", self.victim);
    }
}

#[test]
fn people_get_out_of_both_markets_whatever_has_died() {
    for victim in victims() {
        let mut s = Scene::new();
        let person = s.x.person("alice");
        s.dies(victim);
        s.uses_every_door(0);
        s.uses_every_door(1);
        s.is_out();
        let all = s.x.wallet("alice");
        // 20,000 less 1,000 out already; won 10 and lost two premiums of 1.33, fees 32 and some, in each market.
        assert!(all > usd(18_900) && all < usd(19_010), "{victim:?} {all:?}");
        let denom = harness::DENOM.to_owned();
        let amount = all.coins().unwrap();
        s.does(&ExecuteMsg::Withdraw { denom, amount }).unwrap();
        let held = s.x.bank(&person, harness::DENOM);
        assert_eq!(held, amount.u128() + 1_000_000_000, "{victim:?}");
    }
}

#[test]
fn what_was_signed_before_the_death_is_kept_or_given_back() {
    for victim in victims() {
        let mut s = Scene::new();
        for market in 0..2 {
            let id = s.x.markets[market].id.clone();
            let place = |order| ExecuteMsg::PlaceOrder {
                market: id.clone(),
                order,
                limit: None,
                expiry: None,
            };
            s.does(&place(reduce(Side::Long, "4"))).unwrap();
            s.does(&place(increase(Side::Long, "1", 500))).unwrap();
        }
        s.dies(victim);
        let mut sizes = vec![];
        for _ in 0..36 {
            s.round("2001");
            for market in 0..2 {
                let who = s.worker();
                s.x.crank_in(market, who, 10).unwrap();
            }
            s.x.wait(12);
        }
        for market in 0..2 {
            sizes.push(s.x.position_in(market, "alice").unwrap().size);
            let dead = matches!(victim, Victim::Contract(Module::Market(n), _) if n == market);
            if !dead {
                let left = s.x.queue(market);
                assert_eq!((left.reducing, left.increasing), (0, 0), "{victim:?}");
            }
        }
        // The reduction is done everywhere; the increase is, or has been given back by a dead market.
        for (market, size) in sizes.into_iter().enumerate() {
            let dead = matches!(victim, Victim::Contract(Module::Market(n), _) if n == market);
            let want = if dead { "6" } else { "7" };
            assert_eq!(size, harness::units(want), "{victim:?} {market}");
        }
    }
}

/// Everything that any contract has stored under a market's name, and all of its order book's.
fn bytes(x: &Exchange, market: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let name = x.markets[market].id.as_bytes();
    let mut all = x.dump(Module::Market(market));
    for module in [Module::Engine, Module::Breaker, Module::Oracle] {
        let rows = x.dump(module).into_iter();
        all.extend(rows.filter(|(key, _)| key.windows(name.len()).any(|w| w == name)));
    }
    all
}

#[test]
fn a_markets_death_changes_no_byte_of_the_other() {
    // The same hour in both markets, the second of which dies at its start.
    let hour = |fault: Option<Fault>| {
        let mut s = Scene::new();
        s.x.deposit("carl", 20_000);
        if let Some(fault) = fault {
            s.dies(Victim::Contract(Module::Market(1), fault));
        }
        s.uses_every_door(0);
        let mut seen = vec![];
        for (n, text) in ["1995", "1990", "1985", "1980"].into_iter().enumerate() {
            let by = (Side::Short, "3");
            s.x.increase_in(0, "carl", by, 2_000).unwrap();
            s.round(text);
            for market in [1, 0] {
                let _ = s.x.crank_in(market, "keeper", 10);
            }
            if n == 1 {
                let _ = s.x.increase_in(1, "carl", (Side::Long, "1"), 500);
            }
            seen.push(bytes(&s.x, 0));
        }
        assert!(!seen[0].is_empty());
        (seen, s.x.books(0), s.x.position_in(0, "carl"))
    };
    let well = hour(None);
    for fault in FAULTS {
        let ill = hour(Some(fault));
        assert!(well == ill, "{fault:?}");
    }
}
