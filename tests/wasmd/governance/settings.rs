//! A market's settings by vote: stricter at once, looser announced, vetoed once, executed once.

use harness::{Exchange, Module};
use types::{
    breaker::DaoMsg,
    engine,
    params::{MarketParams, Shift},
    Ratio,
};

use super::{announced, bare, changes, executed_when_ready, refused, veto, By, DAY, HOUR};

fn settings(x: &Exchange) -> MarketParams {
    let market = "eth-perp".into();
    let told: Option<MarketParams> = x.ask(Module::Engine, &engine::QueryMsg::Settings { market });
    told.unwrap()
}

fn set(params: &MarketParams, how: Shift) -> DaoMsg {
    DaoMsg::SetParams {
        market: "eth-perp".into(),
        params: Box::new(params.clone()),
        how,
    }
}

pub fn they_move_by_steps(by: By) {
    let (mut x, governor) = bare(by);
    let before = settings(&x);
    let other = x.dump(Module::Market(1));

    let mut stricter = before.clone();
    stricter.mm_share = Ratio::percent(55);
    stricter.account_share = Ratio::percent(40);
    governor
        .order(&mut x, set(&stricter, Shift::Tighten))
        .unwrap();
    assert_eq!(settings(&x), stricter);
    x.assert_sound();

    // A second step the same day is one too many, and looser is not stricter.
    let mut again = stricter.clone();
    again.mm_share = Ratio::percent(56);
    assert!(governor.order(&mut x, set(&again, Shift::Tighten)).is_err());
    let mut looser = stricter.clone();
    looser.account_share = Ratio::percent(44);
    assert!(governor
        .order(&mut x, set(&looser, Shift::Tighten))
        .is_err());
    assert_eq!(settings(&x), stricter);

    let done = governor.order(&mut x, set(&looser, Shift::Loosen)).unwrap();
    let [(change, ready)] = announced(&x, &done, 72 * HOUR)[..] else {
        panic!("it is announced");
    };
    let later = veto(&mut x, "guardian", change).unwrap();
    assert_eq!(later, ready + 7 * DAY);
    refused(veto(&mut x, "guardian", change), "before");
    executed_when_ready(&mut x, (change, later));
    assert_eq!(settings(&x), looser);
    assert!(changes(&x).is_empty());
    assert!(x.dump(Module::Market(1)) == other);
}
