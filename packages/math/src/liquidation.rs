//! How much of an unhealthy position is closed, and what its owner still pays.

use crate::{
    units::{Amount, OutOfRange, Ratio, E18},
    wide::{mul_div, Round},
};

/// An unhealthy position at the price it is liquidated at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patient {
    /// Its notional.
    pub notional: Amount,
    /// Its equity.
    pub equity: Amount,
    /// Margin ratio to restore: MM plus buffer.
    pub target: Ratio,
    /// Liquidation fee as a share of what is closed.
    pub fee: Ratio,
    /// Premium rate of closing it whole.
    pub premium: Ratio,
}

/// What to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Everything.
    Whole,
    /// This much notional.
    Part(Amount),
}

impl Patient {
    /// `x = ceil((t*N - E)/(t - fee - p))`; whole if `t <= fee + p`, `E/N <= fee + p`, or what would
    /// remain is at most `dust`. Closing `x` leaves `(E - (fee+p)*x)/(N - x) >= t`.
    pub fn cut(self, dust: Amount) -> Result<Cut, OutOfRange> {
        let drain = self.fee.plus(self.premium)?;
        if self.target <= drain || self.equity <= self.notional.share_up(drain)? {
            return Ok(Cut::Whole);
        }
        let missing = self
            .notional
            .share_up(self.target)?
            .minus(self.equity)?
            .max(Amount::raw(1));
        let per = self.target.minus_floored(drain);
        let x = mul_div(
            missing.wide(),
            cosmwasm_std::Int256::from(E18),
            per.wide().unsigned_abs(),
            Round::Up,
        )?;
        let x = Amount(crate::units::narrow(x)?);
        if x >= self.notional || self.notional.minus(x)? <= dust {
            Ok(Cut::Whole)
        } else {
            Ok(Cut::Part(x))
        }
    }

    /// The fee on `closed` notional: rounded up, at most 95 % of what equity remains, never negative.
    pub fn fee_on(self, closed: Amount, remaining: Amount) -> Result<Amount, OutOfRange> {
        let most = remaining.max(Amount::ZERO).share_down(Ratio::percent(95))?;
        Ok(closed.share_up(self.fee)?.min(most))
    }
}

/// Standard deviations a liquidation may wait through: how long a position that has just become unhealthy is
/// solvent in all but about one of seven hundred cases.
const Z: u64 = 3;
/// Nobody waits longer than a day, seconds.
const LONGEST: u64 = 86_400;

/// `T_max = ((mm - fee)/(z*sigma))^2`, whole seconds, rounded down, at least one: how long a liquidation may be
/// paced. `variance` is per second.
pub fn patience(mm: Ratio, fee: Ratio, variance: Ratio) -> Result<u64, OutOfRange> {
    let room = mm.minus_floored(fee).scaled(1, Z, Round::Down)?;
    let squared = room.times(room, Round::Down)?;
    if variance == Ratio::ZERO {
        return Ok(LONGEST);
    }
    let seconds = mul_div(
        squared.wide(),
        cosmwasm_std::Int256::one(),
        variance.wide().unsigned_abs(),
        Round::Down,
    )?;
    let most = cosmwasm_std::Int256::from(LONGEST);
    let seconds = cosmwasm_std::Uint256::try_from(seconds.min(most)).map_err(|_| OutOfRange)?;
    let seconds = cosmwasm_std::Uint64::try_from(seconds).map_err(|_| OutOfRange)?;
    Ok(seconds.u64().max(1))
}

/// Who bears a loss beyond margin.
#[cosmwasm_schema::cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Borne {
    /// Insurance, first and as far as it goes.
    pub insurance: Amount,
    /// The vault, the rest.
    pub vault: Amount,
}

/// The waterfall below margin: insurance pays what it can, the vault the rest.
pub fn waterfall(loss: Amount, insurance: Amount) -> Result<Borne, OutOfRange> {
    let loss = loss.max(Amount::ZERO);
    let paid = loss.min(insurance.max(Amount::ZERO));
    Ok(Borne {
        insurance: paid,
        vault: loss.minus(paid)?,
    })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patience_is_the_square_of_what_is_left_over_three_sigma() {
        // (0.025 - 0.005)/3 over sigma 0.001 per root second: 6.67 squared.
        let variance = Ratio::raw(1_000_000_000_000);
        let t = |v| patience(Ratio::bps(250), Ratio::bps(50), v).unwrap();
        assert_eq!(t(variance), 44);
        assert_eq!(t(Ratio::raw(1)), 86_400);
        assert_eq!(t(Ratio::ONE), 1);
        assert_eq!(t(Ratio::ZERO), 86_400);
    }

    proptest! {
        #[test]
        fn a_part_restores_the_target_and_no_less(
            notional in 1_000_000i128..1_000_000_000_000, ratio in 0u64..400,
            target in 100u64..1_000, fee in 1u64..100, premium in 0u64..100,
        ) {
            let n = Amount::raw(notional);
            let patient = Patient {
                notional: n,
                equity: n.share_down(Ratio::bps(ratio)).unwrap(),
                target: Ratio::bps(target), fee: Ratio::bps(fee), premium: Ratio::bps(premium),
            };
            prop_assume!(ratio < target);
            if let Cut::Part(x) = patient.cut(Amount::ZERO).unwrap() {
                prop_assert!(x > Amount::ZERO && x < n);
                let drain = patient.fee.plus(patient.premium).unwrap();
                let left = patient.equity.minus(x.share_up(drain).unwrap()).unwrap();
                let needed = n.minus(x).unwrap().share_down(patient.target).unwrap();
                prop_assert!(left.plus(Amount::raw(2)).unwrap() >= needed);
            }
        }

        #[test]
        fn a_loss_is_borne_to_the_unit(loss in 0i128..1_000_000_000, fund in 0i128..1_000_000_000) {
            let b = waterfall(Amount::raw(loss), Amount::raw(fund)).unwrap();
            prop_assert_eq!(b.insurance.plus(b.vault).unwrap(), Amount::raw(loss));
            prop_assert!(b.insurance <= Amount::raw(fund));
            prop_assert!(b.vault.is_zero() || b.insurance == Amount::raw(fund));
        }
    }
}
