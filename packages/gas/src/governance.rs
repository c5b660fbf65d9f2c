//! What guardians and the DAO send.

use harness::{Exchange, Module};
use types::{
    breaker::{DaoMsg, ExecuteMsg},
    level::Level,
    scope::Scope,
};

use crate::{
    real::{Call, Scale},
    scene::{calm, typical},
    table::Row,
};

struct Orders {
    x: Exchange,
    scale: Scale,
    rows: Vec<Row>,
}

impl Orders {
    fn weigh(&mut self, name: &str, who: &str, msg: &ExecuteMsg) {
        let call = Call::of(&self.x, who, Module::Breaker, msg);
        let row = self.scale.row("governance", name, &self.x, &call);
        self.rows.push(row);
    }
}

/// All of them.
pub fn rows() -> Vec<Row> {
    let mut o = Orders {
        x: typical(),
        scale: Scale::new(calm()),
        rows: Vec::new(),
    };
    let scope = || Scope::Global {};
    let raise = ExecuteMsg::Raise {
        scope: scope(),
        level: Level::ReduceOnly,
        hours: 1,
    };
    o.weigh("guardian: heartbeat", "guardian", &ExecuteMsg::Heartbeat {});
    o.weigh("guardian: raise", "guardian", &raise);
    let dao = |order| ExecuteMsg::Dao { order };
    let level = |level| DaoMsg::Govern {
        scope: scope(),
        level,
    };
    o.weigh(
        "dao: raise to Protected",
        "dao",
        &dao(level(Level::Protected)),
    );
    o.x.order(level(Level::Protected)).expect("the DAO may");
    o.weigh("dao: lower to Normal", "dao", &dao(level(Level::Normal)));
    let guardians = || {
        let guardians = ["guardian", "other"].map(|who| o.x.person(who).into_string());
        DaoMsg::SetGuardians {
            guardians: guardians.to_vec(),
        }
    };
    let announce = guardians();
    o.weigh(
        "dao: announce other guardians",
        "dao",
        &dao(announce.clone()),
    );
    o.x.order(announce).expect("the DAO may");
    o.weigh(
        "guardian: veto",
        "guardian",
        &ExecuteMsg::Veto { change: 1 },
    );
    o.x.wait(8 * 24 * 3_600);
    o.weigh(
        "anyone: execute a change",
        "keeper",
        &ExecuteMsg::Execute { change: 1 },
    );
    o.rows
}
