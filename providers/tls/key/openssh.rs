//! OpenSSH's form of private keys, unencrypted.

use der::asn1::UintRef;
use der::{Decode, Sequence};
use zeroize::Zeroizing;

use super::forms::{pem_of, read_pem};
use super::{KeyError, PrivateKey, PublicKey, random};
use aws_lc_rs::encoding::AsBigEndian;

const MAGIC: &[u8] = b"openssh-key-v1\0";
const LABEL: &str = "OPENSSH PRIVATE KEY";

/// What is left of OpenSSH's binary form: fields, each after its length.
pub(super) struct Blob<'b>(pub(super) &'b [u8]);

impl<'b> Blob<'b> {
    pub(super) fn bytes(&mut self) -> Result<&'b [u8], KeyError> {
        let damaged = || KeyError::new("its OpenSSH form is damaged");
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (field, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(field)
    }

    pub(super) fn text(&mut self) -> Result<&'b str, KeyError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| KeyError::new("its OpenSSH form is damaged"))
    }
}

/// Adds a field.
pub(super) fn put(out: &mut Vec<u8>, field: &[u8]) {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(field);
}

/// A positive number as OpenSSH writes it: without zeros in front, but one where it would look negative.
pub(super) fn positive(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let trimmed = &bytes[start..];
    let sign: &[u8] = if trimmed.first().is_some_and(|b| b & 0x80 != 0) { &[0] } else { &[] };
    Zeroizing::new([sign, trimmed].concat())
}

/// The numbers of an RSA key in the form of PKCS #1.
#[derive(Sequence)]
struct Numbers<'a> {
    version: u8,
    n: UintRef<'a>,
    e: UintRef<'a>,
    d: UintRef<'a>,
    p: UintRef<'a>,
    q: UintRef<'a>,
    dp: UintRef<'a>,
    dq: UintRef<'a>,
    qi: UintRef<'a>,
}

impl PrivateKey {
    /// OpenSSH's form, without a comment; nothing for the curve P-224, which OpenSSH does not have.
    pub(crate) fn to_openssh(&self) -> Result<Option<String>, KeyError> {
        let Some(public) = self.public()?.to_ssh() else { return Ok(None) };
        let mut out = Zeroizing::new(MAGIC.to_vec());
        for no_encryption in [&b"none"[..], b"none", b""] {
            put(&mut out, no_encryption);
        }
        out.extend(1u32.to_be_bytes());
        put(&mut out, &public);
        put(&mut out, &self.secrets(&public)?);
        pem_of(LABEL, &out).map(Some)
    }

    /// The part that is encrypted in other keys: twice the same random number, the key, a comment, padding.
    fn secrets(&self, public: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let check = random::bytes::<4>()?;
        let mut out = Zeroizing::new([check, check].concat());
        self.put_numbers(public, &mut out)?;
        put(&mut out, b"");
        let missing = out.len().next_multiple_of(8) - out.len();
        out.extend((1..).take(missing));
        Ok(out)
    }

    fn put_numbers(&self, public: &[u8], out: &mut Vec<u8>) -> Result<(), KeyError> {
        let unwritable = || KeyError::new("the key cannot be written");
        match self {
            PrivateKey::Rsa(_) => {
                let der = self.pkcs1()?;
                let k = Numbers::from_der(&der).map_err(|_| unwritable())?;
                put(out, b"ssh-rsa");
                [k.n, k.e, k.d, k.qi, k.p, k.q].iter().for_each(|n| put(out, &positive(n.as_bytes())));
            }
            PrivateKey::Ecdsa(_, pair) => {
                // The public form is type, curve and point.
                out.extend(public);
                let secret = pair.private_key().as_be_bytes().map_err(|_| unwritable())?;
                put(out, &positive(secret.as_ref()));
            }
            PrivateKey::Ed25519(pair) => {
                out.extend(public);
                let seed = pair.seed().map_err(|_| unwritable())?;
                let seed = seed.as_be_bytes().map_err(|_| unwritable())?;
                let point = &public[public.len().saturating_sub(32)..];
                put(out, &Zeroizing::new([seed.as_ref(), point].concat()));
            }
            PrivateKey::P224(_) => return Err(KeyError::new("OpenSSH has no curve P224")),
        }
        Ok(())
    }
}

/// The public key of a private key in OpenSSH's form, where it stands in the clear.
pub(crate) fn public_of(text: &str) -> Result<PublicKey, KeyError> {
    let (label, der) = read_pem(text)?;
    if label != LABEL {
        return Err(KeyError::new(format!("it is a {label:?}; an {LABEL:?} is required")));
    }
    let fields = der.strip_prefix(MAGIC).ok_or_else(|| KeyError::new("it is not in OpenSSH's form"))?;
    let mut rest = Blob(fields);
    if rest.text()? != "none" {
        return Err(KeyError::new("it is encrypted; decrypt it first"));
    }
    rest.bytes()?;
    rest.bytes()?;
    let one_key = rest.0.split_first_chunk::<4>().filter(|(count, _)| u32::from_be_bytes(**count) == 1);
    let (_, keys) = one_key.ok_or_else(|| KeyError::new("it does not hold exactly one key"))?;
    PublicKey::from_ssh(Blob(keys).bytes()?)
}
