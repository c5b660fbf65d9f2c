//! Seeded randomness that can be asked for in any order: the `n`-th draw of a stream is the same
//! whether or not the others were ever drawn.

use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// One standard deviation of a [`Gaussians::draw`].
pub const SIGMA: u64 = 1 << 32;
/// Uniform numbers in one draw; their sum has a variance of exactly one twelfth each.
const UNIFORMS: u32 = 12;
/// Words in one block of the cipher: a draw uses one block and no two share one.
const BLOCK: u128 = 16;

/// The key of everything random about one thing, such as one path or one reporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The key of `purpose` for the thing called `name` in the run with this seed.
    pub fn of(seed: u64, purpose: &str, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(name.as_bytes());
        Self(hash.finalize().into())
    }

    /// Its `n`-th stream; streams have nothing in common.
    pub fn stream(self, n: u64) -> Gaussians {
        let mut cipher = ChaCha8Rng::from_seed(self.0);
        cipher.set_stream(n);
        Gaussians(cipher)
    }
}

/// A stream of numbers: nearly normally distributed, or evenly below a bound.
#[derive(Debug, Clone)]
pub struct Gaussians(ChaCha8Rng);

impl Gaussians {
    /// The `n`-th number: mean 0, standard deviation [`SIGMA`], never beyond six of them. The sum
    /// of twelve uniform numbers, less its mean.
    pub fn draw(&mut self, n: u64) -> i64 {
        self.0.set_word_pos(u128::from(n).saturating_mul(BLOCK));
        let sum: i64 = (0..UNIFORMS).map(|_| i64::from(self.0.next_u32())).sum();
        sum.saturating_sub(i64::from(u32::MAX).saturating_mul(6))
    }

    /// The `n`-th number as one below `bound`, each as likely as the others; 0 where `bound` is 0.
    pub fn below(&mut self, n: u64, bound: u64) -> u64 {
        self.0.set_word_pos(u128::from(n).saturating_mul(BLOCK));
        self.0.next_u64().checked_rem(bound).unwrap_or(0)
    }
}

/// Throws of one person's dice, one after the other.
#[derive(Debug, Clone)]
pub struct Dice {
    stream: Gaussians,
    thrown: u64,
}

impl Dice {
    /// The dice of the `n`-th person.
    pub fn of(seed: Seed, n: u64) -> Self {
        Self {
            stream: seed.stream(n),
            thrown: 0,
        }
    }

    /// A number from `least` to `most`, both possible.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        let bound = most.saturating_sub(least).saturating_add(1);
        self.thrown = self.thrown.saturating_add(1);
        least.saturating_add(self.stream.below(self.thrown, bound))
    }

    /// Whether what happens once in `n` happens now.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.between(1, n) == 1
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn stream(n: u64) -> Gaussians {
        Seed::of(1, "test", "a").stream(n)
    }

    #[test]
    fn draws_do_not_depend_on_the_order_they_are_made_in() {
        let mut rng = stream(3);
        let forward: Vec<i64> = (0..50).map(|n| rng.draw(n)).collect();
        let mut backward: Vec<i64> = (0..50).rev().map(|n| rng.draw(n)).collect();
        backward.reverse();
        assert_eq!(forward, backward);
        assert_ne!(
            forward,
            (0..50).map(|n| stream(4).draw(n)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn dice_show_every_face_and_no_other() {
        let mut dice = Dice::of(Seed::of(1, "test", "a"), 0);
        let mut seen = [0u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(dice.between(1, 6) - 1).unwrap()] += 1;
        }
        assert!(seen.iter().all(|n| (800..1_200).contains(n)), "{seen:?}");
        assert_eq!(dice.between(7, 7), 7);
    }

    #[test]
    fn seed_purpose_and_name_all_matter() {
        let base = Seed::of(1, "path", "eth");
        assert_eq!(base, Seed::of(1, "path", "eth"));
        let others = [
            (2, "path", "eth"),
            (1, "noise", "eth"),
            (1, "path", "btc"),
            (1, "pat", "heth"),
        ];
        for (seed, purpose, name) in others {
            assert_ne!(base, Seed::of(seed, purpose, name));
        }
    }

    #[test]
    fn mean_and_deviation_are_as_stated() {
        let mut rng = stream(0);
        let n = 4000i128;
        let draws: Vec<i128> = (0..4000).map(|i| i128::from(rng.draw(i))).collect();
        let sigma = i128::from(SIGMA);
        let mean = draws.iter().sum::<i128>() / n;
        let variance = draws.iter().map(|d| d * d).sum::<i128>() / n;
        assert!(mean.abs() < sigma / 20, "{mean}");
        assert!(
            (variance - sigma * sigma).abs() < sigma * sigma / 10,
            "{variance}"
        );
        assert!(draws.iter().all(|d| d.abs() <= 6 * sigma));
    }
}
