//! Parts of what the breaker can be told, for those who say no more: see [`crate::engine::FromMarket`].

use cosmwasm_schema::cw_serde;

use super::{Breaker, FeedReading};
use crate::{engine::Vitals, handle::Part};

/// What the oracle tells the breaker: the same words as in [`super::ExecuteMsg`].
#[cw_serde]
pub enum FromOracle {
    /// What its feeds read.
    Report {
        /// At most 16.
        readings: Vec<FeedReading>,
    },
}

/// What the engine tells the breaker: the same words as in [`super::ExecuteMsg`].
#[cw_serde]
pub enum FromEngine {
    /// What a market's books read.
    Vitals {
        /// Which market.
        market: String,
        /// What they read.
        vitals: Vitals,
    },
}

impl Part<Breaker> for FromOracle {}
impl Part<Breaker> for FromEngine {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{breaker::ExecuteMsg, oracle::Status, Ratio};
    use cosmwasm_std::to_json_vec;

    #[test]
    fn a_part_is_said_in_the_words_of_the_whole() {
        let reading = FeedReading {
            feed: "eth-usd".into(),
            round: 1,
            time: 2,
            status: Status::Valid,
            dispersion: Ratio::ZERO,
            jump: Ratio::ONE,
            sigma: Ratio::ONE,
            lateness: Ratio::ONE,
            variance: Ratio::ONE,
            depeg: None,
        };
        let readings = vec![reading];
        assert_eq!(
            to_json_vec(&FromOracle::Report {
                readings: readings.clone()
            })
            .unwrap(),
            to_json_vec(&ExecuteMsg::Report { readings }).unwrap()
        );
        let vitals = Vitals {
            gain: Ratio::ZERO,
            cover: None,
            backlog: Ratio::ONE,
            outflow_hour: Ratio::ZERO,
            outflow_day: Ratio::ZERO,
            balanced: true,
            reconciled: 3,
            settled: None,
            venue_faults: 4,
        };
        let market = || "eth-perp".to_owned();
        assert_eq!(
            to_json_vec(&FromEngine::Vitals {
                market: market(),
                vitals
            })
            .unwrap(),
            to_json_vec(&ExecuteMsg::Vitals {
                market: market(),
                vitals
            })
            .unwrap()
        );
    }
}
