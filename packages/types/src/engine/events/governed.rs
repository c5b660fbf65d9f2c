//! What governance has changed at the engine.

use cosmwasm_std::Event;

use crate::wire::{Fields, Wire, WireError};

/// A market has other settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamsSet {
    /// Which.
    pub market: String,
    /// Which way they moved.
    pub how: String,
    /// Which of them, names with commas between.
    pub fields: String,
}

impl Wire for ParamsSet {
    const TYPE: &'static str = "params_set";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("market", &self.market)
            .add_attribute("how", &self.how)
            .add_attribute("fields", &self.fields)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            market: fields.get("market")?,
            how: fields.get("how")?,
            fields: fields.get("fields")?,
        })
    }
}

/// The DAO has announced other code for the breaker at the engine, or called it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacementAnnounced {
    /// The code, as the chain numbers it.
    pub code: u64,
    /// Anyone may execute it from this block time; none where it was called back.
    pub ready: Option<u64>,
}

impl Wire for ReplacementAnnounced {
    const TYPE: &'static str = "replacement_announced";

    fn write(&self) -> Event {
        let ready = self.ready.map(|ready| ready.to_string());
        Event::new(Self::TYPE)
            .add_attribute("code", self.code.to_string())
            .add_attribute("ready", ready.unwrap_or_default())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        let ready: String = fields.get("ready")?;
        Ok(Self {
            code: fields.get("code")?,
            ready: if ready.is_empty() {
                None
            } else {
                Some(fields.get("ready")?)
            },
        })
    }
}

/// The breaker runs other code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerMigrated {
    /// The code, as the chain numbers it.
    pub code: u64,
    /// Its version.
    pub version: String,
}

impl Wire for BreakerMigrated {
    const TYPE: &'static str = "breaker_migrated";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("code", self.code.to_string())
            .add_attribute("version", &self.version)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            code: fields.get("code")?,
            version: fields.get("version")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    fn what_governance_changes_survives_the_journey() {
        assert_round_trips(&ParamsSet {
            market: "eth-perp".into(),
            how: "tighten".into(),
            fields: "mm_share,buffer".into(),
        });
        for ready in [None, Some(1_209_600)] {
            assert_round_trips(&ReplacementAnnounced { code: 7, ready });
        }
        assert_round_trips(&BreakerMigrated {
            code: 7,
            version: "0.3.0".into(),
        });
    }
}
