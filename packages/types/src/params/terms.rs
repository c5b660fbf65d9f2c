//! Settings that belong together: variance, fees, sums, exits, losses.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use super::{first_bad, BadParam};
use crate::Ratio;

/// Variance per second that margins never forget.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct VarianceTerms {
    /// The least there is.
    pub floor: Ratio,
    /// That of a bad time, a quarter of every margin's.
    pub stress: Ratio,
}

impl VarianceTerms {
    pub(super) fn check(&self) -> Result<(), BadParam> {
        let rows = [
            (
                !self.floor.0.is_zero() && self.floor <= Ratio::bps(1),
                "variance.floor",
                "above zero, at most 0.0001",
            ),
            (
                self.stress <= Ratio::bps(1),
                "variance.stress",
                "at most 0.0001",
            ),
        ];
        first_bad(rows)
    }
}

/// Fees, each a share of the notional traded.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct FeeTerms {
    /// Of an increase.
    pub increase: Ratio,
    /// Of a reduction.
    pub reduce: Ratio,
    /// Of a liquidation.
    pub liquidation: Ratio,
}

impl FeeTerms {
    pub(super) fn check(&self) -> Result<(), BadParam> {
        let rows = [
            (
                self.increase <= Ratio::percent(1),
                "fees.increase",
                "at most 0.01",
            ),
            (
                self.reduce <= Ratio::bps(30),
                "fees.reduce",
                "at most 0.003",
            ),
            (
                self.liquidation <= Ratio::percent(5),
                "fees.liquidation",
                "at most 0.05",
            ),
        ];
        first_bad(rows)
    }
}

/// Where fees go; what is left is the treasury's.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct FeeSplit {
    /// To the vault.
    pub vault: Ratio,
    /// To insurance.
    pub insurance: Ratio,
}

impl FeeSplit {
    pub(super) fn check(&self) -> Result<(), BadParam> {
        let rows = [(
            self.vault
                .plus(self.insurance)
                .is_ok_and(|s| s <= Ratio::ONE),
            "split.insurance",
            "at most 1 together with split.vault",
        )];
        first_bad(rows)
    }
}

/// Fixed sums of money, millionths of a dollar.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct SumTerms {
    /// What an order pays whoever executes or removes it, before the queue's length is added.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub base_fee: Uint128,
    /// What a position prepays for its liquidation.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub liquidation_reserve: Uint128,
    /// The least notional of a position; what remains below it is closed whole.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub dust: Uint128,
    /// The least LP request.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub min_lp: Uint128,
}

impl SumTerms {
    /// Defaults of a major instrument.
    pub const fn major() -> Self {
        Self {
            base_fee: Uint128::new(50_000),
            liquidation_reserve: Uint128::new(1_000_000),
            dust: Uint128::new(10_000_000),
            min_lp: Uint128::new(10_000_000),
        }
    }

    pub(super) fn check(&self) -> Result<(), BadParam> {
        let rows = [
            (
                self.base_fee <= Uint128::new(10_000_000),
                "sums.base_fee",
                "at most 10 dollars",
            ),
            (
                self.liquidation_reserve <= Uint128::new(100_000_000),
                "sums.liquidation_reserve",
                "at most 100 dollars",
            ),
            (
                self.dust <= Uint128::new(1_000_000_000),
                "sums.dust",
                "at most 1000 dollars",
            ),
            (
                self.min_lp >= Uint128::new(1_000_000),
                "sums.min_lp",
                "at least a dollar",
            ),
        ];
        first_bad(rows)
    }
}

/// How fast profit and liquidity leave a compartment.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct ExitTerms {
    /// Share of the vault that may leave in an hour.
    pub hour: Ratio,
    /// The same in a day.
    pub day: Ratio,
    /// What does not fit waits at least this long, seconds.
    pub delay: u64,
    /// Shares may leave this long after they were claimed, seconds.
    pub cooldown: u64,
    /// Traders' net gain over the vault's cash that no trade and no withdrawal of liquidity may bring about: the
    /// breaker's Guarded threshold.
    pub gain_limit: Ratio,
    /// Insurance over the bad debt of a sudden move that no trade may bring about: the breaker's Guarded threshold.
    pub cover_limit: Ratio,
}

impl ExitTerms {
    /// Defaults of a major instrument.
    pub const fn major() -> Self {
        Self {
            hour: Ratio::percent(1),
            day: Ratio::percent(10),
            delay: 600,
            cooldown: 3_600,
            gain_limit: Ratio::percent(70),
            cover_limit: Ratio::percent(150),
        }
    }

    pub(super) fn check(&self) -> Result<(), BadParam> {
        let rows = [
            (
                self.hour >= Ratio::bps(10) && self.hour <= self.day,
                "exits.hour",
                "0.001 to exits.day",
            ),
            (self.day <= Ratio::ONE, "exits.day", "at most 1"),
            (self.delay <= 86_400, "exits.delay", "at most a day"),
            (self.cooldown <= 604_800, "exits.cooldown", "at most 7 days"),
            (
                self.gain_limit >= Ratio::percent(10) && self.gain_limit <= Ratio::percent(80),
                "exits.gain_limit",
                "0.1 to 0.8",
            ),
            (
                self.cover_limit <= Ratio::percent(1_000),
                "exits.cover_limit",
                "at most 10",
            ),
        ];
        first_bad(rows)
    }
}

/// Shares of the insurance fund that losses may cost it; the vault bears what is beyond.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
#[derive(Copy, Eq)]
pub struct LossTerms {
    /// In a block.
    pub block: Ratio,
    /// In a day.
    pub day: Ratio,
}

impl LossTerms {
    /// Three quarters of the fund in a block: where cover is Normal, at least 1.5, that pays all of a sudden move.
    /// Nine tenths in a day.
    pub const fn major() -> Self {
        Self {
            block: Ratio::percent(75),
            day: Ratio::percent(90),
        }
    }

    pub(super) fn check(&self) -> Result<(), BadParam> {
        first_bad([
            (
                self.block >= Ratio::percent(10) && self.block <= self.day,
                "losses.block",
                "0.1 to losses.day",
            ),
            (self.day <= Ratio::ONE, "losses.day", "at most 1"),
        ])
    }
}
