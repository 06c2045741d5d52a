//! Random values made from the bytes that [`Surroundings`] gives.

use crate::Surroundings;

/// A random UUID (version 4) in its usual form.
pub fn uuid(around: &dyn Surroundings) -> String {
    let mut bytes = [0; 16];
    around.random(&mut bytes);
    uuid_of(bytes)
}

/// The UUID (version 4) that random bytes become: six bits are fixed.
pub fn uuid_of(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = crate::hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A random number below a bound, each with the same probability; 0 where the bound is 0. `fill` gives random bytes.
pub fn below(mut fill: impl FnMut(&mut [u8]), bound: u64) -> u64 {
    if bound == 0 {
        return 0;
    }
    // The topmost numbers, of which there are too few for every remainder, are drawn again.
    let excess = (u64::MAX % bound + 1) % bound;
    loop {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        if drawn <= u64::MAX - excess {
            return drawn % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Bench;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        assert_eq!(uuid_of([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid_of([0; 16]), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn drawn_numbers_stay_below_the_bound_and_reach_everything() {
        let bench = Bench::new("/");
        let around = bench.around();
        for bound in [1_u64, 2, 3, 7, 10] {
            let mut seen: Vec<u64> = (0..200).map(|_| below(|b| around.random(b), bound)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen, (0..bound).collect::<Vec<_>>());
        }
        assert_eq!(below(|b| around.random(b), 0), 0);
    }
}
