//! What is written is read back, under the same keys as cw-storage-plus, in the order of the keys.

#![allow(clippy::disallowed_methods, reason = "no api checks an address here")]

use cosmwasm_std::{testing::MockStorage, Addr, Empty, Int256, Order, Storage, Uint256};
use math::units::{Amount, PerUnit, Price, Rate, Ratio, Size};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use store::{pack, unpack, Bound, Item, Map};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Held {
    owner: Addr,
    margin: Amount,
    since: u64,
    #[serde(with = "math::packed")]
    scale: Uint256,
    note: Option<PerUnit>,
}

const ONE: Item<Held> = Item::new("one");
const MANY: Map<(&str, u64), Amount> = Map::new("many");
const MARKED: Map<&Addr, Empty> = Map::new("marked");

fn held() -> Held {
    Held {
        owner: Addr::unchecked("ada"),
        margin: Amount::raw(-5),
        since: 300,
        scale: Uint256::from(7u8),
        note: Some(PerUnit(Int256::from(-1))),
    }
}

#[test]
fn an_item_is_there_when_it_was_written_and_not_before_or_after() {
    let mut storage = MockStorage::new();
    assert_eq!(ONE.may_load(&storage).unwrap(), None);
    let missing = ONE.load(&storage).unwrap_err().to_string();
    assert!(missing.contains("nothing stored at one"), "{missing}");
    ONE.save(&mut storage, &held()).unwrap();
    assert!(ONE.exists(&storage));
    assert_eq!(ONE.load(&storage).unwrap(), held());
    ONE.remove(&mut storage);
    assert!(!ONE.exists(&storage));
}

#[test]
fn fields_are_written_in_order_without_names() {
    let bytes = pack(&held()).unwrap();
    let note = [vec![1, 1], vec![0xff; 18], vec![3]].concat();
    let all = [
        b"\x03ada".to_vec(),
        vec![9],
        vec![0xac, 2],
        vec![0, 7],
        note,
    ]
    .concat();
    assert_eq!(bytes, all);
}

#[test]
fn keys_are_those_of_cw_storage_plus() {
    let plus = cw_storage_plus::Map::<(&str, u64), Amount>::new("many");
    let mut storage = MockStorage::new();
    MANY.save(&mut storage, ("eth", 7), &Amount::ZERO).unwrap();
    let keys: Vec<_> = storage.range_keys(None, None, Order::Ascending).collect();
    assert_eq!(keys, [plus.key(("eth", 7)).to_vec()]);
}

#[test]
fn rows_come_in_order_between_their_bounds_and_under_their_prefix_only() {
    let mut storage = MockStorage::new();
    for (market, n) in [("eth", 2), ("btc", 9), ("eth", 1), ("eth", 3), ("etha", 4)] {
        let amount = Amount::raw(n.into());
        MANY.save(&mut storage, (market, n), &amount).unwrap();
    }
    let eth = MANY.prefix("eth");
    let rows: Vec<_> = eth
        .range(
            &storage,
            Some(Bound::exclusive(1u64)),
            None,
            Order::Ascending,
        )
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows, [(2, Amount::raw(2)), (3, Amount::raw(3))]);
    let keys: Vec<_> = eth
        .keys(
            &storage,
            None,
            Some(Bound::inclusive(2u64)),
            Order::Descending,
        )
        .map(Result::unwrap)
        .collect();
    assert_eq!(keys, [2, 1]);
    let all: Vec<_> = MANY
        .all()
        .keys(&storage, None, None, Order::Ascending)
        .map(Result::unwrap)
        .collect();
    let all: Vec<_> = all.iter().map(|(m, n)| (m.as_str(), *n)).collect();
    assert_eq!(
        all,
        [("btc", 9), ("eth", 1), ("eth", 2), ("eth", 3), ("etha", 4)]
    );
    MANY.remove(&mut storage, ("eth", 2));
    assert!(!MANY.has(&storage, ("eth", 2)));
    assert!(MANY.load(&storage, ("eth", 2)).is_err());
    assert_eq!(MANY.may_load(&storage, ("eth", 2)).unwrap(), None);
}

#[test]
fn a_mark_is_a_value_too() {
    let mut storage = MockStorage::new();
    let ada = Addr::unchecked("ada");
    MARKED.save(&mut storage, &ada, &Empty {}).unwrap();
    assert!(MARKED.has(&storage, &ada));
    assert_eq!(MARKED.load(&storage, &ada).unwrap(), Empty {});
}

#[test]
fn bytes_too_few_too_many_or_of_nothing_are_errors() {
    let bytes = pack(&held()).unwrap();
    for n in 0..bytes.len() {
        assert!(unpack::<Held>(&bytes[..n]).is_err(), "{n}");
    }
    assert!(unpack::<Held>(&[bytes, vec![0]].concat()).is_err());
    assert!(unpack::<Empty>(&[1]).is_err());
    assert!(unpack::<u8>(&[0, 0]).is_err());
}

proptest! {
    #[test]
    fn numbers_come_back_as_they_were(high in any::<i128>(), low in any::<u128>()) {
        let wide = Int256::from(high)
            .checked_mul(Int256::from(u64::MAX)).unwrap()
            .checked_add(Int256::from(low)).unwrap();
        let amount = Amount::raw(high);
        prop_assert_eq!(unpack::<Amount>(&pack(&amount).unwrap()).unwrap(), amount);
        let per = PerUnit(wide);
        prop_assert_eq!(unpack::<PerUnit>(&pack(&per).unwrap()).unwrap(), per);
        let price = Price::raw(low);
        prop_assert_eq!(unpack::<Price>(&pack(&price).unwrap()).unwrap(), price);
        let both = (Ratio::raw(low), Size::raw(high), Rate(cosmwasm_std::SignedDecimal::new(high.into())));
        prop_assert_eq!(unpack::<(Ratio, Size, Rate)>(&pack(&both).unwrap()).unwrap(), both);
    }

    #[test]
    fn a_small_number_takes_few_bytes(n in -60_i128..60) {
        prop_assert_eq!(pack(&Amount::raw(n)).unwrap().len(), 1);
    }
}
