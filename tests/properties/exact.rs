//! Exact numbers, and how far the shipped ones may be from them.

use cosmwasm_std::Int256;
use math::units::{Amount, PerUnit, Price, Ratio, Size};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

/// An exact number.
pub type Q = BigRational;

pub fn ten(places: u32) -> BigInt {
    BigInt::from(10).pow(places)
}

fn places(n: Int256, places: u32) -> Q {
    let n: BigInt = n.to_string().parse().unwrap();
    Q::new(n, ten(places))
}

pub fn int(n: i128) -> Q {
    Q::from_integer(n.into())
}

/// What a shipped number stands for.
pub trait Exact {
    fn exact(self) -> Q;
}

impl Exact for Size {
    fn exact(self) -> Q {
        places(self.wide(), 12)
    }
}

impl Exact for Amount {
    fn exact(self) -> Q {
        places(self.wide(), 6)
    }
}

impl Exact for Price {
    fn exact(self) -> Q {
        places(self.wide(), 18)
    }
}

impl Exact for Ratio {
    fn exact(self) -> Q {
        places(self.wide(), 18)
    }
}

impl Exact for PerUnit {
    fn exact(self) -> Q {
        places(self.0, 36)
    }
}

/// Millionths of a dollar.
pub fn units(n: i128) -> Q {
    Q::new(n.into(), ten(6))
}

/// Trillionths of a base unit.
pub fn grains(n: i128) -> Q {
    Q::new(n.into(), ten(12))
}

/// `got` stands for `want`, to `slack`.
#[track_caller]
pub fn near(got: impl Exact, want: &Q, slack: &Q, what: &str) {
    let got = got.exact();
    if within(&got, want, slack) {
        return;
    }
    let gap = (&got - want).abs();
    panic!(
        "{what}: {} for {}, off by {} of {}",
        shown(&got),
        shown(want),
        shown(&gap),
        shown(slack),
    );
}

/// `|a - b| <= slack`, in whole numbers: nothing is reduced, which is most of what exactness costs.
fn within(a: &Q, b: &Q, slack: &Q) -> bool {
    let gap = (a.numer() * b.denom() - b.numer() * a.denom()).abs();
    gap * slack.denom() <= slack.numer() * a.denom() * b.denom()
}

/// With twelve decimals, for messages.
fn shown(q: &Q) -> String {
    let n = (q * Q::from_integer(ten(12))).to_integer();
    format!("{n}e-12")
}
