//! Stand-ins for Band's reference contract and Chainlink's aggregator: they answer the exact wire texts of the real
//! contracts, or fail on purpose.

use standin::Told;
use types::Price;

use crate::exchange::Exchange;

/// Decimals of every Chainlink answer.
pub const CHAINLINK_DECIMALS: u8 = 8;
/// What Band says of a symbol that never changes, such as USD.
const NEVER: u64 = u64::MAX;
const ROUND: &str = "latest_round_data";
const DECIMALS: &str = "decimals";

/// What Band calls the n-th market's base.
pub fn band_symbol(market: usize) -> String {
    ["ETH", "BTC", "SOL"][market].to_owned()
}

/// A price in so many decimals, rounded down.
fn mantissa(price: Price, decimals: u8) -> i128 {
    let cut = 10u128.pow(u32::from(18 - decimals));
    i128::try_from(price.0.atomics().u128() / cut).expect("a price that fits")
}

impl Exchange {
    /// Somebody relays a price of the n-th market to Band.
    pub fn band_says(&mut self, market: usize, price: Price, time: u64) {
        let band = self.sources.band.clone().expect("a builder with band()");
        let rate = price.0.atomics();
        let text = format!(
            r#"{{"rate":"{rate}","last_updated_base":"{time}","last_updated_quote":"{NEVER}"}}"#
        );
        let id = band_symbol(market);
        self.stand_in_told(&band, &Told::Says { id, text });
    }

    /// Chainlink's nodes transmit an answer to the n-th market's aggregator, in its decimals.
    pub fn chainlink_answers(&mut self, market: usize, answer: i128, time: u64) {
        let text = format!(
            r#"{{"round_id":123,"answer":"{answer}","observations_timestamp":{time},"transmission_timestamp":{}}}"#,
            time + 5
        );
        self.chainlink_told(market, ROUND, text);
    }

    /// The same, a price.
    pub fn chainlink_says(&mut self, market: usize, price: Price, time: u64) {
        self.chainlink_answers(market, mantissa(price, CHAINLINK_DECIMALS), time);
    }

    /// Its aggregator has other decimals from now on.
    pub fn chainlink_decimals(&mut self, market: usize, decimals: u8) {
        self.chainlink_told(market, DECIMALS, decimals.to_string());
    }

    fn chainlink_told(&mut self, market: usize, id: &str, text: String) {
        let aggregator = self.sources.chainlink[market].clone();
        let id = id.to_owned();
        self.stand_in_told(&aggregator, &Told::Says { id, text });
    }

    /// Band and Chainlink, where they are, say so now.
    pub(crate) fn foreign_say(&mut self, market: usize, price: Price) {
        let now = self.now();
        if self.sources.band.is_some() {
            self.band_says(market, price, now);
        }
        if !self.sources.chainlink.is_empty() {
            self.chainlink_says(market, price, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{numbers::price, Fault, Foreign};

    fn ask(x: &Exchange, which: Foreign, text: &str) -> Result<Value, String> {
        let at = match which {
            Foreign::Pyth => x.sources.pyth.clone().unwrap(),
            Foreign::Band => x.sources.band.clone().unwrap(),
            Foreign::Chainlink => x.sources.chainlink[0].clone(),
        };
        let asked: Value = serde_json::from_str(text).unwrap();
        let answer = x.app().wrap().query_wasm_smart(&at, &asked);
        answer.map_err(|e| e.to_string())
    }

    #[test]
    fn they_speak_as_the_real_ones_do() {
        let mut x = Exchange::calm().band().chainlink().bare();
        let pair = r#"{"get_reference_data":{"symbol_pair":["ETH","USD"]}}"#;
        let (round, decimals) = (r#"{"latest_round_data":{}}"#, r#"{"decimals":{}}"#);
        for (which, text) in [(Foreign::Band, pair), (Foreign::Chainlink, round)] {
            assert!(ask(&x, which, text).is_err(), "nothing said yet");
        }
        x.band_says(0, price("23131.27"), 1_659_588_229);
        x.chainlink_says(0, price("23.456789"), 1_700_000_000);
        let told = [
            (
                Foreign::Band,
                pair,
                r#"{"rate":"23131270000000000000000","last_updated_base":"1659588229","last_updated_quote":"18446744073709551615"}"#,
            ),
            (
                Foreign::Chainlink,
                round,
                r#"{"round_id":123,"answer":"2345678900","observations_timestamp":1700000000,"transmission_timestamp":1700000005}"#,
            ),
            (Foreign::Chainlink, decimals, "8"),
        ];
        for (which, text, answer) in told {
            let answer: Value = serde_json::from_str(answer).unwrap();
            assert_eq!(ask(&x, which, text), Ok(answer), "{text}");
            x.foreign_fault(which, Fault::Garbage);
            assert!(ask(&x, which, text).is_err());
            x.foreign_fault(which, Fault::None);
            assert!(ask(&x, which, r#"{"price":{}}"#).is_err(), "unknown");
        }
    }
}
