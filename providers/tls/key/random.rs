//! Random numbers for what aws-lc does not make itself. They come from its generator, which never gives too little.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::KeyError;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::new("the system gives no random bytes"))?;
    Ok(bytes)
}

/// A private key on the curve P-224: a number that is neither 0 nor beyond the order, each with the same probability.
pub(super) fn p224() -> Result<p224::SecretKey, KeyError> {
    loop {
        let drawn = Zeroizing::new(bytes::<28>()?);
        if let Ok(secret) = p224::SecretKey::from_slice(&*drawn) {
            return Ok(secret);
        }
    }
}
