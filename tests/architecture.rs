//! What the layout promises, proved from the build's own metadata and from the sources.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use cosmwasm_std::{Addr, Binary, Uint128};
use serde_json::Value;
use types::{
    breaker,
    clock::Moment,
    engine::{self, FundingTerms, Order},
    handle::Handle,
    level::{Action, Level, Verdict},
    market, oracle,
    params::{MarketParams, Shift},
    scope::{Scope, Stance},
    Ratio, Side,
};

const CONTRACTS: [&str; 4] = [
    "breaker-governance",
    "margin-engine",
    "market",
    "oracle-aggregator",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Normal dependencies of every package of ours that are ours too.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |v: &Value| v["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    packages
        .iter()
        .map(|package| {
            let needs = package["dependencies"].as_array().unwrap().iter();
            let normal = needs.filter(|d| d["kind"].is_null()).map(name);
            (name(package), normal.filter(|d| ours.contains(d)).collect())
        })
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn arrows_point_where_they_may() {
    let arrows = arrows();
    for contract in CONTRACTS {
        let beyond: Vec<_> = arrows[contract]
            .difference(&set(&["types", "math", "store"]))
            .cloned()
            .collect();
        assert!(beyond.is_empty(), "{contract} depends on {beyond:?}");
    }
    assert_eq!(arrows["math"], set(&[]));
    assert_eq!(arrows["store"], set(&[]));
    assert_eq!(arrows["types"], set(&["math", "store"]));
    // A contract nobody has listed above would be checked by nobody.
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("contracts"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, set(&CONTRACTS));
}

/// One source file: its path, and its code without comments, texts and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// Lines that hold code.
    fn lines(&self) -> usize {
        self.code.lines().filter(|l| !l.trim().is_empty()).count()
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.code
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|w| !w.is_empty())
    }
}

/// Every production source under a folder.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let shown = path.strip_prefix(root()).unwrap().display().to_string();
                found.push(Source {
                    path: shown,
                    code: without_tests(&plain(&text)),
                });
            }
        }
    }
    assert!(!found.is_empty(), "no sources under {folder}");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn everywhere() -> Vec<Source> {
    let mut all: Vec<Source> = ["packages/types/src", "packages/math/src"]
        .into_iter()
        .flat_map(sources)
        .collect();
    for contract in CONTRACTS {
        all.extend(sources(&format!("contracts/{contract}/src")));
    }
    all
}

/// Comments, texts and characters blanked; line breaks stay.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            quoted(rest)
        } else if c == '\'' {
            character(rest)
        } else {
            0
        };
        if length == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let blank = rest[..length]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' });
            out.extend(blank);
            rest = &rest[length..];
        }
    }
    out
}

/// The length of the text literal that starts here.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// The length of the character literal that starts here; none where it is a lifetime.
fn character(rest: &str) -> usize {
    let escaped = rest[1..].starts_with('\\');
    let end = rest
        .char_indices()
        .skip(if escaped { 3 } else { 2 })
        .find(|(_, c)| *c == '\'');
    match end {
        Some((at, _)) if escaped || rest[..at].chars().count() == 2 => at + 1,
        _ => 0,
    }
}

/// Items under `#[cfg(test)]` taken out.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at + MARK.len()..];
        let mut depth = 0;
        let end = item.char_indices().find(|(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(c, '}' | ';')
        });
        rest = end.map_or("", |(end, _)| &item[end + 1..]);
    }
    out.push_str(rest);
    out
}

#[test]
fn sources_are_read_as_meant() {
    let text =
        "let a = \"x.unwrap() \\\" // {\"; // unwrap()\nfn f<'a>(c: &'a char) { c == '\"' }\n\
                #[cfg(test)]\nmod tests { fn g() { todo!() } }\nstruct Last;";
    let code = without_tests(&plain(text));
    assert!(!code.contains("unwrap") && !code.contains("todo"), "{code}");
    assert!(
        code.contains("fn f<'a>(c: &'a char)") && code.contains("struct Last"),
        "{code}"
    );
}

#[test]
fn formulas_know_no_chain() {
    const CHAIN: [&str; 10] = [
        "Storage",
        "Deps",
        "DepsMut",
        "Env",
        "Addr",
        "Api",
        "Querier",
        "QuerierWrapper",
        "MessageInfo",
        "Response",
    ];
    for source in sources("packages/math/src") {
        let known: BTreeSet<_> = source.words().filter(|w| CHAIN.contains(w)).collect();
        assert!(known.is_empty(), "{} knows {known:?}", source.path);
    }
}

/// The constants of a contract's `key.rs`, by name.
fn keys(contract: &str) -> BTreeMap<String, String> {
    let path = root().join(format!("contracts/{contract}/src/key.rs"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""))
        .map(|(name, value)| (name.to_owned(), value.trim_end_matches("\";").to_owned()))
        .collect()
}

#[test]
fn storage_keys_are_listed_once_and_used_once() {
    let listed: [(&str, &[&str]); 4] = [
        ("breaker-governance", &breaker_governance::key::ALL),
        ("margin-engine", &margin_engine::key::ALL),
        ("market", &market_keys()),
        ("oracle-aggregator", &oracle_aggregator::key::ALL),
    ];
    for (contract, all) in listed {
        let named = keys(contract);
        let values: BTreeSet<_> = named.values().map(String::as_str).collect();
        assert_eq!(
            values,
            all.iter().copied().collect(),
            "{contract}: key::ALL"
        );
        assert_eq!(values.len(), all.len(), "{contract}: a key stands twice");
        assert_eq!(
            values.len(),
            named.len(),
            "{contract}: two names for one key"
        );
        assert!(
            !values.contains("contract_info"),
            "{contract}: cw2 owns that key"
        );
        let mut used = BTreeSet::new();
        for source in sources(&format!("contracts/{contract}/src")) {
            for given in stores(&source) {
                let name = given.strip_prefix("key::").unwrap_or_else(|| {
                    panic!("{}: a key that is not of key.rs: `{given}`", source.path)
                });
                assert!(named.contains_key(name), "{}: no key {name}", source.path);
                assert!(
                    used.insert(name.to_owned()),
                    "{contract}: {name} has two rooms"
                );
            }
        }
        let names: BTreeSet<_> = named.keys().cloned().collect();
        assert_eq!(used, names, "{contract}: a key nobody uses");
    }
}

fn market_keys() -> [&'static str; 4] {
    // The crate and the module of `types` share a name.
    ::market::key::ALL
}

/// What every storage item of a source is opened with.
fn stores(source: &Source) -> Vec<&str> {
    ["Item::new(", "Map::new(", "Deque::new(", "IndexedMap::new("]
        .into_iter()
        .flat_map(|open| source.code.split(open).skip(1))
        .map(|after| after.split([',', ')']).next().unwrap_or_default().trim())
        .collect()
}

#[test]
fn files_stay_small() {
    const MEANT: usize = 250;
    const MOST: usize = 400;
    let mut walls = Vec::new();
    for source in everywhere() {
        let lines = source.lines();
        if lines > MEANT {
            println!(
                "{}: {lines} lines of production code, {MEANT} are meant",
                source.path
            );
        }
        if lines > MOST {
            walls.push((source.path, lines));
        }
    }
    assert!(walls.is_empty(), "longer than {MOST} lines: {walls:?}");
}

#[test]
fn nothing_unfinished_is_shipped() {
    const BAD: [&str; 8] = [
        ".unwrap()",
        ".expect(",
        "todo!",
        "unimplemented!",
        "dbg!",
        "panic!",
        "unreachable!",
        "#[ignore]",
    ];
    // What writes the schema at build time is not shipped.
    for source in everywhere()
        .iter()
        .filter(|s| !s.path.contains("/src/bin/"))
    {
        for bad in BAD {
            assert!(!source.code.contains(bad), "{}: {bad}", source.path);
        }
    }
    for folder in ["contracts", "packages/types", "packages/math"] {
        let mut folders = vec![root().join(folder)];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    let text = plain(&std::fs::read_to_string(&path).unwrap());
                    assert!(
                        !text.contains("#[ignore"),
                        "{} skips a test",
                        path.display()
                    );
                }
            }
        }
    }
}

/// One message of each variant. A new variant does not compile until it is counted here, and the count
/// does not hold until it has a sample.
fn engine_samples() -> Vec<engine::ExecuteMsg> {
    use engine::ExecuteMsg as M;
    const COUNT: usize = 33;
    const fn number(msg: &M) -> usize {
        match msg {
            M::Bind { .. } => 0,
            M::Deposit {} => 1,
            M::Withdraw { .. } => 2,
            M::PlaceOrder { .. } => 3,
            M::CancelOrder { .. } => 4,
            M::Release { .. } => 5,
            M::AddMargin { .. } => 6,
            M::RemoveMargin { .. } => 7,
            M::LpDeposit { .. } => 8,
            M::LpClaim { .. } => 9,
            M::FundInsurance { .. } => 10,
            M::ClaimFees { .. } => 11,
            M::Crank { .. } => 12,
            M::Settle { .. } => 13,
            M::Evict { .. } => 14,
            M::Fault { .. } => 15,
            M::SetFunding { .. } => 16,
            M::LpWithdraw { .. } => 17,
            M::ClaimProfit { .. } => 18,
            M::ClaimWithdrawal { .. } => 19,
            M::Work { .. } => 20,
            M::Liquidate { .. } => 21,
            M::TakeOver { .. } => 22,
            M::Flip { .. } => 23,
            M::AmendOrder { .. } => 24,
            M::Reconcile { .. } => 25,
            M::AddMarket { .. } => 26,
            M::SetParams { .. } => 27,
            M::SetDao { .. } => 28,
            M::MigrateBreaker { .. } => 29,
            M::ReplaceBreaker { .. } => 30,
            M::KeepBreaker {} => 31,
            M::ExecuteReplacement {} => 32,
            M::SetStance { .. } => COUNT,
        }
    }
    let (market, amount, order) = (String::new, Uint128::one(), 1);
    let samples = vec![
        M::Bind {
            breaker: Handle::new(String::new()),
            oracle: Handle::new(String::new()),
            dao: String::new(),
            markets: vec![],
        },
        M::Deposit {},
        M::Withdraw {
            denom: market(),
            amount,
        },
        M::PlaceOrder {
            market: market(),
            order: Order::Close { side: Side::Long },
            limit: None,
            expiry: None,
        },
        M::Flip {
            market: market(),
            side: Side::Long,
            size: amount,
            margin: amount,
            limit: None,
            expiry: None,
        },
        M::AmendOrder {
            market: market(),
            order,
            to: Order::Close { side: Side::Long },
            limit: None,
            expiry: None,
        },
        M::CancelOrder {
            market: market(),
            order,
        },
        M::Release {
            market: market(),
            order,
        },
        M::AddMargin {
            market: market(),
            amount,
        },
        M::RemoveMargin {
            market: market(),
            amount,
        },
        M::LpDeposit {
            market: market(),
            amount,
        },
        M::LpWithdraw {
            market: market(),
            shares: amount,
        },
        M::LpClaim { market: market() },
        M::ClaimProfit { market: market() },
        M::ClaimWithdrawal { denom: market() },
        M::Work {
            market: market(),
            limit: 1,
            payee: market(),
        },
        M::Liquidate {
            market: market(),
            account: market(),
            payee: market(),
        },
        M::TakeOver {
            market: market(),
            order,
            payee: market(),
        },
        M::FundInsurance {
            market: market(),
            amount,
        },
        M::ClaimFees { market: market() },
        M::Crank {
            market: market(),
            limit: 1,
        },
        M::Reconcile {
            market: market(),
            limit: 1,
        },
        M::Settle {
            order,
            round: 1,
            after: None,
            payee: market(),
        },
        M::Evict {
            order,
            payee: market(),
        },
        M::Fault { order },
        M::SetFunding {
            terms: FundingTerms::major(),
        },
        M::AddMarket {
            setup: Box::new(clearing().of(&registered(market()))),
        },
        M::SetParams {
            market: market(),
            params: Box::new(clearing().params),
            how: Shift::Tighten,
            announced: 1,
        },
        M::SetDao { dao: market() },
        M::MigrateBreaker {
            code: 1,
            msg: Binary::default(),
        },
        M::ReplaceBreaker {
            code: 1,
            msg: Binary::default(),
        },
        M::KeepBreaker {},
        M::ExecuteReplacement {},
        M::SetStance {
            market: market(),
            stance: stance(),
        },
    ];
    complete(samples.iter().map(number), COUNT + 1);
    samples
}

fn registered(market: String) -> breaker::Registered {
    breaker::Registered {
        market,
        feed: String::new(),
        peg: None,
    }
}

fn clearing() -> breaker::Clearing {
    breaker::Clearing {
        denom: String::new(),
        venue: Handle::new(String::new()),
        params: MarketParams::major(1, 1),
    }
}

fn feed() -> Box<oracle::FeedSetup> {
    Box::new(oracle::FeedSetup {
        feed: String::new(),
        sources: vec![],
        params: oracle::FeedParams::major(),
    })
}

fn stance() -> Stance {
    Stance {
        level: Level::Normal,
        caution: Ratio::ZERO,
        caps: Ratio::ONE,
        until: 0,
    }
}

fn complete(numbers: impl Iterator<Item = usize>, count: usize) {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
}

/// What every message of every contract would do.
fn actions() -> Vec<(String, Action)> {
    let mut all: Vec<(String, Action)> = engine_samples()
        .iter()
        .map(|m| (format!("{m:?}"), m.action()))
        .collect();
    all.extend(market_actions());
    all.extend(oracle_actions());
    all.extend(breaker_actions());
    all
}

fn market_actions() -> Vec<(String, Action)> {
    use market::ExecuteMsg as M;
    let order = market::NewOrder {
        order: 1,
        account: Addr::unchecked(""),
        reducing: true,
        size: None,
        limit: None,
        placed: Moment::default(),
    };
    let samples = [
        M::Accept {
            order: order.clone(),
        },
        M::Amend { order },
        M::Crank {
            limit: 1,
            payee: None,
        },
    ];
    let number = |m: &M| match m {
        M::Accept { .. } => 0,
        M::Crank { .. } => 1,
        M::Amend { .. } => 2,
    };
    complete(samples.iter().map(number), 3);
    samples
        .iter()
        .map(|m| (format!("{m:?}"), m.action()))
        .collect()
}

fn oracle_actions() -> Vec<(String, Action)> {
    use oracle::ExecuteMsg as M;
    let breaker = Handle::new(String::new());
    let samples = [
        M::Bind { breaker },
        M::AddFeed { setup: feed() },
        M::Push { reports: vec![] },
        M::Refresh { feeds: vec![] },
        M::Fetch {
            feed: String::new(),
            source: 0,
            origin: oracle::Origin::Reporter {
                address: String::new(),
            },
        },
        M::Conclude {
            feeds: vec![],
            heard: vec![],
        },
    ];
    let number = |m: &M| match m {
        M::Bind { .. } => 0,
        M::Push { .. } => 1,
        M::Refresh { .. } => 2,
        M::Fetch { .. } => 3,
        M::Conclude { .. } => 4,
        M::AddFeed { .. } => 5,
    };
    complete(samples.iter().map(number), 6);
    samples
        .iter()
        .map(|m| (format!("{m:?}"), m.action()))
        .collect()
}

fn breaker_actions() -> Vec<(String, Action)> {
    use breaker::ExecuteMsg as M;
    let (market, markets) = (String::new(), vec![]);
    let scope = || Scope::Global {};
    let samples = [
        M::Report { readings: vec![] },
        M::Vitals {
            market: market.clone(),
            vitals: engine::Vitals {
                gain: Ratio::ZERO,
                cover: None,
                backlog: Ratio::ZERO,
                outflow_hour: Ratio::ZERO,
                outflow_day: Ratio::ZERO,
                balanced: true,
                reconciled: 0,
                settled: None,
                venue_faults: 0,
            },
        },
        M::Push { markets: vec![] },
        M::Poke { markets },
        M::Examine {
            market: market.clone(),
        },
        M::Fault {
            market: market.clone(),
        },
        M::Check {
            module: Addr::unchecked(""),
        },
        M::Heartbeat {},
        M::Raise {
            scope: scope(),
            level: Level::Guarded,
            hours: 1,
        },
        M::Withdraw {},
        M::Veto { change: 1 },
        M::Execute { change: 1 },
        M::Dao {
            order: breaker::DaoMsg::Cancel { change: 1 },
        },
    ];
    let number = |m: &M| match m {
        M::Report { .. } => 0,
        M::Vitals { .. } => 1,
        M::Push { .. } => 2,
        M::Poke { .. } => 3,
        M::Examine { .. } => 4,
        M::Fault { .. } => 5,
        M::Heartbeat {} => 6,
        M::Raise { .. } => 7,
        M::Withdraw {} => 8,
        M::Veto { .. } => 9,
        M::Execute { .. } => 10,
        M::Dao { .. } => 11,
        M::Check { .. } => 12,
    };
    complete(samples.iter().map(number), 13);
    let orders = dao_orders(market, scope);
    let orders = orders.into_iter().map(|order| M::Dao { order });
    let samples: Vec<M> = samples.into_iter().chain(orders).collect();
    samples
        .iter()
        .map(|m| (format!("{m:?}"), m.action()))
        .collect()
}

fn dao_orders(market: String, scope: impl Fn() -> Scope) -> Vec<breaker::DaoMsg> {
    use breaker::DaoMsg as M;
    let orders = vec![
        M::Lift {
            scope: scope(),
            guardian: String::new(),
        },
        M::Govern {
            scope: scope(),
            level: Level::Normal,
        },
        M::ClearBooks {
            market: market.clone(),
        },
        M::Register {
            market: registered(market.clone()),
            clearing: Some(Box::new(clearing())),
        },
        M::AddFeed { setup: feed() },
        M::Deregister {
            market: market.clone(),
        },
        M::SetParams {
            market: market.clone(),
            params: Box::new(clearing().params),
            how: Shift::Loosen,
        },
        M::Upgrade {
            module: market.clone(),
            code: 1,
            msg: Binary::default(),
        },
        M::HandOver { dao: market },
        M::SetGuardians { guardians: vec![] },
        M::Cancel { change: 1 },
    ];
    let number = |m: &M| match m {
        M::Lift { .. } => 0,
        M::Govern { .. } => 1,
        M::ClearBooks { .. } => 2,
        M::Register { .. } => 3,
        M::Deregister { .. } => 4,
        M::SetGuardians { .. } => 5,
        M::Cancel { .. } => 6,
        M::AddFeed { .. } => 7,
        M::SetParams { .. } => 8,
        M::Upgrade { .. } => 9,
        M::HandOver { .. } => 10,
    };
    complete(orders.iter().map(number), 11);
    orders
}

#[test]
fn every_message_has_a_verdict_at_every_level_and_a_higher_level_never_permits_more() {
    for (msg, action) in actions() {
        for pair in Level::ALL.windows(2) {
            assert!(pair[0].verdict(action) >= pair[1].verdict(action), "{msg}");
        }
        for level in Level::ALL {
            assert_eq!(level.permits(action), level.ensure(action).is_ok(), "{msg}");
        }
    }
}

#[test]
fn exits_and_learning_stay_open_through_protected() {
    let through = [
        Level::Normal,
        Level::Guarded,
        Level::ReduceOnly,
        Level::Protected,
    ];
    let risky = |action: Action| match action {
        Action::Increase | Action::RemoveMargin | Action::LpDeposit | Action::Loosen => true,
        Action::Deposit
        | Action::Withdraw
        | Action::AddMargin
        | Action::Cancel
        | Action::Claim
        | Action::Reduce
        | Action::TakeProfit
        | Action::LpWithdraw
        | Action::Liquidate
        | Action::Learn
        | Action::Internal
        | Action::Tighten => false,
    };
    let mut exits = 0;
    for (msg, action) in actions() {
        if risky(action) {
            continue;
        }
        exits += 1;
        for level in through {
            // Liquidity that leaves may wait, but it is never refused.
            let least = if action == Action::LpWithdraw {
                Verdict::Queued
            } else {
                Verdict::Yes
            };
            assert!(level.verdict(action) >= least, "{msg} at {level:?}");
        }
    }
    // Three of the engine's and what it does for the DAO, and of the breaker: ending a raise, executing, and nine of the
    // DAO's orders.
    assert_eq!(exits, actions().len() - 17);
    let reduce = engine::ExecuteMsg::PlaceOrder {
        market: String::new(),
        order: Order::Reduce {
            side: Side::Long,
            size: Uint128::one(),
        },
        limit: None,
        expiry: None,
    };
    assert_eq!(reduce.action(), Action::Reduce);
    let amend = |to: Order| engine::ExecuteMsg::AmendOrder {
        market: String::new(),
        order: 1,
        to,
        limit: None,
        expiry: None,
    };
    let (side, size, margin) = (Side::Long, Uint128::one(), Uint128::one());
    assert_eq!(amend(Order::Close { side }).action(), Action::Reduce);
    let more = Order::Increase { side, size, margin };
    assert_eq!(amend(more).action(), Action::Increase);
}
