//! What all stand-ins for foreign price contracts have in common: anyone teaches them what to answer, and they fail on
//! purpose.

use cosmwasm_std::{to_json_binary, Addr};
use standin::{Kind, Mode, Told};

use crate::{
    chain::{New, Part},
    code::Fault,
    exchange::Exchange,
};

/// Foreign contracts that are asked for prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Pyth's contract.
    Pyth,
    /// Band's reference contract.
    Band,
    /// Chainlink's aggregators, one for each market.
    Chainlink,
}

impl Exchange {
    /// A new stand-in for such a contract.
    pub(crate) fn stand_in(&mut self, kind: Kind) -> Addr {
        let new = New {
            code: self.chain.store(Part::StandIn),
            sender: &self.person("deployer"),
            msg: to_json_binary(&kind).expect("a kind serialises"),
            label: "foreign",
            admin: None,
        };
        self.chain.instantiate(new).expect("the stand-in starts")
    }

    pub(crate) fn stand_in_told(&mut self, stand_in: &Addr, told: &Told) {
        let anyone = self.person("pusher");
        let msg = to_json_binary(told).expect("it serialises");
        self.chain
            .execute(&anyone, stand_in, msg, &[])
            .expect("the stand-in listens");
    }

    /// Where they are.
    fn foreign(&self, which: Foreign) -> Vec<Addr> {
        match which {
            Foreign::Pyth => self.sources.pyth.iter().cloned().collect(),
            Foreign::Band => self.sources.band.iter().cloned().collect(),
            Foreign::Chainlink => self.sources.chainlink.clone(),
        }
    }

    /// They fail from now on, or work again.
    pub fn foreign_fault(&mut self, which: Foreign, fault: Fault) {
        let told = Told::Fails(match fault {
            Fault::None => Mode::Well,
            Fault::Dead => Mode::Dead,
            Fault::Panic => Mode::Panic,
            Fault::Garbage => Mode::Garbage,
            Fault::Burn => Mode::Burn,
        });
        let all = self.foreign(which);
        assert!(!all.is_empty(), "a builder with {which:?}");
        for stand_in in all {
            self.stand_in_told(&stand_in, &told);
        }
    }

    /// Pyth fails from now on, or works again.
    pub fn pyth_fault(&mut self, fault: Fault) {
        self.foreign_fault(Foreign::Pyth, fault);
    }
}
