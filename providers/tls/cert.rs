//! Certificates and requests for them: what they hold, their making, and what is read from them.

mod describe;
mod extensions;
mod issue;
mod name;
mod read;

pub(crate) use describe::{describe, described_block};
pub(crate) use extensions::{ALLOWED_USES, AltNames, Purpose};
pub(crate) use issue::{Issued, Issuer, Wanted, issue, request};
pub(crate) use name::{SUBJECT, subject, subject_block};
pub(crate) use read::{Authority, Request};

/// What keeps a certificate from being made or read, as a phrase.
#[derive(Debug, PartialEq)]
pub(crate) struct CertError(pub(crate) String);

impl CertError {
    fn new(why: impl Into<String>) -> CertError {
        CertError(why.into())
    }
}

impl From<der::Error> for CertError {
    fn from(error: der::Error) -> CertError {
        CertError(format!("its DER form does not fit: {error}"))
    }
}

impl From<crate::key::KeyError> for CertError {
    fn from(error: crate::key::KeyError) -> CertError {
        CertError(error.0)
    }
}

#[cfg(test)]
mod tests;
