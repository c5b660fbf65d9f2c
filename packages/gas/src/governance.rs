//! What guardians and the DAO send.

use cosmwasm_std::Binary;
use harness::{Exchange, Module, Next, Part};
use types::{
    breaker::{DaoMsg, ExecuteMsg},
    engine,
    level::Level,
    params::{MarketParams, Shift},
    scope::Scope,
    Ratio,
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
    /// A message to the engine.
    fn weigh_at(&mut self, name: &str, who: &str, msg: &engine::ExecuteMsg) {
        let call = Call::of(&self.x, who, Module::Engine, msg);
        let row = self.scale.row("governance", name, &self.x, &call);
        self.rows.push(row);
    }

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
    settings(&mut o);
    code(&mut o);
    o.rows
}

/// A market's settings, stricter at once and looser announced.
fn settings(o: &mut Orders) {
    let set = |o: &Orders, how, share| {
        let market = o.x.markets[0].id.clone();
        let query = engine::QueryMsg::Settings {
            market: market.clone(),
        };
        let told: Option<MarketParams> = o.x.ask(Module::Engine, &query);
        let mut params = Box::new(told.expect("the engine knows the market"));
        params.account_share = Ratio::percent(share);
        DaoMsg::SetParams {
            market,
            params,
            how,
        }
    };
    let dao = |order| ExecuteMsg::Dao { order };
    let stricter = set(o, Shift::Tighten, 45);
    o.weigh("dao: tighten a market's settings", "dao", &dao(stricter));
    let looser = set(o, Shift::Loosen, 55);
    let name = "dao: announce looser settings";
    o.weigh(name, "dao", &dao(looser.clone()));
    o.x.order(looser).expect("the DAO may");
    o.x.wait(8 * 24 * 3_600);
    let execute = ExecuteMsg::Execute { change: 2 };
    o.weigh("anyone: execute looser settings", "keeper", &execute);
}

/// Other code for an order book and for the breaker, and another DAO.
fn code(o: &mut Orders) {
    let dao = |order| ExecuteMsg::Dao { order };
    let codes = [Part::Market, Part::Breaker].map(|part| {
        let code = o.x.chain.store_next(part, Next::Sound);
        // The same number on both chains.
        assert_eq!(code, o.scale.x.chain.store_next(part, Next::Sound));
        code
    });
    o.x.hand_over();
    o.scale.x.hand_over();
    let msg = || Binary::from(b"{}");
    let upgrade = DaoMsg::Upgrade {
        module: o.x.markets[0].addr.to_string(),
        code: codes[0],
        msg: msg(),
    };
    o.weigh("dao: announce an upgrade", "dao", &dao(upgrade.clone()));
    o.x.order(upgrade).expect("the DAO may");
    let other = o.x.person("keeper").into_string();
    let hand_over = DaoMsg::HandOver { dao: other };
    o.x.order(hand_over).expect("the DAO may");
    let replace = engine::ExecuteMsg::ReplaceBreaker {
        code: codes[1],
        msg: msg(),
    };
    o.weigh_at("dao: announce other code for the breaker", "dao", &replace);
    o.x.tell("dao", &replace).expect("the DAO may");
    o.x.wait(15 * 24 * 3_600);
    let execute = |change| ExecuteMsg::Execute { change };
    o.weigh("anyone: upgrade an order book", "keeper", &execute(3));
    o.weigh("another DAO: take over", "keeper", &execute(4));
    let go = engine::ExecuteMsg::ExecuteReplacement {};
    o.weigh_at("anyone: replace the breaker's code", "keeper", &go);
}
