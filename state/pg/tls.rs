//! Whether a connection to PostgreSQL is encrypted, and which server is believed: `sslmode`, `sslrootcert`, `sslcert` and
//! `sslkey` of a connection's description, which mean what they mean to PostgreSQL's own programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio_postgres::config::SslMode;

use super::description;
use crate::BackendError;

/// How the connection is protected.
#[derive(Clone, Debug, Default)]
pub(super) struct Tls {
    asked: BTreeMap<String, String>,
}

const NAMES: &[&str] = &["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// What is required of the server's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belief {
    Anyone,
    Chain,
    ChainAndName,
}

fn wrong(why: String) -> BackendError {
    BackendError::Other(why)
}

impl Tls {
    /// Takes what is about TLS out of a connection's description; what the environment says counts where that is silent.
    pub(super) fn take(text: &str, around: &BTreeMap<String, String>) -> (String, Tls) {
        let (rest, mut asked) = description::take(text, NAMES);
        for name in NAMES {
            let variable = around.get(&format!("PG{}", name.to_uppercase()));
            if let (Some(value), false) = (variable, asked.contains_key(*name)) {
                asked.insert((*name).to_owned(), value.clone());
            }
        }
        (rest, Tls { asked })
    }

    /// What the protocol does with it. Nothing said means TLS, as Terraform has it; local sockets need none.
    pub(super) fn mode(&self, is_local: bool) -> Result<SslMode, BackendError> {
        match self.asked.get("sslmode").map(String::as_str) {
            _ if is_local => Ok(SslMode::Disable),
            Some("disable") => Ok(SslMode::Disable),
            Some("allow" | "prefer") => Ok(SslMode::Prefer),
            None | Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
            Some(other) => Err(wrong(format!(
                "sslmode is disable, prefer, require, verify-ca or verify-full, and not {other:?}"
            ))),
        }
    }

    fn belief(&self) -> Belief {
        match self.asked.get("sslmode").map(String::as_str) {
            Some("verify-full") => Belief::ChainAndName,
            Some("verify-ca") => Belief::Chain,
            _ if self.asked.contains_key("sslrootcert") => Belief::Chain,
            _ => Belief::Anyone,
        }
    }

    fn path(&self, name: &str) -> Option<&Path> {
        self.asked.get(name).map(Path::new)
    }

    /// How the server is greeted.
    pub(super) fn config(&self) -> Result<ClientConfig, BackendError> {
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let inner: Option<Arc<dyn ServerCertVerifier>> = match self.belief() {
            Belief::Anyone => None,
            Belief::Chain | Belief::ChainAndName => Some(self.authorities(&crypto)?),
        };
        let by_name = self.belief() == Belief::ChainAndName;
        let verifier = Arc::new(Believer { inner, by_name, crypto: crypto.clone() });
        let builder = ClientConfig::builder_with_provider(crypto);
        let builder = builder.with_safe_default_protocol_versions().map_err(|e| wrong(e.to_string()))?;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        match (self.path("sslcert"), self.path("sslkey")) {
            (Some(cert), Some(key)) => {
                let key = PrivateKeyDer::from_pem_file(key).map_err(|e| unreadable("sslkey", key, &e))?;
                let own = builder.with_client_auth_cert(certificates("sslcert", cert)?, key);
                own.map_err(|e| wrong(format!("sslcert and sslkey cannot be used: {e}")))
            }
            (None, None) => Ok(builder.with_no_client_auth()),
            _ => Err(wrong("of sslcert and sslkey either both are given or none".into())),
        }
    }

    /// Who vouches for servers: those of a file, or those that this machine trusts.
    fn authorities(&self, crypto: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, BackendError> {
        let Some(path) = self.path("sslrootcert").filter(|p| *p != Path::new("system")) else {
            let verifier = Verifier::new(crypto.clone());
            return Ok(Arc::new(verifier.map_err(|e| wrong(e.to_string()))?));
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates("sslrootcert", path)? {
            roots.add(certificate).map_err(|e| unreadable("sslrootcert", path, &e))?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), crypto.clone()).build();
        Ok(verifier.map_err(|e| unreadable("sslrootcert", path, &e))?)
    }
}

fn unreadable(name: &str, path: &Path, why: &dyn std::fmt::Display) -> BackendError {
    wrong(format!("{name} {} cannot be used: {why}", path.display()))
}

fn certificates(name: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, BackendError> {
    let all = CertificateDer::pem_file_iter(path).map_err(|e| unreadable(name, path, &e))?;
    let all: Result<Vec<_>, _> = all.collect();
    let all = all.map_err(|e| unreadable(name, path, &e))?;
    if all.is_empty() { Err(unreadable(name, path, &"there is no certificate in it")) } else { Ok(all) }
}

/// Looks at the server's certificate as far as that is asked for.
#[derive(Debug)]
struct Believer {
    inner: Option<Arc<dyn ServerCertVerifier>>,
    by_name: bool,
    crypto: Arc<CryptoProvider>,
}

fn is_about_the_name(error: &Error) -> bool {
    use CertificateError::{NotValidForName, NotValidForNameContext};
    matches!(error, Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }))
}

impl ServerCertVerifier for Believer {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(own, others, name, ocsp, now) {
            Err(e) if !self.by_name && is_about_the_name(&e) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.crypto.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.crypto.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_counts_where_the_description_is_silent() {
        let around = BTreeMap::from([("PGSSLMODE".to_owned(), "disable".to_owned())]);
        let mode = |text: &str| Tls::take(text, &around).1.mode(false).ok();
        assert_eq!(mode("host=h"), Some(SslMode::Disable));
        assert_eq!(mode("host=h sslmode=prefer"), Some(SslMode::Prefer));
        assert_eq!(mode("host=h sslmode=maybe"), None);
        assert_eq!(Tls::default().mode(false).ok(), Some(SslMode::Require));
        assert_eq!(Tls::default().mode(true).ok(), Some(SslMode::Disable));
    }
}
