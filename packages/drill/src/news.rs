//! What a transaction did, read back from its events in the order they happened.

use cosmwasm_std::Event;
use types::{
    engine::{
        BadDebt, Deleveraged, Liquidated, LpBatchPriced, LpServed, MandateDone, PositionChanged,
        PositionSettled, ProfitSettled,
    },
    market::OrderDone,
    oracle::RoundMade,
    wire::Wire,
};

use crate::bug::Bug;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The oracle made a round.
    Round(RoundMade),
    /// An order changed a position.
    Changed(PositionChanged),
    /// A position was liquidated, whole or in part.
    Liquidated(Liquidated),
    /// A mandate ended without a fill.
    Ended(MandateDone),
    /// An order left the order book.
    Order(OrderDone),
    /// A loss beyond margin was borne.
    Debt(BadDebt),
    /// A batch of liquidity was priced.
    Priced(LpBatchPriced),
    /// Liquidity that leaves was served.
    Served(LpServed),
    /// Winners were scaled down.
    Scaled(Deleveraged),
    /// A position of a market that is wound up was paid.
    Settled(PositionSettled),
    /// Queued profit of a market that is wound up was paid.
    Shared(ProfitSettled),
}

/// Everything of interest among the events, in order.
pub fn read(events: &[Event]) -> Result<Vec<News>, Bug> {
    let mut news = Vec::new();
    for event in events {
        let one = std::slice::from_ref(event);
        news.extend(RoundMade::find(one)?.into_iter().map(News::Round));
        news.extend(PositionChanged::find(one)?.into_iter().map(News::Changed));
        news.extend(Liquidated::find(one)?.into_iter().map(News::Liquidated));
        news.extend(MandateDone::find(one)?.into_iter().map(News::Ended));
        news.extend(OrderDone::find(one)?.into_iter().map(News::Order));
        news.extend(BadDebt::find(one)?.into_iter().map(News::Debt));
        news.extend(LpBatchPriced::find(one)?.into_iter().map(News::Priced));
        news.extend(LpServed::find(one)?.into_iter().map(News::Served));
        news.extend(Deleveraged::find(one)?.into_iter().map(News::Scaled));
        news.extend(PositionSettled::find(one)?.into_iter().map(News::Settled));
        news.extend(ProfitSettled::find(one)?.into_iter().map(News::Shared));
    }
    Ok(news)
}
