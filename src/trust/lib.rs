//! Which servers are believed over TLS, and as whom one greets them.
//!
//! Start reading at [`greeting`].

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// What is required of a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// That its owner has the key.
    Anyone,
    /// That somebody who is believed vouches for it.
    Chain(Authorities),
    /// That besides it is the certificate of the server that was asked for.
    ChainAndName(Authorities),
}

/// Who vouches for servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorities {
    /// Those that this machine believes.
    OfThisMachine,
    /// These.
    These(Vec<CertificateDer<'static>>),
}

/// Whom the server sees.
#[derive(Debug)]
pub struct Identity {
    /// The certificate, with those that it rests on.
    pub certificates: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

/// Why servers cannot be greeted in this way.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The authorities are none.
    #[error("the authorities cannot be used: {0}")]
    Authorities(String),
    /// The identity is none.
    #[error("the certificate and the key cannot be used: {0}")]
    Identity(String),
    /// This machine has no TLS.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
}

/// How to greet servers.
pub fn greeting(trust: Trust, own: Option<Identity>) -> Result<ClientConfig, TrustError> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let (by_name, inner) = match trust {
        Trust::Anyone => (false, None),
        Trust::Chain(authorities) => (false, Some(vouched_for(authorities, &crypto)?)),
        Trust::ChainAndName(authorities) => (true, Some(vouched_for(authorities, &crypto)?)),
    };
    let believer = Arc::new(Believer { inner, by_name, crypto: crypto.clone() });
    let builder = ClientConfig::builder_with_provider(crypto).with_safe_default_protocol_versions();
    let builder = builder.map_err(|e| TrustError::Tls(e.to_string()))?;
    let builder = builder.dangerous().with_custom_certificate_verifier(believer);
    match own {
        Some(Identity { certificates, key }) => {
            let own = builder.with_client_auth_cert(certificates, key);
            own.map_err(|e| TrustError::Identity(e.to_string()))
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

fn vouched_for(
    authorities: Authorities,
    crypto: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let wrong = |e: &dyn std::fmt::Display| TrustError::Authorities(e.to_string());
    let Authorities::These(certificates) = authorities else {
        return Ok(Arc::new(Verifier::new(crypto.clone()).map_err(|e| wrong(&e))?));
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|e| wrong(&e))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), crypto.clone()).build();
    Ok(verifier.map_err(|e| wrong(&e))?)
}

/// Looks at a server's certificate as far as that is asked for.
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
    fn authorities_that_are_no_certificates_are_refused() {
        let none = CertificateDer::from(vec![1, 2, 3]);
        let refused = greeting(Trust::Chain(Authorities::These(vec![none])), None).unwrap_err();
        assert!(matches!(refused, TrustError::Authorities(_)), "{refused}");
        assert!(greeting(Trust::Anyone, None).is_ok());
    }
}
