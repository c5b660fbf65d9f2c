//! Margin terms: initial margin that rises at once and falls slowly, maintenance that only ramps.

use cosmwasm_schema::cw_serde;

use crate::{
    units::{Amount, OutOfRange, Ratio},
    wide::Round,
};

/// Half-life of the initial margin's decay, seconds: 72 h.
pub const HALF_LIFE: u64 = 259_200;
/// Seconds in which maintenance may move by a tenth of its value.
const HOUR: u64 = 3_600;

/// What margins are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// Variance per second, floored.
    pub variance: Ratio,
    /// `k`.
    pub multiple: Ratio,
    /// `H`, seconds.
    pub horizon: u64,
    /// `fee + K_net/scale`.
    pub closing_cost: Ratio,
    /// Bounds of the initial margin.
    pub im_min: Ratio,
    /// Bounds of the initial margin.
    pub im_max: Ratio,
}

/// `max(floor, 0.75*max(fast, slow) + 0.25*stress)`, rounded up.
pub fn variance(
    floor: Ratio,
    fast: Ratio,
    slow: Ratio,
    stress: Ratio,
) -> Result<Ratio, OutOfRange> {
    let now = fast.max(slow).times(Ratio::percent(75), Round::Up)?;
    let blend = now.plus(stress.times(Ratio::percent(25), Round::Up)?)?;
    Ok(floor.max(blend))
}

impl Recipe {
    /// `M = clamp(k*sqrt(v*H) + closing cost, IM_min, IM_max)`, before the open-interest add-on.
    pub fn base(self) -> Result<Ratio, OutOfRange> {
        let over = self.variance.scaled(self.horizon, 1, Round::Up)?;
        let sigma = over.sqrt()?.plus(Ratio::raw(1))?;
        Ok(self
            .multiple
            .times(sigma, Round::Up)?
            .plus(self.closing_cost)?
            .clamp(self.im_min, self.im_max))
    }
}

/// Natural logarithm of two, 18 decimals.
const LN_2: u128 = 693_147_180_559_945_309;

/// `im * 2^(-elapsed / 72 h)`, rounded up: however often it is applied, the half-life stays. Within a
/// half-life `exp(-y)` is its series cut after the fourth power, which is never below it.
pub fn decayed(im: Ratio, elapsed: u64) -> Result<Ratio, OutOfRange> {
    let halvings = elapsed.checked_div(HALF_LIFE).ok_or(OutOfRange)?;
    if halvings >= 60 {
        return Ok(Ratio::ZERO);
    }
    let mut left = im;
    for _ in 0..halvings {
        left = left.scaled(1, 2, Round::Up)?;
    }
    let rest = elapsed.checked_rem(HALF_LIFE).ok_or(OutOfRange)?;
    let y = Ratio::raw(LN_2).scaled(rest, HALF_LIFE, Round::Down)?;
    let (mut factor, mut power) = (Ratio::ONE, Ratio::ONE);
    for n in 1..=4u64 {
        let odd = n % 2 == 1;
        let round = if odd { Round::Down } else { Round::Up };
        power = power.times(y, round)?.scaled(1, n, round)?;
        factor = if odd {
            factor.minus_floored(power)
        } else {
            factor.plus(power)?
        };
    }
    left.times(factor, Round::Up)
}

/// `IM = max(M, min(previous IM decayed, 1.25*M))`.
pub fn initial(base: Ratio, previous: Ratio, elapsed: u64) -> Result<Ratio, OutOfRange> {
    let ceiling = base.times(Ratio::percent(125), Round::Up)?;
    Ok(base.max(decayed(previous, elapsed)?.min(ceiling)))
}

/// The initial margin asked of one order: `IM*(1 + caution/4)` plus the open-interest add-on, which
/// grows linearly to `add_on` at the side cap. Rounded up.
pub fn asked(im: Ratio, caution: Ratio, add_on: Ratio) -> Result<Ratio, OutOfRange> {
    let raised = Ratio::ONE.plus(caution.scaled(1, 4, Round::Up)?)?;
    im.times(raised, Round::Up)?.plus(add_on)
}

/// Maintenance margin under way to its target: it moves by at most a tenth of its value an hour, so
/// that the moment an update lands nothing changes for anybody.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Ramp {
    /// Where it was.
    pub value: Ratio,
    /// When, seconds.
    pub since: u64,
    /// Where it goes.
    pub target: Ratio,
}

impl Ramp {
    /// Its value at `now`; never before `since`.
    pub fn at(self, now: u64) -> Result<Ratio, OutOfRange> {
        let elapsed = now
            .saturating_sub(self.since)
            .min(HOUR.saturating_mul(1_000));
        // ln(1.1) an hour, so that re-aiming at every block still moves at most a tenth in an hour.
        let reach = self.value.scaled(
            elapsed.saturating_mul(953),
            HOUR.saturating_mul(10_000),
            Round::Down,
        )?;
        Ok(if self.target >= self.value {
            self.target.min(self.value.plus(reach)?)
        } else {
            self.target.max(self.value.minus_floored(reach))
        })
    }

    /// The same ramp, aimed anew at `now`. Its value at `now` does not change.
    pub fn aimed(self, target: Ratio, now: u64) -> Result<Self, OutOfRange> {
        Ok(Self {
            value: self.at(now)?,
            since: now.max(self.since),
            target,
        })
    }
}

/// The target of maintenance: `c*M`, at least the floor. Rounded up.
pub fn maintenance_target(base: Ratio, share: Ratio, floor: Ratio) -> Result<Ratio, OutOfRange> {
    Ok(base.times(share, Round::Up)?.max(floor))
}

/// Each side's notional cap `a*NAV/(gap - min(MM, gap/10))`, rounded down; nothing when NAV is not
/// positive.
pub fn side_cap(nav: Amount, share: Ratio, gap: Ratio, mm: Ratio) -> Result<Amount, OutOfRange> {
    if nav <= Amount::ZERO {
        return Ok(Amount::ZERO);
    }
    let per = carried(gap, mm)?;
    nav.share_down(share)?
        .pro_rata(Ratio::ONE.wide(), per.wide(), Round::Down)
}

/// What a vault must be worth to carry `interest` on one side: the inverse of [`side_cap`], rounded up.
pub fn floor_for(
    interest: Amount,
    share: Ratio,
    gap: Ratio,
    mm: Ratio,
) -> Result<Amount, OutOfRange> {
    if share == Ratio::ZERO {
        return Err(OutOfRange);
    }
    interest
        .share_up(carried(gap, mm)?)?
        .pro_rata(Ratio::ONE.wide(), share.wide(), Round::Up)
}

/// `gap - min(MM, gap/10)`, never zero.
fn carried(gap: Ratio, mm: Ratio) -> Result<Ratio, OutOfRange> {
    let tenth = gap.scaled(1, 10, Round::Down)?;
    let per = gap.minus_floored(mm.min(tenth));
    if per == Ratio::ZERO {
        return Err(OutOfRange);
    }
    Ok(per)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_side_cap_of_the_design() {
        let cap = side_cap(
            Amount::raw(10_000_000_000_000),
            Ratio::percent(50),
            Ratio::percent(25),
            Ratio::bps(250),
        );
        assert_eq!(cap, Ok(Amount::raw(22_222_222_222_222)));
        let least = floor_for(
            Amount::raw(22_222_222_222_222),
            Ratio::percent(50),
            Ratio::percent(25),
            Ratio::bps(250),
        );
        assert_eq!(least, Ok(Amount::raw(10_000_000_000_000)));
    }

    proptest! {
        #[test]
        fn an_update_never_changes_maintenance_at_its_own_moment(
            value in 100u64..5_000, target in 100u64..5_000, next in 100u64..5_000, t in 0u64..1_000_000,
        ) {
            let ramp = Ramp { value: Ratio::bps(value), since: 1_000, target: Ratio::bps(target) };
            let now = 1_000u64.saturating_add(t);
            prop_assert_eq!(ramp.aimed(Ratio::bps(next), now).unwrap().at(now), ramp.at(now));
        }

        #[test]
        fn maintenance_moves_at_most_a_tenth_an_hour(
            value in 100u64..5_000, target in 100u64..5_000, t in 0u64..3_600,
        ) {
            let ramp = Ramp { value: Ratio::bps(value), since: 0, target: Ratio::bps(target) };
            let now = ramp.at(t).unwrap();
            let moved = Ratio(now.0.abs_diff(ramp.value.0));
            prop_assert!(moved <= ramp.value.scaled(1, 10, Round::Up).unwrap());
            let (low, high) = (ramp.value.min(ramp.target), ramp.value.max(ramp.target));
            prop_assert!(low <= now && now <= high);
        }

        #[test]
        fn initial_margin_rises_at_once_and_falls_slowly(base in 500u64..5_000, before in 500u64..5_000, t in 0u64..2_000_000) {
            let (b, p) = (Ratio::bps(base), Ratio::bps(before));
            let im = initial(b, p, t).unwrap();
            prop_assert!(im >= b);
            prop_assert!(im <= b.times(Ratio::percent(125), Round::Up).unwrap());
            prop_assert!(decayed(p, t).unwrap() <= p);
            let (whole, mut steps) = (decayed(p, 36_000).unwrap(), p);
            for _ in 0..600 {
                steps = decayed(steps, 60).unwrap();
            }
            let gap = Ratio(whole.0.abs_diff(steps.0));
            prop_assert!(gap <= p.scaled(1, 1_000_000, Round::Up).unwrap(), "{gap:?}");
            let half = decayed(p, HALF_LIFE).unwrap();
            prop_assert_eq!(half, p.scaled(1, 2, Round::Up).unwrap());
        }
    }
}
