//! What foreign contracts say, read as a report. An answer that does not read is an error; one that reads but is no
//! price is data.

use cosmwasm_std::{Addr, QuerierWrapper, StdError, StdResult, Uint128, Uint256};
use types::{
    handle::Handle,
    oracle::{
        foreign::{
            BandAnswer, BandQuery, ChainlinkAnswer, ChainlinkQuery, PythAnswer, PythPrice,
            PythQuery,
        },
        Origin, PriceAnswer, Status, Unfit,
    },
    Price,
};

use crate::source::Said;

/// Decimals of a price.
const DECIMALS: i32 = 18;

/// Ask one source.
pub fn ask(querier: QuerierWrapper, origin: &Origin<Addr>) -> StdResult<Result<Said, Unfit>> {
    match origin {
        Origin::Pyth { contract, id } => {
            let query = PythQuery::PriceFeed { id: id.clone() };
            let answer = querier.query_wasm_smart(contract, &query)?;
            Ok(pyth(id, &answer))
        }
        Origin::Feed { contract, feed } => {
            let contract = Handle::new(contract.clone());
            Ok(same(feed, &contract.price(&querier, feed)?))
        }
        Origin::Band {
            contract,
            base,
            quote,
        } => {
            let symbol_pair = (base.clone(), quote.clone());
            let query = BandQuery::GetReferenceData { symbol_pair };
            let answer = querier.query_wasm_smart(contract, &query)?;
            Ok(band(&answer))
        }
        Origin::Chainlink { contract, decimals } => {
            let query = ChainlinkQuery::Decimals {};
            let has: u8 = querier.query_wasm_smart(contract, &query)?;
            if has != *decimals {
                return Ok(Err(Unfit::Exponent));
            }
            let query = ChainlinkQuery::LatestRoundData {};
            let answer = querier.query_wasm_smart(contract, &query)?;
            Ok(chainlink(*decimals, &answer))
        }
        // It pushes; nobody is asked.
        Origin::Reporter { address } => Err(StdError::msg(format!("{address} is not asked"))),
    }
}

fn pyth(id: &str, answer: &PythAnswer) -> Result<Said, Unfit> {
    if answer.price_feed.id != id {
        return Err(Unfit::Elsewhere);
    }
    let PythPrice {
        price,
        conf,
        expo,
        publish_time,
    } = &answer.price_feed.price;
    Ok(Said {
        price: scaled(positive(price)?, *expo)?,
        conf: scaled(number::<u64>(conf)?.into(), *expo)?,
        publish_time: u64::try_from(*publish_time).map_err(|_| Unfit::Unreadable)?,
    })
}

/// Another contract that speaks as this one: only a round it would let risk be added at.
fn same(feed: &str, answer: &PriceAnswer) -> Result<Said, Unfit> {
    if answer.feed != feed {
        return Err(Unfit::Elsewhere);
    }
    match answer.round {
        Some(round) if answer.status <= Status::Degraded => Ok(Said {
            price: round.price,
            conf: round.conf,
            publish_time: round.at.time,
        }),
        _ => Err(Unfit::Unusable),
    }
}

/// The older of the two times; a symbol that never changes says the greatest number there is, which is "now".
fn band(answer: &BandAnswer) -> Result<Said, Unfit> {
    let rate = number::<Uint256>(&answer.rate)?;
    let rate = Uint128::try_from(rate).map_err(|_| Unfit::Unreadable)?;
    let base = number::<u64>(&answer.last_updated_base)?;
    let quote = number::<u64>(&answer.last_updated_quote)?;
    let publish_time = base.min(quote);
    if publish_time == u64::MAX {
        return Err(Unfit::Unusable);
    }
    if rate.is_zero() {
        return Err(Unfit::NotPositive);
    }
    Ok(Said {
        price: Price::raw(rate.u128()),
        conf: Price::ZERO,
        publish_time,
    })
}

fn chainlink(decimals: u8, answer: &ChainlinkAnswer) -> Result<Said, Unfit> {
    let expo = i32::from(decimals).saturating_neg();
    Ok(Said {
        price: scaled(positive(&answer.answer)?, expo)?,
        conf: Price::ZERO,
        publish_time: answer.observations_timestamp.into(),
    })
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Unfit> {
    text.parse().map_err(|_| Unfit::Unreadable)
}

fn positive(text: &str) -> Result<u128, Unfit> {
    let signed = number::<i128>(text)?;
    match u128::try_from(signed) {
        Ok(0) | Err(_) => Err(Unfit::NotPositive),
        Ok(n) => Ok(n),
    }
}

/// `n * 10^expo` dollars, exact: an exponent that would cut digits, or none a price has, is refused.
fn scaled(n: u128, expo: i32) -> Result<Price, Unfit> {
    if !(DECIMALS.saturating_neg()..=DECIMALS).contains(&expo) {
        return Err(Unfit::Exponent);
    }
    let places = u32::try_from(DECIMALS.saturating_add(expo)).map_err(|_| Unfit::Exponent)?;
    let atomics = 10u128.checked_pow(places).and_then(|p| n.checked_mul(p));
    atomics.map(Price::raw).ok_or(Unfit::Unreadable)
}

#[cfg(test)]
#[path = "foreign_tests.rs"]
mod tests;
