//! Making certificates, and requests for them.

use std::time::Duration;

use der::asn1::{Any, AnyRef, BitString, GeneralizedTime, ObjectIdentifier, SetOfVec, Uint, UtcTime};
use der::{Decode, Encode, Sequence};
use model::instant::Instant;
use num_bigint::BigUint;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::request::{CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Time;

use super::CertError;
use super::extensions::{AltNames, Extensions, Purpose};
use super::read::Authority;
use crate::key::{PrivateKey, PublicKey, pem_of, random_bytes};

/// What a certificate is to hold.
pub(crate) struct Wanted {
    /// Whom it is for.
    pub(crate) subject: Name,
    /// Whose key it certifies.
    pub(crate) key: PublicKey,
    /// Whom else it is for.
    pub(crate) alt_names: AltNames,
    /// What it may be used for.
    pub(crate) uses: Vec<Purpose>,
    /// Whether it may certify others.
    pub(crate) is_authority: bool,
    /// How many authorities may stand between it and what it certifies in the end.
    pub(crate) max_path_length: Option<u8>,
    /// Whether it names its key by its identifier; that of an authority always does.
    pub(crate) names_key: bool,
    /// From when it is valid, and until when.
    pub(crate) validity: (Instant, Instant),
}

/// Who certifies.
pub(crate) enum Issuer<'i> {
    /// The subject itself; says whether the certificate names the issuer's key by its identifier.
    Itself {
        /// Whether it does.
        names_key: bool,
    },
    /// An authority with a certificate of its own.
    Authority(&'i Authority),
}

/// A certificate that was made.
pub(crate) struct Issued {
    /// The certificate in PEM form.
    pub(crate) pem: String,
    /// Its serial number, in decimal digits.
    pub(crate) serial: String,
}

#[derive(Sequence)]
struct Validity {
    not_before: Time,
    not_after: Time,
}

/// What is signed.
#[derive(Sequence)]
struct Content {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial: Uint,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    key: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// What was signed, how, and the signature.
#[derive(Sequence)]
struct Signed<'a> {
    content: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

/// What a request says of the extensions that it wants.
pub(super) const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");

/// Version 3, counted from 0.
const VERSION: u8 = 2;

/// Makes a certificate and signs it with the issuer's key.
pub(crate) fn issue(wanted: &Wanted, issuer: &Issuer<'_>, key: &PrivateKey) -> Result<Issued, CertError> {
    let own_id = || wanted.key.key_id();
    let key_id = (wanted.is_authority || wanted.names_key).then(own_id);
    let (name, authority_key_id) = match issuer {
        Issuer::Itself { names_key: false } => (&wanted.subject, None),
        Issuer::Itself { names_key: true } if key_id.is_none() => {
            return Err(CertError::new(
                "the key of its issuer has no identifier; set set_subject_key_id too",
            ));
        }
        Issuer::Itself { names_key: true } => (&wanted.subject, key_id.clone()),
        Issuer::Authority(authority) => (authority.subject(), authority.key_id()?),
    };
    let extensions = Extensions {
        uses: &wanted.uses,
        is_authority: wanted.is_authority,
        max_path_length: wanted.max_path_length,
        key_id,
        authority_key_id,
        alt_names: &wanted.alt_names,
        is_nameless: wanted.subject.is_empty(),
    };
    let serial = random_bytes::<16>()?;
    let content = Content {
        version: VERSION,
        serial: Uint::new(&serial)?,
        signature: algorithm(key),
        issuer: name.clone(),
        validity: Validity { not_before: time(wanted.validity.0)?, not_after: time(wanted.validity.1)? },
        subject: wanted.subject.clone(),
        key: wanted.key.info().clone(),
        extensions: extensions.list()?,
    };
    let pem = pem_of("CERTIFICATE", &signed(&content.to_der()?, key)?)?;
    Ok(Issued { pem, serial: BigUint::from_bytes_be(&serial).to_string() })
}

/// Makes a request for a certificate; gives its DER form.
pub(crate) fn request(subject: Name, alt_names: &AltNames, key: &PrivateKey) -> Result<Vec<u8>, CertError> {
    let mut attributes = Attributes::default();
    if let Some(names) = alt_names.extension(subject.is_empty())? {
        let mut values = SetOfVec::default();
        values.insert(Any::encode_from(&vec![names])?)?;
        attributes.insert(Attribute { oid: EXTENSION_REQUEST, values })?;
    }
    let public_key = key.public()?.info().clone();
    let info = CertReqInfo { version: Version::V1, subject, public_key, attributes };
    signed(&info.to_der()?, key)
}

fn signed(content: &[u8], key: &PrivateKey) -> Result<Vec<u8>, CertError> {
    let signature = BitString::from_bytes(&key.sign(content)?)?;
    Ok(Signed { content: AnyRef::from_der(content)?, algorithm: algorithm(key), signature }.to_der()?)
}

fn algorithm(key: &PrivateKey) -> AlgorithmIdentifierOwned {
    let scheme = key.scheme();
    AlgorithmIdentifierOwned { oid: scheme.oid, parameters: scheme.has_null.then(Any::null) }
}

/// A point in time as certificates write it: with two digits of the year until 2049.
fn time(instant: Instant) -> Result<Time, CertError> {
    let seconds =
        u64::try_from(instant.seconds).map_err(|_| CertError::new("it would be valid before 1970"))?;
    let since_1970 = Duration::from_secs(seconds);
    Ok(match instant.civil().year {
        ..2050 => Time::UtcTime(UtcTime::from_unix_duration(since_1970)?),
        _ => Time::GeneralTime(GeneralizedTime::from_unix_duration(since_1970)?),
    })
}
