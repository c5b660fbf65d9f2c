//! A position that cannot be liquidated holds up nobody.

use cosmwasm_std::Addr;
use harness::{price, usd, Exchange};
use margin_engine::position;
use math::ledger::Loose;
use types::{Amount, Side};

const ETH: &str = "eth-perp";

/// Damage, or repair, what is stored of a position.
fn store(x: &mut Exchange, who: &str, change: impl Fn(&mut position::Position)) {
    let (engine, account): (Addr, Addr) = (x.engine.clone(), x.person(who));
    let mut storage = x.app_mut().contract_storage_mut(&engine);
    let mut held = position::load(&*storage, ETH, &account).unwrap().unwrap();
    change(&mut held);
    position::strike(&mut *storage, (ETH, &account), &held).unwrap();
}

#[test]
fn after_three_failures_it_stands_beside_the_ladder_and_the_next_one_is_liquidated() {
    let mut x = Exchange::calm().unaudited().build();
    x.opened("cursed", Side::Long, ("10", 1_300), "2000");
    x.opened("next", Side::Long, ("10", 1_400), "2000");
    let reserve = Amount::raw(1_000_000);
    store(&mut x, "cursed", |p| p.reserve = Amount::raw(i128::MIN));
    x.walk("2000", "1840", 20);
    x.next_block();
    x.quote("1840");
    for strike in 1..=3u32 {
        assert_eq!(x.books(0).stuck, 0, "{strike}");
        x.crank();
        assert!(x.position("next").is_some(), "{strike}");
    }
    assert_eq!(x.books(0).stuck, 1);
    // It was bankrupt: what it owes has been provided for.
    let debt = x.books(0).bad_debt;
    let cursed = x.position("cursed").unwrap();
    let loose = Loose {
        size: cursed.size,
        cost: cursed.cost,
        margin: cursed.margin,
    };
    let owed = loose.equity(price("1840")).unwrap().negated().unwrap();
    assert!(owed > usd(100), "{owed:?}");
    assert_eq!(debt.insurance.plus(debt.vault).unwrap(), owed);
    x.crank();
    assert!(
        x.position("next").is_none() || x.position("next").unwrap().size < harness::units("10")
    );
    assert_eq!(x.books(0).stuck, 1, "tried again, in vain");
    // Repaired, it is liquidated by the next crank and the books balance to the unit.
    store(&mut x, "cursed", |p| p.reserve = reserve);
    x.crank();
    assert_eq!(x.books(0).stuck, 0);
    assert!(x.position("cursed").is_none());
    x.assert_sound();
}
