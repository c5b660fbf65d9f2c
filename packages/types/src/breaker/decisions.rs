//! What people have decided, in events.

use cosmwasm_std::{Addr, Event};

use crate::{
    level::Level,
    wire::{Fields, Wire, WireError},
};

/// A guardian holds a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Who.
    pub guardian: Addr,
    /// Kind of scope and its name.
    pub scope: String,
    /// At which level.
    pub level: Level,
    /// It ends by itself after this.
    pub until: u64,
}

impl Wire for Raised {
    const TYPE: &'static str = "raised";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("guardian", &self.guardian)
            .add_attribute("scope", &self.scope)
            .add_attribute("level", self.level.name())
            .add_attribute("until", self.until.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            guardian: fields.addr("guardian")?,
            scope: fields.get("scope")?,
            level: fields.get("level")?,
            until: fields.get("until")?,
        })
    }
}

/// A raise ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseEnded {
    /// Whose.
    pub guardian: Addr,
    /// Kind of scope and its name.
    pub scope: String,
    /// The level it held.
    pub level: Level,
    /// By the DAO; otherwise the guardian withdrew it.
    pub lifted: bool,
}

impl Wire for RaiseEnded {
    const TYPE: &'static str = "raise_ended";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("guardian", &self.guardian)
            .add_attribute("scope", &self.scope)
            .add_attribute("level", self.level.name())
            .add_attribute("lifted", self.lifted.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            guardian: fields.addr("guardian")?,
            scope: fields.get("scope")?,
            level: fields.get("level")?,
            lifted: fields.get("lifted")?,
        })
    }
}

/// The DAO has announced a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeAnnounced {
    /// Its number.
    pub change: u64,
    /// What kind.
    pub kind: String,
    /// From when it may be executed.
    pub ready: u64,
}

impl Wire for ChangeAnnounced {
    const TYPE: &'static str = "change_announced";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("change", self.change.to_string())
            .add_attribute("kind", &self.kind)
            .add_attribute("ready", self.ready.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            change: fields.get("change")?,
            kind: fields.get("kind")?,
            ready: fields.get("ready")?,
        })
    }
}

/// A guardian has postponed a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePostponed {
    /// Its number.
    pub change: u64,
    /// Who.
    pub guardian: Addr,
    /// From when it may be executed now.
    pub ready: u64,
}

impl Wire for ChangePostponed {
    const TYPE: &'static str = "change_postponed";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("change", self.change.to_string())
            .add_attribute("guardian", &self.guardian)
            .add_attribute("ready", self.ready.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            change: fields.get("change")?,
            guardian: fields.addr("guardian")?,
            ready: fields.get("ready")?,
        })
    }
}

/// A neighbour did not take its part in a change: nothing has changed, and it waits on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRefused {
    /// Its number.
    pub change: u64,
    /// Who.
    pub module: Addr,
}

impl Wire for ChangeRefused {
    const TYPE: &'static str = "change_refused";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("change", self.change.to_string())
            .add_attribute("module", &self.module)
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            change: fields.get("change")?,
            module: fields.addr("module")?,
        })
    }
}

/// An announced change is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDone {
    /// Its number.
    pub change: u64,
    /// What kind.
    pub kind: String,
    /// In force; otherwise called back.
    pub executed: bool,
}

impl Wire for ChangeDone {
    const TYPE: &'static str = "change_done";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("change", self.change.to_string())
            .add_attribute("kind", &self.kind)
            .add_attribute("executed", self.executed.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            change: fields.get("change")?,
            kind: fields.get("kind")?,
            executed: fields.get("executed")?,
        })
    }
}

/// A module runs other code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleUpgraded {
    /// By which change.
    pub change: u64,
    /// Which.
    pub module: Addr,
    /// The code, as the chain numbers it.
    pub code: u64,
    /// Its version.
    pub version: String,
    /// Of the modules asked, how many failed before and still do.
    pub failing: u64,
}

impl Wire for ModuleUpgraded {
    const TYPE: &'static str = "module_upgraded";

    fn write(&self) -> Event {
        Event::new(Self::TYPE)
            .add_attribute("change", self.change.to_string())
            .add_attribute("module", &self.module)
            .add_attribute("code", self.code.to_string())
            .add_attribute("version", &self.version)
            .add_attribute("failing", self.failing.to_string())
    }

    fn read(fields: &Fields<'_>) -> Result<Self, WireError> {
        Ok(Self {
            change: fields.get("change")?,
            module: fields.addr("module")?,
            code: fields.get("code")?,
            version: fields.get("version")?,
            failing: fields.get("failing")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::assert_round_trips;

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn what_people_decide_survives_the_journey() {
        let guardian = || Addr::unchecked("guardian");
        assert_round_trips(&Raised {
            guardian: guardian(),
            scope: "global".into(),
            level: Level::Protected,
            until: 7_200,
        });
        assert_round_trips(&RaiseEnded {
            guardian: guardian(),
            scope: "market:eth-perp".into(),
            level: Level::Guarded,
            lifted: true,
        });
        assert_round_trips(&ChangeAnnounced {
            change: 3,
            kind: "register".into(),
            ready: 259_200,
        });
        assert_round_trips(&ChangePostponed {
            change: 3,
            guardian: guardian(),
            ready: 864_000,
        });
        assert_round_trips(&ChangeRefused {
            change: 3,
            module: Addr::unchecked("engine"),
        });
        assert_round_trips(&ModuleUpgraded {
            change: 3,
            module: Addr::unchecked("engine"),
            code: 8,
            version: "0.3.0".into(),
            failing: 1,
        });
        assert_round_trips(&ChangeDone {
            change: 3,
            kind: "register".into(),
            executed: false,
        });
    }
}
