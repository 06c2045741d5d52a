//! Digests that providers say of contents.

use std::io::{self, Read};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The digests of one content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// How many bytes the content has.
    pub size: u64,
    /// MD5, 16 bytes.
    pub md5: Vec<u8>,
    /// SHA-1, 20 bytes.
    pub sha1: Vec<u8>,
    /// SHA-256, 32 bytes.
    pub sha256: Vec<u8>,
    /// SHA-512, 64 bytes.
    pub sha512: Vec<u8>,
}

impl Digests {
    /// The digests of bytes.
    pub fn of(bytes: &[u8]) -> Digests {
        Digests {
            size: bytes.len() as u64,
            md5: Md5::digest(bytes).to_vec(),
            sha1: Sha1::digest(bytes).to_vec(),
            sha256: Sha256::digest(bytes).to_vec(),
            sha512: Sha512::digest(bytes).to_vec(),
        }
    }

    /// The digests of what can be read, to its end, without holding all of it.
    pub fn read(mut content: impl Read) -> io::Result<Digests> {
        let (mut md5, mut sha1, mut sha256, mut sha512) =
            (Md5::new(), Sha1::new(), Sha256::new(), Sha512::new());
        let (mut size, mut buffer) = (0, vec![0; 1 << 16]);
        loop {
            let read = content.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            let part = &buffer[..read];
            size += read as u64;
            md5.update(part);
            sha1.update(part);
            sha256.update(part);
            sha512.update(part);
        }
        let (md5, sha1) = (md5.finalize().to_vec(), sha1.finalize().to_vec());
        Ok(Digests {
            size,
            md5,
            sha1,
            sha256: sha256.finalize().to_vec(),
            sha512: sha512.finalize().to_vec(),
        })
    }
}

/// Bytes in hexadecimal, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_gives_what_the_whole_gives() {
        let content: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        assert_eq!(Digests::read(&content[..]).unwrap(), Digests::of(&content));
        assert_eq!(hex(&Digests::of(b"").sha1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
}
