//! The questions the real contracts know.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

/// Whom it stands in for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pyth: `{"price_feed":{"id":"<64 hex>"}}`.
    Pyth,
    /// Band's reference contract: `{"get_reference_data":{"symbol_pair":["<base>","USD"]}}`.
    Band,
    /// A Chainlink aggregator: `{"latest_round_data":{}}` and `{"decimals":{}}`.
    Chainlink,
}

impl Kind {
    /// What a question is about: the feed, the base, or the question itself. Nothing if the real contract does not know
    /// the question.
    pub fn about(self, question: &Value) -> Option<String> {
        match self {
            Self::Pyth => {
                let id = question["price_feed"]["id"].as_str()?;
                same(question, &json!({"price_feed": {"id": id}}), id)
            }
            Self::Band => {
                let base = question["get_reference_data"]["symbol_pair"][0].as_str()?;
                let known = json!({"get_reference_data": {"symbol_pair": [base, "USD"]}});
                same(question, &known, base)
            }
            Self::Chainlink => ["latest_round_data", "decimals"]
                .into_iter()
                .find_map(|known| same(question, &json!({ known: {} }), known)),
        }
    }

    /// What the real contract says where it knows nothing.
    pub const fn missing(self) -> &'static str {
        match self {
            Self::Pyth => "PriceFeedNotFound",
            Self::Band => "REF_DATA_NOT_AVAILABLE",
            Self::Chainlink => "No data present",
        }
    }
}

fn same(asked: &Value, known: &Value, about: &str) -> Option<String> {
    (asked == known).then(|| about.to_owned())
}
