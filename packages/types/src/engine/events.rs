//! What the engine emits.

use cosmwasm_std::{Addr, Event};

use super::Refusal;
use crate::{
    wire::{Fields, Wire, WireError},
    Amount, Price, Ratio, Size,
};

pub use governed::{BreakerMigrated, ParamsSet, ReplacementAnnounced};
pub use money::{LpBatchPriced, LpServed, ProfitQueued, WalletChanged, WithdrawalQueued};

mod governed;
mod money;

/// A fill changed a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionChanged {
    /// Where.
    pub market: String,
    /// Whose.
    pub account: Addr,
    /// By how much, signed.
    pub by: Size,
    /// What the position is now.
    pub size: Size,
    /// At what clearing price.
    pub price: Price,
    /// Taker fee paid.
    pub fee: Amount,
}

impl Wire for PositionChanged {
    const TYPE: &'static str = "position_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("account", &self.account)
            .add_attribute("by", self.by.0.to_string())
            .add_attribute("size", self.size.0.to_string())
            .add_attribute("price", self.price.0.to_string())
            .add_attribute("fee", self.fee.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            account: fields.addr("account")?,
            by: Size(fields.get("by")?),
            size: Size(fields.get("size")?),
            price: Price(fields.get("price")?),
            fee: Amount(fields.get("fee")?),
        })
    }
}

/// Every position has been held against the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// Where.
    pub market: String,
    /// When the pass began, block time in seconds.
    pub began: u64,
    /// Whether the books say what the positions do.
    pub clean: bool,
}

impl Wire for Reconciled {
    const TYPE: &'static str = "reconciled";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("began", self.began.to_string())
            .add_attribute("clean", self.clean.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            began: fields.get("began")?,
            clean: fields.get("clean")?,
        })
    }
}

/// A mandate ended without a fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateDone {
    /// Where.
    pub market: String,
    /// Its number.
    pub order: u64,
    /// Why.
    pub reason: Refusal,
    /// Returned to the wallet.
    pub refund: Amount,
}

impl Wire for MandateDone {
    const TYPE: &'static str = "mandate_done";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("order", self.order.to_string())
            .add_attribute("reason", self.reason.name())
            .add_attribute("refund", self.refund.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            order: fields.get("order")?,
            reason: fields.get("reason")?,
            refund: Amount(fields.get("refund")?),
        })
    }
}

/// A position was liquidated, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liquidated {
    /// Where.
    pub market: String,
    /// Whose.
    pub account: Addr,
    /// How much was closed, signed as the trade.
    pub by: Size,
    /// What is left.
    pub size: Size,
    /// At what clearing price.
    pub price: Price,
    /// Liquidation fee taken.
    pub fee: Amount,
    /// Paid to the cranker.
    pub bounty: Amount,
    /// Loss beyond margin.
    pub bad_debt: Amount,
}

impl Wire for Liquidated {
    const TYPE: &'static str = "liquidated";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("account", &self.account)
            .add_attribute("by", self.by.0.to_string())
            .add_attribute("size", self.size.0.to_string())
            .add_attribute("price", self.price.0.to_string())
            .add_attribute("fee", self.fee.0.to_string())
            .add_attribute("bounty", self.bounty.0.to_string())
            .add_attribute("bad_debt", self.bad_debt.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            account: fields.addr("account")?,
            by: Size(fields.get("by")?),
            size: Size(fields.get("size")?),
            price: Price(fields.get("price")?),
            fee: Amount(fields.get("fee")?),
            bounty: Amount(fields.get("bounty")?),
            bad_debt: Amount(fields.get("bad_debt")?),
        })
    }
}

/// A loss beyond margin was borne.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDebt {
    /// Where.
    pub market: String,
    /// Paid by insurance.
    pub insurance: Amount,
    /// Borne by the vault.
    pub vault: Amount,
}

impl Wire for BadDebt {
    const TYPE: &'static str = "bad_debt";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("insurance", self.insurance.0.to_string())
            .add_attribute("vault", self.vault.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            insurance: Amount(fields.get("insurance")?),
            vault: Amount(fields.get("vault")?),
        })
    }
}

/// The winning side of a market was scaled down, every position of it alike; both where one was not enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleveraged {
    /// Where.
    pub market: String,
    /// Whether the longs were scaled.
    pub longs: bool,
    /// Whether the shorts were; both where one side was not enough.
    pub shorts: bool,
    /// What every position of the side keeps of its size.
    pub keep: Ratio,
    /// The index price it happened at.
    pub price: Price,
    /// Paid out of the vault's cash into margins.
    pub paid: Amount,
}

impl Wire for Deleveraged {
    const TYPE: &'static str = "deleveraged";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("longs", self.longs.to_string())
            .add_attribute("shorts", self.shorts.to_string())
            .add_attribute("keep", self.keep.0.to_string())
            .add_attribute("price", self.price.0.to_string())
            .add_attribute("paid", self.paid.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            longs: fields.get("longs")?,
            shorts: fields.get("shorts")?,
            keep: Ratio(fields.get("keep")?),
            price: Price(fields.get("price")?),
            paid: Amount(fields.get("paid")?),
        })
    }
}

/// A neighbour failed or did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSeen {
    /// In which market.
    pub market: String,
    /// Which neighbour.
    pub module: Addr,
}

impl Wire for FaultSeen {
    const TYPE: &'static str = "fault_seen";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("module", &self.module)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            module: fields.addr("module")?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    fn who() -> Addr {
        Addr::unchecked("who")
    }

    #[test]
    fn what_the_engine_emits_reads_back_as_written() {
        let market = || "eth-perp".to_owned();
        assert_round_trips(&PositionChanged {
            market: market(),
            account: who(),
            by: Size::raw(-3),
            size: Size::raw(4),
            price: Price::raw(5),
            fee: Amount::raw(6),
        });
        assert_round_trips(&Liquidated {
            market: market(),
            account: who(),
            by: Size::raw(-3),
            size: Size::raw(4),
            price: Price::raw(5),
            fee: Amount::raw(6),
            bounty: Amount::raw(7),
            bad_debt: Amount::raw(8),
        });
        assert_round_trips(&BadDebt {
            market: market(),
            insurance: Amount::raw(1),
            vault: Amount::raw(2),
        });
        assert_round_trips(&WalletChanged {
            account: who(),
            denom: "uusd".into(),
            by: Amount::raw(-1),
        });
        assert_round_trips(&LpBatchPriced {
            market: market(),
            amount: Amount::raw(1),
            shares: 2,
        });
        assert_round_trips(&Deleveraged {
            market: market(),
            longs: true,
            shorts: false,
            keep: Ratio::percent(60),
            price: Price::raw(5),
            paid: Amount::raw(-1),
        });
        assert_round_trips(&ProfitQueued {
            market: market(),
            account: who(),
            amount: Amount::raw(1),
            ready: 2,
        });
        assert_round_trips(&WithdrawalQueued {
            account: who(),
            denom: "uusd".into(),
            amount: Amount::raw(1),
            ready: 2,
        });
        assert_round_trips(&LpServed {
            market: market(),
            shares: 2,
            amount: Amount::raw(1),
        });
        assert_round_trips(&Reconciled {
            market: market(),
            began: 2,
            clean: false,
        });
        assert_round_trips(&FaultSeen {
            market: market(),
            module: who(),
        });
        for reason in Refusal::ALL {
            assert_round_trips(&MandateDone {
                market: market(),
                order: 1,
                reason,
                refund: Amount::raw(2),
            });
        }
    }
}
