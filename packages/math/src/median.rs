//! The weighted median: no holder of less than half the weight decides it alone.

use crate::units::Price;

/// A value and the weight behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighted {
    /// What is said.
    pub value: Price,
    /// How much it counts.
    pub weight: u64,
}

/// The first value, in ascending order, at which twice the weight so far reaches the total.
/// `None` of nothing.
pub fn weighted_median(mut items: Vec<Weighted>) -> Option<Price> {
    items.sort_by_key(|w| w.value);
    let total = sum(items.iter().map(|w| w.weight));
    let mut cumulative: u128 = 0;
    items.iter().find_map(|w| {
        cumulative = cumulative.saturating_add(u128::from(w.weight));
        (cumulative.saturating_mul(2) >= total).then_some(w.value)
    })
}

/// A sum of weights, too wide to overflow.
pub fn sum(weights: impl Iterator<Item = u64>) -> u128 {
    weights.fold(0, |sum, w| sum.saturating_add(u128::from(w)))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(items: &[Weighted]) -> Price {
        let mut spread: Vec<Price> = items
            .iter()
            .flat_map(|w| std::iter::repeat_n(w.value, usize::try_from(w.weight).unwrap()))
            .collect();
        spread.sort();
        spread[(spread.len() - 1) / 2]
    }

    proptest! {
        #[test]
        fn it_is_the_lower_median_of_the_items_repeated_by_weight(
            items in proptest::collection::vec((1u128..1000, 1u64..6), 1..8),
        ) {
            let items: Vec<_> = items
                .into_iter()
                .map(|(v, weight)| Weighted { value: Price::raw(v), weight })
                .collect();
            prop_assert_eq!(weighted_median(items.clone()), Some(naive(&items)));
        }
    }

    #[test]
    fn of_nothing_there_is_none() {
        assert_eq!(weighted_median(vec![]), None);
    }
}
