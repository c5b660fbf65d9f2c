//! Bad input, message by message: a typed error comes back and not a byte changes.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::too_many_lines
)]

use std::{collections::BTreeSet, error::Error, mem::discriminant};

use breaker_governance::{ContractError as Breaker, Counted, Role};
use cosmwasm_std::{coin, from_json, testing::MockApi, Addr, Api, Coin, Uint128, Uint256};
use cw_multi_test::{no_init, App, AppBuilder, ContractWrapper, Executor};
use harness::{dollars, usd, Exchange, Failed, Module, DENOM};
use margin_engine::ContractError as Engine;
use market::ContractError as Market;
use math::units::OutOfRange;
use oracle_aggregator::ContractError as Oracle;
use serde_json::{json, Value};
use types::{
    breaker, engine,
    level::Action,
    market::{Acceptance, Rejection},
    oracle,
    oracle::{ReportIgnored, Unfit},
    params::{BadShift, MarketParams},
    wire::Wire,
    Amount, Ratio, Side,
};

/// Every variant of an `ExecuteMsg` by its name on the wire. A new variant does not compile until it
/// is listed, and a listed one needs rows below.
macro_rules! variants {
    ($fn:ident, $all:ident, $($msg:ident)::+, { $($variant:ident => $name:literal),+ $(,)? }) => {
        const $all: &[&str] = &[$($name),+];
        #[allow(dead_code)]
        fn $fn(msg: &$($msg)::+) -> &'static str {
            use $($msg)::+ as M;
            match msg {
                $(M::$variant { .. } => $name),+
            }
        }
    };
}

variants!(engine_name, ENGINE, engine::ExecuteMsg, {
    Bind => "bind",
    Deposit => "deposit",
    Withdraw => "withdraw",
    PlaceOrder => "place_order",
    Flip => "flip",
    AmendOrder => "amend_order",
    CancelOrder => "cancel_order",
    Release => "release",
    AddMargin => "add_margin",
    RemoveMargin => "remove_margin",
    LpDeposit => "lp_deposit",
    LpWithdraw => "lp_withdraw",
    LpClaim => "lp_claim",
    ClaimProfit => "claim_profit",
    Work => "work",
    Liquidate => "liquidate",
    TakeOver => "take_over",
    ClaimWithdrawal => "claim_withdrawal",
    FundInsurance => "fund_insurance",
    ClaimFees => "claim_fees",
    Crank => "crank",
    Reconcile => "reconcile",
    Settle => "settle",
    Evict => "evict",
    Fault => "fault",
    SetFunding => "set_funding",
    AddMarket => "add_market",
    SetParams => "set_params",
    SetDao => "set_dao",
    MigrateBreaker => "migrate_breaker",
    ReplaceBreaker => "replace_breaker",
    KeepBreaker => "keep_breaker",
    ExecuteReplacement => "execute_replacement",
    SetStance => "set_stance",
});
variants!(market_name, MARKET, types::market::ExecuteMsg, {
    Accept => "accept",
    Amend => "amend",
    Crank => "crank",
});
variants!(oracle_name, ORACLE, oracle::ExecuteMsg, {
    Bind => "bind",
    AddFeed => "add_feed",
    Push => "push",
    Refresh => "refresh",
    Fetch => "fetch",
    Conclude => "conclude",
});
variants!(breaker_name, BREAKER, breaker::ExecuteMsg, {
    Report => "report",
    Vitals => "vitals",
    Push => "push",
    Poke => "poke",
    Examine => "examine",
    Check => "check",
    Fault => "fault",
    Heartbeat => "heartbeat",
    Raise => "raise",
    Withdraw => "withdraw",
    Veto => "veto",
    Execute => "execute",
    Dao => "dao",
});

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// A field nobody knows.
    Field,
    /// A negative number where none may be.
    Sign,
    /// Coins where none are taken, or other ones than taken.
    Coins,
    /// Zero, dust, too much.
    Amount,
    /// A name or number that is unknown or somebody else's.
    Foreign,
    /// Who sends it.
    Sender,
    /// A list that is empty, too long, or holds a thing twice.
    List,
}

/// What comes back.
#[derive(Debug)]
enum Back {
    Engine(Engine),
    Market(Market),
    Oracle(Oracle),
    Breaker(Breaker),
    /// The message does not parse; a part of why.
    Unreadable(&'static str),
    /// The bank moves no empty coins.
    EmptyCoins,
    /// Nothing is wrong enough for an error: the answer is data.
    Data(Value),
    /// The report is set aside, and that is said.
    Ignored(Unfit),
}

struct Row {
    from: Addr,
    to: Module,
    msg: Value,
    coins: Vec<Coin>,
    wrong: Wrong,
    back: Back,
}

impl Row {
    fn variant(&self) -> String {
        self.msg.as_object().unwrap().keys().next().unwrap().clone()
    }

    fn contract(&self) -> &'static str {
        match self.to {
            Module::Oracle => "oracle",
            Module::Engine => "engine",
            Module::Breaker => "breaker",
            Module::Market(_) => "market",
        }
    }
}

/// Whether this very error came back: its type, its variant, its numbers.
fn typed<E: Error + 'static>(failed: &Failed, wanted: &E) -> bool {
    failed.of::<E>().is_some_and(|got| {
        discriminant(got) == discriminant(wanted) && got.to_string() == wanted.to_string()
    })
}

fn agrees(result: Result<cw_multi_test::AppResponse, Failed>, back: &Back) -> Result<(), String> {
    let fits = match (&result, back) {
        (Err(e), Back::Engine(wanted)) => typed(e, wanted),
        (Err(e), Back::Market(wanted)) => typed(e, wanted),
        (Err(e), Back::Oracle(wanted)) => typed(e, wanted),
        (Err(e), Back::Breaker(wanted)) => typed(e, wanted),
        (Err(e), Back::Unreadable(part)) => e.text.contains(part),
        (Err(e), Back::EmptyCoins) => e.text.contains("empty coins"),
        (Ok(response), Back::Data(wanted)) => {
            let data = response.data.clone().unwrap_or_default();
            from_json::<Value>(&data).is_ok_and(|got| got == *wanted)
        }
        (Ok(response), Back::Ignored(why)) => {
            let said = ReportIgnored::find(&response.events).unwrap();
            said.len() == 1 && said[0].why == *why
        }
        (Ok(_) | Err(_), _) => false,
    };
    let got = result.map_or_else(|e| e.text, |r| format!("{:?} {:?}", r.data, r.events));
    fits.then_some(()).ok_or(got)
}

/// An exchange in the middle of its day, and everybody with both kinds of coin at hand.
struct Stage {
    x: Exchange,
    rows: Vec<Row>,
}

const ETH: &str = "eth-perp";
const OTHER: &str = "uother";
/// Nobody's address, and no address at all.
const NOWHERE: &str = "nowhere";

impl Stage {
    fn new() -> Self {
        let mut x = Exchange::calm().markets(2).build();
        x.opened("alice", Side::Long, ("3", 1_500), "2000");
        for who in ["alice", "bob", "carol", "dave"] {
            x.deposit(who, 1_000);
        }
        for _ in 0..5 {
            x.increase("bob", Side::Long, "0.1", 100).unwrap();
        }
        x.lp_deposit("carol", 0, 100).unwrap();
        x.increase("dave", Side::Long, "0.1", 100).unwrap();
        x.cancel("dave", 7).unwrap();
        let people = [
            "alice", "bob", "carol", "dave", "eve", "treasury", "deployer", "guardian", "dao",
        ]
        .map(|n| x.person(n));
        let contracts = [x.oracle.clone(), x.engine.clone(), x.breaker.clone()];
        let venues: Vec<_> = x.markets.iter().map(|m| m.addr.clone()).collect();
        let reporters = x.sources.reporters.clone();
        for who in people
            .iter()
            .chain(&contracts)
            .chain(&venues)
            .chain(&reporters)
        {
            x.mint(who, dollars(1), DENOM);
            x.mint(who, dollars(1), OTHER);
        }
        let eve = x.person("eve");
        x.mint(&eve, u128::MAX / 2, DENOM);
        x.mint(&eve, u128::MAX / 2, DENOM);
        Self { x, rows: vec![] }
    }

    fn row(&mut self, from: &Addr, to: Module, msg: Value, (wrong, back): (Wrong, Back)) {
        self.paid(from, to, msg, (&[], wrong, back));
    }

    fn paid(
        &mut self,
        from: &Addr,
        to: Module,
        msg: Value,
        (coins, wrong, back): (&[Coin], Wrong, Back),
    ) {
        let (from, coins) = (from.clone(), coins.to_vec());
        self.rows.push(Row {
            from,
            to,
            msg,
            coins,
            wrong,
            back,
        });
    }

    fn engine(&mut self, who: &str, msg: Value, wrong: Wrong, back: Engine) {
        let who = self.x.person(who);
        self.row(&who, Module::Engine, msg, (wrong, Back::Engine(back)));
    }

    fn no_address(&self) -> cosmwasm_std::StdError {
        self.x.app().api().addr_validate(NOWHERE).unwrap_err()
    }

    /// From a well-formed message of each variant: with a field too many at every depth, with every
    /// number made negative, and with coins where none are taken.
    fn spoiled(&mut self) {
        for (from, to, msg) in samples(&self.x) {
            for spoiled in with_field(&msg) {
                let back = Back::Unreadable("unknown field `extra`");
                self.row(&from, to, spoiled, (Wrong::Field, back));
            }
            for spoiled in negated(&msg) {
                self.row(
                    &from,
                    to,
                    spoiled,
                    (Wrong::Sign, Back::Unreadable("invalid")),
                );
            }
            let takes = match to {
                Module::Engine => serde_json::from_value::<engine::ExecuteMsg>(msg.clone())
                    .unwrap()
                    .takes_funds(),
                Module::Oracle | Module::Breaker | Module::Market(_) => false,
            };
            let deposit = msg.get("deposit").is_some();
            for coins in [vec![coin(1, OTHER)], vec![coin(1, OTHER), coin(1, DENOM)]] {
                let back = match to {
                    Module::Engine if deposit && coins.len() == 1 => {
                        Back::Engine(Engine::UnknownDenom {
                            denom: OTHER.into(),
                        })
                    }
                    Module::Engine if deposit => Back::Engine(Engine::WrongFunds {
                        denom: "one that a market settles in".into(),
                    }),
                    Module::Engine if takes => Back::Engine(Engine::WrongFunds {
                        denom: DENOM.into(),
                    }),
                    Module::Oracle | Module::Engine | Module::Breaker | Module::Market(_) => {
                        unpaid(to, &coins)
                    }
                };
                self.paid(&from, to, msg.clone(), (&coins, Wrong::Coins, back));
            }
            if !takes {
                let coins = [coin(1, DENOM)];
                self.paid(
                    &from,
                    to,
                    msg.clone(),
                    (&coins, Wrong::Coins, unpaid(to, &coins)),
                );
            }
            let empty = [coin(0, DENOM)];
            self.paid(&from, to, msg, (&empty, Wrong::Coins, Back::EmptyCoins));
        }
    }

    /// What users say about money.
    fn money(&mut self) {
        let (none, most) = (Uint128::zero(), Uint128::MAX);
        let zero = || Engine::Zero { what: "amount" };
        let out = || Engine::OutOfRange(OutOfRange);
        let deposit = json!({"deposit": {}});
        let what = "one that a market settles in".to_owned();
        self.engine(
            "alice",
            deposit.clone(),
            Wrong::Amount,
            Engine::WrongFunds { denom: what },
        );
        let eve = self.x.person("eve");
        for amount in [u128::MAX - 1, 1 << 127] {
            let too_much = Engine::TooLarge {
                amount: Uint256::from(amount),
            };
            let coins = [coin(amount, DENOM)];
            let wrong = (&coins[..], Wrong::Amount, Back::Engine(too_much));
            self.paid(&eve, Module::Engine, deposit.clone(), wrong);
        }
        let withdraw =
            |denom: &str, amount| json!({"withdraw": {"denom": denom, "amount": amount}});
        self.engine("alice", withdraw(DENOM, none), Wrong::Amount, zero());
        self.engine("alice", withdraw(DENOM, most), Wrong::Amount, out());
        let free = self.x.wallet("alice");
        let more = free.plus(Amount::raw(1)).unwrap();
        let short = |free, needed| Engine::Insufficient { free, needed };
        self.engine(
            "alice",
            withdraw(DENOM, more.coins().unwrap()),
            Wrong::Amount,
            short(free, more),
        );
        let huge = Amount(cosmwasm_std::Int128::MAX);
        self.engine(
            "alice",
            withdraw(DENOM, huge.coins().unwrap()),
            Wrong::Amount,
            short(free, huge),
        );
        let one = Amount::raw(1);
        for denom in [OTHER, ""] {
            let msg = withdraw(denom, Uint128::one());
            self.engine("alice", msg, Wrong::Foreign, short(Amount::ZERO, one));
        }
        self.engine(
            "eve",
            withdraw(DENOM, Uint128::one()),
            Wrong::Foreign,
            short(Amount::ZERO, one),
        );

        for name in [
            "add_margin",
            "remove_margin",
            "fund_insurance",
            "lp_deposit",
        ] {
            let msg =
                |market: &str, amount: Uint128| json!({name: {"market": market, "amount": amount}});
            let nothing = if name == "lp_deposit" {
                dust(0)
            } else {
                zero()
            };
            self.engine("alice", msg(ETH, none), Wrong::Amount, nothing);
            self.engine("alice", msg(ETH, most), Wrong::Amount, out());
            for market in ["no-perp", "", "ETH-PERP"] {
                let missing = Engine::NoMarket {
                    market: market.into(),
                };
                self.engine(
                    "alice",
                    msg(market, Uint128::new(20_000_000)),
                    Wrong::Foreign,
                    missing,
                );
            }
            if name != "remove_margin" {
                self.engine(
                    "alice",
                    msg(ETH, huge.coins().unwrap()),
                    Wrong::Amount,
                    short(free, huge),
                );
                self.engine(
                    "alice",
                    msg(ETH, more.coins().unwrap()),
                    Wrong::Amount,
                    short(free, more),
                );
            }
        }
        let margin =
            |name: &str, amount: u128| json!({name: {"market": ETH, "amount": amount.to_string()}});
        self.engine(
            "dave",
            margin("add_margin", 1),
            Wrong::Foreign,
            Engine::NoPosition,
        );
        self.engine(
            "dave",
            margin("remove_margin", 1),
            Wrong::Foreign,
            Engine::NoPosition,
        );
        self.engine(
            "alice",
            margin("lp_deposit", 9_999_999),
            Wrong::Amount,
            dust(9_999_999),
        );
        self.engine(
            "carol",
            margin("lp_deposit", 10_000_000),
            Wrong::Foreign,
            Engine::PendingRequest,
        );
        self.leave_wrongly();
        self.remove_too_much();
    }

    /// No shares, more than are held, and before they may leave.
    fn leave_wrongly(&mut self) {
        let leave = |market: &str, shares: Uint128| json!({"lp_withdraw": {"market": market, "shares": shares}});
        let held = self.x.lp(0, "lp").shares;
        let few = |held, given| Engine::TooFewShares { held, given };
        let none = Engine::Zero { what: "shares" };
        self.engine("lp", leave(ETH, Uint128::zero()), Wrong::Amount, none);
        let more = held + Uint128::one();
        self.engine("lp", leave(ETH, more), Wrong::Amount, few(held, more));
        let most = Uint128::MAX;
        self.engine("lp", leave(ETH, most), Wrong::Amount, few(held, most));
        let one = Uint128::one();
        self.engine(
            "eve",
            leave(ETH, one),
            Wrong::Foreign,
            few(Uint128::zero(), one),
        );
        let until = self.x.lp(0, "lp").free_at;
        self.engine(
            "lp",
            leave(ETH, one),
            Wrong::Amount,
            Engine::Cooling { until },
        );
        let missing = Engine::NoMarket {
            market: "no-perp".into(),
        };
        self.engine("lp", leave("no-perp", one), Wrong::Foreign, missing);
    }

    /// All of the margin, and the greatest number there is.
    fn remove_too_much(&mut self) {
        let held = self.x.position("alice").unwrap();
        for amount in [held.margin, Amount(cosmwasm_std::Int128::MAX)] {
            let msg = json!({"remove_margin": {"market": ETH, "amount": amount.coins().unwrap()}});
            let from = self.x.person("alice");
            let before = self.x.state_hash();
            let refused = self.x.send(&from, Module::Engine, &msg, &[]).unwrap_err();
            assert_eq!(self.x.state_hash(), before);
            let Some(Engine::Margin { needed, .. }) = refused.of() else {
                panic!("not a refusal for margin: {refused:?}");
            };
            let needed = *needed;
            assert!(needed >= usd(300), "5 % of 6,000 dollars: {needed:?}");
            let equity = held.equity.unwrap().minus(amount).unwrap();
            self.engine(
                "alice",
                msg,
                Wrong::Amount,
                Engine::Margin { equity, needed },
            );
        }
    }

    /// What users say about orders.
    fn orders(&mut self) {
        let lot = Uint128::new(1_000_000);
        let place = |order: Value| json!({"place_order": {"market": ETH, "order": order, "limit": null, "expiry": null}});
        let sized = |kind: &str, size: Uint128| match kind {
            "increase" => json!({kind: {"side": "long", "size": size, "margin": "1000000"}}),
            _ => json!({kind: {"side": "long", "size": size}}),
        };
        let scale = MarketParams::major(2_000, 10_000_000).skew_scale;
        let rejected = Engine::Rejected;
        for kind in ["increase", "reduce"] {
            let zero = Engine::Zero { what: "size" };
            self.engine(
                "alice",
                place(sized(kind, Uint128::zero())),
                Wrong::Amount,
                zero,
            );
            let past = scale + Uint128::one();
            for given in [Uint128::MAX, Uint128::new(1 << 127), past] {
                let most = scale;
                let too_large = Engine::SizeTooLarge { given, most };
                self.engine("alice", place(sized(kind, given)), Wrong::Amount, too_large);
            }
        }
        for size in [Uint128::one(), lot + Uint128::one()] {
            let off = rejected(Rejection::OffLot { lot });
            self.engine("alice", place(sized("increase", size)), Wrong::Amount, off);
        }
        for margin in [Uint128::MAX, Uint128::new(1 << 127)] {
            let order = json!({"increase": {"side": "long", "size": lot, "margin": margin}});
            self.engine(
                "alice",
                place(order),
                Wrong::Amount,
                Engine::OutOfRange(OutOfRange),
            );
        }
        let order = |market: &str, limit: Value, expiry: Value| json!({"place_order": {"market": market, "order": sized("increase", lot), "limit": limit, "expiry": expiry}});
        let none = Value::Null;
        let zero = Engine::Zero { what: "limit" };
        self.engine(
            "alice",
            order(ETH, json!("0"), none.clone()),
            Wrong::Amount,
            zero,
        );
        let tick = types::Price::raw(1_000_000_000_000);
        for limit in ["2000.0000001", "340282366920938463463.374607431768211455"] {
            let off = rejected(Rejection::OffTick { tick });
            self.engine(
                "alice",
                order(ETH, json!(limit), none.clone()),
                Wrong::Amount,
                off,
            );
        }
        let now = self.x.now();
        for expiry in [0, 1, now] {
            let past = Engine::Expired { expiry, now };
            self.engine(
                "alice",
                order(ETH, none.clone(), json!(expiry)),
                Wrong::Amount,
                past,
            );
        }
        for market in ["no-perp", ""] {
            let missing = Engine::NoMarket {
                market: market.into(),
            };
            self.engine(
                "alice",
                order(market, none.clone(), none.clone()),
                Wrong::Foreign,
                missing,
            );
        }
        let many = rejected(Rejection::TooMany { max: 5 });
        self.engine("bob", order(ETH, none.clone(), none), Wrong::List, many);
        // The base fee of one order, and a fiftieth of it for each of the six that wait.
        let needed = Amount::raw(1_000_000 + 50_000 + 6 * 1_000);
        let short = Engine::Insufficient {
            free: Amount::ZERO,
            needed,
        };
        self.engine("eve", place(sized("increase", lot)), Wrong::Amount, short);
        for kind in [sized("reduce", lot), json!({"close": {"side": "long"}})] {
            self.engine("eve", place(kind), Wrong::Foreign, Engine::NoPosition);
        }
        let call = |name: &str, market: &str, order: u64| json!({name: {"market": market, "order": order}});
        for order in [0, 2, 99, u64::MAX] {
            let unknown = Engine::NoOrder { order };
            self.engine(
                "alice",
                call("cancel_order", ETH, order),
                Wrong::Foreign,
                unknown,
            );
            if order != 2 {
                let unknown = Engine::NoOrder { order };
                self.engine(
                    "alice",
                    call("release", ETH, order),
                    Wrong::Foreign,
                    unknown,
                );
            }
        }
        // The same number in the other market is no order.
        let unknown = Engine::NoOrder { order: 2 };
        self.engine(
            "bob",
            call("cancel_order", "btc-perp", 2),
            Wrong::Foreign,
            unknown,
        );
        let twice = Engine::AlreadyCancelled { order: 7 };
        self.engine("dave", call("cancel_order", ETH, 7), Wrong::Foreign, twice);
        for order in [2, 7] {
            let due = Engine::StillDue { order };
            self.engine("eve", call("release", ETH, order), Wrong::Foreign, due);
        }
        self.other_terms(&sized("increase", lot));
        for name in ["cancel_order", "release"] {
            let missing = Engine::NoMarket {
                market: "no-perp".into(),
            };
            self.engine("bob", call(name, "no-perp", 2), Wrong::Foreign, missing);
        }
    }

    /// Flips and amendments that are none.
    fn other_terms(&mut self, like: &Value) {
        let flip = |market: &str, size: Uint128, limit: Value, expiry: Value| json!({"flip": {"market": market, "side": "long", "size": size, "margin": "1000000", "limit": limit, "expiry": expiry}});
        let amend = |market: &str, order: u64, to: &Value| json!({"amend_order": {"market": market, "order": order, "to": to, "limit": null, "expiry": null}});
        let (lot, none) = (Uint128::new(1_000_000), || Value::Null);
        let most = MarketParams::major(2_000, 10_000_000).skew_scale;
        let given = most + Uint128::one();
        let now = self.x.now();
        let rows = [
            (
                Uint128::zero(),
                none(),
                none(),
                Engine::Zero { what: "size" },
            ),
            (given, none(), none(), Engine::SizeTooLarge { given, most }),
            (lot, json!("0"), none(), Engine::Zero { what: "limit" }),
            (
                lot,
                none(),
                json!(now),
                Engine::Expired { expiry: now, now },
            ),
            (
                lot + Uint128::one(),
                none(),
                none(),
                Engine::Rejected(Rejection::OffLot { lot }),
            ),
        ];
        for (size, limit, expiry, back) in rows {
            let msg = flip(ETH, size, limit, expiry);
            self.engine("alice", msg, Wrong::Amount, back);
        }
        let missing = || Engine::NoMarket {
            market: "no-perp".into(),
        };
        let msg = flip("no-perp", lot, none(), none());
        self.engine("alice", msg, Wrong::Foreign, missing());
        // A dollar, two base fees, and fiftieths of one for the six and seven that wait.
        let needed = Amount::raw(1_000_000 + 2 * 50_000 + 13 * 1_000);
        let free = Amount::ZERO;
        let short = Engine::Insufficient { free, needed };
        self.engine("eve", flip(ETH, lot, none(), none()), Wrong::Amount, short);
        for order in [0, 2, 99, u64::MAX] {
            let unknown = Engine::NoOrder { order };
            self.engine("alice", amend(ETH, order, like), Wrong::Foreign, unknown);
        }
        self.engine("bob", amend("no-perp", 2, like), Wrong::Foreign, missing());
        let order = 2;
        for to in [
            json!({"increase": {"side": "short", "size": lot, "margin": "1000000"}}),
            json!({"reduce": {"side": "long", "size": lot}}),
            json!({"close": {"side": "long"}}),
        ] {
            let other = Engine::OtherOrder { order };
            self.engine("bob", amend(ETH, order, &to), Wrong::Foreign, other);
        }
        let twice = Engine::AlreadyCancelled { order: 7 };
        self.engine("dave", amend(ETH, 7, like), Wrong::Foreign, twice);
        let sized = |size: Uint128, margin: Uint128| json!({"increase": {"side": "long", "size": size, "margin": margin}});
        let free = self.x.wallet("bob");
        let needed = free.plus(Amount::raw(1)).unwrap();
        let margin = needed.plus(usd(100)).unwrap().coins().unwrap();
        for (size, margin, back) in [
            (Uint128::zero(), lot, Engine::Zero { what: "size" }),
            (given, lot, Engine::SizeTooLarge { given, most }),
            (lot, Uint128::MAX, Engine::OutOfRange(OutOfRange)),
            (lot, margin, Engine::Insufficient { free, needed }),
            (
                Uint128::one(),
                lot,
                Engine::Rejected(Rejection::OffLot { lot }),
            ),
        ] {
            let msg = amend(ETH, order, &sized(size, margin));
            self.engine("bob", msg, Wrong::Amount, back);
        }
    }

    /// The rest of the users' doors.
    fn claims_and_cranks(&mut self) {
        let at = |name: &str, market: &str| json!({name: {"market": market}});
        for who in ["alice", "carol"] {
            self.engine(
                who,
                at("lp_claim", ETH),
                Wrong::Foreign,
                Engine::NothingToClaim,
            );
        }
        let other = Engine::Unauthorized { role: "treasury" };
        self.engine("eve", at("claim_fees", ETH), Wrong::Sender, other);
        let none = Engine::NothingToClaim;
        self.engine("eve", at("claim_profit", ETH), Wrong::Foreign, none);
        let none = Engine::NothingToClaim;
        let denom = json!({"claim_withdrawal": {"denom": DENOM}});
        self.engine("eve", denom, Wrong::Foreign, none);
        for name in ["lp_claim", "claim_profit", "claim_fees"] {
            let missing = Engine::NoMarket {
                market: "no-perp".into(),
            };
            self.engine("treasury", at(name, "no-perp"), Wrong::Foreign, missing);
        }
        for name in ["crank", "reconcile"] {
            let page = |market: &str, limit: u32| json!({name: {"market": market, "limit": limit}});
            for given in [0, 51, u32::MAX] {
                let bad = Engine::BadCount {
                    what: "limit",
                    given,
                    max: 50,
                };
                self.engine("eve", page(ETH, given), Wrong::Amount, bad);
            }
            let missing = Engine::NoMarket {
                market: "no-perp".into(),
            };
            self.engine("eve", page("no-perp", 5), Wrong::Foreign, missing);
        }
    }

    /// What only neighbours may say, said by everybody else, and foreign numbers said by them.
    fn neighbours(&mut self) {
        let alice = self.x.person("alice");
        let venue = self.x.markets[0].addr.clone();
        let other = self.x.markets[1].addr.clone();
        let breaker = self.x.breaker.clone();
        for (from, to, msg) in samples(&self.x) {
            let name = msg.as_object().unwrap().keys().next().unwrap().as_str();
            let Module::Engine = to else { continue };
            let role = match name {
                "settle" | "evict" | "fault" | "set_funding" => "market",
                "add_market" | "set_stance" | "set_params" | "set_dao" | "migrate_breaker" => {
                    "breaker"
                }
                "replace_breaker" | "keep_breaker" => "dao",
                "work" | "liquidate" | "take_over" => "engine",
                "bind" => "instantiator",
                _ => continue,
            };
            for sender in [
                &alice,
                &venue,
                &breaker,
                &self.x.oracle.clone(),
                &self.x.engine.clone(),
            ] {
                if *sender == from || (role == "market" && *sender == venue) {
                    continue;
                }
                let back = Back::Engine(Engine::Unauthorized { role });
                self.row(sender, Module::Engine, msg.clone(), (Wrong::Sender, back));
            }
            if name == "bind" {
                let back = Back::Engine(Engine::Bound);
                self.row(&from, Module::Engine, msg, (Wrong::Sender, back));
            }
        }
        let payee = alice.to_string();
        let settle = |order: u64, round: u64, payee: &str| json!({"settle": {"order": order, "round": round, "after": null, "payee": payee}});
        let evict = |order: u64, payee: &str| json!({"evict": {"order": order, "payee": payee}});
        let gone = || Back::Data(json!({"refused": {"reason": "gone"}}));
        let early = || Back::Data(json!({"not_due": {}}));
        // An order of the other market, of nobody, and rounds that do not bind.
        for (from, order) in [(&other, 2), (&venue, 99), (&venue, 0), (&venue, u64::MAX)] {
            self.row(
                from,
                Module::Engine,
                settle(order, 1, &payee),
                (Wrong::Foreign, gone()),
            );
            self.row(
                from,
                Module::Engine,
                evict(order, &payee),
                (Wrong::Foreign, gone()),
            );
        }
        for round in [0, 1, 2, u64::MAX] {
            self.row(
                &venue,
                Module::Engine,
                settle(2, round, &payee),
                (Wrong::Foreign, early()),
            );
        }
        self.row(
            &venue,
            Module::Engine,
            evict(2, &payee),
            (Wrong::Foreign, early()),
        );
        let waits = json!({"settle": {"order": 3, "round": 1, "after": 2, "payee": payee}});
        self.row(
            &venue,
            Module::Engine,
            waits,
            (Wrong::Foreign, Back::Data(json!({"busy": {}}))),
        );
        for msg in [settle(2, 1, NOWHERE), evict(2, NOWHERE)] {
            let back = Back::Engine(Engine::Std(self.no_address()));
            self.row(&venue, Module::Engine, msg, (Wrong::Foreign, back));
        }
        let stance = json!({"level": "normal", "caution": "0", "caps": "1", "until": u64::MAX});
        let msg = json!({"set_stance": {"market": "no-perp", "stance": stance}});
        let missing = Engine::NoMarket {
            market: "no-perp".into(),
        };
        self.row(
            &breaker,
            Module::Engine,
            msg,
            (Wrong::Foreign, Back::Engine(missing)),
        );
        self.nobodys_order(&other);
        self.new_markets();
        self.governed();
    }

    /// What the breaker and the DAO may not have the engine do.
    fn governed(&mut self) {
        let (breaker, dao) = (self.x.breaker.clone(), self.x.person("dao"));
        let in_force = MarketParams::major(2_000, 10_000_000);
        let set = |market: &str, params: &MarketParams, how: &str| json!({"set_params": {"market": market, "params": params, "how": how, "announced": 1}});
        let with = |change: &dyn Fn(&mut MarketParams)| {
            let mut params = in_force.clone();
            change(&mut params);
            params
        };
        let out_of_bounds = with(&|p| p.gap = Ratio::ZERO);
        let looser = with(&|p| p.gap = Ratio::percent(24));
        let too_far = with(&|p| p.mm_share = Ratio::percent(60));
        let fixed = with(&|p| p.skew_scale += Uint128::one());
        let value = |ratio: Ratio| ratio.0.atomics();
        let rows = [
            (
                set("no-perp", &in_force, "tighten"),
                Engine::NoMarket {
                    market: "no-perp".into(),
                },
            ),
            (
                set(ETH, &out_of_bounds, "loosen"),
                Engine::BadParam(out_of_bounds.check().unwrap_err()),
            ),
            (
                set(ETH, &in_force, "tighten"),
                Engine::BadShift(BadShift::Nothing),
            ),
            (
                set(ETH, &looser, "tighten"),
                Engine::BadShift(BadShift::Looser {
                    field: "gap",
                    from: value(in_force.gap),
                    to: value(looser.gap),
                }),
            ),
            (
                set(ETH, &too_far, "tighten"),
                Engine::BadShift(BadShift::TooFar {
                    field: "mm_share",
                    to: value(too_far.mm_share),
                    least: value(Ratio::percent(50)),
                    most: value(Ratio::percent(55)),
                }),
            ),
            (
                set(ETH, &fixed, "restore"),
                Engine::BadShift(BadShift::Fixed {
                    field: "skew_scale",
                }),
            ),
            (
                json!({"set_dao": {"dao": NOWHERE}}),
                Engine::Std(self.no_address()),
            ),
            (
                json!({"migrate_breaker": {"code": 77, "msg": "e30="}}),
                Engine::NotMigrated { code: 77 },
            ),
        ];
        for (msg, back) in rows {
            let back = (Wrong::Foreign, Back::Engine(back));
            self.row(&breaker, Module::Engine, msg, back);
        }
        for (from, msg) in [
            (&dao, json!({"keep_breaker": {}})),
            (&breaker, json!({"execute_replacement": {}})),
        ] {
            let back = (Wrong::Foreign, Back::Engine(Engine::NoReplacement));
            self.row(from, Module::Engine, msg, back);
        }
    }

    /// Markets the breaker may not have cleared.
    fn new_markets(&mut self) {
        let breaker = self.x.breaker.clone();
        let venue = self.x.markets[0].addr.clone();
        let good = new_market(&self.x);
        let with = |field: &str, value: Value| {
            let mut setup = good.clone();
            setup[field] = value;
            json!({"add_market": {"setup": setup}})
        };
        let mut params = MarketParams::major(2_000, 10_000_000);
        params.gap = Ratio::ZERO;
        let bad_param = params.check().unwrap_err();
        let name = |name: &str| Engine::BadName(types::id::BadName(name.into()));
        let denom = |denom: &str| Engine::BadDenom(types::id::BadDenom(denom.into()));
        let rows = [
            (
                with("market", json!(ETH)),
                Engine::KnownMarket { market: ETH.into() },
            ),
            (with("venue", json!(venue)), Engine::KnownVenue { venue }),
            (with("market", json!("A b")), name("A b")),
            (with("feed", json!("")), name("")),
            (with("denom", json!("")), denom("")),
            (with("denom", json!("7usd")), denom("7usd")),
            (with("params", json!(params)), Engine::BadParam(bad_param)),
            (
                with("venue", json!(NOWHERE)),
                Engine::Std(self.no_address()),
            ),
        ];
        for (msg, back) in rows {
            let back = (Wrong::Foreign, Back::Engine(back));
            self.row(&breaker, Module::Engine, msg, back);
        }
    }

    /// A fault of an order that is not the sender's changes nothing and says nothing.
    fn nobodys_order(&mut self, other: &Addr) {
        let before = self.x.state_hash();
        for order in [2u64, 99, u64::MAX] {
            let msg = json!({"fault": {"order": order}});
            self.x
                .send(other, Module::Engine, &msg, &[])
                .expect("nothing to do");
        }
        assert_eq!(self.x.state_hash(), before);
    }

    fn venue(&mut self) {
        let (alice, engine) = (self.x.person("alice"), self.x.engine.clone());
        let to = Module::Market(0);
        for given in [0, 51, u32::MAX] {
            let back = Back::Market(Market::BadLimit { given, max: 50 });
            let msg = json!({"crank": {"limit": given, "payee": null}});
            self.row(&alice, to, msg, (Wrong::Amount, back));
        }
        let back = Back::Market(Market::Std(self.no_address()));
        let msg = json!({"crank": {"limit": 5, "payee": NOWHERE}});
        self.row(&alice, to, msg, (Wrong::Foreign, back));
        let order = |account: &Addr, size: &str, limit: Value| {
            let placed = json!({"time": 1, "height": 1});
            let order = json!({"order": 1_000, "account": account, "reducing": false, "size": size,
                               "limit": limit, "placed": placed});
            json!({"accept": {"order": order}})
        };
        for sender in [
            &alice,
            &self.x.oracle.clone(),
            &self.x.breaker.clone(),
            &self.x.markets[1].addr.clone(),
        ] {
            let back = Back::Market(Market::Unauthorized { role: "engine" });
            let msg = order(&alice, "1000000", Value::Null);
            self.row(sender, to, msg.clone(), (Wrong::Sender, back));
            let back = Back::Market(Market::Unauthorized { role: "engine" });
            let msg = json!({"amend": msg["accept"]});
            self.row(sender, to, msg, (Wrong::Sender, back));
        }
        let lot = Uint128::new(1_000_000);
        let tick = types::Price::raw(1_000_000_000_000);
        let bob = self.x.person("bob");
        let table = [
            (
                order(&alice, "1", Value::Null),
                Wrong::Amount,
                Rejection::OffLot { lot },
            ),
            (
                order(&alice, "0", Value::Null),
                Wrong::Amount,
                Rejection::TooSmall { min_size: lot },
            ),
            (
                order(&alice, "1000000", json!("0.0000001")),
                Wrong::Amount,
                Rejection::OffTick { tick },
            ),
            (
                order(&bob, "1000000", Value::Null),
                Wrong::List,
                Rejection::TooMany { max: 5 },
            ),
            (
                order(&alice, &u128::MAX.to_string(), Value::Null),
                Wrong::Amount,
                Rejection::OffLot { lot },
            ),
        ];
        for (msg, wrong, reason) in table {
            let data = serde_json::to_value(Acceptance::Rejected { reason }).unwrap();
            if !matches!(reason, Rejection::TooMany { .. }) {
                let msg = json!({"amend": msg["accept"]});
                self.row(&engine, to, msg, (wrong, Back::Data(data.clone())));
            }
            self.row(&engine, to, msg, (wrong, Back::Data(data)));
        }
    }

    fn oracle(&mut self) {
        let (eve, deployer) = (self.x.person("eve"), self.x.person("deployer"));
        let reporter = self.x.sources.reporters[0].clone();
        let to = Module::Oracle;
        let bind = json!({"bind": {"breaker": self.x.breaker}});
        let action = Action::Internal;
        let stranger = Oracle::NotInstantiator {
            sender: eve.clone(),
            action,
        };
        self.row(
            &eve,
            to,
            bind.clone(),
            (Wrong::Sender, Back::Oracle(stranger)),
        );
        let again = Oracle::AlreadyBound {
            breaker: self.x.breaker.clone(),
        };
        self.row(&deployer, to, bind, (Wrong::Sender, Back::Oracle(again)));
        let now = self.x.now();
        let report =
            |feed: &str| json!({"feed": feed, "price": "2000", "conf": "0", "publish_time": now});
        let push = |feeds: &[&str]| {
            let reports: Vec<_> = feeds.iter().map(|f| report(f)).collect();
            json!({"push": {"reports": reports}})
        };
        let refresh = |feeds: &[&str]| json!({"refresh": {"feeds": feeds}});
        let many: Vec<String> = (0..17).map(|n| format!("f{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (from, make) in [(&reporter, by_feed(&push)), (&eve, by_feed(&refresh))] {
            for feeds in [&[][..], &many] {
                let count = Oracle::Count {
                    got: feeds.len(),
                    max: 16,
                };
                self.row(from, to, make(feeds), (Wrong::List, Back::Oracle(count)));
            }
            let twice = Oracle::Duplicate {
                feed: "eth-usd".into(),
            };
            let msg = make(&["eth-usd", "eth-usd"]);
            self.row(from, to, msg, (Wrong::List, Back::Oracle(twice)));
            for feed in ["none", "", "ETH-USD"] {
                let unknown = Oracle::UnknownFeed { feed: feed.into() };
                let msg = make(&["eth-usd", feed]);
                self.row(from, to, msg, (Wrong::Foreign, Back::Oracle(unknown)));
            }
        }
        self.new_feeds();
        for msg in [
            json!({"fetch": {"feed": "eth-usd", "source": 0,
                             "origin": {"feed": {"contract": eve, "feed": "eth-usd"}}}}),
            json!({"conclude": {"feeds": ["eth-usd"], "heard": []}}),
        ] {
            let stranger = Oracle::NotItself {
                sender: eve.clone(),
                action: Action::Internal,
            };
            self.row(&eve, to, msg, (Wrong::Sender, Back::Oracle(stranger)));
        }
        let action = Action::Learn;
        let feed = "eth-usd".to_owned();
        let stranger = Oracle::NotReporter {
            sender: eve.clone(),
            feed,
            action,
        };
        self.row(
            &eve,
            to,
            push(&["eth-usd"]),
            (Wrong::Sender, Back::Oracle(stranger)),
        );
        let most = "340282366920938463463.374607431768211455";
        let table = [
            ("0", now + 1, Unfit::NotPositive),
            ("0.000000001", now + 1, Unfit::OutOfBounds),
            ("10000000", now + 1, Unfit::OutOfBounds),
            (most, now + 1, Unfit::OutOfBounds),
            ("2000", u64::MAX, Unfit::Future),
            ("2000", now + 13, Unfit::Future),
            ("2000", 0, Unfit::Old),
        ];
        for (price, time, why) in table {
            let report =
                json!({"feed": "eth-usd", "price": price, "conf": most, "publish_time": time});
            let msg = json!({"push": {"reports": [report]}});
            self.row(&reporter, to, msg, (Wrong::Amount, Back::Ignored(why)));
        }
    }

    /// Feeds the breaker may not have opened, and who is not the breaker.
    fn new_feeds(&mut self) {
        let (to, breaker) = (Module::Oracle, self.x.breaker.clone());
        let good = new_feed(&self.x);
        let add = |feed: &str| {
            let mut setup = good.clone();
            setup["feed"] = json!(feed);
            json!({"add_feed": {"setup": setup}})
        };
        for sender in [
            self.x.person("deployer"),
            self.x.person("dao"),
            self.x.engine.clone(),
        ] {
            let action = Action::Internal;
            let back = Back::Oracle(Oracle::NotBreaker {
                sender: sender.clone(),
                action,
            });
            self.row(&sender, to, add("sol-usd"), (Wrong::Sender, back));
        }
        let feed = "eth-usd".to_owned();
        let known = Back::Oracle(Oracle::KnownFeed { feed });
        self.row(&breaker, to, add("eth-usd"), (Wrong::Foreign, known));
        let nameless = Back::Oracle(Oracle::BadName(types::id::BadName("SOL".into())));
        self.row(&breaker, to, add("SOL"), (Wrong::Foreign, nameless));
    }

    fn breaker(&mut self) {
        let (eve, oracle) = (self.x.person("eve"), self.x.oracle.clone());
        let to = Module::Breaker;
        let report = |feeds: &[String]| {
            let readings: Vec<_> = feeds.iter().map(|f| reading(f)).collect();
            json!({"report": {"readings": readings}})
        };
        let push = |markets: &[String]| json!({"push": {"markets": markets}});
        let poke = |markets: &[String]| json!({"poke": {"markets": markets}});
        let needed = Role::Oracle;
        for sender in [
            &eve,
            &self.x.engine.clone(),
            &self.x.markets[0].addr.clone(),
            &self.x.breaker.clone(),
        ] {
            let back = Back::Breaker(Breaker::Unauthorised { needed });
            self.row(
                sender,
                to,
                report(&["eth-usd".into()]),
                (Wrong::Sender, back),
            );
        }
        let many: Vec<String> = (0..17).map(|n| format!("f{n}")).collect();
        let twice = |name: &str| vec![name.to_owned(), name.to_owned()];
        let lists = [
            (&oracle, by_name(&report), Counted::Readings, 16),
            (&eve, by_name(&push), Counted::Markets, 8),
            (&eve, by_name(&poke), Counted::Markets, 8),
        ];
        for (from, make, of, max) in lists {
            for names in [&many[..0], &many[..max + 1]] {
                let back = Breaker::Count {
                    of,
                    got: names.len(),
                    max,
                };
                self.row(from, to, make(names), (Wrong::List, Back::Breaker(back)));
            }
            let name = "eth-perp".to_owned();
            let msg = make(&twice(&name));
            self.row(
                from,
                to,
                msg,
                (Wrong::List, Back::Breaker(Breaker::Duplicate { of, name })),
            );
        }
        for market in ["no-perp", "", "ETH-PERP"] {
            let back = Back::Breaker(Breaker::UnknownMarket {
                market: market.into(),
            });
            let both = ["eth-perp".into(), market.into()];
            self.row(&eve, to, push(&both), (Wrong::Foreign, back));
            let back = Back::Breaker(Breaker::UnknownMarket {
                market: market.into(),
            });
            self.row(&eve, to, poke(&both), (Wrong::Foreign, back));
        }
        self.people();
        let [engine, breaker] = [self.x.engine.clone(), self.x.breaker.clone()];
        for (sender, msg, needed) in [
            (&eve, vitals(), Role::Engine),
            (&oracle, vitals(), Role::Engine),
            (&breaker, vitals(), Role::Engine),
            (&eve, json!({"examine": {"market": ETH}}), Role::Itself),
            (&engine, json!({"examine": {"market": ETH}}), Role::Itself),
            (&eve, json!({"fault": {"market": ETH}}), Role::Itself),
            (&eve, json!({"check": {"module": engine}}), Role::Itself),
            (&engine, json!({"check": {"module": engine}}), Role::Itself),
            (&engine, json!({"fault": {"market": ETH}}), Role::Itself),
        ] {
            let back = Back::Breaker(Breaker::Unauthorised { needed });
            self.row(sender, to, msg, (Wrong::Sender, back));
        }
    }
}

impl Stage {
    fn say(&mut self, who: &str, msg: Value, wrong: Wrong, back: Breaker) {
        let who = self.x.person(who);
        self.row(&who, Module::Breaker, msg, (wrong, Back::Breaker(back)));
    }

    fn ordered(&mut self, order: &Value, wrong: Wrong, back: Breaker) {
        self.say("dao", json!({"dao": {"order": order}}), wrong, back);
    }

    /// Guardians, the DAO, and changes nobody has announced.
    fn people(&mut self) {
        let unauthorised = |needed| Breaker::Unauthorised { needed };
        let global = json!({"global": {}});
        let guardians_only = [
            json!({"heartbeat": {}}),
            raise(&global, "guarded", 1),
            json!({"withdraw": {}}),
            json!({"veto": {"change": 1}}),
        ];
        for msg in guardians_only {
            for who in ["eve", "dao", "deployer"] {
                let back = unauthorised(Role::Guardian);
                self.say(who, msg.clone(), Wrong::Sender, back);
            }
        }
        for order in orders(&self.x) {
            for who in ["eve", "guardian", "deployer"] {
                let msg = json!({"dao": {"order": order}});
                self.say(who, msg, Wrong::Sender, unauthorised(Role::Dao));
            }
        }
        self.raises(&global);
        self.orders_of_the_dao();
    }

    fn raises(&mut self, global: &Value) {
        use types::{level::Level, scope::Scope};
        for (level, name) in [(Level::Normal, "normal"), (Level::Settlement, "settlement")] {
            let msg = raise(global, name, 1);
            self.say("guardian", msg, Wrong::Amount, Breaker::BadLevel { level });
        }
        for hours in [0, 73, u32::MAX] {
            let msg = raise(global, "protected", hours.into());
            let back = Breaker::BadHours { hours, max: 72 };
            self.say("guardian", msg, Wrong::Amount, back);
        }
        let guardian = self.x.person("guardian");
        let back = Breaker::NoRaise { guardian };
        self.say("guardian", json!({"withdraw": {}}), Wrong::Foreign, back);
        let name = || "no-such".to_owned();
        let nowhere = [
            Scope::Market { market: name() },
            Scope::Feed { feed: name() },
            Scope::Module { module: name() },
            Scope::Remote { channel: name() },
        ];
        for scope in nowhere {
            let json = serde_json::to_value(&scope).unwrap();
            let back = || Breaker::UnknownScope {
                scope: scope.clone(),
            };
            let msg = raise(&json, "guarded", 1);
            self.say("guardian", msg, Wrong::Foreign, back());
            let order = json!({"govern": {"scope": json, "level": "guarded"}});
            self.ordered(&order, Wrong::Foreign, back());
        }
    }

    fn orders_of_the_dao(&mut self) {
        use types::scope::Scope;
        for (who, msg) in [
            ("guardian", json!({"veto": {"change": 7}})),
            ("eve", json!({"execute": {"change": 7}})),
            ("dao", json!({"dao": {"order": {"cancel": {"change": 7}}}})),
        ] {
            self.say(who, msg, Wrong::Foreign, Breaker::NoChange { change: 7 });
        }
        let (global, market) = (json!({"global": {}}), json!({"market": {"market": ETH}}));
        for who in ["guardian", "eve"] {
            let guardian = self.x.person(who);
            let order = json!({"lift": {"scope": market, "guardian": guardian}});
            self.ordered(&order, Wrong::Foreign, Breaker::NoRaise { guardian });
        }
        let no_address = self.no_address();
        let order = json!({"lift": {"scope": global, "guardian": NOWHERE}});
        self.ordered(&order, Wrong::Foreign, Breaker::Std(no_address));
        let no_address = self.no_address();
        let order = json!({"set_guardians": {"guardians": [NOWHERE]}});
        self.ordered(&order, Wrong::Foreign, Breaker::Std(no_address));
        let order = json!({"govern": {"scope": global, "level": "settlement"}});
        let back = Breaker::SettlementTooEarly { from: None };
        self.ordered(&order, Wrong::Amount, back);
        let scope = Scope::Market { market: ETH.into() };
        let order = json!({"clear_books": {"market": ETH}});
        self.ordered(&order, Wrong::Foreign, Breaker::NotHeld { scope });
        self.registrations();
        self.replaced();
    }

    /// Settings, code and a DAO that cannot be.
    fn replaced(&mut self) {
        let in_force = MarketParams::major(2_000, 10_000_000);
        let mut bad = in_force.clone();
        bad.gap = Ratio::ZERO;
        let set = |market: &str, params: &MarketParams, how: &str| json!({"set_params": {"market": market, "params": params, "how": how}});
        let market = || "no-perp".to_owned();
        let venue = self.x.markets[0].addr.clone();
        let upgrade =
            |module: &str| json!({"upgrade": {"module": module, "code": 7, "msg": "e30="}});
        // What is announced is kept whole, so it may not be long.
        let padded = cosmwasm_std::Binary::from(vec![b' '; 6_100]).to_base64();
        let long = json!({"upgrade": {"module": self.x.engine, "code": 7, "msg": padded}});
        let said = long.to_string().len();
        let rows = [
            (
                set("no-perp", &in_force, "loosen"),
                Breaker::UnknownMarket { market: market() },
            ),
            (
                set(ETH, &bad, "loosen"),
                Breaker::BadParam(bad.check().unwrap_err()),
            ),
            (
                set(ETH, &bad, "tighten"),
                Breaker::BadParam(bad.check().unwrap_err()),
            ),
            (upgrade(NOWHERE), Breaker::Std(self.no_address())),
            (
                upgrade(venue.as_str()),
                Breaker::NotAdmin {
                    module: venue.clone(),
                },
            ),
            (
                long.clone(),
                Breaker::TooLong {
                    bytes: said,
                    max: 8_192,
                },
            ),
            (
                json!({"hand_over": {"dao": NOWHERE}}),
                Breaker::Std(self.no_address()),
            ),
        ];
        for (order, back) in rows {
            self.ordered(&order, Wrong::Foreign, back);
        }
        // What only tightens is in force at once or not at all: the engine's own word comes back.
        let order = json!({"dao": {"order": set(ETH, &in_force, "tighten")}});
        let dao = self.x.person("dao");
        let back = Back::Engine(Engine::BadShift(BadShift::Nothing));
        self.row(&dao, Module::Breaker, order, (Wrong::Amount, back));
    }

    fn registrations(&mut self) {
        let register = |market: &str, feed: &str, peg: &str| json!({"register": {"market": {"market": market, "feed": feed, "peg": peg}}});
        let (taken, unknown) = (ETH.to_owned(), "no-perp".to_owned());
        let known = Breaker::KnownMarket { market: taken };
        self.ordered(&register(ETH, "eth-usd", "usdc-usd"), Wrong::Foreign, known);
        for (order, bad) in [
            (register("A b", "eth-usd", "usdc-usd"), "A b"),
            (register("sol-perp", "", "usdc-usd"), ""),
            (register("sol-perp", "sol-usd", "USDC"), "USDC"),
        ] {
            let bad = types::id::check(bad).unwrap_err();
            self.ordered(&order, Wrong::Foreign, Breaker::BadName(bad));
        }
        let clear = |field: &str, value: Value| {
            let mut order = register("sol-perp", "sol-usd", "usdc-usd");
            order["register"]["clearing"] = clearing(&self.x);
            order["register"]["clearing"][field] = value;
            order
        };
        let mut params = MarketParams::major(2_000, 10_000_000);
        params.gap = Ratio::ZERO;
        let bad_param = params.check().unwrap_err();
        let bad_denom = types::id::BadDenom("$".into());
        let mut feed = new_feed(&self.x);
        feed["feed"] = json!("SOL");
        let nameless = types::id::BadName("SOL".into());
        for (order, back) in [
            (clear("params", json!(params)), Breaker::BadParam(bad_param)),
            (clear("denom", json!("$")), Breaker::BadDenom(bad_denom)),
            (
                clear("venue", json!(NOWHERE)),
                Breaker::Std(self.no_address()),
            ),
            (
                json!({"add_feed": {"setup": feed}}),
                Breaker::BadName(nameless),
            ),
        ] {
            self.ordered(&order, Wrong::Foreign, back);
        }
        let order = json!({"deregister": {"market": unknown}});
        let back = Breaker::UnknownMarket { market: unknown };
        self.ordered(&order, Wrong::Foreign, back);
        let of = Counted::Guardians;
        let many: Vec<Addr> = (0..10).map(|n| self.x.person(&format!("g{n}"))).collect();
        let back = Breaker::Count {
            of,
            got: 10,
            max: 9,
        };
        let order = json!({"set_guardians": {"guardians": many}});
        self.ordered(&order, Wrong::List, back);
        let name = many[0].to_string();
        let order = json!({"set_guardians": {"guardians": [name, name]}});
        self.ordered(&order, Wrong::List, Breaker::Duplicate { of, name });
    }
}

fn by_feed(make: &dyn Fn(&[&str]) -> Value) -> &dyn Fn(&[&str]) -> Value {
    make
}

fn by_name(make: &dyn Fn(&[String]) -> Value) -> &dyn Fn(&[String]) -> Value {
    make
}

fn raise(scope: &Value, level: &str, hours: u64) -> Value {
    json!({"raise": {"scope": scope, "level": level, "hours": hours}})
}

/// What the engine has to know of a market that is added.
fn clearing(x: &Exchange) -> Value {
    json!({"denom": DENOM, "venue": x.person("venue"), "params": MarketParams::major(150, 1_000_000)})
}

/// The same as the engine is told it.
fn new_market(x: &Exchange) -> Value {
    let mut setup = clearing(x);
    setup["market"] = json!("sol-perp");
    setup["feed"] = json!("sol-usd");
    setup
}

/// A feed that may be opened.
fn new_feed(x: &Exchange) -> Value {
    let sources = x.sources.reporters.iter().enumerate().map(|(n, reporter)| {
        let source = oracle::SourceSetup::reporter(reporter.to_string(), 90);
        let group = u32::try_from(n).unwrap();
        oracle::SourceSetup { group, ..source }
    });
    json!(oracle::FeedSetup {
        feed: "sol-usd".into(),
        sources: sources.collect(),
        params: oracle::FeedParams::major(),
    })
}

/// Every order of the DAO, well-formed.
fn orders(x: &Exchange) -> Vec<Value> {
    let (guardian, scope) = (x.person("guardian"), json!({"market": {"market": ETH}}));
    vec![
        json!({"lift": {"scope": scope, "guardian": guardian}}),
        json!({"govern": {"scope": {"feed": {"feed": "eth-usd"}}, "level": "guarded"}}),
        json!({"clear_books": {"market": ETH}}),
        json!({"register": {"market": {"market": "sol-perp", "feed": "sol-usd", "peg": "usdc-usd"},
                            "clearing": clearing(x)}}),
        json!({"add_feed": {"setup": new_feed(x)}}),
        json!({"deregister": {"market": ETH}}),
        json!({"set_guardians": {"guardians": [guardian]}}),
        json!({"set_params": {"market": ETH, "params": MarketParams::major(2_000, 10_000_000), "how": "restore"}}),
        json!({"upgrade": {"module": x.engine, "code": 7, "msg": "e30="}}),
        json!({"hand_over": {"dao": guardian}}),
        json!({"cancel": {"change": 1}}),
    ]
}

fn vitals() -> Value {
    json!({"vitals": {"market": ETH, "vitals": {"gain": "0", "cover": "2", "backlog": "0", "outflow_hour": "0",
           "outflow_day": "0", "balanced": true, "reconciled": 0, "venue_faults": 0}}})
}

fn reading(feed: &str) -> Value {
    json!({"feed": feed, "round": 1, "time": 1, "status": "valid", "dispersion": "0", "jump": "0", "sigma": "0.001",
           "lateness": "1", "variance": "1", "depeg": null})
}

fn dust(given: u128) -> Engine {
    Engine::TooSmall {
        what: "deposit",
        given: Uint128::new(given),
        least: Uint128::new(10_000_000),
    }
}

/// The refusal of coins by a message that takes none.
fn unpaid(to: Module, coins: &[Coin]) -> Back {
    let mut sorted = coins.to_vec();
    sorted.sort_by(|a, b| a.denom.cmp(&b.denom));
    match to {
        Module::Engine => Back::Engine(Engine::NonPayable),
        Module::Market(_) => Back::Market(Market::NonPayable),
        Module::Oracle => Back::Oracle(Oracle::Funds {
            got: coins[0].clone(),
        }),
        Module::Breaker => Back::Breaker(Breaker::Payment(cw_utils::PaymentError::NonPayable {})),
    }
}

/// A well-formed message of every variant, and who would send it.
fn samples(x: &Exchange) -> Vec<(Addr, Module, Value)> {
    let person = |n: &str| x.person(n);
    let (alice, bob, deployer) = (person("alice"), person("bob"), person("deployer"));
    let (guardian, global) = (person("guardian"), json!({"global": {}}));
    let venue = x.markets[0].addr.clone();
    let terms = json!({"slope": "0.01", "clamp": "0.005"});
    let stance = json!({"level": "normal", "caution": "0", "caps": "1", "until": 1});
    let setup = json!({"market": "eth-perp", "feed": "eth-usd", "denom": DENOM, "venue": venue,
                       "params": MarketParams::major(2_000, 10_000_000)});
    let increase = json!({"increase": {"side": "long", "size": "1000000", "margin": "1000000"}});
    let reduce = json!({"reduce": {"side": "long", "size": "1000000"}});
    let close = json!({"close": {"side": "long"}});
    let place = |order: &Value| json!({"place_order": {"market": ETH, "order": order, "limit": "2000", "expiry": 9_999_999_999u64}});
    let amount = |name: &str, amount: &str| json!({name: {"market": ETH, "amount": amount}});
    let engine = [
        (
            &deployer,
            json!({"bind": {"breaker": x.breaker, "oracle": x.oracle, "dao": alice, "markets": [setup]}}),
        ),
        (&alice, json!({"deposit": {}})),
        (&alice, json!({"withdraw": {"denom": DENOM, "amount": "1"}})),
        (&alice, place(&increase)),
        (&alice, place(&reduce)),
        (&alice, place(&close)),
        (
            &alice,
            json!({"flip": {"market": ETH, "side": "long", "size": "1000000", "margin": "1000000",
                            "limit": "2000", "expiry": 9_999_999_999u64}}),
        ),
        (
            &bob,
            json!({"amend_order": {"market": ETH, "order": 2, "to": increase, "limit": "2000",
                                   "expiry": 9_999_999_999u64}}),
        ),
        (&bob, json!({"cancel_order": {"market": ETH, "order": 2}})),
        (&bob, json!({"release": {"market": ETH, "order": 2}})),
        (&alice, amount("add_margin", "1")),
        (&alice, amount("remove_margin", "1")),
        (&alice, amount("lp_deposit", "10000000")),
        (&alice, json!({"lp_claim": {"market": ETH}})),
        (
            &alice,
            json!({"lp_withdraw": {"market": ETH, "shares": "1"}}),
        ),
        (&alice, json!({"claim_profit": {"market": ETH}})),
        (
            &x.engine,
            json!({"work": {"market": ETH, "limit": 1, "payee": alice}}),
        ),
        (
            &x.engine,
            json!({"liquidate": {"market": ETH, "account": alice, "payee": alice}}),
        ),
        (
            &x.engine,
            json!({"take_over": {"market": ETH, "order": 1, "payee": alice}}),
        ),
        (&alice, json!({"claim_withdrawal": {"denom": DENOM}})),
        (&alice, amount("fund_insurance", "1")),
        (&person("treasury"), json!({"claim_fees": {"market": ETH}})),
        (&alice, json!({"crank": {"market": ETH, "limit": 5}})),
        (&alice, json!({"reconcile": {"market": ETH, "limit": 5}})),
        (
            &venue,
            json!({"settle": {"order": 2, "round": 1, "after": 1, "payee": alice}}),
        ),
        (&venue, json!({"evict": {"order": 2, "payee": alice}})),
        (&venue, json!({"fault": {"order": 2}})),
        (&venue, json!({"set_funding": {"terms": terms}})),
        (&x.breaker, json!({"add_market": {"setup": new_market(x)}})),
        (
            &x.breaker,
            json!({"set_params": {"market": ETH, "params": MarketParams::major(2_000, 10_000_000),
                                  "how": "tighten", "announced": 1}}),
        ),
        (&x.breaker, json!({"set_dao": {"dao": alice}})),
        (
            &x.breaker,
            json!({"migrate_breaker": {"code": 7, "msg": "e30="}}),
        ),
        (
            &person("dao"),
            json!({"replace_breaker": {"code": 7, "msg": "e30="}}),
        ),
        (&person("dao"), json!({"keep_breaker": {}})),
        (&alice, json!({"execute_replacement": {}})),
        (
            &x.breaker,
            json!({"set_stance": {"market": ETH, "stance": stance}}),
        ),
    ];
    let order = json!({"order": 1_000, "account": alice, "reducing": false, "size": "1000000",
                       "limit": "2000", "placed": {"time": 1, "height": 1}});
    let report = json!({"feed": "eth-usd", "price": "2000", "conf": "0", "publish_time": x.now()});
    let rest = [
        (
            &x.engine,
            Module::Market(0),
            json!({"accept": {"order": order}}),
        ),
        (
            &x.engine,
            Module::Market(0),
            json!({"amend": {"order": order}}),
        ),
        (
            &alice,
            Module::Market(0),
            json!({"crank": {"limit": 5, "payee": null}}),
        ),
        (
            &deployer,
            Module::Oracle,
            json!({"bind": {"breaker": x.breaker}}),
        ),
        (
            &x.breaker,
            Module::Oracle,
            json!({"add_feed": {"setup": new_feed(x)}}),
        ),
        (
            &x.sources.reporters[0],
            Module::Oracle,
            json!({"push": {"reports": [report]}}),
        ),
        (
            &alice,
            Module::Oracle,
            json!({"refresh": {"feeds": ["eth-usd"]}}),
        ),
        (
            &x.oracle,
            Module::Oracle,
            json!({"fetch": {"feed": "eth-usd", "source": 0,
                             "origin": {"feed": {"contract": x.oracle, "feed": "eth-usd"}}}}),
        ),
        (
            &x.oracle,
            Module::Oracle,
            json!({"conclude": {"feeds": ["eth-usd"], "heard": []}}),
        ),
        (
            &x.oracle,
            Module::Breaker,
            json!({"report": {"readings": [reading("eth-usd")]}}),
        ),
        (&alice, Module::Breaker, json!({"push": {"markets": [ETH]}})),
        (&alice, Module::Breaker, json!({"poke": {"markets": [ETH]}})),
        (&x.engine, Module::Breaker, vitals()),
        (
            &x.breaker,
            Module::Breaker,
            json!({"examine": {"market": ETH}}),
        ),
        (
            &x.breaker,
            Module::Breaker,
            json!({"fault": {"market": ETH}}),
        ),
        (
            &x.breaker,
            Module::Breaker,
            json!({"check": {"module": x.engine}}),
        ),
        (&guardian, Module::Breaker, json!({"heartbeat": {}})),
        (&guardian, Module::Breaker, raise(&global, "guarded", 1)),
        (&guardian, Module::Breaker, json!({"withdraw": {}})),
        (&guardian, Module::Breaker, json!({"veto": {"change": 1}})),
        (&alice, Module::Breaker, json!({"execute": {"change": 1}})),
    ];
    let orders = orders(x).into_iter().map(|order| {
        let msg = json!({"dao": {"order": order}});
        (person("dao"), Module::Breaker, msg)
    });
    engine
        .into_iter()
        .map(|(from, msg)| (from.clone(), Module::Engine, msg))
        .chain(
            rest.into_iter()
                .map(|(from, to, msg)| (from.clone(), to, msg)),
        )
        .chain(orders)
        .collect()
}

/// The message with a field too many, once inside every object of it.
fn with_field(msg: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    // The outermost object is the variant's name.
    let (name, inner) = msg.as_object().unwrap().iter().next().unwrap();
    rewrite(
        inner,
        &mut |at| {
            let mut object = at.as_object()?.clone();
            // An enum's object is its variant's name: a second key is no field.
            let names = [
                "increase",
                "reduce",
                "close",
                "global",
                "market",
                "feed",
                "lift",
                "govern",
                "clear_books",
                "register",
                "add_feed",
                "reporter",
                "deregister",
                "set_guardians",
                "cancel",
                "set_params",
                "upgrade",
                "hand_over",
            ];
            let named = object.len() == 1
                && object
                    .iter()
                    .any(|(k, v)| names.contains(&k.as_str()) && v.is_object());
            object.insert("extra".into(), json!(1));
            (!named).then_some(Value::Object(object))
        },
        &mut |changed| out.push(json!({name: changed})),
    );
    out
}

/// The message with one of its numbers made negative, once for each.
fn negated(msg: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    rewrite(
        msg,
        &mut |at| match at {
            Value::Number(_) => Some(json!(-1)),
            Value::String(s)
                if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
            {
                Some(json!("-1"))
            }
            Value::Null
            | Value::Bool(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        },
        &mut |changed| out.push(changed),
    );
    out
}

/// Every way to replace one node of a tree.
fn rewrite(
    node: &Value,
    change: &mut dyn FnMut(&Value) -> Option<Value>,
    found: &mut dyn FnMut(Value),
) {
    if let Some(changed) = change(node) {
        found(changed);
    }
    match node {
        Value::Object(fields) => {
            for (key, value) in fields {
                rewrite(value, change, &mut |changed| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), changed);
                    found(Value::Object(fields));
                });
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                rewrite(value, change, &mut |changed| {
                    let mut items = items.clone();
                    items[n] = changed;
                    found(Value::Array(items));
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every variant has rows for a field too many and for coins, and the names above are those of the wire.
fn complete(rows: &[Row]) {
    let listed = [
        ("engine", ENGINE),
        ("market", MARKET),
        ("oracle", ORACLE),
        ("breaker", BREAKER),
    ];
    for wrong in [Wrong::Field, Wrong::Coins] {
        let with: BTreeSet<_> = rows
            .iter()
            .filter(|r| r.wrong == wrong)
            .map(|r| (r.contract(), r.variant()))
            .collect();
        let all: BTreeSet<_> = listed
            .iter()
            .flat_map(|(contract, names)| names.iter().map(|n| (*contract, (*n).to_owned())))
            .collect();
        assert_eq!(with, all, "{wrong:?}");
    }
    let beside = |name: &&(&str, String)| {
        let own = rows
            .iter()
            .filter(|r| (r.contract(), r.variant()) == **name);
        own.map(|r| r.wrong).any(|w| w > Wrong::Coins)
    };
    let names: BTreeSet<_> = rows.iter().map(|r| (r.contract(), r.variant())).collect();
    // A fault of a foreign order is told apart by its state alone; see `nobodys_order`.
    let bare: Vec<_> = names.iter().filter(|n| !beside(n)).collect();
    assert!(
        bare.is_empty(),
        "nothing but fields and coins is tried on {bare:?}"
    );
}

#[test]
fn bad_input_gets_its_error_and_changes_nothing() {
    let mut stage = Stage::new();
    stage.spoiled();
    stage.money();
    stage.orders();
    stage.claims_and_cranks();
    stage.neighbours();
    stage.venue();
    stage.oracle();
    stage.breaker();
    let Stage { mut x, rows } = stage;
    complete(&rows);
    let count = rows.len();
    let mut wrong = Vec::new();
    let before = x.state_hash();
    for row in rows {
        let result = x.send(&row.from, row.to, &row.msg, &row.coins);
        let said = format!(
            "{} {} {:?} from {}",
            row.contract(),
            row.msg,
            row.coins,
            row.from
        );
        if let Err(got) = agrees(result, &row.back) {
            wrong.push(format!("{said}\n  wanted {:?}\n  got {got}", row.back));
        }
        if x.state_hash() != before {
            wrong.push(format!("{said}\n  changed the state"));
            break;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 350, "{count} rows");
}

/// A fresh engine that nobody has bound.
fn unbound(app: &mut App) -> Addr {
    let code = ContractWrapper::new(
        margin_engine::contract::execute,
        margin_engine::contract::instantiate,
        margin_engine::contract::query,
    );
    let code = app.store_code(Box::new(code));
    let deployer = app.api().addr_make("deployer");
    let treasury = app.api().addr_make("treasury").into_string();
    let msg = engine::InstantiateMsg { treasury };
    app.instantiate_contract(code, deployer, &msg, &[], "engine", None)
        .unwrap()
}

#[test]
fn before_bind_every_user_door_refuses_and_a_bad_bind_changes_nothing() {
    let x = Exchange::calm().markets(2).build();
    let api = MockApi::default().with_prefix("wasm");
    let mut app = AppBuilder::new().with_api(api).build(no_init);
    let engine = unbound(&mut app);
    let deployer = app.api().addr_make("deployer");
    let no_address = app.api().addr_validate(NOWHERE).unwrap_err();
    let setup = |n: usize, market: &str| {
        json!({"market": market, "feed": "eth-usd", "denom": DENOM, "venue": x.person(&format!("venue-{n}")),
               "params": MarketParams::major(2_000, 10_000_000)})
    };
    let bind = |markets: Vec<Value>| json!({"bind": {"breaker": x.breaker, "oracle": x.oracle, "dao": x.person("dao"), "markets": markets}});
    let list = |count: usize| Engine::BadList {
        what: "markets",
        count,
        max: 32,
    };
    let many = (0..33).map(|n| setup(n, &format!("m{n}"))).collect();
    let mut loose = setup(0, "a");
    let mut params = MarketParams::major(2_000, 10_000_000);
    params.gap = Ratio::ZERO;
    let bad_param = params.check().unwrap_err();
    loose["params"] = serde_json::to_value(params).unwrap();
    let mut same_venue = setup(0, "b");
    same_venue["venue"] = setup(0, "a")["venue"].clone();
    let mut lost = setup(0, "a");
    lost["venue"] = json!(NOWHERE);
    let mut nameless = setup(0, "a");
    nameless["feed"] = json!("");
    let mut rows = vec![
        (bind(vec![]), list(0)),
        (bind(many), list(33)),
        (
            bind(vec![setup(0, "a"), setup(1, "a")]),
            Engine::KnownMarket { market: "a".into() },
        ),
        (
            bind(vec![setup(0, "a"), same_venue]),
            Engine::KnownVenue {
                venue: x.person("venue-0"),
            },
        ),
        (
            bind(vec![setup(0, "A b")]),
            Engine::BadName(types::id::BadName("A b".into())),
        ),
        (
            bind(vec![nameless]),
            Engine::BadName(types::id::BadName(String::new())),
        ),
        (bind(vec![loose]), Engine::BadParam(bad_param)),
        (bind(vec![lost]), Engine::Std(no_address)),
    ];
    for (_, to, msg) in samples(&x) {
        if to == Module::Engine {
            let refused = match msg.as_object().unwrap().keys().next().unwrap().as_str() {
                "bind" => continue,
                "settle" | "evict" | "fault" | "set_funding" => {
                    Engine::Unauthorized { role: "market" }
                }
                "work" | "liquidate" | "take_over" => Engine::Unauthorized { role: "engine" },
                _ => Engine::NotBound,
            };
            rows.push((msg, refused));
        }
    }
    let before = app.dump_wasm_raw(&engine);
    for (msg, wanted) in rows {
        let got = app.execute_contract(deployer.clone(), engine.clone(), &msg, &[]);
        let got = got.expect_err("it is refused").to_string();
        assert!(
            got.contains(&wanted.to_string()),
            "{msg}: `{got}`, not `{wanted}`"
        );
        assert_eq!(app.dump_wasm_raw(&engine), before, "{msg}");
    }
}

#[test]
fn a_message_is_an_object_at_every_depth() {
    let mut x = Exchange::calm().build();
    let keeper = x.person("keeper");
    let listed = [
        (Module::Engine, json!({"crank": ["eth-perp", 10]})),
        (
            Module::Engine,
            json!({"place_order": {"market": "eth-perp", "order": {"close": ["long"]}, "limit": null, "expiry": null}}),
        ),
        (Module::Oracle, json!({"refresh": [["eth-usd"]]})),
        (Module::Market(0), json!({"crank": [10, null]})),
        (Module::Breaker, json!({"push": [["eth-perp"]]})),
    ];
    for (module, msg) in listed {
        let before = x.state_hash();
        let no = x.send(&keeper, module, &msg, &[]).unwrap_err();
        assert!(no.text.contains("invalid type: sequence"), "{}", no.text);
        assert_eq!(x.state_hash(), before);
    }
}
