//! What the table promises, against the nearest peer measured on the same software (its figures: an order in a batch
//! 332,000, a liquidation in a batch 278,000, into and out of the vault 180,000, an order placed and filled alone 679,000).

use crate::table::Table;

/// Rows that may cost so much.
const ROWS: [(&str, u64); 2] = [
    ("ask into the vault", 180_000),
    ("ask out of the vault", 180_000),
];
/// An order placed, and filled by the order book's own crank with nothing else to do: both together.
const ALONE: [&str; 2] = ["place an increase", "crank the order book alone, 1 order"];
const ALONE_MOST: u64 = 509_000;
/// Actions that may cost so much in any market.
const ACTIONS: [(&str, u64); 2] = [
    ("an order in a batch", 166_000),
    ("a liquidation in a batch", 139_000),
];
/// In the largest market an action costs at most five per cent more than in the smallest.
const LARGER: (u64, u64) = (105, 100);
/// So many at once: one more costs no more, within the same five per cent, in the larger batch than in the smaller.
const BATCHES: [[(&str, u64); 3]; 2] = [
    [
        ("crank 1 order", 1),
        ("crank 10 orders", 10),
        ("crank 50 orders", 50),
    ],
    [
        ("crank 1 liquidation", 1),
        ("crank 10 liquidations", 10),
        ("crank 50 liquidations", 50),
    ],
];
/// Gas of a block, and liquidations it has room for, in cranks of 50.
const BLOCK: u64 = 100_000_000;
const LIQUIDATIONS: u64 = 500;
const CRANK: (&str, u64) = ("crank 50 liquidations", 50);

/// What is not kept.
pub fn missed(table: &Table) -> Vec<String> {
    let mut missed = Vec::new();
    let of = |name: &str| table.rows.iter().find(|row| row.action == name);
    for (name, most) in ROWS {
        match of(name).map(|row| row.cost.gas) {
            Some(gas) if gas <= most => {}
            gas => missed.push(format!("{name}: {gas:?}, {most} promised")),
        }
    }
    let alone = ALONE.map(|name| of(name).map(|row| row.cost.gas));
    let sum = alone.into_iter().sum::<Option<u64>>();
    if sum.is_none_or(|sum| sum > ALONE_MOST) {
        missed.push(format!(
            "an order placed and filled alone: {sum:?}, {ALONE_MOST} promised"
        ));
    }
    for (name, most) in ACTIONS {
        let by = table.growth.get(name).into_iter().flatten();
        let gas = by.map(|(_, gas)| *gas).max();
        if gas.is_none_or(|gas| gas > most) {
            missed.push(format!("{name}: {gas:?}, {most} promised"));
        }
    }
    for (name, by) in &table.growth {
        let mut by: Vec<(u64, u64)> = by
            .iter()
            .map(|(n, gas)| (n.parse().expect("a number"), *gas))
            .collect();
        by.sort_unstable();
        let ends = by.first().zip(by.last());
        if ends.is_none_or(|(small, large)| large.1 * LARGER.1 > small.1 * LARGER.0) {
            missed.push(format!("{name} grows with the market: {by:?}"));
        }
    }
    for batch in BATCHES {
        let gas = |n: usize| of(batch[n].0).map(|row| row.cost.gas);
        let each = |n: usize| {
            let more = gas(n + 1)?.checked_sub(gas(n)?)?;
            Some(more / (batch[n + 1].1 - batch[n].1))
        };
        let steady = each(0).zip(each(1));
        if steady.is_none_or(|(small, large)| large * LARGER.1 > small * LARGER.0) {
            missed.push(format!("{} grows with the batch: {steady:?}", batch[2].0));
        }
    }
    let room = of(CRANK.0).map(|row| BLOCK / row.cost.gas * CRANK.1);
    if room.is_none_or(|room| room < LIQUIDATIONS) {
        missed.push(format!("a block has room for {room:?} liquidations"));
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let told = include_str!("../../../schema/gas.json");
        serde_json::from_str(told).expect("a gas table")
    }

    #[test]
    fn the_table_keeps_what_it_promises() {
        assert_eq!(missed(&table()), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_kept_is_named() {
        let mut dear = table();
        for row in &mut dear.rows {
            row.cost.gas = 11_000_000;
        }
        for by in dear.growth.values_mut() {
            by.insert("100000".into(), 200_000);
        }
        // Two rows, an order alone, two actions, the growth of those, and the block's room.
        let missed = missed(&dear);
        assert_eq!(missed.len(), 8, "{missed:?}");
        let none = Table {
            rows: vec![],
            growth: dear.growth.clone().into_iter().take(0).collect(),
        };
        assert_eq!(super::missed(&none).len(), 8);
    }

    #[test]
    fn a_batch_that_costs_more_each_is_named() {
        let mut dear = table();
        let row = dear.rows.iter_mut().find(|r| r.action == "crank 50 orders");
        row.unwrap().cost.gas *= 2;
        let missed = missed(&dear);
        assert_eq!(missed.len(), 1, "{missed:?}");
        assert!(missed[0].contains("crank 50 orders"), "{missed:?}");
    }
}
