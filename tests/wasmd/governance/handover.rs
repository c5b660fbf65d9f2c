//! One governor hands over to another: the chain's own governance to a DAO DAO, a DAO DAO to the chain.

use cosmwasm_std::Addr;
use harness::{chain_governor, tell, ChainVote, DaoDao, Exchange, Governor, Module};
use types::{
    breaker::{self, Config, DaoMsg, ExecuteMsg},
    engine,
    level::Level,
};

use super::{announced, bare, eth, execute, govern, level, refused, silence, By, DAY, MEMBERS};

/// Another one, and where it sits.
fn successor(x: &mut Exchange, by: By) -> (Box<dyn Governor>, Addr) {
    match by {
        By::Sender | By::Sudo => {
            let core = DaoDao::beside(x, &MEMBERS);
            (Box::new(DaoDao::of(&MEMBERS)), core)
        }
        By::DaoDao => {
            let chain = ChainVote {
                sudo: false,
                minute: silence,
            };
            (Box::new(chain), chain_governor())
        }
    }
}

pub fn another_governor_takes_over(by: By) {
    let (mut x, governor) = bare(by);
    let (next, seat) = successor(&mut x, by);
    let dao = seat.to_string();
    let done = governor.order(&mut x, DaoMsg::HandOver { dao }).unwrap();
    let [(change, ready)] = announced(&x, &done, 7 * DAY)[..] else {
        panic!("it is announced");
    };
    x.at(ready);
    refused(execute(&mut x, change), "only the NextDao");

    // The one that is named shows that it is there.
    let before = std::mem::replace(&mut x.dao, seat.clone());
    let take = tell(&x.breaker.clone(), &ExecuteMsg::Execute { change });
    next.pass(&mut x, &[take]).unwrap();
    let config: Config = x.ask(Module::Breaker, &breaker::QueryMsg::Config {});
    assert_eq!(config.dao, seat);
    let config: engine::Config = x.ask(Module::Engine, &engine::QueryMsg::Config {});
    assert_eq!(config.dao, Some(seat.clone()));
    x.assert_sound();

    next.order(&mut x, govern(eth(), Level::Protected)).unwrap();
    assert_eq!(level(&x, eth()), Level::Protected);
    // `sudo` is the chain's own word: a chain can always speak for the DAO of its contracts.
    if by != By::Sudo {
        x.dao = before;
        assert!(governor
            .order(&mut x, govern(eth(), Level::Normal))
            .is_err());
        assert_eq!(level(&x, eth()), Level::Protected);
    }
}
