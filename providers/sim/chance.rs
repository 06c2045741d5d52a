//! What is left to chance, so that a seed repeats it.

/// Draws numbers one after another (SplitMix64).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of at least 0 and less than 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something of this probability happens. What never happens draws nothing.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.fraction() < probability
    }

    /// A number below a bound; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A duration around a middle, as networks have them: seldom less than half of it, now and then four times as long.
    pub(crate) fn latency(&mut self, middle: f64) -> f64 {
        if middle <= 0.0 {
            return 0.0;
        }
        // The sum of four uniform numbers is close to a normal one.
        let sum: f64 = (0..4).map(|_| self.fraction()).sum();
        middle * ((sum - 2.0) * 1.2).exp()
    }
}
