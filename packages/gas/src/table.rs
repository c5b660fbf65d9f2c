//! The table: as JSON for programs, as Markdown for people.

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};

/// Marks in the README between which the table stands.
const MARKS: (&str, &str) = ("<!-- gas table -->\n", "<!-- end of the gas table -->\n");
/// A figure may grow by one part in so many without a new table.
const SLACK: u64 = 50;

/// What a message costs, in gas. The parts add up to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// All of it, as a transaction of its own.
    pub gas: u64,
    /// Of it: the signed transaction around the message.
    pub transaction: u64,
    /// Of it: loading contracts, replies and queries included.
    pub entering: u64,
    /// Of it: reading and writing storage, the bank's included.
    pub storage: u64,
    /// Of it: events.
    pub events: u64,
    /// Of it: computing.
    pub compute: u64,
    /// How often a contract was entered.
    pub entries: u64,
}

impl Cost {
    /// As the chain measured it.
    pub fn of(cost: harness::Cost) -> Self {
        let spent = cost.spent;
        Self {
            gas: cost.gas,
            transaction: cost.signed,
            entering: spent.entering,
            storage: cost.storage,
            events: spent.events,
            compute: cost.gas - cost.signed - spent.entering - cost.storage - spent.events,
            entries: spent.entries,
        }
    }
}

/// One message in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose it is: user, keeper or governance.
    pub group: String,
    /// What.
    pub action: String,
    /// What it costs.
    #[serde(flatten)]
    pub cost: Cost,
    /// All of it where the chain keeps the four codes pinned.
    pub pinned: u64,
}

/// Gas of an action by the number of positions in the market.
pub type Growth = BTreeMap<String, BTreeMap<String, u64>>;

/// Everything measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Messages in a typical state.
    pub rows: Vec<Row>,
    /// How some grow with the market.
    pub growth: Growth,
}

fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let parts = digits.as_bytes().rchunks(3).rev();
    let parts = parts.map(|part| String::from_utf8_lossy(part).into_owned());
    parts.collect::<Vec<_>>().join(",")
}

impl Table {
    /// For programs.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("it serialises");
        text.push('\n');
        text
    }

    /// For people.
    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "| who | message | gas | transaction | entering | storage | events | compute | contracts entered | pinned |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for row in &self.rows {
            let c = row.cost;
            let parts = [
                c.gas,
                c.transaction,
                c.entering,
                c.storage,
                c.events,
                c.compute,
            ];
            let parts = parts.map(thousands).join(" | ");
            let _ = writeln!(
                text,
                "| {} | {} | {parts} | {} | {} |",
                row.group,
                row.action,
                c.entries,
                thousands(row.pinned)
            );
        }
        text.push_str("\n| in a market with so many positions |");
        let sizes: Vec<&String> = self
            .growth
            .values()
            .next()
            .into_iter()
            .flat_map(BTreeMap::keys)
            .collect();
        let mut sizes: Vec<u64> = sizes.iter().map(|n| n.parse().expect("a number")).collect();
        sizes.sort_unstable();
        for n in &sizes {
            let _ = write!(text, " {} |", thousands(*n));
        }
        text.push_str("\n|---|");
        text.push_str(&"---:|".repeat(sizes.len()));
        text.push('\n');
        for (action, by) in &self.growth {
            let _ = write!(text, "| {action} |");
            for n in &sizes {
                let gas = by.get(&n.to_string()).copied().unwrap_or_default();
                let _ = write!(text, " {} |", thousands(gas));
            }
            text.push('\n');
        }
        text
    }

    /// What has grown beyond the slack since `before`, or is not in it.
    pub fn grown(&self, before: &Self) -> Vec<String> {
        let figures = |table: &Self| -> BTreeMap<String, u64> {
            let rows = table.rows.iter().flat_map(|row| {
                let name = format!("{}: {}", row.group, row.action);
                [
                    (format!("{name}, pinned"), row.pinned),
                    (name, row.cost.gas),
                ]
            });
            let growth = table.growth.iter().flat_map(|(action, by)| {
                by.iter()
                    .map(move |(n, gas)| (format!("{action} at {n}"), *gas))
            });
            rows.chain(growth).collect()
        };
        let (now, then) = (figures(self), figures(before));
        let gone = then.keys().filter(|name| !now.contains_key(*name));
        let mut wrong: Vec<String> = gone
            .map(|name| format!("{name}: no longer measured"))
            .collect();
        for (name, gas) in &now {
            match then.get(name) {
                None => wrong.push(format!("{name}: {gas}, not in the table")),
                Some(was) if *gas > was + was / SLACK => {
                    wrong.push(format!("{name}: {gas}, was {was}"));
                }
                Some(_) => {}
            }
        }
        wrong
    }
}

/// A page with the table between its marks.
pub fn within(page: &str, table: &str) -> String {
    let (before, rest) = page.split_once(MARKS.0).expect("the first mark");
    let (_, after) = rest.split_once(MARKS.1).expect("the second mark");
    format!("{before}{}{table}{}{after}", MARKS.0, MARKS.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(gas: u64) -> Table {
        let cost = Cost {
            gas,
            transaction: 1,
            entering: 2,
            storage: 3,
            events: 4,
            compute: gas - 10,
            entries: 1,
        };
        let row = Row {
            group: "user".into(),
            action: "deposit".into(),
            cost,
            pinned: gas / 2,
        };
        let by = BTreeMap::from([("100".to_owned(), gas)]);
        Table {
            rows: vec![row],
            growth: BTreeMap::from([("fill".to_owned(), by)]),
        }
    }

    #[test]
    fn two_per_cent_are_borne_and_more_is_named() {
        let before = table(100_000);
        assert!(table(102_000).grown(&before).is_empty());
        assert!(table(50_000).grown(&before).is_empty());
        let wrong = table(102_004).grown(&before);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        let mut less = table(100_000);
        less.growth.clear();
        assert_eq!(less.grown(&before), ["fill at 100: no longer measured"]);
        assert_eq!(
            before.grown(&less),
            ["fill at 100: 100000, not in the table"]
        );
    }

    #[test]
    fn it_stands_between_its_marks_and_says_the_same_twice() {
        let page = format!("a\n{}old\n{}b\n", MARKS.0, MARKS.1);
        let once = within(&page, &table(1_234_567).markdown());
        assert!(
            once.contains("| user | deposit | 1,234,567 | 1 | 2 |"),
            "{once}"
        );
        assert!(once.starts_with("a\n") && once.ends_with("b\n"));
        assert_eq!(within(&once, &table(1_234_567).markdown()), once);
        let read: Table = serde_json::from_str(&table(5_000).json()).unwrap();
        assert_eq!(read, table(5_000));
    }
}
