//! What the breaker says in events.

use cosmwasm_std::{Addr, Event};

use crate::{
    level::Level,
    wire::{Fields, Wire, WireError},
    Ratio,
};

/// A latch changed its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatchChanged {
    /// Kind of scope and its name, as `feed:eth-usd`.
    pub scope: String,
    /// Why.
    pub reason: u8,
    /// From this level.
    pub from: Level,
    /// To this one.
    pub to: Level,
}

impl Wire for LatchChanged {
    const TYPE: &'static str = "latch_changed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("scope", &self.scope)
            .add_attribute("reason", self.reason.to_string())
            .add_attribute("from", self.from.name())
            .add_attribute("to", self.to.name())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            scope: fields.get("scope")?,
            reason: fields.get("reason")?,
            from: fields.get("from")?,
            to: fields.get("to")?,
        })
    }
}

/// A stance was sent to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceLeased {
    /// For which market.
    pub market: String,
    /// At which level.
    pub level: Level,
    /// With how much of its caps.
    pub caps: Ratio,
    /// When the lease ends.
    pub until: u64,
}

impl Wire for StanceLeased {
    const TYPE: &'static str = "stance_leased";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("level", self.level.name())
            .add_attribute("caps", self.caps.0.to_string())
            .add_attribute("until", self.until.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            level: fields.get("level")?,
            caps: Ratio(fields.get("caps")?),
            until: fields.get("until")?,
        })
    }
}

/// The engine did not take a stance; it is sent again by the next report or push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StanceLost {
    /// For which market.
    pub market: String,
    /// At which level.
    pub level: Level,
    /// Who should have heard.
    pub engine: Addr,
}

impl Wire for StanceLost {
    const TYPE: &'static str = "stance_lost";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("level", self.level.name())
            .add_attribute("engine", &self.engine)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            level: fields.get("level")?,
            engine: fields.addr("engine")?,
        })
    }
}

/// A call of a neighbour failed or was not answered, and that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFailed {
    /// Which.
    pub module: Addr,
    /// About which market.
    pub market: String,
}

impl Wire for ModuleFailed {
    const TYPE: &'static str = "module_failed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("module", &self.module)
            .add_attribute("market", &self.market)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            module: fields.addr("module")?,
            market: fields.get("market")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{scope::Reason, wire::assert_round_trips};

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn events_survive_the_journey() {
        assert_round_trips(&LatchChanged {
            scope: "feed:eth-usd".into(),
            reason: Reason::Jump.number(),
            from: Level::Normal,
            to: Level::Protected,
        });
        assert_round_trips(&StanceLeased {
            market: "eth-perp".into(),
            level: Level::Guarded,
            caps: Ratio::percent(25),
            until: 900,
        });
        assert_round_trips(&StanceLost {
            market: "eth-perp".into(),
            level: Level::ReduceOnly,
            engine: Addr::unchecked("engine"),
        });
        assert_round_trips(&ModuleFailed {
            module: Addr::unchecked("engine"),
            market: "eth-perp".into(),
        });
    }
}
