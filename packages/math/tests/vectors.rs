//! The exact vectors of the specification, through the product's own functions.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod common;

use std::collections::BTreeMap;

use common::{amount, assert_close, close, per_unit, price, rate, ratio, rows, scaled, size, text};
use cosmwasm_std::Int256;
use math::{
    bucket::{Bucket, Limit},
    funding::Velocity,
    ledger::{Book, Loose, Position},
    liquidation::{Cut, Patient},
    phi::phi,
    pricing::Curve,
    units::{Amount, Price, Ratio, Side, Size},
};
use serde_json::Value;

#[test]
fn pricing() {
    for row in rows("pricing").unwrap_or_default() {
        let curve = Curve {
            cap: size(&row, "k_net"),
            scale: size(&row, "scale"),
        };
        let by = size(&row, "size");
        let got = curve
            .clearing(size(&row, "skew"), by, price(&row, "index"))
            .unwrap();
        let want = per_unit(&row, "fill");
        assert_close(got.0, want.0, 0, &row.to_string());
        // On the side that favours the vault: the vectors are cut off at 24 places.
        let cut = Int256::from(1_000_000_000_000i128);
        if by.is_negative() {
            assert!(got.0 < want.0 + cut, "{row}");
        } else {
            assert!(got.0 >= want.0, "{row}");
        }
    }
}

#[test]
fn funding() {
    for row in rows("funding").unwrap_or_default() {
        let velocity = Velocity {
            slope: ratio(&row, "max_velocity_per_day2"),
            clamp: ratio(&row, "clamp_per_day"),
            skew: size(&row, "skew"),
            cap: size(&row, "k_net"),
        };
        let seconds = row["seconds"].as_u64().unwrap();
        let got = velocity
            .accrue(rate(&row, "rate_per_day"), seconds)
            .unwrap();
        let what = row.to_string();
        let want = rate(&row, "rate_after");
        assert_close(
            got.rate.0.atomics().into(),
            want.0.atomics().into(),
            1,
            &what,
        );
        assert_close(
            got.ratio.0,
            per_unit(&row, "accrued_ratio").0,
            1_000_000_000_000_000_000,
            &what,
        );
    }
}

#[test]
fn liquidation() {
    for row in rows("liquidation").unwrap_or_default() {
        let notional = amount(&row, "notional");
        let patient = Patient {
            notional,
            equity: amount(&row, "equity"),
            target: ratio(&row, "target"),
            fee: ratio(&row, "fee"),
            premium: ratio(&row, "premium"),
        };
        let cut = patient.cut(Amount::ZERO).unwrap();
        let whole = row["whole"].as_bool().unwrap();
        assert_eq!(cut == Cut::Whole, whole, "{row}");
        if let Cut::Part(x) = cut {
            let want = amount(&row, "close_notional");
            assert_close(x.wide(), want.wide(), 100, &row.to_string());
            assert!(x >= want, "{row}");
        }
    }
}

#[test]
fn bucket() {
    for row in rows("bucket").unwrap_or_default() {
        let limit = Limit {
            amount: amount_of_units(&row, "limit"),
            window: row["window_s"].as_u64().unwrap(),
        };
        let delay = row["delay_s"].as_u64().unwrap();
        let mut bucket = Bucket::full(limit, 0).unwrap();
        for step in row["steps"].as_array().unwrap() {
            let now = step["time"].as_u64().unwrap();
            let asked = amount_of_units(step, "amount");
            let (next, out) = bucket.request(limit, delay, now, asked).unwrap();
            bucket = next;
            assert_eq!(out.passes, amount_of_units(step, "passes"), "{step}");
            let queued = out.queued.map_or(Amount::ZERO, |e| e.amount);
            assert_eq!(queued, amount_of_units(step, "queued"), "{step}");
            assert_eq!(out.queued.is_none(), step["ready"].is_null(), "{step}");
            if let Some(entry) = out.queued {
                // Up to the next nanosecond, and one more for each entry the queue already holds.
                let want = scaled(text(step, "ready"), 9);
                assert_close(entry.ready.into(), want, 1, &step.to_string());
                assert!(Int256::from(entry.ready) >= want, "{step}");
            }
        }
    }
}

#[test]
fn phi_of_distance() {
    for row in rows("phi").unwrap_or_default() {
        // What is below zero is at zero.
        let distance = if text(&row, "distance").starts_with('-') {
            Ratio::ZERO
        } else {
            ratio(&row, "distance")
        };
        let got = phi(distance, ratio(&row, "sigma")).unwrap();
        let want = ratio(&row, "phi");
        assert_close(got.wide(), want.wide(), 1, &row.to_string());
        assert!(got >= want, "{row}");
    }
}

/// Whole base units.
fn amount_of_units(row: &Value, key: &str) -> Amount {
    Amount::raw(text(row, key).parse().unwrap())
}

struct Run {
    book: Book,
    positions: BTreeMap<String, Position>,
    ladder: BTreeMap<(bool, Int256, String), ()>,
    curve: Curve,
    index: Price,
}

impl Run {
    fn take(&mut self, name: &str) -> Loose {
        let Some(p) = self.positions.remove(name) else {
            return Loose::default();
        };
        let key = ladder_key(&p, name);
        assert!(
            self.ladder.remove(&key).is_some(),
            "{name} is on the ladder under its key"
        );
        self.book.take(&p).unwrap()
    }

    fn put(&mut self, name: &str, loose: Loose) {
        if loose.size.is_zero() {
            // What a closed position keeps is paid out.
            return;
        }
        let p = self.book.put(loose).unwrap();
        self.ladder.insert(ladder_key(&p, name), ());
        self.positions.insert(name.into(), p);
    }

    fn step(&mut self, step: &Value) {
        let name = || text(step, "account").to_owned();
        match text(step, "op") {
            "open" => {
                let (name, by, skew) = (name(), size(step, "size"), self.book.skew().unwrap());
                let mut loose = self.take(&name);
                let cost = self.curve.cost(skew, by, self.index).unwrap();
                loose.size = loose.size.plus(by).unwrap();
                loose.cost = loose.cost.plus(cost).unwrap();
                loose.margin = loose.margin.plus(amount(step, "margin")).unwrap();
                self.put(&name, loose);
            }
            "reduce" => {
                let (name, skew) = (name(), self.book.skew().unwrap());
                let loose = self.take(&name);
                // A row that pays the margin out closes whatever is there: after ADL the exact size
                // has more places than ours.
                let by = if step.get("margin_paid_out").is_some() {
                    let gap = loose.size.plus(size(step, "size")).unwrap().abs().unwrap();
                    assert!(gap <= Size::raw(1_000), "{name}: closes all but {gap:?}");
                    loose.size.negated().unwrap()
                } else {
                    size(step, "size")
                };
                let paid = self.curve.cost(skew, by, self.index).unwrap();
                let out = self
                    .book
                    .realise(loose, by.negated().unwrap(), paid.negated().unwrap())
                    .unwrap();
                self.put(&name, out.left);
            }
            "price" => self.index = price(step, "index"),
            "funding" => {
                let by = per_unit(step, "index_delta_per_unit");
                self.book.funding = self.book.funding.plus(by).unwrap();
            }
            "margin" => {
                let name = name();
                let mut loose = self.take(&name);
                loose.margin = loose.margin.plus(amount(step, "delta")).unwrap();
                self.put(&name, loose);
            }
            "adl" => {
                let side = side(text(step, "side"));
                self.book
                    .deleverage(side, ratio(step, "keep"), (self.curve, self.index))
                    .unwrap();
            }
            other => panic!("unknown op {other}"),
        }
    }

    /// Head first, ties by name.
    fn side_names(&self, side: Side) -> Vec<String> {
        let short = side == Side::Short;
        let keys = self.ladder.keys().filter(|(s, _, _)| *s == short);
        keys.map(|(_, _, n)| n.clone()).collect()
    }

    fn check(&self, after: &Value, units: i128, what: &str) {
        let want = after["positions"].as_object().unwrap();
        assert_eq!(
            want.keys().collect::<Vec<_>>(),
            self.positions.keys().collect::<Vec<_>>(),
            "{what}"
        );
        for (name, row) in want {
            let p = &self.positions[name];
            let side = self.book.side(p.side().unwrap());
            let (now, _) = p.synced(side, self.book.funding).unwrap();
            let what = format!("{what}: {name}");
            assert_close(now.size.wide(), size(row, "size").wide(), units, &what);
            assert_close(
                now.margin.wide(),
                amount(row, "margin_after_funding").wide(),
                units,
                &what,
            );
            assert_close(now.cost.wide(), amount(row, "cost").wide(), units, &what);
            let equity = now.equity(self.index).unwrap();
            assert_close(equity.wide(), amount(row, "equity").wide(), units, &what);
            let b = side
                .bankruptcy(p.key().unwrap(), self.book.funding)
                .unwrap();
            let want = per_unit(row, "bankruptcy_price");
            let per = Int256::from(units) * Int256::from(10u128.pow(30));
            assert!(close(b.0, want.0, per), "{what}: B {b:?} want {want:?}");
        }
        for (side, key) in [(Side::Long, "long_ladder"), (Side::Short, "short_ladder")] {
            let names: Vec<String> = serde_json::from_value(after[key].clone()).unwrap();
            assert_eq!(self.side_names(side), names, "{what}: {key}");
        }
        assert_close(
            self.book.skew().unwrap().wide(),
            size(after, "skew").wide(),
            units,
            what,
        );
        let cash = self.book.settled_cash().unwrap();
        assert_close(
            cash.wide(),
            amount(after, "vault_cash_after_funding").wide(),
            units,
            what,
        );
        let nav = self.book.nav(self.curve, self.index).unwrap();
        assert_close(nav.wide(), amount(after, "nav").wide(), units, what);
    }
}

fn ladder_key(p: &Position, name: &str) -> (bool, Int256, String) {
    let key = p.key().unwrap().0;
    match p.side().unwrap() {
        // The long whose bankruptcy price is highest is worst.
        Side::Long => (false, -key, name.into()),
        Side::Short => (true, key, name.into()),
    }
}

fn side(name: &str) -> Side {
    match name {
        "long" => Side::Long,
        "short" => Side::Short,
        other => panic!("unknown side {other}"),
    }
}

#[test]
fn ledger() {
    for (i, row) in rows("ledger").unwrap_or_default().iter().enumerate() {
        let start = &row["start"];
        let mut run = Run {
            book: Book::empty().unwrap(),
            positions: BTreeMap::new(),
            ladder: BTreeMap::new(),
            curve: Curve {
                cap: size(start, "k_net"),
                scale: size(start, "scale"),
            },
            index: price(start, "index"),
        };
        run.book.cash = amount(start, "vault_cash");
        for (n, step) in row["steps"].as_array().unwrap().iter().enumerate() {
            run.step(step);
            let index = run.index.wide() / Int256::from(math::units::E18);
            let index: i128 = index.to_string().parse().unwrap();
            let units = (i128::try_from(n).unwrap() + 2) * index.max(1);
            run.check(
                &step["after"],
                units,
                &format!("run {i} step {n} {}", text(step, "op")),
            );
        }
    }
}

#[test]
fn decimals_read_exactly() {
    assert_eq!(scaled("-1.25", 6), Int256::from(-1_250_000));
    assert_eq!(scaled("3", 2), Int256::from(300));
    assert_eq!(scaled("0.1234567", 6), Int256::from(123_456));
    let _ = Size::ZERO;
}
