//! The same story on both chains comes to the same state.

use harness::{Exchange, Kind};
use types::Side;

fn story(on: Kind) -> Vec<String> {
    let mut x = Exchange::calm().on(on).build();
    let mut hashes = vec![x.state_hash()];
    x.deposit("alice", 10_000);
    x.increase("alice", Side::Long, "3", 1_500).unwrap();
    x.round("2000");
    x.crank();
    hashes.push(x.state_hash());
    assert!(x.position("alice").is_some());
    hashes
}

#[test]
fn a_first_trade() {
    assert_eq!(story(Kind::Embedded), story(Kind::Wasmd));
}
