//! How numbers are written where no person reads: `#[serde(with = "packed")]` keeps the text of a number in JSON,
//! and writes its bits in a binary form, where most take a few bytes.

use cosmwasm_std::{Decimal, Int128, Int256, SignedDecimal, Uint128, Uint256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number that has bits.
pub trait Packed: Sized {
    /// The bits, in integers that binary forms shorten.
    type Bits: Serialize + for<'de> Deserialize<'de>;
    /// Its bits.
    fn bits(&self) -> Self::Bits;
    /// The number of these bits.
    fn of(bits: Self::Bits) -> Self;
}

/// For `#[serde(with)]`.
pub fn serialize<T, S>(number: &T, to: S) -> Result<S::Ok, S::Error>
where
    T: Packed + Serialize,
    S: Serializer,
{
    if to.is_human_readable() {
        number.serialize(to)
    } else {
        number.bits().serialize(to)
    }
}

/// For `#[serde(with)]`.
pub fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: Packed + Deserialize<'de>,
    D: Deserializer<'de>,
{
    if from.is_human_readable() {
        T::deserialize(from)
    } else {
        T::Bits::deserialize(from).map(T::of)
    }
}

macro_rules! packed {
    ($t:ty, $bits:ty, |$n:ident| $to:expr, |$b:ident| $of:expr) => {
        impl Packed for $t {
            type Bits = $bits;
            fn bits(&self) -> $bits {
                let $n = *self;
                $to
            }
            fn of($b: $bits) -> Self {
                $of
            }
        }
    };
}
packed!(Uint128, u128, |n| n.u128(), |b| Self::new(b));
packed!(Int128, i128, |n| n.i128(), |b| Self::new(b));
packed!(Decimal, u128, |n| n.atomics().u128(), |b| Self::new(
    b.into()
));
packed!(SignedDecimal, i128, |n| n.atomics().i128(), |b| Self::new(
    b.into()
));
packed!(
    Uint256,
    (u128, u128),
    |n| {
        let (high, low) = halves(&n.to_be_bytes());
        (u128::from_be_bytes(high), u128::from_be_bytes(low))
    },
    |b| Self::from_be_bytes(joined(b.0.to_be_bytes(), b.1.to_be_bytes()))
);
packed!(
    Int256,
    (i128, u128),
    |n| {
        let (high, low) = halves(&n.to_be_bytes());
        (i128::from_be_bytes(high), u128::from_be_bytes(low))
    },
    |b| Self::from_be_bytes(joined(b.0.to_be_bytes(), b.1.to_be_bytes()))
);

fn halves(bytes: &[u8; 32]) -> ([u8; 16], [u8; 16]) {
    let [high, low] =
        [bytes.first_chunk(), bytes.last_chunk()].map(|half| *half.unwrap_or(&[0; 16]));
    (high, low)
}

fn joined(high: [u8; 16], low: [u8; 16]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (first, last) = bytes.split_at_mut(16);
    first.copy_from_slice(&high);
    last.copy_from_slice(&low);
    bytes
}
