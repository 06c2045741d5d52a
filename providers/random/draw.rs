//! Where random numbers come from.

use provider::{Surroundings, random};
use sha2::{Digest, Sha256};

/// A source of random numbers.
pub(crate) enum Draw<'a> {
    /// The outside world: never the same twice.
    Around(&'a dyn Surroundings),
    /// A seed: always the same numbers in the same order.
    Seeded {
        /// The seed's digest.
        seed: [u8; 32],
        /// How many blocks were drawn.
        drawn: u64,
    },
}

impl<'a> From<&'a dyn Surroundings> for Draw<'a> {
    fn from(around: &'a dyn Surroundings) -> Draw<'a> {
        Draw::Around(around)
    }
}

impl Draw<'_> {
    /// The numbers of a seed.
    pub(crate) fn seeded(seed: &str) -> Draw<'static> {
        Draw::Seeded { seed: Sha256::digest(seed).into(), drawn: 0 }
    }

    /// Fills a buffer with random bytes.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) {
        match self {
            Draw::Around(around) => around.random(buffer),
            Draw::Seeded { seed, drawn } => {
                for chunk in buffer.chunks_mut(32) {
                    let block =
                        Sha256::new().chain_update(*seed).chain_update(drawn.to_le_bytes()).finalize();
                    chunk.copy_from_slice(&block[..chunk.len()]);
                    *drawn += 1;
                }
            }
        }
    }

    /// Random bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.fill(&mut bytes);
        bytes
    }

    /// A number below a bound, each with the same probability.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        random::below(|buffer| self.fill(buffer), bound)
    }

    /// One of several, each with the same probability; nothing where there is none.
    pub(crate) fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(usize::try_from(self.below(values.len() as u64)).ok()?)
    }

    /// Brings values into an order, each with the same probability.
    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            values.swap(last, other);
        }
    }
}
