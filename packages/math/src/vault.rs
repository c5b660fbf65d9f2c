//! Vault shares: priced in batches, with virtual shares against the first-depositor attack.

use cosmwasm_std::{Int256, Uint128};

use crate::{
    units::{Amount, OutOfRange},
    wide::{mul_div, Round},
};

/// Virtual money and the shares that stand for it: a share starts at a millionth of a dollar, and an
/// attacker would have to give a million times what he takes.
const VIRTUAL_MONEY: u128 = 1;
/// See [`VIRTUAL_MONEY`].
const VIRTUAL_SHARES: u128 = 1_000_000;

fn shares_of(n: Int256) -> Result<Uint128, OutOfRange> {
    let n = cosmwasm_std::Uint256::try_from(n).map_err(|_| OutOfRange)?;
    Uint128::try_from(n).map_err(|_| OutOfRange)
}

/// Shares for `amount` put in at `nav`: rounded down, against who comes.
/// A vault whose NAV is not positive while shares exist sells none.
pub fn shares_for(amount: Amount, nav: Amount, supply: Uint128) -> Result<Uint128, OutOfRange> {
    if nav.is_negative() || (nav.is_zero() && !supply.is_zero()) {
        return Ok(Uint128::zero());
    }
    let supply = supply
        .checked_add(Uint128::new(VIRTUAL_SHARES))
        .map_err(|_| OutOfRange)?;
    let money = nav.plus(Amount(
        cosmwasm_std::Int128::try_from(Uint128::new(VIRTUAL_MONEY)).map_err(|_| OutOfRange)?,
    ))?;
    shares_of(mul_div(
        amount.wide(),
        Int256::from(supply),
        money.wide().unsigned_abs(),
        Round::Down,
    )?)
}

/// What `shares` are worth at `nav`: rounded down, against who leaves.
pub fn worth(shares: Uint128, nav: Amount, supply: Uint128) -> Result<Amount, OutOfRange> {
    if nav <= Amount::ZERO {
        return Ok(Amount::ZERO);
    }
    let supply = supply
        .checked_add(Uint128::new(VIRTUAL_SHARES))
        .map_err(|_| OutOfRange)?;
    nav.pro_rata(Int256::from(shares), Int256::from(supply), Round::Down)
}

/// One owner's part of what a batch got: rounded down.
pub fn part(got: Uint128, own: Amount, whole: Amount) -> Result<Uint128, OutOfRange> {
    if whole <= Amount::ZERO {
        return Err(OutOfRange);
    }
    shares_of(mul_div(
        Int256::from(got),
        own.wide(),
        whole.wide().unsigned_abs(),
        Round::Down,
    )?)
}

/// One owner's part of the money paid for `whole` shares: rounded down.
pub fn share(paid: Amount, own: Uint128, whole: Uint128) -> Result<Amount, OutOfRange> {
    if whole.is_zero() {
        return Err(OutOfRange);
    }
    paid.pro_rata(Int256::from(own), Int256::from(whole), Round::Down)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn in_and_out_at_one_value_never_gains(
            amount in 1i128..1_000_000_000_000, nav in 0i128..1_000_000_000_000, supply in 0u128..u128::from(u64::MAX),
        ) {
            prop_assume!(nav > 0 || supply == 0);
            let (a, n, s) = (Amount::raw(amount), Amount::raw(nav), Uint128::new(supply));
            let got = shares_for(a, n, s).unwrap();
            let out = worth(got, n.plus(a).unwrap(), s + got).unwrap();
            prop_assert!(out <= a);
        }

        #[test]
        fn a_gift_before_the_first_deposit_takes_next_to_nothing(gift in 0i128..1_000_000_000_000, amount in 1_000_000i128..1_000_000_000_000) {
            // The attacker owns one share of a vault he then gives money to.
            let before = Amount::raw(gift + 1);
            let got = shares_for(Amount::raw(amount), before, Uint128::new(1)).unwrap();
            let supply = Uint128::new(1) + got;
            let nav = before.plus(Amount::raw(amount)).unwrap();
            let thief = worth(Uint128::new(1), nav, supply).unwrap();
            prop_assert!(thief <= Amount::raw((gift + amount) / 1_000_000 + 1));
        }
    }
}
