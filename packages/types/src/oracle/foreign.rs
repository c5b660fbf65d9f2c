//! What others speak: the exact shapes of foreign price contracts. Their answers may grow fields.

use cosmwasm_schema::cw_serde;

/// What Pyth is asked.
#[cw_serde]
pub enum PythQuery {
    /// One price.
    PriceFeed {
        /// 64 hexadecimal digits.
        id: String,
    },
}

/// What Pyth answers.
#[cw_serde]
pub struct PythAnswer {
    /// The feed asked for.
    pub price_feed: PythFeed,
}

/// One of Pyth's feeds.
#[cw_serde]
pub struct PythFeed {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The newest price.
    pub price: PythPrice,
}

/// A number times ten to the power of an exponent.
#[cw_serde]
pub struct PythPrice {
    /// Signed 64 bits as text; may be zero or below.
    pub price: String,
    /// Plus or minus; unsigned 64 bits as text.
    pub conf: String,
    /// The exponent.
    pub expo: i32,
    /// Seconds.
    pub publish_time: i64,
}

/// What Band's reference contract is asked.
#[cw_serde]
pub enum BandQuery {
    /// A rate.
    GetReferenceData {
        /// Base and quote.
        symbol_pair: (String, String),
    },
}

/// What Band's reference contract answers. A symbol that never changes, such as USD, was updated at the greatest
/// number there is.
#[cw_serde]
pub struct BandAnswer {
    /// Times 10^18; unsigned 256 bits as text.
    pub rate: String,
    /// Seconds; unsigned 64 bits as text.
    pub last_updated_base: String,
    /// Seconds; unsigned 64 bits as text.
    pub last_updated_quote: String,
}

/// What Chainlink's aggregator is asked.
#[cw_serde]
pub enum ChainlinkQuery {
    /// The newest round.
    LatestRoundData {},
    /// How many decimals its answers have: one number.
    Decimals {},
}

/// What Chainlink's aggregator answers.
#[cw_serde]
pub struct ChainlinkAnswer {
    /// Signed 128 bits as text.
    pub answer: String,
    /// Seconds.
    pub observations_timestamp: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{from_json, to_json_string};

    #[test]
    fn questions_are_spelt_as_theirs() {
        let id = "63f341689d98a12ef60a5cff1d7f85c70a9e17bf1575f0e7c0b2512d48b1c8b3";
        assert_eq!(
            to_json_string(&PythQuery::PriceFeed { id: id.into() }).unwrap(),
            format!(r#"{{"price_feed":{{"id":"{id}"}}}}"#)
        );
        let symbol_pair = ("BTC".into(), "USD".into());
        assert_eq!(
            to_json_string(&BandQuery::GetReferenceData { symbol_pair }).unwrap(),
            r#"{"get_reference_data":{"symbol_pair":["BTC","USD"]}}"#
        );
        assert_eq!(
            to_json_string(&ChainlinkQuery::LatestRoundData {}).unwrap(),
            r#"{"latest_round_data":{}}"#
        );
        assert_eq!(
            to_json_string(&ChainlinkQuery::Decimals {}).unwrap(),
            r#"{"decimals":{}}"#
        );
    }

    #[test]
    fn answers_are_read_as_they_come() {
        let pyth: PythAnswer = from_json(
            r#"{"price_feed":{"id":"63f3","price":{"price":"2345678901","conf":"1234567","expo":-8,"publish_time":1700000000},"ema_price":{"price":"2345000000","conf":"1300000","expo":-8,"publish_time":1700000000}}}"#,
        )
        .unwrap();
        assert_eq!(pyth.price_feed.price.price, "2345678901");
        let band: BandAnswer = from_json(
            r#"{"rate":"23131270000000000000000","last_updated_base":"1659588229","last_updated_quote":"18446744073709551615"}"#,
        )
        .unwrap();
        assert_eq!(band.last_updated_quote, u64::MAX.to_string());
        let chainlink: ChainlinkAnswer = from_json(
            r#"{"round_id":123,"answer":"2345678900","observations_timestamp":1700000000,"transmission_timestamp":1700000005}"#,
        )
        .unwrap();
        assert_eq!(chainlink.observations_timestamp, 1_700_000_000);
    }
}
