//! Settlement: a market is wound up at one price.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Event};

use crate::{
    wire::{Fields, Wire, WireError},
    Amount, Price, Ratio, Size,
};

/// Why a market is wound up.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Cause {
    /// Traders' gains that can be collected exceed the vault's cash and insurance together.
    Gains,
    /// Winners have been scaled down so often that the scale has no digits left.
    Scale,
    /// For 14 days there was no usable price, or the books did not balance.
    Trouble,
    /// The breaker says so.
    Governance,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::Gains, Self::Scale, Self::Trouble, Self::Governance];

    /// Its name in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gains => "gains",
            Self::Scale => "scale",
            Self::Trouble => "trouble",
            Self::Governance => "governance",
        }
    }
}

/// Not the name of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cause of settlement")]
pub struct NotACause;

impl std::str::FromStr for Cause {
    type Err = NotACause;

    fn from_str(name: &str) -> Result<Self, NotACause> {
        Self::ALL
            .into_iter()
            .find(|c| c.name() == name)
            .ok_or(NotACause)
    }
}

/// How far it has come.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Progress {
    /// What losers owe and winners claim is counted; nobody is paid yet.
    Counting,
    /// Everybody is paid by the same terms.
    Paying,
    /// Positions are paid; what is left is the liquidity providers'.
    Done,
}

/// A market that is wound up.
#[cw_serde]
pub struct WindUpState {
    /// Why.
    pub cause: Cause,
    /// Since when, seconds.
    pub since: u64,
    /// The settlement price.
    pub price: Price,
    /// How far it has come.
    pub progress: Progress,
    /// `h`: the share of gains that is paid, once everything is counted.
    pub gains: Option<Ratio>,
    /// The share of margins that is paid, once everything is counted: the whole unless nothing is left but margins.
    pub margins: Option<Ratio>,
    /// Positions whose numbers do not read: left as they are.
    pub skipped: u64,
}

/// A market is wound up from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindUpBegun {
    /// Which.
    pub market: String,
    /// Why.
    pub cause: Cause,
    /// The settlement price.
    pub price: Price,
}

impl Wire for WindUpBegun {
    const TYPE: &'static str = "wind_up_begun";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("cause", self.cause.name())
            .add_attribute("price", self.price.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            cause: fields.get("cause")?,
            price: Price(fields.get("price")?),
        })
    }
}

/// Everything is counted: by these terms everybody is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindUpTerms {
    /// Which market.
    pub market: String,
    /// `h`.
    pub gains: Ratio,
    /// The share of margins that is paid.
    pub margins: Ratio,
    /// What insurance pays.
    pub insurance: Amount,
}

impl Wire for WindUpTerms {
    const TYPE: &'static str = "wind_up_terms";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("gains", self.gains.0.to_string())
            .add_attribute("margins", self.margins.0.to_string())
            .add_attribute("insurance", self.insurance.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            gains: Ratio(fields.get("gains")?),
            margins: Ratio(fields.get("margins")?),
            insurance: Amount(fields.get("insurance")?),
        })
    }
}

/// A position was closed at the settlement price and paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionSettled {
    /// Where.
    pub market: String,
    /// Whose.
    pub account: Addr,
    /// Its size before.
    pub size: Size,
    /// Paid to the wallet.
    pub paid: Amount,
    /// What of its gain was not paid.
    pub cut: Amount,
}

impl Wire for PositionSettled {
    const TYPE: &'static str = "position_settled";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("account", &self.account)
            .add_attribute("size", self.size.0.to_string())
            .add_attribute("paid", self.paid.0.to_string())
            .add_attribute("cut", self.cut.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            account: fields.addr("account")?,
            size: Size(fields.get("size")?),
            paid: Amount(fields.get("paid")?),
            cut: Amount(fields.get("cut")?),
        })
    }
}

/// Queued profit that was not ready when the market was wound up was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfitSettled {
    /// Where.
    pub market: String,
    /// Whose.
    pub account: Addr,
    /// Paid to the wallet.
    pub paid: Amount,
    /// What of it was not paid.
    pub cut: Amount,
}

impl Wire for ProfitSettled {
    const TYPE: &'static str = "profit_settled";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("account", &self.account)
            .add_attribute("paid", self.paid.0.to_string())
            .add_attribute("cut", self.cut.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            account: fields.addr("account")?,
            paid: Amount(fields.get("paid")?),
            cut: Amount(fields.get("cut")?),
        })
    }
}

/// Insurance became cash of the vault, because deleveraging alone does not help any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultShored {
    /// Which market's.
    pub market: String,
    /// How much.
    pub amount: Amount,
}

impl Wire for VaultShored {
    const TYPE: &'static str = "vault_shored";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("amount", self.amount.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            amount: Amount(fields.get("amount")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn events_survive_the_journey() {
        let market = "eth-usd".to_owned();
        for cause in Cause::ALL {
            assert_round_trips(&WindUpBegun {
                market: market.clone(),
                cause,
                price: Price::raw(7),
            });
        }
        assert_round_trips(&WindUpTerms {
            market: market.clone(),
            gains: Ratio::percent(80),
            margins: Ratio::ONE,
            insurance: Amount::raw(9),
        });
        assert_round_trips(&PositionSettled {
            market: market.clone(),
            account: Addr::unchecked("alice"),
            size: Size::raw(-3),
            paid: Amount::raw(8),
            cut: Amount::raw(2),
        });
        assert_round_trips(&ProfitSettled {
            market: market.clone(),
            account: Addr::unchecked("alice"),
            paid: Amount::raw(3),
            cut: Amount::raw(1),
        });
        assert_round_trips(&VaultShored {
            market,
            amount: Amount::raw(5),
        });
    }
}
