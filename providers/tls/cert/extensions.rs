//! What a certificate may be used for, and whom else it is for.

use std::net::IpAddr;

use der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use der::oid::AssociatedOid;
use der::{Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};

use super::CertError;

/// What a use is in a certificate.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// A bit of the key's usage.
    Basic(KeyUsages),
    /// An identifier in the extended usage.
    Extended(ObjectIdentifier),
}

const fn extended(oid: &str) -> Purpose {
    Purpose::Extended(ObjectIdentifier::new_unwrap(oid))
}

/// The uses by the names that `allowed_uses` takes.
pub(crate) const ALLOWED_USES: [(&str, Purpose); 23] = [
    ("any_extended", extended("2.5.29.37.0")),
    ("cert_signing", Purpose::Basic(KeyUsages::KeyCertSign)),
    ("client_auth", extended("1.3.6.1.5.5.7.3.2")),
    ("code_signing", extended("1.3.6.1.5.5.7.3.3")),
    ("content_commitment", Purpose::Basic(KeyUsages::NonRepudiation)),
    ("crl_signing", Purpose::Basic(KeyUsages::CRLSign)),
    ("data_encipherment", Purpose::Basic(KeyUsages::DataEncipherment)),
    ("decipher_only", Purpose::Basic(KeyUsages::DecipherOnly)),
    ("digital_signature", Purpose::Basic(KeyUsages::DigitalSignature)),
    ("email_protection", extended("1.3.6.1.5.5.7.3.4")),
    ("encipher_only", Purpose::Basic(KeyUsages::EncipherOnly)),
    ("ipsec_end_system", extended("1.3.6.1.5.5.7.3.5")),
    ("ipsec_tunnel", extended("1.3.6.1.5.5.7.3.6")),
    ("ipsec_user", extended("1.3.6.1.5.5.7.3.7")),
    ("key_agreement", Purpose::Basic(KeyUsages::KeyAgreement)),
    ("key_encipherment", Purpose::Basic(KeyUsages::KeyEncipherment)),
    ("microsoft_commercial_code_signing", extended("1.3.6.1.4.1.311.2.1.22")),
    ("microsoft_kernel_code_signing", extended("1.3.6.1.4.1.311.61.1.1")),
    ("microsoft_server_gated_crypto", extended("1.3.6.1.4.1.311.10.3.3")),
    ("netscape_server_gated_crypto", extended("2.16.840.1.113730.4.1")),
    ("ocsp_signing", extended("1.3.6.1.5.5.7.3.9")),
    ("server_auth", extended("1.3.6.1.5.5.7.3.1")),
    ("timestamping", extended("1.3.6.1.5.5.7.3.8")),
];

/// Whom a certificate is for besides its subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AltNames {
    /// Names of hosts.
    pub(crate) dns: Vec<String>,
    /// Addresses of hosts.
    pub(crate) ips: Vec<IpAddr>,
    /// Identifiers of resources.
    pub(crate) uris: Vec<String>,
}

impl AltNames {
    /// The names as an extension, which is critical where there is no other name; nothing where there are none.
    pub(super) fn extension(&self, is_only_name: bool) -> Result<Option<Extension>, CertError> {
        let ascii = |text: &String| {
            Ia5String::new(text).map_err(|_| CertError::new(format!("{text:?} must be ASCII text")))
        };
        let mut names: Vec<GeneralName> = Vec::new();
        for dns in &self.dns {
            names.push(GeneralName::DnsName(ascii(dns)?));
        }
        names.extend(self.ips.iter().map(|ip| GeneralName::from(*ip)));
        for uri in &self.uris {
            names.push(GeneralName::UniformResourceIdentifier(ascii(uri)?));
        }
        if names.is_empty() { Ok(None) } else { extension(&SubjectAltName(names), is_only_name).map(Some) }
    }

    /// The names among extensions.
    pub(super) fn among(extensions: &[Extension]) -> Result<AltNames, CertError> {
        let mut found = AltNames::default();
        let Some(names) = find::<SubjectAltName>(extensions)? else { return Ok(found) };
        for name in names.0 {
            match name {
                GeneralName::DnsName(dns) => found.dns.push(dns.to_string()),
                GeneralName::UniformResourceIdentifier(uri) => found.uris.push(uri.to_string()),
                GeneralName::IpAddress(bytes) => found.ips.extend(address(bytes.as_bytes())),
                _others => {}
            }
        }
        Ok(found)
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The extension of a type among others.
pub(super) fn find<T: AssociatedOid + for<'a> Decode<'a, Error = der::Error>>(
    extensions: &[Extension],
) -> Result<Option<T>, CertError> {
    let found = extensions.iter().find(|e| e.extn_id == T::OID);
    Ok(found.map(|e| T::from_der(e.extn_value.as_bytes())).transpose()?)
}

fn extension<T: AssociatedOid + Encode>(value: &T, critical: bool) -> Result<Extension, CertError> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// The extensions of a certificate, in the order in which they stand in it.
pub(super) struct Extensions<'e> {
    pub(super) uses: &'e [Purpose],
    pub(super) is_authority: bool,
    pub(super) max_path_length: Option<u8>,
    pub(super) key_id: Option<Vec<u8>>,
    pub(super) authority_key_id: Option<Vec<u8>>,
    pub(super) alt_names: &'e AltNames,
    /// Whether the subject is empty.
    pub(super) is_nameless: bool,
}

impl Extensions<'_> {
    /// The extensions as certificates hold them.
    pub(super) fn list(&self) -> Result<Vec<Extension>, CertError> {
        let mut list = Vec::new();
        let mut basic = None;
        let mut further: Vec<ObjectIdentifier> = Vec::new();
        for purpose in self.uses {
            match purpose {
                Purpose::Basic(bit) => basic = Some(basic.map_or((*bit).into(), |bits| bits | *bit)),
                Purpose::Extended(oid) if further.contains(oid) => {}
                Purpose::Extended(oid) => further.push(*oid),
            }
        }
        if let Some(bits) = basic {
            list.push(extension(&KeyUsage(bits), true)?);
        }
        if !further.is_empty() {
            list.push(extension(&ExtendedKeyUsage(further), false)?);
        }
        let path_len_constraint = self.max_path_length.filter(|_| self.is_authority);
        list.push(extension(&BasicConstraints { ca: self.is_authority, path_len_constraint }, true)?);
        if let Some(id) = &self.key_id {
            list.push(extension(&SubjectKeyIdentifier(OctetString::new(&**id)?), false)?);
        }
        if let Some(id) = &self.authority_key_id {
            let key_identifier = Some(OctetString::new(&**id)?);
            list.push(extension(&AuthorityKeyIdentifier { key_identifier, ..Default::default() }, false)?);
        }
        list.extend(self.alt_names.extension(self.is_nameless)?);
        Ok(list)
    }
}
