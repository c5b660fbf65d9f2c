//! Settings of a compartment, with the bounds no governance may leave.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use thiserror::Error;

use math::units::E18;

use crate::{engine::FundingTerms, Price, Ratio};

mod shift;
mod terms;

pub use shift::{
    judge, remembered, BadShift, Field, Past, Shift, Step, Tighter, FIELDS, KEPT, LOOSENED,
    RESTORED, TIGHTENED,
};
pub use terms::{ExitTerms, FeeSplit, FeeTerms, LossTerms, SumTerms, VarianceTerms};

/// Settings of one market's compartment in the engine.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[schemaifier(mute_warnings)]
pub struct MarketParams {
    /// `K_net`: cap of |skew|, trillionths of a base unit.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub skew_cap: Uint128,
    /// `scale` of the clearing price, trillionths of a base unit.
    #[serde(with = "math::packed")]
    #[schemars(with = "Uint128")]
    pub skew_scale: Uint128,
    /// `a` of the side cap `a * NAV / (gap - min(MM, gap/10))`.
    pub side_share: Ratio,
    /// What of a side's cap one account may hold at most: how concentrated open interest may become.
    pub account_share: Ratio,
    /// The stress gap of the instrument.
    pub gap: Ratio,
    /// Volatility multiple of the initial margin.
    pub sigma_multiple: Ratio,
    /// Horizon of the initial margin, seconds.
    pub horizon: u64,
    /// The least initial margin.
    pub im_min: Ratio,
    /// The greatest initial margin.
    pub im_max: Ratio,
    /// `c`: maintenance over initial margin.
    pub mm_share: Ratio,
    /// What liquidation aims at above maintenance.
    pub buffer: Ratio,
    /// The greatest open-interest add-on to the initial margin, reached at the side cap.
    pub oi_add_on: Ratio,
    /// Variance that margins never forget.
    pub variance: VarianceTerms,
    /// Fees on notional.
    pub fees: FeeTerms,
    /// Where fees go.
    pub split: FeeSplit,
    /// Seconds in which a notional of `skew_cap` may be liquidated.
    pub pace_window: u64,
    /// Fixed sums of money.
    pub sums: SumTerms,
    /// How fast profit and liquidity leave.
    pub exits: ExitTerms,
    /// What insurance may lose at once.
    pub losses: LossTerms,
    /// The greatest funding rate the engine integrates, whatever the market says.
    pub funding: FundingTerms,
}

/// The first row that does not hold.
fn first_bad<const N: usize>(
    rows: [(bool, &'static str, &'static str); N],
) -> Result<(), BadParam> {
    rows.into_iter()
        .find(|(fits, _, _)| !fits)
        .map_or(Ok(()), |(_, field, why)| Err(BadParam { field, why }))
}

/// A setting outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} is out of bounds: {why}")]
pub struct BadParam {
    /// Which.
    pub field: &'static str,
    /// What it must be.
    pub why: &'static str,
}

impl MarketParams {
    /// Defaults of a major instrument whose price is about `price` whole dollars and whose vault
    /// holds about `nav` whole dollars.
    pub fn major(price: u128, nav: u128) -> Self {
        Self::major_at(Price::raw(price.saturating_mul(E18)), nav)
    }

    /// Defaults of a major instrument whose price is about `price` and whose vault holds about
    /// `nav` whole dollars: `K_net` is 30 % of the vault, `scale` a hundred times it.
    pub fn major_at(price: Price, nav: u128) -> Self {
        let cap = Uint128::new(nav.saturating_mul(300_000_000_000))
            .checked_multiply_ratio(E18, price.0.atomics().u128().max(1))
            .unwrap_or_default()
            .u128();
        Self {
            skew_cap: Uint128::new(cap),
            skew_scale: Uint128::new(cap.saturating_mul(100)),
            side_share: Ratio::percent(50),
            account_share: Ratio::percent(50),
            gap: Ratio::percent(25),
            sigma_multiple: Ratio::percent(500),
            horizon: 3_600,
            im_min: Ratio::percent(5),
            im_max: Ratio::percent(50),
            mm_share: Ratio::percent(50),
            buffer: Ratio::bps(50),
            oi_add_on: Ratio::percent(1),
            variance: VarianceTerms {
                floor: Ratio::raw(400_000_000),
                stress: Ratio::raw(4_000_000_000),
            },
            fees: FeeTerms {
                increase: Ratio::bps(5),
                reduce: Ratio::bps(3),
                liquidation: Ratio::bps(50),
            },
            split: FeeSplit {
                vault: Ratio::percent(70),
                insurance: Ratio::percent(20),
            },
            pace_window: 600,
            sums: SumTerms::major(),
            exits: ExitTerms::major(),
            losses: LossTerms::major(),
            funding: FundingTerms::major(),
        }
    }

    /// The closing cost in both margins: reduce fee plus the greatest premium `K_net/scale`,
    /// rounded up.
    pub fn closing_cost(&self) -> Result<Ratio, math::units::OutOfRange> {
        let premium = Ratio(
            cosmwasm_std::Decimal::checked_from_ratio(self.skew_cap, self.skew_scale)
                .map_err(|_| math::units::OutOfRange)?,
        );
        self.fees.reduce.plus(premium)?.plus(Ratio::raw(1))
    }

    /// Every bound. One row a field; linked fields last.
    pub fn check(&self) -> Result<(), BadParam> {
        self.depth()?;
        self.margins()?;
        self.variance.check()?;
        self.fees.check()?;
        self.split.check()?;
        self.sums.check()?;
        self.exits.check()?;
        self.losses.check()?;
        self.linked()
    }

    fn depth(&self) -> Result<(), BadParam> {
        let rows = [
            (!self.skew_cap.is_zero(), "skew_cap", "above zero"),
            (
                self.skew_cap.saturating_mul(Uint128::new(10)) <= self.skew_scale,
                "skew_scale",
                "at least ten times skew_cap",
            ),
            (self.side_share <= Ratio::ONE, "side_share", "at most 1"),
            (
                self.account_share >= Ratio::percent(1) && self.account_share <= Ratio::ONE,
                "account_share",
                "0.01 to 1",
            ),
            (
                self.gap >= Ratio::percent(5) && self.gap <= Ratio::ONE,
                "gap",
                "0.05 to 1",
            ),
        ];
        first_bad(rows)
    }

    fn margins(&self) -> Result<(), BadParam> {
        let rows = [
            (
                self.sigma_multiple >= Ratio::ONE && self.sigma_multiple <= Ratio::percent(2_000),
                "sigma_multiple",
                "1 to 20",
            ),
            (
                (60..=86_400).contains(&self.horizon),
                "horizon",
                "60 to 86400 seconds",
            ),
            (self.im_min >= Ratio::percent(1), "im_min", "at least 0.01"),
            (
                self.im_min <= self.im_max && self.im_max <= Ratio::ONE,
                "im_max",
                "im_min to 1",
            ),
            (
                self.mm_share >= Ratio::percent(20) && self.mm_share <= Ratio::percent(90),
                "mm_share",
                "0.2 to 0.9",
            ),
            (
                self.buffer >= Ratio::bps(10) && self.buffer <= Ratio::percent(10),
                "buffer",
                "0.001 to 0.1",
            ),
            (
                self.oi_add_on <= Ratio::percent(20),
                "oi_add_on",
                "at most 0.2",
            ),
            (
                (1..=86_400).contains(&self.pace_window),
                "pace_window",
                "1 to 86400 seconds",
            ),
        ];
        first_bad(rows)
    }

    /// The least maintenance (`closing cost + liquidation fee + 0.5 %`) plus buffer stays below the
    /// least initial margin.
    fn linked(&self) -> Result<(), BadParam> {
        self.mm_floor()
            .and_then(|mm| mm.plus(self.buffer))
            .ok()
            .filter(|least| *least <= self.im_min)
            .map(|_| ())
            .ok_or(BadParam {
                field: "im_min",
                why: "at least closing cost + liquidation fee + 0.005 + buffer",
            })
    }

    /// The least maintenance margin: `closing cost + liquidation fee + 0.5 %`.
    pub fn mm_floor(&self) -> Result<Ratio, math::units::OutOfRange> {
        self.closing_cost()?
            .plus(self.fees.liquidation)?
            .plus(Ratio::bps(50))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_a_major_are_the_figures_of_the_design() {
        let p = MarketParams::major(2_000, 10_000_000);
        assert_eq!(p.check(), Ok(()));
        assert_eq!(p.skew_cap, Uint128::new(1_500_000_000_000_000));
        assert_eq!(p.closing_cost(), Ok(Ratio::raw(10_300_000_000_000_001)));
    }

    #[test]
    fn depth_follows_a_price_far_below_a_dollar() {
        let p = MarketParams::major_at(Price::raw(50_000_000_000_000), 10_000_000);
        assert_eq!(p.check(), Ok(()));
        // 3 million dollars at 0.00005 are 60 billion units.
        assert_eq!(p.skew_cap, Uint128::new(60_000_000_000_000_000_000_000));
        let whole = MarketParams::major_at(Price::raw(2_000 * E18), 10_000_000);
        assert_eq!(whole, MarketParams::major(2_000, 10_000_000));
    }

    #[test]
    fn one_account_holds_a_part_of_a_side_and_at_most_all_of_it() {
        let with = |percent| {
            let account_share = Ratio::percent(percent);
            let p = MarketParams::major(2_000, 10_000_000);
            let p = MarketParams { account_share, ..p };
            p.check().map_err(|e| e.field)
        };
        assert_eq!((with(1), with(100)), (Ok(()), Ok(())));
        assert_eq!(
            (with(0), with(101)),
            (Err("account_share"), Err("account_share"))
        );
    }

    #[test]
    fn what_losses_may_cost_insurance_is_bounded() {
        let with = |block, day| {
            let losses = LossTerms {
                block: Ratio::percent(block),
                day: Ratio::percent(day),
            };
            let p = MarketParams::major(2_000, 10_000_000);
            MarketParams { losses, ..p }.check().map_err(|e| e.field)
        };
        assert_eq!(with(9, 90), Err("losses.block"));
        assert_eq!(with(91, 90), Err("losses.block"));
        assert_eq!(with(50, 101), Err("losses.day"));
        assert_eq!((with(10, 10), with(100, 100)), (Ok(()), Ok(())));
    }

    #[test]
    fn linked_fields_are_checked_together() {
        let mut p = MarketParams::major(2_000, 10_000_000);
        p.im_min = Ratio::percent(2);
        assert_eq!(p.check().map_err(|e| e.field), Err("im_min"));
    }
}
