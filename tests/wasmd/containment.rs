//! What still works while a contract burns all its gas, panics, answers garbage or an error: every door of both markets,
//! tried on the stock chain's own software. The table is `schema/containment.md`; `BULKHEAD_WRITE=1` writes it anew.

use std::{env, fmt::Write, fs, path::PathBuf};

use cosmwasm_std::{coins, to_json_binary, Addr, Binary, Coin, Uint128};
use harness::{dollars, execute, increase, Exchange, Fault, Foreign, Kind, Module, Trial, DENOM};
use types::{
    breaker,
    engine::{ExecuteMsg, Order},
    level::Level,
    oracle,
    scope::Scope,
    Ratio, Side,
};

/// What a transaction may use: an eighth of what the blocks of most chains hold.
const LIMIT: u64 = 12_000_000;
const FAULTS: [Fault; 4] = [Fault::Dead, Fault::Panic, Fault::Garbage, Fault::Burn];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Source,
    Contract(Module),
}

const VICTIMS: [(&str, Victim); 5] = [
    ("a source that is asked", Victim::Source),
    (
        "the market's order book",
        Victim::Contract(Module::Market(0)),
    ),
    ("oracle-aggregator", Victim::Contract(Module::Oracle)),
    ("breaker-governance", Victim::Contract(Module::Breaker)),
    ("margin-engine", Victim::Contract(Module::Engine)),
];

/// A message to try.
struct Door {
    name: &'static str,
    from: Addr,
    to: Addr,
    msg: Binary,
    funds: Vec<Coin>,
}

/// Two markets; Alice is long in both, has an increase waiting in both, and has come into both vaults. A whale's withdrawal
/// has waited and is ready.
fn scene() -> Exchange {
    let builder = Exchange::calm().on(Kind::Wasmd).unaudited();
    let mut x = builder.markets(2).pyth().build();
    x.deposit("whale", 10_000_000);
    // Old money beyond the backstop waits.
    x.wait(3 * 86_400);
    x.withdraw("whale", 10_000_000).unwrap();
    let ready = x.withdrawal_queue("whale")[0].ready;
    x.wait(ready - x.now());
    // And until both markets have wholly reopened after the silence.
    minutes(&mut x, 240, |x| {
        let all = [x.books(0).stance, x.books(1).stance];
        all.iter()
            .all(|stance| stance.level == Level::Normal && stance.caps == Ratio::ONE)
    });
    x.deposit("alice", 40_000);
    let alice = x.person("alice");
    x.mint(&alice, dollars(1_000), DENOM);
    for market in 0..2 {
        let of = (Side::Long, "10");
        x.increase_in(market, "alice", of, 5_000).unwrap();
        x.lp_deposit("alice", market, 1_000).unwrap();
        x.round_on(market, "2000");
        x.crank_in(market, "keeper", 10).unwrap();
        x.tell("alice", &claim(&x, market)).unwrap();
    }
    // Until what came into the vault may leave it.
    let until = x.now() + 3_700;
    minutes(&mut x, 70, |x| x.now() > until);
    for market in 0..2 {
        let of = (Side::Long, "1");
        x.increase_in(market, "alice", of, 500).unwrap();
    }
    x.next_block();
    x
}

/// A round and a crank of both markets every half minute, the pace the feeds have learned, until something is so.
fn minutes(x: &mut Exchange, most: u32, enough: impl Fn(&Exchange) -> bool) {
    for _ in 0..2 * most {
        if enough(x) {
            return;
        }
        x.wait(30);
        for market in 0..2 {
            x.quote_on(market, "2000");
            x.crank_in(market, "keeper", 10).unwrap();
        }
    }
    let feed = x.markets[0].feed.clone();
    let latches = x.latches(&feed);
    assert!(enough(x), "not in {most} minutes: {latches:?}");
}

fn claim(x: &Exchange, market: usize) -> ExecuteMsg {
    let market = x.markets[market].id.clone();
    ExecuteMsg::LpClaim { market }
}

/// Everything somebody may want of one market.
fn doors(x: &Exchange, n: usize) -> Vec<Door> {
    let at = &x.markets[n];
    let [alice, keeper, whale] = ["alice", "keeper", "whale"].map(|who| x.person(who));
    let market = || at.id.clone();
    let amount = Uint128::new(dollars(100));
    let place = |order| ExecuteMsg::PlaceOrder {
        market: market(),
        order,
        limit: None,
        expiry: None,
    };
    let order = x.ask::<_, Vec<types::engine::Mandate>>(
        Module::Engine,
        &types::engine::QueryMsg::Mandates {
            market: market(),
            account: alice.to_string(),
        },
    )[0]
    .order;
    let denom = || DENOM.to_owned();
    let engine = [
        ("deposit", &alice, ExecuteMsg::Deposit {}),
        (
            "withdraw",
            &alice,
            ExecuteMsg::Withdraw {
                denom: denom(),
                amount,
            },
        ),
        (
            "collect a queued withdrawal",
            &whale,
            ExecuteMsg::ClaimWithdrawal { denom: denom() },
        ),
        (
            "add margin",
            &alice,
            ExecuteMsg::AddMargin {
                market: market(),
                amount,
            },
        ),
        (
            "sign a close",
            &alice,
            place(Order::Close { side: Side::Long }),
        ),
        (
            "call an order back",
            &alice,
            ExecuteMsg::CancelOrder {
                market: market(),
                order,
            },
        ),
        (
            "ask out of the vault",
            &alice,
            ExecuteMsg::LpWithdraw {
                market: market(),
                shares: x.lp(n, "alice").shares,
            },
        ),
        (
            "crank",
            &keeper,
            ExecuteMsg::Crank {
                market: market(),
                limit: 1,
            },
        ),
        (
            "remove margin",
            &alice,
            ExecuteMsg::RemoveMargin {
                market: market(),
                amount,
            },
        ),
        (
            "sign an increase",
            &alice,
            place(increase(Side::Long, "1", 500)),
        ),
    ];
    let doors = engine.into_iter().map(|(name, from, msg)| Door {
        name,
        from: from.clone(),
        to: x.engine.clone(),
        msg: to_json_binary(&msg).unwrap(),
        funds: if matches!(msg, ExecuteMsg::Deposit {}) {
            coins(dollars(100), DENOM)
        } else {
            vec![]
        },
    });
    let refresh = oracle::ExecuteMsg::Refresh {
        feeds: vec![at.feed.clone()],
    };
    let raise = breaker::ExecuteMsg::Raise {
        scope: Scope::Market { market: market() },
        level: Level::Guarded,
        hours: 1,
    };
    let others = [
        Door {
            name: "make a price round",
            from: keeper.clone(),
            to: x.oracle.clone(),
            msg: to_json_binary(&refresh).unwrap(),
            funds: vec![],
        },
        Door {
            name: "a guardian's raise",
            from: x.person("guardian"),
            to: x.breaker.clone(),
            msg: to_json_binary(&raise).unwrap(),
            funds: vec![],
        },
    ];
    doors.chain(others).collect()
}

/// Why a door is shut, or the gas of going through.
fn tried(x: &Exchange, door: &Door) -> Result<u64, String> {
    let msg = execute(&door.from, &door.to, &door.msg, &door.funds);
    let trial = Trial::of(vec![msg]).signed(&door.from).limit(LIMIT);
    let tried = x.chain.wasmd().unwrap().trial(&trial);
    match tried.error {
        None => Ok(tried.cost.gas),
        Some(why) => Err(why),
    }
}

fn fail(x: &mut Exchange, victim: Victim, fault: Fault) {
    match victim {
        Victim::Source => x.foreign_fault(Foreign::Pyth, fault),
        Victim::Contract(module) => x.fault(module, fault),
    }
}

/// Exits that must stand open whatever fails, the clearing house itself excepted.
const EXITS: [&str; 6] = [
    "deposit",
    "withdraw",
    "collect a queued withdrawal",
    "add margin",
    "sign a close",
    "call an order back",
];

fn page(x: &mut Exchange) -> String {
    let all: Vec<Vec<Door>> = (0..2).map(|n| doors(x, n)).collect();
    let names: Vec<&str> = all[0].iter().map(|door| door.name).collect();
    for door in all.iter().flatten() {
        tried(x, door).unwrap_or_else(|why| panic!("{}: {why}", door.name));
    }
    let mut page = String::from(
        "# What still works while a contract fails\n\nTried on the stock chain's own software, a transaction of 12,000,000 gas \
         each, in the market whose contract fails / in the other. Written by `scripts/on-chain containment` with `BULKHEAD_WRITE=1`.\n\n| what fails | how |",
    );
    for name in &names {
        let _ = write!(page, " {name} |");
    }
    page.push_str(" most gas of a door that opens |\n|---|---|");
    page.push_str(&"---|".repeat(names.len()));
    page.push_str("---:|\n");
    for (said, victim) in VICTIMS {
        for fault in FAULTS {
            fail(x, victim, fault);
            let _ = write!(page, "| {said} | {} |", format!("{fault:?}").to_lowercase());
            let mut most = 0;
            for (n, name) in names.iter().enumerate() {
                let open = [0, 1].map(|market| match tried(x, &all[market][n]) {
                    Ok(gas) => {
                        most = most.max(gas);
                        true
                    }
                    Err(_) => false,
                });
                let house = victim == Victim::Contract(Module::Engine);
                assert!(
                    house || !EXITS.contains(name) || open == [true; 2],
                    "{said} {fault:?}: {name} {open:?}"
                );
                let word = |open| if open { "yes" } else { "no" };
                let _ = write!(page, " {} / {} |", word(open[0]), word(open[1]));
            }
            // Rounded up: the table is about doors.
            let _ = writeln!(page, " {} |", most.next_multiple_of(100_000));
            fail(x, victim, Fault::None);
        }
    }
    page
}

#[test]
fn what_still_works_is_what_the_table_says() {
    let mut x = scene();
    let page = page(&mut x);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema/containment.md");
    if env::var_os("BULKHEAD_WRITE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page);
}
