use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn rounding_brackets_the_truth(size in -1_000_000_000_000i128..1_000_000_000_000, price in 0u128..1_000_000 * E18) {
        let (s, p) = (Size::raw(size), Price::raw(price));
        let (down, up) = (s.value(p, Round::Down).unwrap(), s.value(p, Round::Up).unwrap());
        prop_assert!(down <= up && up.minus(down).unwrap() <= Amount::raw(1));
        prop_assert_eq!(s.times(p.per_unit().unwrap(), Round::Down).unwrap(), down);
    }

    #[test]
    fn a_square_root_squares_back(r in 0u128..1000 * E18) {
        let root = Ratio::raw(r).sqrt().unwrap();
        prop_assert!(root.times(root, Round::Down).unwrap() <= Ratio::raw(r));
        let next = root.plus(Ratio::raw(1)).unwrap();
        prop_assert!(next.times(next, Round::Up).unwrap() >= Ratio::raw(r));
    }
}
