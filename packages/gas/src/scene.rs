//! Typical states.

use cosmwasm_std::coin;
use harness::{dollars, increase, Builder, Exchange, DENOM};
use types::{
    engine::{ExecuteMsg, Order},
    Side,
};

/// Orders signed before they are executed, and executed in one message.
const BATCH: u32 = 50;

/// A calm market with three sources.
pub fn calm() -> Builder {
    Exchange::calm().unaudited()
}

/// Somebody brings coins and signs an order with them.
pub fn signed(x: &mut Exchange, who: &str, order: Order, brought: u128) {
    let person = x.person(who);
    x.mint(&person, dollars(brought), DENOM);
    let msg = ExecuteMsg::PlaceOrder {
        market: x.markets[0].id.clone(),
        order,
        limit: None,
        expiry: None,
    };
    x.tell_with(who, &msg, &[coin(dollars(brought), DENOM)])
        .expect("an order is taken");
}

/// The name of the n-th of a crowd.
pub fn member(n: u32) -> String {
    format!("p{n}")
}

/// So many positions, long and short in turn, of a size.
pub fn crowd(x: &mut Exchange, people: u32, size: &str, margin: u128) {
    for n in 0..people {
        let side = if n % 2 == 0 { Side::Long } else { Side::Short };
        signed(x, &member(n), increase(side, size, margin), margin + 10);
        if (n + 1) % BATCH == 0 || n + 1 == people {
            x.round("2000");
            x.crank_in(0, "keeper", BATCH).expect("a crank works");
        }
    }
    assert_eq!(x.books(0).positions, u64::from(people));
}

/// A hundred positions of a thousand dollars each; Alice, who has one of ten thousand, and a full wallet.
pub fn typical() -> Exchange {
    let mut x = calm().build();
    crowd(&mut x, 100, "0.5", 200);
    signed(&mut x, "alice", increase(Side::Long, "5", 2_000), 10_000);
    x.round("2000");
    x.crank();
    assert!(x.position("alice").is_some());
    x
}
