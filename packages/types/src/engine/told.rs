//! Parts of what the engine can be told. Whoever says no more than this need not know how to write the rest, settings of
//! markets and orders: that is a good part of a small contract.

use cosmwasm_schema::cw_serde;

use super::{Engine, FundingTerms};
use crate::handle::Part;

/// What a market tells the engine: the same words as in [`super::ExecuteMsg`].
#[cw_serde]
pub enum FromMarket {
    /// Settle one due order at its round.
    Settle {
        /// Its number.
        order: u64,
        /// The first round that binds it.
        round: u64,
        /// The order before it in this crank.
        after: Option<u64>,
        /// Who is paid for it.
        payee: String,
    },
    /// The round of this order is no longer kept.
    Evict {
        /// Its number.
        order: u64,
        /// Who is paid for it.
        payee: String,
    },
    /// Settling this increase failed.
    Fault {
        /// Its number.
        order: u64,
    },
    /// Funding terms.
    SetFunding {
        /// The terms.
        terms: FundingTerms,
    },
}

/// What the engine tells itself: the same words as in [`super::ExecuteMsg`].
#[cw_serde]
pub enum FromItself {
    /// A crank's own work.
    Work {
        /// Where.
        market: String,
        /// Liquidations at most.
        limit: u32,
        /// Who is paid.
        payee: String,
    },
    /// Liquidate this one position.
    Liquidate {
        /// Where.
        market: String,
        /// Whose.
        account: String,
        /// Who is paid.
        payee: String,
    },
    /// Execute or refund an order that a dead market does not.
    TakeOver {
        /// Where.
        market: String,
        /// Which order.
        order: u64,
        /// Who is paid.
        payee: String,
    },
}

impl Part<Engine> for FromMarket {}
impl Part<Engine> for FromItself {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::ExecuteMsg, strict::Strict};
    use cosmwasm_std::{from_json, to_json_vec};

    #[track_caller]
    fn same(part: &impl Part<Engine>, whole: &ExecuteMsg) {
        let said = to_json_vec(part).unwrap();
        assert_eq!(said, to_json_vec(whole).unwrap());
        let read: Strict<ExecuteMsg> = from_json(&said).unwrap();
        assert_eq!(read.0, *whole);
    }

    #[test]
    fn a_part_is_said_in_the_words_of_the_whole() {
        let (market, account, payee) = (|| "a".to_owned(), || "b".to_owned(), || "c".to_owned());
        let (order, round, limit) = (1, 2, 3);
        let terms = FundingTerms::major();
        for after in [None, Some(4)] {
            same(
                &FromMarket::Settle {
                    order,
                    round,
                    after,
                    payee: payee(),
                },
                &ExecuteMsg::Settle {
                    order,
                    round,
                    after,
                    payee: payee(),
                },
            );
        }
        let evict = |payee| ExecuteMsg::Evict { order, payee };
        same(
            &FromMarket::Evict {
                order,
                payee: payee(),
            },
            &evict(payee()),
        );
        same(&FromMarket::Fault { order }, &ExecuteMsg::Fault { order });
        same(
            &FromMarket::SetFunding { terms },
            &ExecuteMsg::SetFunding { terms },
        );
        same(
            &FromItself::Work {
                market: market(),
                limit,
                payee: payee(),
            },
            &ExecuteMsg::Work {
                market: market(),
                limit,
                payee: payee(),
            },
        );
        same(
            &FromItself::Liquidate {
                market: market(),
                account: account(),
                payee: payee(),
            },
            &ExecuteMsg::Liquidate {
                market: market(),
                account: account(),
                payee: payee(),
            },
        );
        same(
            &FromItself::TakeOver {
                market: market(),
                order,
                payee: payee(),
            },
            &ExecuteMsg::TakeOver {
                market: market(),
                order,
                payee: payee(),
            },
        );
    }
}
