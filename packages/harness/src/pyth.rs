//! A stand-in for Pyth: it answers the exact wire text of the real contract, or fails on purpose.

use standin::Told;
use types::oracle::foreign::PythPrice;

use crate::exchange::Exchange;

/// What Pyth calls the n-th market's feed.
pub fn pyth_id(market: usize) -> String {
    format!("{:064x}", 0xfeed_0000 + market)
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
        let pyth = self.sources.pyth.clone().expect("a builder with pyth()");
        self.stand_in_told(&pyth, &Told::Says { id, text });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Fault;

    #[test]
    fn it_speaks_as_pyth_does() {
        let mut x = Exchange::calm().pyth().bare();
        x.pyth_says(0, (2_345_678_901, 1_234_567, -8), 1_700_000_000);
        let pyth = x.sources.pyth.clone().unwrap();
        let id = "00000000000000000000000000000000000000000000000000000000feed0000";
        let asked: Value =
            serde_json::from_str(&format!(r#"{{"price_feed":{{"id":"{id}"}}}}"#)).unwrap();
        let answer: Value = x.app().wrap().query_wasm_smart(&pyth, &asked).unwrap();
        let text = r#"{"price_feed":{"id":"00000000000000000000000000000000000000000000000000000000feed0000","price":{"price":"2345678901","conf":"1234567","expo":-8,"publish_time":1700000000},"ema_price":{"price":"2345678901","conf":"1234567","expo":-8,"publish_time":1700000000}}}"#;
        assert_eq!(answer, serde_json::from_str::<Value>(text).unwrap());
        let none = serde_json::json!({"price_feed": {"id": "00"}});
        let missing = x.app().wrap().query_wasm_smart::<Value>(&pyth, &none);
        assert!(missing
            .unwrap_err()
            .to_string()
            .contains("PriceFeedNotFound"));
        x.pyth_fault(Fault::Garbage);
        assert!(x
            .app()
            .wrap()
            .query_wasm_smart::<Value>(&pyth, &asked)
            .is_err());
        x.pyth_fault(Fault::None);
        assert!(x
            .app()
            .wrap()
            .query_wasm_smart::<Value>(&pyth, &asked)
            .is_ok());
    }
}
