//! Money that comes, waits and leaves.

use cosmwasm_std::{Addr, Event};

use crate::{
    wire::{Fields, Wire, WireError},
    Amount,
};

/// Free money came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletChanged {
    /// Whose.
    pub account: Addr,
    /// Which coin.
    pub denom: String,
    /// By how much, signed.
    pub by: Amount,
}

impl Wire for WalletChanged {
    const TYPE: &'static str = "wallet_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("account", &self.account)
            .add_attribute("denom", &self.denom)
            .add_attribute("by", self.by.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            account: fields.addr("account")?,
            denom: fields.get("denom")?,
            by: Amount(fields.get("by")?),
        })
    }
}

/// A batch of LP deposits was priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LpBatchPriced {
    /// Where.
    pub market: String,
    /// Money in.
    pub amount: Amount,
    /// Shares out.
    pub shares: u128,
}

impl Wire for LpBatchPriced {
    const TYPE: &'static str = "lp_batch_priced";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("amount", self.amount.0.to_string())
            .add_attribute("shares", self.shares.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            amount: Amount(fields.get("amount")?),
            shares: fields.get("shares")?,
        })
    }
}

/// Liquidity that leaves was served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LpServed {
    /// Where.
    pub market: String,
    /// Shares gone.
    pub shares: u128,
    /// Money for them.
    pub amount: Amount,
}

impl Wire for LpServed {
    const TYPE: &'static str = "lp_served";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("shares", self.shares.to_string())
            .add_attribute("amount", self.amount.0.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            shares: fields.get("shares")?,
            amount: Amount(fields.get("amount")?),
        })
    }
}

/// Profit or liquidity did not fit through the border of its market and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfitQueued {
    /// Where.
    pub market: String,
    /// Whose.
    pub account: Addr,
    /// How much.
    pub amount: Amount,
    /// When all of it is free, seconds.
    pub ready: u64,
}

impl Wire for ProfitQueued {
    const TYPE: &'static str = "profit_queued";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("account", &self.account)
            .add_attribute("amount", self.amount.0.to_string())
            .add_attribute("ready", self.ready.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            account: fields.addr("account")?,
            amount: Amount(fields.get("amount")?),
            ready: fields.get("ready")?,
        })
    }
}

/// A withdrawal did not fit through the backstop and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalQueued {
    /// Whose.
    pub account: Addr,
    /// Which coin.
    pub denom: String,
    /// How much.
    pub amount: Amount,
    /// When all of it is free, seconds.
    pub ready: u64,
}

impl Wire for WithdrawalQueued {
    const TYPE: &'static str = "withdrawal_queued";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("account", &self.account)
            .add_attribute("denom", &self.denom)
            .add_attribute("amount", self.amount.0.to_string())
            .add_attribute("ready", self.ready.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            account: fields.addr("account")?,
            denom: fields.get("denom")?,
            amount: Amount(fields.get("amount")?),
            ready: fields.get("ready")?,
        })
    }
}
