//! Who orders, and how: all of a vote or nothing of it, the governor and nobody else.

use harness::{chain_governor, replace, sudo, tell, DaoDao, Part};
use types::{breaker::ExecuteMsg, engine, level::Level, scope::Scope};

use super::{bare, eth, govern, level, refused, silence, By};

pub fn a_bad_message_takes_the_good_ones_along(by: By) {
    let (mut x, governor) = bare(by);
    let good = || govern(eth(), Level::Guarded);
    let bad = || {
        let market = "no-perp".into();
        govern(Scope::Market { market }, Level::Guarded)
    };
    let before = x.state_hash();
    for orders in [vec![good(), bad()], vec![bad(), good()]] {
        assert!(governor.orders(&mut x, orders).is_err());
        assert!(x.state_hash() == before, "nothing at all has changed");
        assert_eq!(level(&x, eth()), Level::Normal);
    }
    // The same where the bad one is another contract's, which knows no DAO.
    let order = good();
    let good_msg = tell(&x.breaker, &ExecuteMsg::Dao { order });
    let fund = engine::ExecuteMsg::Deposit {};
    let bad_msg = tell(&x.engine, &fund);
    let mixed = governor.pass(&mut x, &[good_msg, bad_msg]);
    assert!(mixed.is_err() && x.state_hash() == before);
    x.assert_sound();
    governor.orders(&mut x, vec![good()]).unwrap();
    assert_eq!(level(&x, eth()), Level::Guarded);
    assert!(x.state_hash() != before, "it was the bad one");
    x.assert_sound();
}

pub fn only_the_governor_orders(by: By) {
    let (mut x, governor) = bare(by);
    let order = govern(eth(), Level::Protected);
    let before = x.state_hash();
    let people = [
        "stranger",
        "dao",
        "deployer",
        "validator",
        "ann",
        "guardian",
    ];
    for who in people {
        let dao = ExecuteMsg::Dao {
            order: order.clone(),
        };
        refused(x.tell_breaker(who, &dao), "only the Dao may do this");
        // The door past every sender, knocked at in one's own name, and in the chain's.
        let (own, breaker) = (x.person(who), x.breaker.clone());
        for (authority, why) in [(own.clone(), "unauthorized"), (chain_governor(), "signer")] {
            let msg = sudo(&authority, &breaker, &order);
            let chain = x.chain.wasmd_mut().unwrap();
            refused(chain.tx(&own, &[msg]), why);
        }
    }
    assert!(x.state_hash() == before);
    governor.order(&mut x, order).unwrap();
    assert_eq!(level(&x, eth()), Level::Protected);
    x.assert_sound();
}

pub fn a_lost_vote_orders_nothing(by: By) {
    let (mut x, _) = bare(by);
    let before = x.state_hash();
    let order = govern(eth(), Level::Protected);
    if by == By::DaoDao {
        let dao = ExecuteMsg::Dao { order };
        let msg = tell(&x.breaker, &dao);
        let proposal = DaoDao::propose(&mut x, "ann", &[msg]).unwrap();
        DaoDao::vote(&mut x, "ann", (proposal, true)).unwrap();
        assert!(DaoDao::execute(&mut x, "ann", proposal).is_err());
        for who in ["ben", "cleo"] {
            DaoDao::vote(&mut x, who, (proposal, false)).unwrap();
        }
        assert!(DaoDao::execute(&mut x, "ann", proposal).is_err());
        assert_eq!(DaoDao::status(&x, proposal), "rejected");
    } else {
        let msg = sudo(&chain_governor(), &x.breaker, &order);
        let chain = x.chain.wasmd_mut().unwrap();
        let proposal = chain.propose("validator", &[msg]).unwrap();
        chain.vote("validator", proposal, false).unwrap();
        for _ in 0..10 {
            silence(&mut x);
        }
        let ended = x.chain.wasmd().unwrap().ended(proposal).unwrap();
        refused(ended, "rejected");
    }
    assert!(x.state_hash() == before);
    assert_eq!(level(&x, eth()), Level::Normal);
}

/// The chain's own governance needs nobody's leave to replace code; a DAO DAO is nobody's admin here.
#[test]
fn new_code_comes_by_the_chains_vote() {
    for by in [By::Sender, By::DaoDao] {
        let (mut x, governor) = bare(by);
        let (engine, code) = (x.engine.clone(), x.chain.store(Part::Engine));
        let before = (x.chain.code_of(&engine), x.state_hash());
        assert!(before.0 != code);
        let order = govern(eth(), Level::Guarded);
        let told = tell(&x.breaker, &ExecuteMsg::Dao { order });
        let done = governor.pass(&mut x, &[told, replace(&engine, code)]);
        if by == By::DaoDao {
            assert!(done.is_err());
            assert_eq!((x.chain.code_of(&engine), x.state_hash()), before);
        } else {
            done.unwrap();
            assert_eq!(x.chain.code_of(&engine), code);
            assert_eq!(level(&x, eth()), Level::Guarded);
        }
        x.assert_sound();
    }
}
