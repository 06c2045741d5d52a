//! Certificates of authorities, and requests, read from PEM form.

use der::Decode;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, SubjectKeyIdentifier};
use x509_cert::name::Name;
use x509_cert::request::CertReq;

use super::extensions::{AltNames, find};
use super::{CertError, issue};
use crate::key::{PrivateKey, PublicKey, read_pem};

/// The certificate of an authority.
pub(crate) struct Authority(pub(super) CertificateInner<Raw>);

/// The bytes of the first PEM block, which has to be of a kind.
fn expected(text: &str, label: &str) -> Result<Vec<u8>, CertError> {
    let (found, der) = read_pem(text)?;
    if found == label {
        Ok(der.to_vec())
    } else {
        Err(CertError::new(format!("it is a {found:?}; a {label:?} is required")))
    }
}

impl Authority {
    /// Reads a certificate in PEM form.
    pub(crate) fn from_pem(text: &str) -> Result<Authority, CertError> {
        Authority::from_der(&expected(text, "CERTIFICATE")?)
    }

    /// Reads a certificate.
    pub(crate) fn from_der(der: &[u8]) -> Result<Authority, CertError> {
        Ok(Authority(CertificateInner::from_der(der)?))
    }

    /// Whom it is for.
    pub(crate) fn subject(&self) -> &Name {
        self.0.tbs_certificate().subject()
    }

    pub(super) fn extensions(&self) -> &[Extension] {
        self.0.tbs_certificate().extensions().map_or(&[], |e| e)
    }

    /// The identifier of its key, where it has one.
    pub(super) fn key_id(&self) -> Result<Option<Vec<u8>>, CertError> {
        let id = find::<SubjectKeyIdentifier>(self.extensions())?;
        Ok(id.map(|id| id.0.as_bytes().to_vec()))
    }

    /// Whether it may certify others, and how many authorities may follow.
    pub(crate) fn constraints(&self) -> Result<(bool, Option<u8>), CertError> {
        let found = find::<BasicConstraints>(self.extensions())?;
        Ok(found.map_or((false, None), |c| (c.ca, c.path_len_constraint.filter(|_| c.ca))))
    }

    /// Whether a private key is that of the certificate.
    pub(crate) fn belongs_to(&self, key: &PrivateKey) -> Result<bool, CertError> {
        Ok(key.public()?.info() == self.0.tbs_certificate().subject_public_key_info())
    }
}

/// A request for a certificate.
pub(crate) struct Request {
    /// Whom it is for.
    pub(crate) subject: Name,
    /// Whom else it is for.
    pub(crate) alt_names: AltNames,
    /// Whose key is to be certified.
    pub(crate) key: PublicKey,
}

impl Request {
    /// Reads a request in PEM form.
    pub(crate) fn from_pem(text: &str) -> Result<Request, CertError> {
        let read = CertReq::from_der(&expected(text, "CERTIFICATE REQUEST")?)?;
        let mut extensions: Vec<Extension> = Vec::new();
        for attribute in read.info.attributes.iter().filter(|a| a.oid == issue::EXTENSION_REQUEST) {
            for value in attribute.values.iter() {
                extensions.extend(value.decode_as::<Vec<Extension>>()?);
            }
        }
        let key = PublicKey::from_info(read.info.public_key);
        Ok(Request { subject: read.info.subject, alt_names: AltNames::among(&extensions)?, key })
    }
}
