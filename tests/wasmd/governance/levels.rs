//! A level by order, and the DAO over a guardian.

use harness::Exchange;
use types::{
    breaker::{DaoMsg, ExecuteMsg},
    level::Level,
    scope::Scope,
    Side,
};

use super::{eth, govern, refused, scene, By};

pub fn a_level_is_ordered_and_a_guardian_overruled(by: By) {
    let (mut x, governor) = scene(by, 2);
    x.opened("alice", Side::Long, ("10", 5_000), "2000");
    x.deposit("alice", 1_000);
    let order = govern(eth(), Level::ReduceOnly);
    governor.order(&mut x, order).unwrap();
    x.assert_sound();
    assert_eq!(x.stance().level, Level::ReduceOnly);
    assert_eq!(x.books(1).stance.level, Level::Normal, "another market");
    refused(x.increase("alice", Side::Long, "1", 500), "ReduceOnly");
    x.reduce("alice", Side::Long, "4").unwrap();
    let order = govern(eth(), Level::Normal);
    governor.order(&mut x, order).unwrap();
    x.assert_sound();
    assert_eq!(x.stance().level, Level::Normal);
    x.increase("alice", Side::Long, "1", 500).unwrap();

    let raise = || ExecuteMsg::Raise {
        scope: Scope::Global {},
        level: Level::ReduceOnly,
        hours: 24,
    };
    x.tell_breaker("guardian", &raise()).unwrap();
    let levels = |x: &Exchange| [0, 1].map(|n| x.books(n).stance.level);
    assert_eq!(levels(&x), [Level::ReduceOnly; 2]);
    let lift = DaoMsg::Lift {
        scope: Scope::Global {},
        guardian: x.person("guardian").into(),
    };
    governor.order(&mut x, lift).unwrap();
    x.assert_sound();
    assert_eq!(levels(&x), [Level::Normal; 2]);
    refused(x.tell_breaker("guardian", &raise()), "it rests until");
}
