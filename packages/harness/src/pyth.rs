//! A stand-in for Pyth: it answers the exact wire text of the real contract, or fails on purpose.

use cosmwasm_std::{
    from_json, to_json_binary, Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response,
    StdError, StdResult,
};
use cw_multi_test::{Contract, ContractWrapper, Executor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::oracle::foreign::PythPrice;

use crate::{
    code::{contained, Fault},
    exchange::Exchange,
};

/// What Pyth calls the n-th market's feed.
pub fn pyth_id(market: usize) -> String {
    format!("{:064x}", 0xfeed_0000 + market)
}

#[derive(Debug, Serialize, Deserialize)]
enum Told {
    Says { id: String, text: String },
    Dead,
    Panic,
    Garbage,
    Well,
}

const MODE: &[u8] = b"mode";

/// The stand-in's code.
pub(crate) fn pyth() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(told, start, asked))
}

#[allow(clippy::unnecessary_wraps)]
fn start(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn told(deps: DepsMut, _: Env, _: MessageInfo, msg: Told) -> StdResult<Response> {
    match msg {
        Told::Says { id, text } => deps.storage.set(id.as_bytes(), text.as_bytes()),
        mode @ (Told::Dead | Told::Panic | Told::Garbage | Told::Well) => {
            deps.storage.set(MODE, &to_json_binary(&mode)?);
        }
    }
    Ok(Response::new())
}

/// `{"price_feed":{"id":"<64 hex>"}}` and nothing else.
fn asked(deps: Deps, _: Env, msg: Value) -> StdResult<Binary> {
    let mode = deps.storage.get(MODE).map(from_json).transpose()?;
    match mode.unwrap_or(Told::Well) {
        Told::Dead => return Err(StdError::msg("the contract is dead")),
        Told::Panic => return contained(|| panic!("on purpose")),
        Told::Garbage => return Ok(Binary::from(b"\xff\x00garbage")),
        Told::Well | Told::Says { .. } => {}
    }
    let id = msg["price_feed"]["id"].as_str().unwrap_or_default();
    if msg != serde_json::json!({"price_feed": {"id": id}}) {
        return Err(StdError::msg("unknown query"));
    }
    let found = deps.storage.get(id.as_bytes());
    found
        .map(Binary::from)
        .ok_or_else(|| StdError::msg("PriceFeedNotFound"))
}

/// Pyth's answer, letter by letter.
fn wire(id: &str, p: &PythPrice) -> String {
    let PythPrice {
        price,
        conf,
        expo,
        publish_time,
    } = p;
    let one = format!(
        r#"{{"price":"{price}","conf":"{conf}","expo":{expo},"publish_time":{publish_time}}}"#
    );
    format!(r#"{{"price_feed":{{"id":"{id}","price":{one},"ema_price":{one}}}}}"#)
}

impl Exchange {
    fn pyth_told(&mut self, told: &Told) {
        let pyth: Addr = self.sources.pyth.clone().expect("a builder with pyth()");
        let anyone = self.person("pyth-pusher");
        self.app
            .execute_contract(anyone, pyth, told, &[])
            .expect("the stand-in listens");
    }

    /// Somebody pushes a price to Pyth: `price * 10^expo`, plus or minus `conf * 10^expo`.
    pub fn pyth_says(&mut self, market: usize, (price, conf, expo): (i64, u64, i32), time: u64) {
        let id = pyth_id(market);
        let price = PythPrice {
            price: price.to_string(),
            conf: conf.to_string(),
            expo,
            publish_time: i64::try_from(time).expect("a time"),
        };
        let text = wire(&id, &price);
        self.pyth_told(&Told::Says { id, text });
    }

    /// Pyth fails from now on, or works again.
    pub fn pyth_fault(&mut self, fault: Fault) {
        self.pyth_told(match fault {
            Fault::None => &Told::Well,
            Fault::Dead => &Told::Dead,
            Fault::Panic => &Told::Panic,
            Fault::Garbage => &Told::Garbage,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_as_pyth_does() {
        let mut x = Exchange::calm().pyth().bare();
        x.pyth_says(0, (2_345_678_901, 1_234_567, -8), 1_700_000_000);
        let pyth = x.sources.pyth.clone().unwrap();
        let id = "00000000000000000000000000000000000000000000000000000000feed0000";
        let asked: Value =
            serde_json::from_str(&format!(r#"{{"price_feed":{{"id":"{id}"}}}}"#)).unwrap();
        let answer: Value = x.app.wrap().query_wasm_smart(&pyth, &asked).unwrap();
        let text = r#"{"price_feed":{"id":"00000000000000000000000000000000000000000000000000000000feed0000","price":{"price":"2345678901","conf":"1234567","expo":-8,"publish_time":1700000000},"ema_price":{"price":"2345678901","conf":"1234567","expo":-8,"publish_time":1700000000}}}"#;
        assert_eq!(answer, serde_json::from_str::<Value>(text).unwrap());
        let none = serde_json::json!({"price_feed": {"id": "00"}});
        let missing = x.app.wrap().query_wasm_smart::<Value>(&pyth, &none);
        assert!(missing
            .unwrap_err()
            .to_string()
            .contains("PriceFeedNotFound"));
        x.pyth_fault(Fault::Garbage);
        assert!(x
            .app
            .wrap()
            .query_wasm_smart::<Value>(&pyth, &asked)
            .is_err());
        x.pyth_fault(Fault::None);
        assert!(x
            .app
            .wrap()
            .query_wasm_smart::<Value>(&pyth, &asked)
            .is_ok());
    }
}
